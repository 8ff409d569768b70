"""What a migration copies, or empties, before it drops it."""

from __future__ import annotations

from sqlglot import exp

from leaktight.catalog.change import DropColumn
from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.schema_change import SchemaChange


def is_copied(change: SchemaChange) -> bool:
    """Say whether an INSERT, UPDATE or CREATE … AS before a change, in its document, reads the table or column that goes.

    A column of a table that a TRUNCATE has emptied has nothing more to lose.
    """
    document = change.document
    if not isinstance(document, SqlDocument):
        return False
    start = (change.statement or change.span).start
    for write in document.find(exp.Insert, exp.Update, exp.Create, exp.Merge):
        if document.statement_of(write).span.start < start and _reads(write, change):
            return True
    return isinstance(change.change, DropColumn) and any(
        document.statement_of(emptied).span.start < start
        and any(_is_named(part, change) for part in emptied.expressions)
        for emptied in document.find(exp.TruncateTable)
    )


def _reads(write: exp.Expr, change: SchemaChange) -> bool:
    target = clauses.target(write)
    parts = list(clauses.descendants(write))
    named = [part for part in parts if _is_named(part, change)]
    if not isinstance(change.change, DropColumn):
        return any(part is not target for part in named)
    column = change.change.column.lower()
    written = {id(item.this) for items in clauses.assigned(write) for item in items if isinstance(item, exp.EQ)}
    read = (part for part in parts if isinstance(part, exp.Column) and id(part) not in written)
    return bool(named) and any(part.name.lower() == column for part in read)


def _is_named(part: exp.Expr, change: SchemaChange) -> bool:
    name = clauses.table_name(part) if isinstance(part, exp.Table) else None
    return name is not None and name.same(change.name)
