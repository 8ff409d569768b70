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
    endings,
    exp,
    predicates,
)

_COMPARES = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.RegexpLike, exp.SimilarTo)
_OF_BOTH = (
    *_COMPARES, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow, exp.BitwiseAnd, exp.BitwiseOr,
    exp.BitwiseXor, exp.DateDiff, exp.DatetimeDiff, exp.TimestampDiff,
)  # fmt: skip
"""What is NULL as soon as one of its two operands is, on every engine."""
_OF_FIRST = (
    exp.Paren, exp.Neg, exp.Not, exp.Cast, exp.TryCast, exp.Collate, exp.Dot, exp.Bracket, exp.AtTimeZone,
    exp.Lower, exp.Upper, exp.Initcap, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Length, exp.Reverse, exp.Replace,
    exp.SplitPart, exp.StrPosition, exp.RegexpExtract, exp.RegexpReplace, exp.MD5, exp.SHA, exp.SHA2,
    exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Sign, exp.Sqrt, exp.Ln, exp.Nullif,
    exp.Date, exp.Year, exp.Month, exp.Day, exp.Week, exp.Quarter, exp.DateTrunc, exp.TimestampTrunc, exp.DatetimeTrunc,
    exp.DateAdd, exp.DateSub, exp.DatetimeAdd, exp.TimestampAdd, exp.LastDay, exp.TsOrDsToDate, exp.TsOrDsToTimestamp,
    exp.TimeToStr, exp.StrToTime,
    exp.StrToDate, exp.ToChar, exp.UnixToTime, exp.TimeToUnix, exp.JSONExtract, exp.JSONExtractScalar,
)  # fmt: skip
"""What is NULL as soon as its first operand is, on every engine. Of other functions it is not known: many take NULLs."""
_JOINS_NULL = frozenset(
    {"bigquery", "snowflake", "mysql", "redshift", "spark", "spark2", "databricks", "hive", "trino", "presto", "athena"}
)
"""Dialects whose `CONCAT` is NULL as soon as one of its arguments is; in others it leaves NULLs out."""
_EMPTY_IS_NULL = frozenset({"oracle", ""})
"""Dialects in which `||` takes NULL for an empty string, or which may be one of them."""

_TESTS = ("{% test ", "{%- test ")


class NullifiedOuterJoin(SqlRule):
    """A predicate in `WHERE` drops the rows that the outer join keeps.

    `LEFT JOIN refunds r … WHERE r.reason = 'broken'` keeps every order for a moment, with NULL for those without a refund;
    then `NULL = 'broken'` is not true and the `WHERE` drops them all. The join is an inner join in disguise, and the orders
    without refunds are missing from every count made of it.

    If they shall stay, the predicate belongs in `ON`. If they shall go, `INNER JOIN` says so. Of a `FULL JOIN` the join of one
    side is left: `LEFT` or `RIGHT JOIN` says so.

    The anti-join `WHERE r.id IS NULL`, `COALESCE(r.reason, …)` and `… OR r.id IS NULL` accept the NULLs and are left alone,
    as are all functions that may turn NULL into a value: `CONCAT_WS`, `FORMAT`, Postgres' `CONCAT` and `GREATEST`, Oracle's
    `DECODE` and `||`. So is a relation of which the `WHERE` asks itself that it is there, `r.id IS NOT NULL`: who writes that
    knows that the others go. Tests of dbt, which look for rows, are left alone too. ClickHouse fills such rows with `0` and
    `''` instead of NULL, unless `join_use_nulls` is set: without it the rule is silent there.
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
        Good(
            "select o.id from orders o left join refunds r on r.order_id = o.id where r.amount > 5 and r.order_id is not null",
            note="The rows are dropped knowingly. So they are by `p.id IS NOT NULL` where `p` is joined on a column of `r`.",
        ),
        Good(
            "select o.id from orders o left join refunds r on r.order_id = o.id where r.reason is distinct from 'broken'"
        ),
        Bad(
            """
            select o.id, c.name from orders o full join customers c on c.id = o.customer_id where c.country = 'NO'
                                                                                                  ^^^^^^^^^^^^^^^^ only a `RIGHT JOIN` is left
            """,
        ),
        Good(
            """
            select s.id from stage s left join customers c on c.id = s.id
            where md5(concat_ws('|', c.name, c.country)) <> s.row_hash
            """,
            dialect="postgres",
            note="`CONCAT_WS` leaves NULLs out: new customers pass.",
        ),
        Good(
            "select o.id from orders o left join refunds r on r.order_id = o.id where r.order_id = 0",
            dialect="clickhouse",
            note="Without a match it is 0.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield, for each relation that an outer join fills, the first conjunct of a WHERE that no filled row can pass."""
        for scope in sql.scopes:
            where = clauses.where(scope.node)
            if where is None or not any(clauses.join_side(join) for join in scope.joins()):
                continue
            if (sql.dialect == "clickhouse" and not _uses_nulls(scope)) or _is_test(sql):
                continue
            told: set[int] = set()
            for condition in predicates.conjuncts(where):
                for relation in scope.relations:
                    joins = scope.filled_by(relation)
                    if joins and _rejects_null(condition, scope, relation, sql.dialect) and not sql.has_hole(condition):
                        if id(relation) not in told and not _is_asked_for(scope, relation):
                            told.add(id(relation))
                            yield _finding(sql, scope, condition, relation, joins[0])
                        break


