"""Conditions taken apart: what must hold together, what by turns, what always holds."""

from __future__ import annotations

from sqlglot import exp


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
