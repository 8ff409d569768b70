"""What a function is called, and whether a promise is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import CLASSES, FUNCTIONS, WRAPPERS

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument

_FIELDS = frozenset({"public_field_definition", "field_definition"})
_GATHERERS = frozenset({"all", "allSettled", "race", "any"})


def function_name(document: JavascriptDocument, function: Node) -> str:
    """Give the name of a function as readers know it: its own, its variable's, its property's."""
    names: list[str] = []
    own = function.child_by_field_name("name")
    if own is not None:
        names.append(document.text_of(own))
    inner = function
    for outer in document.ancestors(function):
        if not names and not _adds_nothing(document, outer):
            bound = _bound_to(document, outer, inner)
            if bound is None:
                return ""
            names.append(bound)
        elif names and outer.type in FUNCTIONS:
            break
        elif outer.type in CLASSES:
            owner = outer.child_by_field_name("name")
            if owner is not None:
                names.append(document.text_of(owner))
                break
        elif names and inner.type == "object" and outer.type == "variable_declarator":
            holder = outer.child_by_field_name("name")
            if holder is not None and holder.type == "identifier":
                names.append(document.text_of(holder))
            break
        elif names and outer.type == "pair" and inner.type == "object":
            key = outer.child_by_field_name("key")
            names.append((document.key_text(key) or "") if key is not None else "")
        elif names and outer.type not in ("object", "class_body", "pair", *_FIELDS, *WRAPPERS):
            break
        inner = outer
    return ".".join(reversed([name for name in names if name]))


def _adds_nothing(document: JavascriptDocument, node: Node) -> bool:
    """Whether a node between a function and its name is a mere wrapper: `middy(async () => …)`, parentheses."""
    if node.type in WRAPPERS:
        return True
    if node.type == "arguments":
        return True
    if node.type == "call_expression":
        outer = document.parent(node)
        return outer is not None and (outer.type in ("variable_declarator", "pair", *_FIELDS, *WRAPPERS, "arguments"))
    return False


def _bound_to(document: JavascriptDocument, outer: Node, inner: Node) -> str | None:
    field = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left"}.get(outer.type)
    if outer.type in _FIELDS:
        field = "name" if outer.child_by_field_name("name") is not None else "property"
    if field is None:
        return None
    name = outer.child_by_field_name(field)
    if name is None or name == inner:
        return None
    if outer.type == "pair":
        return document.key_text(name)
    if name.type == "member_expression":
        last = name.child_by_field_name("property")
        return document.text_of(last) if last is not None else None
    return document.text_of(name) if name.type not in ("object_pattern", "array_pattern") else None


def awaited(document: JavascriptDocument, call: Node) -> bool:
    """Say whether a call's promise is awaited where it stands."""
    inner = call
    for outer in document.ancestors(call):
        if outer.type == "await_expression":
            return True
        if outer.type == "for_in_statement":
            return any(child.type == "await" for child in outer.children)
        if outer.type == "call_expression":
            gathers = document.callee_name(outer) in _GATHERERS and document.receiver(outer) == "Promise"
            chained = outer.child_by_field_name("function") == inner
            if not gathers and not chained:
                return False
        elif outer.type not in (*WRAPPERS, "arguments", "array", "member_expression"):
            return False
        inner = outer
    return False
