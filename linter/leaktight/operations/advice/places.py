"""Which table a place in a file speaks of: the one whose declaration, or a fact of which, stands there or last before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from leaktight.catalog.table import Column, Table
from leaktight.diagnostics import Location


class TablePlaces:
    """Finds tables, and their columns, by places in the files that declare them."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._by_path: dict[str, list[tuple[int, Table, Column | None]]] = {}
        for table in tables:
            for location, column in _places(table):
                self._by_path.setdefault(location.path, []).append((location.span.start, table, column))
        for path, places in self._by_path.items():
            # A partition and a copy have their columns from the table before them, which is then the last one here.
            places.sort(key=lambda item: (item[0], _begins(item[1], path, item[0])))

    def table(self, location: Location) -> Table | None:
        """Give the table that a place is about; None in a file that declares none before it."""
        found = self._last(location)
        return found[1] if found is not None else None

    def column(self, location: Location) -> Column | None:
        """Give the column whose declaration a place stands in, or whose name was the last thing said of the table."""
        found = self._last(location)
        return found[2] if found is not None else None

    def _last(self, location: Location) -> tuple[int, Table, Column | None] | None:
        places = self._by_path.get(location.path, [])
        at = bisect_right(places, location.span.start, key=lambda item: item[0]) - 1
        return places[at] if at >= 0 else None


def _places(table: Table) -> Iterator[tuple[Location, Column | None]]:
    """Yield where facts of a table stand, each with the column that it is about."""
    found: list[tuple[Location | None, Column | None]] = [(table.location, None)]
    found += [(column.location, column) for column in table.columns.values()]
    found += [(key.location, None) for key in table.keys]
    found += [(index.location, None) for index in table.indexes]
    found.append((table.partitioning.location if table.partitioning is not None else None, None))
    found.append((table.clustering.location if table.clustering is not None else None, None))
    yield from ((location, column) for location, column in found if location is not None)


def _begins(table: Table, path: str, at: int) -> int:
    """Give where a table's declaration begins before a place of the same file; -1 where it does not."""
    place = table.location
    return place.span.start if place is not None and place.path == path and place.span.start <= at else -1
