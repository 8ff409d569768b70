"""Which keys of a table's JSON documents the project's queries ask for: they deserve to be columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from leaktight.catalog.table import Column, Table
from leaktight.diagnostics import Location
from leaktight.lazy import record
from leaktight.operations.advice.ddl import add_column_of_key
from leaktight.operations.advice.queries import daily
from leaktight.operations.table_read import TableRead


@record(frozen=True, slots=True)
class QueriedKey:
    """A key of the documents in a column that rows are chosen, sorted or grouped by, with a place of each query that does."""

    column: Column
    key: str
    places: tuple[Location, ...]

    def statements(self, table: Table) -> tuple[str, ...]:
        """Give the statement that makes a column of it, none where the engine has none."""
        return add_column_of_key(table, self.column, self.key)


def queried_keys(
    table: Table, reads: Iterable[TableRead], columns: Collection[Column], *, least: int = 2
) -> list[QueriedKey]:
    """Give the keys that at least `least` of the project's queries ask for in some columns, the most wanted first.

    One that a column of the table is called after is left out.
    """
    by_name = {column.name.lower(): column for column in columns}
    found: dict[tuple[str, str], list[Location]] = {}
    for read in daily(table, reads):
        for (name, key), place in read.document_keys.items():
            if name in by_name and table.column(key) is None:
                found.setdefault((name, key), []).append(place)
    wanted = [
        QueriedKey(by_name[name], key, tuple(places)) for (name, key), places in found.items() if len(places) >= least
    ]
    return sorted(wanted, key=lambda one: (-len(one.places), one.column.name, one.key))
