"""Strings that are SQL statements though they reach no known call; never text for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.embedding.javascript.fold import text_of
from leaktight.embedding.javascript.looks import has_clause, is_statement
from leaktight.embedding.javascript.parts import Flattener
from leaktight.languages.javascript import JavascriptDocument
from leaktight.lazy import regex
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_OPENING = regex(
    r"[\"'`](?:\s|\\n|--[^\n]*\n)*(?:select|insert|update|delete|with|merge|create|alter|drop)\b", re.IGNORECASE
)
_TAGGED = regex(r"/\*\s*sql\s*\*/\s*(?=[\"'`])", re.IGNORECASE)
_TALKERS = frozenset(
    "console log logger logging print debug info warn error trace fatal expect toBe toEqual toContain toMatch toThrow"
    " describe it test alert confirm t i18n translate gql graphql Error TypeError RangeError assert fail notify toast"
    " setTitle prompt speak getByText findByText queryByText startsWith includes indexOf match endsWith split".split()
)
_TALKING_KEYS = frozenset(
    "description title label message placeholder summary help tooltip text hint caption error name example"
    " documentation instructions systemPrompt prompt content".split()
)
_JSX = ("jsx_", "jsx")


def stray_literals(document: JavascriptDocument, flattener: Flattener) -> Iterator[Node]:
    """Yield string expressions that look like a whole statement and were taken apart by no call."""
    marked = {match.end() for match in _TAGGED.finditer(document.text)}
    starts = sorted({match.start() for match in _OPENING.finditer(document.text)} | marked)
    for start in starts:
        literal = document.node_at(Span(start, start + 1))
        if literal is None or literal.type not in ("string", "template_string"):
            continue
        if document.span(literal).start != start or flattener.kept(literal):
            continue
        whole = _whole(document, literal)
        if (start not in marked and _is_talk(document, whole)) or _is_joined(document, whole):
            continue
        text = text_of(flattener.parts(whole))
        if (has_clause if start in marked else is_statement)(text):
            flattener.keep()
            yield whole


def _whole(document: JavascriptDocument, literal: Node) -> Node:
    """The whole `+` chain, array join or wrapper that a literal begins."""
    node = literal
    for outer in document.ancestors(literal):
        if outer.type == "binary_expression":
            operator = outer.child_by_field_name("operator")
            if operator is None or operator.type != "+" or outer.child_by_field_name("left") != node:
                break
        elif outer.type not in ("parenthesized_expression", "as_expression", "satisfies_expression"):
            break
        node = outer
    return node


def _is_joined(document: JavascriptDocument, node: Node) -> bool:
    """Say whether it is an item of an array that is joined into one text: no statement of its own."""
    holder = document.parent(node)
    user = document.parent(holder) if holder is not None else None
    if holder is None or user is None:
        return False
    if holder.type == "arguments":
        pushes = document.callee_name(user) in ("push", "unshift")
        return pushes and document.remembered(_joined).get(document.receiver(user), False)
    if holder.type != "array":
        return False
    name = user.child_by_field_name("name") if user.type == "variable_declarator" else None
    return document.remembered(_joined).get(document.text_of(holder if name is None else name), False)


def _joined(document: JavascriptDocument) -> dict[str, bool]:
    """Give the texts of arrays that some call joins, and whether that makes one text: a semicolon joins whole statements."""
    found: dict[str, bool] = {}
    for call in document.find("call_expression"):
        if document.callee_name(call) == "join":
            given = document.arguments(call)
            found.setdefault(document.receiver(call), not (given and ";" in (document.string_value(given[0]) or "")))
    return found


def _binds(document: JavascriptDocument, pair: Node) -> bool:
    """Say whether an object is a query of node-postgres, which binds `values`: `{ text: "SELECT …", values: [id] }`."""
    holder = document.parent(pair)
    view = document.object_literal(holder) if holder is not None else None
    return view is not None and "values" in view


def _is_talk(document: JavascriptDocument, node: Node) -> bool:
    inner = node
    for outer in document.ancestors(node):
        kind = outer.type
        if kind in ("statement_block", "program", "class_body", "variable_declarator", "arrow_function"):
            return False
        if kind.startswith(_JSX) or kind in ("import_statement", "throw_statement", "export_specifier", "literal_type"):
            return True
        if kind in ("call_expression", "new_expression"):
            name = document.callee_name(outer)
            root = document.receiver(outer).split(".", 1)[0]
            if name in _TALKERS or root in _TALKERS or document.receiver(outer).rsplit(".", 1)[-1] in _TALKERS:
                return True
        elif kind == "pair":
            key = outer.child_by_field_name("key")
            if key == inner:
                return True
            name = (document.key_text(key) or "") if key is not None else ""
            if name in _TALKING_KEYS and not (name == "text" and _binds(document, outer)):
                return True
        inner = outer
    return False
