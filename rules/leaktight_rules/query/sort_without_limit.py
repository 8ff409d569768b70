"""`ORDER BY` where nobody sees the order."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Applicability,
    Bad,
    Category,
    Edit,
    Finding,
    Fix,
    Good,
    RelationKind,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    clauses,
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
    }
)
"""Where a table created from sorted rows is laid out in that order, which later scans can skip by."""

_ORDER_SENSITIVE = (
    exp.ArrayAgg,
    exp.GroupConcat,
    exp.JSONArrayAgg,
    exp.JSONObjectAgg,
    exp.First,
    exp.Last,
    exp.FirstValue,
    exp.LastValue,
    exp.AnyValue,
    exp.Window,
    exp.Anonymous,
    exp.AnonymousAggFunc,
    exp.ParameterizedAgg,
)


class SortWithoutLimit(SqlRule):
    """`ORDER BY` in a subquery, CTE, view or created table sorts rows whose order nobody sees.

    A relation has no order: the engine sorts every row of the inner query, often in one worker, and then throws the order
    away. Only the outermost query's `ORDER BY` decides what a reader gets.

    It does mean something together with `LIMIT`, `TOP` or `FETCH`, in windows and ordered aggregates, and where the query
    around it takes rows by their order (`ROWNUM`, `LIMIT`, `ARRAY_AGG`, a user variable): there the rule is silent. So it
    is for `CREATE TABLE … AS … ORDER BY` on engines that lay the table out in that order.
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
                                                        ^^^^^^^^ in a view
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
        Good("with top as (select id from orders order by total desc limit 10) select id from top"),
        Good("select id from orders order by total", note="The outermost order is what the reader gets."),
        Good("with r as (select id, row_number() over (order by total) as n from orders) select id from r where n = 1"),
        Good(
            "select array_agg(id) as ids from (select id from orders order by id) as o", note="Rows are taken in order."
        ),
        Good("select id from (select id from orders order by id) where rownum <= 10", dialect="oracle"),
        Good("select id from (select id from orders order by total) as o limit 10"),
        Good(
            "create table sorted as select id from orders order by id", dialect="snowflake", note="Clusters the table."
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each ORDER BY of a query whose rows go on as a relation."""
        for query in sql.find(exp.Select, exp.SetOperation):
            order = clauses.order(query)
            if order is None or clauses.limit(query) is not None or clauses.offset(query) is not None:
                continue
            if _picks_by_order(query) or "|>" in sql.slice(sql.statement_of(query).span):
                continue
            place = _place(sql, query)
            if place is None or _order_matters(sql, query):
                continue
            keyword = sql.token_before(sql.span(order).start, "ORDER BY")
            if keyword is None:
                continue
            yield Finding(
                keyword,
                f"`ORDER BY` in a {place} sorts rows whose order nobody sees",
                fix=_delete(sql, order, keyword, place),
                # An engine that is not known may be one of those that lay the table out in this order.
                severity=Severity.NOTE if place == "created table" and not sql.dialect else None,
            )


def _picks_by_order(query: exp.Expr) -> bool:
    """Say whether it is `SELECT DISTINCT ON (…)`, which keeps the first row of each group."""
    distinct = clauses.distinct(query)
    return distinct is not None and clauses.distinct_on(distinct)


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
        if isinstance(inside, (exp.SetOperation, exp.Array, exp.Insert)) or inside is None:
            return None
        return "subquery"
    if isinstance(parent, exp.Create):
        kind = clauses.created_kind(parent)
        if kind == "VIEW":
            return "view"
        if kind == "TABLE" and sql.dialect not in _KEEPS_ORDER:
            return "created table"
    return None


def _order_matters(sql: SqlDocument, query: exp.Expr) -> bool:
    """Say whether a query around this one takes rows by their order."""
    readers: list[exp.Expr | None] = [query.parent.find_ancestor(exp.Select) if query.parent is not None else None]
    cte = query.parent
    if isinstance(cte, exp.CTE):
        readers = [
            scope.node
            for scope in sql.scopes
            for relation in scope.relations
            if relation.kind is RelationKind.CTE and relation.cte is cte
        ]
    return any(reader is not None and _takes_by_order(sql, reader) for reader in readers)


def _takes_by_order(sql: SqlDocument, reader: exp.Expr) -> bool:
    if clauses.limit(reader) is not None and clauses.order(reader) is None:
        return True
    for node in clauses.descendants(reader, into_queries=False):
        if isinstance(node, _ORDER_SENSITIVE):
            return True
        if isinstance(node, exp.Column) and node.name.lower() == "rownum":
            return True
        if isinstance(node, (exp.SessionParameter, exp.Parameter, exp.PropertyEQ)) and sql.dialect in {"mysql", "tsql"}:
            return True
    return False


def _delete(sql: SqlDocument, order: exp.Expr, keyword: Span, place: str) -> Fix:
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
    # Some engines lay a new table out in the order of its rows: whoever reads it unsorted may have come to expect that.
    return Fix.unsafe(title, Edit(span, "")) if place == "created table" else Fix.safe(title, Edit(span, ""))
