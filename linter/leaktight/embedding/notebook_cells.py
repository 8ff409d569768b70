"""The cells of a notebook's JSON, line by line, each piece with its place in the file.

`json` does not tell where its strings stand, so they are found by walking the tokens of a text that it has accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import field

from leaktight.lazy import record, regex
from leaktight.text import Span


@record(slots=True)
class Line:
    """A line of a cell: its pieces, (place in the file, text, verbatim), newline included."""

    pieces: list[tuple[Span, str, bool]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The line as the cell's language reads it."""
        return "".join(text for _, text, _ in self.pieces)


@record(slots=True)
class Code:
    """A code cell: its number from 1, its stretch of the file, its lines, and what a fix must not write there."""

    number: int
    span: Span
    lines: list[Line]
    forbidden: str = ""


def cut(line: Line, start: int, end: int) -> Line:
    """Give a stretch of a line, in characters of its text."""
    found = Line()
    at = 0
    for span, text, verbatim in line.pieces:
        low, high = max(start - at, 0), min(end - at, len(text))
        if low < high:
            place = Span(span.start + low, span.start + high) if verbatim else span
            found.pieces.append((place, text[low:high], verbatim))
        at += len(text)
    return found


_TOKEN = regex(r'"([^"\\]*(?:\\.[^"\\]*)*)"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = regex(r"\\(?:u[0-9a-fA-F]{4}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?|.)", re.DOTALL)


class CellScan:
    """Walks the tokens of a valid JSON text and keeps the places of the strings that make up cells."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.language = ""
        self._types: dict[int, str] = {}
        self._sources: dict[int, list[Span]] = {}
        self._walk()

    def _walk(self) -> None:
        path: list[str | int] = []
        key: str | None = None
        expects_key = False
        for token in _TOKEN.finditer(self._text):
            mark = token[0]
            if mark == "{":
                path.append("")
                expects_key = True
            elif mark == "[":
                path.append(0)
            elif mark in "}]":
                path.pop()
                expects_key = False
            elif mark == ",":
                last = path[-1] if path else ""
                if isinstance(last, int):
                    path[-1] = last + 1
                else:
                    expects_key = True
            elif mark == ":":
                expects_key = False
            elif expects_key:
                key = token[1] or ""
                path[-1] = key
            elif token[1] is not None:
                self._string(path, Span(token.start(1), token.end(1)))

    def _string(self, path: list[str | int], span: Span) -> None:
        match path:
            case ["cells", int(number), "cell_type"]:
                self._types[number] = self._text[span.start : span.end]
            case ["cells", int(number), "source"] | ["cells", int(number), "source", int()]:
                self._sources.setdefault(number, []).append(span)
            case ["metadata", "kernelspec", "language"] | ["metadata", "language_info", "name"]:
                self.language = self._text[span.start : span.end].lower()

    def code_cells(self) -> list[Code]:
        """Give the code cells that hold anything, in order."""
        found: list[Code] = []
        for number, spans in sorted(self._sources.items()):
            if self._types.get(number) == "code":
                lines = lines_of(piece for span in spans for piece in self._pieces(span))
                found.append(Code(number + 1, spans[0].cover(spans[-1]), lines, '"\\\r\n\t'))
        return found

    def _pieces(self, span: Span) -> Iterator[tuple[Span, str, bool]]:
        at = span.start
        for match in _ESCAPE.finditer(self._text, span.start, span.end):
            if match.start() > at:
                yield Span(at, match.start()), self._text[at : match.start()], True
            yield Span(match.start(), match.end()), str(json.loads(f'"{match[0]}"')), False
            at = match.end()
        if at < span.end:
            yield Span(at, span.end), self._text[at : span.end], True


def lines_of(pieces: Iterator[tuple[Span, str, bool]]) -> list[Line]:
    """Cut pieces into lines after each newline."""
    lines = [Line()]
    for span, text, verbatim in pieces:
        lines[-1].pieces.append((span, text, verbatim))
        if text == "\n":
            lines.append(Line())
    return lines if lines[-1].pieces else lines[:-1]
