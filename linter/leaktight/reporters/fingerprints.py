"""The fingerprint by which GitHub follows an alert through commits: a hash of the line and what comes after it.

It is a polynomial hash of 100 UTF-16 units from the start of the line, blanks and tabs left out, newlines as LF; a mark
ends the file, and zeros fill what is missing. The number after the colon tells equal stretches of one file apart.
"""

from __future__ import annotations

from array import array
from functools import cached_property

_WINDOW = 100
_BASE = 37
_MASK = (1 << 64) - 1
_END = "\uffff"
_BLANKS = {ord(" "): None, ord("\t"): None}


class Fingerprints:
    """The fingerprints of the lines of one file.

    `text` is without a byte-order mark; `bom` says that one stands before it. GitHub's action reads the file with the
    mark as its first character, so that only the first line of such a file hashes otherwise.
    """

    def __init__(self, text: str, *, bom: bool = False) -> None:
        marked = "\ufeff" + text if bom else text
        self._units = _units(marked.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)) + _END

    @cached_property
    def _windows(self) -> list[tuple[str, int]]:
        """The stretch that each line's hash is of, and how many lines so far have had the same."""
        seen: dict[str, int] = {}
        windows: list[tuple[str, int]] = []
        start = 0
        while start < len(self._units):
            window = self._units[start : start + _WINDOW]
            seen[window] = seen.get(window, 0) + 1
            windows.append((window, seen[window]))
            newline = self._units.find("\n", start)
            start = newline + 1 if newline >= 0 else len(self._units)
        return windows

    def line(self, number: int) -> str:
        """Give the fingerprint of a line, counted from 1: `39fa2ee980eb94b0:1`. Raises IndexError beyond the text."""
        window, count = self._windows[number - 1]
        value = 0
        for unit in window.ljust(_WINDOW, "\0"):
            value = (value * _BASE + ord(unit)) & _MASK
        return f"{value:x}:{count}"


def _units(text: str) -> str:
    """Give the UTF-16 units of a text, each as one character."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    units = array("H")
    units.frombytes(text.encode("utf-16-le" if _little() else "utf-16-be", "surrogatepass"))
    return "".join(map(chr, units))


def _little() -> bool:
    return array("H", [1]).tobytes()[0] == 1
