"""CHECK constraints in the words of SQLAlchemy and Django, as far as their conditions can be said in SQL."""

from __future__ import annotations

import ast

from leaktight.catalog.table import Check
from leaktight.operations.python_schema.code import Arguments, Code

_FILTERED = frozenset({"condition", "check"})
"""What Django calls the condition of a constraint, now and before 5.1."""


def read_sqlalchemy_check(code: Code, node: ast.expr | None) -> Check | None:
    """Read `CheckConstraint("status IN ('new', 'paid')", name=…)`; None where its condition is not known."""
    node = code.value(node)
    if not isinstance(node, ast.Call) or code.last(node.func) != "CheckConstraint":
        return None
    found = Arguments(code, node, ("sqltext", "name"))
    condition = sqlalchemy_condition(code, found.get("sqltext"))
    return Check(condition, found.text("name"), code.place(node)) if condition else None


def sqlalchemy_condition(code: Code, node: ast.expr | None) -> str:
    """Give a condition as SQL: a text, `text("…")`, or `column("status").in_([…])`; empty where it is another one."""
    node = code.value(node)
    said = code.text(node)
    if said is not None or not isinstance(node, ast.Call):
        return said or ""
    if code.last(node.func) == "text" and node.args:
        return code.text(node.args[0]) or ""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "in_" and len(node.args) == 1:
        return _listed(_column(code, node.func.value), code.texts(node.args[0]))
    return ""


def _column(code: Code, node: ast.expr) -> str:
    """Give the name in `column("status")`, `table.c.status` and `table.c["status"]`."""
    match code.value(node) or node:
        case ast.Call(func=function, args=[name, *_]) if code.last(function) == "column":
            return code.text(name) or ""
        case ast.Attribute(value=ast.Attribute(attr="c"), attr=name):
            return name
        case ast.Subscript(value=ast.Attribute(attr="c"), slice=key):
            return code.text(key) or ""
    return ""


def read_django_check(code: Code, node: ast.expr | None) -> Check | None:
    """Read `models.CheckConstraint(condition=Q(status__in=[…]), name=…)`; None where it is no list of values."""
    node = code.value(node)
    if not isinstance(node, ast.Call) or code.last(node.func) != "CheckConstraint":
        return None
    found = Arguments(code, node)
    condition = _of_q(code, code.value(found.get(*_FILTERED)))
    return Check(condition, found.text("name"), code.place(node)) if condition else None


def _of_q(code: Code, node: ast.expr | None) -> str:
    if not isinstance(node, ast.Call) or code.last(node.func) != "Q" or len(node.args) + len(node.keywords) != 1:
        return ""
    if node.keywords:
        name, value = node.keywords[0].arg or "", node.keywords[0].value
    else:
        pair = code.items(node.args[0])
        if pair is None or len(pair) != 2:
            return ""
        name, value = code.text(pair[0]) or "", pair[1]
    column, _, lookup = name.rpartition("__")
    return _listed(column, code.texts(value)) if lookup == "in" and "__" not in column else ""


def _listed(column: str, values: tuple[str, ...] | None) -> str:
    if not column or not values:
        return ""
    written = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({written})"
