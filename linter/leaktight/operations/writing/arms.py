"""Which calls of a host stand in arms of one `if` of which a run takes only one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from leaktight.languages.document import Document
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.languages.python.document import PythonDocument
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_PYTHON_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_JAVASCRIPT_LEAVES = frozenset({"return_statement", "throw_statement", "continue_statement", "break_statement"})


def in_other_arms(document: Document, first: Span, second: Span) -> bool:
    """Say whether the two places stand in different arms of one `if` or `match`: no run goes through both.

    What stands behind an `if` whose body leaves (`return`, `continue`) is its other arm. A loop around the `if` may take
    one arm after the other, of another row each.
    """
    for choice in document.remembered(_arms):
        holding = [{number for number, arm in enumerate(choice) if arm.contains(place)} for place in (first, second)]
        if all(holding) and not holding[0] & holding[1]:
            return True
    return False


def _arms(document: Document) -> Sequence[Sequence[Span]]:
    if isinstance(document, PythonDocument):
        return tuple(_python_arms(document))
    return tuple(_javascript_arms(document)) if isinstance(document, JavascriptDocument) else ()


def _python_arms(document: PythonDocument) -> Iterator[list[Span]]:
    for branch in document.find(ast.If):
        if branch.orelse:
            yield [_stretch(document, branch.body), _stretch(document, branch.orelse)]
        around = document.parent(branch)
        if around is not None and isinstance(branch.body[-1], _PYTHON_LEAVES):
            behind = document.span(branch).end
            yield [_stretch(document, branch.body), Span(behind, max(behind, document.span(around).end))]
    for match in document.find(ast.Match):
        yield [_stretch(document, case.body) for case in match.cases]


def _stretch(document: PythonDocument, body: list[ast.stmt]) -> Span:
    return Span(document.span(body[0]).start, document.span(body[-1]).end)


def _javascript_arms(document: JavascriptDocument) -> Iterator[list[Span]]:
    for node in document.find("if_statement"):
        arms = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
        yield [document.span(arm) for arm in arms if arm is not None]
        around = document.parent(node)
        if around is not None and arms[0] is not None and _leaves(arms[0]):
            yield [document.span(arms[0]), Span(document.span(node).end, document.span(around).end)]


def _leaves(body: Node) -> bool:
    last = body.named_children[-1] if body.type == "statement_block" and body.named_children else body
    return last.type in _JAVASCRIPT_LEAVES
