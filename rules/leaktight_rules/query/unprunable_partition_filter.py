"""A filter on the partition column that the engine cannot prune by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from leaktight import (
    Against,
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    PartitionRead,
    ReadBound,
    Related,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    Verdict,
    clauses,
    exp,
    partition_reads,
    predicates,
    pruning,
)

_EVENTS = """
create table events (id bigint, name text, created_at timestamptz) partition by range (created_at);
"""
_WAREHOUSE = """
create table shop.events (id int64, ts timestamp, payload string) partition by date(ts);
create table shop.days (day date, total numeric) partition by day;
"""


class UnprunablePartitionFilter(SqlRule):
    """A filter on the partition column stands in a form that the engine cannot prune by, so it reads every partition.

    The filter is there and the rows are right, but the engine compares values only after it has read them: the column is
    wrapped in a function, a cast or arithmetic, or it is compared with a subquery whose value is not known when partitions
    are chosen (`day = (SELECT MAX(day) …)` on BigQuery). The scan costs as much as without a filter.

    Compare the bare column: a half-open range says the same as `DATE(created_at) = …`; a value from a subquery goes into a
    variable or parameter first. What each engine prunes by is taken from its manual, and where the manual says nothing the
    rule is silent. On BigQuery `DATE(ts)` on a table partitioned by `DATE(ts)` prunes, as do truncations to a unit no
    coarser than the partitions; Postgres prunes by subqueries and by stable functions such as `now()` when it starts to
    run; Spark and Hive evaluate any expression over folder columns. Another predicate on the column that does prune makes
    up for one that does not, and so may one of whoever reads the view.
    """

    name = "unprunable-partition-filter"
    category = Category.QUERY
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select id from events where date(created_at) = '2024-01-05'
                                        ^^^^^^^^^^^^^^^^ partitions are not pruned by `date(created_at)`
            """,
            catalog=_EVENTS,
            dialect="postgres",
        ),
        Bad(
            """
            select id from events where created_at::date between '2024-01-05' and '2024-01-06' and name = 'signup'
                                        ^^^^^^^^^^^^^^^^ Postgres prunes by the partition key itself
            """,
            catalog=_EVENTS,
            dialect="postgres",
        ),
        Bad(
            """
            select id from events e where e.created_at + interval '1 day' > now()
                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ partitions are not pruned
            """,
            catalog=_EVENTS,
            dialect="postgres",
        ),
        Bad(
            """
            select total from shop.days where day = (select max(day) from shop.days)
                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ partitions are not pruned by a subquery
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
        ),
        Bad(
            """
            select payload from shop.events where format_timestamp('%Y-%m', ts) = '2024-01'
                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ partitions are not pruned
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
            hosts=False,
        ),
        Good("select payload from shop.events where date(ts) = '2024-01-05'", catalog=_WAREHOUSE, dialect="bigquery"),
        Good(
            "select payload from shop.events where timestamp_trunc(ts, day) >= timestamp '2024-01-05'",
            catalog=_WAREHOUSE,
            dialect="bigquery",
        ),
        Good(
            "select id from events where created_at >= (select max(day) from loads)",
            catalog=_EVENTS,
            dialect="postgres",
            note="Postgres prunes when it starts to run.",
        ),
        Good("select id from events where created_at > now() - interval '1 day'", catalog=_EVENTS, dialect="postgres"),
        Good(
            "select id from events where date(created_at) = '2024-01-05' and created_at >= '2024-01-05'",
            catalog=_EVENTS,
            dialect="postgres",
            note="The second predicate prunes.",
        ),
        Good(
            "create view closed as select day, total from shop.days where day < (select max(day) from shop.loads)",
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="Who reads the view may filter it.",
        ),
        Good(
            "select id from logs where year(dt) = 2024",
            catalog="create table logs (id bigint, dt date) using parquet partitioned by (dt);",
            dialect="spark",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each predicate on a partition column that its engine cannot prune by, where no other one does."""
        if sql.path.test or sql.path.fixture:
            return
        for read in partition_reads(sql):
            dialect = read.table.dialect or sql.dialect
            judged = [
                (item, pruning.verdict(dialect, read.partitioning, item.bound)) for item in read.found if item.bounds
            ]
            if (
                read.open
                or read.pushed_value
                or any(answer.prunes is not False or not item.sure for item, answer in judged)
            ):
                continue
            for item, answer in judged:
                yield self._finding(sql, read, item, answer)

    def _finding(self, sql: SqlDocument, read: PartitionRead, item: ReadBound, answer: Verdict) -> Finding:
        partitioning = read.partitioning
        by_query = item.bound.against is Against.QUERY
        span = _query_span(sql, item) if by_query else item.operand_span
        what = "a subquery" if by_query else f"`{' '.join(sql.slice(span).split())}`"
        place = partitioning.location or read.table.location
        shown = f"`{read.table.name}` is partitioned by `{partitioning.expression}`"
        return Finding(
            span,
            f"partitions are not pruned by {what}: {answer.reason}",
            related=(Related(place, shown),) if place is not None else (),
            fix=_help(sql, item, by_query),
        )


def _query_span(sql: SqlDocument, item: ReadBound) -> Span:
    """Give the subquery that a column is compared with, its brackets included."""
    query = next(node for other in item.other for node in clauses.descendants(other) if isinstance(node, clauses.QUERY))
    return sql.brackets(query) or sql.span(query)


def _help(sql: SqlDocument, item: ReadBound, by_query: bool) -> Fix:
    if by_query:
        return Fix.hint("put the subquery's value into a variable or parameter first, and compare with that")
    column = next(node for node in clauses.descendants(item.operand) if isinstance(node, exp.Column))
    name = sql.text_of(column)
    written = _range(item, name)
    if written is not None:
        return Fix.hint(f"compare the bare column: `{written}`")
    if isinstance(item.operand, (exp.Add, exp.Sub)):
        return Fix.hint(f"move the arithmetic to the other side, so that `{name}` stands alone")
    return Fix.hint(f"compare `{name}` itself with the first value and, exclusively, the one after the last")


def _range(item: ReadBound, column: str) -> str | None:
    """Give the half-open range over the bare column that a comparison of its day, month or year with a literal means."""
    if len(item.bound.around) != 1:
        return None
    limits = [_period(other, item.bound) for other in item.other]
    if not limits or any(limit is None for limit in limits):
        return None
    first, last = limits[0], limits[-1]
    if first is None or last is None:
        return None
    start, end = f"{column} >= '{first[0]}'", f"{column} < '{last[1]}'"
    node = item.node
    if isinstance(node, exp.Between) or (isinstance(node, exp.EQ) and len(limits) == 1):
        return f"{start} and {end}"
    reversed_sides = predicates.is_right_side(item.operand)
    if isinstance(node, exp.GTE) or (reversed_sides and isinstance(node, exp.LTE)):
        return start
    if isinstance(node, exp.LTE) or (reversed_sides and isinstance(node, exp.GTE)):
        return end
    return None


def _period(literal: exp.Expr, bound: pruning.Bound) -> tuple[date, date] | None:
    """Give first and next day of the period that a literal names: a day, or a whole month or year where it is cut so."""
    if isinstance(literal, exp.Cast):
        literal = literal.this
    if not isinstance(literal, exp.Literal):
        return None
    parts = str(literal.this).split("-")
    if not all(part.isdecimal() for part in parts) or len(parts[0]) != 4:
        return None
    unit = bound.unit or ("year" if bound.around[0] == "YEAR" else None)
    try:
        day = date(*(int(part) for part in (*parts, "1", "1")[:3]))
        if len(parts) == 3 and unit in {None, "day"}:
            return day, day + timedelta(days=1)
        if len(parts) == 1 and unit in {None, "year"}:
            return day, date(day.year + 1, 1, 1)
        if len(parts) == 2 or (unit == "month" and day.day == 1):
            return day, date(day.year + day.month // 12, day.month % 12 + 1, 1)
    except (ValueError, OverflowError, TypeError):
        return None
    return None
