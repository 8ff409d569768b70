"""A predicate that is always true, or never."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Related,
    Severity,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    option,
    predicates,
)

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


class Tautology(SqlRule):
    """A predicate that is always true, or never, voids the filter it stands in.

    `WHERE tenant_id = 7 OR 1 = 1` reads every tenant's rows: what was put in for a test stayed. `status <> 'open' OR
    status <> 'paid'` looks like a filter and lets every row through, `status = 'open' AND status = 'paid'` none, and
    `a.id = a.id` compares a column with itself where another table's was meant.

    `WHERE 1 = 1 AND …` only makes conditions easier to add and `WHERE 1 = 0` asks for no row on purpose: they are
    reported with `strict` alone.
    """

    name = "tautology"
    category = Category.NUMBERS
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            select id from orders where tenant_id = 7 or 1 = 1
                                                         ^^^^^ always true
            """,
        ),
        Bad(
            """
            select id from orders where status <> 'open' or status <> 'paid'
                                                            ^^^^^^^^^^^^^^^^ every value
            """,
        ),
        Bad(
            """
            select id from orders where status = 'open' and status = 'paid'
                                                            ^^^^^^^^^^^^^^^ never true
            """,
        ),
        Bad(
            """
            select id from orders where (status = 'open' and status = 'paid') or total > 500
                                                             ^^^^^^^^^^^^^^^ never true
            """,
        ),
        Bad(
            """
            select o.id from orders o join customers c on c.id = o.customer_id where o.region = o.region
                                                                                     ^^^^^^^^^^^^^^^^^^^ compares `o.region` with itself
            """,
        ),
        Bad(
            """
            select id from orders where 1 = 1 and total > 5
                                        ^^^^^ always true
            """,
            options={"strict": True},
        ),
        Good("select id from orders where 1 = 1 and total > 5", note="A habit of writing, and harmless."),
        Good("create table empty as select id from orders where 1 = 0", note="No row is meant."),
        Good("select id from orders where status = 'open' or status = 'paid'"),
        Good("select id from orders where status <> 'open' and status <> 'paid'"),
        Good("select a.id from orders a join orders b on a.region = b.region"),
        Good("select id from orders where total > 5 or total < 1"),
        Good(
            "select id from orders where '{{ target.name }}' <> 'prod' or total > 5",
            hosts=False,
            note="The template knows.",
        ),
    )

    strict: bool = option(False, "Report `WHERE 1 = 1 AND …` and `WHERE 1 = 0` too.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each void predicate of a WHERE, HAVING, QUALIFY or ON."""
        if sql.path.test:
            return
        for scope in sql.scopes:
            for root in (clauses.where(scope.node), clauses.having(scope.node), clauses.qualify(scope.node)):
                if root is not None:
                    yield from self._read(sql, root)
            for join in scope.joins():
                on = clauses.join_on(join)
                if on is not None and len(predicates.conjuncts(on)) > 1:
                    yield from self._read(sql, on)

    def _read(self, sql: SqlDocument, root: exp.Expr) -> Iterator[Finding]:
        parts = predicates.conjuncts(root)
        yield from _never(sql, parts)
        for part in parts:
            if isinstance(part, exp.Or):
                arms = predicates.disjuncts(part)
                yield from _always(sql, arms)
                for arm in arms:
                    if _constant(sql, arm):
                        yield Finding(
                            sql.span(arm), f"`{sql.text_of(arm)}` is always true: the whole `OR` lets every row through"
                        )
                    else:
                        yield from self._read(sql, arm)
            elif self.strict and (truth := _constant(sql, part)) is not None:
                always = "always true" if truth else "never true"
                yield Finding(sql.span(part), f"`{sql.text_of(part)}` is {always}", severity=Severity.NOTE)
            else:
                yield from _with_itself(sql, part)


def _constant(sql: SqlDocument, node: exp.Expr) -> bool | None:
    """Give what a condition on constants comes to; None where a host or template has written one of them."""
    truth = predicates.constant_truth(node)
    return None if truth is not None and sql.region.map.holes(sql.span(node)) else truth


def _with_itself(sql: SqlDocument, node: exp.Expr) -> Iterator[Finding]:
    node = predicates.unparenthesised(node)
    if not isinstance(node, _COMPARISONS) or not isinstance(node.this, exp.Column) or sql.has_hole(node):
        return
    if node.this == node.expression and sql.text_of(node.this).lower() == sql.text_of(node.expression).lower():
        yield Finding(sql.span(node), f"this compares `{sql.text_of(node.this)}` with itself")


def _apart(sql: SqlDocument, nodes: Sequence[exp.Expr], kind: type[exp.Expr]) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Yield, for each column, the first two conditions of one kind that compare it with constants that differ."""
    found = [node for node in nodes if type(node) is kind and isinstance(node.this, exp.Column)]
    if len(found) < 2:
        return
    compared: dict[str, list[exp.Expr]] = {}
    for node in found:
        if not sql.has_hole(node):
            compared.setdefault(node.this.sql().lower(), []).append(node)
    for first, *others in compared.values():
        for other in others:
            if predicates.equal(first.expression, other.expression) is False:
                yield first, other
                break


def _never(sql: SqlDocument, parts: Sequence[exp.Expr]) -> Iterator[Finding]:
    for one, other in _apart(sql, parts, exp.EQ):
        yield Finding(
            sql.span(other),
            f"this is never true together with `{sql.text_of(one)}`",
            related=(Related(sql.span(one), "the other condition"),),
        )


def _always(sql: SqlDocument, arms: Sequence[exp.Expr]) -> Iterator[Finding]:
    for one, other in _apart(sql, arms, exp.NEQ):
        yield Finding(
            sql.span(other),
            f"with `{sql.text_of(one)}` before the `OR` every value passes: `AND` is meant",
            related=(Related(sql.span(one), "the other condition"),),
        )