def _finding(sql: SqlDocument, scope: Scope, condition: exp.Expr, relation: Relation, join: exp.Join) -> Finding:
    side = clauses.join_side(join)
    keyword = sql.token_before(sql.span(join.this).start, side) or sql.span(join.this)
    left = "the join becomes an inner join"
    help_ = "move the predicate into `ON` to keep those rows, or write `INNER JOIN` to say that they shall go"
    if side == "FULL" and not _loses_other_side(sql, scope, relation, join):
        one = "RIGHT" if relation.join is join else "LEFT"
        left = f"only a `{one} JOIN` is left of it"
        help_ = (
            f"filter `{relation.name}` in a subquery before the join to keep those rows, or write `{one} JOIN` to say that"
            " they shall go"
        )
    return Finding(
        sql.span(condition),
        f"this drops the rows that `{side} JOIN` keeps without a match in `{relation.name}`: {left}",
        related=(Related(keyword, f"the outer join of `{relation.name}`"),),
        fix=Fix.hint(help_),
        severity=Severity.NOTE if _names_keys(condition, scope, relation) or sql.path.migration else None,
    )


def _is_test(sql: SqlDocument) -> bool:
    """Say whether it is a test of dbt's, in a folder of tests or a block `{% test … %}`: its query looks for what is wrong."""
    return sql.path.test or (sql.region.templated and any(mark in sql.source.text for mark in _TESTS))


def _is_asked_for(scope: Scope, relation: Relation) -> bool:
    """Say whether a conjunct of WHERE asks that a column of the relation is there, or of one that is found by it."""
    conjuncts = map(predicates.unparenthesised, predicates.conjuncts(clauses.where(scope.node)))
    asked = [part for part in conjuncts if _asks_presence(part)]
    owners = [
        scope.relation_of(column)
        for part in asked
        for column in clauses.descendants(part)
        if isinstance(column, exp.Column)
    ]
    return any(owner is relation or (owner is not None and _is_matched_by(owner, relation, scope)) for owner in owners)


def _is_matched_by(owner: Relation, relation: Relation, scope: Scope) -> bool:
    """Say whether a row of one relation is only found by a column of another: where the first is there, so is the second."""
    on = clauses.join_on(owner.join) if owner.join is not None else None
    if owner.join is None or clauses.join_side(owner.join) not in {"", "LEFT"}:
        return False
    return any(
        isinstance(part, exp.EQ)
        and all(isinstance(side, exp.Column) for side in (part.this, part.expression))
        and {id(scope.relation_of(side)) for side in (part.this, part.expression)} == {id(owner), id(relation)}
        for part in predicates.conjuncts(on)
    )


