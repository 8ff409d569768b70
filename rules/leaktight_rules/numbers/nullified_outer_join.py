"""An outer join whose kept rows the WHERE drops again."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    Relation,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    predicates,
)

_COMPARES = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.RegexpLike, exp.SimilarTo)
_STOPS_NULL = (
    exp.Coalesce,
    exp.Case,
    exp.If,
    exp.Nvl2,
    exp.Is,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.AggFunc,
    exp.Exists,
    exp.Anonymous,
    exp.Subquery,
    exp.Select,
)


class NullifiedOuterJoin(SqlRule):
    """A predicate in `WHERE` drops the rows that the outer join keeps.

    `LEFT JOIN refunds r … WHERE r.reason = 'broken'` keeps every order for a moment, with NULL for those without a refund;
    then `NULL = 'broken'` is not true and the `WHERE` drops them all. The join is an inner join in disguise, and the orders
    without refunds are missing from every count made of it.

    If they shall stay, the predicate belongs in `ON`. If they shall go, `INNER JOIN` says so. The anti-join
    `WHERE r.id IS NULL`, `COALESCE(r.reason, …)` and `… OR r.id IS NULL` accept the NULLs and are left alone.
    """

    name = "nullified-outer-join"
    category = Category.NUMBERS
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select o.id, r.amount from orders o left join refunds r on r.order_id = o.id where r.reason = 'broken'
                                                                                               ^^^^^^^^^^^^^^^^^^^ drops the rows that `LEFT JOIN` keeps
            """,
        ),
        Bad(
            """
            select c.name, o.id
            from orders o right join customers c on o.customer_id = c.id
            where c.active and o.total > 100
                               ^^^^^^^^^^^^^ drops the rows that `RIGHT JOIN` keeps
            """,
        ),
        Bad(
            """
            select o.id from orders o left join refunds r on r.order_id = o.id
            where (r.reason in ('broken', 'late') or r.amount > 10) and o.total > 0
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ drops the rows
            """,
        ),
        Good(
            "select o.id from orders o left join refunds r on r.order_id = o.id where r.order_id is null",
            note="An anti-join.",
        ),
        Good("select o.id from orders o left join refunds r on r.order_id = o.id where coalesce(r.amount, 0) < 10"),
        Good(
            "select o.id from orders o left join refunds r on r.order_id = o.id where r.amount > 5 or r.order_id is null"
        ),
        Good(
            "select o.id from orders o left join refunds r on r.order_id = o.id and r.reason = 'broken' where o.total > 0"
        ),
        Good("select o.id from orders o join refunds r on r.order_id = o.id where r.reason = 'broken'"),
        Bad(
            """
            select o.id from orders o left join refunds r on r.order_id = o.id where r.order_id is not null
                                                                                     ^^^^^^^^^^^^^^^^^^^^^^ becomes an inner join
            """,
            note="A note only: the rows are dropped knowingly.",
        ),
        Good(
            "select o.id from orders o left join refunds r on r.order_id = o.id where r.reason is distinct from 'broken'"
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each conjunct of a WHERE that no row kept by an outer join can pass."""
        for scope in sql.scopes:
            where = clauses.where(scope.node)
            if where is None or not any(clauses.join_side(join) for join in scope.joins()):
                continue
            for condition in predicates.conjuncts(where):
                for relation, join in _nullable(scope):
                    if _rejects_null(condition, scope, relation) and not sql.has_hole(condition):
                        yield self._finding(sql, condition, relation, join)
                        break

    def _finding(self, sql: SqlDocument, condition: exp.Expr, relation: Relation, join: exp.Join) -> Finding:
        side = clauses.join_side(join)
        keyword = sql.token_before(sql.span(join.this).start, side) or sql.span(join.this)
        return Finding(
            sql.span(condition),
            f"this drops the rows that `{side} JOIN` keeps without a match in `{relation.name}`: the join becomes an inner join",
            related=(Related(keyword, f"the outer join of `{relation.name}`"),),
            fix=Fix.hint(
                "move the predicate into `ON` to keep those rows, or write `INNER JOIN` to say that they shall go"
            ),
            severity=Severity.NOTE if _asks_presence(condition) else None,
        )


def _asks_presence(condition: exp.Expr) -> bool:
    """Say whether a condition is `x IS NOT NULL`, which drops those rows knowingly."""
    asked = predicates.unparenthesised(condition.this) if isinstance(condition, exp.Not) else condition
    return isinstance(asked, exp.Is) and isinstance(asked.expression, exp.Null) and predicates.is_negated(asked)


def _nullable(scope: Scope) -> Iterator[tuple[Relation, exp.Join]]:
    """Yield each relation that an outer join fills with NULLs, with that join."""
    for position, relation in enumerate(scope.relations):
        join = relation.join
        if (
            join is not None
            and clauses.join_side(join) in {"LEFT", "FULL"}
            and clauses.join_kind(join) not in {"SEMI", "ANTI"}
        ):
            yield relation, join
        for later in scope.relations[position + 1 :]:
            if later.join is not None and clauses.join_side(later.join) in {"RIGHT", "FULL"}:
                yield relation, later.join
                break


def _rejects_null(condition: exp.Expr, scope: Scope, relation: Relation) -> bool:
    """Say whether a condition is never true on a row in which all columns of `relation` are NULL."""
    condition = predicates.unparenthesised(condition)
    if isinstance(condition, exp.Or):
        return all(_rejects_null(part, scope, relation) for part in predicates.disjuncts(condition))
    if isinstance(condition, exp.And):
        return any(_rejects_null(part, scope, relation) for part in predicates.conjuncts(condition))
    if _asks_presence(condition):
        asked = predicates.unparenthesised(condition.this) if isinstance(condition, exp.Not) else condition
        return isinstance(asked.this, exp.Column) and _strict(asked.this, scope, relation)
    if isinstance(condition, exp.Not):
        inner = predicates.unparenthesised(condition.this)
        return isinstance(inner, (*_COMPARES, exp.In, exp.Between, exp.Column)) and _rejects_null(
            inner, scope, relation
        )
    if isinstance(condition, _COMPARES):
        if isinstance(condition.expression, exp.Null):
            return False
        return _strict(condition.this, scope, relation) or _strict(condition.expression, scope, relation)
    if isinstance(condition, (exp.In, exp.Between)):
        return _strict(condition.this, scope, relation)
    return isinstance(condition, exp.Column) and _strict(condition, scope, relation)


def _strict(node: exp.Expr, scope: Scope, relation: Relation) -> bool:
    """Say whether an expression is NULL whenever the columns of `relation` are."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, _STOPS_NULL):
            continue
        if isinstance(current, exp.Column):
            if scope.is_qualified(current) and scope.relation_of(current) is relation:
                return True
            continue
        stack += list(clauses.children(current))
    return False
