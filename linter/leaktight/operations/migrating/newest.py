"""The newest migrations of a project, as the setting `migrations.start-after` names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leaktight.catalog.chain import Revision, meant
from leaktight.catalog.order import Numbered, is_undo, numbered, written_version
from leaktight.context import path_context
from leaktight.lazy import record
from leaktight.operations.migrating.convention import is_migration

_MANY = 20
"""So many migrations of one folder, or of one chain, are a history that nobody changes any more."""
_MOST_MARKS = 20


@record(frozen=True, slots=True)
class Newest:
    """The `marks` of the newest migrations, each of another folder or end of a chain, and how many migrations there are."""

    marks: tuple[str, ...]
    count: int


def candidates(paths: Iterable[str]) -> list[str]:
    """Give those of some paths that are migrations by their names: no tests, and nothing that takes one back."""
    found = [path for path in paths if is_migration(path) and not is_undo(path)]
    return [path for path in found if not (path_context(path).test or path_context(path).fixture)]


def newest(paths: Iterable[str], revisions: Mapping[str, Revision]) -> Newest | None:
    """Give the newest migrations of those at `paths`; None where there are not many.

    `revisions` are those of them that name the ones before them.
    """
    folders: dict[str, list[Numbered]] = {}
    for path in paths:
        place = numbered(path) if path not in revisions else None
        if place is not None:
            folders.setdefault(place.folder, []).append(place)
    marks = []
    count = len(revisions) if len(revisions) >= _MANY else 0
    if count:
        marks += _ends(revisions)
    for folder, places in sorted(folders.items()):
        if len(places) >= _MANY:
            last = max(places, key=lambda place: (place.number, place.name))
            alone = len(folders) == 1 and not revisions
            marks.append(_number(last) if alone else f"{folder}/{_named(last)}".lstrip("/"))
            count += len(places)
    return Newest(tuple(marks[:_MOST_MARKS]), count) if marks else None


def _ends(revisions: Mapping[str, Revision]) -> list[str]:
    """Give the names of those that none comes after."""
    by_name: dict[str, list[str]] = {}
    for path in sorted(revisions):
        by_name.setdefault(revisions[path].name, []).append(path)
    before = {
        meant(name, path, by_name)
        for path, revision in revisions.items()
        for name in (*revision.after, *revision.replaces)
    }
    return [revisions[path].name for path in sorted(revisions) if path not in before]


def _named(place: Numbered) -> str:
    """Give the name of a migration's file, or of its folder where that has the number."""
    return place.name.split("/", 1)[0]


def _number(place: Numbered) -> str:
    """Give a migration's number as its name has it; the whole name where a date is written with dashes."""
    name = _named(place)
    text = written_version(name) or ""
    rest = name.partition(text)[2]
    return name if rest[:1] == "-" and rest[1:2].isdigit() else text
