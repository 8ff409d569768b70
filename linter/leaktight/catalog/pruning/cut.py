"""How a table is cut, for who reads it: by partitions, or by what its rows are sorted by; and how large it is."""

from __future__ import annotations

from leaktight.catalog.table import Partitioning, Statistics, Table

_SKIPS_BY_SORTING = frozenset({"snowflake", "redshift", "databricks", "spark", "clickhouse"})
"""Engines that keep the least and greatest value of each block of a sorted table, and skip blocks by them."""
_SMALL_BYTES = 10_000_000
"""BigQuery's least charge for a table. What is smaller is read as fast as its partitions are listed."""
_SMALL_ROWS = 10_000
_LARGE_BYTES = 10_000_000_000
_LARGE_ROWS = 100_000_000


def is_partitioned(table: Table) -> bool:
    """Say whether reading a table without a filter on a column reads more than it must.

    Hashing spreads rows over partitions, it does not order them by anything that a query asks for.
    """
    partitioning = table.partitioning
    return partitioning is not None and partitioning.kind != "hash" and table.kind != "partition"


def cut_of(table: Table, *, sorting: bool = False) -> Partitioning | None:
    """Give what a filter on a table should bound: its partitioning or, where the engine skips by it, its sorting.

    Blocks of a sorted table are no partitions: whoever reads a small one of them whole loses nothing. Sorting counts for
    tables that statistics call large, or with `sorting`; its kind is `sorted`.
    """
    if is_partitioned(table):
        return table.partitioning
    clustering = table.clustering
    if table.partitioning is not None or clustering is None or table.dialect not in _SKIPS_BY_SORTING:
        return None
    if not (sorting or is_large(table.statistics)) or is_small(table.statistics):
        return None
    return Partitioning(clustering.columns, ", ".join(clustering.columns), "sorted", location=clustering.location)


def is_small(statistics: Statistics | None) -> bool:
    """Say whether statistics show that there is nothing to save: hardly any bytes or rows, or one partition."""
    if statistics is None:
        return False
    if statistics.partitions is not None and statistics.partitions < 2:
        return True
    if statistics.bytes is not None:
        return statistics.bytes < _SMALL_BYTES
    return statistics.rows is not None and statistics.rows < _SMALL_ROWS


def is_large(statistics: Statistics | None) -> bool:
    """Say whether statistics show so much data that reading all of it is dear: 10 GB, or 100 million rows."""
    if statistics is None:
        return False
    if statistics.bytes is not None:
        return statistics.bytes >= _LARGE_BYTES
    return statistics.rows is not None and statistics.rows >= _LARGE_ROWS
