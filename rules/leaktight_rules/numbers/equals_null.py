"""`= NULL`, which is never true."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Applicability, Bad, Category, Edit, Finding, Fix, Good, Severity, Span, SqlDocument, SqlRule, exp


class EqualsNull(SqlRule):
    """A comparison with `NULL` is never true, so the filter keeps no row.

    In SQL `x = NULL` and `x <> NULL` are neither true nor false but unknown, whatever `x` holds. A `WHERE` keeps only
    rows for which the condition is true: it keeps none, silently. `IS NULL` and `IS NOT NULL` ask the question that is
    meant.

    An assignment is no comparison: `UPDATE … SET x = NULL` is left alone. In the filter of an `UPDATE` or `DELETE` the
    fix is unsafe, because rows that were never touched so far would be changed.
    """

    name = "equals-null"
    category = Category.NUMBERS
    severity = Severity.ERROR
    fixable = Applicability.SAFE
    examples = (
        Bad(
            """
            select id from orders where shipped_at = null
                                                   ^^^^^^ `= NULL` is never true
            """,
            fixed="select id from orders where shipped_at IS NULL",
        ),
        Bad(
            """
            select id from orders where shipped_at <> NULL and total > 0
                                                   ^^^^^^^ `<> NULL` is never true
            """,
            fixed="select id from orders where shipped_at IS NOT NULL and total > 0",
        ),
        Bad(
            """
            select case when refund = null then 0 else refund end as refund from orders
                                    ^^^^^^ is never true
            """,
            fixed="select case when refund IS NULL then 0 else refund end as refund from orders",
        ),
        Bad(
            """
            delete from orders where shipped_at = null
                                                ^^^^^^ is never true
            """,
            fixed="delete from orders where shipped_at IS NULL",
            note="Unsafe here: the mended statement deletes rows.",
        ),
        Good("update orders set shipped_at = null where id = 7", note="An assignment."),
        Good("select id from orders where shipped_at is null"),
        Good("select id from orders where shipped_at <=> null", dialect="mysql", note="MySQL's NULL-safe equality."),
        Good(
            "merge into orders t using late s on t.id = s.id when matched then update set shipped_at = null",
            dialect="snowflake",
        ),
        Good(
            "insert into orders (id) values (1) on conflict (id) do update set shipped_at = null where orders.id > 0",
            dialect="postgres",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each comparison one side of which is the word NULL."""
        for comparison in sql.find(exp.EQ, exp.NEQ):
            if not isinstance(comparison.expression, exp.Null) or _assigns(comparison):
                continue
            left, whole = sql.span(comparison.this), sql.span(comparison)
            operator = sql.token_after(left.end, "=", "==", "<>", "!=", "^=")
            if operator is None or operator.start >= whole.end:
                continue
            span = Span(operator.start, whole.end)
            written = "IS NULL" if isinstance(comparison, exp.EQ) else "IS NOT NULL"
            changes = comparison.find_ancestor(exp.Update, exp.Delete, exp.Merge) is not None
            applicability = Applicability.UNSAFE if changes else Applicability.SAFE
            yield Finding(
                span,
                f"`{sql.slice(operator)} NULL` is never true: write `{written}`",
                fix=Fix(f"write `{written}`", applicability, (Edit(span, written),)),
            )


def _assigns(comparison: exp.Expr) -> bool:
    """Say whether this is the assignment of an UPDATE, an upsert, a SET or a named argument."""
    parent = comparison.parent
    if isinstance(parent, (exp.OnConflict, exp.Set, exp.SetItem, exp.Property, exp.Properties, exp.Anonymous)):
        return True
    return isinstance(parent, exp.Update) and comparison.arg_key == "expressions"
