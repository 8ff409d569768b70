"""A whole project: what is remembered, and that nothing of it changes what is said."""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leaktight import cache as cache_module
from leaktight import engine, run
from leaktight.cache import cache_directory, cache_file, package_stamps, package_version, read_table, write_table
from leaktight.catalog.star import StarNames
from leaktight.diagnostics import Finding
from leaktight.discovery import FileEntry
from leaktight.engine import FileResult, Plan
from leaktight.files import language_of as language_of_name
from leaktight.gathering import project_of
from leaktight.languages.sql.document import SqlDocument
from leaktight.memory import ProjectCache
from leaktight.operations.project import FileFacts, Project
from leaktight.registry import load_rules, make_rule
from leaktight.report import NotAnalysed, Report
from leaktight.rule import Bad, Category, Good, Rule, SqlRule, option
from leaktight.source import Language

FILES: Mapping[str, str] = {
    "ddl/a.sql": "create table shop.a (id bigint, note text);\ncreate table shop.b (id bigint not null, a_id bigint);\n",
    "ddl/c.sql": "create table shop.c (id bigint, n text);\n",
    "q/a.sql": "insert into shop.x (id, n) select * from shop.a where id = NULL;\n",
    "q/b.sql": "select b.id from shop.b where b.a_id not in (select a.id from shop.a);\n",
    "q/c.sql": "insert into shop.x (id, n) select * from shop.c where paid;\n",
    "q/none.sql": "select 1;\nselect from;\n",
    "app.py": 'import psycopg\n\ndef f(cursor, x):\n    cursor.execute(f"insert into shop.x select * from shop.a where id = {x} or id = NULL")\n',
    "plain.py": "print('hello')\n",
    "api/h.ts": "import { Pool } from 'pg';\nconst pool = new Pool();\nexport const f = () => pool.query(`insert into shop.y (id, n) select * from shop.c`);\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEAKTIGHT_CACHE_DIR", str(tmp_path / "cache"))
    project = tmp_path / "project"
    for path, text in FILES.items():
        put(project, path, text)
    return project


