"""Forms of statements that sqlglot does not know, said in other words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlglot import exp

from leaktight.languages.sql.document import SqlDocument

Parse = Callable[..., SqlDocument]


@pytest.mark.parametrize(
    ("sql", "kind", "tables"),
    [
        (
            "insert overwrite directory '/a' using csv options ('sep' = 'x', 'a' = 'b') select id from t",
            exp.Insert,
            {"t"},
        ),
        ("insert overwrite directory '/a' using parquet select id from t", exp.Insert, {"t"}),
        (
            "with c as (select 1 from t) insert overwrite local directory '/a' using csv select * from c",
            exp.Insert,
            {"t", "c"},
        ),
        ("create table a with c as (select id from t) select id from c", exp.Create, {"a", "t", "c"}),
        ("create table a (b int comment 'it''s one') partitioned by (c string)", exp.Create, {"a"}),
    ],
)
def test_what_hive_and_spark_say_otherwise(parse: Parse, sql: str, kind: type[exp.Expr], tables: set[str]) -> None:
    for dialect in ("hive", "spark"):
        (statement,) = parse(sql, dialect).statements
        assert statement.understood
        assert isinstance(statement.tree, kind)
        assert {table.name for table in statement.tree.find_all(exp.Table)} == tables


@pytest.mark.parametrize(
    ("dialect", "sql", "kind", "tables"),
    [
        (
            "postgres",
            "create materialized view v tablespace pg_default as select id from t with no data",
            exp.Create,
            {"v", "t"},
        ),
        (
            "postgres",
            "create materialized view v as with a as (select id from t) select id from a with data",
            exp.Create,
            {"v", "t", "a"},
        ),
        ("postgres", "create table t (a int, unique nulls distinct (a))", exp.Create, {"t"}),
        ("postgres", "create view role as select id from t", exp.Create, {"role", "t"}),
        ("postgres", "create table t (a text array not null, b mood array, c int[])", exp.Create, {"t"}),
        ("postgres", "select id from t where tags \\?| array['a']", exp.Select, {"t"}),
        ("postgres", "select id\\:\\:text from t", exp.Select, {"t"}),
        ("tsql", "update t set a += 1, b -= 2 where c = 3", exp.Update, {"t"}),
        ("tsql", "select @sql += name from t with (index = i)", exp.Select, {"t"}),
        ("tsql", "insert into t with (tablock) (a) select a from u", exp.Insert, {"t", "u"}),
        ("tsql", "delete from t from t a join u on u.b = a.b where u.c = 1", exp.Delete, {"t", "u"}),
        ("tsql", "insert into t (a) exec p @b = 1", exp.Insert, {"t"}),
        ("bigquery", "select with aggregation_threshold id, count(*) from t group by id", exp.Select, {"t"}),
        (
            "bigquery",
            "select with differential_privacy options (epsilon = 1, delta = 0.1) id, sum(n) from t group by id",
            exp.Select,
            {"t"},
        ),
    ],
)
def test_what_postgres_bigquery_and_callers_say_otherwise(
    parse: Parse, dialect: str, sql: str, kind: type[exp.Expr], tables: set[str]
) -> None:
    (statement,) = parse(sql, dialect).statements
    assert statement.understood, statement.problem
    assert isinstance(statement.tree, kind)
    assert {table.name for table in statement.tree.find_all(exp.Table)} == tables


@pytest.mark.parametrize(
    "sql",
    [
        "create external table a with connection `b.c` options (format = 'CSV')",
        "create or replace external table a with partition columns (y int64) with connection `b.c` options (uris = ['d'])",
        "create table a (b int64) cluster by b with connection `c.d` options (table_format = 'ICEBERG')",
    ],
)
def test_a_table_of_a_lake_needs_no_tree(parse: Parse, sql: str) -> None:
    (statement,) = parse(sql, "bigquery").statements
    assert statement.understood


@pytest.mark.parametrize(
    "sql",
    [
        "insert overwrite directory '/a' using csv options ('sep' = 'x' select id from t",
        "insert overwrite directory '/a' select id from",
        "select id from t using csv options ('a' = 'b')",
        "select a \\ b from t",
        "select with",
    ],
)
def test_what_nobody_says(parse: Parse, sql: str) -> None:
    (statement,) = parse(sql, "hive").statements
    assert not statement.understood


def test_the_parameters_of_sqlc(parse: Parse) -> None:
    sql = "select id from t where a = any(sqlc.arg(days)::int[]) and b = sqlc.narg('shop') limit sqlc.arg(size)::int"
    (statement,) = parse(sql, "postgres").statements
    assert statement.tree is not None
    assert {column.name for column in statement.tree.find_all(exp.Column)} == {"id", "a", "b"}
    assert {one.name for one in statement.tree.find_all(exp.Placeholder)} == {"days", "shop", "size"}


def test_a_function_of_another_schema_is_no_parameter(parse: Parse) -> None:
    (statement,) = parse("select sqlc.total(days), shop.arg(size) from t", "postgres").statements
    assert statement.tree is not None
    assert {column.name for column in statement.tree.find_all(exp.Column)} >= {"days", "size"}


@pytest.mark.parametrize("connection", ["`eu.lake`", "eu.lake", "shop.eu.lake", "default"])
def test_the_connection_of_a_table_of_files(parse: Parse, connection: str) -> None:
    sql = f"create or replace table d.t (id int64) cluster by id with connection {connection} options (file_format = 'PARQUET')"
    (statement,) = parse(sql, "bigquery").statements
    assert statement.understood
    assert isinstance(statement.tree, exp.Create)
    assert statement.tree.args["replace"]


@pytest.mark.parametrize(
    "cut",
    [
        "range columns (d) (partition a values less than ('2026-01-01'), partition b values less than (maxvalue))",
        "range columns (d) (partition a values less than ('2026-01-01'), partition b values less than maxvalue)",
        "range (to_days(d)) (partition a values less than (to_days('2026-01-01')), partition b values less than maxvalue)",
        "list columns (n) (partition a values in ('x', 'y'), partition b values in ('z'))",
    ],
)
def test_partitions_of_mysql(parse: Parse, cut: str) -> None:
    document = parse(f"create table t (n varchar(9), d date not null) partition by {cut}", "mysql")
    (statement,) = document.statements
    assert statement.understood
    assert isinstance(statement.tree, exp.Create)
    assert [column.name for column in document.find(exp.ColumnDef)] == ["n", "d"]
