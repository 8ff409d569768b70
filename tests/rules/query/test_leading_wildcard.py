"""Doubtful cases of `leading-wildcard`: keys, joins, tables that are none, and engines without indexes."""

from __future__ import annotations

import json

import pytest

from leaktight.testing import run
from leaktight_rules.query.leading_wildcard import LeadingWildcard

INDEX = "create table customers (id bigint primary key, name text, region text);\ncreate index by_region on customers (region);\n"


def found(
    sql: str, dialect: str | None = "postgres", path: str = "jobs/a.sql", ddl: str = "", *, strict: bool = False
) -> int:
    files = {path: sql} | ({"ddl/t.sql": ddl} if ddl else {})
    return len(run(LeadingWildcard(strict=strict), files, reported=path, dialect=dialect).diagnostics)


@pytest.mark.parametrize(
    ("silent", "loud"),
    [
        ("select id from c where order_id = 7 and name like '%x'", "select id from c where paid = true and name like '%x'"),
        ("select id from c where id in (7, 8) and name like '%x'", "select id from c where is_valid and name like '%x'"),
        ("select id from c where 7 = c.\"orderId\" and name like '%x'", "select id from c where bid = 7 and name like '%x'"),
        ("select id from c where \"orderNo\" = 7 and name like '%x'", "select id from c where casino = 'x' and name like '%x'"),
        ("select c.id from c join o on c.id = o.c_id where c.id = 7 and c.name like '%x'",
         "select c.id from c join o on c.id = o.c_id where c.name like '%x'"),
        ("select c.id from c join o on o.c_id = c.id where c.id = 7 and c.name like '%x'",
         "select c.id from c join o on o.c_id = c.id where c.name like '%x'"),
        ("select c.id from c, o where c.o_id = o.id and c.id = 7 and c.name like '%x'",
         "select c.id from c, o where c.o_id = o.id and o.kind = 7 and c.name like '%x'"),
        ("select c.id from c join o on c.o_id = o.id where o.id = 7 and c.name like '%x'",
         "select c.id from c left join o on c.o_id = o.id and o.id = 7 where c.name like '%x'"),
        ("select table_name from information_schema.tables where table_name like '%_tmp'",
         "select table_name from meta.tables where table_name like '%_tmp'"),
        ("select relname from pg_class where relname like '%_tmp'", "select relname from pgclass where relname like '%_tmp'"),
        ("select t.name from unnest(array['a']) as t(name) where t.name like '%a'",
         "select t.name from names as t(name) where t.name like '%a'"),
        ("select t.name from (values ('a')) as t(name) where t.name like '%a'",
         "select t.name from (select name from t where name like '%a') as t"),
        ("with t as (select 'a' as name) select name from t where name like '%a'",
         "with s as (select 'a' as name) select name from t where name like '%a'"),
        ("select name from c where name not like '%a'", "select name from c where name like '%a'"),
    ],
)  # fmt: skip
def test_rows_that_are_picked_otherwise_or_are_of_no_table(silent: str, loud: str) -> None:
    assert found(silent) == 0
    assert found(loud) == 1


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [("postgres", 1), ("mysql", 1), ("sqlite", 0), ("tsql", 1), ("oracle", 1), ("snowflake", 0), ("bigquery", 0),
     ("trino", 0), ("databricks", 0), ("redshift", 0), ("", 0)],
)  # fmt: skip
def test_engines(dialect: str, expected: int) -> None:
    sql = "select id from customers where name like '%x'"
    assert found(sql, dialect) == expected
    assert found(sql, dialect, strict=True) == 1


def test_a_table_of_sqlite_is_somebody_elses_unless_it_is_declared() -> None:
    declared = "create table customers (id integer primary key, name text);"
    assert found("select id from customers where name like '%x'", "sqlite", ddl=declared) == 1


def test_engines_that_the_catalog_tells() -> None:
    assert found("select id from customers where name like '%x'", None) == 0
    assert found("select id::text from customers where name like '%x'", None) == 0
    assert found("select id from customers where name like '%x'", None, ddl=INDEX) == 1
    assert found("select id from customers where region = 'no' and name like '%x'", None, ddl=INDEX) == 0
    assert found("select id from others where name like '%x'", None, ddl=INDEX) == 0


def test_a_guess_from_the_text_of_a_dbt_model_is_no_evidence() -> None:
    model = "select id::text from {{ ref('customers') }} where name like '%x'"
    assert found(model, None) == 0
    assert found(model, "postgres") == 1


@pytest.mark.parametrize(
    ("driver", "value", "expected"),
    [
        ("import psycopg2", "select id from customers where name like '%x'", 1),
        ("import psycopg2", "select id from customers where tenant = 7 and name like '%x'", 1),
        ("import psycopg2", "select id from customers where tenant_id = {tenant} and name like '%x'", 0),
        ("import snowflake.connector", "select id from customers where name like '%x'", 0),
    ],
)
def test_the_driver_of_a_call(driver: str, value: str, expected: int) -> None:
    code = f'{driver}\n\ndef f(connection, tenant):\n    connection.cursor().execute(f"{value}")\n'
    assert found(code, None, "app.py") == expected


def test_a_column_is_told_once_a_query() -> None:
    assert (
        found("select id from customers where name like '%a' or name like '%b' or lower(name) like '%c'", "postgres")
        == 1
    )
    assert found("select id from customers where name like '%a' or title like '%b'", "postgres") == 2
    assert found("select id from a where name like '%a' union select id from b where name like '%b'", "postgres") == 2


@pytest.mark.parametrize(("path", "strict", "count"), [("a.ipynb", False, 0), ("a.ipynb", True, 1), ("a.py", False, 1)])
def test_notebooks_look_through_whole_tables(path: str, strict: bool, count: int) -> None:
    code = "import psycopg2\ncursor.execute(\"select id from customers where name like '%x'\")\n"
    cell = {"cell_type": "code", "source": code}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}) if "nb" in path else code
    assert found(text, "postgres", path, strict=strict) == count


@pytest.mark.parametrize(("options", "count"), [("", 1), (" with (heap)", 0)])
def test_synapse_has_no_index_for_text(options: str, count: int) -> None:
    ddl = f"create table customers (id int primary key, name nvarchar(80)){options};"
    assert found("select id from customers where name like '%x'", "tsql", ddl=ddl) == count
