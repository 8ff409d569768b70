"""The names of a JavaScript document by their text and place, and what stands behind them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import FUNCTIONS, holds
from leaktight.operations.following.javascript_uses import Uses

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST = 2000
_HOPS, _MOST = 3, 200


class Names(Uses):
    """All identifiers of one document, found once."""

    @cached_property
    def _starts(self) -> list[int]:
        return [node.start_byte for node in self._nodes]

    def within(self, root: Node) -> list[Node]:
        """Give the names and property names in a node, in order."""
        return self._nodes[bisect_left(self._starts, root.start_byte) : bisect_right(self._starts, root.end_byte - 1)]

    def _behind(self, root: Node) -> Iterator[Node]:
        """Yield a value, and the values of the names in it, a few hops far."""
        document = self._document
        seen = {root.id}
        layer = [root]
        for _ in range(_HOPS):
            further: list[Node] = []
            for value in layer:
                yield value
                for name in self.within(value):
                    if name.type == "property_identifier" or len(seen) > _MOST:
                        continue
                    found = document.resolve(name)
                    if found.id not in seen and found.type not in FUNCTIONS and not holds(found, name):
                        seen.add(found.id)
                        further.append(found)
            layer = further
        yield from layer

    def behind(self, root: Node) -> Iterator[str]:
        """Yield the text of a value, and of what the names in it stand for, a few hops far."""
        for value in self._behind(root):
            yield self._document.text_of(value)[:_LONGEST]

    def made(self, root: Node) -> Iterator[str]:
        """Yield the last names of the calls and members that a value comes from, a few hops far."""
        document = self._document
        for value in self._behind(root):
            for name in self.within(value):
                holder = document.parent(name)
                wanted = (
                    ("member_expression",)
                    if name.type == "property_identifier"
                    else ("call_expression", "new_expression")
                )
                if holder is not None and holder.type in wanted:
                    yield document.text_of(name)

    @cached_property
    def records(self) -> list[Node]:
        """The places that read `Records` of an event."""
        document = self._document
        return [
            node for node in self._nodes if node.type == "property_identifier" and document.text_of(node) == "Records"
        ]

    def holder_of(self, node: Node) -> str:
        """Give the name of the innermost function with a name that a node stands in; empty without one."""
        document = self._document
        function = document.function_of(node)
        while function is not None:
            name = document.function_name(function)
            if name:
                return name
            function = document.function_of(function)
        return ""

    def outermost(self, node: Node) -> Node | None:
        """Give the outermost function that a node stands in."""
        found = None
        for outer in self._document.ancestors(node):
            if outer.type in FUNCTIONS:
                found = outer
        return found
