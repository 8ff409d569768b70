"""How text of a checked file looks on a terminal: how wide it is, and what must not reach the terminal as it is."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

_TAB = 4
_JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiners: letters and emoji need them, and they cannot reorder or hide anything."""


def visible(text: str) -> str:
    """Give `text` with control, bidi and other invisible characters written as escapes; tabs and newlines too."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    code = ord(character)
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category == "Co":
        return character
    short = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}.get(code)
    if short is not None:
        return short
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def columns(text: str) -> int:
    """Give how many columns a terminal takes for text that `visible` has made."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if character in _JOINERS or unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Line(NamedTuple):
    """A line of code as it is shown. `start` and `end` are the columns, from 0, of the stretch that is pointed at."""

    text: str
    start: int
    end: int


def show_line(text: str, start: int, end: int, width: int) -> Line:
    """Give a line of code in at most about `width` columns, cut around the stretch from `start` to `end`.

    `start` and `end` are code points of `text`. Tabs become blanks, and what cannot be seen becomes an escape.
    """
    start, end = min(start, len(text)), min(max(start, end), len(text))
    if len(text) <= width and text.isascii() and text.isprintable():
        return Line(text, start, end)
    # No more is looked at than can be shown: a minified file has one line of many megabytes.
    first = max(0, start - width)
    cells = _cells(text[first : start + width])
    if first == 0 and start + width >= len(text) and sum(cell[1] for cell in cells) <= width:
        return _joined(cells, start, end)
    left, used, room = start - first, 0, max(width - 2, 8)
    before = room // 3 if _width(cells[left:]) > room - room // 3 else room - _width(cells[left:])
    while left > 0 and used + cells[left - 1][1] <= before:
        left -= 1
        used += cells[left][1]
    right = start - first
    while right < len(cells) and used + cells[right][1] <= room:
        used += cells[right][1]
        right += 1
    shown = cells[left:right]
    offset = first + left
    if offset > 0:
        shown.insert(0, ("…", 1))
        offset -= 1
    if first + right < len(text):
        shown.append(("…", 1))
    return _joined(shown, start - offset, min(end - offset, len(shown)))


def _width(cells: list[tuple[str, int]]) -> int:
    return sum(cell[1] for cell in cells)


def _cells(text: str) -> list[tuple[str, int]]:
    cells: list[tuple[str, int]] = []
    column = 0
    for character in text:
        shown = " " * (_TAB - column % _TAB) if character == "\t" else visible(character)
        width = columns(shown)
        cells.append((shown, width))
        column += width
    return cells


def _joined(cells: list[tuple[str, int]], start: int, end: int) -> Line:
    begin = _width(cells[:start])
    return Line("".join(cell[0] for cell in cells), begin, begin + _width(cells[start:end]))
