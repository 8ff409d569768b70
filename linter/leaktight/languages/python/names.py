"""What the names of a module stand for: imports, and dotted paths through them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from typing import cast

from leaktight.languages.python.index import TreeIndex
from leaktight.languages.python.reaching import BindingKind
from leaktight.languages.python.scopes import Scopes

_BUILTINS = frozenset(dir(builtins))


def imports_of(index: TreeIndex) -> Mapping[str, str]:
    """Give local name → dotted path for each import of a module, wherever it stands; the first one wins.

    `import a.b` binds `a`; `from . import x` gives `.x`, `from .db import c` gives `.db.c`.
    """
    found: dict[str, str] = {}
    for node in index.nodes_of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    found.setdefault(alias.asname, alias.name)
                else:
                    top = alias.name.split(".", 1)[0]
                    found.setdefault(top, top)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            joint = "" if prefix.endswith(".") or not prefix else "."
            for alias in node.names:
                if alias.name != "*":
                    found.setdefault(alias.asname or alias.name, f"{prefix}{joint}{alias.name}")
    return found


def imported_modules(index: TreeIndex) -> frozenset[str]:
    """Give the dotted names of all modules that a module imports from, `a.b` and `a` alike."""
    found: set[str] = set()
    for node in cast("Sequence[ast.Import]", index.nodes_of(ast.Import)):
        for alias in node.names:
            _add_with_those_above(alias.name, found)
    for node_from in cast("Sequence[ast.ImportFrom]", index.nodes_of(ast.ImportFrom)):
        if node_from.module and not node_from.level:
            _add_with_those_above(node_from.module, found)
            found.update([f"{node_from.module}.{alias.name}" for alias in node_from.names])
    return frozenset(found)


def _add_with_those_above(name: str, found: set[str]) -> None:
    while name and name not in found:
        found.add(name)
        name = name.rpartition(".")[0]


def qualified_name(expression: ast.expr, imports: Mapping[str, str], scopes: Scopes) -> str | None:
    """Give the dotted path of a name or attribute chain that begins at an import or a built-in."""
    parts: list[str] = []
    node: ast.expr = expression
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    path = imports.get(node.id)
    found = scopes.resolve(node.id, node) if path is not None or node.id in _BUILTINS else None
    if path is None:
        if found is not None or node.id not in _BUILTINS:
            return None
        path = node.id
    elif found is not None and not any(binding.kind is BindingKind.IMPORT for binding in found[1]):
        return None
    return ".".join([path, *reversed(parts)])
