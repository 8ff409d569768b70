"""Types of TypeScript whose values cannot say more in SQL than a value: numbers, dates, enumerated words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.document import JavascriptDocument

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN = frozenset({"number", "boolean", "null", "undefined", "void", "never"})
_PLAIN_NAMES = frozenset({"bigint", "Date", "UUID", "Dayjs", "Moment", "DateTime", "Decimal", "Big", "BigNumber"})
_COLLECTIONS = frozenset({"Array", "ReadonlyArray", "Set", "ReadonlySet", "Promise", "Readonly", "NonNullable"})
_REQUESTS = ("Request", "APIGatewayProxyEvent", "APIGatewayEvent", "ALBEvent", "LambdaFunctionURLEvent", "SQSEvent")
_DEEPEST = 6


def type_of(node: Node) -> Node | None:
    """Give the type that a parameter, a field or a variable is annotated with."""
    annotation = node.child_by_field_name("type")
    return annotation.named_child(0) if annotation is not None and annotation.type == "type_annotation" else annotation


def type_at(document: JavascriptDocument, kind: Node | None, path: tuple[str, ...]) -> Node | None:
    """Give the type of a part of an object's type: `{ id: number }` at `id`, also behind a name of the same file."""
    for name in path:
        kind = _behind(document, kind) if kind is not None else None
        if kind is None or kind.type not in ("object_type", "interface_body"):
            return None
        found = None
        for member in kind.named_children:
            key = member.child_by_field_name("name") if member.type == "property_signature" else None
            if key is not None and document.key_text(key) == name:
                found = type_of(member)
        kind = found
    return kind


def is_plain(document: JavascriptDocument, kind: Node | None, depth: int = 0) -> bool:
    """Say whether no value of a type can end a quoted text: numbers, booleans, dates, words written in the file."""
    if kind is None or depth > _DEEPEST:
        return False
    match kind.type:
        case "predefined_type":
            return document.text_of(kind) in _PLAIN
        case "literal_type":
            return True
        case "union_type" | "array_type" | "readonly_type" | "parenthesized_type" | "tuple_type":
            return bool(kind.named_children) and all(is_plain(document, one, depth + 1) for one in kind.named_children)
        case "generic_type":
            name, given = kind.child_by_field_name("name"), kind.child_by_field_name("type_arguments")
            known = name is not None and document.text_of(name) in _COLLECTIONS
            return (
                known and given is not None and all(is_plain(document, one, depth + 1) for one in given.named_children)
            )
        case "index_type_query":
            return True
        case "lookup_type":
            # `(typeof KINDS)[number]`: one of the words of a constant.
            holder = kind.named_child(0)
            return holder is not None and "typeof" in document.text_of(holder)
        case "type_identifier":
            if document.text_of(kind) in _PLAIN_NAMES:
                return True
            behind = _behind(document, kind)
            return behind is not None and (behind.type == "enum_body" or is_plain(document, behind, depth + 1))
    return False


def is_request(document: JavascriptDocument, kind: Node | None) -> bool:
    """Say whether a type is that of a request or event that a server is called with."""
    if kind is None:
        return False
    name = kind.child_by_field_name("name") if kind.type == "generic_type" else kind
    text = document.text_of(name).rpartition(".")[2] if name is not None else ""
    return text.startswith(_REQUESTS) or text.endswith("Request")


def _behind(document: JavascriptDocument, kind: Node) -> Node | None:
    """Give what a type's name stands for in the file; the type itself when it is no name."""
    if kind.type != "type_identifier":
        return kind
    text = document.text_of(kind)
    for declared in document.find("type_alias_declaration", "interface_declaration", "enum_declaration"):
        name = declared.child_by_field_name("name")
        if name is not None and document.text_of(name) == text:
            value = declared.child_by_field_name("value") or declared.child_by_field_name("body")
            return value if value is not None and value != kind else None
    return None
