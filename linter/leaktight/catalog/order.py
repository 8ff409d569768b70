"""The order in which a project's DDL files are applied: migrations by their chain or numbering, all else before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from leaktight.catalog.chain import Revision, chained
from leaktight.lazy import record, regex

_NUMBER = regex(r"^[vV]?(\d{1,40}(?:[._]\d{1,40})*)(?=[_.-]|$)")
_UNDO_NAME = regex(
    r"\.down\.|^down\.\w+$|^[uU]\d[\w.]*__|(?:^|[_.-])(?:rollback|revert|downgrade|undo)(?:[_.-]|$)", re.IGNORECASE
)
_UNDO_FOLDER = regex(r"(?:^|/)(?:rollbacks?|revert|downgrades?|undo|down)(?:/|$)", re.IGNORECASE)
_REPEATABLE = regex(r"^[rR]__")
_VERSIONED = regex(r"^V\d[\d._]*__")


@record(frozen=True, slots=True)
class Order:
    """Paths in the order that their changes apply in; `homes` has those whose home their path alone does not tell."""

    paths: tuple[str, ...]
    homes: Mapping[str, str] = field(default_factory=dict)

    def home(self, path: str) -> str:
        """Give what tells the tables of one path from those of another; see `home`."""
        found = self.homes.get(path)
        return home(path) if found is None else found


def ordered(paths: Iterable[str], revisions: Mapping[str, Revision] | None = None) -> Order:
    """Give the files with DDL in the order their changes apply, and what makes one home.

    `revisions` are the migrations that name those before them, by path: they stand in the order of their chain. Files
    without a number come first, by path; numbered ones follow by folder, then number (`V2` before `V10`), then path;
    Flyway's repeatable `R__…` are last. A migration that is a numbered folder (`2024…_init/migration.sql`) has that
    folder's number. Undo scripts (`.down.sql`, Flyway's `U1__…`, `rollback/…`) are left out: they are not part of
    what stands.
    """
    chains = chained(revisions or {})

    def key(path: str) -> tuple[int, str, tuple[int, ...], str]:
        position = chains.position.get(path)
        return _key(path) if position is None else (1, position[0], (position[1],), path)

    kept = (path for path in paths if path in chains.position or not (path in chains.left_out or is_undo(path)))
    return Order(tuple(sorted(kept, key=key)), {path: at for path, (at, _) in chains.position.items()})


def in_order(paths: Iterable[str], revisions: Mapping[str, Revision] | None = None) -> list[str]:
    """Give the paths of files with DDL in the order their changes apply; see `ordered`."""
    return list(ordered(paths, revisions).paths)


def is_undo(path: str) -> bool:
    """Say whether a path names a script that takes a migration back."""
    folder, _, name = path.rpartition("/")
    # Flyway applies all that it finds as `V…__…`, whatever the rest of the name says.
    named = _UNDO_NAME.search(name) and not _VERSIONED.match(name)
    return bool(named or _UNDO_FOLDER.search(folder))


def home(path: str) -> str:
    """Give what tells the tables of one path from those of another: the folder of a numbered migration, else the file."""
    folder, _, name = path.rpartition("/")
    if _NUMBER.match(name) or _REPEATABLE.match(name):
        return folder
    around, _, last = folder.rpartition("/")
    return around if _NUMBER.match(last) else path


def _key(path: str) -> tuple[int, str, tuple[int, ...], str]:
    folder, _, name = path.rpartition("/")
    number = _NUMBER.match(name)
    if number is None:
        around, _, last = folder.rpartition("/")
        number = _NUMBER.match(last)
        if number is None:
            return (2 if _REPEATABLE.match(name) else 0, folder, (), name)
        folder, name = around, f"{last}/{name}"
    return (1, folder, tuple(int(part) for part in re.split(r"[._]", number[1])), name)
