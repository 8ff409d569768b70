"""What a finding stands in: the statements and calls by whose first line a suppression may name it."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.lazy import record
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.languages.python.document import PythonDocument
    from leaktight.operations.file import FileView
    from leaktight.operations.hosted_sql import HostedSql

_JAVASCRIPT_STATEMENTS = (
    "expression_statement", "lexical_declaration", "variable_declaration", "return_statement", "throw_statement",
    "export_statement", "public_field_definition", "field_definition",
)  # fmt: skip
_JAVASCRIPT_BLOCKS = (
    "if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement", "switch_statement",
    "switch_case", "try_statement", "function_declaration", "class_declaration", "method_definition",
)  # fmt: skip


@record(frozen=True, slots=True)
class Holder:
    """A statement or call. `ends` says whether its last line is as good a place for a suppression as its first."""

    span: Span
    ends: bool


class _Nest:
    """Holders that lie inside or beside one another, by the place they hold."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        self._holders = sorted(holders, key=lambda holder: (holder.span.start, -holder.span.end))
        self._starts = [holder.span.start for holder in self._holders]
        self._outer: list[int] = []
        around: list[int] = []
        for number, holder in enumerate(self._holders):
            while around and not self._holders[around[-1]].span.contains(holder.span):
                around.pop()
            self._outer.append(around[-1] if around else -1)
            around.append(number)

    def around(self, span: Span) -> Iterator[Holder]:
        """Yield the holders of a stretch from the inside out."""
        number = bisect_right(self._starts, span.start) - 1
        while number >= 0:
            if self._holders[number].span.contains(span):
                yield self._holders[number]
            number = self._outer[number]


class Holders:
    """The statements and calls of a file, all spans in the file."""

    def __init__(self, view: FileView) -> None:
        self._view = view

    def around(self, span: Span) -> Iterator[Holder]:
        """Yield what a finding stands in: its SQL statement, its host statement, and the calls that run its SQL."""
        for nest in (self._sql_statements, self._host_statements):
            innermost = next(nest.around(span), None)
            if innermost is not None:
                yield innermost
        yield from self._calls.around(span)
        # SQL that one call alone runs may be silenced at that call, wherever its text stands.
        for piece in self._pieces.around(span):
            runs = self._runs[piece.span]
            if len(runs) == 1:
                yield from runs

    @cached_property
    def not_understood(self) -> list[Span]:
        """The stretches that no rule has seen; one that covers everything for a file that was not read."""
        whole = Span(0, len(self._view.source.text))
        spans = [item.location.span if item.location is not None else whole for item in self._view.not_analysed]
        spans += [
            document.region.map.to_file(statement.span)
            for document in self._view.sql
            for statement in document.statements
            if not statement.understood
        ]
        return spans

    @cached_property
    def _sql_statements(self) -> _Nest:
        spans = {
            document.region.map.to_file(statement.span)
            for document in self._view.sql
            for statement in document.statements
        }
        return _Nest(Holder(span, ends=False) for span in spans)

    @cached_property
    def _calls(self) -> _Nest:
        return _Nest(_call_holder(call) for call in self._view.calls if call.call.certain)

    @cached_property
    def _runs(self) -> dict[Span, set[Holder]]:
        """The calls that run each piece of SQL text."""
        found: dict[Span, set[Holder]] = {}
        for call in self._view.calls:
            if call.call.certain:
                for segment in call.call.region.map.segments:
                    found.setdefault(segment.file, set()).add(_call_holder(call))
        return found

    @cached_property
    def _pieces(self) -> _Nest:
        return _Nest(Holder(span, ends=False) for span in self._runs)

    @cached_property
    def _host_statements(self) -> _Nest:
        found: list[Holder] = []
        for python in self._view.python:
            found += _python_statements(python)
        for script in self._view.javascript:
            for kinds, ends in ((_JAVASCRIPT_STATEMENTS, True), (_JAVASCRIPT_BLOCKS, False)):
                spans = (script.span(node) for node in script.find(*kinds))
                found += (Holder(script.region.map.to_file(span), ends) for span in spans)
        return _Nest(found)


def _python_statements(document: PythonDocument) -> Iterator[Holder]:
    for node in ast.walk(document.tree):
        if isinstance(node, ast.stmt):
            span = document.span(node)
            decorators = getattr(node, "decorator_list", None)
            if decorators:
                span = span.cover(document.span(decorators[0]))
            yield Holder(document.region.map.to_file(span), ends=not hasattr(node, "body"))


def _call_holder(call: HostedSql) -> Holder:
    return Holder(call.document.region.map.to_file(call.call.span), ends=True)
