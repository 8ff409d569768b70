"""Where the names of one Python document are read, found once for all calls that are followed in it."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from weakref import proxy

from leaktight.languages.python.document import PythonDocument
from leaktight.text import Span

_MOST_WAYS = 8
_Scoped = tuple[ast.AST, str]


class PythonReads:
    """The reads of names and attributes, and the calls, of one document."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document
        self._loads: dict[_Scoped, list[ast.expr]] = {}
        self._read: set[str] = set()
        self._reached: dict[_Scoped, Mapping[ast.AST, Sequence[ast.expr]] | None] = {}
        self._attributes: dict[_Scoped, list[ast.expr]] = {}

    @cached_property
    def _calls(self) -> Mapping[Span, ast.Call]:
        found: dict[Span, ast.Call] = {}
        for call in self._document.find(ast.Call):
            found.setdefault(self._document.span(call), call)
        return found

    def call_at(self, span: Span) -> ast.Call | None:
        """Give the call that stands at a span."""
        return self._calls.get(span)

    @cached_property
    def _by_name(self) -> Mapping[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = {}
        for name in self._document.find(ast.Name):
            if isinstance(name.ctx, ast.Load):
                found.setdefault(name.id, []).append(name)
        return found

    def loads(self, scope: ast.AST, name: str) -> Sequence[ast.expr]:
        """Give each place that reads a name of a scope, in the order of the source."""
        if name not in self._read:
            self._read.add(name)
            for use in self._by_name.get(name, ()):
                owner = self._document.scopes.resolve(name, use)
                if owner is not None:
                    self._loads.setdefault((owner[0], name), []).append(use)
        return self._loads.get((scope, name), ())

    def attributes(self, root: ast.AST, text: str) -> Sequence[ast.expr]:
        """Give each attribute in a node that is written so, `self.cursor`, in the order of the source."""
        found = self._attributes.get((root, text))
        if found is None:
            found = [
                node for node in self._document.find_in(root, ast.Attribute) if self._document.text_of(node) == text
            ]
            self._attributes[root, text] = found
        return found

    def reached(self, target: ast.Name) -> Sequence[ast.expr] | None:
        """Give the places to which what is bound to `target` may come; None where that is not known."""
        resolved = self._document.scopes.resolve(target.id, target)
        if resolved is None:
            return None
        scope, bindings = resolved
        nodes = {binding.node for binding in bindings}
        node = next((one for one in (target, *self._document.ancestors(target)) if one in nodes), None)
        if node is None:
            return None
        if len(bindings) == 1:
            return self.loads(scope, target.id)
        key = (scope, target.id)
        if key not in self._reached:
            self._reached[key] = self._all_reached(scope, target.id)
        found = self._reached[key]
        return None if found is None else found.get(node, ())

    def _all_reached(self, scope: ast.AST, name: str) -> Mapping[ast.AST, Sequence[ast.expr]] | None:
        """Give for each binding of a name the places that it reaches; None when one place is not known."""
        found: dict[ast.AST, list[ast.expr]] = {}
        for use in self.loads(scope, name):
            ways = self._document.scopes.reaching(name, use)
            if not ways or len(ways) >= _MOST_WAYS:
                return None
            for node in {way[0].node: None for way in ways}:
                found.setdefault(node, []).append(use)
        return found

    def after(self, uses: Sequence[ast.expr], offset: int) -> int:
        """Give the place of the first of some uses that begins at or behind an offset."""
        return bisect_left(uses, offset, key=lambda use: self._document.span(use).start)


def reads_of(document: PythonDocument) -> PythonReads:
    """Give the reads of a document, the same for all who ask."""
    return document.remembered(_reads)


def _reads(document: PythonDocument) -> PythonReads:
    return PythonReads(proxy(document))  # what a document keeps must not keep it alive
