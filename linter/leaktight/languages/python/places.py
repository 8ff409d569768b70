"""From `ast`'s lines and UTF-8 columns to spans in code points, exact inside f-strings too."""

from __future__ import annotations

import ast
import sys
import warnings
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from leaktight.languages.python.index import TreeIndex, children
from leaktight.languages.python.strings import MalformedLiteral, literal_pieces
from leaktight.lazy import regex
from leaktight.text import Span

_EXACT_IN_FSTRINGS = sys.version_info >= (3, 12)
_NEWLINE = regex(r"\r\n|\r|\n")


def line_starts(text: str) -> list[int]:
    """Give the offset at which each line starts; LF, CRLF and CR end one, as Python's tokenizer has it."""
    if "\r" in text:
        return [0, *(match.end() for match in _NEWLINE.finditer(text))]
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))][:-1]


class Places:
    """The spans of the nodes of one tree."""

    def __init__(self, text: str, index: TreeIndex) -> None:
        self._text = text
        self._index = index
        self._starts = line_starts(text)
        self._ascii = text.isascii()
        self._moved: dict[ast.AST, Span] = {}
        self._done: set[ast.AST] = set()

    def offset(self, line: int, column: int) -> int:
        """Give the offset of a line from 1 and a column in UTF-8 bytes from 0."""
        start = self._starts[min(line, len(self._starts)) - 1]
        if self._ascii or not column:
            return start + column
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        row = self._text[start:end]
        if row.isascii():
            return start + column
        return start + len(row.encode()[:column].decode(errors="ignore"))

    def span(self, node: ast.AST) -> Span:
        """Give the span of a node; of one that has no place of its own, what its children cover."""
        if not _EXACT_IN_FSTRINGS and (moved := self._in_fstring(node)) is not None:
            return moved
        line = getattr(node, "lineno", None)
        if line is None:
            return self._cover(node)
        stop, last = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
        start = self.offset(line, getattr(node, "col_offset", 0))
        return Span(start, self.offset(stop, last) if stop is not None and last is not None else start)

    def _cover(self, node: ast.AST) -> Span:
        if isinstance(node, ast.Module):
            return Span(0, len(self._text))
        inner = children(node)
        if not inner:
            parent = self._index.parent(node)
            at = self.span(parent).start if parent is not None else 0
            return Span(at, at)
        return self.span(inner[0]).cover(self.span(inner[-1]))

    def _in_fstring(self, node: ast.AST) -> Span | None:
        outer = self._outermost(node)
        if outer is None:
            return None
        if outer not in self._done:
            self._done.add(outer)
            self._relocate(outer, self.span(outer))
        return self._moved.get(node)

    def _outermost(self, node: ast.AST) -> ast.JoinedStr | None:
        """Give the f-string around all f-strings around a node; None for a node in none."""
        starts, ends, outer = self._fstrings
        if not starts:
            return None
        at = self._index.number.get(node, -1)
        i = bisect_right(starts, at) - 1
        return outer[i] if i >= 0 and starts[i] < at < ends[i] else None

    @cached_property
    def _fstrings(self) -> tuple[list[int], list[int], list[ast.JoinedStr]]:
        """The outermost f-strings: their places in the index, the ends of those, themselves."""
        index = self._index
        starts: list[int] = []
        ends: list[int] = []
        outer: list[ast.JoinedStr] = []
        for node in index.nodes_of(ast.JoinedStr):
            at = index.number[node]
            if isinstance(node, ast.JoinedStr) and (not ends or at >= ends[-1]):
                starts.append(at)
                ends.append(index.end(node))
                outer.append(node)
        return starts, ends, outer

    def _relocate(self, joined: ast.JoinedStr, span: Span) -> None:
        """Place the nodes inside an f-string by parsing each replacement field anew."""
        try:
            pieces = literal_pieces(self._text, span)
        except MalformedLiteral:
            return
        fields = [piece for piece in pieces if piece.field is not None]
        values = [value for value in joined.values if isinstance(value, ast.FormattedValue)]
        if len(fields) != len(values):
            return
        for value in joined.values:
            self._moved[value] = span
        for piece, value in zip(fields, values, strict=True):
            self._moved[value] = piece.span
            if value.format_spec is not None:
                for node in ast.walk(value.format_spec):
                    self._moved[node] = piece.span
            if piece.field is not None:
                self._place_field(value.value, piece.field)

    def _place_field(self, expression: ast.expr, span: Span) -> None:
        text = self._text[span.start : span.end]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                again = ast.parse(f"({text})", mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._moved[expression] = span
            return
        inner = Places(f"({text})", TreeIndex(ast.Module([], [])))
        for old, new in zip(ast.walk(expression), ast.walk(again.body), strict=False):
            if getattr(new, "lineno", None) is None or old in self._moved:
                continue
            self._moved[old] = inner.raw_span(new).shift(span.start - 1)
            if isinstance(old, ast.JoinedStr):
                self._relocate(old, self._moved[old])

    def raw_span(self, node: ast.AST) -> Span:
        """Give the span that the tree itself tells; the node has a place."""
        start = self.offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))
        return Span(start, self.offset(getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)))
