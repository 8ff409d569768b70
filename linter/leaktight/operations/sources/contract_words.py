"""What the forms of data contracts have in common: how they name servers and types, and where a fact of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from leaktight.catalog.table import Partitioning, TableName
from leaktight.diagnostics import Location, locate
from leaktight.lazy import record
from leaktight.operations.yaml_nodes import members, span, text
from leaktight.source import Source

if TYPE_CHECKING:
    from yaml import Node

_DIALECTS = {
    "athena": "athena", "glue": "athena", "bigquery": "bigquery", "clickhouse": "clickhouse", "databricks": "databricks",
    "duckdb": "duckdb", "hive": "hive", "impala": "hive", "mysql": "mysql", "oracle": "oracle", "postgres": "postgres",
    "postgresql": "postgres", "cloudsql": "postgres", "presto": "presto", "redshift": "redshift", "snowflake": "snowflake",
    "sqlserver": "tsql", "synapse": "tsql", "trino": "trino",
}  # fmt: skip
"""The dialects of servers that hold tables."""
_STREAMS = frozenset({"api", "kafka", "kinesis", "kinesisdatastreams", "pubsub", "sftp"})
"""Servers that send messages or files: a model there is no table."""


@record(frozen=True, slots=True)
class Servers:
    """What the servers of a contract have in common: the dialect, and the names that stand before that of a table."""

    dialect: str = ""
    above: tuple[str, ...] = ()
    tables: bool = True
    """Whether what stands there are tables."""

    def name(self, written: str) -> TableName | None:
        """Give the name of a table, with what stands before it; None for a name that has gaps (`{model}`)."""
        parts = tuple(part.strip("`\"' ") for part in written.split("."))
        if not all(parts) or any(sign in written for sign in "{}/*\n"):
            return None
        return TableName((*self.above, *parts) if len(parts) == 1 else (*self.above[: -len(parts) + 1], *parts))


def servers_of(found: Iterable[Node]) -> Servers:
    """Read the servers of a contract. Where they differ, as tests and production do, what differs is left open."""
    dialects: set[str] = set()
    kinds: set[str] = set()
    outer: set[str | None] = set()
    inner: set[str | None] = set()
    for node in found:
        server = members(node)
        kind = (text(server.get("type")) or "").lower()
        kinds.add(kind)
        if kind in _STREAMS:
            continue
        dialects.add(_DIALECTS.get(kind, ""))
        schema = _first(server, "schema", "dataset")
        database = _first(server, "catalog", "project", "database")
        if schema is None and kind in ("clickhouse", "glue", "hive", "impala", "mysql"):
            schema, database = database, _first(server, "catalog")
        if kind == "duckdb":
            database = None  # the path of a file
        inner.add(schema)
        outer.add(database)
    schema = next(iter(inner)) if len(inner) == 1 else None
    database = next(iter(outer)) if len(outer) == 1 and schema is not None else None
    above = tuple(part for part in (database, schema) if part and "{" not in part and "$" not in part)
    dialect = next(iter(dialects)) if len(dialects) == 1 else ""
    return Servers(dialect, above if schema in above else (), tables=not kinds or not kinds <= _STREAMS)


def _first(of: Mapping[str, Node], *names: str) -> str | None:
    return next((said for name in names if (said := text(of.get(name)))), None)


def partitioning_of(
    columns: tuple[str, ...], type_: str | None, dialect: str, location: Location | None
) -> Partitioning | None:
    """Give the partitioning by columns of which a contract says no more; `type_` is that of the first."""
    if not columns or dialect in ("snowflake", "redshift"):
        return None
    kind = "hive"
    if dialect == "bigquery":
        kind = "integer" if (type_ or "").startswith(("INT", "BIGINT")) else "time"
    elif dialect in ("postgres", "mysql", "oracle", "tsql"):
        kind = "range"
    granularity = "day" if kind == "time" and type_ == "DATE" else None
    return Partitioning(columns, ", ".join(columns), kind, granularity, location=location)


class Places:
    """The places of nodes in a file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def at(self, node: Node) -> Location:
        """Give the place of a node."""
        return locate(self._source, span(node))

    def of(self, facts: Mapping[str, Node | None]) -> dict[str, Location]:
        """Give the places of facts, by their names; of those that are there."""
        return {fact: self.at(node) for fact, node in facts.items() if node is not None}


def prose(node: Node | None) -> str | None:
    """Give a text without the blanks around it; None for an empty one."""
    return (text(node) or "").strip() or None
