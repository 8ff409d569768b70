"""Doubtful cases of `set-operation-columns` and `insert-column-order`, which both go by the order of columns."""

from __future__ import annotations

import pytest

from leaktight.rule import Rule
from leaktight.testing import run
from leaktight_rules.numbers.insert_column_order import InsertColumnOrder
from leaktight_rules.numbers.set_operation_columns import SetOperationColumns

DDL = """
create table sales (id bigint primary key, net numeric(12, 2), gross numeric(12, 2), sold_at timestamp, note text);
create table staged (id bigint, gross numeric(12, 2), net numeric(12, 2), sold_at timestamp, note text);
create table refs (id varchar(20), note text, ok boolean);
"""


def found(rule: Rule, sql: str, dialect: str = "postgres", path: str = "jobs/a.sql") -> list[str]:
    report = run(rule, {"ddl/t.sql": DDL, path: sql}, reported=path, dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("select a, b from x union all select a, b, c from y", "select"),
        ("select a, b from x union select a from y union select b from z", "select"),
        ("select a from x intersect select a, b from y", "select"),
        ("select a, b from x except select b, a from y", "b, a"),
        ("select a, b, c, c from x union all select b, a, d, d from y", "b, a"),
        ("with p as (select a, b, c from x), q as (select a, b from y) select * from p union all select * from q", "select"),
        ("select * from sales union all select * from staged", "*"),
        ("select id, net from sales union all select id, gross from refs r join staged using (id)", ""),
        ("select a, b, c from x union all select '' as b, 'n' as a, c from y", "'' as b, 'n' as a"),
        ("select id from sales union all select id from refs", "id"),
        ("select id as a from sales union all select note as a from refs", "note as a"),
        ("(select a, b from x) union all (select a from y)", "select"),
        ("with a as (select id, net from sales union all select id from refs) select * from a", "select"),
    ],
)  # fmt: skip
def test_arms_that_do_not_fit(sql: str, place: str) -> None:
    assert set(found(SetOperationColumns(), sql)) == ({place} if place else set())


@pytest.mark.parametrize(
    "sql",
    [
        "select a, b from x union all select a, b from y",
        "select a, b from x union all select c, d from y",
        "select a, b, b from x union all select b, a, b from y",
        "select a, b from x union all select * from y",
        "select a, b from edges union all select b, a from edges",
        "select a, b, a + b from x union all select b, b, 0 from y",
        "select id, net from sales union all select id, null from staged",
        "select id::text from sales union all select id from refs",
        "select id, 1 from sales union all select id, net from staged",
        "select a, b, c from x union all select '' as b, '' as a, c from y",
        "select x.*, 1 from x union all select y.* from y",
        "with recursive t as (select 1 as n, 2 as m union all select n + 1, m from t) select * from t",
        "select * from sales join refs using (id) union all select id from staged, elsewhere",
        "select ok from refs union all select true from sales",
    ],
)
def test_arms_that_fit_or_are_not_known(sql: str) -> None:
    assert found(SetOperationColumns(), sql) == []


def test_types_are_compared_where_the_engine_does() -> None:
    sql = "select id from sales union all select id from refs"
    assert found(SetOperationColumns(), sql, "postgres") == ["id"]
    assert found(SetOperationColumns(), sql, "mysql") == []


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("insert into t (id, net, gross) select id, gross, net from x", "gross, net"),
        ("insert into t (id, net, gross) select i.id, i.gross, i.net from x i", "i.gross, i.net"),
        ("insert into t (a, b) select min(x) as b, max(x) as a from y", "min(x) as b, max(x) as a"),
        ("insert into sales select * from staged", "*"),
        ("insert into sales select id, gross, net, sold_at, note from elsewhere", "gross, net"),
        ("insert into sales (id, net, gross) with s as (select id, gross, net from x) select * from s", "*"),
        ("insert into t (a, b) select a, b from x union all select b, a from y", "b, a"),
        ("insert into t (first, second, third) select third, second, first from x", "third, second, first"),
    ],
)
def test_columns_that_have_changed_places(sql: str, place: str) -> None:
    assert found(InsertColumnOrder(), sql) == [place]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into t (id, net, gross) select id, net, gross from x",
        "insert into t (id, net, gross) select id, gross, gross from x",
        "insert into t (id, net, gross) select key, a, b from x",
        "insert into t (a, b) select b, a from t",
        "insert into t (a, b) select b, c from x",
        "insert into t select b, a from x",
        "insert into sales select id, gross, net from elsewhere",
        "insert into sales (id, gross, net) select id, gross, net from staged",
        "insert into t (a, b) values (1, 2)",
        "insert into t (id, net) select id, staged.* from staged",
    ],
)
def test_columns_in_their_places_or_not_known(sql: str) -> None:
    assert found(InsertColumnOrder(), sql) == []


def test_a_migration_fills_the_table_as_it_was() -> None:
    sql = "insert into sales select * from staged"
    assert found(InsertColumnOrder(), sql) == ["*"]
    assert found(InsertColumnOrder(), sql, path="migrations/V2__fill.sql") == []


@pytest.mark.parametrize(("partition", "places"), [("", ["net, gross"]), (" partition (sold_at = '2026-01-01')", [])])
def test_a_partition_has_columns_beside_those_that_are_listed(partition: str, places: list[str]) -> None:
    columns = "id, gross, net, note" if partition else "id, net, gross, sold_at, note"
    sql = f"insert into staged{partition} select {columns} from elsewhere"
    assert found(InsertColumnOrder(), sql, "spark") == places
