"""What ALTER TABLE makes of a column that is there: one fact of it, or a whole new definition."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import AddKey, AlterColumn, TableChange
from leaktight.catalog.table import Column, TableName
from leaktight.diagnostics import Location
from leaktight.languages.sql.ddl import Reader
from leaktight.operations.ddl.columns import described, nullable_by_type, read_attributes, read_type, upper_type
from leaktight.operations.ddl.definitions import Columns

_VERBS = frozenset({"SET", "DROP", "ADD", "RESTART", "REMOVE", "UNSET", "RENAME", "RESET", "STATISTICS", "MODIFY"})
_USING = frozenset({"USING"})
_NULLABLE_UNLESS_SAID = frozenset({"tsql", "fabric", "clickhouse"})
"""Dialects in which a new type also says anew whether the column may hold NULL."""


def read_changed_column(
    table: TableName, column: str, item: Reader, place: Location | None, *, whole: bool
) -> Iterator[TableChange]:
    """Yield what becomes of a column, its name taken.

    With `whole`, as in MySQL's MODIFY, a definition forgets what it does not repeat; elsewhere that stays as it was.
    """
    nullable: bool | None = None
    default: str | None = None
    comment: str | None = None
    generated: bool | None = None
    if item.accept("SET", "NOT", "NULL"):
        nullable = False
    elif item.accept("DROP", "NOT", "NULL"):
        nullable = True
    elif item.accept("SET", "DEFAULT"):
        default = item.value
    elif item.accept("DROP", "DEFAULT") or item.accept("REMOVE", "DEFAULT"):
        default = ""
    elif item.accept("ADD", "GENERATED"):
        generated = True
    elif item.accept("DROP", "IDENTITY"):
        generated = False
    elif item.accept("SET", "OPTIONS"):
        comment = described(item.group())
    elif item.accept("SET", "DATA", "TYPE") or item.accept("TYPE") or item.upper() not in _VERBS:
        yield from _defined(table, column, item.expression(_USING), place, whole=whole)
        return
    if (nullable, default, comment, generated) != (None, None, None, None):
        yield AlterColumn(
            table,
            column,
            nullable=nullable,
            default=default,
            comment=comment,
            generated=generated,
            location=place,
            dialect=item.dialect,
        )


def _defined(
    table: TableName, column: str, item: Reader, place: Location | None, *, whole: bool
) -> Iterator[TableChange]:
    """Read a type and attributes that stand without their name before them."""
    kind = upper_type(read_type(item))
    found = Columns()
    defined = read_attributes(item, Column(column, kind or None), found)
    nullable = defined.nullable
    if nullable is None and not defined.generated and (whole or item.dialect in _NULLABLE_UNLESS_SAID):
        nullable = nullable_by_type(item, kind)
    change = AlterColumn(
        table,
        column,
        kind or None,
        nullable,
        "" if whole and defined.default is None else defined.default,
        "" if whole and defined.comment is None else defined.comment,
        defined.generated or (False if whole else None),
        found.after.get(column.lower()),
        location=place,
        dialect=item.dialect,
    )
    said = (change.type, change.nullable, change.default, change.comment, change.generated, change.after)
    if any(fact is not None for fact in said):
        yield change
    for key in found.keys:
        yield AddKey(table, key, location=place, dialect=item.dialect)
