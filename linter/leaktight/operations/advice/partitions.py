"""Whether the project's queries filter by what a table is partitioned by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from leaktight.catalog.table import Table
from leaktight.lazy import record
from leaktight.operations.advice.queries import daily
from leaktight.operations.table_read import TableRead


@record(frozen=True, slots=True)
class PartitionUse:
    """How a partitioned table is queried: how often by its partition column, how often by `column`, which most name."""

    by_partition: tuple[TableRead, ...]
    by_other: tuple[TableRead, ...]
    column: str


def partition_use(table: Table, reads: Iterable[TableRead]) -> PartitionUse | None:
    """Say how often queries choose rows by the partition column, and by the column that they use most; None without either."""
    if table.partitioning is None or not table.partitioning.columns:
        return None
    keys = {name.lower() for name in table.partitioning.columns}
    queries = [read for read in daily(table, reads) if read.verb != "insert"]
    by_partition: list[TableRead] = []
    rest: list[TableRead] = []
    for read in queries:
        (by_partition if keys & read.touched or keys & set(read.maybe) else rest).append(read)
    counted = Counter(
        name
        for read in rest
        for name in dict.fromkeys((*read.equals, *read.ranges))
        if name not in keys and table.column(name) is not None
    )
    if not counted:
        return None
    column = min(counted, key=lambda name: (-counted[name], name))
    by_other = tuple(read for read in rest if column in (*read.equals, *read.ranges))
    return PartitionUse(tuple(by_partition), by_other, column)
