"""Doubtful cases of `cross-join`: relations that have one row."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.query.cross_join import CrossJoin

DDL = """
create table orders (id bigint primary key, customer_id bigint, total numeric(12, 2), status text);
create table customers (id bigint primary key, name text, email text);
create table prices (sku text, region text, price numeric, primary key (sku, region));
create unique index customers_email on customers (email);
create unique index customers_lower on customers (lower(name));
"""


def found(sql: str, dialect: str = "postgres") -> list[str]:
    report = run(CrossJoin(), {"ddl/t.sql": DDL, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("dialect", "one", "many"),
    [
        # (a source with one row, a near twin with more)
        ("postgres", "with p as (values (1)) select o.id from orders o, p",
         "with p as (values (1), (2)) select o.id from orders o, p"),
        ("postgres", "with p as (select * from (values (1, 2)) v(a, b)) select o.id from orders o, p",
         "with p as (select * from (values (1, 2), (3, 4)) v(a, b)) select o.id from orders o, p"),
        ("postgres", "with mx as (select max(id) as m from loads), p as (select m from mx) select o.id from orders o, p",
         "with mx as (select id as m from loads), p as (select m from mx) select o.id from orders o, p"),
        ("postgres", "select o.id from orders o, (select id from loads fetch first 1 row only) p",
         "select o.id from orders o, (select id from loads fetch first 2 rows only) p"),
        ("postgres", "select o.id from orders o, (select id from loads fetch first row only) p",
         "select o.id from orders o, (select id from loads order by id fetch first 1 row with ties) p"),
        ("tsql", "select o.id from orders o, (select top 1 id from loads) p",
         "select o.id from orders o, (select top 1 percent id from loads) p"),
        ("postgres", "select o.id from orders o, (select id from a union select id from b limit 1) p",
         "select o.id from orders o, (select id from a union select id from b) p"),
        ("postgres", "select o.id from orders o, (select count(*) filter (where a) as n from loads) p",
         "select o.id from orders o, (select count(*) filter (where a) over () as n from loads) p"),
        ("postgres", "select o.id from orders o, (select max(id) as m from loads) p",
         "select o.id from orders o, (select max(id) as m from loads group by day) p"),
        ("snowflake", "with p as (select id from loads qualify row_number() over (order by day desc) = 1) select o.id from orders o, p",
         "with p as (select id from loads qualify row_number() over (partition by shop order by day) = 1) select o.id from orders o, p"),
        ("postgres", "with n as (select id, row_number() over (order by day) as k from loads), p as (select id from n where k = 1) select o.id from orders o, p",
         "with n as (select id, row_number() over (order by day) as k from loads), p as (select id from n where k = 2) select o.id from orders o, p"),
        ("postgres", "select o.id from orders o, (select count_big(*) as n from loads) p",
         "select o.id from orders o, (select sizes(id) as n from loads) p"),
        ("postgres", "select o.id from orders o, (select st_union(outline) as outline from zones) p",
         "select o.id from orders o, (select st_union(outline, edge) as outline from zones) p"),
        ("postgres", "select o.id from orders o, (select st_multi(st_collect(outline)) as outline from zones) p",
         "select o.id from orders o, (select st_multi(outline) as outline from zones) p"),
        ("bigquery", "select o.id from orders o, (select st_union_agg(outline) as outline from zones) p",
         "select o.id from orders o, (select st_union_agg(outline) as outline from zones group by shop) p"),
        ("oracle", "select o.id from orders o, dual", "select o.id from orders o, duel"),
        ("postgres", "select o.id from orders o full join loads p on false",
         "select o.id from orders o full join loads p on o.status = 'x'"),
        ("postgres", "select o.id from orders o, customers p where p.id = $1 and o.status = 'x'",
         "select o.id from orders o, customers p where p.id > $1 and o.status = 'x'"),
        ("postgres", "select o.id from orders o, customers p where 7 = p.id and o.status = 'x'",
         "select o.id from orders o, customers p where not 7 = p.id and o.status = 'x'"),
        ("postgres", "select o.id from orders o, customers p where p.email = 'a@b.no'",
         "select o.id from orders o, customers p where lower(p.name) = 'a'"),
        ("postgres", "select o.id from orders o, prices p where p.sku = 'a' and p.region = 'no'",
         "select o.id from orders o, prices p where p.sku = 'a' and o.status = 'no'"),
        ("postgres", "select o.id from orders o, customers p where p.id = (select max(x.id) from loads x)",
         "select o.id from orders o, customers p where p.id = p.id + 1"),
        ("postgres", "select total from orders, customers where name = 'x' and email = 'a@b.no'",
         "select total from orders, customers where name = 'x'"),
        ("postgres", "with n as (insert into loads (a) values (1) returning id) select o.id from orders o, n p",
         "with n as (insert into loads (a) select 1 from t returning id) select o.id from orders o, n p"),
        ("postgres", "with n as (update customers set name = 'x' where id = 7 returning id) select o.id from orders o, n p",
         "with n as (update customers set name = 'x' where name = 'y' returning id) select o.id from orders o, n p"),
        ("postgres", "with p as (select max(id) as m from loads) select o.id from p, orders o",
         "with p as (select id as m from loads) select o.id from p, orders o"),
        ("postgres", "with recursive p as (select 1 as a) select o.id from orders o, p",
         "with recursive p as (select 1 as a union all select a + 1 from p) select o.id from orders o, p"),
    ],
)  # fmt: skip
def test_one_row_multiplies_nothing(dialect: str, one: str, many: str) -> None:
    assert found(one, dialect) == []
    assert len(found(many, dialect)) == 1


def test_what_stands_behind_one_row_is_still_to_be_linked() -> None:
    sql = "with p as (select max(id) as m from loads) select o.id from p, orders o, customers c where o.total > p.m"
    assert found(sql) == ["customers c"]


def test_the_row_that_an_outer_join_keeps_is_not_picked() -> None:
    sql = "select o.id from orders o {} join customers c on o.customer_id = c.id and c.id = 7, prices p"
    assert found(sql.format("left")) == ["prices p"]
    keyed = "select o.id from customers c {} join orders o on o.customer_id = c.id and c.id = 7 and o.id = 8, prices p"
    assert found(keyed.format("")) == []
    assert found(keyed.format("left")) == ["prices p"]


def test_chains_of_queries_that_read_one_twice() -> None:
    chain = "".join(f", c{n} as (select a.id from c{n - 1} a, c{n - 1} b)" for n in range(1, 40))
    sql = f"with c0 as (select max(id) as id from orders){chain} select p.id from orders o, c39 p"
    assert found(sql) == []
    assert len(found(sql.replace("max(id) as id", "id"))) == 40


@pytest.mark.parametrize(
    ("lookup", "count"),
    [
        ("select n from totals where analysis_id = 1", 0),
        ("select n from totals where 'rate' = name", 0),
        ("select n from totals where analysis_id = $1 and n > 0", 0),
        ("select n from totals where status = 'open'", 1),
        ("select n from totals where analysis_id > 1", 1),
        ("select n from totals where analysis_id = other_id", 1),
        ("select t.n from totals t join parts p on p.t = t.id where t.analysis_id = 1", 1),
        ("select n from totals where analysis_id = 1 or n = 2", 1),
    ],
)
def test_a_subquery_that_looks_one_row_up(lookup: str, count: int) -> None:
    assert len(found(f"select o.id, d.n from orders o, ({lookup}) d")) == count
    assert len(found(f"with d as ({lookup}) select o.id, d.n from d, orders o")) == count


@pytest.mark.parametrize("dialect", ["bigquery", "redshift", "snowflake", "postgres"])
def test_an_array_of_another_items_rows(dialect: str) -> None:
    assert found("select o.id, i.sku from orders o, o.items as i", dialect) == []
    assert len(found("select o.id, i.sku from orders o, p.items as i", dialect)) == 1


@pytest.mark.parametrize(
    ("picks", "count"),
    [
        ("r.name in ('reader')", 0),
        ("r.name = 'reader' and p.value like 'orders:%'", 0),
        ("p.code in ('a', 'b')", 0),
        ("r.name not in ('reader')", 1),
        ("r.status in ('open')", 1),
        ("r.name in (select n from others)", 1),
        ("r.name in (lower(p.owner), 'x')", 0),
        ("p.value = 'orders:read'", 1),
    ],
)
def test_rows_that_are_picked_by_name_are_few(picks: str, count: int) -> None:
    assert len(found(f"insert into grants (r, p) select r.id, p.id from perms p, roles r where {picks}")) == count


def test_lists_of_tables_and_users_are_small() -> None:
    assert found("select o.name, u.usename from objs o, (select * from pg_user) u", "redshift") == []
    assert found("select o.name, p.x from objs o, SVV_IDENTITY_PROVIDERS p where p.type = 'a'", "redshift") == []
    assert len(found("select o.name, u.usename from objs o, (select * from users) u", "redshift")) == 1


@pytest.mark.parametrize(
    ("teams", "areas", "count"),
    [
        ("select team_id from teams where name in ('North', 'South')", "select area_id from areas where code in ('A')", 0),
        ("select team_id, true as open from teams where name = 'North'", "select area_id from areas where code in ('A')", 0),
        ("select team_id from teams where name in ('North', 'South')", "select area_id from areas", 1),
        ("select team_id from teams where name not in ('North')", "select area_id from areas where code in ('A')", 1),
        ("select team_id from teams where name in (select n from t)", "select area_id from areas where code in ('A')", 1),
        ("select team_id from teams where name in ('North')", "select team_id from areas where code in ('A')", 1),
        ("select * from teams where name in ('North')", "select area_id from areas where code in ('A')", 1),
        ("select team_id from teams where founded = '2024-01-01'", "select area_id from areas where code in ('A')", 1),
    ],
)  # fmt: skip
def test_lists_of_given_values_are_combined_on_purpose(teams: str, areas: str, count: int) -> None:
    assert len(found(f"insert into team_areas select * from ({teams}) t, ({areas}) a")) == count


@pytest.mark.parametrize(("dialect", "count"), [("tsql", 0), ("postgres", 1)])
def test_the_table_that_is_written_stands_in_from(dialect: str, count: int) -> None:
    sql = "update orders set total = 1 from customers c join orders i on i.customer_id = c.id where c.email like 'a%'"
    assert len(found(sql, dialect)) == count
    assert len(found(sql.replace("join orders i", "join loads i"), dialect)) == 1


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("select basket from baskets where topic = 'zoning'", True),
        ("select b.basket, b.attachment as a from baskets as b where b.topic = 'zoning' and b.open", True),
        ("select basket from baskets where topic = $1", True),
        ("select basket, attachment, topic from baskets where topic = 'zoning'", False),
        ("select basket from baskets", False),
        ("select basket from baskets where topic = '${topic}'", True),
        ("select basket from baskets where status = 'open'", False),
        ("select basket from baskets where founded = '2024-01-01'", False),
        ("select basket from baskets where place = 2", False),
        ("select basket from baskets where topic <> 'zoning'", False),
        ("select basket from baskets where topic like '%zoning'", False),
        ("select basket from baskets where open = true", False),
        ("select basket from baskets where topic = former", False),
        ("select basket from baskets where topic = 'zoning' or open", False),
        ("select b.basket from baskets b join topics t on t.topic = b.topic where t.title = 'zoning'", False),
        ("select * from baskets where topic = 'zoning'", False),
        ("select basket from baskets where topic = 'zoning' group by basket", False),
    ],
)
def test_a_constant_that_is_looked_up(query: str, meant: bool) -> None:
    for sql in (
        f"with p as ({query}) select o.id from orders o, p",
        f"with p as ({query}) select o.id from p, orders o",
        f"select o.id from orders o, ({query}) p",
    ):
        assert bool(found(sql)) is not meant


@pytest.mark.parametrize(
    ("path", "code", "count"),
    [
        ("a.py", "def f(cursor, where):\n    cursor.execute(f'select o.id from orders o, customers c {where}')\n", 0),
        ("a.py", "def f(cursor, where):\n    cursor.execute(f'select o.id from orders o, customers c{where}')\n", 0),
        ("a.py", "def f(cursor, n):\n    cursor.execute(f'select o.id from orders o, customers c limit {n}')\n", 1),
        ("a.ts", "export const f = (pool, w) => pool.query('select o.id from orders o, customers c' + sqlWhere);", 0),
        ("a.ts", "export const f = (pool, n) => pool.query('select o.id from orders o, customers c limit ' + n);", 1),
    ],
)
def test_a_where_that_the_host_may_write(path: str, code: str, count: int) -> None:
    assert len(run(CrossJoin(), {path: code}, reported=path, dialect="postgres").diagnostics) == count
