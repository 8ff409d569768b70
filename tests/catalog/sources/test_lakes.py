"""DDL of Spark, Delta, Iceberg and Hive."""

from __future__ import annotations

import pytest
import reading
from ddl import created
from reading import column, fixture, project, shapes

from leaktight.catalog.table import Table


def shop(folder: str, dialect: str) -> dict[str, Table]:
    catalog = project(fixture(f"spark/{folder}"), dialect)
    return {table.name.folded[-1]: table for table in catalog}


def test_keys_of_lakes_are_promises() -> None:
    for folder, dialect in (("delta", "databricks"), ("iceberg", "spark")):
        found = [key for table in shop(folder, dialect).values() for key in table.keys]
        assert found
        assert not any(key.enforced for key in found)
    assert {table.kind for table in shop("hive", "hive").values()} == {"external"}


def test_a_generated_column_of_delta_is_cut_by_what_it_is_made_of() -> None:
    text = (
        "CREATE TABLE t (seen TIMESTAMP COMMENT 'when', day DATE GENERATED ALWAYS AS (CAST(seen AS DATE))) USING DELTA "
        "PARTITIONED BY (day)"
    )
    found = created(text, "databricks")
    assert (column(found, "day").generated, column(found, "seen").comment) == (True, "when")
    assert found.partitioning is not None
    assert found.partitioning.columns == ("day", "seen")


def test_columns_of_hive_that_come_and_go() -> None:
    text = """CREATE EXTERNAL TABLE orders (`id` BIGINT, old DOUBLE) COMMENT 'x'
    PARTITIONED BY (dt STRING COMMENT 'the day, as in 2024-01-31', region STRING) STORED AS PARQUET;
    ALTER TABLE orders REPLACE COLUMNS (id BIGINT, total DECIMAL(12, 2));
    ALTER TABLE orders ADD IF NOT EXISTS PARTITION (dt = '2024-01-31', region = 'eu') LOCATION 's3://shop/x/';"""
    orders = reading.table(project({"a.sql": text}, "hive"), "orders")
    assert shapes(orders) == {
        "id": ("BIGINT", True), "total": ("NUMERIC(12,2)", True), "dt": ("STRING", True), "region": ("STRING", True),
    }  # fmt: skip
    assert orders.partitioning is not None
    assert (orders.partitioning.columns, orders.partitioning.kind) == (("dt", "region"), "hive")
    assert column(orders, "dt").comment == "the day, as in 2024-01-31"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET IDENTIFIER FIELDS a", ("a",)),
        ("SET IDENTIFIER FIELDS a, b", ("a", "b")),
        ("SET IDENTIFIER FIELDS a; ALTER TABLE t SET IDENTIFIER FIELDS b", ("b",)),
        ("SET IDENTIFIER FIELDS a, b; ALTER TABLE t DROP IDENTIFIER FIELDS b", None),
        ("SET IDENTIFIER FIELDS a, c.d", None),
        ("SET IDENTIFIER FIELDS", None),
        ("SET TBLPROPERTIES ('identifier' = 'a')", None),
    ],
)
def test_identifier_fields(text: str, expected: tuple[str, ...] | None) -> None:
    found = reading.table(project({"a.sql": f"{TABLE}; ALTER TABLE t {text}"}, "spark"), "t")
    key = found.primary_key
    assert (key.columns if key is not None else None) == expected
    assert key is None or not key.enforced


