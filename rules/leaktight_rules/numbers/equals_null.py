"""`= NULL`, which is never true."""

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
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    exp,
)

_OPERATORS = ("=", "==", "<>", "!=", "^=")
_COMPARES_VARIABLES = frozenset({"mysql", "singlestore", "starrocks", "doris"})
"""Dialects in which `SELECT @x = NULL` compares. It sets `@x` in SQL Server's, for which another is easily guessed."""
_WRITES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Alter, exp.Into, exp.Copy, exp.MultitableInserts,
)  # fmt: skip


class EqualsNull(SqlRule):
    """A comparison with `NULL` is never true, so the filter keeps no row.

    In SQL `x = NULL` and `x <> NULL` are neither true nor false but unknown, whatever `x` holds. A `WHERE` keeps only
    rows for which the condition is true: it keeps none, silently. `IS NULL` and `IS NOT NULL` ask the question that is
    meant.

    An assignment is no comparison: `UPDATE … SET x = NULL` and SQL Server's `SELECT @x = NULL` are left alone. In a
    statement that writes (`UPDATE`, `DELETE`, `MERGE`, `INSERT … SELECT`, `CREATE … AS`) the fix is unsafe, because rows
    that were never touched so far would be changed or written.
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
        Bad(
            """
            select id from orders where null = shipped_at
                                        ^^^^^^ `NULL =` is never true: write `IS NULL`
            """,
            fixed="select id from orders where shipped_at IS NULL",
        ),
        Good("update orders set shipped_at = null where id = 7", note="An assignment."),
        Good("select @shipped = null", dialect="tsql", note="SQL Server sets a variable so."),
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
        writing: set[int] | None = None
        for comparison in sql.find(exp.EQ, exp.NEQ):
            nulls = isinstance(comparison.this, exp.Null), isinstance(comparison.expression, exp.Null)
            if not any(nulls) or _assigns(sql, comparison):
                continue
            if writing is None:
                writing = {id(node.root()) for node in sql.find(*_WRITES)}
            possible = Applicability.UNSAFE if id(comparison.root()) in writing else Applicability.SAFE
            finding = _after(sql, comparison, possible) if nulls[1] else _before(sql, comparison, possible)
            if finding is not None:
                yield finding


def _after(sql: SqlDocument, comparison: exp.Expr, possible: Applicability) -> Finding | None:
    """Give the finding of `x = NULL`; None where its words are not found in the text."""
    operator = sql.token_after(sql.span(comparison.this).end, *_OPERATORS)
    null = sql.token_after(operator.end) if operator is not None else None
    if operator is None or null is None or not _is_null(sql, null) or operator.start >= sql.span(comparison).end:
        return None
    span, written = Span(operator.start, null.end), _written(comparison)
    return Finding(
        span,
        f"`{sql.slice(operator)} NULL` is never true: write `{written}`",
        fix=_fix(sql, comparison, possible, Span(operator.end, null.start), Edit(span, written)),
    )


def _before(sql: SqlDocument, comparison: exp.Expr, possible: Applicability) -> Finding | None:
    """Give the finding of `NULL = x`; None where its words are not found in the text."""
    other = sql.span(comparison.expression)
    operator = sql.token_before(other.start)
    null = sql.token_before(operator.start) if operator is not None else None
    if operator is None or null is None or sql.slice(operator) not in _OPERATORS or not _is_null(sql, null):
        return None
    span, written = Span(null.start, operator.end), _written(comparison)
    edits = (Edit(Span(null.start, other.start), ""), Edit(Span(other.end, other.end), f" {written}"))
    bare = isinstance(comparison.expression, exp.Column)
    return Finding(
        span,
        f"`NULL {sql.slice(operator)}` is never true: write `{written}`",
        fix=_fix(sql, comparison, possible, Span(null.end, other.start), *(edits if bare else ())),
    )


def _written(comparison: exp.Expr) -> str:
    return "IS NULL" if isinstance(comparison, exp.EQ) else "IS NOT NULL"


def _is_null(sql: SqlDocument, token: Span) -> bool:
    return sql.slice(token).upper() == "NULL"


def _fix(sql: SqlDocument, comparison: exp.Expr, possible: Applicability, between: Span, *edits: Edit) -> Fix:
    """Give the fix; a hint where more than the operator stands between the words and would be lost, or nothing is certain."""
    title = f"write `{_written(comparison)}`"
    said = sql.slice(between).strip(" \t\r\n=<>!^")
    return Fix(title, possible, edits) if edits and not said else Fix.hint(title)


def _assigns(sql: SqlDocument, comparison: exp.Expr) -> bool:
    """Say whether this is the assignment of an UPDATE, an upsert, a SET, a variable or a named argument."""
    parent = comparison.parent
    if isinstance(parent, (exp.OnConflict, exp.Set, exp.SetItem, exp.Property, exp.Properties, exp.Anonymous)):
        return True
    if (parent.__class__, comparison.arg_key) in {(exp.Update, "expressions"), (exp.Select, "settings")}:
        return True
    if sql.dialect in _COMPARES_VARIABLES:
        return False
    if isinstance(parent, exp.Select) and comparison.arg_key == "expressions":
        return isinstance(comparison.this, exp.Parameter)
    # `UPDATE … SET @old = x = NULL` gives both the same value.
    return isinstance(parent, exp.EQ) and isinstance(parent.this, exp.Parameter) and _assigns(sql, parent)
