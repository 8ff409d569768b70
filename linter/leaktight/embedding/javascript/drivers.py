"""Which database library a receiver belongs to, from imports, constructors and annotated types."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.languages.javascript import JavascriptDocument

if TYPE_CHECKING:
    from tree_sitter import Node

_DRIVERS = {
    "@aws-sdk/client-athena": "athena",
    "@aws-sdk/client-rds-data": "rds-data",
    "@aws-sdk/client-redshift-data": "redshift-data",
    "@clickhouse/client": "clickhouse",
    "@databricks/sql": "databricks",
    "@libsql/client": "libsql",
    "@mikro-orm/core": "mikro-orm",
    "@neondatabase/serverless": "pg",
    "@nestjs/typeorm": "typeorm",
    "@planetscale/database": "mysql2",
    "@prisma/client": "prisma",
    "@vercel/postgres": "pg",
    "better-sqlite3": "better-sqlite3",
    "bun:sqlite": "sqlite3",
    "duckdb": "duckdb",
    "@duckdb/node-api": "duckdb",
    "expo-sqlite": "sqlite3",
    "kysely": "kysely",
    "mariadb": "mysql2",
    "mssql": "mssql",
    "mysql": "mysql2",
    "mysql2": "mysql2",
    "node:sqlite": "sqlite3",
    "oracledb": "oracledb",
    "pg": "pg",
    "pg-promise": "pg",
    "postgres": "postgres",
    "promise-mysql": "mysql2",
    "sequelize": "sequelize",
    "sequelize-typescript": "sequelize",
    "serverless-mysql": "mysql2",
    "slonik": "slonik",
    "snowflake-sdk": "snowflake-sdk",
    "sqlite": "sqlite3",
    "sqlite3": "sqlite3",
    "tedious": "mssql",
    "typeorm": "typeorm",
}
_PREFIXES = (
    ("drizzle-orm", "drizzle"),
    ("knex", "knex"),
    ("mysql2/", "mysql2"),
    ("@google-cloud/bigquery", "@google-cloud/bigquery"),
    ("@prisma/", "prisma"),
)
_FOREIGN = frozenset(
    "amazon-qldb-driver-nodejs"
    " cassandra-driver neo4j-driver influx @influxdata/influxdb-client @azure/cosmos jsforce arangojs surrealdb"
    " surrealdb.js gremlin @apollo/client graphql-request n1ql couchbase jquery orientjs nano".split()
)
_HOLDING_TYPES = frozenset({"object_type", "function_type", "constructor_type"})
"""Types that only mention others: a value of theirs is no connection itself."""
_HOPS = 4


def driver_of_module(module: str) -> str | None:
    """Give the driver that a module is."""
    found = _DRIVERS.get(module)
    if found is None:
        found = next((driver for prefix, driver in _PREFIXES if module.startswith(prefix)), None)
    return found


class Drivers:
    """The database libraries of one document."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document
        modules = {module for module, _ in document.imports.values()}
        known = {driver for driver in map(driver_of_module, modules) if driver is not None}
        self.known = known
        self.only = next(iter(known)) if len(known) == 1 else None
        self.foreign = bool(modules & _FOREIGN) and not known

    def of(self, receiver: Node | None) -> str | None:
        """Give the driver of a receiver; the document's only one where the receiver does not tell."""
        node = receiver
        for _ in range(_HOPS):
            if node is None:
                break
            found = self._direct(node)
            if found is not None:
                return found
            node = self._origin(node)
        return self.only

    def is_foreign(self, receiver: Node | None) -> bool:
        """Say whether a receiver belongs to a library whose query language is not SQL."""
        node = receiver
        for _ in range(_HOPS):
            if node is None:
                break
            root = self._root(node)
            module = self._document.imports.get(self._document.text_of(root), ("", ""))[0]
            if module in _FOREIGN:
                return True
            node = self._origin(node)
        return self.foreign

    def _direct(self, node: Node) -> str | None:
        root = self._root(node)
        text = self._document.text_of(root)
        module = self._document.imports.get(text, ("", ""))[0]
        found = driver_of_module(module) if module else None
        if found is not None:
            return found
        if root.type == "member_expression":
            return self._fields.get(text.removeprefix("this."))
        if root.type != "identifier":
            return None
        typed = (self._typed(one.node) for one in self._document.declarations(text, root))
        return next((driver for driver in typed if driver is not None), None)

    def _typed(self, node: Node) -> str | None:
        """Give the driver that a declaration's type names."""
        annotation = node.child_by_field_name("type")
        if annotation is None:
            return None
        found: set[str] = set()
        pending = [annotation]
        while pending:
            one = pending.pop()
            if one.type in ("identifier", "type_identifier"):
                module = self._document.imports.get(self._document.text_of(one), ("", ""))[0]
                driver = driver_of_module(module) if module else None
                found.update((driver,) if driver is not None else ())
            elif one.type not in _HOLDING_TYPES:
                pending.extend(one.named_children)
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _fields(self) -> dict[str, str]:
        """The drivers of `this.…` by name, from typed fields and constructor parameters."""
        document = self._document
        found: dict[str, str] = {}
        if not document.typed or not self.known:
            return found
        for field in document.find("public_field_definition"):
            name, driver = field.child_by_field_name("name"), self._typed(field)
            if name is not None and driver is not None:
                found[document.text_of(name)] = driver
        for parameter in document.find("required_parameter"):
            pattern, driver = parameter.child_by_field_name("pattern"), self._typed(parameter)
            if pattern is not None and driver is not None:
                found.setdefault(document.text_of(pattern), driver)
        return found

    def _origin(self, node: Node) -> Node | None:
        value = self._document.resolve(node)
        if value != node:
            return self._made_by(value)
        if node.type == "identifier":
            for declaration in self._document.declarations(self._document.text_of(node), node):
                if declaration.value is not None and declaration.kind not in ("function", "class", "update"):
                    return self._made_by(declaration.value)
                if declaration.kind == "parameter":
                    return self._giver(declaration.scope)
        root = self._root(node)
        return self._made_by(root) if root != node else None

    def _giver(self, callback: Node) -> Node | None:
        """What hands a callback its parameter: `knex` of `knex.transaction(async (trx) => …)`."""
        given = self._document.parent(callback)
        call = self._document.parent(given) if given is not None and given.type == "arguments" else None
        return self._document.receiver_node(call) if call is not None else None

    def _made_by(self, value: Node) -> Node:
        value = self._document.unwrap(value)
        while value.type == "await_expression" and value.named_child_count:
            value = self._document.unwrap(value.named_children[0])
        return value

    def _root(self, node: Node) -> Node:
        while True:
            node = self._made_by(node)
            field = {
                "call_expression": "function",
                "new_expression": "constructor",
                "member_expression": "object",
                "subscript_expression": "object",
            }.get(node.type)
            inner = node.child_by_field_name(field) if field is not None else None
            if inner is None or (node.type == "member_expression" and inner.type == "this"):
                return node
            node = inner
