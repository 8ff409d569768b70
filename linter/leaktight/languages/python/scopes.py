"""What binds a name in which scope, and which of the bindings reach a place."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import cast

from leaktight.languages.python.index import TreeIndex
from leaktight.languages.python.reaching import COMPREHENSIONS, SCOPES, Binding, BindingKind, reaching_bindings


class Scopes:
    """The bindings of all names of one module, by scope. Built at the first question."""

    def __init__(self, index: TreeIndex) -> None:
        self._index = index
        self._bindings: dict[tuple[ast.AST, str], list[Binding]] = {}
        self._outer: dict[tuple[ast.AST, str], ast.AST] = {}
        self._places: dict[tuple[ast.AST, str], list[int]] = {}
        self._build()
        number = index.number
        for bindings in self._bindings.values():
            if len(bindings) > 1:
                bindings.sort(key=lambda binding: number[binding.node])

    def scope_of(self, node: ast.AST) -> ast.AST:
        """Give the module, class, function, lambda or comprehension whose names `node` sees first.

        A parameter's default, a decorator and a base class belong outside.
        """
        index = self._index
        child, parent = node, index.parent(node)
        while parent is not None:
            if isinstance(parent, SCOPES) and not _outside(parent, child):
                return parent
            child, parent = parent, index.parent(parent)
        return index.nodes[0]

    def bindings(self, name: str, scope: ast.AST) -> Sequence[Binding]:
        """Give what binds `name` in one scope, in the order of the source."""
        return self._bindings.get((scope, name), ())

    def resolve(self, name: str, at: ast.AST) -> tuple[ast.AST, Sequence[Binding]] | None:
        """Give the scope whose `name` is seen at a node, with its bindings; None for built-ins and unknowns."""
        scope: ast.AST | None = self.scope_of(at)
        first = True
        while scope is not None:
            if first or not isinstance(scope, ast.ClassDef):
                owner = self._outer.get((scope, name))
                if owner is not None:
                    return owner, self.bindings(name, owner)
                found = self._bindings.get((scope, name))
                if found:
                    return scope, found
            first = False
            scope = None if isinstance(scope, ast.Module) else self.scope_of(scope)
        return None

    def reaching(self, name: str, at: ast.AST) -> list[list[Binding]]:
        """Give the bindings that may hold at a node: for each alternative one that sets, then its `+=` in order.

        An empty list says that it is not known. See `reaching.reaching_bindings`.
        """
        found = self.resolve(name, at)
        if found is None:
            return []
        scope, bindings = found
        here = self.scope_of(at)
        while isinstance(here, COMPREHENSIONS) and here is not scope:
            here = self.scope_of(here)
        if here is not scope:
            # Seen from another function, the order is not known: one value, or none.
            starts = [b for b in bindings if b.kind is not BindingKind.AUGMENT]
            return [list(bindings)] if len(starts) == 1 and starts[0] is bindings[0] else []
        return reaching_bindings(self._index, bindings, self._places_of(name, scope), at)

    def before(self, name: str, at: ast.AST) -> Iterator[Binding]:
        """Yield what binds a name above a node, nearest first, in the scope whose name is seen there."""
        found = self.resolve(name, at)
        if found is None:
            return
        scope, bindings = found
        for place in range(bisect_left(self._places_of(name, scope), self._index.number[at]) - 1, -1, -1):
            yield bindings[place]

    def _places_of(self, name: str, scope: ast.AST) -> list[int]:
        key = (scope, name)
        places = self._places.get(key)
        if places is None:
            places = self._places[key] = [self._index.number[b.node] for b in self._bindings.get(key, ())]
        return places

    def _build(self) -> None:
        index = self._index
        declared: dict[tuple[ast.AST, str], ast.AST] = self._outer
        for at in index.places(ast.Global, ast.Nonlocal):
            node = cast("ast.Global | ast.Nonlocal", index.nodes[at])
            scope = self.scope_of(node)
            for name in node.names:
                if isinstance(node, ast.Global):
                    declared[scope, name] = index.nodes[0]
                else:
                    outer = self.scope_of(scope)
                    declared[scope, name] = outer
        for at in index.places(
            ast.Name, ast.arg, ast.alias, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler,
            ast.MatchAs, ast.MatchStar, ast.MatchMapping,
        ):  # fmt: skip
            node_at = index.nodes[at]
            if isinstance(node_at, ast.Name):
                if not isinstance(node_at.ctx, ast.Load):
                    self._add(node_at.id, node_at, self._stored(node_at))
            else:
                self._add_other(node_at)

    def _add(self, name: str, node: ast.AST, binding: Binding) -> None:
        scope = self.scope_of(node)
        if isinstance(scope, COMPREHENSIONS) and isinstance(binding.node, ast.NamedExpr):
            while isinstance(scope, COMPREHENSIONS):
                scope = self.scope_of(scope)
        owner = self._outer.get((scope, name))
        if owner is not None:
            scope, binding = owner, Binding(BindingKind.OPAQUE, binding.node, None)
        self._bindings.setdefault((scope, name), []).append(binding)

    def _add_other(self, node: ast.AST) -> None:
        if isinstance(node, ast.arg):
            self._add_parameter(node)
        elif isinstance(node, ast.alias):
            if node.name != "*":
                name = node.asname or node.name.split(".", 1)[0]
                self._add(name, node, Binding(BindingKind.IMPORT, self._index.parent(node) or node, None))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._add(node.name, node, Binding(BindingKind.DEFINITION, node, None))
        else:
            caught: object = getattr(node, "rest", None) or getattr(node, "name", None)
            if isinstance(caught, str):
                self._add(caught, node, Binding(BindingKind.OPAQUE, node, None))

    def _add_parameter(self, node: ast.arg) -> None:
        arguments = self._index.parent(node)
        function = self._index.parent(arguments) if arguments is not None else None
        if not isinstance(arguments, ast.arguments) or function is None:
            return
        value: ast.expr | None = None
        plain = [*arguments.posonlyargs, *arguments.args]
        if node in plain:
            behind = len(plain) - plain.index(node)
            value = arguments.defaults[-behind] if behind <= len(arguments.defaults) else None
        elif node in arguments.kwonlyargs:
            value = arguments.kw_defaults[arguments.kwonlyargs.index(node)]
        self._bindings.setdefault((function, node.arg), []).append(Binding(BindingKind.PARAMETER, node, value))

    def _stored(self, name: ast.Name) -> Binding:
        index = self._index
        child: ast.AST = name
        parent = index.parent(name)
        path: list[int] = []
        while isinstance(parent, ast.Tuple | ast.List | ast.Starred):
            if isinstance(parent, ast.Starred):
                path.append(-1)
            else:
                path.append(next(i for i, item in enumerate(parent.elts) if item is child))
            child, parent = parent, index.parent(parent)
        if parent is None:
            return Binding(BindingKind.OPAQUE, name, None)
        if path:
            return self._unpacked(parent, path)
        match parent:
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                return Binding(BindingKind.ASSIGN, parent, parent.value)
            case ast.AugAssign():
                kind = BindingKind.AUGMENT if isinstance(parent.op, ast.Add) else BindingKind.OPAQUE
                return Binding(kind, parent, parent.value)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                return Binding(BindingKind.LOOP, parent, parent.iter)
            case ast.withitem():
                return Binding(BindingKind.WITH, index.parent(parent) or parent, parent.context_expr)
        return Binding(BindingKind.OPAQUE, parent, None)

    def _unpacked(self, parent: ast.AST, path: list[int]) -> Binding:
        value = parent.value if isinstance(parent, ast.Assign) else None
        for step in reversed(path):
            if step < 0 or not isinstance(value, ast.Tuple | ast.List) or step >= len(value.elts):
                return Binding(BindingKind.OPAQUE, parent, None)
            if any(isinstance(item, ast.Starred) for item in value.elts):
                return Binding(BindingKind.OPAQUE, parent, None)
            value = value.elts[step]
        return Binding(BindingKind.ASSIGN if value is not None else BindingKind.OPAQUE, parent, value)


def _outside(scope: ast.AST, child: ast.AST) -> bool:
    """Say whether a direct child of a scope is evaluated outside of it."""
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        return child in scope.decorator_list or child is scope.args or child is scope.returns
    if isinstance(scope, ast.Lambda):
        return child is scope.args
    if isinstance(scope, ast.ClassDef):
        return child in scope.decorator_list or child in scope.bases or child in scope.keywords
    return False
