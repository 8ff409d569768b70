"""Edits that make a boto3 call fetch all pages, for the one shape that they are exact for."""

from __future__ import annotations

import ast

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dynamo.usage import CURSOR
from leaktight.operations.dynamodb import DynamodbRequest
from leaktight.text import Edit, Span

_STEP = "    "
_NAMES = ("page", "more", "following")


def page_edits(document: PythonDocument, call: ast.Call, request: DynamodbRequest) -> tuple[Edit, ...]:
    """Give the edits for `response = table.scan(…)` on a line of its own, of which only `Items` are read; else none."""
    statement = document.statement_of(call)
    response, inlet = request.response, request.inlet
    if response is None or inlet is None or response.whole is not None or set(response.members) != {"Items"}:
        return ()
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or not request.complete:
        return ()
    target, value = statement.targets[0], statement.value
    awaited = isinstance(value, ast.Await)
    if isinstance(value, ast.Await):
        value = value.value
    if value is not call or not isinstance(target, ast.Name) or request.may_have("ExclusiveStartKey", "Limit"):
        return ()
    span, text = document.span(statement), document.text
    indent = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    ends = [at for at in (text.find("\n", span.end), len(text)) if at >= 0]
    behind = text[span.end : ends[0]]
    if indent.strip() or behind.strip() or "\n" in document.text_of(statement):
        return ()
    scope = document.scopes.scope_of(statement)
    page = next((name for name in _NAMES if document.scopes.resolve(name, statement) is None), None)
    if page is None or len(document.scopes.bindings(target.id, scope)) != 1:
        return ()
    quote = inlet.quote
    cursor, items = f"{quote}{CURSOR}{quote}", f"{quote}Items{quote}"
    place = document.span(call)
    joint = "" if inlet.empty else ", "
    again = (
        f"{text[place.start : inlet.offset]}{joint}ExclusiveStartKey={page}[{cursor}]{text[inlet.offset : place.end]}"
    )
    lines = [
        f"{page} = {target.id}",
        f"while {cursor} in {page}:",
        f"{_STEP}{page} = {'await ' if awaited else ''}{again}",
        f"{_STEP}{target.id}[{items}] += {page}[{items}]",
    ]
    newline = "\r\n" if behind.endswith("\r") else "\n"
    return (Edit(Span(span.end, span.end), "".join(f"{newline}{indent}{line}" for line in lines)),)
