"""Conditions taken apart: what must hold together, what by turns, what always holds."""

from __future__ import annotations

from collections.abc import Callable, Collection

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
    """Give what a condition on constants comes to (`1 = 1`, `FALSE`, `1 = 0`); None where it asks the row."""
    condition = unparenthesised(condition)
    if isinstance(condition, exp.Boolean):
        return bool(condition.this)
    if not isinstance(condition, exp.EQ):
        return None
    left, right = condition.this, condition.expression
    if isinstance(left, exp.Literal) and isinstance(right, exp.Literal):
        return bool(left == right)
    return None


def is_right_side(operand: exp.Expr) -> bool:
    """Say whether an operand stands on the right of its comparison."""
    return operand.arg_key == "expression"
