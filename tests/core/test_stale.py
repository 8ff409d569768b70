"""What is remembered of a file never outlives what it rests on: each rule's examples, with their tables and without."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from leaktight import run
from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import Column, Table, TableName
from leaktight.discovery import FileEntry
from leaktight.engine import FileResult, Plan
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


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Report, Report]]:
    monkeypatch.delattr(os, "fork", raising=False)  # one process is enough for so little

    def both(plan: Plan, files: Mapping[str, str]) -> tuple[Report, Report]:
        """Give what is said with what earlier runs remembered, and without."""
        entries = []
        for path, text in sorted(files.items()):
            language = data_language(path)
            assert language is not None
            entries.append(
                FileEntry(path, str(tmp_path / path), language, language_of(path) is not None, True, text.encode())
            )
        cache = ProjectCache(str(tmp_path / "cache"), "1")
        return run.check(entries, plan, jobs=1, cache=cache), run.check(entries, plan, jobs=1)

    return both


def _plan(rule: Rule, dialect: str | None, settings: Mapping[str, Any] = MappingProxyType({})) -> Plan:
    rules = (rule,)
    return Plan(rules_for=lambda _: rules, dialect_for=lambda _: dialect, project=Project(**settings))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_comes_and_goes_in_other_files_is_seen(case: Case, check: Callable[..., tuple[Report, Report]]) -> None:
    path, files = files_of(case)
    plan = _plan(make_rule(case.rule, case.example.options), case.example.dialect, case.example.settings)
    found = 0
    for present in ([path], list(files), [path]):
        remembered, fresh = check(plan, {name: files[name] for name in present})
        assert remembered.diagnostics == fresh.diagnostics
        found += len(remembered.diagnostics)
    assert found


def test_the_place_of_a_table_that_is_shown_is_seen_to_change(check: Callable[..., tuple[Report, Report]]) -> None:
    plan = _plan(make_rule(load_rules()["unknown-table"], {"schemas": ["shop"]}), "postgres")
    files = {"ddl/a.sql": "create table shop.orders (id int);", "q.sql": "delete from shop.refunds where total = 0"}
    check(plan, files)
    remembered, fresh = check(plan, {**files, "ddl/a.sql": f"\n\n{files['ddl/a.sql']}"})
    assert remembered.diagnostics == fresh.diagnostics
    assert remembered.diagnostics[0].related[0].location.start.line == 3


def test_one_cache_may_be_asked_about_two_projects(tmp_path: Path) -> None:
    cache = ProjectCache(str(tmp_path / "cache"), "1")
    first, second = (
        Project(catalog=Catalog([Table(TableName(("orders",)), {"id": Column("id", type=type_)})]))
        for type_ in ("int", "text")
    )
    result = FileResult("a.sql", asked=frozenset({"orders"}))
    cache.put_result("a.sql", "key", result, first)
    assert cache.result("a.sql", "key", first) == result
    assert cache.result("a.sql", "key", second) is None
    assert cache.result("a.sql", "key", first) == result


def test_a_script_of_the_folder_that_empties_a_table_comes_and_goes(
    check: Callable[..., tuple[Report, Report]],
) -> None:
    plan = _plan(make_rule(load_rules()["insert-not-idempotent"], {}), "postgres")
    files = {"jobs/load.sql": "insert into totals (day) select s.day from sales as s where s.day = :day"}
    scripts = (
        "select 1",
        "delete from totals",
        "delete from counts",
        "truncate totals",
        "delete from totals where day = :day",
        "",
    )
    counts = []
    for script in scripts:
        remembered, fresh = check(plan, {**files, **({"jobs/clear.sql": script} if script else {})})
        assert remembered.diagnostics == fresh.diagnostics
        counts.append(len(remembered.diagnostics))
    assert counts == [1, 0, 1, 0, 0, 1]
