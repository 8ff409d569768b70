"""Doubtful cases of `no-primary-key`, `naive-timestamp` and `float-money`."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
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
        ("postgres", '"createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP', "TIMESTAMP(3)"),
        ("postgres", '"updatedAt" TIMESTAMP(3) NOT NULL', "TIMESTAMP(3)"),
        ("postgres", '"deletedOn" timestamp', "timestamp"),
        ("tsql", "CreatedAt datetime", "datetime"),
        ("tsql", "created_at datetime2 default getdate()", "datetime2"),
        ("postgres", "outcome_at timestamp", "timestamp"),
        ("postgres", "wallet_created_at timestamp", "timestamp"),
        ("postgres", "shipped timestamp default timezone('Europe/Berlin', now())", "timestamp"),
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
        ("postgres", "format timestamp"),
        ("postgres", "flat timestamp"),
        ("postgres", '"isCombat" timestamp'),
        ("postgres", '"createdAtUtc" timestamp'),
        ("postgres", '"localTime" timestamp default now()'),
        ("postgres", "shipped timestamp default timezone('utc', now())"),
        ("postgres", "created_at timestamp default (now() at time zone 'UTC')"),
        ("tsql", "created_at datetime2 default getutcdate()"),
        ("tsql", "created_at datetime2 default (sysutcdatetime())"),
        ("bigquery", "created_at datetime default current_datetime('UTC')"),
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
    ("dialect", "column", "severity"),
    [
        ("tsql", "CreatedAt datetime2(0) not null", Severity.NOTE),
        ("tsql", "CreatedAt datetime2 default sysdatetimeoffset()", Severity.NOTE),
        ("tsql", "CreatedAt datetime default getdate()", Severity.WARNING),
        ("tsql", "CreatedAt datetime default current_timestamp", Severity.WARNING),
        ("tsql", "CreatedAt datetime2, UpdatedAt datetime2 default sysdatetime()", Severity.WARNING),
        ("postgres", "created_at timestamp not null", Severity.WARNING),
    ],
)
def test_sql_servers_programs_mostly_write_utc(dialect: str, column: str, severity: Severity) -> None:
    sql = f"create table t (id int primary key, {column})"
    report = run(NaiveTimestamp(), {"ddl/tables.sql": sql}, reported="ddl/tables.sql", dialect=dialect)
    assert max(one.severity.value for one in report.diagnostics) == severity.value


@pytest.mark.parametrize(
    ("dialect", "default", "edits"),
    [
        ("postgres", "now()", 1),
        ("postgres", "localtimestamp", 1),
        ("postgres", "null::timestamp without time zone", 1),
        ("postgres", "(now() at time zone 'Europe/Berlin')", 0),
        ("tsql", "getdate()", 0),
        ("tsql", "sysdatetimeoffset()", 1),
        ("bigquery", "current_datetime()", 0),
    ],
)
def test_only_a_hint_where_the_default_would_be_off(dialect: str, default: str, edits: int) -> None:
    kind = {"postgres": "timestamp", "tsql": "datetime2", "bigquery": "datetime"}[dialect]
    sql = f"create table t (id int primary key, created_at {kind} default {default})"
    report = run(NaiveTimestamp(), {"ddl/tables.sql": sql}, reported="ddl/tables.sql", dialect=dialect)
    (diagnostic,) = report.diagnostics
    assert diagnostic.fix is not None
    assert len(diagnostic.fix.edits) == edits


@pytest.mark.parametrize(
    ("dialect", "columns", "types"),
    [
        ("postgres", "unitPrice real", ["real"]),
        ("postgres", "shipping_cost double precision, width double precision", ["double precision"]),
        ("bigquery", "price FLOAT64", ["FLOAT64"]),
        ("tsql", "anything money", ["money"]),
        ("mysql", "tax_amount float(10,2)", ["float(10,2)"]),
        ("postgres", "total real", []),
        ("postgres", "amount real, valueuom text", []),
        ("postgres", "amount real, price real, unit text", ["real"]),
        ("postgres", "price_change_pct real, cost_ratio real, fee_rate real", []),
        ("postgres", "price numeric(12, 2), costume text, taxi real", []),
        ("postgres", "cost_center_count double precision", []),
        ("postgres", "unit_price double precision, unit text, amount double precision", ["double precision"]),
        ("mysql", "fee DOUBLE UNSIGNED, tip_units double unsigned", ["DOUBLE UNSIGNED"]),
        ("mysql", "price double precision unsigned zerofill", ["double precision unsigned zerofill"]),
        ("sqlite", "weight REAL, paid money", ["money"]),
        ("postgres", "fee real, paid money", ["real", "money"]),
        ("postgres", "price real[]", []),
        ("postgres", "usd_per_1000_people double precision", []),
        ("postgres", "cost_in_cents double precision, price_micros real", []),
    ],
)
def test_money(dialect: str, columns: str, types: list[str]) -> None:
    assert found(FloatMoney(), f"create table t (id int, {columns})", dialect) == types


@pytest.mark.parametrize(
    ("columns", "said", "edits"),
    [
        ("fee real, width real", "`fee` is money, and `real`", 1),
        ("fee real, total real", "`fee` and `total` are money, and `real`", 2),
        ("unit_price double precision, amount real", "`unit_price` and `amount` are money, and `double precision`", 2),
        ("unit_price real, unit text, amount real", "`unit_price` is money, and `real`", 1),
        ("paid money, due money", "`money` rounds each division of `paid` and `due`", 2),
    ],
)
def test_money_of_a_table_is_told_together(columns: str, said: str, edits: int) -> None:
    sql = f"create table t (id int, {columns}); create table u (id int, tip real);"
    report = run(FloatMoney(), {"ddl/t.sql": sql}, reported="ddl/t.sql", dialect="postgres")
    (one,) = report.diagnostics
    assert one.message.startswith(said)
    assert one.fix is not None
    assert len(one.fix.edits) == edits


def test_instants_of_a_table_are_told_together() -> None:
    sql = (
        "create table t (id int, created_at timestamp, name text, updated_at timestamp(3));"
        "create table u (created_at timestamp, updated_at timestamp default (now() at time zone 'Europe/Berlin'));"
    )
    zoned = "create table v (id int, created_at timestamptz);"
    report = run(NaiveTimestamp(), {"ddl/t.sql": sql + zoned}, reported="ddl/t.sql", dialect="postgres")
    told = [(one.message.partition(",")[0], len(one.fix.edits) if one.fix else 0) for one in report.diagnostics]
    assert told == [
        ("`created_at` and `updated_at` are instants", 2),
        ("`created_at` is an instant", 1),
        ("`updated_at` is an instant", 0),
    ]
    report = run(NaiveTimestamp(), {"ddl/t.sql": sql}, reported="ddl/t.sql", dialect="postgres")
    first, of_wall = [one.message for one in report.diagnostics]
    assert first.endswith("; the same is so at 1 more place")
    assert of_wall.startswith("`updated_at` is an instant")


def test_added_columns_know_their_table() -> None:
    files = {"orders": "create table orders (id int primary key, currency text)"}
    assert found(FloatMoney(), "alter table orders add column total real", "postgres", "m/002_total.sql", **files) == [
        "real"
    ]
    assert found(FloatMoney(), "alter table other add column total real", "postgres", "m/002_total.sql", **files) == []


@pytest.mark.parametrize(
    ("dialect", "kind", "exact"),
    [
        ("postgres", "real", "decimal(12, 2)"),
        ("mysql", "DOUBLE(10,2) UNSIGNED", "DECIMAL(12, 2) UNSIGNED"),
        ("mysql", "double unsigned", "decimal(12, 2) unsigned"),
        ("bigquery", "FLOAT64", "NUMERIC"),
        ("sqlite", "real", None),
    ],
)
def test_the_exact_type(dialect: str, kind: str, exact: str | None) -> None:
    sql = f"create table t (id int primary key, price {kind} not null)"
    report = run(FloatMoney(), {"ddl/tables.sql": sql}, reported="ddl/tables.sql", dialect=dialect)
    (diagnostic,) = report.diagnostics
    assert diagnostic.fix is not None
    assert [edit.content for edit in diagnostic.fix.edits] == ([exact] if exact is not None else [])
    assert exact is not None or "`INTEGER`" in diagnostic.fix.title


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("create table totals (items bytea, costs bytea)", []),
        ("create table arrived (document jsonb)", []),
        ("create table meta (version int)", []),
        (
            "create table t (a int) partition by list (a); create table p partition of t for values in (1); create unique index i on p (a)",
            [],
        ),
        ("create table meta (version int, name text)", ["meta"]),
        ("create table totals (items bytea, costs int)", ["totals"]),
        ("create table QRTZ_LOCKS (name text); create table batch_job_instance (id int)", []),
        ("create table batch_jobs (id int)", ["batch_jobs"]),
        (
            "create table t (id int); do $$ begin if true then alter table t add primary key (id); end if; end $$;",
            [],
        ),
        ("create table t (id int); do $$ begin alter table t add check (id > 0); end $$;", ["t"]),
    ],
)
def test_tables_that_need_none_or_have_it_from_a_block(sql: str, names: list[str]) -> None:
    assert found(NoPrimaryKey(), sql, "postgres") == names


@pytest.mark.parametrize(
    ("other", "title"),
    [("timestamp(3)", "make them `timestamptz(3)`"), ("timestamp(6)", "make them `timestamptz`")],
)
def test_the_title_speaks_of_all_columns_that_are_changed(other: str, title: str) -> None:
    sql = f"create table t (id int primary key, created_at timestamp(3), updated_at {other});"
    report = run(NaiveTimestamp(), {"ddl/t.sql": sql}, reported="ddl/t.sql", dialect="postgres")
    assert [found.fix.title for found in report.diagnostics if found.fix is not None] == [title]


@pytest.mark.parametrize(("kind", "count"), [("timestamp", 2), ("date", 1)])
def test_where_the_plain_name_is_an_instant_the_project_has_a_way(kind: str, count: int) -> None:
    sql = f"create table d.a (seen {kind}); create table d.b (paid_at datetime); create table d.c (paid_at datetime);"
    assert len(run(NaiveTimestamp(), {"t.sql": sql}, reported="t.sql", dialect="bigquery").diagnostics) == count
