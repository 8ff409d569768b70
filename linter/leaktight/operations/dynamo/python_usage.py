"""Follows the response of a boto3 call through the function it is received in."""

from __future__ import annotations

import ast

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dynamo.usage import kind_of, response_of
from leaktight.operations.dynamodb import Response
from leaktight.operations.following.notes import PAGES, RESPONSE
from leaktight.operations.following.python import PythonWalk
from leaktight.text import Span


class PythonUsage:
    """Follows responses in one document."""

    def __init__(self, document: PythonDocument) -> None:
        self._document = document

    def of(self, call: ast.Call, *, pages: bool = False) -> Response:
        """Give what becomes of a call's value: a response, or an iterator of them."""
        walk = _Walk(self._document)
        walk.follow(call, PAGES if pages else RESPONSE)
        return response_of(walk.notes)


class _Walk(PythonWalk):
    """One response on its way."""

    def member(self, expression: ast.AST, name: str, place: Span) -> None:
        self.notes.member(name, place)
        inner = kind_of(name)
        if inner is not None:
            self.follow(expression, inner)

    def method(self, call: ast.Call, name: str, kind: str, span: Span) -> None:
        said = self.document.literal(call.args[0]) if call.args else None
        if kind == RESPONSE and name in ("get", "pop") and isinstance(said, str):
            self.member(call, said, self.document.span(call.args[0]))
        else:
            super().method(call, name, kind, span)
