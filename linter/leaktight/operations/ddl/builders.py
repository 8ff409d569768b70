"""Changes of tables that migrations in JavaScript make by methods, without SQL: knex, db-migrate, Sequelize, TypeORM.

What a method does is not read, only of which table the columns are not all known any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import UnknownChange
from leaktight.catalog.table import TableName
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.lazy import regex

_METHODS = frozenset(
    """addColumn addColumns removeColumn removeColumns dropColumn dropColumns renameColumn changeColumn changeColumns alterColumn
    alterTable table""".split()
)
BUILDER = regex(rb"\.(?:(?:add|remove|drop|rename|change|alter)columns?|altertable|table)\s*\(")
"""What stands, in lower case, in the bytes of every such migration."""


def built_changes(document: JavascriptDocument) -> Iterator[UnknownChange]:
    """Yield that something is done to a table for each call of such a method that names one: `db.addColumn("orders", …)`."""
    for call in document.find("call_expression"):
        if document.callee_name(call) not in _METHODS:
            continue
        given = document.arguments(call)
        name = document.string_value(given[0]) if len(given) > 1 else None
        if name and name.replace("_", "").replace(".", "").isalnum():
            yield UnknownChange(TableName(tuple(name.split("."))), location=document.location(document.span(call)))
