"""Sqitch's plan: the order of the scripts in `deploy/`, each with the tag under which an older version of it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.plan import Plan
from leaktight.lazy import regex
from leaktight.operations.file import FileView
from leaktight.source import NotAnalysable
from leaktight.text import Span

_LINE = regex(r"^[ \t]*(?P<sign>[-+@]?)[ \t]*(?P<name>[^\s@#:\[\]+-][^\s@#:\[\]]*)")
_TAGS = 20
"""How many tags after a change are tried as the end of its older file's name."""


def read(view: FileView) -> Iterator[Plan]:
    """Yield the plan. Raises `NotAnalysable` where a line is neither a change nor a tag."""
    changes: list[tuple[str, int]] = []
    tags: list[str] = []
    start = 0
    for line in view.source.text.split("\n"):
        end = start + len(line)
        code = line.strip()
        if code and code[0] not in "%#":
            found = _LINE.match(line)
            if found is None:
                reason = "this line of the plan is neither a change nor a tag"
                raise NotAnalysable(reason, Span(start, min(end, start + 80)))
            if found["sign"] == "@":
                tags.append(found["name"])
            elif found["sign"] != "-":
                changes.append((found["name"], len(tags)))
        start = end + 1
    folder = view.source.path.rpartition("/")[0]
    top = f"{folder}/" if folder else ""
    yield Plan(
        view.source.path,
        tuple(_steps(f"{top}deploy/", changes, tags)),
        (f"{top}deploy/", f"{top}revert/", f"{top}verify/"),
    )


def _steps(folder: str, changes: list[tuple[str, int]], tags: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield the files of each change: of one that is reworked later, what it was is kept under a tag in between."""
    again: dict[str, int] = {}
    steps: list[tuple[str, ...]] = []
    for name, after in reversed(changes):
        until = again.get(name)
        again[name] = after
        if until is None:
            steps.append((f"{folder}{name}.sql",))
        else:
            kept = tags[after : min(until, after + _TAGS)]
            steps.append(tuple(f"{folder}{name}@{tag}.sql" for tag in kept))
    yield from reversed(steps)
