"""Which partitions `partition-too-fine` takes for too small, engine by engine."""

from __future__ import annotations

import pytest

from leaktight_rules.partition.partition_too_fine import PartitionTooFine

CLICKHOUSE = "create table e (id UInt64, user_id UInt64, ts DateTime) engine = MergeTree partition by {} order by id;"


@pytest.mark.parametrize(
    ("dialect", "sql", "named"),
    [
        ("clickhouse", CLICKHOUSE.format("ts"), "ts"),
        ("clickhouse", CLICKHOUSE.format("user_id"), "user_id"),
        ("clickhouse", CLICKHOUSE.format("(user_id, toYYYYMM(ts))"), "user_id"),
        ("clickhouse", CLICKHOUSE.format("(toYYYYMM(ts), user_id)"), "user_id"),
        ("clickhouse", CLICKHOUSE.format("token").replace("id UInt64", "token UUID"), "token"),
        ("hive", "create table e (id bigint) partitioned by (dt string, event_ts timestamp)", "event_ts"),
        ("athena", "create external table e (id bigint) partitioned by (user_id string) location 's3://x'", "user_id"),
    ],
)
def test_one_for_each(check, dialect: str, sql: str, named: str) -> None:
    (found,) = check(PartitionTooFine(), sql, dialect=dialect)
    assert found.message in {
        f"a partition for each `{named}`: most hold a few rows",
        f"a partition for each moment of `{named}`: most hold a few rows",
    }


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("clickhouse", CLICKHOUSE.format("toYYYYMM(ts)")),
        ("clickhouse", CLICKHOUSE.format("(toYYYYMM(ts), user_id % 16)")),
        ("hive", "create table e (id bigint) partitioned by (dt string, region string)"),
        ("spark", "create table e (ts timestamp, user_id string) using iceberg partitioned by (hours(ts), truncate(4, user_id))"),
        ("bigquery", "create table d.e (ts timestamp) partition by timestamp_trunc(ts, hour)"),
        ("postgres", "create table e (user_id bigint) partition by list (user_id)"),
    ],
)  # fmt: skip
def test_coarse_enough(check, dialect: str, sql: str) -> None:
    assert check(PartitionTooFine(), sql, dialect=dialect) == []


PULLED = """
leaktight-catalog: 1
engine: bigquery
tables:
  d.e:
    statistics: {{bytes: {bytes}, partitions: {partitions}}}
    columns:
      on_day: {{type: DATE}}
"""


@pytest.mark.parametrize(
    ("size", "partitions", "message"),
    [
        (4_000_000_000, 2_000, "2,000 partitions of about 2.0 MB each"),
        (900_000_000_000, 12_000, "12,000 partitions of about 75.0 MB each"),
        (900_000_000_000, 2_000, None),
        (4_000_000, 20, None),
    ],
)
def test_by_statistics(check, size: int, partitions: int, message: str | None) -> None:
    pulled = PULLED.format(bytes=size, partitions=partitions)
    sql = "create table d.e (on_day date) partition by on_day"
    found = check(PartitionTooFine(), sql, dialect="bigquery", **{"catalog__app.yaml": pulled})
    assert [one.message for one in found] == ([message] if message else [])


@pytest.mark.parametrize(("column", "found"), [("customer_id", 1), ("day", 0)])
def test_a_model_of_dbt(check, column: str, found: int) -> None:
    text = f"{{{{ config(materialized='incremental', partition_by=['{column}']) }}}}\nselect day, customer_id, 1 as n"
    files = {"dbt_project.yml": "name: shop\n"}
    assert len(check(PartitionTooFine(), text, path="models/e.sql", dialect="spark", **files)) == found
