"""A scalar subquery that runs once a row."""

from __future__ import annotations

from collections.abc import Iterator

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
)


class CorrelatedSubquery(SqlRule):
    """A scalar subquery that uses columns of the query around it is run again for each of its rows.

    `SELECT u.email, (SELECT COUNT(*) FROM orders o WHERE o.user_id = u.user_id)` reads `orders` once a user on engines that
    do not decorrelate it, and several engines refuse it outright. The same answer comes from one pass: aggregate `orders`
    by `user_id` in a derived table and `LEFT JOIN` it, with `COALESCE(…, 0)` around a `COUNT`.

    `EXISTS` and `NOT EXISTS` stop at the first match and are planned as joins everywhere: they are left alone, as are
    `LATERAL` and `APPLY`, which say what they do, and subqueries that read no table but only unnest a column of the row.
    """

    name = "correlated-subquery"
    category = Category.QUERY
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select u.email, (select count(*) from orders o where o.user_id = u.user_id) as orders from users u
                                                                             ^^^^^^^^^ runs once for each row of `u`
            """,
        ),
        Bad(
            """
            select user_id,
                   (select count(*) from orders where orders.user_id = users.user_id) as order_count
                                                                       ^^^^^^^^^^^^^ for each row of `users`
            from users
            """,
        ),
        Bad(
            """
            select o.id from orders o where o.total > (select avg(i.total) from orders i where i.region = o.region)
                                                                                                          ^^^^^^^^ once for each row
            """,
        ),
        Good("select u.email from users u where exists (select 1 from orders o where o.user_id = u.user_id)"),
        Good(
            "select u.email from users u where u.id not in (select o.user_id from orders o where o.user_id is not null)"
        ),
        Good("select o.id from orders o where o.total > (select avg(total) from orders)", note="Runs once."),
        Good(
            "select o.id, array(select x.sku from unnest(o.items) as x where x.qty > o.minimum) as skus from `p.d.orders` o",
            dialect="bigquery",
            note="Reads no table.",
        ),
        Good(
            "select u.email, l.id from users u cross join lateral (select o.id from orders o where o.user_id = u.id limit 1) l",
            dialect="postgres",
        ),
        Good("update users set orders = (select count(*) from orders o where o.user_id = users.id) where users.id = 7"),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the first outer column of each correlated scalar subquery that reads a table."""
        for scope in sql.scopes:
            if not isinstance(scope.node, exp.Select) or not _is_scalar(scope.node) or not _reads_table(scope):
                continue
            outer = scope.outer_columns()
            if not outer:
                continue
            column = min(outer, key=lambda column: sql.span(column))
            owner = scope.owner(column)
            if owner is None or owner[1].kind is RelationKind.FUNCTION or _one_row(owner[0]):
                continue
            keyword = sql.keyword(scope.node, "SELECT")
            yield Finding(
                sql.span(column),
                f"this subquery runs once for each row of `{owner[1].name}`: it uses `{sql.text_of(column)}` of the query around it",
                related=(Related(keyword, "the subquery"),),
                fix=Fix.hint(_advice(scope)),
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


def _reads_table(scope: Scope) -> bool:
    return any(relation.kind is not RelationKind.FUNCTION for relation in scope.relations)


def _one_row(scope: Scope) -> bool:
    """Say whether the scope around has one row at most, as far as its text tells."""
    return bool(scope.relations) and all(_single(relation.query) for relation in scope.relations)


def _single(query: exp.Expr | None) -> bool:
    if not isinstance(query, exp.Select):
        return False
    if clauses.from_item(query) is None:
        return True
    limit = clauses.limit(query)
    return limit is not None and getattr(limit.expression, "name", "") == "1"


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