def put(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def entries(root: Path, *reported: str) -> list[FileEntry]:
    found = []
    for file in sorted(root.rglob("*.*")):
        path = file.relative_to(root).as_posix()
        language = language_of_name(file.name) or Language.SQL
        found.append(FileEntry(path, str(file), language, reported=not reported or path in reported))
    return found


def all_rules() -> list[Rule]:
    return [make_rule(rule, {}) for rule in load_rules().values()]


def plan(rules: Sequence[Rule] | None = None, **facts: object) -> Plan:
    chosen = all_rules() if rules is None else rules
    return Plan(
        rules_for=lambda path: chosen,
        dialect_for=lambda path: "postgres",
        known_rules=frozenset(load_rules()),
        project=Project(**facts),  # type: ignore[arg-type]
    )


def remembered(root: Path) -> ProjectCache:
    return ProjectCache.of(str(root), load_rules().values())


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that the rules are run on, in this process."""
    seen: list[str] = []
    inspect = run.engine.inspect

    def spy(entry: run.Entry, project: Project, made: Plan) -> FileResult:
        seen.append(entry.path)
        return inspect(entry, project, made)

    monkeypatch.setattr(run.engine, "inspect", spy)
    monkeypatch.setattr(run, "Workers", _Here)
    return seen


class _Here:
    """Works in this process, so that what is done can be seen."""

    def __init__(self, work: Callable[[object], object], **options: Any) -> None:
        self._work = work
        self._later = options.get("later")

    def run(self, items: Sequence[object]) -> list[object]:
        return [self._work(item) for item in items]

    def run_some(self, items: Sequence[object], indexes: Sequence[int]) -> list[object]:
        return [self._work(items[index]) for index in indexes]

    def run_again(self, items: Sequence[object], indexes: Sequence[int], message: object, *, jobs: int) -> list[object]:
        assert self._later is not None
        work = self._later(message)
        return [work(items[index]) for index in indexes]

    def close(self) -> None:
        pass


def test_a_warm_run_says_what_the_cold_one_says(root: Path, worked: list[str]) -> None:
    without = run.check(entries(root), plan())
    cold = run.check(entries(root), plan(), cache=remembered(root))
    worked.clear()
    warm = run.check(entries(root), plan(), cache=remembered(root))
    assert worked == []
    assert without == cold == warm
    assert len({d.rule for d in warm.diagnostics}) >= 4
    assert warm.not_analysed
    assert warm.summary.statements == cold.summary.statements > 8


def test_a_changed_file_is_looked_at_alone(root: Path, worked: list[str]) -> None:
    run.check(entries(root), plan(), cache=remembered(root))
    put(root, "q/none.sql", "select 2;\n")
    worked.clear()
    report = run.check(entries(root), plan(), cache=remembered(root))
    assert worked == ["q/none.sql"]
    assert report == run.check(entries(root), plan())


def test_changed_ddl_concerns_those_who_asked_for_the_table(root: Path, worked: list[str]) -> None:
    before = run.check(entries(root), plan(), cache=remembered(root))
    put(root, "ddl/a.sql", FILES["ddl/a.sql"].replace("shop.a (id bigint", "shop.a (id bigint not null"))
    worked.clear()
    after = run.check(entries(root), plan(), cache=remembered(root))
    assert "ddl/a.sql" in worked
    assert "q/b.sql" in worked
    assert not {"q/c.sql", "q/none.sql", "api/h.ts", "ddl/c.sql"} & set(worked)
    assert after == run.check(entries(root), plan())
    assert after.diagnostics != before.diagnostics


def test_a_comment_in_ddl_concerns_none_but_itself(root: Path, worked: list[str]) -> None:
    run.check(entries(root), plan(), cache=remembered(root))
    put(root, "ddl/c.sql", FILES["ddl/c.sql"] + "-- more\n")
    worked.clear()
    run.check(entries(root), plan(), cache=remembered(root))
    assert worked == ["ddl/c.sql"]


def test_a_table_that_comes_or_goes_concerns_those_who_asked(root: Path, worked: list[str]) -> None:
    put(root, "q/d.sql", "select id from shop.d where id not in (select id from shop.e);\n")
    run.check(entries(root), plan(), cache=remembered(root))
    for change in (lambda: put(root, "ddl/d.sql", "create table shop.e (id bigint);\n"), (root / "ddl/d.sql").unlink):
        change()
        worked.clear()
        report = run.check(entries(root), plan(), cache=remembered(root))
        assert "q/d.sql" in worked
        assert "q/c.sql" not in worked
        assert report == run.check(entries(root), plan())


TEMPLATE = """
Resources:
  StreamsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: streams
      KeySchema:
        - {AttributeName: channel_id, KeyType: HASH}
        - {AttributeName: id, KeyType: RANGE}
  OrdersTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      KeySchema:
        - {AttributeName: id, KeyType: HASH}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          TABLE: !Ref StreamsTable
"""
HANDLER = """
import boto3, os
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
def handler(event, context):
    table.put_item(Item={"channel_id": 1, "id": event["id"]})
    return table.scan()["Items"]
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("KeyType: RANGE", "KeyType: HASH"),
        ("TABLE: !Ref StreamsTable", "TABLE: !Ref OrdersTable"),
        ("TableName: streams", ""),
    ],
)
def test_changed_infrastructure_concerns_those_who_asked(
    root: Path, worked: list[str], before: str, after: str
) -> None:
    put(root, "template.yaml", TEMPLATE)
    put(root, "handler.py", HANDLER)
    run.check(entries(root), plan(), cache=remembered(root))
    put(root, "template.yaml", TEMPLATE.replace(before, after))
    worked.clear()
    report = run.check(entries(root), plan(), cache=remembered(root))
    assert worked == ["handler.py"]
    assert report == run.check(entries(root), plan())


class Countdown(SqlRule):
    """Says its number.

    To see that options count.
    """

    name = "count-down"
    category = Category.LOSS
    examples = (Bad("select 1", options={"number": 2}), Good("-- a"))

    number: int = option(1, "The number.")

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        for statement in sql.statements:
            yield Finding(statement.span, f"number {self.number}")


