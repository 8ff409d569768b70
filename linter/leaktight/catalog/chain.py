"""Migrations that name those that come before them, and the order which that gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush

from leaktight.lazy import record


@record(frozen=True, slots=True)
class Revision:
    """A migration by its own name, and the names of those `after` which and `before` which it runs.

    `replaces` are the migrations that it stands for where they are there as well.
    """

    name: str
    after: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Chains:
    """Where the files of chains stand: for each path its home and its number there; `left_out` are those that others replace."""

    position: Mapping[str, tuple[str, int]]
    left_out: frozenset[str]


def chained(revisions: Mapping[str, Revision]) -> Chains:
    """Give the order of migrations, by their paths.

    The files of a folder are one home, and so are folders of which one's files name another's. A file that names one that is
    not there, or that stands in a circle, keeps its place by its path.
    """
    by_name: dict[str, list[str]] = {}
    for path in sorted(revisions):
        by_name.setdefault(revisions[path].name, []).append(path)
    folders = _Groups()
    instead: dict[str, str] = {}
    for path in sorted(revisions):
        for name in revisions[path].replaces:
            replaced = meant(name, path, by_name)
            if replaced is not None and replaced != path:
                instead.setdefault(replaced, path)
    before: dict[str, set[str]] = {}
    for path in sorted(revisions):
        folders.add(_folder(path))
        found = {parent for name in revisions[path].after if (parent := meant(name, path, by_name)) is not None}
        for parent in found:
            folders.join(_folder(path), _folder(parent))
        before[path] = {instead.get(parent, parent) for parent in found} - {path}
    for path in sorted(revisions):
        for name in revisions[path].before:
            later = meant(name, path, by_name)
            if later is not None:
                folders.join(_folder(path), _folder(later))
                before[later] |= {path} - {later}
    for replaced, path in instead.items():
        before[path] |= {parent for parent in before[replaced] if instead.get(parent) != path} - {path}
    kept = [path for path in sorted(revisions) if path not in instead]
    homes: dict[str, list[str]] = {}
    for path in _sorted(kept, before):
        homes.setdefault(folders.of(_folder(path)), []).append(path)
    position = {path: (home, number) for home, paths in homes.items() for number, path in enumerate(paths)}
    return Chains(position, frozenset(instead))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def meant(name: str, path: str, by_name: Mapping[str, list[str]]) -> str | None:
    """Give the file that has a name, of several the one beside `path`; `by_name` has the paths of each."""
    found = by_name.get(name, ())
    beside = [other for other in found if _folder(other) == _folder(path)]
    found = beside or found
    return found[0] if len(found) == 1 else None


def _sorted(paths: Iterable[str], before: Mapping[str, set[str]]) -> list[str]:
    """Give each path after those that come before it, and otherwise in the order of the paths."""
    paths = list(paths)
    there = set(paths)
    waits = {path: len(before[path] & there) for path in paths}
    after: dict[str, list[str]] = {}
    for path in paths:
        for parent in before[path] & there:
            after.setdefault(parent, []).append(path)
    ready = [path for path in paths if not waits[path]]
    heapify(ready)
    found: list[str] = []
    done: set[str] = set()
    circling = iter(paths)
    while len(found) < len(paths):
        path = heappop(ready) if ready else next(path for path in circling if path not in done)
        if path in done:
            continue
        done.add(path)
        found.append(path)
        for later in after.get(path, ()):
            waits[later] -= 1
            if not waits[later]:
                heappush(ready, later)
    return found


class _Groups:
    """Folders that belong together, called by the first of them."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def add(self, folder: str) -> None:
        self._above.setdefault(folder, folder)

    def of(self, folder: str) -> str:
        while self._above[folder] != folder:
            self._above[folder] = self._above[self._above[folder]]
            folder = self._above[folder]
        return folder

    def join(self, one: str, other: str) -> None:
        self.add(one)
        self.add(other)
        first, second = sorted((self.of(one), self.of(other)))
        self._above[second] = first
