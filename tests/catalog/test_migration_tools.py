"""What puts the files of each migration tool in order. Where it leads to is told beside all other sources."""

from __future__ import annotations

import re

import pytest
from reading import facts, fixture, project, table


@pytest.mark.parametrize("tool", ["flyway", "flyway_folders", "golang_migrate", "sqitch", "liquibase", "numbered"])
def test_each_history_needs_its_order(tool: str) -> None:
    """In the order of their names, the files lead elsewhere: the fixture tells if what a tool goes by is passed over."""
    files = {path: text for path, text in fixture(f"migrations/{tool}").items() if path.endswith(".sql")}
    catalog = project({f"{number}/plain.sql": files[path] for number, path in enumerate(sorted(files))})
    assert sorted({str(found.name) for found in catalog}) != ["shop.customers", "shop.events", "shop.orders"]


@pytest.mark.parametrize("tool", ["dbmate", "goose", "node_pg_migrate"])
def test_each_history_needs_its_marks(tool: str) -> None:
    files = fixture(f"migrations/{tool}")
    unmarked = {path: re.sub(r"(?m)^--.*(?:[Dd]own).*$", "", text) for path, text in files.items()}
    assert unmarked != files
    assert "shop.scratch" in {str(found.name) for found in project(unmarked)}


def test_a_baseline_sums_up_what_comes_before_it() -> None:
    files = {
        "db/V1__a.sql": "create table t (a int);",
        "db/V2__b.sql": "alter table t add column b int;",
        "db/B2__base.sql": "create table t (a int, b int, base int);",
        "db/V3__c.sql": "alter table t add column c int;",
    }
    assert list(table(project(files), "t").columns) == ["a", "b", "base", "c"]
    del files["db/B2__base.sql"]
    assert list(table(project(files), "t").columns) == ["a", "b", "c"]


def test_versions_of_several_engines_are_histories_of_their_own() -> None:
    files = {
        "db/migration/h2/V1__a.sql": "create table t (a int);",
        "db/migration/pg/V1__a.sql": "create table t (a int, b int);",
        "db/migration/pg/V2__a.sql": "alter table t drop column a;",
    }
    assert [list(found.columns) for found in project(files)] == [["a"], ["b"]]
    files["db/migration/pg/V2__a.sql"] = files.pop("db/migration/pg/V1__a.sql")
    assert [list(found.columns) for found in project(files)] == [["a", "b"]]


@pytest.mark.parametrize(
    ("plan", "tables"),
    [
        ("%project=p\n\na 2024-01-01T00:00:00Z x <x>\nb [a] 2024-01-01T00:00:00Z x <x> # note\n", ["t", "u"]),
        ("+ b 2024\n@v1 2024 # tag\n+ a 2024\n@v2 2024\n- c 2024", ["t", "u"]),
        ("c 2024\nb[c] 2024\na 2024\n", ["t", "u"]),
        ("a 2024\nb 2024\nc 2024\n", ["t"]),
        ("b 2024", ["u"]),
        ("# nothing\n", ["t", "verified"]),
    ],
)
def test_sqitch_goes_by_its_plan(plan: str, tables: list[str]) -> None:
    files = {
        "db/sqitch.plan": plan,
        "db/deploy/a.sql": "create table t (a int);",
        "db/deploy/b.sql": "create table u (a int);",
        "db/deploy/c.sql": "drop table u;",
        "db/revert/a.sql": "drop table t;",
        "db/verify/a.sql": "create table verified (a int);",
    }
    if plan.startswith("#"):
        # A plan without a change owns nothing: its folders are read as any other.
        del files["db/deploy/b.sql"]
    assert sorted(found.name.name for found in project(files)) == tables


def test_a_reworked_change_was_another_at_its_tag() -> None:
    files = {
        "sqitch.plan": "t 2024\n@v0 2024\n@v1 2024\nt [t@v1] 2024\n@v2 2024\nt [t@v2] 2024\n",
        "deploy/t@v1.sql": "create table t (a int, b int);",
        "deploy/t@v2.sql": "alter table t rename column b to c;",
        "deploy/t.sql": "alter table t drop column c;",
    }
    assert list(table(project(files), "t").columns) == ["a"]
    del files["sqitch.plan"]
    assert list(table(project(files), "t").columns) != ["a"]


def test_a_broken_plan_says_where() -> None:
    unread = facts("db/sqitch.plan", "%project=p\na 2024\n<<<<<<< HEAD\n[b] 2024\n").unread
    assert unread is not None
    assert unread.location is not None
    assert unread.location.label == "db/sqitch.plan:4"
    assert "neither a change nor a tag" in unread.reason


