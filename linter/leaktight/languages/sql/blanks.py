"""What a template may write at a place that one view of it leaves blank."""

from __future__ import annotations

from leaktight.text import words_of

_BRANCHES = frozenset("if elif else endif for endfor call where".split())


def may_write(blank: str) -> bool:
    """Say whether the text of a blank hole may write SQL in another view: a branch or a loop may, a comment may not."""
    while (start := blank.find("{#")) >= 0:
        end = blank.find("#}", start)
        blank = f"{blank[:start]} {blank[end + 2 :] if end >= 0 else ''}"
    return "{{" in blank or not _BRANCHES.isdisjoint(words_of(blank))
