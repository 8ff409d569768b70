"""Writes a stand-in over the characters of a tag: as long as the tag, with its newlines where they were."""

from __future__ import annotations

from enum import Enum

from leaktight.lazy import regex

_NOT_NEWLINE = regex(r"[^\r\n]")
_LINE = regex(r"[^\r\n]+")


class Glue(Enum):
    """Which neighbour the stand-in must touch."""

    NONE = "none"
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


def blank(host: str) -> str:
    """Give blanks and the newlines of `host`."""
    if "\n" not in host and "\r" not in host:
        return " " * len(host)
    return _NOT_NEWLINE.sub(" ", host)


def room(host: str, glue: Glue = Glue.NONE) -> int:
    """Give how many characters a one-line stand-in for `host` may have."""
    return _line(host, glue)[1]


def fill(host: str, content: str, glue: Glue = Glue.NONE, padding: str = " ") -> str | None:
    """Write `content` over `host` and pad the rest; None where it does not fit on one line of `host`."""
    start, width = _line(host, glue)
    if len(content) > width or "\n" in content or "\r" in content:
        return None
    empty = blank(host)
    if glue is Glue.RIGHT:
        line = content.rjust(width)
    elif glue is Glue.BOTH:
        line = content.ljust(width, "_")
    else:
        line = content.ljust(width, padding)
    return empty[:start] + line + empty[start + width :]


def _line(host: str, glue: Glue) -> tuple[int, int]:
    if "\n" not in host and "\r" not in host:
        return 0, len(host)
    lines = [(match.start(), match.end() - match.start()) for match in _LINE.finditer(host)]
    if not lines:
        return 0, 0
    if glue in (Glue.LEFT, Glue.BOTH):
        return lines[0]
    if glue is Glue.RIGHT:
        return lines[-1]
    return max(lines, key=lambda line: line[1])
