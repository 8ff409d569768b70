"""What each engine's manual says of predicates on a partition column."""

from __future__ import annotations

import pytest

from leaktight.catalog.pruning import (
    FACTS,
    MANUALS,
    Against,
    Bound,
    cut_of,
    fact_for,
    is_partitioned,
    is_small,
    verdict,
)
from leaktight.catalog.table import Clustering, Partitioning, Statistics, Table, TableName

CONSTANT, PARAMETER, QUERY, COLUMN, VOLATILE = Against

CASES: tuple[tuple[str, str, str, Bound, bool | None], ...] = (
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("DATE",), "date(e.ts)"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("TIMESTAMP_TRUNC",), "timestamp_trunc(ts, hour)", "hour"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("TIMESTAMP_TRUNC",), "timestamp_trunc(ts, month)", "month"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("DATETIME_TRUNC",), "datetime_trunc(ts, month)", "month"), None),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("TIMESTAMP_ADD",), "timestamp_add(ts, interval 1 day)"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("TIMESTAMP_DIFF",), "timestamp_diff(ts, '2025-01-01', day)"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("ADD",), "ts + interval 1 day"), False),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("EXTRACT",), "EXTRACT(YEAR  FROM e.ts)", "year"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("EXTRACT",), "extract(date from ts)"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("EXTRACT",), "extract(month from ts)", "month"), False),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("DATE", "EXTRACT"), "extract(month from date(ts))", "month"), None),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("FORMAT_TIMESTAMP",), "format_timestamp('%Y-%m-%d', ts)"), True),
    ("bigquery", "DATE(ts)", "time", Bound("ts", CONSTANT, ("FORMAT_TIMESTAMP",), "format_timestamp('%Y', ts)"), False),
    ("bigquery", "day", "time", Bound("day", CONSTANT, ("FORMAT_DATE",), "format_date('%F', day)"), False),
    ("bigquery", "_PARTITIONTIME", "ingestion", Bound("_PARTITIONTIME", CONSTANT, ("DATE",), "date(_partitiontime)"), True),
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
    ("oracle", "RANGE (ts)", "range", Bound("ts", CONSTANT, ("TO_DATE",), "to_date(ts)"), None),
    ("tsql", "by_month (ts)", "range", Bound("ts", CONSTANT, ("CAST DATE",), "cast(ts as date)"), None),
    ("tsql", "by_month (ts)", "range", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), False),
    ("snowflake", "dt", "hive", Bound("dt", QUERY), False),
    ("snowflake", "dt", "hive", Bound("dt", CONSTANT, ("TO_DATE",), "to_date(dt)"), None),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT, ("TODATE",), "toDate(ts)"), True),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT, ("FORMATDATETIME",), "formatDateTime(ts, '%Y')"), False),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT, ("TOSTRING",), "toString(ts)"), None),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT, ("TOMONTH",), "toMonth(ts)"), None),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", QUERY), True),
    ("spark", "(dt)", "hive", Bound("dt", CONSTANT, ("YEAR",), "year(dt)"), True),
    ("spark", "(days(ts))", "transform", Bound("ts", CONSTANT, ("DATE_FORMAT",), "date_format(ts, 'y')"), False),
    ("spark", "(days(ts))", "transform", Bound("ts", CONSTANT, ("CAST DATE",), "cast(ts as date)"), None),
    ("spark", "(days(ts))", "transform", Bound("ts", CONSTANT, ("DAYS",), "system.days(ts)"), True),
    ("spark", "(days(ts))", "transform", Bound("ts", CONSTANT, ("MONTHS",), "system.months(ts)"), None),
    ("spark", "(dt)", "hive", Bound("dt", QUERY), None),
    ("trino", "dt", "hive", Bound("dt", CONSTANT, ("SUBSTR",), "substr(dt, 1, 4)"), True),
    ("athena", "(day(ts))", "transform", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), None),
    ("redshift", "(dt date)", "hive", Bound("dt", CONSTANT, ("YEAR",), "year(dt)"), None),
    ("", "RANGE (ts)", "range", Bound("ts", CONSTANT, ("DATE",), "date(ts)"), None),
    ("bigquery", "_TABLE_SUFFIX", "suffix", Bound("_TABLE_SUFFIX", CONSTANT), True),
    ("bigquery", "_TABLE_SUFFIX", "suffix", Bound("_TABLE_SUFFIX", QUERY), False),
    ("bigquery", "_TABLE_SUFFIX", "suffix", Bound("_TABLE_SUFFIX", CONSTANT, ("PARSE_DATE",), "parse_date('%Y', _TABLE_SUFFIX)"), None),
    ("bigquery", "_PARTITIONTIME", "ingestion", Bound("_PARTITIONTIME", CONSTANT, ("ADD",), "_partitiontime + interval 1 day"), None),
    ("bigquery", "RANGE_BUCKET(x, a)", "integer", Bound("x", CONSTANT), True),
    ("bigquery", "day", "time", Bound("day", Against.PARAMETER), True),
    ("bigquery", "day", "time", Bound("day", Against.COLUMN), True),
    ("bigquery", "day", "time", Bound("day", VOLATILE), None),
    ("postgres", "RANGE (ts)", "range", Bound("ts", VOLATILE), False),
    ("postgres", "RANGE (date(ts))", "range", Bound("ts", CONSTANT), False),
    ("postgres", "RANGE (date(ts), region)", "range", Bound("ts", CONSTANT, ("DATE",), "date(ts)"), True),
    ("postgres", "RANGE (region, ts)", "range", Bound("ts", CONSTANT), False),
    ("postgres", "RANGE (region, ts)", "range", Bound("region", CONSTANT), True),
    ("postgres", "LIST (lower(name))", "list", Bound("name", CONSTANT, ("LOWER",), "lower(name)"), True),
    ("postgres", "LIST (lower(name))", "list", Bound("name", CONSTANT), False),
    ("mysql", "RANGE (YEAR(ts))", "range", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), False),
    ("mysql", "RANGE (YEAR(ts))", "range", Bound("ts", CONSTANT), True),
    ("mysql", "RANGE (TO_SECONDS(ts))", "range", Bound("ts", CONSTANT), True),
    ("mysql", "RANGE (UNIX_TIMESTAMP(ts))", "range", Bound("ts", CONSTANT), True),
    ("mysql", "RANGE COLUMNS(ts)", "range", Bound("ts", CONSTANT), True),
    ("mysql", "RANGE (MONTH(ts))", "range", Bound("ts", CONSTANT), False),
    ("mysql", "RANGE (MONTH(ts))", "range", Bound("ts", CONSTANT, equality=True), True),
    ("mysql", "RANGE (id DIV 100)", "range", Bound("id", CONSTANT), None),
    ("mysql", "RANGE (TO_DAYS(ts))", "range", Bound("ts", VOLATILE), None),
    ("oracle", "RANGE (ts)", "range", Bound("ts", CONSTANT), True),
    ("oracle", "RANGE (ts)", "range", Bound("ts", QUERY), True),
    ("tsql", "by_month (ts)", "range", Bound("ts", CONSTANT), True),
    ("tsql", "by_month (ts)", "range", Bound("ts", QUERY), None),
    ("snowflake", "ts", "sorted", Bound("ts", CONSTANT), True),
    ("snowflake", "TO_DATE(ts)", "sorted", Bound("ts", CONSTANT, ("TO_DATE",), "to_date(ts)"), True),
    ("snowflake", "ts", "sorted", Bound("ts", QUERY), False),
    ("snowflake", "ts", "sorted", Bound("ts", VOLATILE), None),
    ("redshift", "ts", "sorted", Bound("ts", CONSTANT), True),
    ("redshift", "ts", "sorted", Bound("ts", CONSTANT, ("TO_CHAR",), "to_char(ts, 'YYYY')"), False),
    ("redshift", "ts", "sorted", Bound("ts", CONSTANT, ("DATE_TRUNC",), "date_trunc('day', ts)"), None),
    ("redshift", "ts", "sorted", Bound("ts", QUERY), None),
    ("redshift", "(dt date)", "hive", Bound("dt", CONSTANT), True),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT), True),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", VOLATILE), None),
    ("clickhouse", "toYYYYMM(ts)", "transform", Bound("ts", CONSTANT, ("INTDIV",), "intDiv(ts, 2)"), None),
    ("clickhouse", "ts", "sorted", Bound("ts", CONSTANT), True),
    ("databricks", "ts", "sorted", Bound("ts", CONSTANT), True),
    ("databricks", "ts", "sorted", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), None),
    ("databricks", "(d)", "hive", Bound("ts", CONSTANT), True),
    ("databricks", "(d)", "hive", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), None),
    ("spark", "(days(ts))", "transform", Bound("ts", CONSTANT), True),
    ("hive", "(dt string)", "hive", Bound("dt", CONSTANT, ("SUBSTR",), "substr(dt, 1, 4)"), True),
    ("hive", "(dt string)", "hive", Bound("dt", QUERY), None),
    ("hive", "(days(ts))", "transform", Bound("ts", CONSTANT), True),
    ("hive", "(days(ts))", "transform", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), None),
    ("trino", "ARRAY['day(ts)']", "transform", Bound("ts", CONSTANT), True),
    ("trino", "ARRAY['day(ts)']", "transform", Bound("ts", CONSTANT, ("YEAR",), "year(ts)"), None),
    ("trino", "dt", "hive", Bound("dt", QUERY), None),
    ("athena", "(dt string)", "hive", Bound("dt", CONSTANT), True),
    ("athena", "(dt string)", "hive", Bound("dt", CONSTANT, ("SUBSTR",), "substr(dt, 1, 4)"), True),
    ("athena", "(dt string)", "hive", Bound("dt", QUERY), None),
    ("", "RANGE (ts)", "range", Bound("ts", CONSTANT), True),
    ("", "RANGE (ts)", "range", Bound("ts", VOLATILE), None),
)  # fmt: skip


