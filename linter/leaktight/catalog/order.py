"""The order in which a project's DDL files are applied: migrations by number, plan or chain, everything else before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType

from leaktight.catalog.chain import Revision, chained
from leaktight.catalog.plan import Plan, Planned
from leaktight.lazy import record, regex

_NUMBER = regex(r"^[vV]?(\d{1,40}(?:[._]\d{1,40})*)(?=[_.-]|$)")
_UNDO_NAME = regex(
    r"\.down\.|^down\.\w+$|^\d{14}-.*-down\.sql$|^[uU]\d[\w.]*__|"
    r"(?:^|[_.-])(?:rollback|revert|downgrade|undo)(?:[_.-]|$)",
    re.IGNORECASE,
)
"""Names of scripts that take a migration back; `20240131090000-add-carts-down.sql` is db-migrate's."""
_UNDO_FOLDER = regex(r"(?:^|/)(?:rollbacks?(?:_[a-z]+)?|revert|downgrades?|undo|down)(?:/|$)", re.IGNORECASE)
_REPEATABLE = regex(r"^[rR]__")
_FLYWAY = regex(r"^([VB])(\d[\d._]{0,80}?)__")
_FLYWAY_ROOT = regex(r"^(?:.*/)?migrations?(?=/|$)", re.IGNORECASE)


_FOLDER_OF_NUMBERED = 3
"""From so many numbered files on a folder is one of migrations that are told by their numbers."""


@record(frozen=True, slots=True)
class Order:
    """Paths in the order that their changes apply in; `homes` has those whose home their path alone does not tell."""

    paths: tuple[str, ...]
    homes: Mapping[str, str] = field(default_factory=dict)

    def home(self, path: str) -> str:
        """Give what tells the tables of one path from those of another; see `home`."""
        found = self.homes.get(path)
        return home(path) if found is None else found


def ordered(
    paths: Iterable[str], plans: Iterable[Plan] = (), revisions: Mapping[str, Revision] = MappingProxyType({})
) -> Order:
    """Give the files with DDL in the order their changes apply, and what makes one home.

    `revisions` are the migrations that name those before them, by path: they stand in the order of their chain. A plan's
    files stand in its order. Files without a number come first, by path; numbered ones follow by folder, then number
    (`V2` before `V10`), then path; Flyway's repeatable `R__…` are last. A migration that is a numbered folder
    (`2024…_init/migration.sql`) has that folder's number; Flyway's versions count across the folders below one
    `migration`. Undo scripts (`.down.sql`, Flyway's `U1__…`, `rollback/…`) are left out: they are not part of what
    stands; so is what a baseline (`B5__…`) sums up.
    """
    paths = list(paths)
    chains = chained(revisions)
    planned = Planned(plans, paths)
    position = {**planned.position, **chains.position}
    left_out = planned.left_out | chains.left_out
    homes = {path: home for path, (home, _) in position.items()}
    flyway, summed_up = _flyway([path for path in paths if path not in position and path not in left_out])
    homes.update(flyway)
    left_out |= summed_up

    def key(path: str) -> tuple[int, str, tuple[int, ...], str]:
        placed = position.get(path)
        return _key(path, homes.get(path)) if placed is None else (1, placed[0], (placed[1],), path)

    kept = (path for path in paths if path in position or not (path in left_out or is_undo(path)))
    return Order(tuple(sorted(kept, key=key)), homes)


def is_undo(path: str) -> bool:
    """Say whether a path names a script that takes a migration back."""
    folder, _, name = path.rpartition("/")
    # Flyway applies all that it finds as `V…__…`, whatever the rest of the name says.
    named = _UNDO_NAME.search(name) and not _FLYWAY.match(name)
    return bool(named or _UNDO_FOLDER.search(folder))


def home(path: str) -> str:
    """Give what tells the tables of one path from those of another: the folder of a numbered migration, else the file."""
    folder, _, name = path.rpartition("/")
    if _NUMBER.match(name) or _REPEATABLE.match(name) or _FLYWAY.match(name):
        return folder
    around, _, last = folder.rpartition("/")
    return around if _NUMBER.match(last) else path


