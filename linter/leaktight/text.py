"""Spans, edits and line numbers over one string. Knows nothing of files, languages or rules.

Every offset counts code points of the decoded text, from 0; every span ends exclusively.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from leaktight.lazy import regex


class Span(NamedTuple):
    """A stretch of text: `start` and exclusive `end`, in code points from 0."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many code points the span covers."""
        return self.end - self.start

    def contains(self, other: Span) -> bool:
        """Say whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end

    def shift(self, distance: int) -> Span:
        """Give the same span `distance` code points further on."""
        return Span(self.start + distance, self.end + distance)

    def cover(self, other: Span) -> Span:
        """Give the smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class Edit(NamedTuple):
    """Replace the text of `span` by `content`; an empty span inserts."""

    span: Span
    content: str


class Position(NamedTuple):
    """A place as people count it: line and column from 1, the column in code points."""

    line: int
    column: int


class OverlappingEdits(ValueError):
    """Two edits of one set touch the same text."""


def nearest(word: str, words: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """Give the word that somebody may have meant by one that is wrong, None when none is near.

    `likeness` is how much both must share, from 0 to 1; with 0.8 it is a slip of the pen. Short of that, `status` means the
    only name that it is a word of, such as `notification_status`, sooner than one that looks like it.
    """
    import difflib

    known = list(words)
    found = difflib.get_close_matches(word, known, n=1, cutoff=max(likeness, _SLIP))
    if not found and likeness < _SLIP:
        found = [name for name in known if word in name.split("_")]
        if len(found) != 1:
            found = difflib.get_close_matches(word, known, n=1, cutoff=likeness)
    return found[0] if found else None


_SLIP = 0.8
_SHORTEST_SLIP = 4


def is_slip(word: str, other: str) -> bool:
    """Say whether one keystroke makes one word of another: a letter too many, too few or wrong, two that changed places.

    Words of less than four letters are too short for that, and `q1` is no slip of `q2`.
    """
    if word == other or min(len(word), len(other)) < _SHORTEST_SLIP or abs(len(word) - len(other)) > 1:
        return False
    start, least = 0, min(len(word), len(other))
    while start < least and word[start] == other[start]:
        start += 1
    end = 0
    while end < least - start and word[-1 - end] == other[-1 - end]:
        end += 1
    one, two = word[start : len(word) - end], other[start : len(other) - end]
    if any(letter.isdecimal() for letter in one + two):
        return False
    return max(len(one), len(two)) == 1 or (len(one) == len(two) == 2 and one == two[::-1])


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Give `text` with all `edits` made at once.

    Edits refer to the text as it was. Raises `OverlappingEdits` when two of them share a code
    point, and `ValueError` when one lies outside the text.
    """
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.span, edit.content)):
        if edit.span.start < done:
            raise OverlappingEdits(f"two edits touch offset {edit.span.start}")
        if not 0 <= edit.span.start <= edit.span.end <= len(text):
            raise ValueError(f"edit {edit.span} lies outside a text of {len(text)} code points")
        pieces += (text[done : edit.span.start], edit.content)
        done = edit.span.end
    pieces.append(text[done:])
    return "".join(pieces)


_NEWLINE = regex(r"\r\n|\r|\n")


class LineIndex:
    """Turns offsets of one text into lines and columns, and back. Lines end with LF, CRLF or CR."""

    def __init__(self, text: str) -> None:
        self.text = text
        if "\r" in text:
            self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        else:
            starts = [0]
            at = text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = text.find("\n", at + 1)
            self._starts = starts

    @property
    def line_count(self) -> int:
        """How many lines the text has; the one after a last newline counts."""
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """Give line and column, from 1, of an offset; offsets beyond the end give the end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """Give the offset of a line and column, clamped to that line's text."""
        span = self.line_span(position.line)
        return min(span.start + max(position.column - 1, 0), span.end)

    def line_span(self, line: int) -> Span:
        """Give the span of a line, counted from 1, without its newline; clamped to the text."""
        line = max(1, min(line, len(self._starts)))
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def line_text(self, line: int) -> str:
        """Give a line, counted from 1, without its newline."""
        span = self.line_span(line)
        return self.text[span.start : span.end]


def words_of(text: str) -> list[str]:
    """Give the words of a name in lower case: `load_orders`, `loadOrders` and `load-orders` are `load`, `orders`."""
    words: list[str] = []
    start = 0
    for index, character in enumerate(text):
        boundary = not character.isalnum()
        if boundary or (character.isupper() and index > 0 and text[index - 1].islower()):
            if index > start:
                words.append(text[start:index].lower())
            start = index + boundary
    if start < len(text):
        words.append(text[start:].lower())
    return words


def names_in(text: str) -> frozenset[str]:
    """Give the names that stand in any text, also inside its strings."""
    found: set[str] = set()
    word: list[str] = []
    for character in f"{text} ":
        if character.isidentifier() or (word and character.isalnum()):
            word.append(character)
        elif word:
            found.add("".join(word))
            word = []
    return frozenset(found)


def shortened(text: str, most: int = 50) -> str:
    """Give text on one line for a message, cut with `…` where it is longer than `most` code points."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def listed(names: Iterable[str], most: int = 3) -> str:
    """Give names for a message: "`a`", "`a` and `b`", "`a`, `b` and 4 more"; of many only the first ones, `most` in all."""
    shown = [f"`{name}`" for name in names]
    if len(shown) > most:
        rest = len(shown) - most + 1
        shown = [*shown[: most - 1], f"{rest} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def in_bytes(number: int) -> str:
    """Give a number of bytes in decimal units, as engines bill them: `138 MB`, `1.4 TB`."""
    size, power = float(number), 0
    while round(size) >= 1000 and power < len(_UNITS) - 1:
        size, power = size / 1000, power + 1
    shown = f"{size:.1f}" if power and size < 9.95 else f"{size:,.0f}"
    return f"{shown.removesuffix('.0')} {_UNITS[power]}"


_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
