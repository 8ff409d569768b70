"""Draws the code that a diagnostic points at: source lines with a gutter, carets, and what a fix would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from leaktight.diagnostics import FileEdit, Location
from leaktight.reporters.display import show_line
from leaktight.reporters.paint import Paint
from leaktight.text import Edit, LineIndex, OverlappingEdits, Span, apply_edits

_MOST_LINES = 4
"""Lines of a span that are shown before its middle is left out."""
_MOST_CHANGED = 8
"""Lines that the picture of a fix has before its rest is left out."""
_MOST_COMPARED = 200
"""Lines of a change that are compared; a longer one has its title alone."""


class Frames:
    """Draws frames over one file. `gutter` is the width of the line numbers."""

    def __init__(self, index: LineIndex, paint: Paint, *, width: int, gutter: int) -> None:
        self._index = index
        self._paint = paint
        self._gutter = gutter
        self._width = max(width - gutter - 4, 20)
        self._last = (0, "")

    def frame(self, place: Location, style: str, mark: str = "^", label: str = "") -> Iterator[str]:
        """Yield the lines of a frame; `mark` underlines the place in `style`, `label` follows the last mark."""
        first, last = place.start.line, place.end.line
        if last > first and place.end.column == 1:
            last -= 1
        lines: Sequence[int | None] = range(first, last + 1)
        if len(lines) > _MOST_LINES:
            lines = (first, first + 1, None, last)
        for number in lines:
            if number is None:
                yield " " + self._paint("gutter", "…".rjust(self._gutter))
                continue
            text = self._line(number)
            begin = place.start.column - 1 if number == first else len(text) - len(text.lstrip())
            end = place.end.column - 1 if number == place.end.line else len(text.rstrip())
            line = show_line(text, begin, end, self._width)
            yield self._row(str(number), line.text)
            if number != first and begin >= end:
                continue
            marks = self._paint(style, mark * max(line.end - line.start, 1))
            words = f" {label}" if label and number == last else ""
            yield self._row("", " " * line.start + marks + self._paint(style, words))

    def _line(self, number: int) -> str:
        """Give a line; the last one is kept, for thousands of findings may stand in one line of many megabytes."""
        if self._last[0] != number:
            self._last = (number, self._index.line_text(number))
        return self._last[1]

    def empty(self) -> str:
        """Give the line of the gutter alone."""
        return self._row("", "")

    def _row(self, number: str, text: str) -> str:
        return (" " + self._paint("gutter", f"{number.rjust(self._gutter)} |") + f" {text}").rstrip()

    def change(self, edits: Sequence[FileEdit]) -> Iterator[str]:
        """Yield what edits of this file change, lines before and lines after."""
        shown = 0
        for hunk in _hunks(edits):
            if hunk[-1].location.end.line - hunk[0].location.start.line > _MOST_COMPARED:
                continue
            first, last = hunk[0].location.start.line, max(edit.location.end.line for edit in hunk)
            start = self._index.line_span(first).start
            block = Span(start, self._index.line_span(last).end)
            before = self._index.text[block.start : block.end]
            moved = [Edit(edit.location.span.shift(-start), edit.content) for edit in hunk]
            try:
                after = apply_edits(before, moved)
            except (OverlappingEdits, ValueError):
                # An edit that takes the newline too reaches beyond the last line of the block.
                after = apply_edits(self._index.text[start:], moved)[: -len(self._index.text) + block.end or None]
            rows = _rows(before, after, first)
            for number, sign, text in rows[: _MOST_CHANGED - shown]:
                line = show_line(text, 0, 0, self._width).text
                style = "green" if sign == "+" else "red"
                row = " " + self._paint("gutter", str(number).rjust(self._gutter)) + " "
                yield (row + self._paint(style, f"{sign} {line}")).rstrip()
            shown += len(rows)
            if shown > _MOST_CHANGED:
                yield " " + self._paint("gutter", "…".rjust(self._gutter))
                return


def _hunks(edits: Sequence[FileEdit]) -> Iterator[list[FileEdit]]:
    """Yield the edits in groups that touch the same or neighbouring lines."""
    ordered = sorted(edits, key=lambda edit: edit.location.span)
    hunk = ordered[:1]
    for previous, edit in pairwise(ordered):
        if edit.location.start.line > previous.location.end.line + 1:
            yield hunk
            hunk = []
        hunk.append(edit)
    if hunk:
        yield hunk


def _rows(before: str, after: str, first: int) -> list[tuple[int, str, str]]:
    """Give the lines that differ as (line number, sign, text)."""
    old, new = _lines(before), _lines(after)
    rows: list[tuple[int, str, str]] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            rows += [(first + n, "-", old[n]) for n in range(i, j)]
            rows += [(first + n, "+", new[n]) for n in range(k, m)]
    return rows


def _lines(text: str) -> list[str]:
    index = LineIndex(text)
    return [index.line_text(number) for number in range(1, index.line_count + 1)] if text else []
