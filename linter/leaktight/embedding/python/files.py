"""SQL that a Python file runs and does not hold: read from a file, or built by a library's objects."""

from __future__ import annotations

import ast

from leaktight.languages.python import BindingKind, PythonDocument

_SQL_FILES = (".sql", ".hql", ".ddl", ".sql.j2", ".sql.jinja", ".sql.tmpl")
_BUILDERS = frozenset(
    "select insert update delete union union_all exists values table outerjoin Insert Select Update Delete "
    "CreateTable DropTable CreateSchema DropSchema AddConstraint func and_ or_ case literal_column column".split()
)
_BUILDER_METHODS = frozenset(
    "where filter filter_by join outerjoin group_by order_by limit offset having returning on_conflict_do_nothing "
    "on_conflict_do_update values from_select distinct select_from subquery cte compile with_for_update options".split()
)
_FOLLOWED = 4


def comes_from_file(document: PythonDocument, expression: ast.expr) -> bool:
    """Say whether an expression names or reads a SQL file, which is looked at on its own."""
    at = expression
    for _ in range(_FOLLOWED):
        for literal in document.find_in(at, ast.Constant):
            if isinstance(literal.value, str) and literal.value.endswith(_SQL_FILES):
                return True
        opened = _opened(document, at)
        following = opened if opened is not None else document.value_of(at)
        if following is at:
            return False
        at = following
    return False


def _opened(document: PythonDocument, expression: ast.expr) -> ast.expr | None:
    """Give what `f` was opened by, or what `path` is, in `f.read()` and `path.read_text()`."""
    if isinstance(expression, ast.Await):
        expression = expression.value
    if not isinstance(expression, ast.Call) or document.callee_name(expression) not in ("read", "read_text"):
        return None
    receiver = document.receiver(expression)
    if not isinstance(receiver, ast.Name):
        return receiver
    ways = document.scopes.reaching(receiver.id, receiver)
    if len(ways) == 1 and ways[0][0].kind in (BindingKind.WITH, BindingKind.ASSIGN):
        return ways[0][0].value
    return None


def is_built_by_library(document: PythonDocument, expression: ast.expr) -> bool:
    """Say whether an expression is a query object (`select(users).where(…)`) rather than text."""
    at = document.value_of(expression)
    for _ in range(_FOLLOWED * 4):
        match at:
            case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant())):
                return False
            case ast.Call(func=ast.Name(id=name)):
                return name in _BUILDERS
            case ast.Call(func=ast.Attribute(attr=name, value=value)):
                if name in _BUILDERS or name in _BUILDER_METHODS:
                    return True
                at = value
            case ast.Attribute(attr="statement" | "selectable"):
                return True
            case ast.Name():
                following = document.value_of(at)
                if following is at:
                    return False
                at = following
            case ast.Await(value=value):
                at = value
            case _:
                return False
    return False
