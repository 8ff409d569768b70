"""Doubtful cases of `no-primary-key`, `naive-timestamp` and `float-money`."""

from __future__ import annotations

import pytest

from leaktight.rule import Rule
from leaktight.testing import run
from leaktight_rules.schema.float_money import FloatMoney
from leaktight_rules.schema.naive_timestamp import NaiveTimestamp
from leaktight_rules.schema.no_primary_key import NoPrimaryKey


def found(rule: Rule, sql: str, dialect: str, path: str = "ddl/tables.sql", **files: str) -> list[str]:
    everything = {**{f"ddl/{name}.sql": text for name, text in files.items()}, path: sql}
    report = run(rule, everything, reported=path, dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "create table t (a int, b int, primary key (a, b))"),
        ("postgres", "create table t (a int unique)"),
        ("mysql", "create table t (a int, unique key k (a))"),
        ("postgres", "create unlogged table stg_orders (a int); create table orders_tmp (a int); create table raw_events (a int)"),
        ("postgres", "create table t as select 1 as a"),
        ("postgres", "create table t (like u)"),
        ("postgres", "create view t as select a from u"),
        ("postgres", "create foreign table t (a int) server s"),
        ("tsql", "create table #t (a int)"),
        ("clickhouse", "create table t (a Int8) engine = MergeTree order by a"),
        ("snowflake", "create table t (a int)"),
        ("postgres", "create table {{ table }} (a int)"),
    ],
)  # fmt: skip
def test_tables_that_need_no_key_or_have_one(dialect: str, sql: str) -> None:
    assert found(NoPrimaryKey(), sql, dialect) == []


def test_a_key_that_another_file_adds_counts() -> None:
    sql = "create table shop.orders (id int); create table shop.items (id int)"
    assert found(NoPrimaryKey(), sql, "postgres") == ["shop.orders", "shop.items"]
    constraints = "alter table only shop.orders add constraint pk primary key (id)"
    assert found(NoPrimaryKey(), sql, "postgres", a_constraints=constraints) == ["shop.items"]
    assert found(NoPrimaryKey(), sql, "postgres", z_index="create unique index i on shop.items (id)") == ["shop.orders"]


def test_foreign_keys_and_plain_indexes_are_no_keys() -> None:
    sql = "create table t (a int references u (a)); create index i on t (a)"
    assert found(NoPrimaryKey(), sql, "postgres") == ["t"]
    assert found(NoPrimaryKey(), sql, "postgres", "tests/tables.sql") == []


@pytest.mark.parametrize(
    ("dialect", "column", "type_"),
    [
        ("postgres", "updated_at timestamp", "timestamp"),
        ("postgres", "x timestamp(6) default current_timestamp", "timestamp(6)"),
        ("postgres", "created timestamp without time zone", "timestamp without time zone"),
        ("redshift", "event_ts timestamp encode az64", "timestamp"),
        ("snowflake", "loaded_at TIMESTAMP_NTZ(9)", "TIMESTAMP_NTZ(9)"),
        ("tsql", "created_at datetime2(7)", "datetime2(7)"),
        ("trino", "created_at timestamp(6)", "timestamp(6)"),
        ("", "created_at timestamp without time zone", "timestamp without time zone"),
    ],
)
def test_naive(dialect: str, column: str, type_: str) -> None:
    assert found(NaiveTimestamp(), f"create table t (id int primary key, {column})", dialect) == [type_]


@pytest.mark.parametrize(
    ("dialect", "column"),
    [
        ("postgres", "updated_at timestamp with time zone"),
        ("postgres", "created_at date"),
        ("postgres", "created_at_local timestamp"),
        ("postgres", "at_utc timestamp default now()"),
        ("postgres", "birth_ts timestamp"),
        ("postgres", "format text default 'now()'"),
        ("postgres", "status text"),
        ("snowflake", "created_at timestamp_ltz"),
        ("spark", "created_at timestamp"),
        ("mysql", "created_at datetime"),
        ("clickhouse", "created_at DateTime"),
        ("", "created_at timestamp"),
    ],
)
def test_not_naive_or_not_known_to_be(dialect: str, column: str) -> None:
    assert found(NaiveTimestamp(), f"create table t (id int primary key, {column})", dialect) == []


@pytest.mark.parametrize(
    ("dialect", "columns", "types"),
    [
        ("postgres", "unitPrice real", ["real"]),
        ("postgres", "shipping_cost double precision, total double precision", ["double precision"] * 2),
        ("bigquery", "price FLOAT64", ["FLOAT64"]),
        ("tsql", "anything money", ["money"]),
        ("mysql", "tax_amount float(10,2)", ["float(10,2)"]),
        ("postgres", "total real", []),
        ("postgres", "amount real, valueuom text", []),
        ("postgres", "amount real, price real, unit text", ["real"]),
        ("postgres", "price_change_pct real, cost_ratio real, fee_rate real", []),
        ("postgres", "price numeric(12, 2), costume text, taxi real", []),
        ("postgres", "cost_center_count double precision", []),
    ],
)
def test_money(dialect: str, columns: str, types: list[str]) -> None:
    assert found(FloatMoney(), f"create table t (id int, {columns})", dialect) == types


def test_added_columns_know_their_table() -> None:
    files = {"orders": "create table orders (id int primary key, currency text)"}
    assert found(FloatMoney(), "alter table orders add column total real", "postgres", "m/002_total.sql", **files) == [
        "real"
    ]
    assert found(FloatMoney(), "alter table other add column total real", "postgres", "m/002_total.sql", **files) == []
