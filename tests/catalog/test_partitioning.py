"""PARTITION BY and its kin, dialect by dialect."""

from __future__ import annotations

import pytest
from ddl import changes, created

from leaktight.catalog.change import SetPartitioning


@pytest.mark.parametrize(
    ("dialect", "clause", "columns", "kind", "granularity"),
    [
        ("postgres", "partition by range (ts)", ("ts",), "range", None),
        ("postgres", "partition by list (lower(name))", ("name",), "list", None),
        ("postgres", "partition by hash (id)", ("id",), "hash", None),
        ("postgres", "partition by range (date_trunc('month', ts))", ("ts",), "range", "month"),
        ("bigquery", "partition by date(ts)", ("ts",), "time", "day"),
        ("bigquery", "partition by d", ("d",), "time", "day"),
        ("bigquery", "partition by timestamp_trunc(ts, hour)", ("ts",), "time", "hour"),
        ("bigquery", "partition by date_trunc(d, month)", ("d",), "time", "month"),
        ("bigquery", "partition by datetime_trunc(ts, year) cluster by id", ("ts",), "time", "year"),
        ("bigquery", "partition by _partitiondate", ("_PARTITIONTIME", "_PARTITIONDATE"), "ingestion", "day"),
        ("bigquery", "partition by timestamp_trunc(_partitiontime, hour)", ("_PARTITIONTIME", "_PARTITIONDATE"), "ingestion", "hour"),
        ("bigquery", "partition by range_bucket(id, generate_array(0, 100, 10))", ("id",), "integer", None),
        ("mysql", "partition by range (to_days(ts)) (partition p values less than maxvalue)", ("ts",), "range", "day"),
        ("mysql", "partition by range columns (ts) (partition p values less than ('2024-01-01'))", ("ts",), "range", None),
        ("mysql", "partition by range (year(ts)) (partition p values less than (2024))", ("ts",), "range", "year"),
        ("mysql", "partition by list (id) (partition p values in (1, 2))", ("id",), "list", None),
        ("mysql", "partition by linear key (id) partitions 4", ("id",), "hash", None),
        ("oracle", "partition by range (ts) interval (numtoyminterval(1, 'MONTH')) (partition p values less than (1))", ("ts",), "range", None),
        ("clickhouse", "engine = MergeTree partition by toYYYYMM(ts) order by id", ("ts",), "transform", "month"),
        ("clickhouse", "engine = MergeTree partition by (toDate(ts), name) order by id", ("ts", "name"), "transform", "day"),
        ("spark", "using delta partitioned by (d)", ("d",), "hive", None),
        ("spark", "using iceberg partitioned by (days(ts), bucket(16, id))", ("ts",), "transform", "day"),
        ("databricks", "using iceberg partitioned by (bucket(16, id))", ("id",), "hash", None),
        ("athena", "partitioned by (hour(ts), bucket(16, id)) location 's3://x'", ("ts",), "transform", "hour"),
        ("trino", "with (format = 'ORC', partitioned_by = array['d'])", ("d",), "hive", None),
        ("trino", "with (partitioning = array['month(ts)', 'bucket(id, 16)'])", ("ts",), "transform", "month"),
        ("tsql", "on by_month (ts)", ("ts",), "range", None),
    ],
)  # fmt: skip
def test_partitions(dialect: str, clause: str, columns: tuple[str, ...], kind: str, granularity: str | None) -> None:
    table = created(f"create table s.t (id int, name text, ts timestamp, d date) {clause}", dialect)
    assert table.partitioning is not None
    assert table.partitioning.columns == columns
    assert (table.partitioning.kind, table.partitioning.granularity) == (kind, granularity)
    assert list(table.columns) == ["id", "name", "ts", "d"]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (
            "hive",
            "create external table t (id bigint) partitioned by (dt string, h int) stored as parquet location 'x'",
        ),
        (
            "athena",
            "create external table t (id bigint) partitioned by (dt string, h int) row format serde 'x' location 'y'",
        ),
        ("spark", "create table t (id bigint) using parquet partitioned by (dt string, h int)"),
        (
            "redshift",
            "create external table s.t (id int) partitioned by (dt date, h int) stored as parquet location 'x'",
        ),
    ],
)
def test_typed_partition_columns_are_columns(dialect: str, text: str) -> None:
    table = created(text, dialect)
    assert list(table.columns) == ["id", "dt", "h"]
    assert table.partitioning is not None
    assert (table.partitioning.columns, table.partitioning.kind) == (("dt", "h"), "hive")
    assert table.kind == ("table" if dialect == "spark" else "external")


