"""Doubtful cases of `sort-without-limit`: who takes rows by their order, directly or through others."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Applicability
from leaktight.testing import fixed, run
from leaktight_rules.query.sort_without_limit import SortWithoutLimit


def found(sql: str, dialect: str = "postgres") -> list[tuple[str, Applicability]]:
    """Give the message of each finding up to its verb, and how far its fix may be trusted."""
    report = run(SortWithoutLimit(), {"jobs/a.sql": sql}, reported="jobs/a.sql", dialect=dialect)
    return [
        (item.message.split(" sorts ")[0], item.fix.applicability)
        for item in report.diagnostics
        if item.fix is not None
    ]


def deleted(sql: str, dialect: str = "postgres") -> str:
    report = run(SortWithoutLimit(), {"jobs/a.sql": sql}, reported="jobs/a.sql", dialect=dialect)
    return fixed(sql, report.diagnostics)


CTE = [("`ORDER BY` in a CTE", Applicability.SAFE)]
SUBQUERY = [("`ORDER BY` in a subquery", Applicability.SAFE)]

PAIRS = [
    # Each silent query with a near twin in which nobody takes the rows by their order.
    (
        "tsql",
        "select c.id, stuff((select ',' + p.name from p order by p.name for xml path('')), 1, 1, '') from c",
        "select c.id, stuff((select p.name from p order by p.name), 1, 1, '') from c",
        SUBQUERY,
    ),
    (
        "tsql",
        "select c.id, (select o.id from o order by o.id for json path) as orders from c",
        "select c.id, (select o.id from o order by o.id) as orders from c",
        SUBQUERY,
    ),
    (
        "tsql",
        "select x.id from (select id from o order by id) as x for xml auto",
        "select max(x.id) from (select id from o order by id) as x",
        SUBQUERY,
    ),
    (
        "postgres",
        "copy (select id from orders order by id) to '/tmp/o.csv'",
        "copy (select count(*) from (select id from orders order by id) x) to '/tmp/o.csv'",
        SUBQUERY,
    ),
    (
        "snowflake",
        "copy into @stage from (select id from orders order by id)",
        "copy into @stage from (select max(id) from (select id from orders order by id))",
        SUBQUERY,
    ),
    (
        "postgres",
        "with o as (select id from orders order by total), t as (select id from o) select id from t limit 10",
        "with o as (select id from orders order by total), t as (select id from o) select id from t order by id limit 10",
        CTE,
    ),
    (
        "postgres",
        "with o as (select id from orders order by total), t as (select id from o) select array_agg(id) from t",
        "with o as (select id from orders order by total), t as (select max(id) id from o) select array_agg(id) from t",
        CTE,
    ),
    (
        "postgres",
        "with o as (select id from x order by at), t as (select o.id from o join c using (id)) select id from t limit 10",
        "with o as (select id from x order by at), t as (select o.id from o join c using (id)) select id from t",
        CTE,
    ),
    (
        "postgres",
        "select distinct on (x.c) x.id from (select id, c from orders order by c, id desc) x",
        "select distinct x.id from (select id, c from orders order by c, id desc) x",
        SUBQUERY,
    ),
    (
        "postgres",
        "with a as (select id from orders order by id for update skip locked) select max(id) from a",
        "with a as (select id from orders order by id) select max(id) from a",
        CTE,
    ),
    (
        "postgres",
        "select nextval('s'), x.id from (select id from orders order by total) x join c on c.id = x.id",
        "select now(), x.id from (select id from orders order by total) x join c on c.id = x.id",
        SUBQUERY,
    ),
    (
        "bigquery",
        "with x as (select id from d.orders order by id) select array(select id from x)",
        "with x as (select id from d.orders order by id) select array(select max(id) from x)",
        CTE,
    ),
    (
        "bigquery",
        "select array_concat_agg(s) from (select s from d.orders order by id)",
        "select count(s) from (select s from d.orders order by id)",
        SUBQUERY,
    ),
    (
        "bigquery",
        "for record in (select id from d.orders order by id) do select record.id; end for",
        "select id from d.customers where id in (select id from d.orders order by id)",
        SUBQUERY,
    ),
    (
        "snowflake",
        "select seq4(), x.id from (select id from orders order by id) x join c on c.id = x.id",
        "select abs(1), x.id from (select id from orders order by id) x join c on c.id = x.id",
        SUBQUERY,
    ),
    (
        "mysql",
        "select max(x.id), x.state from (select * from orders order by created_at desc) x group by x.customer_id",
        "select max(x.id), x.customer_id from (select * from orders order by created_at desc) x group by x.customer_id",
        SUBQUERY,
    ),
    (
        "sqlite",
        "select c.id, (select o.id from orders o order by o.total) as first_one from customers c",
        "select c.id from customers c where c.id in (select o.id from orders o order by o.total)",
        SUBQUERY,
    ),
    (
        "postgres",
        "with final as (select id from orders order by total desc) select * from final",
        "with final as (select id from orders order by total desc) select * from final join c on c.id = final.id",
        CTE,
    ),
    (
        "postgres",
        "select x.id from c, lateral (select o.id from orders o where o.c = c.id order by o.total) x",
        "select sum(x.id) from c, lateral (select o.id from orders o where o.c = c.id order by o.total) x",
        SUBQUERY,
    ),
    (
        "postgres",
        "insert into t (id) select id from (select id from orders order by total) x",
        "insert into t (id) select sum(id) from (select id from orders order by total) x",
        SUBQUERY,
    ),
    (
        "postgres",
        "with recursive r as (select id from o order by id), s as (select id from r union all select id from s) select * from s",
        "with recursive r as (select id from o order by id), s as (select max(id) from r) select * from s",
        CTE,
    ),
]


@pytest.mark.parametrize(("dialect", "silent", "loud", "expected"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_rows_taken_by_their_order(
    dialect: str, silent: str, loud: str, expected: list[tuple[str, Applicability]]
) -> None:
    assert found(silent, dialect) == []
    assert found(loud, dialect) == expected


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("create view v as select id from orders order by id", "view"),
        ("create view v as with f as (select id from orders order by id) select * from f", "CTE"),
        ("create table t as select id from orders order by id", "created table"),
        ("create table t as select id from (select id from orders order by id) x", "subquery"),
    ],
)
def test_an_order_that_readers_may_expect_is_not_deleted_safely(sql: str, place: str) -> None:
    assert found(sql, "bigquery") == [(f"`ORDER BY` in a {place}", Applicability.UNSAFE)]


@pytest.mark.parametrize(("dialect", "count"), [("bigquery", 1), ("mysql", 1), ("postgres", 0), ("snowflake", 0)])
def test_engines_that_lay_a_table_out_as_its_rows_come(dialect: str, count: int) -> None:
    assert len(found("create table t as select id from orders order by id", dialect)) == count


def test_a_view_is_told_what_it_promises() -> None:
    sql = "create view v as select id from orders order by id"
    (item,) = run(SortWithoutLimit(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics
    assert item.message == "`ORDER BY` in a view sorts rows, and promises no order to whoever reads the view"


@pytest.mark.parametrize(
    ("order", "rest"),
    [
        ("order by total nulls last, id desc", ""),
        ("order by case when total > 3 then 1 else 0 end", ""),
        ("order by (total)", ""),
        ("order by coalesce(total, 0) asc", ""),
        ("order by total -- the largest last\n", " -- the largest last\n"),
        ('order by state collate "C"', ""),
    ],
)
def test_the_whole_clause_is_deleted(order: str, rest: str) -> None:
    sql = f"select sum(x.total) from (select total from orders {order}) x"
    assert deleted(sql) == f"select sum(x.total) from (select total from orders{rest}) x"


def test_a_comment_in_the_clause_stays() -> None:
    sql = "select sum(x.total) from (select total from orders order by /* the largest last */ total) x"
    assert found(sql) == [("`ORDER BY` in a subquery", Applicability.DISPLAY)]


def test_chains_of_queries_that_read_one_twice() -> None:
    chain = "".join(f", c{n} as (select a.id from c{n - 1} a join c{n - 1} b on a.id = b.id)" for n in range(1, 40))
    sql = f"with c0 as (select id from orders order by total){chain} select max(id) from c39"
    assert found(sql) == CTE


@pytest.mark.parametrize(
    ("item", "count"),
    [("{{ dbt.listagg('name') }}", 0), ("{{ column }}", 1), ("max(name)", 1)],
)
def test_what_a_template_writes_may_take_the_order(item: str, count: int) -> None:
    sql = f"with n as (select shop, name from {{{{ ref('p') }}}} order by name) select shop, {item} as x from n group by shop"
    report = run(SortWithoutLimit(), {"models/a.sql": sql}, reported="models/a.sql")
    assert len(report.diagnostics) == count


def test_the_orders_of_a_statement_are_one_finding() -> None:
    one = "(select id from a order by id) a"
    sql = f"select a.id from {one} join {one.replace('a', 'b')} on b.id = a.id join (select id from c order by id) c on c.id = a.id"
    report = run(SortWithoutLimit(), {"q.sql": f"{sql};\n{sql};"}, reported="q.sql", dialect="postgres")
    assert [item.message for item in report.diagnostics] == [
        "`ORDER BY` in a subquery sorts rows whose order nobody sees, and so do 2 more in this statement"
    ] * 2
    (item, _) = report.diagnostics
    assert len(item.related) == 2
    assert item.fix is not None
    assert item.fix.title == "delete the 3 `ORDER BY`"
    assert deleted(sql).lower().count("order by") == 0


def test_orders_that_some_readers_may_expect_are_told_apart() -> None:
    sql = "create table t as select id from (select id from a order by id) a order by id"
    report = run(SortWithoutLimit(), {"q.sql": sql}, reported="q.sql", dialect="bigquery")
    assert len(report.diagnostics) == 2


@pytest.mark.parametrize("dialect", ["postgres", "oracle", None])
def test_a_materialized_view_stores_its_rows_as_they_come(dialect: str | None) -> None:
    assert found("create materialized view v as select id from orders order by id", dialect) == []
    lost = "create materialized view v as select max(id) as id from (select id from orders order by id) as o"
    assert len(found(lost, dialect)) == 1
