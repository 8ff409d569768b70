"""Doubtful cases of `narrowing-cast`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.loss.narrowing_cast import NarrowingCast

DDL = """
create table wide (id bigint, code varchar(40), body text, amount numeric(14, 4), small int, at timestamp,
    booked_date timestamp, booked_at timestamp);
create table narrow (id int, code varchar(10), body varchar(20), amount numeric(12, 2), small bigint, at date, day date, points int);
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
        ("insert into narrow (at) select at from wide", "at"),
        ("insert into narrow (at) select w.at from wide w", "w.at"),
        ("update narrow n set at = w.at from wide w where w.id = n.id", "w.at"),
        ("insert into narrow (points) select amount from wide", "amount"),
        ("insert into wide (booked_at) select at::date from wide", "at::date"),
        ("insert into wide (booked_at) select cast(at as date) from wide", "cast(at as date)"),
        ("insert into wide (booked_at) select date(at) from wide", "date(at)"),
        ("update wide set booked_at = at::date", "at::date"),
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
        "insert into narrow (at) select at::date from wide",
        "insert into narrow (at) select date(at) from wide",
        "insert into narrow (day) select at from wide",
        "insert into narrow (at) select booked_date from wide",
        "insert into wide (booked_at) select at::date from wide group by 1",
        "insert into wide (booked_at) select distinct at::date from wide",
        "insert into wide (at) select at::date from narrow",
        "update wide set at = at::date",
        "insert into wide (booked_date) select at::date from wide",
        "insert into wide (at) select date_trunc('day', at) from wide",
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


TIME, PART, WHOLE, TEXT = (
    f"insert into narrow ({to}) select {of} from wide"
    for to, of in (("at", "at"), ("amount", "amount"), ("points", "amount"), ("code", "code"))
)


@pytest.mark.parametrize(
    ("dialect", "sql", "told"),
    [
        ("postgres", TIME, "the time of day is dropped"),
        ("mysql", TIME, "the time of day is dropped"),
        ("snowflake", TIME, "the time of day is dropped"),
        ("databricks", TIME, "the time of day is dropped"),
        ("bigquery", TIME, None),
        ("oracle", TIME, None),
        ("sqlite", TIME, None),
        ("", TIME, None),
        ("postgres", PART, "digits after the point are rounded off"),
        ("bigquery", PART, "digits after the point are rounded off"),
        ("oracle", PART, ""),
        ("sqlite", PART, None),
        ("postgres", WHOLE, "all digits after the point are rounded off"),
        ("tsql", WHOLE, "all digits after the point are dropped"),
        ("bigquery", WHOLE, None),
        ("oracle", WHOLE, None),
        ("postgres", TEXT, ""),
        ("duckdb", TEXT, None),
        ("sqlite", TEXT, None),
        ("duckdb", "select cast(code as varchar(10)) from wide", None),
    ],
)
def test_what_the_engine_makes_of_it(dialect: str, sql: str, told: str | None) -> None:
    report = run(NarrowingCast(), {"ddl/t.sql": DDL, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect=dialect or None)
    assert [one.message.partition(": ")[2] for one in report.diagnostics] == ([told] if told is not None else [])


@pytest.mark.parametrize(
    ("have", "want", "count"),
    [
        ("numeric(38, 12)", "numeric(19, 6)", 0),
        ("numeric(38, 12)", "numeric(12, 2)", 0),
        ("numeric(38, 12)", "numeric(10, 2)", 1),
        ("numeric(37, 12)", "numeric(19, 6)", 1),
    ],
)
def test_as_many_digits_as_there_can_be_say_nothing(have: str, want: str, count: int) -> None:
    files = {"ddl/t.sql": f"create table sales (id bigint, amount {have});"}
    files["jobs/a.sql"] = f"select cast(amount as {want}) from sales"
    assert len(run(NarrowingCast(), files, reported="jobs/a.sql", dialect="tsql").diagnostics) == count
