"""Which reads of a table say how it is used from day to day."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.catalog.names import compatible
from leaktight.catalog.table import Table
from leaktight.context import path_context
from leaktight.operations.table_read import TableRead


def daily(table: Table, reads: Iterable[TableRead]) -> tuple[TableRead, ...]:
    """Give the reads that are made again and again: those of migrations, of scripts run by hand and of tests are left out.

    Where one statement reads the table more than once, each counts; where a file holds twice what uses the same columns in the
    same way, one does.
    """
    found: dict[tuple[object, ...], TableRead] = {}
    for read in reads:
        path = path_context(read.location.path)
        if path.migration or path.script or path.test or path.fixture or not compatible(table.dialect, read.dialect):
            continue
        used = (frozenset(read.columns), read.star)
        key = (read.location.path, read.verb, read.equals, read.ranges, read.joins, read.orders, *used)
        found.setdefault(key, read)
    return tuple(found.values())