def _names_keys(condition: exp.Expr, scope: Scope, relation: Relation) -> bool:
    """Say whether a condition names keys: `WHERE r.order_id IN (7, 8)` on the very column of the join asks for those orders."""
    column = predicates.unparenthesised(condition).this
    if not isinstance(condition, (exp.EQ, exp.In)) or not isinstance(column, exp.Column):
        return False
    given = condition.expressions if isinstance(condition, exp.In) else [condition.expression]
    if not given or not all(isinstance(value, exp.Literal) for value in given) or relation.join is None:
        return False
    return (
        any(
            isinstance(part, exp.EQ)
            and any(isinstance(side, exp.Column) and side.name.lower() == column.name.lower() for side in sides)
            and all(isinstance(side, exp.Column) for side in sides)
            for part in predicates.conjuncts(clauses.join_on(relation.join))
            for sides in ((part.this, part.expression),)
        )
        and scope.relation_of(column) is relation
    )


def _loses_other_side(sql: SqlDocument, scope: Scope, relation: Relation, join: exp.Join) -> bool:
    """Say whether some predicate drops what a FULL JOIN keeps without a match on the other side, too."""
    others = [
        one for one in scope.relations if join in scope.filled_by(one) and (one.join is join) != (relation.join is join)
    ]
    return any(
        _rejects_null(condition, scope, other, sql.dialect)
        for condition in predicates.conjuncts(clauses.where(scope.node))
        for other in others
    )


def _uses_nulls(scope: Scope) -> bool:
    """Say whether a ClickHouse query asks for NULLs in rows without a match: `SETTINGS join_use_nulls = 1`."""
    return any(
        isinstance(setting, exp.EQ) and setting.this.name == "join_use_nulls" and setting.expression.name == "1"
        for setting in endings.settings(scope.node)
    )


def _asks_presence(condition: exp.Expr) -> bool:
    """Say whether a condition is `x IS NOT NULL`, or one such or another, which drops those rows knowingly."""
    if isinstance(condition, exp.Or):
        return all(_asks_presence(part) for part in predicates.disjuncts(condition))
    asked = predicates.unparenthesised(condition.this) if isinstance(condition, exp.Not) else condition
    return isinstance(asked, exp.Is) and isinstance(asked.expression, exp.Null) and predicates.is_negated(asked)


def _rejects_null(condition: exp.Expr, scope: Scope, relation: Relation, dialect: str) -> bool:
    """Say whether a condition is never true on a row in which all columns of `relation` are NULL."""
    condition = predicates.unparenthesised(condition)
    if isinstance(condition, exp.Or):
        return all(_rejects_null(part, scope, relation, dialect) for part in predicates.disjuncts(condition))
    if isinstance(condition, exp.And):
        return any(_rejects_null(part, scope, relation, dialect) for part in predicates.conjuncts(condition))
    if _asks_presence(condition):  # of an OR all sides have been asked above
        asked = predicates.unparenthesised(condition.this) if isinstance(condition, exp.Not) else condition
        return isinstance(asked.this, exp.Column) and _is_null(asked.this, scope, relation, dialect)
    if isinstance(condition, exp.Not):
        inner = predicates.unparenthesised(condition.this)
        return isinstance(inner, (*_COMPARES, exp.In, exp.Between, exp.Column)) and _rejects_null(
            inner, scope, relation, dialect
        )
    if isinstance(condition, _COMPARES):
        # `x <> ALL (…)` is true of an empty list, whatever x is; `= NULL` is another rule's business.
        if isinstance(condition.expression, (exp.Null, exp.All)) or condition.expression.name.upper() == "ALL":
            return False
        return _is_null(condition, scope, relation, dialect)
    if isinstance(condition, (exp.In, exp.Between)):
        return _is_null(condition.this, scope, relation, dialect)
    return isinstance(condition, exp.Column) and _is_null(condition, scope, relation, dialect)


def _is_null(node: exp.Expr, scope: Scope, relation: Relation, dialect: str) -> bool:
    """Say whether an expression is NULL for sure whenever the columns of `relation` are."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, exp.Column):
            if scope.is_qualified(current) and scope.relation_of(current) is relation:
                return True
        elif isinstance(current, _OF_BOTH):
            stack += [current.this, current.expression]
        elif isinstance(current, _OF_FIRST):
            stack.append(current.this)
        elif isinstance(current, exp.Extract):
            stack.append(current.expression)
        elif isinstance(current, exp.DPipe) and dialect not in _EMPTY_IS_NULL:
            stack += [current.this, current.expression]
        elif isinstance(current, exp.Concat) and dialect in _JOINS_NULL:
            stack += current.expressions
    return False
