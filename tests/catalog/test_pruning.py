"""What each engine's manual says of predicates on a partition column."""

from __future__ import annotations

import pytest

from leaktight.catalog.pruning import SOURCES, Against, Bound, is_partitioned, verdict
from leaktight.catalog.table import Partitioning, Table, TableName

CONSTANT, QUERY = Against.CONSTANT, Against.QUERY


@pytest.mark.parametrize(
    ("dialect", "expression", "kind", "bound", "prunes"),
    [
        ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT), True),
        ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("DATE",), "date(e.ts)"), True),
        ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("TIMESTAMP_TRUNC",), "timestamp_trunc(ts, hour)", "hour"), True),
        ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("TIMESTAMP_TRUNC",), "timestamp_trunc(ts, month)", "month"), None),
        ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("EXTRACT",), "extract(year from ts)", "year"), False),
        ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("FORMAT_TIMESTAMP",), "format_timestamp('%Y', ts)"), False),
        ("bigquery", "_PARTITIONTIME", "ingestion", Bound("_PARTITIONTIME", CONSTANT, ("DATE",), "date(_partitiontime)"), None),
        ("bigquery", "_PARTITIONTIME", "ingestion", Bound("_PARTITIONTIME", QUERY), False),
        ("bigquery", "RANGE_BUCKET(x, a)", "integer", Bound("x", CONSTANT, ("ADD",), "x + 1"), False),
        ("bigquery", "day", "time", Bound("day", QUERY), False),
        ("postgres", "RANGE (ts)", "range", Bound("ts", CONSTANT), True),
        ("postgres", "RANGE (ts)", "range", Bound("ts", QUERY), True),
        ("postgres", "RANGE (ts)", "range", Bound("ts", Against.PARAMETER), True),
        ("postgres", "RANGE (ts)", "range", Bound("ts", CONSTANT, ("DATE",), "date(ts)"), False),
        ("postgres", "RANGE (date(ts))", "range", Bound("ts", CONSTANT, ("DATE",), "date( ts )"), True),
        ("postgres", "RANGE ((ts::date))", "range", Bound("ts", CONSTANT, ("CAST DATE",), "e.ts::date"), True),
        ("postgres", "RANGE ((ts::date))", "range", Bound("ts", CONSTANT, ("CAST DATE",), "cast(ts as date)"), True),
        ("postgres", "RANGE ((ts::date))", "range", Bound("ts", CONSTANT, ("CAST TEXT",), "ts::text"), False),
        ("postgres", "RANGE ((a + ts::date))", "range", Bound("ts", CONSTANT, ("CAST DATE",), "cast(a + ts as date)"), False),
        ("postgres", "RANGE ((a) + (ts))", "range", Bound("ts", CONSTANT, ("ADD",), "a) + (ts"), False),
        ("mysql", "RANGE (TO_DAYS(ts))", "range", Bound("ts", CONSTANT), True),
        ("mysql", "RANGE (TO_DAYS(ts))", "range", Bound("ts", CONSTANT, ("DATE",), "date(ts)"), False),
        ("mysql", "RANGE (TO_DAYS(ts))", "range", Bound("ts", QUERY), None),
        ("oracle", "RANGE (ts)", "range", Bound("ts", CONSTANT, ("TRUNC",), "trunc(ts)"), False),
        ("tsql", "by_month (ts)", "range", Bound("ts", CONSTANT, ("CAST DATE",), "cast(ts as date)"), None),
        ("tsql", "by_month (ts)", "range", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), False),
        ("snowflake", "dt", "hive", Bound("dt", QUERY), False),
        ("snowflake", "dt", "hive", Bound("dt", CONSTANT, ("TO_DATE",), "to_date(dt)"), None),
        ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT, ("TODATE",), "toDate(ts)"), True),
        ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT, ("FORMATDATETIME",), "formatDateTime(ts, '%Y')"), False),
        ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", QUERY), True),
        ("spark", "(dt)", "hive", Bound("dt", CONSTANT, ("YEAR",), "year(dt)"), True),
        ("spark", "(days(ts))", "transform", Bound("ts", CONSTANT, ("DATE_FORMAT",), "date_format(ts, 'y')"), False),
        ("spark", "(days(ts))", "transform", Bound("ts", CONSTANT, ("CAST DATE",), "cast(ts as date)"), None),
        ("spark", "(dt)", "hive", Bound("dt", QUERY), None),
        ("trino", "dt", "hive", Bound("dt", CONSTANT, ("SUBSTR",), "substr(dt, 1, 4)"), True),
        ("athena", "(day(ts))", "transform", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), None),
        ("redshift", "(dt date)", "hive", Bound("dt", CONSTANT, ("YEAR",), "year(dt)"), None),
        ("", "RANGE (ts)", "range", Bound("ts", CONSTANT, ("DATE",), "date(ts)"), None),
    ],
)  # fmt: skip
def test_verdict(dialect: str, expression: str, kind: str, bound: Bound, prunes: bool | None) -> None:
    answer = verdict(dialect, Partitioning((bound.column,), expression, kind, "day"), bound)
    assert answer.prunes is prunes
    assert bool(answer.reason) is (prunes is False)
    assert (answer.source in SOURCES.values()) is (prunes is False)


def test_a_truncation_prunes_as_far_as_partitions_are_as_fine() -> None:
    monthly = Partitioning(("ts",), "TIMESTAMP_TRUNC(ts, MONTH)", "time", "month")
    assert verdict("bigquery", monthly, Bound("ts", CONSTANT, ("DATE",), "DATE(ts)")).prunes is True


def test_hashed_tables_and_parts_of_tables_are_not_looked_at() -> None:
    ranged = Table(TableName(("t",)), partitioning=Partitioning(("a",), "RANGE (a)", "range"))
    hashed = Table(TableName(("t",)), partitioning=Partitioning(("a",), "HASH (a)", "hash"))
    part = Table(TableName(("t",)), partitioning=Partitioning(("a",), "RANGE (a)", "range"), kind="partition")
    assert is_partitioned(ranged)
    assert not is_partitioned(hashed)
    assert not is_partitioned(part)
    assert not is_partitioned(Table(TableName(("t",))))
