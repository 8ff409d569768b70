"""The statements of a scope, and what each of them binds."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def statements_of(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a block and of the blocks in it that belong to the same scope."""
    stack = [iter(body)]
    while stack:
        for statement in stack[-1]:
            yield statement
            inner = blocks_of(statement)
            if inner:
                stack.append(iter(inner))
                break
        else:
            stack.pop()


def blocks_of(statement: ast.stmt) -> list[ast.stmt]:
    """Give the statements in a statement that belong to the same scope."""
    match statement:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            return [*statement.body, *statement.orelse]
        case ast.With() | ast.AsyncWith():
            return statement.body
        case ast.Try():
            handlers = [inner for handler in statement.handlers for inner in handler.body]
            return [*statement.body, *handlers, *statement.orelse, *statement.finalbody]
    return []


def add_imports(statement: ast.Import | ast.ImportFrom, found: dict[str, str]) -> None:
    """Add what an import binds: the dotted path of each name, with the dots before it that a relative one has."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            top = alias.name.split(".", 1)[0]
            found.setdefault(alias.asname or top, alias.name if alias.asname else top)
        return
    prefix = "." * statement.level + (statement.module or "")
    joint = "" if prefix.endswith(".") or not prefix else "."
    for alias in statement.names:
        if alias.name != "*":
            found.setdefault(alias.asname or alias.name, f"{prefix}{joint}{alias.name}")


def bind(statement: ast.stmt, names: dict[str, ast.expr | None]) -> None:
    """Add what a statement binds: a value for a name that is bound for the first time, else None."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            names[name] = None if name in names else value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            names[name] = None if name in names else value
        case ast.Assign() | ast.AugAssign() | ast.For() | ast.AsyncFor() | ast.With() | ast.AsyncWith() | ast.Delete():
            for target in _targets(statement):
                for node in ast.walk(target):
                    if isinstance(node, ast.Name):
                        names[node.id] = None


def _targets(statement: ast.stmt) -> list[ast.expr]:
    match statement:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return [target for target in targets if not isinstance(target, ast.Attribute | ast.Subscript)]
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            return [target]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [item.optional_vars for item in items if item.optional_vars is not None]
    return []
