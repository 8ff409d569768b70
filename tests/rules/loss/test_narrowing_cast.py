"""Doubtful cases of `narrowing-cast`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.loss.narrowing_cast import NarrowingCast

DDL = """
create table wide (id bigint, code varchar(40), body text, amount numeric(14, 4), small int, at timestamp);
create table narrow (id int, code varchar(10), body varchar(20), amount numeric(12, 2), small bigint, at date);
"""


def found(sql: str, dialect: str = "postgres", path: str = "jobs/a.sql") -> list[str]:
    report = run(NarrowingCast(), {"ddl/t.sql": DDL, path: sql}, reported=path, dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("select cast(code as varchar(10)) from wide", "cast(code as varchar(10))"),
        ("select code::varchar(10) from wide", "code::varchar(10)"),
        ("select id::int from wide", "id::int"),
        ("select cast(amount as numeric(8, 2)) from wide", "cast(amount as numeric(8, 2))"),
        ("insert into narrow (id) select id from wide", "id"),
        ("insert into narrow (code) select w.code from wide w", "w.code"),
        ("insert into narrow (amount) select amount from wide", "amount"),
        ("insert into narrow (code) select c.x from (select code as x from wide) c", "c.x"),
        ("insert into narrow (code) values ('ok'), ('far too long a code')", "'far too long a code'"),
        ("update narrow set code = 'far too long a code'", "'far too long a code'"),
        ("update narrow n set code = w.code from wide w where w.id = n.id", "w.code"),
        ("insert into narrow (code) select 'far too long a code' from wide", "'far too long a code'"),
    ],
)
def test_what_does_not_fit(sql: str, place: str) -> None:
    assert found(sql) == [place]


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(code as varchar(40)) from wide",
        "select cast(code as text) from wide",
        "select small::bigint from wide",
        "select cast(amount as numeric(12, 2)) from wide",
        "select cast(amount as int) from wide",
        "select at::date from wide",
        "select code::varchar(10) from elsewhere",
        "insert into narrow (small) select small from wide",
        "insert into narrow (body) select body from wide",
        "insert into narrow (at) select at from wide",
        "insert into narrow (code) select left(code, 10) from wide",
        "insert into narrow (code) values ('0123456789')",
        "insert into narrow (code) values ($1)",
        "insert into wide (id, code) select id, code from narrow",
    ],
)
def test_what_fits_or_is_meant(sql: str) -> None:
    assert found(sql) == []


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select safe_cast(code as string(10)) from wide", "bigquery"),
        ("select try_cast(code as varchar(10)) from wide", "snowflake"),
        ("insert ignore into narrow (code) values ('far too long a code')", "mysql"),
    ],
)
def test_a_loss_that_is_expected(sql: str, dialect: str) -> None:
    assert found(sql, dialect) == []


def test_a_migration_may_see_other_columns() -> None:
    sql = "insert into narrow (id) select id from wide"
    assert found(sql) == ["id"]
    assert found(sql, path="migrations/V3__copy.sql") == []
