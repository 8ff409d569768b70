"""Doubtful cases of `no-primary-key`: what a name says, what a type says, and engines that are not known."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.no_primary_key import NoPrimaryKey


def found(sql: str, dialect: str | None = "postgres", path: str = "ddl/tables.sql") -> list[str]:
    report = run(NoPrimaryKey(), {path: sql}, reported=path, dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    "name",
    [
        "stg_orders", "orders_tmp", "orders_tmp2", "staging.orders", "scratch.orders", "raw_orders", "orders_raw",
        "raw.orders", "landing.orders", "tSQLt.runs_of_tests", "orders_bak", "orders_backup", "old_orders", "orders_dump",
    ],
)  # fmt: skip
def test_names_of_tables_that_pass(name: str) -> None:
    assert found(f"create table {name} (id bigint)") == []


@pytest.mark.parametrize(
    "name",
    [
        "raw_material", "raw_materials", "test_results", "load_factor", "temp_readings", "deal_stage_history",
        "dim_old_prices", "threshold", "orders",
    ],
)  # fmt: skip
def test_names_of_tables_that_last(name: str) -> None:
    assert found(f"create table {name} (id bigint)") == [name]


@pytest.mark.parametrize(
    ("dialect", "sql", "names"),
    [
        ("mysql", "create table orders (id serial, total int)", []),
        ("postgres", "create table orders (id serial, total int)", ["orders"]),
        ("mysql", "create table orders (id bigint, total int)", ["orders"]),
        ("sqlite", "create virtual table texts using fts5(title, body)", []),
        ("sqlite", "create table texts (title, body)", ["texts"]),
    ],
)
def test_keys_and_kinds_by_engine(dialect: str, sql: str, names: list[str]) -> None:
    assert found(sql, dialect) == names


def test_a_template_whose_engine_is_not_known() -> None:
    template = "{% macro m(schema) %} create table {{ schema }}.run_log (id bigint) {% endmacro %}"
    assert found(template, None, "macros/m.sql") == []
    assert found(template, "postgres", "macros/m.sql") == ["run_log"]
    assert found("create table shop.run_log (id bigint)", None) == ["shop.run_log"]


def test_a_table_that_code_names_for_an_engine_that_is_not_known() -> None:
    code = 'def make(cursor, schema):\n    cursor.execute(f"create table {schema}.run_log (id bigint)")\n'
    assert found(code, None, "jobs/a.py") == []
    assert len(found(f"import psycopg2\n{code}", None, "jobs/a.py")) == 1


@pytest.mark.parametrize(
    ("names", "count"), [(["test_a", "test_b"], 0), (["test_a", "orders"], 2), (["test_results"], 1)]
)
def test_a_script_of_test_tables_sets_a_test_up(names: list[str], count: int) -> None:
    sql = "".join(f"create table {name} (id int);\n" for name in names)
    assert (
        len(run(NoPrimaryKey(), {"scripts/a.sql": sql}, reported="scripts/a.sql", dialect="postgres").diagnostics)
        == count
    )


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("drop table if exists picked; create table picked (id int, x text);", 0),
        ("drop table if exists other; create table picked (id int, x text);", 1),
        ("create table picked (id int, x text); drop table if exists others;", 1),
    ],
)
def test_a_table_that_each_run_builds_anew(sql: str, count: int) -> None:
    assert (
        len(run(NoPrimaryKey(), {"build/a.sql": sql}, reported="build/a.sql", dialect="postgres").diagnostics) == count
    )
    host = f"def build(cursor):\n    cursor.execute('{sql.split(';')[0]}')\n    cursor.execute('{sql.split(';')[1].strip()}')\n"
    assert (
        len(run(NoPrimaryKey(), {"a.py": "import psycopg2\n" + host}, reported="a.py", dialect="postgres").diagnostics)
        == count
    )


@pytest.mark.parametrize(
    ("dialect", "columns", "told"),
    [
        ("tsql", "at datetime2 default sysutcdatetime(), message nvarchar(max)", False),
        ("mysql", "at datetime default current_timestamp, message text", False),
        ("tsql", "at datetime2, message nvarchar(max)", True),
        ("tsql", "at datetime2 default sysutcdatetime(), message nvarchar(200)", True),
        ("postgres", "at timestamptz default now(), message text", True),
    ],
)
def test_tables_that_no_key_could_be_made_of(dialect: str, columns: str, told: bool) -> None:
    assert bool(found(f"create table progress ({columns})", dialect)) == told


def test_synapse_enforces_no_key() -> None:
    ddl = "create table sales.orders (id int, total decimal(12, 2))"
    assert found(ddl, "tsql") == ["sales.orders"]
    assert found(f"{ddl} with (distribution = hash (id))", "tsql") == []
