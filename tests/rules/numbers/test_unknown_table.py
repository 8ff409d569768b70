"""Which names `unknown-table` takes for tables that are missing."""

from __future__ import annotations

import pytest

from leaktight_rules.numbers.unknown_table import UnknownTable

DDL = "create table shop.orders (id bigint primary key); create table shop.customers (id bigint primary key);"


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("select id from shop.ordres", 1),
        ("select id from shop.refunds", 1),
        ("insert into shop.ordres select id from shop.orders", 1),
        ("select id from shop.orders", 0),
        ("select id from SHOP.Orders", 0),
        ("select id from shop.orders_20260131", 0),
        ("select id from crm.ordres", 0),
        ("with ordres as (select 1 as id) select id from ordres", 0),
        ("create temp table shop.ordres as select 1 as id; select id from shop.ordres", 0),
        ("select id from shop._ordres", 0),
    ],
)
def test_names(check, sql: str, count: int) -> None:
    found = check(UnknownTable(schemas=("shop",)), sql, path="jobs/a.sql", **{"ddl__t.sql": DDL})
    assert len(found) == count
    assert check(UnknownTable(), sql, path="jobs/a.sql", **{"ddl__t.sql": DDL}) == []
