"""What a migration copies before it drops it."""

from __future__ import annotations

from sqlglot import exp

from leaktight.catalog.change import DropColumn
from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.schema_change import SchemaChange


def is_copied(change: SchemaChange) -> bool:
    """Say whether an INSERT, UPDATE or CREATE … AS before a change, in its document, reads the table or column that goes."""
    document = change.document
    if not isinstance(document, SqlDocument):
        return False
    start = (change.statement or change.span).start
    for write in document.find(exp.Insert, exp.Update, exp.Create, exp.Merge):
        if document.statement_of(write).span.start < start and _reads(write, change):
            return True
    return False


def _reads(write: exp.Expr, change: SchemaChange) -> bool:
    target = clauses.target(write)
    if isinstance(change.change, DropColumn):
        column = change.change.column.lower()
        set_ones = [item.this for item in clauses.assignments(write) if isinstance(item, exp.EQ)]
        return any(
            isinstance(part, exp.Column) and part.name.lower() == column and not any(part is one for one in set_ones)
            for part in clauses.descendants(write)
        )
    for part in clauses.descendants(write):
        name = clauses.table_name(part) if isinstance(part, exp.Table) and part is not target else None
        if name is not None and name.same(change.name):
            return True
    return False
