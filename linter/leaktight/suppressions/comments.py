"""The comments of a file: the host's, the SQL's in it, a template's; and the lines that they stand on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.lazy import record
from leaktight.source import HoleKind, Language, Region
from leaktight.suppressions.directives import MARK, Directive, directives_in
from leaktight.text import LineIndex, Span

if TYPE_CHECKING:
    from leaktight.operations.file import FileView


@record(frozen=True, slots=True)
class Comment:
    """A comment with its marks. `span` is in the file; `region` is None where nothing parsed."""

    span: Span
    region: Region | None


@record(frozen=True, slots=True)
class Found:
    """A suppression and the comment that it stands in."""

    directive: Directive
    comment: Comment


def comments_of(view: FileView) -> list[Comment]:
    """Give the comments of a file in its order; one that several documents saw stands there once."""
    found: dict[Span, Comment] = {}
    for comment in (*_comments(view), *_unread_comments(view)):
        found.setdefault(comment.span, comment)
    return [found[span] for span in sorted(found)]


def find_directives(view: FileView, comments: list[Comment]) -> list[Found]:
    """Give the suppressions that stand in the comments of a file, in its order."""
    found: dict[int, Found] = {}
    for comment in comments:
        for directive in directives_in(view.source.text, comment.span):
            found.setdefault(directive.head.start, Found(directive, comment))
    return [found[start] for start in sorted(found)]


def _comments(view: FileView) -> Iterator[Comment]:
    for python in view.python:
        yield from (_placed(python.region, span) for span, _ in python.comments())
    for script in view.javascript:
        yield from (_placed(script.region, span) for span, _ in script.comments())
    for sql in view.sql:
        yield from (_placed(sql.region, span) for span, _ in sql.comments())
        for segment in sql.region.map.segments:
            if segment.hole is HoleKind.BLANK and view.source.text.startswith("{#", segment.file.start):
                yield Comment(segment.file, sql.region)


def _placed(region: Region, span: Span) -> Comment:
    return Comment(region.map.to_file(span), region)


_LINE_MARKS = {
    Language.SQL: ("--", "#", "/*", "{#"),
    Language.PYTHON: ("#", "--"),
    Language.YAML: ("#",),
    Language.NOTEBOOK: (),
}
_SCRIPT_MARKS = ("//", "/*", "--")


def _unread_comments(view: FileView) -> Iterator[Comment]:
    """Yield what looks like a suppression where no parser could tell: from its comment mark to the end of the line."""
    unread = [item.location.span if item.location is not None else None for item in view.not_analysed]
    everywhere = view.source.language is Language.YAML or None in unread
    if not everywhere and not unread:
        return
    text, lines = view.source.text, view.source.lines
    at = text.find(MARK)
    while at >= 0:
        if everywhere or any(span is not None and span.start <= at < span.end for span in unread):
            line = lines.line_span(lines.position(at).line)
            before = text[line.start : at].rstrip()
            for mark in _LINE_MARKS.get(view.source.language, _SCRIPT_MARKS):
                if before.endswith(mark):
                    yield Comment(Span(line.start + len(before) - len(mark), line.end), None)
                    break
        at = text.find(MARK, at + len(MARK))


class Lines:
    """The lines of a file as its author sees them: of a notebook, those of its cells.

    Numbers count from 0 and are good for comparing alone.
    """

    def __init__(self, view: FileView, comments: list[Comment]) -> None:
        self._view = view
        self._text = view.source.text
        self._comments = comments

    @cached_property
    def _spans(self) -> list[Span]:
        if self._view.source.language is Language.NOTEBOOK:
            return sorted(self._cell_lines())
        lines = self._view.source.lines
        return [lines.line_span(number) for number in range(1, lines.line_count + 1)]

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self._spans]

    def _cell_lines(self) -> Iterator[Span]:
        regions = {host.region.cell: host.region for host in self._view.hosts}
        for sql in self._view.sql:
            regions.setdefault(sql.region.cell, sql.region)
        for region in regions.values():
            lines = LineIndex(region.text)
            for number in range(1, lines.line_count + 1):
                yield region.map.to_file(lines.line_span(number))

    def number(self, offset: int) -> int:
        """Give the number of the line that an offset of the file stands on."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def starts_alone(self, span: Span) -> bool:
        """Say whether a comment has nothing but blanks before it and behind it on its lines."""
        first, last = self._spans[self.number(span.start)], self._spans[self.number(max(span.end - 1, span.start))]
        return not self._text[first.start : span.start].strip() and not self._text[span.end : last.end].strip()

    @cached_property
    def _comment_lines(self) -> dict[int, int]:
        """The first and the last line of each comment that stands alone on its lines."""
        spans = (comment.span for comment in self._comments if self.starts_alone(comment.span))
        return {self.number(span.start): self.number(max(span.end - 1, span.start)) for span in spans}

    def after(self, comment: Span) -> int:
        """Give the number of the first line below a comment that is no comment itself."""
        line = self.number(max(comment.end - 1, comment.start)) + 1
        while line in self._comment_lines:
            line = self._comment_lines[line] + 1
        return line

    def whole(self, comment: Span) -> Span | None:
        """Give a comment's lines with their newline where it stands alone on them; None in a notebook."""
        if self._view.source.language is Language.NOTEBOOK or not self.starts_alone(comment):
            return None
        first = self._spans[self.number(comment.start)]
        last = self.number(max(comment.end - 1, comment.start))
        if last + 1 < len(self._spans):
            return Span(first.start, self._spans[last + 1].start)
        return Span(first.start, self._spans[last].end)
