"""What binds a name in which scope, and which of the bindings reach a place."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import cast

from leaktight.languages.python.index import TreeIndex
from leaktight.languages.python.reaching import COMPREHENSIONS, SCOPES, Binding, BindingKind, reaching_bindings

_CATCHERS = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)


class Scopes:
    """The bindings of the names of one module, by scope; those of a name are made at the first question for it."""

    def __init__(self, index: TreeIndex) -> None:
        self._index = index
        self._scopes: dict[ast.AST, ast.AST] = {}
        self._bindings: dict[str, dict[ast.AST, list[Binding]]] = {}
        self._places: dict[tuple[ast.AST, str], list[int]] = {}

    def scope_of(self, node: ast.AST) -> ast.AST:
        """Give the module, class, function, lambda or comprehension whose names `node` sees first.

        A parameter's default, a decorator and a base class belong outside.
        """
        index, scopes = self._index, self._scopes
        passed: list[ast.AST] = []
        child, parent = node, index.parent(node)
        while True:
            found = scopes.get(child)
            if found is not None:
                break
            passed.append(child)
            if parent is None:
                found = index.nodes[0]
                break
            if isinstance(parent, SCOPES) and not _outside(parent, child):
                found = parent
                break
            child, parent = parent, index.parent(parent)
        for child in passed:
            scopes[child] = found
        return found

    def bindings(self, name: str, scope: ast.AST) -> Sequence[Binding]:
        """Give what binds `name` in one scope, in the order of the source."""
        return self._bindings_of(name).get(scope, ())

    def resolve(self, name: str, at: ast.AST) -> tuple[ast.AST, Sequence[Binding]] | None:
        """Give the scope whose `name` is seen at a node, with its bindings; None for built-ins and unknowns."""
        bindings = self._bindings_of(name)
        if not bindings:
            return None
        scope: ast.AST | None = self.scope_of(at)
        first = True
        while scope is not None:
            if first or not isinstance(scope, ast.ClassDef):
                owner = self._outer.get((scope, name))
                if owner is not None:
                    return owner, bindings.get(owner, ())
                found = bindings.get(scope)
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
            places = self._places[key] = [self._index.number[b.node] for b in self.bindings(name, scope)]
        return places

    @cached_property
    def _outer(self) -> Mapping[tuple[ast.AST, str], ast.AST]:
        """The scopes that `global` and `nonlocal` name, by the scope they stand in and the name."""
        index = self._index
        declared: dict[tuple[ast.AST, str], ast.AST] = {}
        for node in cast("Sequence[ast.Global | ast.Nonlocal]", index.nodes_of(ast.Global, ast.Nonlocal)):
            scope = self.scope_of(node)
            for name in node.names:
                if isinstance(node, ast.Global):
                    declared[scope, name] = index.nodes[0]
                else:
                    outer = self.scope_of(scope)
                    declared[scope, name] = outer
        return declared

    @cached_property
    def _binders(self) -> Mapping[str, list[ast.AST]]:
        """The nodes that bind each name."""
        index = self._index
        found: defaultdict[str, list[ast.AST]] = defaultdict(list)
        for name in cast("Sequence[ast.Name]", index.nodes_of(ast.Name)):
            if type(name.ctx) is not ast.Load:
                found[name.id].append(name)
        for parameter in cast("Sequence[ast.arg]", index.nodes_of(ast.arg)):
            found[parameter.arg].append(parameter)
        for alias in cast("Sequence[ast.alias]", index.nodes_of(ast.alias)):
            if alias.name != "*":
                found[alias.asname or alias.name.split(".", 1)[0]].append(alias)
        for kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, *_CATCHERS):
            for node in index.nodes_of(kind):
                caught: object = getattr(node, "rest", None) or getattr(node, "name", None)
                if isinstance(caught, str):
                    found[caught].append(node)
        return found

    def _bindings_of(self, name: str) -> Mapping[ast.AST, list[Binding]]:
        """Give what binds a name, by scope, in the order of the source."""
        known = self._bindings.get(name)
        if known is not None:
            return known
        found = self._bindings[name] = {}
        binders = self._binders.get(name)
        if binders is not None:
            number = self._index.number
            for node in sorted(binders, key=number.__getitem__) if len(binders) > 1 else binders:
                self._bind(name, node, found)
            for bindings in found.values():
                if len(bindings) > 1:
                    bindings.sort(key=lambda binding: number[binding.node])
        return found

    def _bind(self, name: str, node: ast.AST, found: dict[ast.AST, list[Binding]]) -> None:
        """Add the binding that a node makes."""
        if isinstance(node, ast.arg):
            self._bind_parameter(node, found)
            return
        if isinstance(node, ast.Name):
            if self._is_declared_alone(node):
                return
            binding = self._stored(node)
        elif isinstance(node, ast.alias):
            binding = Binding(BindingKind.IMPORT, self._index.parent(node) or node, None)
        elif isinstance(node, _CATCHERS):
            binding = Binding(BindingKind.OPAQUE, node, None)
        else:
            binding = Binding(BindingKind.DEFINITION, node, None)
        scope = self.scope_of(node)
        if isinstance(scope, COMPREHENSIONS) and isinstance(binding.node, ast.NamedExpr):
            while isinstance(scope, COMPREHENSIONS):
                scope = self.scope_of(scope)
        owner = self._outer.get((scope, name))
        if owner is not None:
            scope, binding = owner, Binding(BindingKind.OPAQUE, binding.node, None)
        found.setdefault(scope, []).append(binding)

    def _bind_parameter(self, node: ast.arg, found: dict[ast.AST, list[Binding]]) -> None:
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
        found.setdefault(function, []).append(Binding(BindingKind.PARAMETER, node, value))

    def _is_declared_alone(self, name: ast.Name) -> bool:
        """Say whether `name: T` gives a type and no value; in a class that is made over, it is a field that a call sets."""
        parent = self._index.parent(name)
        if not isinstance(parent, ast.AnnAssign) or parent.value is not None:
            return False
        scope = self.scope_of(name)
        return not isinstance(scope, ast.ClassDef) or not (scope.decorator_list or scope.bases)

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
