"""A scalar subquery that depends on the row around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    RelationKind,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    gives_one_row,
    option,
    reads_table,
)

_ALONE = "`: an engine that does not turn it into a join runs it"
_SEVERAL = "an engine that does not turn them into joins runs them"
_MOST_SHOWN = 3
"""How many further subqueries are shown."""
_JOINS = frozenset({"bigquery", "snowflake", "trino", "athena", "spark", "databricks"})
"""Dialects of engines that turn such a subquery into a join, or refuse it."""
_FEW = 20
"""Of how many rows nobody minds that a subquery runs for each."""


class CorrelatedSubquery(SqlRule):
    """A scalar subquery uses columns of the query around it, so that its value has to be found for each of those rows.

    `SELECT u.email, (SELECT COUNT(*) FROM orders o WHERE o.user_id = u.user_id)` reads `orders` once a user on engines that
    run what is written: Postgres, MySQL, SQLite. BigQuery, Snowflake, Trino and Spark turn it into a join where they can, and
    refuse the query where they cannot: there `strict` alone tells it. The same answer comes from one pass: aggregate `orders`
    by `user_id` in a derived table and `LEFT JOIN` it, with `COALESCE(…, 0)` around a `COUNT`.

    `EXISTS` and `NOT EXISTS` stop at the first match and are planned as joins everywhere: they are left alone, as are
    `LATERAL` and `APPLY`, which say what they do, and subqueries that read no table but only unnest a column of the row. Where
    the query around reads a single row it asks once: from a subquery that only aggregates or has `LIMIT 1`, or from a table
    whose whole key, known to the catalog, it compares with values. A query of a few rows by its `LIMIT` is left alone too.
    """

    name = "correlated-subquery"
    category = Category.QUERY
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select u.email, (select count(*) from orders o where o.user_id = u.user_id) as orders from users u
                                                                             ^^^^^^^^^ depends on `u.user_id`, of each row of `u`
            """,
        ),
        Bad(
            """
            select user_id,
                   (select count(*) from orders where orders.user_id = users.user_id) as order_count
                                                                       ^^^^^^^^^^^^^ of each row of `users`
            from users
            """,
        ),
        Bad(
            """
            select o.id from orders o where o.total > (select avg(i.total) from orders i where i.region = o.region)
                                                                                                          ^^^^^^^^ depends on `o.region`
            """,
        ),
        Good("select u.email from users u where exists (select 1 from orders o where o.user_id = u.user_id)"),
        Good(
            "select u.email from users u where u.id not in (select o.user_id from orders o where o.user_id is not null)"
        ),
        Good("select o.id from orders o where o.total > (select avg(total) from orders)", note="Runs once."),
        Good(
            "select u.email, (select count(*) from orders o where o.user_id = u.user_id) as orders from users u where u.token = 'x' limit 1",
            dialect="postgres",
            note="One row asks once.",
        ),
        Good(
            "select o.id, array(select x.sku from unnest(o.items) as x where x.qty > o.minimum) as skus from `p.d.orders` o",
            dialect="bigquery",
            note="Reads no table.",
        ),
        Good(
            "select u.email, l.id from users u cross join lateral (select o.id from orders o where o.user_id = u.id limit 1) l",
            dialect="postgres",
        ),
        Good(
            "select o.items_total, (select sum(i.price) from order_items i where i.order_id = o.id) from orders o where o.id = 7",
            catalog="create table orders (id bigint primary key, items_total numeric(12, 2));",
            note="One order: asked once.",
        ),
        Good(
            "select o.id, (select sum(i.price) from o.items as i where i.sku = o.gift_sku) as gift from `p.d.orders` o",
            dialect="bigquery",
            note="`o.items` is a column of the row.",
        ),
        Good("update users set orders = (select count(*) from orders o where o.user_id = users.id) where users.id = 7"),
    )

    strict: bool = option(False, "Tell it on engines, too, that turn it into a join where they can.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the first outer column of each correlated scalar subquery that reads a table."""
        if sql.path.migration or (sql.dialect in _JOINS and not self.strict):
            return
        told: dict[int, list[Finding]] = {}
        for scope in sql.scopes:
            if not isinstance(scope.node, exp.Select) or not _is_scalar(scope.node):
                continue
            outer = scope.outer_columns()
            if not outer or not any(reads_table(sql, scope, relation) for relation in scope.relations):
                continue
            column = min(outer, key=lambda column: sql.span(column))
            owner = scope.owner(column)
            if owner is None or owner[1].kind is RelationKind.FUNCTION:
                continue
            if all(gives_one_row(sql, owner[0], relation) for relation in owner[0].relations) or _gives_few(owner[0]):
                continue
            keyword = sql.keyword(scope.node, "SELECT")
            found = Finding(
                sql.span(column),
                f"this subquery depends on `{sql.text_of(column)}`, of each row of `{owner[1].name}{_ALONE} once a row",
                related=(Related(keyword, "the subquery"),),
                fix=Fix.hint(_advice(scope)),
            )
            told.setdefault(id(owner[1]), []).append(found)
        yield from map(_together, told.values())


def _gives_few(scope: Scope) -> bool:
    """Say whether a query is of a few rows by its LIMIT alone: it sorts none of the others first."""
    limit = clauses.limit(scope.node)
    count = limit.expression.name if limit is not None and isinstance(limit.expression, exp.Literal) else ""
    return count.isdigit() and int(count) <= _FEW and clauses.order(scope.node) is None


def _together(found: list[Finding]) -> Finding:
    """Give one finding for all subqueries that depend on the same table of a query."""
    first, *others = sorted(found, key=lambda one: one.span)
    if not others:
        return first
    more = "so does one more" if len(others) == 1 else f"so do {len(others)} more"
    return replace(
        first,
        message=first.message.replace(_ALONE, f"`, and {more}: {_SEVERAL}", 1),
        related=(*first.related, *(Related(one.span, "another subquery") for one in others[:_MOST_SHOWN])),
        covers=tuple(one.span for one in others),
    )


def _is_scalar(select: exp.Select) -> bool:
    """Say whether a SELECT is a subquery in an expression of SELECT, WHERE, HAVING or ORDER BY."""
    subquery = select.parent
    if not isinstance(subquery, exp.Subquery):
        return False
    parent = subquery.parent
    if isinstance(parent, (exp.From, exp.Join, exp.CTE, exp.Lateral, exp.Exists, exp.In, exp.Any, exp.All, exp.Array)):
        return False
    if isinstance(parent, (exp.SetOperation, exp.Create, exp.Insert)) or parent is None:
        return False
    around = subquery.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Merge)
    if isinstance(around, exp.Update):
        where = clauses.where(around)
        return where is not None and any(node is subquery for node in clauses.descendants(where))
    return around is not None


def _advice(scope: Scope) -> str:
    keys = []
    for condition in scope.conditions():
        node = condition.node
        if isinstance(node, exp.EQ):
            keys += [
                side.name
                for side in (node.this, node.expression)
                if isinstance(side, exp.Column) and scope.relation_of(side) is not None
            ]
    by = f" grouped by `{'`, `'.join(dict.fromkeys(keys))}`" if keys else ""
    counts = any(True for _ in scope.node.find_all(exp.Count))
    return f"`LEFT JOIN` a derived table{by}" + (", with `COALESCE(…, 0)` around the count" if counts else "")
