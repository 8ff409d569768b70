"""Calls, constructions and tagged templates: what is called, on what, with what; and functions by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)
CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
WRAPPERS = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "instantiation_expression",
    }
)
_NAMES = frozenset(
    {"identifier", "property_identifier", "private_property_identifier", "shorthand_property_identifier"}
)


def unwrapped(node: Node) -> Node:
    """Give what stands inside parentheses, `as`, `satisfies`, `!` and `<T>x`."""
    while node.type in WRAPPERS:
        inner = [child for child in node.named_children if child.type != "comment"]
        if not inner:
            return node
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def callee(call: Node) -> Node | None:
    """Give the expression that a call or construction calls, without wrappers."""
    called = call.child_by_field_name("constructor" if call.type == "new_expression" else "function")
    if called is None:
        return None
    called = unwrapped(called)
    while called.type == "await_expression" and called.named_child_count:
        inner = called.named_child(0)
        if inner is None:
            break
        called = unwrapped(inner)
    return called


def name_node(called: Node | None) -> Node | None:
    """Give the last name of a callee: `execute` of `this.db.execute`, `query` of `db["query"]`."""
    if called is None:
        return None
    if called.type in _NAMES:
        return called
    if called.type == "member_expression":
        return called.child_by_field_name("property")
    if called.type == "subscript_expression":
        index = called.child_by_field_name("index")
        if index is not None and index.type == "string" and index.named_child_count == 1:
            return index.named_child(0)
    return None


def arguments(call: Node) -> list[Node]:
    """Give the arguments of a call in order, without comments; the template of a tagged template."""
    node = call.child_by_field_name("arguments")
    if node is None:
        return []
    if node.type == "template_string":
        return [node]
    return [child for child in node.named_children if child.type != "comment"]


def parameters(function: Node) -> list[Node]:
    """Give the parameter patterns of a function in order."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        return [single]
    node = function.child_by_field_name("parameters")
    if node is None:
        return []
    return [child for child in node.named_children if child.type not in ("comment", "decorator")]


def decorators(function: Node) -> list[Node]:
    """Give the decorators that stand before a method or class."""
    found: list[Node] = [child for child in function.named_children if child.type == "decorator"]
    before = function.prev_named_sibling
    while before is not None and before.type in ("decorator", "comment"):
        if before.type == "decorator":
            found.insert(0, before)
        before = before.prev_named_sibling
    return found


def bound_names(pattern: Node) -> list[Node]:
    """Give the identifier nodes that a pattern, a parameter or a plain name binds."""
    names: list[Node] = []
    pending = [pattern]
    while pending:
        node = pending.pop()
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            names.append(node)
            continue
        if node.type in ("pair_pattern", "required_parameter", "optional_parameter"):
            inner = node.child_by_field_name("value" if node.type == "pair_pattern" else "pattern")
            pending += [inner] if inner is not None else []
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            pending += [left] if left is not None else []
        elif node.type in ("object_pattern", "array_pattern", "rest_pattern", "formal_parameters"):
            pending.extend(reversed(node.named_children))
    return names


def holds(outer: Node, inner: Node) -> bool:
    """Say whether a node stands in another one, or is it."""
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte
