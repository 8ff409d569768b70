"""One walk over a Python tree, shared by all who ask: nodes in source order, their parents, their kinds.

Contexts and operators are singletons in `ast` and are no nodes here.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

_NO_NODES = frozenset({
    "attr", "arg", "asname", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "n", "name",
    "op", "ops", "rest", "simple", "tag", "type_comment", "type_ignores", "kwd_attrs",
})  # fmt: skip


def _child_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Give the fields of a class that hold nodes, last in the source first."""
    fields = [field for field in kind._fields if field not in _NO_NODES]
    if issubclass(kind, ast.keyword | ast.arg | ast.alias):
        fields = [field for field in fields if field != "name"]
    if issubclass(kind, ast.Constant):
        fields = []
    if issubclass(kind, ast.Global | ast.Nonlocal):
        fields = []
    if issubclass(kind, ast.TypeAlias if hasattr(ast, "TypeAlias") else ()):
        fields.insert(0, "name")
    if "decorator_list" in fields:
        fields = ["decorator_list", *(field for field in fields if field != "decorator_list")]
    if "returns" in fields:
        fields = [field for field in fields if field not in ("returns", "body")]
        fields += ["returns", "body"]
    if issubclass(kind, ast.IfExp):
        fields = ["body", "test", "orelse"]
    return tuple(reversed(fields))


class _ChildFields(dict[type[ast.AST], tuple[str, ...]]):
    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = self[kind] = _child_fields(kind)
        return fields


_FIELDS = _ChildFields()


def children(node: ast.AST) -> list[ast.AST]:
    """Give the child nodes in the order of the source, as near as the tree tells it."""
    found = _reversed_children(node)
    found.reverse()
    return found


def _reversed_children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    if isinstance(node, ast.Dict):
        for key, item in zip(reversed(node.keys), reversed(node.values), strict=True):
            found.append(item)
            if key is not None:
                found.append(key)
        return found
    if isinstance(node, ast.arguments):
        return _reversed_arguments(node)
    if isinstance(node, ast.Call) and node.args and node.keywords:
        last = node.args[-1]
        if isinstance(last, ast.Starred) and _place(last) > _place(node.keywords[0]):
            return [*sorted((*node.args, *node.keywords), key=_place, reverse=True), node.func]
    for field in _FIELDS[node.__class__]:
        value = getattr(node, field, None)
        if value.__class__ is list:
            found += [item for item in reversed(value) if item is not None]
        elif value is not None:
            found.append(value)
    return found


def _place(node: ast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _reversed_arguments(node: ast.arguments) -> list[ast.AST]:
    plain = [*node.posonlyargs, *node.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(node.defaults)) + list(node.defaults)
    found: list[ast.AST | None] = []
    for parameter, default in zip(plain, defaults, strict=True):
        found += (parameter, default)
    found.append(node.vararg)
    for parameter, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        found += (parameter, default)
    found.append(node.kwarg)
    return [item for item in reversed(found) if item is not None]


_SPECIAL = frozenset({ast.Dict, ast.arguments, ast.Call})


class TreeIndex:
    """The nodes of a tree, before their children and in the order of the source."""

    def __init__(self, tree: ast.Module) -> None:
        nodes: list[ast.AST] = []
        parents: list[int] = []
        places: defaultdict[type[ast.AST], list[int]] = defaultdict(list)
        stack: list[tuple[ast.AST, int]] = [(tree, -1)]
        pop, push = stack.pop, stack.append
        fields_of, special = _FIELDS, _SPECIAL
        while stack:
            node, parent = pop()
            here = len(nodes)
            nodes.append(node)
            parents.append(parent)
            kind = node.__class__
            places[kind].append(here)
            if kind in special:
                for item in _reversed_children(node):
                    push((item, here))
                continue
            for field in fields_of[kind]:
                value = getattr(node, field, None)
                if value.__class__ is list:
                    for item in reversed(value):
                        if item is not None:
                            push((item, here))
                elif value is not None:
                    push((value, here))
        self.nodes = nodes
        self.parents = parents
        self._places = places

    @cached_property
    def number(self) -> dict[ast.AST, int]:
        """The place of each node in `nodes`."""
        return {node: at for at, node in enumerate(self.nodes)}

    @cached_property
    def ends(self) -> list[int]:
        """For each node, the place after its last descendant."""
        ends = list(range(1, len(self.nodes) + 1))
        parents = self.parents
        for at in range(len(ends) - 1, 0, -1):
            parent = parents[at]
            if ends[parent] < ends[at]:
                ends[parent] = ends[at]
        return ends

    def places(self, *kinds: type[ast.AST]) -> list[int]:
        """Give the places of all nodes of exactly these classes, in order."""
        if len(kinds) == 1:
            return self._places.get(kinds[0], [])
        found = [at for kind in kinds for at in self._places.get(kind, ())]
        found.sort()
        return found

    def nodes_of(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield all nodes of exactly these classes, in order."""
        nodes = self.nodes
        for at in self.places(*kinds):
            yield nodes[at]

    def within(self, root: ast.AST, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield the descendants of `root`, itself included, of exactly these classes, in order."""
        start = self.number[root]
        end = self.ends[start]
        for at in _slice(self.places(*kinds), start, end):
            yield self.nodes[at]

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Give the node that holds `node`; None for the module and for nodes of other trees."""
        at = self.number.get(node)
        if not at:
            return None
        return self.nodes[self.parents[at]]


def _slice(places: list[int], start: int, end: int) -> list[int]:
    return places[bisect_left(places, start) : bisect_left(places, end)]