def test_settings_count(root: Path) -> None:
    def said(made: Plan) -> set[str]:
        return {d.message for d in run.check(entries(root, "q/c.sql"), made, cache=remembered(root)).diagnostics}

    assert said(plan([Countdown()])) == {"number 1"}
    assert said(plan([make_rule(Countdown, {"number": 5})])) == {"number 5"}
    assert said(plan([])) == set()
    assert said(plan([Countdown()])) == {"number 1"}


def test_options_of_one_path_are_not_those_of_another(root: Path) -> None:
    """`rules_for` may make its answer anew for each path: two that live at one address are two all the same."""
    made = replace(plan([]), rules_for=lambda path: [make_rule(Countdown, {"number": len(path)})])
    cache = remembered(root)
    first = run.check(entries(root), made, cache=cache)
    second = run.check(entries(root), made, cache=remembered(root))
    assert first == second == run.check(entries(root), made)
    shifted = replace(made, rules_for=lambda path: [make_rule(Countdown, {"number": len(path) + 1})])
    assert run.check(entries(root), shifted, cache=remembered(root)) == run.check(entries(root), shifted)


def test_facts_of_the_configuration_count(root: Path, worked: list[str]) -> None:
    run.check(entries(root), plan(), cache=remembered(root))
    names = StarNames(facts=("umsatz",))
    for facts in ({"tenant_keys": ("merchant",)}, {"airflow": (2, 4)}, {"shared_tables": ("t",)}, {"star": names}):
        worked.clear()
        run.check(entries(root), plan(**facts), cache=remembered(root))
        assert "q/a.sql" in worked


@pytest.mark.parametrize("facts", [{"tenant_keys": ("merchant",)}, {"airflow": (2, 4)}, {"shared_tables": ("t",)}])
def test_a_changed_file_is_looked_at_alone_whatever_is_configured(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts: dict[str, object]
) -> None:
    """In processes of their own, which share nothing that one of them has worked out."""
    seen = tmp_path / "seen"
    inspect = run.engine.inspect

    def spy(entry: run.Entry, project: Project, made: Plan) -> FileResult:
        with seen.open("a") as file:
            file.write(f"{entry.path}\n")
        return inspect(entry, project, made)

    monkeypatch.setattr(run.engine, "inspect", spy)
    run.check(entries(root), plan(**facts), cache=remembered(root))
    assert len(seen.read_text().splitlines()) > 5
    put(root, "ddl/c.sql", FILES["ddl/c.sql"] + "-- more\n")
    seen.unlink()
    run.check(entries(root), plan(**facts), cache=remembered(root))
    assert seen.read_text() == "ddl/c.sql\n"


def test_what_files_tell_is_taken_from_the_cache_for_fixes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered: list[str] = []
    gather = run.engine.gather

    def spy(entry: run.Entry, made: Plan) -> FileFacts:
        gathered.append(entry.path)
        return gather(entry, made)

    monkeypatch.setattr(run.engine, "gather", spy)
    monkeypatch.setattr(run, "Workers", _Here)
    run.check(entries(root), plan(), cache=remembered(root))
    gathered.clear()
    fresh = project_of(entries(root), plan())
    assert "ddl/a.sql" in gathered
    gathered.clear()
    known = project_of(entries(root), plan(), cache=remembered(root))
    assert gathered == []
    assert sorted(str(table.name) for table in known.catalog) == sorted(str(table.name) for table in fresh.catalog)


def test_the_dialect_counts(root: Path, worked: list[str]) -> None:
    run.check(entries(root), plan(), cache=remembered(root))
    worked.clear()
    run.check(entries(root), replace(plan(), dialect_for=lambda path: "bigquery"), cache=remembered(root))
    assert "q/a.sql" in worked


