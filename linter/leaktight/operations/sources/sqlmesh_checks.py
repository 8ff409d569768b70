"""SQLMesh's own audits of a table: what they say of its columns."""

from __future__ import annotations

from dataclasses import field, replace

from leaktight.catalog.table import Column, Key, KeyKind
from leaktight.diagnostics import Location
from leaktight.lazy import record


@record(slots=True)
class Checks:
    """What holds for a table: columns that are never NULL, in lower case, and what is unique, each with its place."""

    never_null: dict[str, Location] = field(default_factory=dict)
    unique: dict[tuple[str, ...], Location] = field(default_factory=dict)

    def add(self, audit: str, columns: tuple[str, ...], place: Location, *, conditional: bool = False) -> None:
        """Take in an audit with its columns. One with a condition holds for some rows only, and says nothing."""
        if conditional or not columns:
            return
        match audit.lower():
            case "not_null":
                for name in columns:
                    self.never_null.setdefault(name.lower(), place)
            case "unique_values":
                for name in columns:
                    self.is_key((name,), place)
            case "unique_combination_of_columns":
                self.is_key(columns, place)
            case _:
                return

    def is_key(self, columns: tuple[str, ...], place: Location) -> None:
        """Take in that columns tell the rows apart; nothing where there are none."""
        if columns:
            self.unique.setdefault(columns, place)

    def of_column(self, column: Column) -> Column:
        """Give a column with what is said of it."""
        place = self.never_null.get(column.name.lower())
        return replace(column, nullable=False, places={**column.places, "nullable": place}) if place else column

    def unique_keys(self) -> tuple[Key, ...]:
        """Give what is unique as keys that nothing enforces."""
        return tuple(Key(KeyKind.UNIQUE, columns, enforced=False, location=at) for columns, at in self.unique.items())
