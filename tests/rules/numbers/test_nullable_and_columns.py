"""Doubtful cases of `not-in-nullable` and `insert-without-columns`."""

from __future__ import annotations

import pytest

from leaktight.rule import Rule
from leaktight.testing import run
from leaktight_rules.numbers.insert_without_columns import InsertWithoutColumns
from leaktight_rules.numbers.not_in_nullable import NotInNullable

DDL = """
create table orders (id bigint primary key, customer_id bigint not null, ref bigint, total numeric(12, 2));
create table refunds (id bigint primary key, order_id bigint);
create table stamped (id int generated always as identity, name text, at timestamptz default now());
"""


def found(rule: Rule, sql: str, dialect: str = "postgres", path: str = "jobs/a.sql") -> list[tuple[str, str]]:
    report = run(rule, {"ddl/tables.sql": DDL, path: sql}, reported=path, dialect=dialect)
    return [(sql[slice(*item.location.span)], item.message) for item in report.diagnostics]


@pytest.mark.parametrize(
    "sql",
    [
        "select id from orders where id not in (select order_id from refunds)",
        "select id from orders where id not in (select r.order_id from refunds r where r.id > 3 or r.order_id > 5)",
        "select id from orders where id not in (select order_id from refunds where order_id is null)",
        "select id from orders where id not in (select coalesce_me from (select order_id as coalesce_me from refunds) x)",
        "select id from orders where id not in (select id from orders union all select order_id from refunds)",
        "select id from x where id not in (select case when a > 1 then b end from y)",
        "select id from x where id not in (select nullif(a, 0) from y)",
        "select id from x where id not in (select lag(a) over (order by b) from y)",
        "select id from x where id not in (select b.id from a left join b on a.id = b.a_id)",
        "select id from x where id not in (select a.id from a right join b on a.id = b.a_id)",
        "delete from orders where id not in (select order_id from refunds)",
        "select id from orders where id not in (select order_id from refunds where coalesce(order_id, 0) > 1)",
        "select id from x where id not in (1, null, 3)",
        "select id from x where not id in (select order_id from refunds)",
    ],
)
def test_not_in_that_may_meet_null(sql: str) -> None:
    assert len(found(NotInNullable(), sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select id from orders where id not in (select id from refunds)",
        "select id from orders where id not in (select order_id from refunds where order_id = 3)",
        "select id from orders where id not in (select r.order_id from refunds r join orders o on o.id = r.order_id)",
        "select id from orders where id not in (select order_id from refunds join orders using (order_id))",
        "select id from orders where id not in (select coalesce(order_id, 0) from refunds)",
        "select id from orders where id not in (select case when a > 1 then b else 0 end from y)",
        "select id from orders where id not in (select lag(a, 1, 0) over (order by b) from y)",
        "select id from orders where id not in (select b.id from a left join b on a.id = b.a_id where b.id is not null)",
        "select id from orders where id not in (select b.id from a left join b on a.id = b.a_id where not b.id is null)",
        "select id from orders where id not in (select a.id from a left join b on a.id = b.a_id)",
        "select id from orders where id not in (select x from unknown)",
        "select id from orders where id not in (select count(*) from refunds)",
        "select id from orders where id not in unnest([1, 2])",
        "select id from orders where id not in (1, 2)",
        "select id from orders o where not exists (select 1 from refunds r where r.order_id = o.id)",
        "with r as (select order_id from refunds where order_id is not null) select id from orders where id not in (select order_id from r)",
    ],
)
def test_not_in_without_null_or_without_evidence(sql: str) -> None:
    assert found(NotInNullable(), sql) == []


