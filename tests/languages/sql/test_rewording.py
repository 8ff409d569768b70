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
    "sql",
    [
        "insert overwrite directory '/a' using csv options ('sep' = 'x' select id from t",
        "insert overwrite directory '/a' select id from",
        "select id from t using csv options ('a' = 'b')",
    ],
)
def test_what_nobody_says(parse: Parse, sql: str) -> None:
    (statement,) = parse(sql, "hive").statements
    assert not statement.understood
