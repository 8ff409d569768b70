"""`ORDER BY` where nobody sees the order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum

from leaktight import (
    Applicability,
    Bad,
    Category,
    Edit,
    Finding,
    Fix,
    Good,
    HoleKind,
    Related,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    clauses,
    endings,
    exp,
)

_KEEPS_ORDER = frozenset(
    {
        "snowflake",
        "databricks",
        "spark",
        "spark2",
        "hive",
        "athena",
        "trino",
        "presto",
        "duckdb",
        "clickhouse",
        "redshift",
        "postgres",
    }
)
"""Where a table created from sorted rows is laid out in that order: later scans skip by it, or find neighbours in few pages."""

_OF_ANY_ORDER = (
    exp.Count, exp.CountIf, exp.ApproxDistinct, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Quantile,
    exp.ApproxQuantile, exp.PercentileCont, exp.PercentileDisc, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance,
    exp.VariancePop, exp.LogicalAnd, exp.LogicalOr, exp.BitwiseAndAgg, exp.BitwiseOrAgg, exp.BitwiseXorAgg, exp.Corr,
    exp.CovarPop, exp.CovarSamp, exp.Grouping, exp.GroupingId,
)  # fmt: skip
"""The aggregates that come to the same whatever the order of the rows."""
_COUNTS_ROWS = (
    exp.Window, exp.Anonymous, exp.NextValueFor, exp.Seq1, exp.Seq2, exp.Seq4, exp.Seq8, exp.RowNumber,
)  # fmt: skip
"""What gives each row a value by when it comes, or may do so."""
_PICKS_A_ROW = frozenset({"mysql", "sqlite"})
"""Dialects that allow a column which is neither grouped nor aggregated, and take it from the first row of the group."""
_TAKES_FIRST = frozenset({"sqlite", "duckdb", ""})
"""Dialects in which a scalar subquery with several rows stands for the first of them, or which may be one of them."""


_MOST_SHOWN = 3
"""How many further ORDER BYs of a statement are shown."""


class _Fate(Enum):
    """What becomes of the order of a query's rows; of several readers that which stands first here counts."""

    TAKEN = "some query takes rows by it"
    SEEN = "it goes on to whoever asked"
    VIEW = "it goes on to whoever reads the view"
    TABLE = "a table is laid out in it, perhaps"
    LOST = "nothing"


