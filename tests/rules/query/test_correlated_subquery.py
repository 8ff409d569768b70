"""Doubtful cases of `correlated-subquery`: what reads no table, and what is asked once."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.query.correlated_subquery import CorrelatedSubquery

DDL = "create table orders (id bigint primary key, customer_id bigint, total numeric(12, 2), sku text);\n"
COUNT = "(select count(*) from refunds r where r.order_id = o.id)"


def found(sql: str, dialect: str = "postgres") -> list[str]:
    files = {"ddl/t.sql": DDL, "jobs/a.sql": sql}
    report = run(CorrelatedSubquery(strict=True), files, reported="jobs/a.sql", dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("dialect", "silent", "loud"),
    [
        ("bigquery", "select (select sum(i.qty) from o.items as i where i.sku = o.sku) from d.orders o",
         "select (select sum(i.qty) from x.items as i where i.sku = o.sku) from d.orders o"),
        ("bigquery", "select (select count(*) from (select * from unnest(o.items)) q where q.sku = o.sku) from d.orders o",
         "select (select count(*) from (select * from d.items) q where q.sku = o.sku) from d.orders o"),
        ("bigquery", "select (select count(*) from (select 1 as n union all select 2) q where q.n = o.id) from d.orders o",
         "select (select count(*) from (select 1 as n union all select n from t) q where q.n = o.id) from d.orders o"),
        ("postgres", f"select {COUNT} from orders o where o.id = $1", f"select {COUNT} from orders o where o.total = $1"),
        ("postgres", f"select {COUNT} from orders o where o.id = 7 and o.total > 1",
         f"select {COUNT} from orders o where o.id = 7 or o.total > 1"),
        ("postgres", f"select {COUNT} from (select max(id) as id from orders) o",
         f"select {COUNT} from (select max(id) as id from orders group by sku) o"),
        ("postgres", f"select {COUNT} from (select id from orders order by total limit 1) o",
         f"select {COUNT} from (select id from orders order by total limit 10) o"),
        ("postgres", f"select {COUNT} from orders o join (values (1)) v (x) on o.id = 3",
         f"select {COUNT} from orders o join lines v on o.id = 3"),
        ("postgres", f"select o.id from orders o where exists {COUNT}", f"select o.id from orders o where 1 < {COUNT}"),
    ],
)  # fmt: skip
def test_subqueries_that_are_asked_once_or_read_no_table(dialect: str, silent: str, loud: str) -> None:
    assert found(silent, dialect) == []
    assert len(found(loud, dialect)) == 1


def test_a_schema_may_be_called_as_a_table_is() -> None:
    sql = "select (select sum(i.qty) from o.items as i where i.sku = o.sku) from shop.orders o"
    assert found(sql, "postgres") == ["o.sku"]


def test_the_words_hold_on_engines_that_make_a_join_of_it() -> None:
    sql = f"select o.id, {COUNT} from d.orders o"
    (item,) = run(CorrelatedSubquery(strict=True), {"a.sql": sql}, reported="a.sql", dialect="bigquery").diagnostics
    assert item.message == (
        "this subquery depends on `o.id`, of each row of `o`: an engine that does not turn it into a join runs it once a row"
    )


def test_chains_of_queries_that_read_one_twice() -> None:
    chain = "".join(f", c{n} as (select a.id from c{n - 1} a, c{n - 1} b)" for n in range(1, 40))
    sql = f"with c0 as (select 1 as id){chain} select (select max(c.id) from c39 c where c.id < o.id) from orders o"
    assert found(sql) == []
    assert found(sql.replace("1 as id", "id from loads")) == ["o.id"]


def test_a_migration_runs_once() -> None:
    sql = "select t.a, (select max(u.b) from u where u.id = t.id) as b from t"
    for path, count in (("migrations/V2__a.sql", 0), ("jobs/a.sql", 1)):
        assert len(run(CorrelatedSubquery(strict=True), {path: sql}, reported=path).diagnostics) == count


@pytest.mark.parametrize(("count", "more"), [(1, ""), (2, "so does one more"), (9, "so do 8 more")])
def test_subqueries_over_the_same_rows_are_told_once(count: int, more: str) -> None:
    items = ", ".join(f"(select max(u.b{n}) from u where u.id = t.id) as b{n}" for n in range(count))
    sql = f"select {items}, (select max(v.c) from v where v.id = w.id) as c from t join w on w.id = t.id"
    first, second = run(CorrelatedSubquery(strict=True), {"a.sql": sql}, reported="a.sql").diagnostics
    assert f", of each row of `t`{', and ' + more if more else ''}: an engine" in first.message
    assert "of each row of `w`: an engine" in second.message


@pytest.mark.parametrize(("dialect", "count"), [("postgres", 1), ("mysql", 1), ("snowflake", 0), ("bigquery", 0)])
def test_engines_that_make_a_join_of_it_are_told_with_strict_alone(dialect: str, count: int) -> None:
    sql = "select u.email, (select count(*) from orders o where o.user_id = u.user_id) as n from users u"
    told = [
        len(run(rule, {"a.sql": sql}, reported="a.sql", dialect=dialect).diagnostics)
        for rule in (CorrelatedSubquery(), CorrelatedSubquery(strict=True))
    ]
    assert told == [count, 1]
