"""Migrations that have run everywhere: those up to the marks that the configuration names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from leaktight.catalog.chain import Revision, meant
from leaktight.catalog.order import numbered, version_of
from leaktight.lazy import record, regex

_PLAIN = regex(r"^[vV]?\d+(?:[._]\d+)*$")
_A_DATE = 8
"""From so many digits on a number is a date, `20240131` or one with a time, and no counter."""


@record(frozen=True, slots=True)
class Applied:
    """Which migrations have run: `chained` are those that marks name, or that those name as coming before them.

    `exact` are the marks that are the very name of a migration in a chain: its number says nothing. `unknown` are those
    that name no migration.
    """

    marks: tuple[str, ...] = ()
    chained: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Say whether the migration at `path` has run; its number decides where no chain does."""
        if path in self.chained:
            return True
        marks = [mark for mark in self.marks if _PLAIN.match(mark)] if path in self.links else self.marks
        return any(_is_before(path, mark) for mark in marks if not (path in self.links and mark in self.exact))


def applied(marks: tuple[str, ...], paths: Iterable[str], revisions: Mapping[str, Revision]) -> Applied:
    """Give which migrations have run, where `marks` are the last ones: file names, paths, numbers, or names of revisions.

    `paths` are all files of the project, `revisions` the migrations among them that name those before them.
    """
    if not marks:
        return Applied()
    by_name: dict[str, list[str]] = {}
    for path in sorted(revisions):
        by_name.setdefault(revisions[path].name, []).append(path)
    waiting: list[str] = []
    exact: set[str] = set()
    for mark in marks:
        for path in revisions:
            if revisions[path].name == mark:
                exact.add(mark)
                waiting.append(path)
            elif _names(mark, path):
                waiting.append(path)
    chained: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in chained:
            continue
        chained.add(path)
        before = (*revisions[path].after, *revisions[path].replaces)
        waiting += [found for name in before if (found := meant(name, path, by_name)) is not None]
    named = {mark for path in paths for mark in marks if _names(mark, path)}
    unknown = tuple(mark for mark in marks if not (mark in exact or mark in named or _PLAIN.match(mark)))
    return Applied(marks, frozenset(chained), frozenset(revisions), frozenset(exact), unknown)


def _names(mark: str, path: str) -> bool:
    """Say whether a mark names a file: its path, the end of that, or the end without the file's or its folder's rest.

    `orders/migrations/0042_total` names `shop/orders/migrations/0042_total.py`, `20240131_init` its `migration.sql`.
    """
    whole, part = f"/{path}", f"/{mark.lstrip('/')}"
    return whole.endswith(part) or bool(re.search(rf"{re.escape(part)}(?:\.\w+)*(?:/[^/]+)?$", whole))


def _is_before(path: str, mark: str) -> bool:
    """Say whether a file's number is not above that of a mark in the same folder, or of one that names none."""
    placed = numbered(path)
    folder, _, name = mark.lstrip("/").rpartition("/")
    limit = version_of(name)
    if placed is None or not limit or (folder and not f"/{placed.folder}".endswith(f"/{folder}")):
        return False
    number = placed.number
    if len(number) == len(limit) == 1:
        mine, other = str(number[0]), str(limit[0])
        if (len(mine) >= _A_DATE) != (len(other) >= _A_DATE):
            return False
        if len(other) >= _A_DATE:
            number = (int(mine[: len(other)].ljust(len(other), "0")),)
    if number != limit:
        return number < limit
    return bool(_PLAIN.match(name)) or placed.name.startswith(name) or placed.name < name