TABLE = "CREATE TABLE t (a BIGINT, b STRING, ts TIMESTAMP) USING iceberg"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{TABLE}; ALTER TABLE t ADD PARTITION FIELD days(ts)", (("ts",), "(days(ts))", "transform", "day")),
        (f"{TABLE}; ALTER TABLE t ADD PARTITION FIELD b", (("b",), "(b)", "hive", None)),
        (f"{TABLE} PARTITIONED BY (b); ALTER TABLE t ADD PARTITION FIELD month(ts)", (("b", "ts"), "(b, month(ts))", "transform", "month")),
        (f"{TABLE} PARTITIONED BY (days(ts)); ALTER TABLE t ADD PARTITION FIELD days(ts)", (("ts",), "(days(ts))", "transform", "day")),
        (f"{TABLE} PARTITIONED BY (days(ts), bucket(16, a)); ALTER TABLE t DROP PARTITION FIELD days(ts)", (("a",), "(bucket(16, a))", "hash", None)),
        (f"{TABLE} PARTITIONED BY (days(ts), b); ALTER TABLE t DROP PARTITION FIELD ts_day", (("b",), "(b)", "hive", None)),
        (f"{TABLE} PARTITIONED BY (days(ts), b); ALTER TABLE t DROP PARTITION FIELD shard", (("ts", "b"), "(days(ts), b)", "transform", "day")),
        (f"{TABLE} PARTITIONED BY (days(ts)); ALTER TABLE t DROP PARTITION FIELD DAYS( ts )", None),
        (f"{TABLE} PARTITIONED BY (days(ts)); ALTER TABLE t REPLACE PARTITION FIELD ts_day WITH hours(ts) AS hr", (("ts",), "(hours(ts))", "transform", "hour")),
        (f"{TABLE} PARTITIONED BY (days(ts)); ALTER TABLE t REPLACE PARTITION FIELD ts_day", (("ts",), "(days(ts))", "transform", "day")),
        (f"{TABLE}; ALTER TABLE t ADD PARTITION FIELD", None),
        (f"{TABLE} PARTITIONED BY (b); ALTER TABLE t DROP PARTITION (b = 'x')", (("b",), "(b)", "hive", None)),
    ],
)  # fmt: skip
def test_partition_fields(text: str, expected: object) -> None:
    cut = reading.table(project({"a.sql": text}, "spark"), "t").partitioning
    assert (None if cut is None else (cut.columns, cut.expression, cut.kind, cut.granularity)) == expected


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("databricks", "CREATE TABLE t (a INT) CLUSTER BY (a); ALTER TABLE t CLUSTER BY NONE", None),
        ("databricks", "CREATE TABLE t (a INT, b INT) CLUSTER BY (a); ALTER TABLE t CLUSTER BY (b)", ("b",)),
        ("snowflake", "CREATE TABLE t (a INT) CLUSTER BY (a); ALTER TABLE t DROP CLUSTERING KEY", None),
        ("snowflake", "CREATE TABLE t (a INT) CLUSTER BY (a); ALTER TABLE t DROP COLUMN b", ("a",)),
        ("spark", "CREATE TABLE t (a INT) USING iceberg; ALTER TABLE t WRITE LOCALLY ORDERED BY a", ("a",)),
        ("spark", "CREATE TABLE t (a INT) USING iceberg; ALTER TABLE t WRITE DISTRIBUTED BY PARTITION", None),
        (
            "spark",
            "CREATE TABLE t (a INT) USING iceberg; ALTER TABLE t WRITE ORDERED BY a; ALTER TABLE t WRITE UNORDERED",
            None,
        ),
    ],
)
def test_clustering_changes(dialect: str, text: str, expected: object) -> None:
    found = reading.table(project({"a.sql": text}, dialect), "t").clustering
    assert (None if found is None else found.columns) == expected


@pytest.mark.parametrize(
    ("dialect", "text", "names"),
    [
        (
            "hive",
            "CREATE TABLE t (a INT) PARTITIONED BY (dt STRING); ALTER TABLE t REPLACE COLUMNS (x INT, y INT)",
            ["x", "y", "dt"],
        ),
        ("spark", "CREATE TABLE t (a INT, b INT); ALTER TABLE t REPLACE COLUMNS (x INT)", ["x"]),
        ("spark", "CREATE TABLE t (a INT, b INT); ALTER TABLE t REPLACE COLUMNS ()", ["a", "b"]),
        (
            "hive",
            "CREATE TABLE t (a INT, b INT); ALTER TABLE t ADD COLUMNS (c STRING COMMENT 'x, y', d ARRAY<INT>)",
            ["a", "b", "c", "d"],
        ),
        ("hive", "CREATE TABLE t (a INT); ALTER TABLE t PARTITION (dt = '1') ADD COLUMNS (b INT)", ["a"]),
        ("hive", "CREATE TABLE t (a INT); ALTER TABLE t ADD PARTITION (dt = '1')", ["a"]),
        ("hive", "CREATE TABLE t (a INT); ALTER TABLE t CHANGE COLUMN a aa BIGINT AFTER b", ["aa"]),
        ("databricks", "CREATE TABLE t (a STRING MASK hide USING COLUMNS (b), b INT)", ["a", "b"]),
    ],
)
def test_column_lists(dialect: str, text: str, names: list[str]) -> None:
    assert list(reading.table(project({"a.sql": text}, dialect), "t").columns) == names


def test_a_mask_is_no_part_of_a_type() -> None:
    assert (
        created("CREATE TABLE t (a STRING MASK hide USING COLUMNS (b), b INT)", "databricks").columns["a"].type
        == "STRING"
    )


@pytest.mark.parametrize(
    ("dialect", "rest", "expected"),
    [
        ("spark", "TBLPROPERTIES ('comment' = 'x', owner = 'sales', a.b.c = 1)", ("x", "sales", None)),
        ("spark", "COMMENT 'first' TBLPROPERTIES ('comment' = 'second')", ("first", None, None)),
        ("spark", "TBLPROPERTIES ('owner' 'x', 'comment')", (None, None, None)),
        ("bigquery", "OPTIONS (description = 'x', labels = [('team', 'a'), ('owner', 'sales')])", ("x", "sales", None)),
        ("bigquery", "PARTITION BY DATE(a) OPTIONS (partition_expiration_days = 2557)", (None, None, "2557 days")),
        (
            "bigquery",
            "PARTITION BY DATE(a) OPTIONS (partition_expiration_days = 0.5, labels = [])",
            (None, None, "0.5 days"),
        ),
        ("bigquery", "OPTIONS (labels = [('owner', @who)], partition_expiration_days = NULL)", (None, None, None)),
        ("bigquery", "OPTIONS (description = 'x' || 'y')", (None, None, None)),
    ],
)
def test_properties(dialect: str, rest: str, expected: object) -> None:
    table = created(f"CREATE TABLE t (a TIMESTAMP) {rest}", dialect)
    assert (table.comment, table.owner, table.retention) == expected
