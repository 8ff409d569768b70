"""Doubtful cases of `scalar-subquery-rows`."""

from __future__ import annotations

import pytest

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Statistics, Table, TableName
from leaktight.testing import run
from leaktight_rules.numbers.scalar_subquery_rows import ScalarSubqueryRows

DDL = """
create table settings (id int primary key, currency text);
create table users (id bigint primary key, email text unique, role text);
create table prices (sku text, day date, price numeric, primary key (sku, day));
create table plain (id bigint, name text);
create table tokens (id bigint primary key, user_id bigint, live boolean);
create unique index one_live on tokens (user_id) where live;
create unique index by_lower on tokens (lower(name));
"""


def found(sql: str, dialect: str = "postgres", path: str = "jobs/a.sql") -> int:
    report = run(ScalarSubqueryRows(), {"ddl/t.sql": DDL, path: sql}, reported=path, dialect=dialect)
    return len(report.diagnostics)


@pytest.mark.parametrize(
    "sql",
    [
        "select (select price from prices where sku = 'a') as price",
        "select (select price from prices where sku = 'a' and day > '2026-01-01') as price",
        "select coalesce((select price from prices p where p.sku = x.sku), 0) from x",
        "select id from x where owner = (select id from users where role = 'admin')",
        "update x set owner = (select id from users where role = 'admin')",
        "select (select id from users where id = id) as any_user",
        "select (select id from users where id > 3) as any_user",
        "select id from x where price > (select price from prices where sku = x.sku or day = x.day)",
        "insert into x (owner) select (select id from users where role = 'admin')",
    ],
)
def test_may_give_several_rows(sql: str) -> None:
    assert found(sql) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select (select price from prices where sku = 'a' and day = '2026-01-01') as price",
        "select (select price from prices p where p.sku = x.sku and p.day = x.day) as price from x",
        "select (select max(price) from prices where sku = 'a') as price",
        "select (select count(*) from prices) as prices",
        "select (select price from prices where sku = 'a' order by day desc limit 1) as price",
        "select (select price from prices where sku = 'a' fetch first 1 row only) as price",
        "select (select id from users where email = 'a') as id",
        "select (select id from users where id = $1) as id",
        "select (select id from tokens where user_id = 3 and live) as id",
        "select (select name from plain where name = 'a') as name",
        "select (select name from elsewhere where name = 'a') as name",
        "select id from x where owner in (select id from users where role = 'admin')",
        "select id from x where exists (select 1 from users where role = 'admin')",
        "select id from x where owner = any (select id from users where role = 'admin')",
        "select array(select id from users where role = 'admin') as ids",
        "select (select string_agg(email, ',') from users where role = 'admin') as emails",
        "select (select ctid from users where ctid = '(0,1)') as at",
        "select u.id from (select id from users) u",
        "with u as (select id from users) select id from u",
    ],
)
def test_gives_one_row_or_may_give_many(sql: str) -> None:
    assert found(sql) == 0


def test_a_migration_runs_once() -> None:
    sql = "update x set owner = (select id from users where role = 'admin')"
    assert found(sql, path="migrations/V2__owner.sql") == 0


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ("create table prices (sku text, day date, price numeric, primary key (sku, day));", 1),
        ("create table prices (sku text primary key, price numeric);", 0),
        ("create table archive.prices (sku text primary key, price numeric);", 0),
        ("create table rates (sku text primary key, price numeric);", 1),
    ],
)
def test_another_table_of_that_name_may_be_meant(other: str, count: int) -> None:
    sql = "select (select price from prices where sku = 'a') as price"
    files = {"ddl/t.sql": DDL, "other/t.sql": other, "jobs/a.sql": sql}
    report = run(ScalarSubqueryRows(), files, reported="jobs/a.sql", dialect="postgres")
    assert len(report.diagnostics) == count


@pytest.mark.parametrize(("rows", "count"), [(None, 0), (1, 0), (3, 1)])
def test_a_table_of_one_row(rows: int | None, count: int) -> None:
    table = Table(TableName(("settings",)), statistics=Statistics(rows=rows), complete=False)
    sql = "select id from x where currency = (select currency from settings)"
    report = run(
        ScalarSubqueryRows(),
        {"ddl/t.sql": DDL, "jobs/a.sql": sql},
        reported="jobs/a.sql",
        dialect="postgres",
        declared=(Declaration(table, Origin.CONFIGURATION),),
    )
    assert len(report.diagnostics) == count
