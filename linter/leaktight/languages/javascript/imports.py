"""Which local name stands for which export of which module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.languages.javascript.calls import arguments

if TYPE_CHECKING:
    from tree_sitter import Node

    from leaktight.languages.javascript.document import JavascriptDocument


def imports_of(document: JavascriptDocument) -> dict[str, tuple[str, str]]:
    """Give `{local: (module, exported)}`; `exported` is `default` or `*` for the whole module.

    Reads `import`, `import x = require()`, and `require` or `await import()` assigned to a name or a
    pattern, also by a member: `require("pg").Pool`.
    """
    found: dict[str, tuple[str, str]] = {}
    for statement in document.find("import_statement"):
        _read_statement(document, statement, found)
    for declarator in document.find("variable_declarator"):
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        if name is None or value is None:
            continue
        member = None
        value = document.unwrap(value)
        if value.type == "member_expression":
            holder = value.child_by_field_name("object")
            property_ = value.child_by_field_name("property")
            if holder is None or property_ is None:
                continue
            value, member = document.unwrap(holder), document.text_of(property_)
        if value.type == "await_expression" and value.named_child_count:
            value = value.named_children[0]
        if value.type != "call_expression":
            continue
        module = _required(document, value)
        if module is not None:
            _bind(document, name, module, member, found)
    return found


def _read_statement(document: JavascriptDocument, statement: Node, found: dict[str, tuple[str, str]]) -> None:
    source = statement.child_by_field_name("source")
    for clause in statement.named_children:
        if clause.type == "import_require_clause":
            required = clause.child_by_field_name("source")
            if required is not None and clause.named_child_count:
                found[document.text_of(clause.named_children[0])] = (document.string_value(required) or "", "*")
        if clause.type != "import_clause" or source is None:
            continue
        module = document.string_value(source) or ""
        for item in clause.named_children:
            if item.type == "identifier":
                found[document.text_of(item)] = (module, "default")
            elif item.type == "namespace_import":
                found[document.text_of(item.named_children[-1])] = (module, "*")
            elif item.type == "named_imports":
                for specifier in item.named_children:
                    name = specifier.child_by_field_name("name")
                    alias = specifier.child_by_field_name("alias") or name
                    if name is not None and alias is not None:
                        found[document.text_of(alias)] = (module, document.text_of(name))


def _required(document: JavascriptDocument, call: Node) -> str | None:
    called = call.child_by_field_name("function")
    if called is None or document.text_of(called) not in ("require", "import"):
        return None
    given = arguments(call)
    return document.string_value(given[0]) if len(given) == 1 else None


def _bind(
    document: JavascriptDocument, name: Node, module: str, member: str | None, found: dict[str, tuple[str, str]]
) -> None:
    if name.type == "identifier":
        found[document.text_of(name)] = (module, member or "*")
    elif name.type == "object_pattern" and member is None:
        for item in name.named_children:
            if item.type == "shorthand_property_identifier_pattern":
                found[document.text_of(item)] = (module, document.text_of(item))
            elif item.type == "pair_pattern":
                key, value = item.child_by_field_name("key"), item.child_by_field_name("value")
                if key is not None and value is not None and value.type == "identifier":
                    found[document.text_of(value)] = (module, document.text_of(key))
