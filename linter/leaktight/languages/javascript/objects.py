"""Object literals as call sites build them: spreads, later writes, and what may be there unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import arguments, unwrapped
from leaktight.languages.javascript.mutations import Mutation
from leaktight.lazy import record

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument

_DEEPEST = 8


@record(frozen=True, slots=True)
class Property:
    """A property of an object: its value, and the node that writes it.

    `node` is the pair, the shorthand, the method, or the assignment. `key` is the name as it stands
    there. `maybe` says that it is only written under a condition.
    """

    name: str
    value: Node
    node: Node
    key: Node
    maybe: bool = False


@record(frozen=True)
class ObjectView:
    """An object as it is when it is used.

    `node` is the literal. `complete` is False when further properties may be there that cannot be seen:
    an unknown spread, a computed key, an unknown function that was handed the object. `removed` names
    properties that are, or may be, deleted again.
    """

    node: Node
    properties: Mapping[str, Property]
    complete: bool = True
    removed: frozenset[str] = frozenset()

    def get(self, name: str) -> Property | None:
        """Give a property by name, also one that is only maybe there."""
        return self.properties.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self.properties

    def may_have(self, name: str) -> bool:
        """Say whether the property is there or may be: False is proof that it is not."""
        return name in self.properties or not self.complete

    def certain(self, name: str) -> bool:
        """Say whether the property is there on every path."""
        found = self.properties.get(name)
        return found is not None and not found.maybe and name not in self.removed


@record(slots=True)
class _Reading:
    """One question: how deep it is, and what is known by the node that was asked about; None while that is found out.

    An object that is spread into two others, and they into two more, is so read once a place.
    """

    depth: int = 0
    views: dict[int, ObjectView | None] = field(default_factory=dict)


def view_object(document: JavascriptDocument, node: Node) -> ObjectView | None:
    """Give the object that an expression stands for; None when it is no literal that can be seen."""
    return _view(document, node, _Reading())


def _view(document: JavascriptDocument, node: Node, reading: _Reading) -> ObjectView | None:
    use = unwrapped(node)
    if use.id in reading.views:
        return reading.views[use.id]
    if reading.depth > _DEEPEST:
        return None
    reading.views[use.id] = view = None
    reading.depth += 1
    literal = document.resolve(use)
    if literal.type == "object":
        view = _read_literal(document, literal, reading)
    elif literal.type == "call_expression" and _is_assign(document, literal):
        view = _read_assign(document, literal, reading)
    if view is not None and use.type in ("identifier", "shorthand_property_identifier"):
        view = _written(document, view, document.mutations(use), reading)
    reading.depth -= 1
    reading.views[use.id] = view
    return view


def _is_assign(document: JavascriptDocument, call: Node) -> bool:
    return document.callee_name(call) == "assign" and document.receiver(call) == "Object"


def _read_literal(document: JavascriptDocument, literal: Node, reading: _Reading) -> ObjectView:
    found: dict[str, Property] = {}
    complete = True
    for item in literal.named_children:
        if item.type == "shorthand_property_identifier":
            name = document.text_of(item)
            found[name] = Property(name, item, item, item)
        elif item.type == "spread_element" and item.named_child_count:
            complete &= _merge(document, found, item.named_children[0], reading)
        elif item.type in ("pair", "method_definition"):
            key = item.child_by_field_name("key" if item.type == "pair" else "name")
            written = document.key_text(key) if key is not None else None
            value = item.child_by_field_name("value") if item.type == "pair" else item
            if key is None or written is None or value is None:
                complete = False
                continue
            found[written] = Property(written, value, item, key)
    return ObjectView(literal, found, complete)


def _read_assign(document: JavascriptDocument, call: Node, reading: _Reading) -> ObjectView | None:
    found: dict[str, Property] = {}
    complete = True
    for argument in arguments(call):
        complete &= _merge(document, found, argument, reading)
    return ObjectView(call, found, complete)


def _merge(document: JavascriptDocument, found: dict[str, Property], spread: Node, reading: _Reading) -> bool:
    """Add what a spread brings; say whether all of it could be seen."""
    spread = unwrapped(spread)
    if spread.type == "binary_expression":
        operator = spread.child_by_field_name("operator")
        right = spread.child_by_field_name("right")
        left = spread.child_by_field_name("left")
        if operator is None or right is None or left is None:
            return False
        if operator.type == "&&":
            return _merge_maybe(document, found, [right], reading)
        if operator.type in ("||", "??"):
            return _merge_maybe(document, found, [left, right], reading)
        return False
    if spread.type == "ternary_expression":
        arms = [spread.child_by_field_name("consequence"), spread.child_by_field_name("alternative")]
        return _merge_maybe(document, found, [arm for arm in arms if arm is not None], reading)
    if spread.type in ("undefined", "null"):
        return True
    view = _view(document, spread, reading)
    if view is None:
        return False
    for name, item in view.properties.items():
        maybe = item.maybe or name in view.removed
        if not maybe or name not in found:
            found[name] = Property(name, item.value, item.node, item.key, maybe)
    return view.complete


def _merge_maybe(document: JavascriptDocument, found: dict[str, Property], arms: list[Node], reading: _Reading) -> bool:
    complete = True
    for arm in arms:
        brought: dict[str, Property] = {}
        complete &= _merge(document, brought, arm, reading)
        for name, item in brought.items():
            if name not in found:
                found[name] = Property(name, item.value, item.node, item.key, maybe=True)
    return complete


def _written(
    document: JavascriptDocument, view: ObjectView, writes: Sequence[Mutation], reading: _Reading
) -> ObjectView:
    found = dict(view.properties)
    removed = set(view.removed)
    complete = view.complete
    for write in writes:
        if write.kind == "escape" or not write.path or write.path[0] is None:
            if write.kind == "assign" and write.value is not None:
                brought: dict[str, Property] = {}
                complete &= _merge(document, brought, write.value, reading)
                for name, item in brought.items():
                    maybe = write.maybe or item.maybe
                    if not maybe or name not in found:
                        found[name] = Property(name, item.value, item.node, item.key, maybe)
            else:
                complete = False
            continue
        name = write.path[0]
        if len(write.path) > 1:
            continue
        if write.kind == "delete":
            removed.add(name)
            if not write.maybe:
                found.pop(name, None)
        elif write.value is not None and write.key is not None:
            earlier = found.get(name)
            if earlier is None or not write.maybe:
                found[name] = Property(name, write.value, write.node, write.key, write.maybe)
    return ObjectView(view.node, found, complete, frozenset(removed))
