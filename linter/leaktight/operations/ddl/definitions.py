"""What a list of column definitions and constraints adds up to, and where its pieces stand."""

from __future__ import annotations

from dataclasses import field

from leaktight.catalog.casing import same_column, stored_column
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

    `computed` holds the expressions of generated columns, `after` the columns behind which some stand (`AFTER a`; empty for
    `FIRST`), `like` is a table whose columns are taken over. Of two columns that
    the engine of `dialect` tells apart by case alone, the second stands under its name in quotes.
    """

    dialect: str = ""
    columns: dict[str, Column] = field(default_factory=dict)
    places: dict[str, ColumnPlace] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    exclusions: list[Check] = field(default_factory=list)
    sort_columns: list[str] = field(default_factory=list)
    computed: dict[str, Reader] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    like: TableName | None = None
    like_all: bool = False
    complete: bool = True

    def add(self, column: Column, place: ColumnPlace) -> None:
        """Take a column in; the first of one name stays."""
        key = column.name.lower()
        before = self.columns.get(key)
        if before is not None and before.name != column.name and not same_column(before, column, self.dialect):
            key = f'"{stored_column(column, self.dialect)}"'
        self.columns.setdefault(key, column)
        self.places.setdefault(key, place)
