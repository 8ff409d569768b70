"""A filter on the partition column that the engine cannot prune by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

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
    option,
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
    rule is silent:

    - BigQuery prunes by constants, parameters and script variables, through `DATE(ts)` and truncations to a unit no coarser
      than the partitions; not by subqueries, nor by the `_TABLE_SUFFIX` of a wildcard that a subquery gives. Of joins its
      manual is silent.
    - Postgres prunes by the partition key as it is written there, by the first column of a key of several, by subqueries
      and stable functions such as `now()` when it starts to run; not by `clock_timestamp()`. A cast of `timestamptz` to
      `date` hides the key.
    - MySQL prunes by the bare column through `YEAR`, `TO_DAYS` and `TO_SECONDS` in the key, and never by `YEAR(ts)` in the
      query; Oracle and SQL Server by the bare column.
    - Spark, Hive, Trino and Athena evaluate any expression over folder columns. Iceberg derives partitions from a filter
      on the bare column, Delta from one on what a generated column is computed of.
    - ClickHouse prunes through monotone functions: `toDate(ts)`, not `formatDateTime(ts, …)`.
    - Sorted tables, which are Snowflake's clustering, Redshift's sort keys, Databricks' liquid clustering and ClickHouse's
      `ORDER BY`, are looked at where statistics call them large (10 GB, or 100 million rows), or with `strict`: a function
      on a Redshift sort key hides it, and Snowflake does not prune by a subquery.

    A filter is followed through CTEs, subqueries, views and dbt models that are views: on a column that is
    `date(created_at)` inside it prunes as `date(created_at)` does. Another predicate on the column that does prune makes up
    for one that does not, and so may one of whoever reads the view. Tables that statistics call small are left alone.
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
        Bad(
            """
            with signups as (select id, date(created_at) as day from events where name = 'signup')
            select id from signups where day = '2024-01-05'
                                         ^^^ partitions are not pruned by `day`, which is `date(created_at)`
            """,
            catalog=_EVENTS,
            dialect="postgres",
            note="The filter reaches the column, in a form that does not prune.",
        ),
        Bad(
            """
            select id from events where created_at > clock_timestamp() - interval '1 day'
                                        ^^^^^^^^^^ Postgres knows the value of a volatile function only when it reads the row
            """,
            catalog=_EVENTS,
            dialect="postgres",
        ),
        Bad(
            """
            select note from facts where to_char(ts, 'YYYY') = '2024'
                                         ^^^^^^^^^^^^^^^^^^^ blocks are not pruned
            """,
            catalog="create table facts (id int, ts timestamp, note varchar(20)) sortkey(ts);",
            dialect="redshift",
            options={"strict": True},
        ),
        Good("select payload from shop.events where date(ts) = '2024-01-05'", catalog=_WAREHOUSE, dialect="bigquery"),
        Good(
            """
            with clicks as (select date(ts) as day, payload from shop.events)
            select payload from clicks where day = '2024-01-05'
            """,
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="What reaches the column is `date(ts)`.",
        ),
        Good(
            "select payload from shop.events where timestamp_trunc(ts, day) >= timestamp '2024-01-05'",
            catalog=_WAREHOUSE,
            dialect="bigquery",
        ),
        Good(
            "select payload from shop.events where extract(year from ts) = 2024",
            catalog=_WAREHOUSE,
            dialect="bigquery",
            note="BigQuery prunes through the year and the date of a time, through no other part of it.",
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

    strict: bool = option(False, "Also speak of sorted tables whose size is not known.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each predicate on a partition column that its engine cannot prune by, where no other one does."""
        if sql.path.test or sql.path.fixture:
            return
        for read in partition_reads(sql, sorting=self.strict):
            dialect = read.table.dialect or sql.dialect
            filters = [*(item for item in read.found if item.bounds), *read.outer]
            judged = [(item, pruning.verdict(dialect, read.partitioning, item.bound)) for item in filters]
            if (
                read.open
                or (read.pushed_value and not read.outer)
                or any(answer.prunes is not False or not item.sure for item, answer in judged)
                or pruning.is_small(read.table.statistics)
            ):
                continue
            for item, answer in judged:
                yield self._finding(sql, read, item, answer)

    def _finding(self, sql: SqlDocument, read: PartitionRead, item: ReadBound, answer: Verdict) -> Finding:
        partitioning = read.partitioning
        by_query = item.bound.against is Against.QUERY
        span = _query_span(sql, item) if by_query else item.operand_span
        what = "a subquery" if by_query else f"`{' '.join(sql.slice(span).split())}`"
        if not by_query and item.operand is item.column and item.bound.around:
            what += f", which is `{' '.join(item.bound.expression.split())}`"
        place = partitioning.location or read.table.location
        cut, parts = ("sorted", "blocks") if partitioning.kind == "sorted" else ("partitioned", "partitions")
        shown = f"`{read.table.name}` is {cut} by `{partitioning.expression}`"
        cost = pruning.reading(
            read.table.statistics,
            partitioning,
            read.table.dialect or sql.dialect,
            needed=_needed(sql, item, partitioning.granularity),
            exact=not sql.is_warehouse,
        )
        return Finding(
            span,
            f"{parts} are not pruned by {what}: {answer.reason}{f'; it reads {cost.words}' if cost.words else ''}",
            cost=cost.cost,
            related=(Related(place, shown),) if place is not None else (),
            fix=_help(sql, read, item, by_query),
        )


