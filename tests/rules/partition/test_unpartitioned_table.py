"""How large a table must be for `unpartitioned-table`, and what each engine has in place of partitions."""

from __future__ import annotations

import pytest

from leaktight_rules.partition.unpartitioned_table import UnpartitionedTable

PULLED = """
leaktight-catalog: 1
engine: {engine}
tables:
  shop.trips:
    statistics: {{rows: {rows}, bytes: {bytes}}}
    columns:
      id: {{type: BIGINT}}
      rode_on: {{type: DATE}}
"""
SQL = "create table shop.trips (id bigint, rode_on date){};"
BYTES, ROWS = (1_000, 60_000_000_000), (200_000_000, 1_000_000)


@pytest.mark.parametrize(
    ("dialect", "size", "message", "title"),
    [
        (
            "postgres", ROWS, "`shop.trips` is not partitioned by `rode_on` and has 200,000,000 rows",
            "partition by range (rode_on)",
        ),
        (
            "postgres", BYTES, "`shop.trips` is not partitioned by `rode_on` and has 60 GB",
            "partition by range (rode_on)",
        ),
        ("bigquery", ROWS, "`shop.trips` is not partitioned by `rode_on` and has 200,000,000 rows", "partition by rode_on"),
        ("snowflake", BYTES, "`shop.trips` is not clustered by `rode_on` and has 60 GB", "cluster by (rode_on)"),
        ("redshift", BYTES, "`shop.trips` is not sorted by `rode_on` and has 60 GB", "make the sort key (rode_on)"),
        (
            "mysql", BYTES, "`shop.trips` is not partitioned by `rode_on` and has 60 GB",
            "partition by range columns (rode_on)",
        ),
    ],
)  # fmt: skip
def test_large(check, dialect: str, size: tuple[int, int], message: str, title: str) -> None:
    pulled = PULLED.format(engine=dialect, rows=size[0], bytes=size[1])
    (found,) = check(UnpartitionedTable(), SQL.format(""), dialect=dialect, **{"catalog__app.yaml": pulled})
    assert found.message == f"{message}: a query for one day reads them all"
    assert found.fix is not None
    assert found.fix.title == title


@pytest.mark.parametrize(
    ("dialect", "size", "rest"),
    [
        ("postgres", (2_000_000, 1_000_000), ""),
        ("postgres", ROWS, " partition by range (rode_on)"),
        ("snowflake", ROWS, ""),
        ("snowflake", BYTES, " cluster by (rode_on)"),
        ("duckdb", BYTES, ""),
        ("sqlite", BYTES, ""),
    ],
)
def test_small_or_laid_out(check, dialect: str, size: tuple[int, int], rest: str) -> None:
    pulled = PULLED.format(engine=dialect, rows=size[0], bytes=size[1])
    found = check(UnpartitionedTable(), SQL.format(rest), dialect=dialect, **{"catalog__app.yaml": pulled})
    assert found == []


@pytest.mark.parametrize(("name", "found"), [("fact_trips", 1), ("trip_log", 1), ("trips", 0), ("stg_events", 0)])
def test_by_name_if_strict(check, name: str, found: int) -> None:
    sql = f"create table {name} (id bigint, rode_on date);"
    assert len(check(UnpartitionedTable(strict=True), sql)) == found
    assert check(UnpartitionedTable(), sql) == []