@record(frozen=True, slots=True)
class Numbered:
    """A migration by its number: the folder that it is counted in, and its name there."""

    folder: str
    number: tuple[int, ...]
    name: str


def numbered(path: str) -> Numbered | None:
    """Give the number of a migration, its file's own or that of its folder; None for a file without one."""
    rank, folder, number, name = _key(path, None)
    return Numbered(folder, number, name) if rank == 1 else None


def among_numbered(paths: Iterable[str]) -> frozenset[str]:
    """Give the SQL files without a number that lie in a folder of numbered ones, or above such folders: no tool runs them.

    Flyway's repeatable `R__…` has none, and is run.
    """
    counts: dict[str, int] = {}
    bare: list[str] = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        if not name.endswith(".sql"):
            continue
        if (placed := numbered(path)) is not None:
            around = (
                folder.rpartition("/")[0] if placed.folder == folder and version_of(folder.rpartition("/")[2]) else ""
            )
            for counted in {placed.folder, around} - {""}:
                counts[counted] = counts.get(counted, 0) + 1
        elif not _REPEATABLE.match(name) and not is_undo(path):
            bare.append(path)
    return frozenset(path for path in bare if counts.get(path.rpartition("/")[0], 0) >= _FOLDER_OF_NUMBERED)


def version_of(name: str) -> tuple[int, ...]:
    """Give the number that a name begins with; empty where it begins with none."""
    number = written_version(name)
    return _version(number) if number is not None else ()


def written_version(name: str) -> str | None:
    """Give the number that a name begins with as it is written there, `0042`, `2_1`; None where it begins with none."""
    flyway = _FLYWAY.match(name)
    return flyway[2] if flyway else _number(name)


def _key(path: str, at: str | None) -> tuple[int, str, tuple[int, ...], str]:
    folder, _, name = path.rpartition("/")
    number = written_version(name)
    if number is None:
        around, _, last = folder.rpartition("/")
        number = _number(last)
        if number is None:
            return (2 if _REPEATABLE.match(name) else 0, folder, (), name)
        folder, name = around, f"{last}/{name}"
    return (1, folder if at is None else at, _version(number), name)


def _number(name: str) -> str | None:
    found = _NUMBER.match(name)
    return found[1] if found else None


def _version(number: str) -> tuple[int, ...]:
    return tuple(int(part[:40]) for part in re.split(r"[._]", number) if part)


def _flyway(paths: Iterable[str]) -> tuple[dict[str, str], set[str]]:
    """Give the home of each of Flyway's files that lie in several folders, and the files that a baseline makes needless.

    Flyway looks for versions in all folders below its root. Where two of them have the same version, they are for
    different engines, and each is a home of its own.
    """
    groups: dict[str, list[tuple[str, tuple[int, ...], str]]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        found = _FLYWAY.match(name)
        if found is not None or _REPEATABLE.match(name):
            above = _FLYWAY_ROOT.match(folder)
            letter, version = (found[1], _version(found[2])) if found is not None else ("R", ())
            groups.setdefault(above[0] if above is not None else folder, []).append((letter, version, path))
    homes: dict[str, str] = {}
    summed_up: set[str] = set()
    for root, files in groups.items():
        versions = [(letter, version) for letter, version, _ in files if letter != "R"]
        parted = len(versions) != len(set(versions))
        by_home: dict[str, list[tuple[str, tuple[int, ...], str]]] = {}
        for file in files:
            at = file[2].rpartition("/")[0] if parted else root
            by_home.setdefault(at, []).append(file)
            if not parted:
                homes[file[2]] = root
        for of_home in by_home.values():
            baseline = max((version for letter, version, _ in of_home if letter == "B"), default=None)
            if baseline is not None:
                summed_up |= {
                    path
                    for letter, version, path in of_home
                    if (letter == "V" and version <= baseline) or (letter == "B" and version < baseline)
                }
    return homes, summed_up
