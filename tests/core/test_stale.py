"""What is remembered of a file never outlives what it rests on: each rule's examples, with their tables and without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leaktight import run
from leaktight.discovery import FileEntry
from leaktight.engine import Plan
from leaktight.files import data_language, language_of
from leaktight.memory import ProjectCache
from leaktight.operations.project import Project
from leaktight.registry import load_rules, make_rule
from leaktight.report import Report
from leaktight.rule import Bad, EngineRule, Example, Rule
from leaktight.testing import Case, files_of


def _told_elsewhere(rule: type[Rule]) -> list[Example]:
    """Give the bad examples that rest on other files, one for each way in which they tell."""
    found: dict[tuple[object, ...], Example] = {}
    for example in rule.examples:
        if isinstance(example, Bad) and (example.catalog or example.files):
            found.setdefault((bool(example.catalog), *map(data_language, example.files)), example)
    return list(found.values())


CASES = [
    Case(rule, example, number)
    for rule in load_rules().values()
    if not issubclass(rule, EngineRule)
    for number, example in enumerate(_told_elsewhere(rule), 1)
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_comes_and_goes_in_other_files_is_seen(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fork", raising=False)  # one process is enough for so little
    path, files = files_of(case)
    rules = (make_rule(case.rule, case.example.options),)
    plan = Plan(
        rules_for=lambda _: rules,
        dialect_for=lambda _: case.example.dialect,
        project=Project(**case.example.settings),
    )

    def check(present: list[str], cache: ProjectCache | None) -> Report:
        entries = []
        for name in sorted(present):
            language = data_language(name)
            assert language is not None
            place = str(tmp_path / name)
            entries.append(FileEntry(name, place, language, language_of(name) is not None, True, files[name].encode()))
        return run.check(entries, plan, jobs=1, cache=cache)

    found = 0
    for present in ([path], list(files), [path]):
        remembered = check(present, ProjectCache(str(tmp_path / "cache"), "1"))
        assert remembered.diagnostics == check(present, None).diagnostics
        found += len(remembered.diagnostics)
    assert found