def test_partition_columns_of_bigquery_external_tables() -> None:
    table = created(
        "create external table d.t (id int64) with partition columns (dt date, h int64) with connection `a.b.c`"
        " options(uris=['gs://x'], require_hive_partition_filter = true)",
        "bigquery",
    )
    assert (list(table.columns), table.kind) == (["id", "dt", "h"], "external")
    assert table.partitioning is not None
    found = table.partitioning
    assert (found.columns, found.kind, found.required, found.granularity) == (("dt", "h"), "hive", True, None)


def test_partition_columns_that_the_folders_tell_are_not_known() -> None:
    table = created("create external table d.t with partition columns options(uris=['gs://x'])", "bigquery")
    assert (table.partitioning, table.complete) == (None, False)


def test_a_filter_on_what_a_generated_partition_column_is_computed_of_counts() -> None:
    table = created(
        "create table t (ts timestamp, d date generated always as (cast(ts as date))) using delta partitioned by (d)",
        "databricks",
    )
    assert table.partitioning is not None
    assert table.partitioning.columns == ("d", "ts")


def test_expression_required_and_place() -> None:
    table = created(
        "create table d.t (ts timestamp)\npartition by date(ts)\noptions (require_partition_filter = true)", "bigquery"
    )
    assert table.partitioning is not None
    assert (table.partitioning.expression, table.partitioning.required) == ("date(ts)", True)
    assert table.partitioning.location is not None
    assert table.partitioning.location.label == "ddl/tables.sql:2"


@pytest.mark.parametrize(
    ("dialect", "text", "columns"),
    [
        ("bigquery", "create table d.t (a int64, b int64) cluster by b, a", ("b", "a")),
        ("snowflake", "create table t (a int, ts timestamp) cluster by (to_date(ts), a)", ("ts", "a")),
        ("redshift", "create table t (a int, b int) diststyle key distkey(a) compound sortkey(b, a)", ("b", "a")),
        ("redshift", "create table t (a int) interleaved sortkey(a)", ("a",)),
        ("redshift", "create table t (a int distkey, b timestamp sortkey)", ("b",)),
        ("databricks", "create table t (a bigint, b bigint) cluster by (a, b)", ("a", "b")),
        ("clickhouse", "create table t (a Int8, b Int8) engine = MergeTree order by (a, b)", ("a", "b")),
    ],
)
def test_clustering(dialect: str, text: str, columns: tuple[str, ...]) -> None:
    clustering = created(text, dialect).clustering
    assert clustering is not None
    assert clustering.columns == columns


def test_clustering_and_partitioning_given_later() -> None:
    (cluster,) = changes("alter table t cluster by (a, b)", "snowflake")
    (sort,) = changes("alter table t alter sortkey (a)", "redshift")
    (required,) = changes("alter table d.t set options (require_partition_filter = true)", "bigquery")
    assert isinstance(cluster, SetPartitioning)
    assert cluster.clustering is not None
    assert cluster.clustering.columns == ("a", "b")
    assert isinstance(sort, SetPartitioning)
    assert sort.clustering is not None
    assert isinstance(required, SetPartitioning)
    assert required.required is True


def test_no_partitioning_in_windows_or_queries() -> None:
    table = created("create table t as select a, row_number() over (partition by a order by b) as n from u", "postgres")
    assert table.partitioning is None
    assert created("create table t (a int) cluster by auto", "databricks").clustering is None
