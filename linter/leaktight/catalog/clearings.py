"""Which tables the scripts of a folder empty: a job is often several files that run one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.diagnostics import Location
from leaktight.lazy import record

CLEARED = "\x1e"
"""What a question for what empties a table begins with, in `Catalog.asked`; no name of a table does."""


@record(frozen=True, slots=True)
class Clearing:
    """That a script takes the rows of a table: all of them, or those of a window.

    `key` has the parts of the table's name in lower case, one that is only known at run time as `{schema}`. `given` names what is
    filled in where the window is told (`WHERE day = ${day}`), in order; it is empty where every row goes.
    """

    key: tuple[str, ...]
    location: Location
    given: tuple[str, ...] = ()


class Clearings:
    """Answers for what is emptied, by the folder of the script and the last part of the table's name."""

    def __init__(self, clearings: Iterable[Clearing] = ()) -> None:
        self._found: dict[str, list[Clearing]] = {}
        for one in clearings:
            self._found.setdefault(self.question(one.location.path, one.key[-1]), []).append(one)

    def answer(self, asked: str) -> tuple[Clearing, ...]:
        """Give the clearings that a question asks for."""
        return tuple(self._found.get(asked, ()))

    @staticmethod
    def question(path: str, name: str) -> str:
        """Give the question what empties a table, whose last part is `name` in lower case, in the folder of a file."""
        return f"{CLEARED}{path.rpartition('/')[0]}{CLEARED}{name}"
