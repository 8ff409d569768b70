"""Where a name of JavaScript has its value from: declarations, parameters, what is pushed, and what is checked before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import bound_names, decorators, holds, parameters
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.languages.javascript.scopes import Declaration
from leaktight.operations.pasting.javascript_checks import checked_at
from leaktight.operations.pasting.javascript_types import is_plain, is_request, type_at, type_of
from leaktight.operations.pasting.origin import (
    MOST_BINDINGS,
    NUMBER_WORDS,
    PLACEHOLDER_WORDS,
    SAFE,
    SETTING_WORDS,
    UNKNOWN,
    Doubt,
    Origin,
    is_outside,
    of_calls,
    of_parameter,
    of_part,
    outside,
    worst,
)
from leaktight.text import words_of

if TYPE_CHECKING:
    from tree_sitter import Node

NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_ANSWERS = frozenset({"res", "response", "reply", "next"})
"""What frameworks hand a handler beside the request."""
_REQUEST_DECORATORS = frozenset(
    {"Query", "Param", "Body", "Headers", "Req", "Request", "QueryParam", "BodyParam", "Args", "Arg"}
)
_EVENT_PARTS = frozenset({"queryStringParameters", "pathParameters", "multiValueQueryStringParameters"})
_WALKS = frozenset({"map", "forEach", "filter", "flatMap", "find", "some", "every", "each"})
_ADDS = frozenset({"push", "unshift", "add"})
_DEEPEST_CALLS = 3


class Names:
    """The names of one module; `of` gives the origin of an expression, some steps deep."""

    def __init__(self, document: JavascriptDocument, of: Callable[[Node, int], Origin]) -> None:
        self._document = document
        self._of = of

    def of(self, node: Node, depth: int) -> Origin:
        """Give the origin of a name."""
        document = self._document
        name = document.text_of(node)
        if name in ("undefined", "NaN", "Infinity", "__dirname", "__filename"):
            return SAFE
        found = document.reaching(node)
        checked = checked_at(document, node)
        if checked is not None:
            # What is bound between the check and the use is not what was checked.
            found = [one for one in found if checked < one.name.start_byte < node.start_byte]
            if not found:
                return SAFE
        if not found:
            if name == "location" or is_outside(name):
                return outside(name)
            return SAFE if name.isupper() else UNKNOWN
        if all(one.kind == "import" for one in found) or (name.isupper() and found[0].scope == document.root):
            return SAFE
        origins = [self._declared(one, depth) for one in found[:MOST_BINDINGS]]
        if any(one.value is not None and one.value.type == "array" for one in found):
            origins += self._added(node, depth)
        return worst(*origins)

    def is_plain_member(self, node: Node) -> bool:
        """Say whether the owner's type, as written in the file, makes a member a number, a date or a fixed word."""
        document = self._document
        owner, key = node.child_by_field_name("object"), node.child_by_field_name("property")
        if owner is None or key is None:
            return False
        owner, name = document.unwrap(owner), document.text_of(key)
        if owner.type == "this":
            return self._is_plain_field(node, name)
        if owner.type not in NAMES:
            return False
        found = document.reaching(owner)
        return len(found) == 1 and is_plain(document, type_at(document, type_of(found[0].node), (*found[0].path, name)))

    def _is_plain_field(self, node: Node, name: str) -> bool:
        document = self._document
        body = next((outer for outer in document.ancestors(node) if outer.type == "class_body"), None)
        for member in body.named_children if body is not None else ():
            fields = [member] if member.type == "public_field_definition" else parameters(member)
            for field in fields:
                key = field.child_by_field_name("name") or field.child_by_field_name("pattern")
                if key is not None and document.text_of(key) == name and is_plain(document, type_of(field)):
                    return True
        return False

    def _declared(self, one: Declaration, depth: int) -> Origin:
        document = self._document
        if one.kind == "parameter":
            return self._parameter(one, depth)
        if one.kind in ("import", "function", "class"):
            return SAFE
        if one.kind == "loop":
            walked = one.node.child_by_field_name("right")
            return self._of(walked, depth - 1) if walked is not None else UNKNOWN
        if one.kind == "update" and one.node.type == "update_expression":
            return SAFE
        kind = type_of(one.node)
        if one.value is None:
            # `let x;` holds nothing; a `catch` holds an error.
            return UNKNOWN if one.kind == "catch" or (kind is not None and is_plain(document, kind) is False) else SAFE
        found = self._of(one.value, depth - 1)
        if found.doubt is not Doubt.OUTSIDE and is_plain(document, type_at(document, kind, one.path)):
            return SAFE
        if not one.path:
            return found
        name = document.text_of(one.name)
        if found.doubt is not Doubt.OUTSIDE and not {*SETTING_WORDS, *NUMBER_WORDS}.isdisjoint(words_of(name)):
            return SAFE
        return of_part(found)

    def _parameter(self, one: Declaration, depth: int) -> Origin:
        document = self._document
        function = document.function_of(one.node)
        kind = type_of(one.node)
        name = document.text_of(one.name)
        if function is None:
            return UNKNOWN
        if is_plain(document, type_at(document, kind, one.path)) or _is_number(one.value):
            return SAFE
        told = self._from_request(one, function, kind, name)
        if told is not None:
            return told
        position = document.parameter_position(function, one.name)
        walked = self._walked(function, position, depth)
        if walked is not None:
            return walked
        words = set(words_of(name))
        if not one.path and is_outside(name):
            return outside(name)
        if (kind is None and words & NUMBER_WORDS) or words & PLACEHOLDER_WORDS:
            return SAFE
        given = self._given(function, position, one.path, depth)
        if given is not None:
            return given
        if words & SETTING_WORDS:
            return SAFE
        chosen = one.value is not None and self._of(one.value, depth - 1).doubt is Doubt.SAFE
        return of_parameter(name, document.function_name(function), chosen=chosen)

    def _from_request(self, one: Declaration, function: Node, kind: Node | None, name: str) -> Origin | None:
        """Give the origin of what a framework fills from a request, by its type, its decorator or the names beside it."""
        document = self._document
        marks = {document.text_of(mark).lstrip("@").split("(", 1)[0] for mark in decorators(one.node)}
        if marks & _REQUEST_DECORATORS:
            return outside(name)
        if is_request(document, kind):
            return outside(name)
        if one.path and one.path[0] in _EVENT_PARTS:
            return outside(one.path[0])
        names = [document.text_of(bound) for parameter in parameters(function) for bound in bound_names(parameter)]
        if one.path and one.path[0] in ("query", "params", "body", "headers") and not _ANSWERS.isdisjoint(names):
            return outside(one.path[0])
        return None

    def _walked(self, function: Node, position: int | None, depth: int) -> Origin | None:
        """Give the origin of a callback's parameter: an element of what is walked, or its number."""
        document = self._document
        holder = document.parent(function)
        call = document.parent(holder) if holder is not None and holder.type == "arguments" else None
        if call is None or call.type != "call_expression" or document.callee_name(call) not in _WALKS:
            return None
        if position == 1:
            return SAFE
        receiver = document.receiver_node(call)
        return self._of(receiver, depth - 1) if receiver is not None and position == 0 else UNKNOWN

    def _given(self, function: Node, position: int | None, path: tuple[str, ...], depth: int) -> Origin | None:
        """Give the origin of what the module's own calls of a function hand over; None where that says nothing."""
        document = self._document
        name = document.function_name(function).rpartition(".")[2]
        if not name or position is None or depth <= 1:
            return None
        found: list[Origin] = []
        for call in document.find("call_expression"):
            if document.callee_name(call) != name or holds(function, call):
                continue
            arguments = document.arguments(call)
            if position >= len(arguments) or len(found) > MOST_BINDINGS:
                return None
            found.append(self._of(_part_of(document, arguments[position], path), min(depth - 2, _DEEPEST_CALLS)))
        return of_calls(found)

    def _added(self, node: Node, depth: int) -> list[Origin]:
        """Give the origins of what is pushed onto an array before it is used."""
        document = self._document
        text = document.text_of(node)
        places = {one.name.id for one in document.declarations(text, node)}
        found: list[Origin] = []
        for call in document.find("call_expression"):
            if call.start_byte >= node.start_byte or len(found) > MOST_BINDINGS:
                break
            if document.callee_name(call) not in _ADDS or document.receiver(call) != text:
                continue
            holder = document.receiver_node(call)
            if holder is not None and places == {one.name.id for one in document.declarations(text, holder)}:
                found += [self._of(given, depth - 1) for given in document.arguments(call)]
        return found


def _is_number(node: Node | None) -> bool:
    return node is not None and node.type in ("number", "true", "false")


def _part_of(document: JavascriptDocument, node: Node, path: tuple[str, ...]) -> Node:
    """Give the part of an object literal that a path leads to; the node itself where that cannot be seen."""
    for name in path:
        view = document.object_literal(node)
        found = view.get(name) if view is not None else None
        if found is None:
            return node
        node = found.value
    return node