def _needed(sql: SqlDocument, item: ReadBound, step: str | None) -> int | None:
    """Give how many partitions of a step hold what a comparison asks for, where that is a period with both ends."""
    if item.bound.equality and not item.bound.around and not isinstance(item.node, exp.In):
        return 1
    limits = _limits(sql, item)
    if not limits or not isinstance(item.node, (exp.EQ, exp.Between)):
        return None
    first, end = limits[0][0], limits[-1][1]
    months = (end.year - first.year) * 12 + end.month - first.month
    counts = {"day": (end - first).days, "month": months + (end.day > first.day), "year": end.year - first.year}
    return max(1, counts[step]) if step in counts else None


def _query_span(sql: SqlDocument, item: ReadBound) -> Span:
    """Give the subquery that a column is compared with, its brackets included."""
    query = next(node for other in item.other for node in clauses.descendants(other) if isinstance(node, clauses.QUERY))
    return sql.brackets(query) or sql.span(query)


def _help(sql: SqlDocument, read: PartitionRead, item: ReadBound, by_query: bool) -> Fix:
    if by_query:
        return Fix.hint("put the subquery's value into a variable or parameter first, and compare with that")
    column = item.column or next(node for node in clauses.descendants(item.operand) if isinstance(node, exp.Column))
    name = sql.text_of(column)
    if item.operand is column and item.bound.around:
        return Fix.hint(f"let `{item.bound.column}` itself pass out of the query within, and compare that")
    if not item.bound.around and item.bound.expression:
        return Fix.hint(_as_keyed(read, item))
    written = _range(sql, read, item, name)
    if written is not None:
        return Fix.hint(f"compare the bare column: `{written}`")
    if isinstance(item.operand, (exp.Add, exp.Sub)):
        return Fix.hint(f"move the arithmetic to the other side, so that `{name}` stands alone")
    if "ATTIMEZONE" in item.bound.around:
        return Fix.hint(f"compare `{name}` itself, and convert what it is compared with from that zone")
    if not _OR_ELSE.isdisjoint(item.bound.around):
        return Fix.hint(
            f"compare `{name}` itself, with `or {name} is null` where the rows without a value are meant too"
        )
    return Fix.hint(f"compare `{name}` itself with the first value and, exclusively, the one after the last")


def _as_keyed(read: PartitionRead, item: ReadBound) -> str:
    """Say what to compare where the bare column does not prune."""
    cut = read.partitioning
    if item.bound.against is Against.VOLATILE:
        return "take one value for the whole statement: `now()`, a parameter"
    if len(cut.columns) > 1 and item.bound.column.lower() != cut.columns[0].lower():
        return f"compare `{cut.columns[0]}` too"
    return f"compare the expression that the table is partitioned by: `{cut.expression}`"


_OR_ELSE = frozenset({"COALESCE", "IFNULL", "NVL", "ISNULL"})
_DAYS = frozenset({"DATE", "CAST DATE", "TODATE"})
_TRUNCATIONS = frozenset("DATE_TRUNC TIMESTAMP_TRUNC DATETIME_TRUNC DATETRUNC".split())
_PARTS = frozenset("EXTRACT DATE_PART DATEPART YEAR".split())
_FORMATS = frozenset("TO_CHAR DATE_FORMAT FORMAT_DATE FORMAT_TIMESTAMP FORMAT_DATETIME FORMATDATETIME STRFTIME".split())
_PATTERNS = {
    "YYYY": 1, "YYYY-MM": 2, "YYYY-MM-DD": 3, "yyyy": 1, "yyyy-MM": 2, "yyyy-MM-dd": 3, "%Y": 1, "%Y-%m": 2,
    "%Y-%m-%d": 3, "%F": 3,
}  # fmt: skip
"""Formats whose texts are in the order of time, and how many of year, month and day they show."""
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE}