@pytest.mark.parametrize(("dialect", "expression", "kind", "bound", "prunes"), CASES)
def test_verdict(dialect: str, expression: str, kind: str, bound: Bound, prunes: bool | None) -> None:
    answer = verdict(dialect, Partitioning((bound.column,), expression, kind, "day"), bound)
    assert answer.prunes is prunes
    assert bool(answer.reason) is (prunes is False)
    assert (answer.source in MANUALS.values()) is (prunes is not None and bool(dialect))


@pytest.mark.parametrize("dialect", FACTS)
def test_each_fact_decides_of_something(dialect: str) -> None:
    """A fact that an earlier one always hides says nothing; dialects that share facts are tried together."""
    decided = {
        fact_for(other, Partitioning((bound.column,), expression, kind, "day"), bound)
        for other, expression, kind, bound, _ in CASES
        if FACTS.get(other) is FACTS[dialect]
    }
    assert [fact for fact in FACTS[dialect] if fact not in decided] == []


def test_every_manual_is_one_that_a_fact_rests_on() -> None:
    assert {fact.manual for facts in FACTS.values() for fact in facts} == set(MANUALS)


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


def test_sorting_counts_where_the_engine_skips_by_it_and_the_table_is_large() -> None:
    huge, little = Statistics(bytes=50_000_000_000), Statistics(bytes=50_000_000)

    def sorted_table(dialect: str, statistics: Statistics | None) -> Table:
        return Table(TableName(("t",)), clustering=Clustering(("a", "b")), dialect=dialect, statistics=statistics)

    for dialect in ("snowflake", "redshift", "databricks", "clickhouse"):
        cut = cut_of(sorted_table(dialect, huge))
        assert cut is not None
        assert (cut.columns, cut.expression, cut.kind) == (("a", "b"), "a, b", "sorted")
        assert cut_of(sorted_table(dialect, little)) is None
        assert cut_of(sorted_table(dialect, None)) is None
        assert cut_of(sorted_table(dialect, None), sorting=True) is not None
        assert cut_of(sorted_table(dialect, Statistics(rows=9)), sorting=True) is None
    assert cut_of(sorted_table("postgres", huge), sorting=True) is None


@pytest.mark.parametrize(
    ("statistics", "small"),
    [
        (None, False),
        (Statistics(), False),
        (Statistics(bytes=9_999_999), True),
        (Statistics(bytes=10_000_000), False),
        (Statistics(rows=9_999), True),
        (Statistics(rows=10_000), False),
        (Statistics(rows=9_999, bytes=10**12), False),
        (Statistics(partitions=1, bytes=10**12), True),
        (Statistics(partitions=2), False),
    ],
)
def test_small(statistics: Statistics | None, small: bool) -> None:
    assert is_small(statistics) is small
