"""The conditions of Django's partial indexes, `Q(…)`, as SQL."""

from __future__ import annotations

import ast

from leaktight.operations.python_schema.code import Code

_DEEPEST = 8
_JOINS = {ast.BitAnd: " AND ", ast.BitOr: " OR "}


def condition_of(code: Code, node: ast.expr | None) -> str | None:
    """Give the condition of a partial index as SQL where it is plain, else as it stands in the code."""
    if node is None or code.is_none(node):
        return None
    return _said(code, node) or code.document.text_of(node)


def _said(code: Code, node: ast.expr, depth: int = 0) -> str | None:
    found = code.value(node)
    if depth > _DEEPEST:
        return None
    if isinstance(found, ast.UnaryOp) and isinstance(found.op, ast.Invert):
        inner = _said(code, found.operand, depth + 1)
        return f"NOT ({inner})" if inner else None
    if isinstance(found, ast.BinOp) and type(found.op) in _JOINS:
        sides = [_said(code, side, depth + 1) for side in (found.left, found.right)]
        return _JOINS[type(found.op)].join(f"({side})" for side in sides) if all(sides) else None
    if isinstance(found, ast.Call) and code.last(found.func) == "Q":
        return _of_q(code, found, depth)
    return None


def _of_q(code: Code, call: ast.Call, depth: int) -> str | None:
    """Read `Q(a=1, b__isnull=True)`, and what migrations write of it: `Q(("a", 1), _connector="OR", _negated=True)`."""
    parts: list[str | None] = []
    join, negated = " AND ", False
    for item in call.args:
        pair = code.items(item) if isinstance(item, ast.Tuple) else None
        if pair is not None and len(pair) == 2:
            parts.append(_lookup(code, code.text(pair[0]) or "", pair[1]))
        else:
            inner = _said(code, item, depth + 1)
            parts.append(f"({inner})" if inner else None)
    for keyword in call.keywords:
        if keyword.arg == "_connector":
            join = f" {code.text(keyword.value) or 'AND'} "
        elif keyword.arg == "_negated":
            negated = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        else:
            parts.append(_lookup(code, keyword.arg or "", keyword.value))
    if not parts or None in parts:
        return None
    said = join.join(part for part in parts if part)
    return f"NOT ({said})" if negated else said


def _lookup(code: Code, written: str, node: ast.expr) -> str | None:
    name, _, lookup = written.partition("__")
    value = code.value(node)
    constant = value.value if isinstance(value, ast.Constant) else ...
    if lookup == "isnull" and isinstance(constant, bool):
        return f"{name} IS NULL" if constant else f"{name} IS NOT NULL"
    if lookup not in {"", "exact"} or not name:
        return None
    if constant is None:
        return f"{name} IS NULL"
    if isinstance(constant, bool):
        return name if constant else f"NOT {name}"
    if isinstance(constant, str):
        return f"{name} = '" + constant.replace("'", "''") + "'"
    return f"{name} = {constant}" if isinstance(constant, int) else None
