"""Follows the response of a DynamoDB request through JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.operations.dynamo.usage import kind_of
from leaktight.operations.following.javascript import JavascriptWalk
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node


class Walk(JavascriptWalk):
    """One response on its way."""

    def member(self, expression: Node | None, name: str, span: Span, target: Node | None = None) -> None:
        """Note that a member of the response is read."""
        self.notes.member(name, span)
        inner = kind_of(name)
        if inner is None:
            return
        if expression is not None:
            self.follow(expression, inner)
        elif target is not None:
            self.pattern(target, inner)
