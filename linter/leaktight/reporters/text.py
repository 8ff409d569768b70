"""The format for people: a header, the code with what is wrong underlined, what it rests on, and what would help."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from leaktight.diagnostics import Applicability, Diagnostic, FileFix, Location, RelatedLocation
from leaktight.report import Report
from leaktight.reporters import ReportOptions
from leaktight.reporters.display import visible
from leaktight.reporters.frames import Frames
from leaktight.reporters.paint import Paint
from leaktight.reporters.summary import summary_lines
from leaktight.text import LineIndex

_MOST_RELATED = 4
_MOST_NAMED = 200
_HOW = {
    Applicability.SAFE: " (--fix)",
    Applicability.UNSAFE: " (--fix --unsafe-fixes)",
    Applicability.DISPLAY: "",
}


def render(report: Report, options: ReportOptions) -> str:
    """Give the whole text, newline at its end; empty when there is nothing to say."""
    drawing = _Drawing(report, options)
    lines: list[str] = []
    for diagnostic in report.diagnostics:
        lines += drawing.diagnostic(diagnostic)
        lines.append("")
    lines += summary_lines(report, options, drawing.paint)
    while lines and not lines[-1]:
        lines.pop()
    return "".join(line + "\n" for line in lines)


class _Drawing:
    def __init__(self, report: Report, options: ReportOptions) -> None:
        self.paint = Paint(on=options.color)
        self._report = report
        self._options = options
        self._indexes: dict[str, LineIndex] = {}

    def _index(self, path: str) -> LineIndex | None:
        if path not in self._indexes:
            text = self._report.sources.get(path)
            if text is None:
                return None
            self._indexes[path] = LineIndex(text)
        return self._indexes[path]

    def _frames(self, place: Location, gutter: int) -> Frames | None:
        index = self._index(place.path)
        if index is None or place.end.line > index.line_count:
            return None
        return Frames(index, self.paint, width=self._options.width, gutter=gutter)

    def diagnostic(self, found: Diagnostic) -> Iterator[str]:
        paint, place = self.paint, found.location
        word = paint.severity(found.severity)
        yield f"{paint('bold', self._place(place))} {paint('bold', found.rule)} {word}: {visible(found.message)}"
        gutter = len(str(max(p.end.line for p in _places(found))))
        frames = self._frames(place, gutter)
        if frames is not None:
            yield from frames.frame(place, found.severity.value)
        for related in found.related[:_MOST_RELATED]:
            at = paint("bold", self._place(related.location, column=False))
            yield f" {paint('dim', '→')} {at}: {visible(related.message)}"
            other = self._frames(related.location, gutter)
            if other is not None and related.location.span != place.span:
                yield from other.frame(related.location, "gutter", "-")
        if len(found.related) > _MOST_RELATED:
            yield from self._more(found.related[_MOST_RELATED:])
        if found.fix is not None:
            yield from self._fix(found.fix, gutter)
        if self._options.verbose and found.url:
            yield f" {paint('dim', 'see:')} {found.url}"

    def _more(self, related: Sequence[RelatedLocation]) -> Iterator[str]:
        """Yield the places that are not drawn, the lines of a file together: `→ and 3 more: etl/a.py:4,9 web/b.ts:2`."""
        lines: dict[str, dict[str, None]] = {}
        for one in related[:_MOST_NAMED]:
            path, _, line = self._place(one.location, column=False).rpartition(":")
            lines.setdefault(path, {})[line] = None
        named = " ".join(f"{path}:{','.join(numbers)}" for path, numbers in lines.items())
        rest = f" and {len(related) - _MOST_NAMED:,} others" if len(related) > _MOST_NAMED else ""
        text = f"and {len(related):,} more: {named}{rest}"
        arrow = f" {self.paint('dim', '→')} "
        width = self._options.width - 3
        for first in textwrap.wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False):
            yield arrow + first
            arrow = "   "

    def _fix(self, fix: FileFix, gutter: int) -> Iterator[str]:
        how = _HOW[fix.applicability] if fix.edits else ""
        yield f" {self.paint('help', 'help:')} {visible(fix.title)}{self.paint('dim', how)}"
        for path in sorted({edit.location.path for edit in fix.edits}):
            edits = [edit for edit in fix.edits if edit.location.path == path]
            frames = self._frames(edits[-1].location, gutter)
            if frames is not None:
                yield from frames.change(edits)

    def _place(self, place: Location, *, column: bool = True) -> str:
        path = visible(self._options.path_of(place.path))
        if place.cell is not None:
            return f"{path}:cell {place.cell}:{place.cell_line or 1}"
        return f"{path}:{place.start.line}:{place.start.column}" if column else f"{path}:{place.start.line}"


def _places(found: Diagnostic) -> Iterator[Location]:
    yield found.location
    yield from (related.location for related in found.related[:_MOST_RELATED])
    if found.fix is not None:
        yield from (edit.location for edit in found.fix.edits)
