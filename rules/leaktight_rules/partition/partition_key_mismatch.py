"""A table that is partitioned by what nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    Severity,
    Table,
    TableDeclaration,
    TableOrModelRule,
    TypeFamily,
    column_types,
    ddl,
    option,
    partition_use,
)

_BY_DAY = {
    "marts/a.sql": "select sum(total) from shop.events where ordered_on = '2026-01-01';",
    "marts/b.sql": "select count(*) from shop.events where ordered_on >= '2026-01-01';",
    "marts/c.sql": "select id from shop.events where ordered_on between '2026-01-01' and '2026-01-31';",
}
_TIMES = frozenset({TypeFamily.DATE, TypeFamily.INSTANT})
_INDEXED = frozenset({"postgres", "mysql", "tsql", "oracle"})
"""Dialects of engines that find rows by an index within each partition."""


class PartitionKeyMismatch(TableOrModelRule):
    """A table is partitioned by one column, and the project's queries filter by another.

    Partitions save work only for a query that bounds the column they are cut by. A table that is cut by the day of its
    load and read by the day of the order is read whole each time, and costs the upkeep of its partitions on top.

    The rule counts, over all SQL of the project, the queries that bound the partition column and those that choose rows by
    another one instead. Cut the table by the column that is asked for, cluster it by that column, index that column in a
    database that has indexes, or, where both move together, bound the partition column too (`loaded_on >= ordered_on`).
    """

    name = "partition-key-mismatch"
    category = Category.PARTITION
    severity = Severity.WARNING
    asks_for_reads = True
    examples = (
        Bad(
            """
            create table shop.events (id int64, total numeric, ordered_on date, loaded_on date)
            partition by loaded_on;
                         ^^^^^^^^^ 3 queries choose rows of `shop.events` by `ordered_on`, none by `loaded_on`
            """,
            path="ddl/events.sql",
            dialect="bigquery",
            files=_BY_DAY,
        ),
        Bad(
            """
            create table shop.events (id int64, total numeric, ordered_on date, loaded_on date)
            partition by loaded_on;
                         ^^^^^^^^^ 1 query chooses rows of `shop.events` by `ordered_on`, none by `loaded_on`
            """,
            path="ddl/events.sql",
            dialect="bigquery",
            options={"queries": 1},
            files={"marts/a.sql": _BY_DAY["marts/a.sql"]},
        ),
        Good(
            "create table shop.events (id int64, total numeric, ordered_on date) partition by ordered_on;",
            path="ddl/events.sql",
            dialect="bigquery",
            files=_BY_DAY,
        ),
        Good(
            "create table shop.events (id int64, ordered_on date, loaded_on date) partition by loaded_on;",
            path="ddl/events.sql",
            dialect="bigquery",
            files={**_BY_DAY, "marts/d.sql": "select id from shop.events where loaded_on = '2026-01-01';"},
            note="A query in four uses the partitions.",
        ),
        Good(
            """
            create table shop.events (id int64, ordered_on date, loaded_on date)
            partition by loaded_on cluster by ordered_on;
            """,
            path="ddl/events.sql",
            dialect="bigquery",
            files=_BY_DAY,
            note="It is sorted by what they ask for.",
        ),
    )

    queries: int = option(3, "How many queries must choose rows by the other column.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield a partitioned table whose queries pass its partitions by."""
        table = declared.table
        use = partition_use(table, declared.reads)
        if use is None or table.partitioning is None or table.kind == "partition":
            return
        asked, other = len(use.by_partition), len(use.by_other)
        if other < self.queries or asked * 4 > other or _is_sorted_by(table, use.column):
            return
        by = ", ".join(f"`{name}`" for name in table.partitioning.columns)
        hint, made = _proposal(table, use.column)
        queries = "query chooses" if other == 1 else "queries choose"
        yield Finding(
            declared.at(table.partitioning.location),
            f"{other} {queries} rows of `{table.name}` by `{use.column}`, {asked or 'none'} by {by}, "
            "which it is partitioned by",
            related=tuple(
                Related(read.columns.get(use.column, read.location), f"chosen by `{use.column}`")
                for read in use.by_other
            ),
            fix=Fix.ddl(*(made if table.kind == "table" else ()), title=hint, otherwise=hint),
        )


def _is_sorted_by(table: Table, name: str) -> bool:
    """Say whether the rows of each partition are sorted by a column before all others: its queries open few blocks."""
    columns = table.clustering.columns if table.clustering is not None else ()
    return bool(columns) and columns[0].lower() == name.lower()


def _proposal(table: Table, name: str) -> tuple[str, tuple[str, ...]]:
    """Give in words and in DDL what serves queries by a column: in row stores an index, unless it bounds a time."""
    column = table.column(name)
    in_time = column is not None and column_types.family(column.type, table.dialect) in _TIMES
    if table.dialect in _INDEXED:
        if not in_time:
            return f"index it by `{name}`", ddl.create_index(table, (name,))
        return f"partition it by `{name}`", ddl.arrange_by(table, column) if column is not None else ()
    return f"partition or cluster it by `{name}`", ddl.arrange_by(table, column) if column is not None else ()