LIQUIBASE = """--liquibase formatted sql
--changeset a:1 dbms:"postgresql,mssql"
create table t (a int, b int);
--changeset a:2 dbms:h2
alter table t add h int;
--changeset a:3 dbms:!postgresql
alter table t add o int;
--changeset a:4
--ignoreLines:start
alter table t add i int;
--ignoreLines:end
alter table t add c int;
--rollback alter table t drop column c;
--changeset a:5 ignore:true
alter table t add j int;
--changeset a:6 runOnChange:true
--ignoreLines:1
alter table t add k int;
alter table t drop column b;
--rollback alter table t add b int;
"""


@pytest.mark.parametrize(
    ("dialect", "columns"),
    [("postgres", ["a", "c"]), ("tsql", ["a", "o", "c"]), ("mysql", [])],
)
def test_liquibase_change_sets(dialect: str, columns: list[str]) -> None:
    catalog = project({"db/changes/t.sql": LIQUIBASE}, dialect)
    assert [name for found in catalog.named("t") for name in found.columns] == columns
    plain = LIQUIBASE.replace("--", "-- ").replace("liquibase formatted", "plain")
    everything = ["a", "h", "o", "i", "c", "j", "k"]
    assert list(table(project({"db/changes/t.sql": plain}, dialect), "t").columns) == everything


@pytest.mark.parametrize(
    ("include", "tables"),
    [
        ("- include: {file: z.sql, relativeToChangelogFile: true}\n- include: {file: db/a.sql}", ["t"]),
        ("- include: {file: 'classpath:/db/z.sql'}\n- include: {file: db/a.sql}", ["t"]),
        ("- include: {file: ../db/./z.sql, relativeToChangelogFile: true}\n- include: {file: a.sql}", ["t"]),
        ("- include: {file: a.sql}\n- include: {file: z.sql}", ["old", "t"]),
        ("- includeAll: {path: db}", ["old", "t"]),
        ("- include: {file: inner.yaml}\n- include: {file: a.sql}", ["t"]),
        ("- include: {file: a.sql}\n- include: {file: inner.yaml}", ["old", "t"]),
        ("- changeSet: {id: 1, changes: [{sqlFile: {path: z.sql}}, {sqlFile: {path: a.sql}}]}", ["t"]),
    ],
)
def test_a_changelog_puts_its_files_in_order(include: str, tables: list[str]) -> None:
    files = {
        "src/db/master.yaml": "databaseChangeLog:\n" + include,
        "src/db/inner.yaml": "databaseChangeLog:\n- include: {file: z.sql}",
        "src/db/z.sql": "--liquibase formatted sql\n--changeset a:1\ncreate table t (a int); create table old (a int);",
        "src/db/a.sql": "--liquibase formatted sql\n--changeset a:2\ndrop table old;",
    }
    if "inner" not in include:
        del files["src/db/inner.yaml"]
    assert sorted(found.name.name for found in project(files)) == tables


def test_changelogs_that_include_one_another_end() -> None:
    files = {
        "a.yaml": "databaseChangeLog:\n- include: {file: b.yaml}\n- include: {file: a.yaml}\n- include: {file: a.sql}",
        "b.yaml": "databaseChangeLog:\n- include: {file: a.yaml}\n- include: {file: b.sql}",
        "a.sql": "create table t (a int);",
        "b.sql": "create table u (a int);",
    }
    assert {found.name.name for found in project(files)} == {"t", "u"}


@pytest.mark.parametrize(
    "text",
    [
        "databaseChangeLog:\n- include: {file: [1], x: !!python/object/apply:os.system [a]}",
        "databaseChangeLog:\n- include: {file: ../../../../../../a.sql, relativeToChangelogFile: true}",
        "databaseChangeLog: {include: 3}",
    ],
)
def test_a_strange_changelog_orders_nothing(text: str) -> None:
    read = facts("db/master.yaml", text)
    assert read.unread is None
    assert table(project({"db/master.yaml": text, "db/t.sql": "create table t (a int);"}), "t").columns


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("databaseChangeLog:\n- include: {file: a.sql\nb: c", "not valid YAML"),
        ("databaseChangeLog: &a\n- include: *a\n- *a", "holds itself"),
        ("databaseChangeLog:\n- include: " + "[" * 5000, "nests deeper"),
        ("databaseChangeLog:\n- include: a\n" + "- " * 5000, "nests deeper"),
        ("databaseChangeLog: include\n" + "? " * 5000, "nests deeper"),
        ("databaseChangeLog:\n- include: a\n" + "".join(" " * n + "a:\n" for n in range(300)), "nests deeper"),
    ],
)
def test_a_broken_changelog_says_so(text: str, reason: str) -> None:
    unread = facts("db/master.yaml", text).unread
    assert unread is not None
    assert unread.location is not None
    assert reason in unread.reason
