"""What a template may write at a hole, above all at a place that one view of it leaves blank."""

from __future__ import annotations

from leaktight.source import HoleKind, Segment
from leaktight.text import words_of

_BRANCHES = frozenset("if elif else endif for endfor call where".split())


def may_write(hole: Segment, text: str) -> bool:
    """Say whether a hole of a file's text may write a whole clause, a blank one in another view.

    A branch or a loop may; a comment, or the parameter of a driver (`%s`), which is one value, may not.
    """
    if hole.hole is not HoleKind.BLANK:
        return hole.hole in {HoleKind.VALUE, HoleKind.IDENTIFIER} and not hole.host.startswith("%")
    blank = text[hole.file.start : hole.file.end]
    while (start := blank.find("{#")) >= 0:
        end = blank.find("#}", start)
        blank = f"{blank[:start]} {blank[end + 2 :] if end >= 0 else ''}"
    return "{{" in blank or not _BRANCHES.isdisjoint(words_of(blank))
