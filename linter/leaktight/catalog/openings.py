"""Tables that the project makes under names which are put together when it runs, or in text that is SQL only then.

No list of a schema's tables holds them: who asks whether a table is missing must know that it may be one of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from leaktight.catalog.table import TableName, same_end
from leaktight.lazy import record

ANY = "*"
"""What stands for a stretch of a name that is only known at run time."""
_FEWEST_LETTERS = 3


class Made(IntEnum):
    """Whether a table that nothing declares may be made at run time."""

    NO = 0
    ANY_NAME = 1
    """Tables are, under names of which nothing is known."""
    OF_THIS_NAME = 2


@record(frozen=True, slots=True)
class Opening:
    """The name of a table that is made, in lower case, as far as it is written: `("lab", "prep_*")`.

    Of `("*",)` nothing is known but that a table is made.
    """

    parts: tuple[str, ...]

    @property
    def is_vague(self) -> bool:
        """Whether the last part says too little to tell tables apart."""
        return ANY in self.parts[-1] and sum(letter.isalpha() for letter in self.parts[-1]) < _FEWEST_LETTERS

    def holds(self, name: tuple[str, ...]) -> bool:
        """Say whether a name, in lower case, may be this one: one is the end of the other."""
        shared = min(len(name), len(self.parts))
        pairs = zip(self.parts[-shared:], name[-shared:], strict=True)
        return all(_matches(pattern, part) for pattern, part in pairs)


def _matches(pattern: str, part: str) -> bool:
    first, *between = pattern.split(ANY)
    if not between:
        return pattern == part
    last = between.pop()
    if not part.startswith(first) or not part.endswith(last) or len(part) < len(first) + len(last):
        return False
    at, end = len(first), len(part) - len(last)
    for piece in between:
        at = part.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


class Openings:
    """Answers for the tables that are made at run time, by name."""

    def __init__(self, openings: Iterable[Opening] = ()) -> None:
        self._exact: dict[str, list[tuple[str, ...]]] = {}
        self._patterns: list[Opening] = []
        self._vague: list[Opening] = []
        for opening in dict.fromkeys(openings):
            if opening.is_vague:
                self._vague.append(opening)
            elif ANY in "".join(opening.parts):
                self._patterns.append(opening)
            else:
                self._exact.setdefault(opening.parts[-1], []).append(opening.parts)

    def made(self, name: TableName) -> Made:
        """Say whether a table of a name may be made at run time."""
        folded = name.folded
        if any(same_end(parts, folded) for parts in self._exact.get(folded[-1], ())):
            return Made.OF_THIS_NAME
        if any(opening.holds(folded) for opening in self._patterns):
            return Made.OF_THIS_NAME
        return Made.ANY_NAME if any(opening.holds(folded) for opening in self._vague) else Made.NO
