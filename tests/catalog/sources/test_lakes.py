"""DDL of Spark, Delta, Iceberg and Hive."""

from __future__ import annotations

import pytest
import reading
from ddl import created
from reading import column, fixture, keys, project, shapes
from shop import columns

from leaktight.catalog.table import Table


def shop(folder: str, dialect: str) -> dict[str, Table]:
    catalog = project(fixture(f"spark/{folder}"), dialect)
    return {table.name.folded[-1]: table for table in catalog}


def test_the_shop_in_delta() -> None:
    found = shop("delta", "databricks")
    expected = columns({"TIMESTAMPTZ": "TIMESTAMP", "JSONB": "VARIANT"})
    assert shapes(found["customers"]) == expected["customers"]
    assert shapes(found["orders"]) == expected["orders"]
    assert shapes(found["events"]) == {**expected["events"], "occurred_on": ("DATE", None)}
    assert all(table.complete for table in found.values())
    assert keys(found["customers"]) == {("primary", ("customer_id",), "")}
    assert keys(found["orders"]) == {
        ("primary", ("order_id",), ""),
        ("foreign", ("customer_id",), "shop.customers(customer_id)"),
    }
    assert not any(key.enforced for table in found.values() for key in table.keys)
    orders, events = found["orders"], found["events"]
    assert (orders.comment, orders.owner) == ("One row for each order.", "sales")
    assert orders.clustering is not None
    assert orders.clustering.columns == ("customer_id", "created_at")
    assert column(orders, "created_at").comment == "When it came in"
    assert column(orders, "status").default == "'open'"
    assert column(events, "occurred_on").generated
    assert events.partitioning is not None
    assert events.partitioning.columns == ("occurred_on", "occurred_at")


def test_events_in_iceberg() -> None:
    events = shop("iceberg", "spark")["events"]
    assert shapes(events) == columns({"VARCHAR(40)": "STRING", "JSONB": "STRING", "TIMESTAMPTZ": "TIMESTAMP"})["events"]
    cut = events.partitioning
    assert cut is not None
    assert (cut.columns, cut.expression, cut.kind, cut.granularity) == (
        ("occurred_at",), "(bucket(16, order_id), hours(occurred_at))", "transform", "hour",
    )  # fmt: skip
    assert events.clustering is not None
    assert events.clustering.columns == ("kind", "occurred_at")
    assert (events.comment, column(events, "kind").comment) == ("What happens to orders", "in lower case")


def test_orders_in_hive() -> None:
    orders = shop("hive", "hive")["orders"]
    expected = columns({"TIMESTAMPTZ": "TIMESTAMP"})["orders"]
    assert shapes(orders) == {
        **{name: (kind, True) for name, (kind, _) in expected.items()},
        "dt": ("STRING", True),
        "region": ("STRING", True),
    }
    assert (orders.kind, orders.complete, orders.comment, orders.owner) == (
        "external",
        True,
        "One row for each order.",
        "sales",
    )
    assert orders.partitioning is not None
    assert (orders.partitioning.columns, orders.partitioning.kind) == (("dt", "region"), "hive")
    assert column(orders, "dt").comment == "the day, as in 2024-01-31"


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
