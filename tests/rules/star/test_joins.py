"""Doubtful cases of `natural-key-join` and `snowflaked-dimension`."""

from __future__ import annotations

import pytest

from leaktight_rules.star.natural_key_join import NaturalKeyJoin
from leaktight_rules.star.snowflaked_dimension import SnowflakedDimension

DDL = """
create table dim_client (client_key bigint primary key, client_id bigint, city text, valid_from date, valid_to date, is_current boolean);
create table dim_shop (shop_key bigint primary key, shop_id text, region_key bigint, city text);
create table dim_region (region_key bigint primary key, country_key bigint, name text);
create table dim_country (country_key bigint primary key, name text);
create table fact_sales (client_key bigint, client_id bigint, shop_key bigint, shop_id text, amount numeric, sold_on date);
create table fact_returns (buyer_key bigint references dim_client (client_key), client_id bigint, amount numeric);
create table sales (client_key bigint, client_id bigint);
"""
JOIN = "select d.city, sum(f.amount) from fact_sales f join dim_client d on "


@pytest.mark.parametrize(
    "sql",
    [
        f"{JOIN} f.client_id = d.client_id group by d.city",
        f"{JOIN} d.client_id = f.client_id and f.sold_on > '2026-01-01' group by d.city",
        "select f.amount from dim_client d, fact_sales f where f.client_id = d.client_id",
        "select f.amount from fact_sales f left join dim_shop d on f.shop_id = d.shop_id",
        "select f.amount from fact_returns f join dim_client d on f.client_id = d.client_id",
        "with x as (select d.city from fact_sales f join dim_client d on f.client_id = d.client_id) select city from x",
        f"{JOIN.replace('d.city', 'd.city, d.valid_from')} f.client_id = d.client_id group by d.city, 2",
    ],
)
def test_joined_by_the_natural_key(check, sql: str) -> None:
    (found,) = check(NaturalKeyJoin(), sql, ddl=DDL)
    assert "_id = " in found


@pytest.mark.parametrize(
    "sql",
    [
        f"{JOIN} f.client_key = d.client_key group by d.city",
        f"{JOIN} f.client_key = d.client_key and f.client_id = d.client_id group by d.city",
        f"{JOIN} f.client_id = d.client_id and d.is_current group by d.city",
        f"{JOIN} f.client_id = d.client_id and f.sold_on between d.valid_from and d.valid_to group by d.city",
        f"{JOIN} f.client_id = d.client_id where d.valid_to is null group by d.city",
        "select s.client_id from sales s join dim_client d on s.client_id = d.client_id",
        "select f.amount from fact_sales f join dim_region r on f.amount = r.region_key",
        "select f.amount from fact_sales f join unknown d on f.client_id = d.client_id",
        f"{JOIN} f.client_id = d.city group by d.city",
        "select f.amount from fact_sales f join dim_client using (client_key)",
        "select f.amount from fact_sales f join dim_client d using (client_id, client_key)",
        "select f.amount from fact_sales f join dim_client d using (client_id) where d.is_current",
    ],
)
def test_other_joins(check, sql: str) -> None:
    assert check(NaturalKeyJoin(), sql, ddl=DDL) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select f.amount from fact_sales f join dim_client d using (client_id)",
        "select f.amount from dim_client d join fact_sales f using (client_id)",
    ],
)
def test_joined_by_the_natural_key_with_using(check, sql: str) -> None:
    assert check(NaturalKeyJoin(), sql, ddl=DDL) == ["client_id"]


CLIMB = """select r.name, sum(f.amount) from fact_sales f join dim_shop s on f.shop_key = s.shop_key
join dim_region r on s.region_key = r.region_key"""


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (CLIMB, ["dim_region"]),
        (f"{CLIMB} join dim_country c on r.country_key = c.country_key", ["dim_region"]),
        (CLIMB.replace("on s.region_key", "on f.shop_key = r.region_key and s.region_key"), []),
        (
            "select r.name from fact_sales f join dim_shop s using (shop_key) join dim_region r using (region_key)",
            ["dim_region"],
        ),
        ("select r.name from fact_sales f join dim_shop s using (shop_key) join dim_client r using (client_key)", []),
        (CLIMB.replace("fact_sales", "sales"), []),
        ("select s.city from dim_shop s join dim_region r on s.region_key = r.region_key", []),
        (
            CLIMB.replace("dim_region r on s.region_key = r.region_key", "dim_client r on f.client_key = r.client_key"),
            [],
        ),
    ],
)
def test_climbs(check, sql: str, found: list[str]) -> None:
    assert check(SnowflakedDimension(), sql, ddl=DDL) == found


def test_another_version_of_the_same_dimension_is_no_snowflake(check) -> None:
    sql = """select n.city, sum(f.amount) from fact_sales f join dim_client d on f.client_key = d.client_key
    join dim_client n on d.client_id = n.client_id and n.is_current group by n.city"""
    assert check(SnowflakedDimension(), sql, ddl=DDL) == []
    assert check(SnowflakedDimension(), sql.replace("dim_client n", "dim_region n"), ddl=DDL) == ["dim_region"]


def test_a_declared_reference_is_meant(check) -> None:
    declared = DDL + "alter table dim_shop add foreign key (region_key) references dim_region (region_key);"
    assert check(SnowflakedDimension(), CLIMB, ddl=declared) == []
