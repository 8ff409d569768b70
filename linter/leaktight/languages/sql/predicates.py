"""Conditions taken apart: what must hold together, what by turns, what always holds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal, InvalidOperation

from sqlglot import exp

COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.NullSafeEQ,
    exp.Between,
    exp.In,
    exp.Like,
    exp.ILike,
    exp.RegexpLike,
    exp.SimilarTo,
    exp.Is,
)
_ORDERED = (exp.GT, exp.GTE, exp.LT, exp.LTE)


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """Give the conditions that all must hold: the parts between ANDs, brackets taken off."""
    return _parts(condition, exp.And)


def disjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """Give the conditions one of which must hold: the parts between ORs, brackets taken off."""
    return _parts(condition, exp.Or)


def _parts(condition: exp.Expr | None, connector: type[exp.Expr]) -> list[exp.Expr]:
    result: list[exp.Expr] = []
    stack = [condition] if condition is not None else []
    while stack:
        node = stack.pop()
        if isinstance(node, connector):
            stack += [node.expression, node.this]
        elif isinstance(node, exp.Paren):
            stack.append(node.this)
        else:
            result.append(node)
    return result


def is_negated(node: exp.Expr) -> bool:
    """Say whether NOT stands before a predicate or in it: `NOT LIKE`, `NOT IN`, `NOT (a = b)`, `IS NOT NULL`."""
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    return bool(node.args.get("negate")) != isinstance(parent, exp.Not)


def bounding(
    condition: exp.Expr, columns: Collection[int], is_open: Callable[[exp.Expr], bool], *, negated: bool = False
) -> set[int]:
    """Give those of `columns` (by `id`) that bound which rows pass a condition.

    Of an OR each branch must bound, but for those that `is_open` says are not for the rows to decide. `<> x`, `IS NOT
    NULL` and `NOT IN` leave all but a part and bound nothing; `NOT … < x` bounds.
    """
    condition = unparenthesised(condition)
    while isinstance(condition, exp.Not):
        condition, negated = unparenthesised(condition.this), not negated
    if not isinstance(condition, (exp.And, exp.Or)):
        return {id(node) for node in condition.walk() if id(node) in columns and _bounds(node, condition, negated)}
    by_turns = isinstance(condition, exp.Or)
    bound: set[int] = set()
    for part in disjuncts(condition) if by_turns else conjuncts(condition):
        found = bounding(part, columns, is_open, negated=negated)
        if not found and by_turns != negated and not is_open(part):
            return set()
        bound |= found
    return bound


def _bounds(column: exp.Expr, predicate: exp.Expr, negated: bool) -> bool:
    """Say whether the comparison that a column stands in bounds it; a window or aggregate looks at all rows first."""
    comparison: exp.Expr | None = None
    node: exp.Expr | None = column
    while node is not None:
        if isinstance(node, (exp.Window, exp.AggFunc)):
            return False
        if comparison is None and isinstance(node, COMPARISONS):
            comparison = node
        negated ^= isinstance(node, exp.Not)
        if node is predicate:
            break
        node = node.parent
    if isinstance(comparison, _ORDERED):
        return True
    excludes = isinstance(comparison, exp.NEQ) or (comparison is not None and bool(comparison.args.get("negate")))
    return excludes == negated


def changing_branches(merge: exp.Merge) -> list[exp.Expr | None]:
    """Give the conditions of the branches of a MERGE that look at its target's rows; None for one without condition.

    Those are WHEN MATCHED and WHEN NOT MATCHED BY SOURCE.
    """
    whens = merge.args.get("whens")
    branches = whens.expressions if isinstance(whens, exp.Expr) else []
    return [when.args.get("condition") for when in branches if when.args.get("matched") or when.args.get("source")]


def merge_condition(merge: exp.Merge) -> exp.Expr | None:
    """Give the ON of a MERGE."""
    on = merge.args.get("on")
    return on if isinstance(on, exp.Expr) else None


def unparenthesised(node: exp.Expr) -> exp.Expr:
    """Give what stands inside brackets."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def constant_truth(condition: exp.Expr) -> bool | None:
    """Give what a condition on constants comes to (`1 = 1`, `NOT FALSE`, `2 > 1 AND TRUE`); None where it asks the row.

    A bare number is a truth value, as it is in each engine that takes it for a condition at all: `WHERE 1`.
    """
    condition = unparenthesised(condition)
    match condition:
        case exp.Boolean():
            return bool(condition.this)
        case exp.Not():
            truth = constant_truth(condition.this)
            return None if truth is None else not truth
        case exp.And():
            return _truth_of(conjuncts(condition), decisive=False)
        case exp.Or():
            return _truth_of(disjuncts(condition), decisive=True)
        case exp.EQ() | exp.NullSafeEQ():
            return equal(condition.this, condition.expression)
        case exp.NEQ() | exp.NullSafeNEQ():
            same = equal(condition.this, condition.expression)
            return None if same is None else not same
    number = _number(condition)
    if number is not None:
        return number != 0
    return _ordered(condition)


def _truth_of(parts: list[exp.Expr], *, decisive: bool) -> bool | None:
    """Give what AND or OR makes of its parts; `decisive` is the value that settles it whatever the others are."""
    truths = [constant_truth(part) for part in parts]
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _ordered(condition: exp.Expr) -> bool | None:
    if not isinstance(condition, (exp.LT, exp.LTE, exp.GT, exp.GTE)):
        return None
    left, right = _number(condition.this), _number(condition.expression)
    if left is None or right is None:
        return None
    if isinstance(condition, (exp.LT, exp.LTE)):
        return left < right or (left == right and isinstance(condition, exp.LTE))
    return left > right or (left == right and isinstance(condition, exp.GTE))


def equal(left: exp.Expr, right: exp.Expr) -> bool | None:
    """Say whether two constants are equal by value; None where one is none, or an engine may see it either way.

    `1` is `1.0`, and `'a'` may be `'A'` or `'a '` where the collation says so.
    """
    left, right = unparenthesised(left), unparenthesised(right)
    if isinstance(left, exp.Boolean) and isinstance(right, exp.Boolean):
        return bool(left.this) == bool(right.this)
    one, other = _number(left), _number(right)
    if one is not None and other is not None:
        return one == other
    if not (isinstance(left, exp.Literal) and isinstance(right, exp.Literal) and left.is_string and right.is_string):
        return None
    if left.name == right.name:
        return True
    return None if left.name.casefold().strip() == right.name.casefold().strip() else False


def _number(node: exp.Expr) -> Decimal | None:
    node = unparenthesised(node)
    if isinstance(node, exp.Neg):
        number = _number(node.this)
        return None if number is None else -number
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    try:
        return Decimal(node.name)
    except InvalidOperation:
        return None


def is_right_side(operand: exp.Expr) -> bool:
    """Say whether an operand stands on the right of its comparison."""
    return operand.arg_key == "expression"
