"""A large table that is not cut into partitions."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    TypeFamily,
    column_types,
    ddl,
    option,
    wording,
    words_of,
)

_FACTS = (
    "event",
    "events",
    "fact",
    "facts",
    "fct",
    "log",
    "logs",
    "clicks",
    "impressions",
    "pageviews",
    "readings",
    "telemetry",
)
_CUTS_ITSELF = frozenset({"snowflake", "redshift", "mysql"})
"""Dialects of engines that part tables by themselves or by their sort keys, or for which it seldom pays."""
_HAS_NONE = frozenset({"sqlite", "duckdb"})
_LAID_OUT = {"snowflake": "clustered", "redshift": "sorted"}
"""What stands in for partitions on engines that part tables by themselves."""


class UnpartitionedTable(TableRule):
    """A large table of events has a time, and is not partitioned by it.

    Each query for a day reads all years, each retention job deletes row by row what a dropped partition would free at once,
    and a reload of one day cannot replace that day alone.

    Partition it by day or month of the time that queries filter by.

    Told by statistics: more than `rows` rows, or 50 GB. With `strict` also for tables that are called events, logs or facts,
    however large they are. Snowflake and Redshift, which part tables by themselves or sort them, and MySQL, where the upkeep
    of partitions pays late, are told only by bytes; SQLite and DuckDB have no partitions.
    """

    name = "unpartitioned-table"
    category = Category.PARTITION
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table sales.page_events (id int64, url string, occurred_at timestamp);
                         ^^^^^^^^^^^^^^^^^ `sales.page_events` is not partitioned by `occurred_at`
            """,
            dialect="bigquery",
            options={"strict": True},
        ),
        Bad(
            """
            create table fact_orders (id bigint, ordered_on date, total numeric(12, 2));
                         ^^^^^^^^^^^ is not partitioned by `ordered_on`
            """,
            dialect="postgres",
            options={"strict": True, "rows": 1000},
        ),
        Good(
            "create table sales.page_events (id int64, occurred_at timestamp);", dialect="bigquery", note="How large?"
        ),
        Good(
            "create table sales.page_events (id int64, occurred_at timestamp) partition by date(occurred_at);",
            dialect="bigquery",
            options={"strict": True},
        ),
        Good("create table sales.shops (id int64, opened_on date);", dialect="bigquery", options={"strict": True}),
    )

    rows: int = option(100_000_000, "How many rows a table may have without partitions.")
    strict: bool = option(False, "Go by the table's name where nothing says how large it is.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the name of each large table without partitions."""
        table = declared.table
        if table.partitioning is not None or table.kind != "table" or declared.path.fixture or declared.passes:
            return
        if table.dialect in _HAS_NONE:
            return
        time = _time(table)
        if time is None or (table.clustering is not None and time.name in table.clustering.columns):
            return
        how = self._large(table)
        if how is None:
            return
        yield Finding(
            declared.span,
            f"`{table.name}` is not {_LAID_OUT.get(table.dialect, 'partitioned')} by `{time.name}`{how}: "
            "a query for one day reads them all",
            fix=Fix.ddl(*ddl.arrange_by(table, time), title=_how(table, time), otherwise=_how(table, time)),
        )

    def _large(self, table: Table) -> str | None:
        statistics = table.statistics
        if statistics is not None and (statistics.rows is not None or statistics.bytes is not None):
            if statistics.bytes is not None and statistics.bytes >= 50e9:
                return f" and has {statistics.bytes / 1e9:,.0f} GB"
            if (statistics.rows or 0) >= self.rows and table.dialect not in _CUTS_ITSELF:
                return f" and has {statistics.rows:,} rows"
            return None
        named = self.strict and table.dialect not in _CUTS_ITSELF and wording.has_word(table.name.parts[-1:], _FACTS)
        return "" if named else None


def _time(table: Table) -> Column | None:
    """Give the column that says when what a row tells of happened."""
    times = {TypeFamily.DATE, TypeFamily.INSTANT}
    found = [column for column in table.columns.values() if column_types.family(column.type, table.dialect) in times]
    found = [
        column for column in found if not {"updated", "modified", "deleted", "expires"} & set(words_of(column.name))
    ]
    return found[0] if found else None


def _how(table: Table, time: Column) -> str:
    if table.dialect == "bigquery":
        plain = column_types.family(time.type) is TypeFamily.DATE
        return f"partition by {time.name}" if plain else f"partition by date({time.name})"
    if table.dialect in {"databricks", "spark"}:
        return f"cluster by ({time.name}), or partition by its day"
    words = {"snowflake": "cluster by", "redshift": "make the sort key", "mysql": "partition by range columns"}
    return f"{words.get(table.dialect, 'partition by range')} ({time.name})"
