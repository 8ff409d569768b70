"""The places that read a variable of a JavaScript document, for those who follow a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import proxy

from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node


class Uses:
    """All identifiers of one document, found once."""

    def __init__(self, document: JavascriptDocument) -> None:
        self._document = document

    @cached_property
    def _nodes(self) -> list[Node]:
        return self._document.find("identifier", "shorthand_property_identifier", "property_identifier")

    @cached_property
    def _by_text(self) -> Mapping[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self._nodes:
            if node.type != "property_identifier":
                found.setdefault(self._document.text_of(node), []).append(node)
        return found

    @cached_property
    def _calls(self) -> Mapping[Span, Node]:
        found: dict[Span, Node] = {}
        for call in self._document.find("call_expression"):
            found.setdefault(self._document.span(call), call)
        return found

    def call_at(self, span: Span) -> Node | None:
        """Give the call that stands at a span."""
        return self._calls.get(span)

    def uses(self, binding: Node) -> Iterator[Node]:
        """Yield each place that reads the variable which `binding` declares, assigns or reads."""
        document = self._document
        text = document.text_of(binding)
        same = {one.name.id for one in document.declarations(text, binding)}
        if not same:
            return
        for node in self._by_text.get(text, ()):
            if node.id in same or node.id == binding.id or _is_bound(document, node):
                continue
            if {one.name.id for one in document.declarations(text, node)} == same:
                yield node


def uses_of(document: JavascriptDocument) -> Uses:
    """Give the uses of a document, the same for all who ask."""
    return document.remembered(_uses)


def _uses(document: JavascriptDocument) -> Uses:
    return Uses(proxy(document))  # what a document keeps must not keep it alive


def _is_bound(document: JavascriptDocument, node: Node) -> bool:
    """Say whether a name is what an assignment or a declaration writes to."""
    holder = document.parent(node)
    if holder is None:
        return False
    if holder.type == "assignment_expression":
        return holder.child_by_field_name("left") == node
    if holder.type == "variable_declarator":
        return holder.child_by_field_name("name") == node
    return holder.type in ("object_pattern", "array_pattern", "import_specifier", "rest_pattern")