def _range(sql: SqlDocument, read: PartitionRead, item: ReadBound, column: str) -> str | None:
    """Give the half-open range over the bare column that a comparison of its day, month or year with a literal means."""
    known = read.table.column(item.bound.column)
    if known is not None and not (known.type or "DATE").startswith(("DATE", "TIMESTAMP", "SMALLDATETIME")):
        return None
    if isinstance(item.node, exp.Between) and item.operand.arg_key != "this":
        return None
    if isinstance(item.node.find_ancestor(exp.Not, *clauses.QUERY), exp.Not):
        return None
    limits = _limits(sql, item)
    if not limits:
        return None
    mark = "date " if sql.dialect == "oracle" else ""  # there a bare string is read by the session's format
    (first, after_first), (_, after_last) = limits[0], limits[-1]
    kind = type(item.node)
    if predicates.is_right_side(item.operand):
        kind = _MIRRORED.get(kind, kind)
    if kind in (exp.EQ, exp.Between):
        return f"{column} >= {mark}'{first}' and {column} < {mark}'{after_last}'"
    ranges: dict[type[exp.Expr], str] = {
        exp.GTE: f">= {mark}'{first}'",
        exp.GT: f">= {mark}'{after_first}'",
        exp.LT: f"< {mark}'{first}'",
        exp.LTE: f"< {mark}'{after_last}'",
    }
    return f"{column} {ranges[kind]}" if kind in ranges else None


def _limits(sql: SqlDocument, item: ReadBound) -> list[tuple[date, date]]:
    """Give the periods that a column's day, month or year is compared with, in order; none where one is no such literal."""
    parts = _parts(sql, item)
    limits = [limit for other in item.other if (limit := _period(other, item, parts)) is not None]
    return limits if len(limits) == len(item.other) and limits[:1] <= limits[-1:] else []


def _parts(sql: SqlDocument, item: ReadBound) -> int:
    """Give how much of a date an operand keeps: 1 the year, 2 the month too, 3 all of the day; 0 where it is no such cut."""
    if len(item.bound.around) != 1:
        return 0
    (called,) = item.bound.around
    tokens = sql.tokens_in(item.operand_span)
    commas = sum(token.text == "," for token in tokens)
    if called in _DAYS:
        return 0 if commas else 3  # what follows a comma is a time zone
    if called in _PARTS:
        return 1 if item.bound.unit == "year" else 0
    if called in _TRUNCATIONS and commas == 1:
        return {"year": 1, "month": 2, "day": 3}.get(item.bound.unit or "", 0)
    if called in _FORMATS and commas == 1:
        return next((_PATTERNS[token.text] for token in tokens if token.text in _PATTERNS), 0)
    return 0


def _period(literal: exp.Expr, item: ReadBound, parts: int) -> tuple[date, date] | None:
    """Give first and next day of the year, month or day that a literal names; None where it names none exactly."""
    if isinstance(literal, (exp.Cast, exp.DateStrToDate)):
        literal = literal.this
    if not isinstance(literal, exp.Literal):
        return None
    text = str(literal.this)
    named = text.split("-")
    truncates = item.bound.around[:1] and item.bound.around[0] in _TRUNCATIONS
    if len(named) != (3 if truncates else parts) or not parts or not all(part.isdecimal() for part in named):
        return None
    try:
        day = date(*(int(part) for part in (*named, "1", "1")[:3]))
        after = (
            date(day.year + 1, 1, 1),
            date(day.year + day.month // 12, day.month % 12 + 1, 1),
            date.fromordinal(day.toordinal() + 1) if parts == 3 else day,
        )[parts - 1]
    except (ValueError, OverflowError):
        return None
    # A text is compared as it is, and a truncation gives the first day of its period alone.
    exact = day.isoformat().startswith(text) and (parts > 1 or day.month == 1) and (parts > 2 or day.day == 1)
    return (day, after) if exact else None
