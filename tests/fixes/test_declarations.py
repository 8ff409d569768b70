"""A fix of a table's declaration changes the table: the rounds that follow see it as it is by then."""

from __future__ import annotations

from pathlib import Path

import pytest

from leaktight import run
from leaktight.cli.fixing import Fixing, fix_project
from leaktight.cli.project import Asked, open_projects

EVENTS = "create table shop.events (id int64, day date) partition by day;\n"
VISITS = "create table shop.visits (id int64, day date) partition by day;\n"


def fixing(root: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> Fixing:
    (root / "leaktight.yaml").write_text("dialect: bigquery\n")
    for name, text in files.items():
        (root / f"{name}.sql").write_text(text)
    monkeypatch.chdir(root)
    (opened,) = open_projects((), Asked(select=("partition-filter-not-required", "select-star")))
    return fix_project(opened, run.check(opened.entries, opened.plan, jobs=1), unsafe=True, jobs=1)


@pytest.mark.parametrize("text", [EVENTS, EVENTS + VISITS, f"-- {'x' * 300}\n{VISITS}{EVENTS}select 1;\n"])
def test_a_table_is_fixed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    done = fixing(tmp_path, monkeypatch, tables=text)
    assert done.refused == ()
    (settled,) = done.settled
    assert settled.fixed.after == text.replace(" by day", " by day options (require_partition_filter = true)")
    assert len(settled.made) == text.count("create table")
    assert settled.remaining == ()


def test_a_query_is_fixed_by_the_tables_of_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = fixing(
        tmp_path,
        monkeypatch,
        tables=EVENTS,
        query="select e.id from (select * from shop.events) as e where e.id = 7;\n",
    )
    assert done.refused == ()
    assert {settled.source.path for settled in done.settled} >= {"tables.sql"}
    assert all(len(settled.made) == 1 for settled in done.settled)
