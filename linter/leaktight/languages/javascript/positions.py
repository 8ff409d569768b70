"""UTF-8 byte offsets, which tree-sitter counts, turned into code points, which everything else counts."""

from __future__ import annotations

from bisect import bisect_left

from leaktight.lazy import regex

_WIDE = regex(r"[^\x00-\x7f]")


class ByteOffsets:
    """Turns byte offsets of one text's UTF-8 form into code point offsets, and back."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._points: list[int] = []
        self._excess = [0]
        if text.isascii():
            return
        excess = 0
        for match in _WIDE.finditer(text):
            point = match.start()
            code = ord(match.group())
            self._starts.append(point + excess)
            self._points.append(point)
            excess += 1 if code < 0x800 else 2 if code < 0x10000 else 3
            self._excess.append(excess)

    def point(self, byte: int) -> int:
        """Give the code point that a byte offset belongs to; inside a character, that character."""
        if not self._starts:
            return byte
        passed = bisect_left(self._starts, byte)
        return max(byte - self._excess[passed], self._points[passed - 1] + 1 if passed else 0)

    def byte(self, point: int) -> int:
        """Give the byte offset at which a code point starts."""
        if not self._points:
            return point
        return point + self._excess[bisect_left(self._points, point)]
