"""The members of a request's input in JavaScript, and the items that its Puts write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.languages.javascript.objects import ObjectView
from leaktight.operations.dynamo.javascript_names import Names
from leaktight.operations.dynamo.vocabulary import CLOCKS, MESSAGE_PARTS, UNIQUE_MAKERS
from leaktight.operations.dynamodb import Evidence, Inlet, Item, Parameter, line_break
from leaktight.operations.project import FROM_ENVIRONMENT
from leaktight.text import Span, names_in

if TYPE_CHECKING:
    from tree_sitter import Node

_CONSTANTS = frozenset({"string", "number", "true", "false", "null"})
_EVENTS = ("SQSEvent", "SQSRecord", "KinesisStreamEvent", "DynamoDBStreamEvent", "SQSHandler", "KinesisStreamHandler",
           "DynamoDBStreamHandler")  # fmt: skip


class MemberReader:
    """Reads the inputs of one document."""

    def __init__(self, document: JavascriptDocument, names: Names) -> None:
        self._document = document
        self._names = names
        text = document.text
        self.quote = "'" if text.count("'") > text.count('"') else '"'

    def parameters(self, view: ObjectView) -> dict[str, Parameter]:
        """Give the members of an input by name."""
        return {
            name: self._parameter(name, found.key, found.value, maybe=found.maybe or name in view.removed)
            for name, found in view.properties.items()
        }

    def _parameter(self, name: str, key: Node, value: Node, *, maybe: bool) -> Parameter:
        document = self._document
        words: set[str] = set()
        for text in self._names.behind(value):
            words |= names_in(text)
        entries = inlet = None
        view = document.object_literal(value)
        if view is not None:
            said = {name: document.string_value(one.value) for name, one in view.properties.items()}
            if view.complete and all(item is not None for item in said.values()):
                entries = {name: item for name, item in said.items() if item is not None}
            inlet = self.inlet(view) if document.unwrap(value) == view.node else None
        return Parameter(
            name, document.span(key), document.string_value(value), frozenset(words),
            entries=entries, inlet=inlet, maybe=maybe,
        )  # fmt: skip

    def inlet(self, view: ObjectView) -> Inlet | None:
        """Give the place for further members of an object literal."""
        if view.node.type != "object":
            return None
        document = self._document
        inside = [child for child in view.node.named_children if child.type != "comment"]
        if not inside:
            return Inlet(document.span(view.node).start + 1, "object", empty=True, quote=self.quote)
        last = document.span(inside[-1])
        return Inlet(last.end, "object", line=line_break(document.text, last.start), quote=self.quote)

    def reference(self, name: Node) -> str:
        """Give the reference to a table by its name's expression: literal, from the environment, or none."""
        document = self._document
        said = document.string_value(name)
        if said is not None:
            return said
        value = document.resolve(name)
        while value.type == "binary_expression":
            left = value.child_by_field_name("left")
            operator = value.child_by_field_name("operator")
            if left is None or operator is None or operator.type not in ("??", "||"):
                return ""
            value = document.resolve(left)
        variable = self._variable(value)
        return FROM_ENVIRONMENT + variable if variable else ""

    def _variable(self, value: Node) -> str:
        document = self._document
        holder = value.child_by_field_name("object")
        if value.type == "member_expression" and holder is not None and document.text_of(holder) == "process.env":
            key = value.child_by_field_name("property")
            return document.text_of(key) if key is not None else ""
        if value.type == "subscript_expression" and holder is not None and document.text_of(holder) == "process.env":
            index = value.child_by_field_name("index")
            return (document.string_value(index) or "") if index is not None else ""
        if value.type in ("identifier", "shorthand_property_identifier"):
            found = [one for one in document.declarations(document.text_of(value), value) if one.value is not None]
            if len(found) == 1 and len(found[0].path) == 1 and found[0].value is not None:
                return found[0].path[0] if document.text_of(found[0].value) == "process.env" else ""
        return ""

    # Items

    def item(self, value: Node) -> Item:
        """Read the item that a Put is given."""
        document = self._document
        value = self._marshalled(value)
        resolved = self._marshalled(document.resolve(value))
        sources = {document.span(one) for one in (*self._sources(value), *self._sources(resolved))}
        view = document.object_literal(value)
        if view is None:
            view = document.object_literal(resolved)
        if view is None:
            return Item(frozenset(sources))
        attributes: dict[str, Span] = {}
        fresh, clock, initial = set(), set(), set()
        for name, found in view.properties.items():
            attributes[name] = document.span(found.value)
            made = set(self._names.made(found.value))
            if made & UNIQUE_MAKERS:
                fresh.add(name)
            if made & CLOCKS:
                clock.add(name)
            if self._constant(found.value):
                initial.add(name)
        return Item(
            frozenset(sources), attributes, view.complete, frozenset(fresh), frozenset(clock), frozenset(initial)
        )

    def _marshalled(self, value: Node) -> Node:
        """Give what stands inside `marshall(…)`."""
        if value.type == "call_expression" and self._document.callee_name(value) in ("marshall", "input"):
            given = self._document.arguments(value)
            return given[0] if given else value
        return value

    def _sources(self, value: Node) -> Iterator[Node]:
        """Yield the expressions whose attributes become the item's."""
        yield value
        inner = self._document.unwrap(value)
        if inner.type == "object":
            for child in inner.named_children:
                if child.type == "spread_element" and child.named_child_count:
                    yield child.named_children[0]
        elif inner.type == "call_expression" and self._document.callee_name(inner) == "assign":
            yield from self._document.arguments(inner)

    def _constant(self, value: Node) -> bool:
        """Say whether a value is a constant, also in the client's form `{ S: "new" }`."""
        value = self._document.unwrap(value)
        if value.type == "object" and value.named_child_count == 1:
            inner = value.named_children[0].child_by_field_name("value")
            return inner is not None and inner.type in _CONSTANTS
        return value.type in _CONSTANTS

    def retried(self, node: Node) -> Evidence | None:
        """Give the place that shows that a queue or a stream hands its records to the function again on failure."""
        document = self._document
        function = self._names.outermost(node)
        if function is None:
            return None
        called = document.function_name(function).rsplit(".", 1)[-1]
        for records in self._names.records:
            handler = self._names.outermost(records)
            if handler is None:
                continue
            words = {document.text_of(name) for name in (*self._names.within(handler), *self._names.within(function))}
            typed = any(event in document.text_of(handler)[:400] for event in _EVENTS)
            if not typed and (not words & MESSAGE_PARTS or "s3" in words):
                continue
            if function == handler or (called and called in {document.text_of(n) for n in self._names.within(handler)}):
                return Evidence("retried", document.span(records), "Records")
        return None
