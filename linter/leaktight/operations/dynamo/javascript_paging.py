"""Edits that make a command's code fetch all pages, for the one shape that they are exact for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.operations.dynamo.javascript_clients import Sent
from leaktight.operations.dynamo.javascript_names import Names
from leaktight.operations.dynamodb import DynamodbRequest
from leaktight.text import Edit

if TYPE_CHECKING:
    from tree_sitter import Node

_STEP = "  "
_SIMPLE = frozenset({"identifier", "member_expression", "this"})


def page_edits(document: JavascriptDocument, names: Names, sent: Sent, request: DynamodbRequest) -> tuple[Edit, ...]:
    """Give the edits for `const { Items } = await client.send(new QueryCommand({…}))` with an ESM import; else none."""
    response = request.response
    if response is None or set(response.members) != {"Items"} or not request.complete or sent.given is None:
        return ()
    if request.may_have("ExclusiveStartKey", "Limit") or document.unwrap(sent.given).type not in (
        "object",
        "identifier",
    ):
        return ()
    given = document.parent(sent.node)
    call = document.parent(given) if given is not None and given.type == "arguments" else None
    client = document.receiver_node(call) if call is not None else None
    if call is None or client is None or client.type not in _SIMPLE or len(document.arguments(call)) != 1:
        return ()
    target = _target(document, call)
    if target is None or document.declarations("page", call):
        return ()
    statement, name = target
    paginator = f"paginate{sent.operation}"
    imported = _import(document, names, sent, paginator)
    if imported is None:
        return ()
    span = document.span(statement)
    indent = document.text[document.text.rfind("\n", 0, span.start) + 1 : span.start]
    if indent.strip():
        return ()
    typed = ": Record<string, any>[]" if document.typed and sent.sdk == "js-v3-document" else ""
    text = document.text_of(client)
    setup = "{ client }" if text == "client" else f"{{ client: {text} }}"
    lines = [
        f"const {name}{typed} = [];",
        f"for await (const page of {paginator}({setup}, {document.text_of(sent.given)})) {{",
        f"{_STEP}{name}.push(...(page.Items ?? []));",
        "}",
    ]
    return (*imported, Edit(span, f"\n{indent}".join(lines)))


def _target(document: JavascriptDocument, call: Node) -> tuple[Node, str] | None:
    """Give the statement and the name of `const { Items: name = [] } = await call`."""
    awaited = document.parent(call)
    declarator = document.parent(awaited) if awaited is not None and awaited.type == "await_expression" else None
    statement = document.parent(declarator) if declarator is not None else None
    if declarator is None or statement is None or statement.type != "lexical_declaration":
        return None
    pattern = declarator.child_by_field_name("name")
    if pattern is None or pattern.type != "object_pattern" or pattern.named_child_count != 1:
        return None
    if statement.named_child_count != 1 or not document.text_of(statement).startswith("const"):
        return None
    if declarator.child_by_field_name("type") is not None or not document.text_of(statement).endswith(";"):
        return None
    part: Node | None = pattern.named_children[0]
    if part is not None and part.type == "pair_pattern":
        part = part.child_by_field_name("value")
    if part is not None and part.type in ("assignment_pattern", "object_assignment_pattern"):
        default = part.child_by_field_name("right")
        if default is None or document.text_of(default) != "[]":
            return None
        part = part.child_by_field_name("left")
    if part is None or part.type not in ("identifier", "shorthand_property_identifier_pattern"):
        return None
    return statement, document.text_of(part)


def _import(document: JavascriptDocument, names: Names, sent: Sent, paginator: str) -> tuple[Edit, ...] | None:
    """Give the edits that import the paginator, in the command's place where that is needed no more; None if hard."""
    command = sent.node.child_by_field_name("constructor")
    if command is None or command.type != "identifier":
        return None
    local = document.text_of(command)
    if document.imports.get(paginator) is not None:
        return ()
    for statement in document.find("import_statement"):
        for specifier in names.within(statement):
            holder = document.parent(specifier)
            if document.text_of(specifier) != local or holder is None or holder.type != "import_specifier":
                continue
            if holder.named_child_count != 1:
                return None
            uses = [one for one in names.within(document.root) if document.text_of(one) == local]
            if len(uses) == 2:
                return (Edit(document.span(holder), paginator),)
            end = document.span(holder).end
            return (document.insert(end, f", {paginator}"),)
    return None
