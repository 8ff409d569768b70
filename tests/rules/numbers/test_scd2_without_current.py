"""Doubtful cases of `scd2-without-current`: which joins take every version, and what makes that right."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.numbers.scd2_without_current import Scd2WithoutCurrent

DDL = """
create table dim_client (client_key bigint primary key, client_id bigint, city text, country text, valid_from date, valid_to date,
    is_current int);
create table dim_shop (shop_key bigint primary key, shop_id text, city text);
create table dim_agent (agent_key bigint, agent_id bigint primary key, city text, valid_from date, valid_to date);
create table fact_sales (client_id bigint, shop_id text, agent_id bigint, amount numeric, sold_on date);
create table fact_visits (client_key bigint, client_id bigint, rank int, day date);
create table orders (order_id bigint primary key, client_id bigint, total numeric);
"""
JOIN = "fact_sales f join dim_client d on f.client_id = d.client_id"
LOOKUP = (
    "insert into fact_visits (client_key, day) select d.client_key, o.day from stg_visits o join dim_client d on {}"
)


def found(sql: str, path: str = "load/a.sql") -> list[str]:
    report = run(Scd2WithoutCurrent(), {"ddl/tables.sql": DDL, path: sql}, reported=path, dialect="postgres")
    assert report.internal_errors == 0, report.diagnostics
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    "sql",
    [
        f"select d.city, sum(f.amount) from {JOIN} group by d.city",
        f"select f.amount, d.city from {JOIN}",
        f"select f.amount, d.city from {JOIN} where f.sold_on > '2026-01-01'",
        f"with x as (select d.city, f.amount from {JOIN}) select city, sum(amount) from x group by city",
        "select d.city, sum(o.total) from orders o left join dim_client d on o.client_id = d.client_id group by d.city",
        LOOKUP.format("o.client_id = d.client_id"),
        LOOKUP.format("o.client_id = d.client_id").replace("o.day", "row_number() over (order by o.day)"),
    ],
)
def test_every_version(sql: str) -> None:
    (told,) = found(sql)
    assert told.endswith("client_id = d.client_id")


@pytest.mark.parametrize(
    "sql",
    [
        f"select d.city, sum(f.amount) from {JOIN} and d.is_current = 1 group by d.city",
        f"select d.city, sum(f.amount) from {JOIN} and f.sold_on between d.valid_from and d.valid_to group by d.city",
        f"select d.city, sum(f.amount) from {JOIN} where d.valid_to is null group by d.city",
        f"select f.amount, d.city, d.valid_from from {JOIN}",
        f"select f.amount, d.city from {JOIN} and d.country = f.country",
        f"select f.amount, d.* from {JOIN}",
        f"select distinct f.client_id, d.city from {JOIN}",
        f"select f.client_id, d.city from {JOIN} limit 1",
        f"select d.city, max(f.amount) from {JOIN} group by d.city",
        f"select d.city, count(distinct f.client_id) from {JOIN} group by d.city",
        f"select 1 from orders o where exists (select f.amount from {JOIN} where f.client_id = o.client_id)",
        f"select * from (select f.amount, row_number() over (partition by f.client_id) n from {JOIN}) x where n = 1",
        "select s.city, sum(f.amount) from fact_sales f join dim_shop s on f.shop_id = s.shop_id group by s.city",
        "select a.city, sum(f.amount) from fact_sales f join dim_agent a on f.agent_id = a.agent_id group by a.city",
        "select d.city, v.day from fact_visits v join dim_client d on v.client_id = d.client_id",
        "select o.order_id, d.city from orders o join dim_client d on o.client_id = d.client_id",
        LOOKUP.format("o.client_id = d.client_id and d.is_current = 1"),
        LOOKUP.format("o.client_id = d.client_id").replace(
            "into fact_visits (client_key", "into dim_client (client_key"
        ),
        "select n.city from dim_client d join dim_client n on n.client_id = d.client_id",
    ],
)
def test_left_alone(sql: str) -> None:
    assert found(sql) == []


@pytest.mark.parametrize(("path", "told"), [("load/a.sql", 1), ("tests/a.sql", 0), ("migrations/0001_a.sql", 0)])
def test_where_it_stands(path: str, told: int) -> None:
    assert len(found(f"select f.amount, d.city from {JOIN}", path)) == told
