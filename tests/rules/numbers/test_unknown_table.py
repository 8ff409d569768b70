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


MAKES = {
    "in a function": "create function f(n text) returns void language plpgsql as $$ begin execute format('create table %I (id int)', n); end $$;",
    "of one schema": "create function f(n text) returns void language plpgsql as $$ begin execute format('create table shop.%I (id int)', n); end $$;",
    "of another schema": "create function f(n text) returns void language plpgsql as $$ begin execute format('create table audit.%I (id int)', n); end $$;",
    "of a pattern": "create function f(n text) returns void language plpgsql as $$ begin execute 'create table shop.refunds_' || n || ' (id int)'; end $$;",
    "moved there": "do $$ begin if true then alter table raw.refunds_old set schema shop; end if; end $$;",
}


@pytest.mark.parametrize(
    ("makes", "name", "count"),
    [
        ("in a function", "refunds", 0),
        ("in a function", "orderss", 1),
        ("of one schema", "refunds", 0),
        ("of one schema", "orderss", 1),
        ("of another schema", "refunds", 1),
        ("of a pattern", "refunds_q1", 0),
        ("of a pattern", "refunds", 1),
        ("moved there", "refunds_old", 0),
        ("moved there", "refunds", 1),
    ],
)
def test_tables_that_are_made_at_run_time(check, makes: str, name: str, count: int) -> None:
    files = {"ddl__t.sql": DDL, "ddl__u.sql": MAKES[makes]}
    found = check(UnknownTable(schemas=("shop",)), f"select id from shop.{name}", path="jobs/a.sql", **files)
    assert len(found) == count


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('cursor.execute("create table shop.refunds_%s (id int)" % year)', 0),
        ('cursor.execute(f"create table {schema}.refunds_eu ({columns})")', 0),
        ('frame.to_sql("refunds_eu", engine, schema="shop")', 0),
        ('frame.to_sql("charges", engine, schema="shop")', 1),
    ],
)
def test_tables_that_a_program_makes(check, code: str, count: int) -> None:
    files = {"ddl__t.sql": DDL, "jobs__load.py": f"import pandas\n{code}\n"}
    found = check(UnknownTable(schemas=("shop",)), "select id from shop.refunds_eu", path="jobs/a.sql", **files)
    assert len(found) == count


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("select id from shop.a join shop.b using (id)", 2),
        ("select id from shop.a join shop.b using (id) join shop.c using (id)", 0),
        ("select id from shop.a join shop.b using (id) join shop.orderss using (id)", 1),
        ("select id from orderss", 1),
        ("select id from open_orders", 0),
    ],
)
def test_most_names_of_another_database(check, sql: str, count: int) -> None:
    assert (
        len(
            check(
                UnknownTable(schemas=("shop", "")),
                sql,
                path="jobs/a.sql",
                **{"ddl__t.sql": DDL + "create table orders (id int);"},
            )
        )
        == count
    )