def cached(root: Path) -> Path:
    return Path(cache_file("project", str(root)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"leaktight-cache-1\n",
        lambda data: b"leaktight-cache-1\n" + bytes(4),
        lambda data: data[: len(data) // 2],
        lambda data: data[:40] + b"\xff" + data[41:],
        lambda data: b"leaktight-cache-0\n" + data[18:],
        lambda data: b"\x80\x04garbage",
        lambda data: data + b"more",
    ],
)
def test_a_damaged_cache_is_an_empty_one(root: Path, worked: list[str], damage: Callable[[bytes], bytes]) -> None:
    first = run.check(entries(root), plan(), cache=remembered(root))
    file = cached(root)
    file.write_bytes(damage(file.read_bytes()))
    worked.clear()
    assert run.check(entries(root), plan(), cache=remembered(root)) == first
    assert "q/a.sql" in worked
    worked.clear()
    run.check(entries(root), plan(), cache=remembered(root))
    assert worked == []


def test_an_entry_that_cannot_be_read_is_a_miss(root: Path) -> None:
    first = run.check(entries(root), plan(), cache=remembered(root))
    file = cached(root)
    table = read_table(str(file))
    for name, value in table.items():
        if name.startswith(("facts ", "result ")):
            table[name] = (*value[:-1], pickle.dumps(("something", "else")) if "a.sql" in name else b"nonsense")
    write_table(str(file), table)
    assert read_table(str(file)) == table
    assert run.check(entries(root), plan(), cache=remembered(root)) == first


def test_the_cache_of_another_version_is_ignored(
    root: Path, worked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.check(entries(root), plan(), cache=ProjectCache(str(cached(root)), "another version"))
    worked.clear()
    first = run.check(entries(root), plan(), cache=remembered(root))
    assert "q/a.sql" in worked
    assert first == run.check(entries(root), plan())
    monkeypatch.setattr("leaktight.__version__", "99.0")
    monkeypatch.setattr(cache_module, "_MAGIC", b"leaktight-cache-9\n")
    assert read_table(str(cached(root))) == {}


@pytest.mark.parametrize("name", ["planted_package", "planted_module"])
def test_the_version_tells_the_code_of_packages_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(tmp_path, "planted_package/__init__.py", "")
    put(tmp_path, "planted_package/deep/a.py", "x = 1\n")
    put(tmp_path, "planted_module.py", "x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module(name)
    first = package_version({name})
    assert first == package_version({name})
    assert first != package_version({"leaktight"})
    put(tmp_path, "planted_package/deep/a.py", "x = 1000\n")
    put(tmp_path, "planted_module.py", "x = 1000\n")
    assert package_version({name}) != first


def test_the_cache_knows_the_parsers(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found, never imported: a warm run would pay for it."""
    put(tmp_path, "planted_parser/__init__.py", "")
    put(tmp_path, "planted_compiled/deep/a.so", "")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(cache_module, "_PARSERS", ("planted_parser", "no_such_parser"))

    def held() -> bool:
        cache = remembered(root)
        held = cache.facts("a.sql", "key") is not None
        cache.put_facts("a.sql", "key", FileFacts())
        cache.save()
        return held

    assert [held(), held()] == [False, True]
    put(tmp_path, "planted_parser/__init__.py", "version = 2\n")
    assert [held(), held()] == [False, True]
    assert "planted_parser" not in sys.modules
    before = package_stamps([str(tmp_path / "planted_compiled")])
    put(tmp_path, "planted_compiled/deep/a.so", "more")
    assert package_stamps([str(tmp_path / "planted_compiled")]) != before


def test_the_cache_is_never_where_the_work_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEAKTIGHT_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    work.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_directory() == str(tmp_path / ".cache" / "leaktight")
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert cache_directory() == str(tmp_path / ".cache" / "leaktight")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory() == str(tmp_path / "xdg" / "leaktight")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", ".")
    private = temporary / f"leaktight-{os.getuid()}"
    assert cache_directory() == str(private)
    assert private.stat().st_mode & 0o777 == 0o700
    write_table(cache_file("project", "x"), {"a": (1,)})
    assert read_table(cache_file("project", "x")) == {"a": (1,)}
    private.chmod(0o755)  # anybody may have put something there
    assert cache_directory() == ""
    assert read_table(cache_file("project", "x")) == {}
    write_table(cache_file("project", "x"), {"a": (2,)})
    private.rename(tmp_path / "elsewhere")
    private.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").chmod(0o700)
    assert cache_directory() == ""
    monkeypatch.setattr(tempfile, "tempdir", str(work))
    assert cache_directory() == ""
    assert not list(work.iterdir())


def test_no_order_of_a_set_is_remembered(root: Path, tmp_path: Path) -> None:
    put(root, "template.yaml", TEMPLATE)
    put(root, "handler.py", HANDLER)
    written = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "leaktight", "check", "--isolated", "--exit-zero"]
        subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, timeout=60)
        written |= {file.read_bytes() for file in (tmp_path / "cache").glob("project-*")}
    assert len(written) == 1


def test_without_a_cache_nothing_is_written(root: Path, tmp_path: Path) -> None:
    run.check(entries(root), plan())
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_no_error(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LEAKTIGHT_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert run.check(entries(root), plan(), cache=remembered(root)) == run.check(entries(root), plan())


def test_files_that_are_gone_are_forgotten(root: Path) -> None:
    run.check(entries(root), plan(), cache=remembered(root))
    (root / "q/a.sql").unlink()
    run.check(entries(root), plan(), cache=remembered(root))
    names = read_table(str(cached(root)))
    assert "result q/c.sql" in names
    assert not any("q/a.sql" in name for name in names)


def test_arguments_choose_what_is_reported_and_nothing_else(root: Path) -> None:
    whole = run.check(entries(root), plan())
    for path in FILES:
        alone = run.check(entries(root, path), plan())
        assert alone.diagnostics == tuple(d for d in whole.diagnostics if d.location.path == path)
        assert alone.not_analysed == tuple(item for item in whole.not_analysed if item.path == path)
    cache = remembered(root)
    run.check(entries(root, "q/a.sql"), plan(), cache=cache)
    assert run.check(entries(root), plan(), cache=remembered(root)) == whole


def test_a_narrow_run_keeps_what_is_remembered_of_the_rest(root: Path, worked: list[str]) -> None:
    run.check(entries(root), plan(), cache=remembered(root))
    run.check(entries(root, "q/a.sql"), plan(), cache=remembered(root))
    worked.clear()
    run.check(entries(root), plan(), cache=remembered(root))
    assert worked == []


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_the_number_of_processes_changes_nothing(root: Path, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_BYTES_FOR_A_WORKER", 1)
    for number in range(40):
        put(root, f"many/{number:02}.sql", f"select * from shop.a where id = NULL and n = {number};\nselect from;\n")
    seen: list[int] = []
    report = run.check(entries(root), plan(), jobs=jobs, progress=lambda done, of: seen.append(done))
    assert report == run.check(entries(root), plan(), jobs=1)
    assert len(seen) > 40


@pytest.mark.parametrize("enough", [1, 10**9])
def test_what_is_kept_between_the_passes_changes_nothing(
    root: Path, enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_BYTES_FOR_A_WORKER", enough)
    put(root, "models/m.sql", "select *, {% if x %} n, {% endif %} id from {{ ref('o') }} where id = NULL\n")
    put(root, "models/o.sql", "with o as (select * from shop.a) select * from o where id = NULL\n")
    put(
        root,
        "ddl/mixed.sql",
        "create view w as select * from shop.a;\nselect id from w where id = NULL;\nselect from;\n",
    )
    put(root, "book.ipynb", '{"cells": [{"cell_type": "code", "source": ["%%sql\\n", "select * from shop.a"]}]}')
    assert run.check(entries(root), plan(), jobs=2) == engine.check(entries(root), plan())


def test_a_process_gets_ready_for_many_only_for_what_is_not_remembered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready: list[str] = []
    monkeypatch.setattr(run, "_BYTES_FOR_A_WORKER", 200)
    monkeypatch.setattr(run.engine, "warm_up", lambda source, plan: ready.append(source.path))
    monkeypatch.setattr(run, "Workers", _Here)
    for number in range(20):
        put(root, f"many/{number:02}.sql", f"create table t{number} (id int, name text);\n")
    run.check(entries(root), plan(), jobs=2, cache=remembered(root))
    assert ready
    ready.clear()
    put(root, "q/a.sql", FILES["q/a.sql"] + "-- more\n")
    run.check(entries(root, "q/a.sql"), plan(), jobs=2, cache=remembered(root))
    assert ready == []


def test_little_work_is_read_once_for_both_passes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class Counted(run.Workers[Any, Any]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            made.append(options.get("later"))
            super().__init__(*arguments, **options)

    monkeypatch.setattr(run, "Workers", Counted)
    run.check(entries(root), plan(rules=[make_rule(load_rules()["select-star"], {})]))
    (later,) = made
    assert later is not None


def test_a_file_that_is_changed_meanwhile_is_judged_as_it_was_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gather = run.Run.gather
    before = run.check(entries(root), plan())

    def late(self: run.Run, *arguments: Any, **options: Any) -> Project:
        put(root, "q/a.sql", "select 1;\n")
        return gather(self, *arguments, **options)

    monkeypatch.setattr(run.Run, "gather", late)
    after = run.check(entries(root), plan())
    assert after.diagnostics == before.diagnostics
    assert "q/a.sql" in {diagnostic.location.path for diagnostic in after.diagnostics}
    assert "q/a.sql" not in after.sources


def test_a_file_that_kills_its_process_costs_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inspect = run.engine.inspect

    def deadly(entry: run.Entry, project: Project, made: Plan) -> FileResult:
        if entry.path == "q/a.sql":
            os._exit(11)
        return inspect(entry, project, made)

    monkeypatch.setattr(run.engine, "inspect", deadly)
    report = run.check(entries(root), plan(), cache=remembered(root))
    assert [(item.path, item.code) for item in report.not_analysed if item.code == "crash"] == [("q/a.sql", "crash")]
    assert {d.location.path for d in report.diagnostics} >= {"q/b.sql", "q/c.sql", "app.py"}
    monkeypatch.setattr(run.engine, "inspect", inspect)
    assert run.check(entries(root), plan(), cache=remembered(root)) == run.check(entries(root), plan())


def test_internal_errors_are_not_remembered(root: Path) -> None:
    class Failing(Countdown, kind=True):
        def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
            raise RuntimeError("planted")

    failing = plan([Failing()])
    assert run.check(entries(root, "q/c.sql"), failing, cache=remembered(root)).internal_errors == 1
    assert "result q/c.sql" not in read_table(str(cached(root)))


def test_what_cannot_be_read_is_said(root: Path) -> None:
    (root / "q/latin.sql").write_bytes(b"select '\xe9'")
    (root / "q/nul.sql").write_bytes(b"select 1\0")
    (root / "q/big.sql").write_bytes(b"select 1;\n" * 250_000)
    report = run.check([*entries(root), FileEntry("q/gone.sql", str(root / "q/gone.sql"), Language.SQL)], plan())
    lost = {item.path: item.code for item in report.not_analysed}
    assert {path: lost[path] for path in ("q/latin.sql", "q/nul.sql", "q/big.sql", "q/gone.sql")} == {
        "q/latin.sql": "encoding", "q/nul.sql": "encoding", "q/big.sql": "size", "q/gone.sql": "unreadable",
    }  # fmt: skip


def test_what_told_the_project_nothing_is_said_though_it_is_not_reported(root: Path, worked: list[str]) -> None:
    template = b"Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n"
    (root / "template.yaml").write_bytes(template + b"#" * 20_500_000)
    (root / "odd.yaml").write_bytes(template + b"# \xe9\n")
    (root / "plain.yaml").write_bytes(b"a: \xe9\n")
    (root / "ddl/latin.sql").write_bytes(b"create table shop.l (id bigint); -- \xe9\n")
    (root / "old.sql").write_bytes(b"select '\xe9'")
    made = entries(root, "q/a.sql")
    made = [replace(entry, in_catalog=entry.path != "old.sql") for entry in made]
    wanted = [("ddl/latin.sql", "encoding"), ("odd.yaml", "encoding")]
    for _ in range(2):  # cold and warm
        report = run.check(made, plan(), cache=remembered(root))
        assert [(item.path, item.code) for item in report.not_analysed] == wanted
        assert report.summary.files == 1
    every = [replace(entry, reported=True) for entry in made]
    assert ("template.yaml", "size") in [(item.path, item.code) for item in run.check(every, plan()).not_analysed]
    read = [entry for entry in made if entry.path in ("q/a.sql", "odd.yaml")]
    assert [(item.path, item.code) for item in engine.check(read, plan()).not_analysed] == wanted[1:2]


def test_a_yaml_file_that_kills_its_process_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "template.yaml", TEMPLATE)
    gather = run.engine.gather

    def deadly(entry: run.Entry, made: Plan) -> FileFacts:
        if entry.path == "template.yaml":
            os._exit(11)
        return gather(entry, made)

    monkeypatch.setattr(run.engine, "gather", deadly)
    report = run.check(entries(root), plan(), cache=remembered(root))
    assert ("template.yaml", "crash") in [(item.path, item.code) for item in report.not_analysed]


def test_what_is_known_to_be_missing_is_in_the_report(root: Path) -> None:
    shut = NotAnalysed("p/shut", "unreadable", "cannot be read: permission denied")
    report = run.check(entries(root), plan(), unread=(shut,))
    assert [item.path for item in report.not_analysed] == ["p/shut", "q/none.sql"]
    assert report.summary == run.check(entries(root), plan()).summary


def test_a_fact_is_plain_data(root: Path) -> None:
    facts = run.engine.gather(entries(root, "ddl/a.sql")[2], plan())
    assert isinstance(facts, FileFacts)
    assert pickle.loads(pickle.dumps(facts)) == facts


def test_reports_compare_whole(root: Path) -> None:
    assert isinstance(run.check([], plan()), Report)
    assert run.check([], plan()) == Report()


MODELS = """from django.db import models

class Ticket(models.Model):
    assignee_id = models.BigIntegerField()
    is_open = models.BooleanField(db_index=True)

    class Meta:
        db_table = "tickets"
"""
VIEWS = """from django.db import connection

def of(who):
    with connection.cursor() as cursor:
        cursor.execute("select id from tickets where assignee_id = %s", [who])

def count(who):
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from tickets where assignee_id = %s", [who])
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_classes_of_an_orm_are_judged_though_no_sql_stands_beside_them(root: Path, jobs: int) -> None:
    put(root, "shop/models.py", MODELS)
    put(root, "shop/views.py", VIEWS)
    put(root, "shop/plain.py", MODELS.replace("models.Model", "Base").replace("from django.db import models", ""))
    report = run.check(entries(root), plan(), jobs=jobs)
    wanted = {"low-cardinality-index", "missing-index"}
    told = {(one.location.path, one.rule) for one in report.diagnostics if one.rule in wanted}
    assert told == {("shop/models.py", rule) for rule in wanted}


def test_a_job_that_takes_what_is_new_is_told_who_updates_the_rows(root: Path) -> None:
    rules = [make_rule(load_rules()["missing-change-column"], {})]
    put(root, "ddl/t.sql", "create table shop.tickets (id bigint, title text, created_at timestamptz);")
    put(root, "etl/load.sql", "insert into dw.tickets select id, title from shop.tickets where created_at > $1;")
    assert not run.check(entries(root), plan(rules), cache=remembered(root)).diagnostics
    put(root, "app/rename.sql", "update shop.tickets set title = $1 where id = $2;")
    for _ in range(2):
        report = run.check(entries(root), plan(rules), cache=remembered(root))
        assert [one.location.path for one in report.diagnostics] == ["etl/load.sql"]
        assert [one.location.path for one in report.diagnostics[0].related] == ["app/rename.sql"]
    (root / "app/rename.sql").unlink()
    assert not run.check(entries(root), plan(rules), cache=remembered(root)).diagnostics
