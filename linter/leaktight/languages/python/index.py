"""One walk over a Python tree, shared by all who ask: nodes in source order, their parents, their kinds.

Contexts and operators are singletons in `ast` and are no nodes here.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

_NO_NODES = frozenset({
    "attr", "arg", "asname", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "n", "name",
    "op", "ops", "rest", "simple", "str", "tag", "type_comment", "type_ignores", "kwd_attrs",
})  # fmt: skip

_Children = Callable[[Any], Sequence[ast.AST]]
"""Gives the child nodes of a node of one class, in the order of the source."""


def _child_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Give the fields of a class that hold nodes, in the order of the source."""
    fields = [field for field in kind._fields if field not in _NO_NODES]
    if issubclass(kind, ast.TypeAlias if hasattr(ast, "TypeAlias") else ()):
        fields.insert(0, "name")
    if "decorator_list" in fields:
        fields = ["decorator_list", *(field for field in fields if field != "decorator_list")]
    if "returns" in fields:
        fields = [field for field in fields if field not in ("returns", "body")]
        fields += ["returns", "body"]
    return tuple(fields)


def _by_fields(kind: type[ast.AST]) -> _Children:
    fields = _child_fields(kind)

    def found(node: ast.AST) -> list[ast.AST]:
        nodes: list[ast.AST] = []
        for field in fields:
            value = getattr(node, field, None)
            if type(value) is list:
                nodes += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                nodes.append(value)
        return nodes

    return found


def _of_call(node: ast.Call) -> list[ast.AST]:
    if node.args and node.keywords:
        last = node.args[-1]
        if type(last) is ast.Starred and _place(last) > _place(node.keywords[0]):
            return [node.func, *sorted((*node.args, *node.keywords), key=_place)]
    return [node.func, *node.args, *node.keywords]


def _place(node: ast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _of_dict(node: ast.Dict) -> list[ast.AST]:
    return [item for pair in zip(node.keys, node.values, strict=True) for item in pair if item is not None]


def _of_arguments(node: ast.arguments) -> list[ast.AST]:
    plain = [*node.posonlyargs, *node.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(node.defaults)) + list(node.defaults)
    found: list[ast.AST | None] = []
    for parameter, default in zip(plain, defaults, strict=True):
        found += (parameter, default)
    found.append(node.vararg)
    for parameter, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        found += (parameter, default)
    found.append(node.kwarg)
    return [item for item in found if item is not None]


class _ChildrenByClass(dict[type[ast.AST], _Children]):
    def __missing__(self, kind: type[ast.AST]) -> _Children:
        found = self[kind] = _by_fields(kind)
        return found


_CHILDREN = _ChildrenByClass(
    {
        ast.Call: _of_call,
        ast.Dict: _of_dict,
        ast.arguments: _of_arguments,
        ast.Assign: lambda node: [*node.targets, node.value],
        ast.BinOp: lambda node: (node.left, node.right),
        ast.Subscript: lambda node: (node.value, node.slice),
        ast.JoinedStr: lambda node: node.values,
        ast.BoolOp: lambda node: node.values,
        ast.List: lambda node: node.elts,
        ast.Tuple: lambda node: node.elts,
        ast.Import: lambda node: node.names,
        ast.ImportFrom: lambda node: node.names,
        ast.Compare: lambda node: [node.left, *node.comparators],
        ast.If: lambda node: [node.test, *node.body, *node.orelse],
        ast.IfExp: lambda node: (node.body, node.test, node.orelse),
    }
)
_LEAVES = frozenset((ast.Name, ast.Constant, ast.alias, ast.Pass, ast.Global, ast.Nonlocal, ast.Break, ast.Continue))
_ONE_CHILD = frozenset((ast.Attribute, ast.keyword, ast.Expr, ast.Await, ast.Starred))
"""Classes whose nodes hold one node, as their `value`."""


def children(node: ast.AST) -> Sequence[ast.AST]:
    """Give the child nodes in the order of the source, as near as the tree tells it."""
    return () if type(node) in _LEAVES else _CHILDREN[type(node)](node)


class TreeIndex:
    """The nodes of a tree, before their children and in the order of the source."""

    def __init__(self, tree: ast.Module) -> None:
        nodes: list[ast.AST] = []
        parents: list[int] = []
        kinds: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        add, add_parent = nodes.append, parents.append
        leaves, one_child, children_of = _LEAVES, _ONE_CHILD, _CHILDREN
        stack: list[tuple[Iterator[ast.AST], int]] = []
        level: Iterator[ast.AST] = iter((tree,))
        parent, at = -1, 0
        while True:
            for item in level:
                node, above = item, parent
                kind = type(node)
                while kind in one_child:
                    add(node)
                    add_parent(above)
                    kinds[kind].append(node)
                    above = at
                    at += 1
                    node = node.value  # type: ignore[attr-defined]  # what the classes of `_ONE_CHILD` have in common
                    kind = type(node)
                add(node)
                add_parent(above)
                kinds[kind].append(node)
                at += 1
                if kind not in leaves:
                    stack.append((level, parent))
                    level, parent = iter(children_of[kind](node)), at - 1
                    break
            else:
                if not stack:
                    break
                level, parent = stack.pop()
        self.nodes = nodes
        self.parents = parents
        self._kinds: Mapping[type[ast.AST], list[ast.AST]] = kinds

    @cached_property
    def number(self) -> dict[ast.AST, int]:
        """The place of each node in `nodes`."""
        return dict(zip(self.nodes, range(len(self.nodes)), strict=True))

    def end(self, node: ast.AST) -> int:
        """Give the place after the last descendant of a node."""
        inner = children(node)
        while inner:
            node = inner[-1]
            inner = children(node)
        return self.number[node] + 1

    def nodes_of(self, *kinds: type[ast.AST]) -> Sequence[ast.AST]:
        """Give all nodes of exactly these classes, in order."""
        found = [nodes for kind in kinds if (nodes := self._kinds.get(kind))]
        if len(found) < 2:
            return found[0] if found else ()
        return sorted((node for nodes in found for node in nodes), key=self.number.__getitem__)

    def within(self, root: ast.AST, *kinds: type[ast.AST]) -> Sequence[ast.AST]:
        """Give the descendants of `root`, itself included, of exactly these classes, in order."""
        place = self.number.__getitem__
        first, end = self.number[root], self.end(root)
        found: list[Sequence[ast.AST]] = []
        for kind in kinds:
            nodes = self._kinds.get(kind, ())
            start = bisect_left(nodes, first, key=place)
            inside = nodes[start : bisect_left(nodes, end, start, key=place)]
            if inside:
                found.append(inside)
        if len(found) < 2:
            return found[0] if found else ()
        return sorted((node for nodes in found for node in nodes), key=place)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Give the node that holds `node`; None for the module and for nodes of other trees."""
        at = self.number.get(node)
        if not at:
            return None
        return self.nodes[self.parents[at]]