def test_brackets_in_strings_are_no_brackets() -> None:
    sql = "select id from orders where id not in (select r.order_id from refunds r where r.note = ')')"
    report = run(NotInNullable(), {"ddl/tables.sql": DDL, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect="postgres")
    fix = report.diagnostics[0].fix
    assert fix is not None
    assert sql[: fix.edits[0].location.span.start].endswith("')'")


def test_the_declaration_is_named() -> None:
    sql = "select id from orders where id not in (select order_id from refunds)"
    report = run(NotInNullable(), {"ddl/tables.sql": DDL, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect="postgres")
    (related,) = report.diagnostics[0].related
    assert related.location.label == "ddl/tables.sql:3"


@pytest.mark.parametrize(
    ("sql", "fixed"),
    [
        ("insert into orders select * from staging", None),
        ("insert into orders values (1, 2, 3, 4), (5, 6, 7)", None),
        ("insert into orders values (1, 2)", None),
        ("insert into unknown values (1)", None),
        ("insert into orders values (1, 2, 3, 4), (5, 6, 7, 8)", " (id, customer_id, ref, total)"),
        ("insert into stamped values ('x', now())", " (name, at)"),
        ("insert into orders select a, b, c, d from staging union all select e, f, g, h from more", " (id, customer_id, ref, total)"),
        ("with s as (select 1 as a) insert into stamped select a, a from s", " (name, at)"),
    ],
)  # fmt: skip
def test_insert_by_position(sql: str, fixed: str | None) -> None:
    report = run(
        InsertWithoutColumns(), {"ddl/tables.sql": DDL, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect="postgres"
    )
    (diagnostic,) = report.diagnostics
    assert diagnostic.fix is not None
    assert [edit.content for edit in diagnostic.fix.edits] == ([fixed] if fixed is not None else [])


@pytest.mark.parametrize(
    ("sql", "places"),
    [
        ("insert into #t select 1", []),
        ("insert into ##t select 1", []),
        ("create table #t (a int); insert into #t select 1; insert into t select 2", ["t"]),
        ("create table archive.prices (a int); insert into shop.prices select 1", ["shop.prices"]),
        ("create table archive.prices (a int); insert into prices select 1", []),
    ],
)
def test_tables_in_sight(sql: str, places: list[str]) -> None:
    assert [place for place, _ in found(InsertWithoutColumns(), sql, "tsql")] == places


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "insert into orders (id, customer_id) select 1, 2"),
        ("postgres", "insert into orders default values"),
        ("postgres", "create table mine (a int); insert into mine values (1)"),
        ("postgres", "insert into {{ table }} values (1)"),
        ("mysql", "insert into orders set id = 1"),
        ("spark", "insert overwrite orders select id, ref from staging"),
        ("hive", "insert into table orders select id, ref from staging"),
        ("duckdb", "insert into orders by name select 1 as id"),
        ("snowflake", "merge into orders o using s on o.id = s.id when not matched then insert values (s.id, 1, 2, 3)"),
    ],
)
def test_inserts_left_alone(dialect: str, sql: str) -> None:
    assert found(InsertWithoutColumns(), sql, dialect) == []
    assert found(InsertWithoutColumns(), "insert into orders values (1)", "postgres", "tests/fixtures/a.sql") == []


@pytest.mark.parametrize(
    ("dialect", "columns", "names"),
    [
        ("postgres", 'Day date, "order" int, "createdAt" date, "a b" int', '(Day, "order", "createdAt", "a b")'),
        ("snowflake", 'Day date, "day_2" int, createdAt date', '(Day, "day_2", createdAt)'),
        ("mysql", "Day date, `order` int, `createdAt` date", "(Day, `order`, createdAt)"),
        ("tsql", "[Day] date, [order] int, [a]]b] int", "(Day, [order], [a]]b])"),
        ("postgres", 'a int, b int); alter table t rename a to "Case"; alter table t rename column b to "Sum"; --', '("Case", "Sum")'),
        ("postgres", 'a int); alter table t add "Case" int; --', '(a, "Case")'),
    ],
)  # fmt: skip
def test_names_are_written_so_that_they_stay_the_declared_ones(dialect: str, columns: str, names: str) -> None:
    values = ", ".join("1" for _ in names.split(","))
    sql = f"insert into t values ({values})"
    files = {"ddl/tables.sql": f"create table t ({columns}\n)".replace("--\n)", ""), "jobs/a.sql": sql}
    (diagnostic,) = run(InsertWithoutColumns(), files, reported="jobs/a.sql", dialect=dialect).diagnostics
    assert diagnostic.fix is not None
    assert [edit.content for edit in diagnostic.fix.edits] == [f" {names}"]
