"""What a list of column definitions and constraints adds up to, and where its pieces stand."""

from __future__ import annotations

from dataclasses import field

from leaktight.catalog.table import Check, Column, Index, Key, TableName
from leaktight.languages.sql.ddl import Reader
from leaktight.lazy import record
from leaktight.text import Span


@record(frozen=True, slots=True)
class ColumnPlace:
    """Where a column's name and its type stand in the region; `type` is None where none is written."""

    name: Span
    type: Span | None = None


@record(slots=True)
class Columns:
    """What a list of definitions declares.

    `computed` holds the expressions of generated columns, `like` is a table whose columns are taken over.
    """

    columns: dict[str, Column] = field(default_factory=dict)
    places: dict[str, ColumnPlace] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    sort_columns: list[str] = field(default_factory=list)
    computed: dict[str, Reader] = field(default_factory=dict)
    like: TableName | None = None
    like_all: bool = False
    complete: bool = True

    def add(self, column: Column, place: ColumnPlace) -> None:
        """Take a column in; the first of one name stays."""
        self.columns.setdefault(column.name.lower(), column)
        self.places.setdefault(column.name.lower(), place)
