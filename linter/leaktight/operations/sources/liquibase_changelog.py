"""Liquibase's changelog in YAML: the order of the SQL files that it includes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from leaktight.catalog.plan import Plan
from leaktight.operations.file import FileView
from leaktight.operations.yaml_documents import documents
from leaktight.operations.yaml_nodes import flag, items, members, text

if TYPE_CHECKING:
    from yaml import Node

_DEEPEST = 40


def read(view: FileView) -> Iterator[Plan]:
    """Yield the changelog's order. Raises `NotAnalysable` where it is no YAML."""
    path = view.source.path
    steps: list[tuple[str, ...]] = []
    for root in documents(view.source):
        for entry in items(members(root).get("databaseChangeLog")):
            said = members(entry)
            steps += _step(path, members(said.get("include")), "file")
            steps += _step(path, members(said.get("includeAll")), "path", folder=True)
            for change in items(members(said.get("changeSet")).get("changes")):
                steps += _step(path, members(members(change).get("sqlFile")), "path")
    if steps:
        yield Plan(path, tuple(steps))


def _step(plan: str, said: Mapping[str, Node], member: str, *, folder: bool = False) -> list[tuple[str, ...]]:
    """Give where a file may lie: beside the changelog, or below a folder that a search path leads to, the nearest first."""
    file = text(said.get(member))
    if not file:
        return []
    parts = [part for part in file.removeprefix("classpath:").replace("\\", "/").split("/") if part not in ("", ".")]
    around = plan.split("/")[:-1]
    starts = [around]
    if not flag(said.get("relativeToChangelogFile")):
        starts = [around[:depth] for depth in range(len(around), -1, -1)]
    found = []
    for start in starts[:_DEEPEST]:
        whole: list[str] = list(start)
        for part in parts:
            if part != "..":
                whole.append(part)
            elif whole:
                whole.pop()
        found.append("/".join(whole) + ("/" if folder else ""))
    return [tuple(found)]
