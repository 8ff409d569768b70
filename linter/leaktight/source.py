"""A file as read, the stretches of it that are in one language, and the map between the two.

A region's text is what a parser sees. It is built from left to right: text that stands in the file
is copied, what the guest language cannot read becomes a hole with a stand-in. A region may be built
over another region (SQL in a Python cell of a notebook): its map leads to the file all the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from leaktight.lazy import record
from leaktight.text import LineIndex, Span


class Language(StrEnum):
    """What a file or region is written in."""

    SQL = "sql"
    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    TSX = "tsx"
    YAML = "yaml"
    NOTEBOOK = "notebook"
    JSON = "json"
    CSV = "csv"
    TERRAFORM = "terraform"
    PLAN = "plan"
    """The order of migrations: `sqitch.plan`."""

    @property
    def is_data(self) -> bool:
        """Whether files of it only tell facts of the project: no rule reads them."""
        return self in _DATA


_DATA = frozenset({Language.YAML, Language.JSON, Language.CSV, Language.TERRAFORM, Language.PLAN})


_HEAD = 400
"""Within how many characters of its beginning a script says that it is a notebook."""


@record(frozen=True)
class Source:
    """A file as read: its text without byte-order mark, and what is needed to write it back.

    `path` is relative to the project's root, with slashes. `encoding` is the codec the bytes were
    read with; `bom` says whether a byte-order mark stood before the text. `cells` are a notebook's cells in order, each
    with its number from 1.
    """

    path: str
    text: str
    language: Language
    encoding: str = "utf-8"
    bom: bool = False
    cells: tuple[tuple[int, Span], ...] = ()

    @property
    def is_notebook(self) -> bool:
        """Whether it is run by hand cell by cell: a notebook, or the script that Jupytext keeps of one."""
        head = self.text[:_HEAD]
        return bool(self.cells) or ("jupytext:" in head and "# ---" in head)

    def cell_at(self, offset: int) -> tuple[int, Span] | None:
        """Give the notebook cell that an offset stands in: its number from 1 and its span."""
        at = bisect_right(self.cells, offset, key=lambda cell: cell[1].start) - 1
        return self.cells[at] if at >= 0 and offset <= self.cells[at][1].end else None

    @cached_property
    def lines(self) -> LineIndex:
        """The line index of the text."""
        return LineIndex(self.text)


class NotAnalysable(Exception):
    """A file that cannot be read as text, or a region that no tree can be built of; the message says why, for the report.

    `code` is that of `NotAnalysed`: `encoding`, `size` or `unreadable` for a file, `nesting` or `syntax` for a region.
    """

    def __init__(self, reason: str, span: Span | None = None, *, code: str = "syntax") -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span
        self.code = code


class HoleKind(StrEnum):
    """What stands at a hole."""

    VALUE = "value"
    """An unknown value: `%s`, `:id`, a Jinja `{{ var(…) }}`, an f-string `{amount}` in value position."""
    IDENTIFIER = "identifier"
    """An unknown name: `{table}` after FROM, `{column}` in a select list."""
    RELATION = "relation"
    """A relation known by its name: `{{ ref('orders') }}`; the stand-in is that name."""
    ESCAPE = "escape"
    """Known text, spelled otherwise in the host: an escape, a doubled brace, a joint of two literals."""
    BLANK = "blank"
    """Host syntax that leaves nothing: a template tag, a comment, the other arm of an `if`."""


@record(frozen=True, slots=True)
class Segment:
    """One piece of a region: where it lies in the region's text and where in the file.

    `hole` is None for text copied verbatim. `host` is, for a hole that a host expression fills, the
    text of that expression. `forbidden` holds the characters that a fix must not write inside this
    piece, because the host's literal would read them otherwise.
    """

    region: Span
    file: Span
    hole: HoleKind | None = None
    host: str = ""
    forbidden: str = ""

    @property
    def verbatim(self) -> bool:
        """Whether each code point of the region stands as such in the file."""
        return self.hole is None


class SourceMap:
    """Leads from a region's text to the file: contiguous segments in the region's order."""

    __slots__ = ("_starts", "segments")

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._starts = [segment.region.start for segment in self.segments]

    def covering(self, span: Span) -> Sequence[Segment]:
        """Give the segments that `span` touches; an empty span touches the one it stands in or ends."""
        if not self.segments:
            return ()
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        last = first
        while last + 1 < len(self.segments) and self._starts[last + 1] < span.end:
            last += 1
        return self.segments[first : last + 1]

    def to_file(self, span: Span) -> Span:
        """Give the smallest stretch of the file that `span` came from."""
        touched = self.covering(span)
        if not touched:
            return Span(0, 0)
        first, last = touched[0], touched[-1]
        start = first.file.start
        if first.verbatim:
            start += min(max(span.start - first.region.start, 0), first.file.length)
        end = last.file.end
        if last.verbatim:
            end = last.file.start + min(max(span.end - last.region.start, 0), last.file.length)
        if len(touched) == 1:
            return Span(start, max(start, end))
        starts = [start, *(segment.file.start for segment in touched[1:])]
        ends = [*(segment.file.end for segment in touched[:-1]), end]
        return Span(min(starts), max(ends))

    def editable(self, span: Span, content: str) -> bool:
        """Say whether replacing `span` by `content` in the region means the same in the file.

        True when the span lies in one verbatim segment and the host's literal would read each
        character of `content` as itself. An insertion between two pieces belongs to the verbatim one.
        """
        touched = list(self.covering(span))
        if span.length == 0 and touched and span.start == touched[0].region.start:
            before = self.covering(Span(max(span.start - 1, 0), span.start))
            touched = [*before, *touched]
            return any(segment.verbatim and _readable(content, segment) for segment in touched)
        return all(segment.verbatim and _readable(content, segment) for segment in touched) and (
            len(touched) == 1 or all(a.file.end == b.file.start for a, b in pairwise(touched))
        )

    def edit_span(self, span: Span) -> Span:
        """Give the file span of an edit that is `editable`."""
        if span.length:
            return self.to_file(span)
        for segment in (*self.covering(span), *self.covering(Span(max(span.start - 1, 0), span.start))):
            if segment.verbatim and segment.region.start <= span.start <= segment.region.end:
                at = segment.file.start + span.start - segment.region.start
                return Span(at, at)
        return self.to_file(span)

    def is_blank(self, span: Span) -> bool:
        """Say whether all of `span` is host syntax: words that only complete a template, and stand in no file."""
        return all(segment.hole is HoleKind.BLANK for segment in self.covering(span))

    def holes(self, span: Span) -> list[Segment]:
        """Give the holes that `span` touches."""
        return [s for s in self.covering(span) if s.hole is not None and s.region.overlaps(span)]


def _readable(content: str, segment: Segment) -> bool:
    return not any(character in segment.forbidden for character in content)


def identity_map(length: int) -> SourceMap:
    """Give the map of a region that is its whole file."""
    whole = Span(0, length)
    return SourceMap((Segment(whole, whole),))


@record(frozen=True)
class Region:
    """A stretch of a file in one language, as its parser shall see it.

    `dialect` is set where the place tells the SQL dialect (a driver, an operator). `templated` says
    that holes of a template stand in it, so that what does not parse is "not understood" rather than
    a syntax error. `variant` numbers the views of one stretch whose template has branches.
    `cell` is the notebook cell, from 1.
    """

    language: Language
    text: str
    map: SourceMap
    dialect: str | None = None
    templated: bool = False
    variant: int = 0
    cell: int | None = None
    embedded: bool = False

    @classmethod
    def whole(cls, source: Source, language: Language | None = None) -> Region:
        """Give the region that is the whole of a file, mapped onto itself."""
        return cls(language or source.language, source.text, identity_map(len(source.text)))

    def masked(self, text: str, holes: Iterable[tuple[Span, HoleKind]], *, variant: int = 0) -> Region:
        """Give this region with `text` of the same length, in which `holes` no longer stand as in the file.

        `holes` are spans of the region, sorted and apart from one another.
        """
        if len(text) != len(self.text):
            raise ValueError(f"a mask of {len(text)} code points for a region of {len(self.text)}")
        segments: list[Segment] = []
        pending = list(holes)
        at = 0
        for segment in self.map.segments:
            end = segment.region.end
            position = segment.region.start
            while position < end:
                while at < len(pending) and pending[at][0].end <= position:
                    at += 1
                hole = pending[at] if at < len(pending) and pending[at][0].start < end else None
                if hole is None:
                    segments.append(_part(segment, Span(position, end)))
                    position = end
                elif hole[0].start > position:
                    segments.append(_part(segment, Span(position, hole[0].start)))
                    position = hole[0].start
                else:
                    stop = min(hole[0].end, end)
                    piece = _part(segment, Span(position, stop))
                    host = piece.host or self.text[hole[0].start : hole[0].end]
                    kind = piece.hole if piece.hole in (HoleKind.VALUE, HoleKind.IDENTIFIER) else hole[1]
                    segments.append(Segment(piece.region, piece.file, kind, host, piece.forbidden))
                    position = stop
        return replace(self, text=text, map=SourceMap(segments), variant=variant, templated=True)


def _part(segment: Segment, span: Span) -> Segment:
    if segment.region == span:
        return segment
    file = segment.file
    if segment.verbatim:
        start = file.start + span.start - segment.region.start
        file = Span(start, start + span.length)
    return Segment(span, file, segment.hole, segment.host, segment.forbidden)


class RegionBuilder:
    """Builds a region from left to right over a file or over another region.

    `base` is the region whose text the spans refer to: `Region.whole(source)` for a file.
    """

    def __init__(self, base: Region) -> None:
        self._base = base
        self._pieces: list[str] = []
        self._segments: list[Segment] = []
        self._length = 0

    @property
    def text(self) -> str:
        """The text built so far."""
        return "".join(self._pieces)

    @property
    def length(self) -> int:
        """How many code points are built so far."""
        return self._length

    def copy(self, span: Span, *, forbidden: str = "") -> None:
        """Append text that stands in the base; `forbidden` as in `Segment`."""
        if span.length <= 0:
            return
        for segment in self._base.map.covering(span):
            part = _part(segment, Span(max(segment.region.start, span.start), min(segment.region.end, span.end)))
            here = Span(self._length, self._length + part.region.length)
            self._pieces.append(self._base.text[part.region.start : part.region.end])
            self._segments.append(replace(part, region=here, forbidden=part.forbidden + forbidden))
            self._length = here.end

    def hole(self, span: Span, stand_in: str, kind: HoleKind, *, host: str = "") -> None:
        """Append `stand_in` for what stands at `span` of the base.

        `host` is the host expression that fills the hole; left out, the text at `span`.
        """
        if not stand_in:
            return
        here = Span(self._length, self._length + len(stand_in))
        host = host or self._base.text[span.start : span.end]
        self._pieces.append(stand_in)
        self._segments.append(Segment(here, self._base.map.to_file(span), kind, host))
        self._length = here.end

    def build(
        self,
        language: Language,
        *,
        dialect: str | None = None,
        templated: bool = False,
        cell: int | None = None,
    ) -> Region:
        """Give the region built so far."""
        return Region(
            language,
            self.text,
            SourceMap(self._segments),
            dialect=dialect,
            templated=templated or any(s.hole in _UNKNOWN for s in self._segments),
            cell=cell if cell is not None else self._base.cell,
            embedded=True,
        )


_UNKNOWN = frozenset({HoleKind.VALUE, HoleKind.IDENTIFIER, HoleKind.RELATION})