class SortWithoutLimit(SqlRule):
    """`ORDER BY` in a subquery, CTE, view or created table sorts rows whose order nobody sees.

    A relation has no order: the engine sorts every row of the inner query, often in one worker, and then throws the order
    away. Only the outermost query's `ORDER BY` decides what a reader gets.

    It does mean something together with `LIMIT`, `TOP` or `FETCH`, with `FOR XML`, `FOR JSON` and `FOR UPDATE`, in windows
    and ordered aggregates, and where a query around it takes rows by their order (`ROWNUM`, `LIMIT`, `DISTINCT ON`,
    `ARRAY_AGG`, a sequence, a user variable): there the rule is silent. So it is for `COPY (SELECT …)`, for `CREATE TABLE …
    AS … ORDER BY` on engines that lay the table out in that order, for materialized views, which store their rows as they
    come, and where the outermost query merely passes the rows on: no engine promises it, but most keep their order.

    Deleting it in a view is unsafe for the same reason: whoever reads the view may have come to expect that order.
    """

    name = "sort-without-limit"
    category = Category.QUERY
    severity = Severity.WARNING
    fixable = Applicability.SAFE
    examples = (
        Bad(
            """
            with recent as (select id, total from orders order by total)
                                                         ^^^^^^^^ `ORDER BY` in a CTE
            select sum(total) from recent
            """,
            fixed="""
            with recent as (select id, total from orders)
            select sum(total) from recent
            """,
        ),
        Bad(
            """
            select o.id from (select id from orders order by id desc, total) as o join customers c on c.id = o.id
                                                    ^^^^^^^^ in a subquery
            """,
            fixed="select o.id from (select id from orders) as o join customers c on c.id = o.id",
        ),
        Bad(
            """
            create view latest as select id from orders order by id
                                                        ^^^^^^^^ `ORDER BY` in a view sorts rows, and promises no order
            """,
            fixed="create view latest as select id from orders",
        ),
        Bad(
            """
            select id from customers where id in (select customer_id from orders order by created_at)
                                                                                 ^^^^^^^^ in a subquery
            """,
            fixed="select id from customers where id in (select customer_id from orders)",
        ),
        Good(
            """
            with names as (select shop, name from {{ ref('people') }} order by name)
            select shop, {{ dbt.listagg(measure='name', delimiter_text="', '") }} as all_names from names group by shop
            """,
            hosts=False,
            note="What the macro writes may take the rows in their order.",
        ),
        Good("with top as (select id from orders order by total desc limit 10) select id from top"),
        Good("select id from orders order by total", note="The outermost order is what the reader gets."),
        Good("with r as (select id, row_number() over (order by total) as n from orders) select id from r where n = 1"),
        Good(
            "select array_agg(id) as ids from (select id from orders order by id) as o", note="Rows are taken in order."
        ),
        Good("select id from (select id from orders order by id) where rownum <= 10", dialect="oracle"),
        Good("select id from (select id from orders order by total) as o limit 10"),
        Good(
            "with o as (select id, total from orders order by total desc), t as (select id from o) select id from t limit 10",
            note="The first ten in that order.",
        ),
        Good(
            "with final as (select id from orders order by id) select id from final", note="The reader sees the order."
        ),
        Good("copy (select id from orders order by id) to stdout", dialect="postgres"),
        Good(
            "select stuff((select ',' + o.state from orders o order by o.state for xml path('')), 1, 1, '') as states",
            dialect="tsql",
        ),
        Good(
            "create table sorted as select id from orders order by id", dialect="snowflake", note="Clusters the table."
        ),
        Good(
            "create materialized view sorted as select id from orders order by id",
            dialect="postgres",
            note="The rows are stored in that order.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each ORDER BY of a query whose rows go on as a relation; those of one statement that are alike together."""
        told: dict[tuple[object, ...], list[Finding]] = {}
        for query in sql.find(exp.Select, exp.SetOperation):
            order = clauses.order(query)
            if order is None or clauses.limit(query) is not None or clauses.offset(query) is not None:
                continue
            if _uses_own_order(query) or "|>" in sql.slice(sql.statement_of(query).span):
                continue
            place = _place(sql, query)
            fate = _fate(sql, query, {})
            if place is None or fate in (_Fate.TAKEN, _Fate.SEEN):
                continue
            keyword = sql.token_before(sql.span(order).start, "ORDER BY")
            if keyword is None:
                continue
            why = "sorts rows whose order nobody sees"
            if fate is _Fate.VIEW:
                why = "sorts rows, and promises no order to whoever reads the view"
            fix = _delete(sql, order, keyword, safe=fate is _Fate.LOST)
            # Views are mostly read as they are; an engine that is not known may lay the table out in this order.
            minor = fate is _Fate.VIEW or (fate is _Fate.TABLE and not sql.dialect)
            found = Finding(
                keyword,
                f"`ORDER BY` in a {place} {why}",
                fix=fix,
                severity=Severity.NOTE if minor else None,
                habit=minor,
            )
            told.setdefault((id(query.root()), fate, fix.applicability), []).append(found)
        yield from map(_together, told.values())


def _together(found: list[Finding]) -> Finding:
    """Give one finding, with one fix, for the ORDER BYs of a statement that nobody sees."""
    first, *others = sorted(found, key=lambda one: one.span)
    if not others or first.fix is None:
        return first
    more = "so does one more" if len(others) == 1 else f"so do {len(others)} more"
    edits = [edit for one in (first, *others) if one.fix is not None for edit in one.fix.edits]
    return replace(
        first,
        message=f"{first.message}, and {more} in this statement",
        related=tuple(Related(one.span, "another `ORDER BY`") for one in others[:_MOST_SHOWN]),
        fix=replace(first.fix, title=f"delete the {len(found)} `ORDER BY`", edits=tuple(edits)),
        covers=tuple(one.span for one in others),
    )


def _uses_own_order(query: exp.Expr) -> bool:
    """Say whether a query does something with its rows in their order: keeps the first of each group, locks, renders them."""
    distinct = clauses.distinct(query)
    first_of_each = distinct is not None and clauses.distinct_on(distinct)
    return first_of_each or endings.locks_rows(query) or endings.renders_rows(query)


def _place(sql: SqlDocument, query: exp.Expr) -> str | None:
    """Give where a query's rows go: a CTE, a subquery, a view, a created table; None when a reader gets them."""
    parent = query.parent
    while isinstance(parent, (exp.Subquery, exp.Paren)) and isinstance(
        parent.parent, (exp.Subquery, exp.Paren, exp.Create)
    ):
        parent = parent.parent
    if isinstance(parent, exp.CTE):
        return "CTE"
    if isinstance(parent, (exp.Subquery, exp.In, exp.Exists)):
        inside = parent.parent
        if inside is None or isinstance(inside, (exp.SetOperation, exp.Array, exp.Insert, exp.Copy)):
            return None
        if isinstance(inside, exp.In) and isinstance(inside.parent, exp.ForIn):
            return None
        return "subquery"
    if isinstance(parent, exp.Create):
        kind = clauses.created_kind(parent)
        if kind == "VIEW":
            return None if _is_materialized(parent) else "view"
        if kind == "TABLE" and sql.dialect not in _KEEPS_ORDER:
            return "created table"
    return None


def _is_materialized(create: exp.Expr) -> bool:
    """Say whether a view stores its rows: in the order in which they come, as a table does."""
    return any(isinstance(one, exp.MaterializedProperty) for one in clauses.properties(create))


def _fate(sql: SqlDocument, query: exp.Expr, known: dict[int, _Fate]) -> _Fate:
    """Say what becomes of the order of a query's rows, through all queries that pass them on."""
    place = _place(sql, query)
    if place is None:
        return _Fate.SEEN
    if place in {"view", "created table"}:
        return _Fate.VIEW if place == "view" else _Fate.TABLE
    readers = _readers(sql, query)
    if readers is None:
        return _Fate.TAKEN if sql.dialect in _TAKES_FIRST else _Fate.LOST
    # A join may bring the rows in any order, but a LIMIT further out still takes what comes first. Those of a LATERAL come
    # row by row.
    lateral = isinstance(_holder(query), exp.Lateral)
    fates = {_Fate.LOST}
    for reader in readers:
        if _takes_by_order(sql, reader):
            return _Fate.TAKEN
        if not _passes_on(reader):
            continue
        if id(reader) not in known:
            known[id(reader)] = _Fate.LOST  # a recursive CTE reads itself
            known[id(reader)] = _fate(sql, reader, known)
        mixed = clauses.joins(reader) and not lateral
        fates.add(_Fate.LOST if mixed and known[id(reader)] is not _Fate.TAKEN else known[id(reader)])
    return next(fate for fate in _Fate if fate in fates)


def _readers(sql: SqlDocument, query: exp.Expr) -> list[exp.Expr] | None:
    """Give the queries whose FROM reads this one; empty for `IN (…)` and the like, None where it stands for one value."""
    found = [scope.node for scope in sql.scopes for relation in scope.relations if relation.query is query]
    holder = _holder(query)
    if found or isinstance(holder, exp.CTE):
        return found
    if isinstance(holder, (exp.In, exp.Exists, exp.Any, exp.All)):
        return []
    if isinstance(holder, (exp.From, exp.Join, exp.Lateral)):
        around = sql.scope(holder)
        return [around.node] if around is not None else []
    return None


def _holder(query: exp.Expr) -> exp.Expr | None:
    """Give what a query stands in, its brackets left out."""
    holder = query.parent
    while isinstance(holder, (exp.Subquery, exp.Paren)):
        holder = holder.parent
    return holder


def _passes_on(reader: exp.Expr) -> bool:
    """Say whether a query gives the rows it reads in the order in which it reads them."""
    if not isinstance(reader, exp.Select) or clauses.order(reader) or clauses.group(reader) or clauses.distinct(reader):
        return False
    return not any(isinstance(node, exp.AggFunc) for node in clauses.descendants(reader, into_queries=False))


def _takes_by_order(sql: SqlDocument, reader: exp.Expr) -> bool:
    """Say whether the result of a query depends on the order in which it reads its rows."""
    if (clauses.limit(reader) or clauses.offset(reader)) and clauses.order(reader) is None:
        return True
    if _uses_own_order(reader) or (sql.dialect in _PICKS_A_ROW and _picks_from_group(reader)):
        return True
    if sql.region.templated and any(_may_call(sql, item) for item in clauses.projections(reader)):
        return True
    for node in clauses.descendants(reader, into_queries=False):
        if isinstance(node, _COUNTS_ROWS) or (isinstance(node, exp.AggFunc) and not isinstance(node, _OF_ANY_ORDER)):
            return True
        if isinstance(node, exp.Column) and node.name.lower() == "rownum":
            return True
        if isinstance(node, (exp.SessionParameter, exp.Parameter, exp.PropertyEQ)) and sql.dialect in {"mysql", "tsql"}:
            return True
    return False


def _may_call(sql: SqlDocument, item: exp.Expr) -> bool:
    """Say whether a template writes part of a select item by a call, which may be that of an aggregate: `{{ listagg(…) }}`."""
    return any("(" in hole.host and hole.hole is not HoleKind.RELATION for hole in sql.holes(sql.span(item)))


def _picks_from_group(reader: exp.Expr) -> bool:
    """Say whether a grouped query selects a column that it neither groups by nor aggregates."""
    group = clauses.group(reader)
    if group is None:
        return False
    keys = {key.name.lower() for key in group.expressions if isinstance(key, (exp.Column, exp.Literal))}
    for number, item in enumerate(clauses.projections(reader), 1):
        node = item.this if isinstance(item, exp.Alias) else item
        if isinstance(node, exp.Star) or (
            isinstance(node, exp.Column)
            and keys.isdisjoint({node.name.lower(), item.alias_or_name.lower(), str(number)})
        ):
            return True
    return False


def _delete(sql: SqlDocument, order: exp.Expr, keyword: Span, *, safe: bool) -> Fix:
    title = "delete the `ORDER BY`"
    last = max((sql.span(item).end for item in order.expressions), default=keyword.end)
    tail = sql.token_after(last, before=last + 48)
    while tail is not None and sql.slice(tail).upper() in {"ASC", "DESC", "NULLS", "FIRST", "LAST"}:
        last = tail.end
        tail = sql.token_after(last, before=last + 48)
    start = keyword.start
    while start > 0 and sql.text[start - 1] in " \t\r\n":
        start -= 1
    span = Span(start, last)
    if sql.holes(span) or any(span.overlaps(place) for place, _ in sql.comments()):
        return Fix.hint(title)
    before = sql.text[sql.text.rfind("\n", 0, start) + 1 : start]
    if "--" in before or "#" in before:
        return Fix.hint(title)
    # A new table is laid out in the order of its rows, a view mostly read in it: its readers may have come to expect that.
    return Fix.safe(title, Edit(span, "")) if safe else Fix.unsafe(title, Edit(span, ""))
