"""Under which names a file makes tables that no statement of it declares."""

from __future__ import annotations

import pytest

from leaktight.catalog.change import CreateTable, RenameTable
from leaktight.catalog.openings import Made, Opening, Openings
from leaktight.catalog.table import Table, TableName
from leaktight.operations.openings import openings


def made(text: str, *known: CreateTable | RenameTable) -> list[str]:
    return [".".join(opening.parts) for opening in openings(text, known)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("EXECUTE format('CREATE TABLE %I (id int)', name)", ["*"]),
        ("EXECUTE format('CREATE TABLE audit.%I (id int)', name)", ["audit.*"]),
        ("EXECUTE format('CREATE TABLE %1$I.%2$I_history (id int)', s, t)", ["*_history"]),
        ("EXECUTE 'create table if not exists orders_' || year || ' (id int)'", ["orders_*"]),
        ("EXECUTE 'create table ' || quote_ident(name)", ["*"]),
        ("EXECUTE 'CREATE OR REPLACE VIEW shop.open_orders AS SELECT 1'", ["shop.open_orders"]),
        ('sql = f"CREATE TABLE {schema}.orders ({columns})"', ["orders"]),
        ('sql = "create table lab.prep_%s (id int)" % prep', ["lab.prep_*"]),
        ('sql = "create table " + name', ["*"]),
        ("`create table ${table} (id int)`", ["*"]),
        ("create external table `${project}.${dataset}.trips` (id int64)", ["trips"]),
        ("create table `shop`.`orders`", ["shop.orders"]),
        ('create table "Shop"."Orders"', ["shop.orders"]),
        ("create table [dbo].[Order Lines]", ["dbo.order lines"]),
        ("create table @results.runs (id int)", ["runs"]),
        ("create table :schema.runs (id int)", ["runs"]),
        ("DO $$ BEGIN ALTER TABLE IF EXISTS shop.orders SET SCHEMA old; END $$", ["old.orders"]),
        ("DO $$ BEGIN ALTER TABLE shop.orders RENAME TO orders_old; END $$", ["shop.orders_old"]),
        ("knex.schema.createTable('orders', make)", ["orders"]),
        ("frame.to_sql('raw_orders', engine)", ["raw_orders"]),
        ("frame.to_sql(table, engine)", ["*"]),
        ('frame.write.saveAsTable("shop.orders")', ["shop.orders"]),
        ("create temp table picked (id int)", []),
        ("create table;", []),
        ("create index on orders (id)", []),
        ("alter table shop.orders add column total int", []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert made(text) == names


def test_what_the_statements_of_the_file_make_is_no_opening() -> None:
    text = "create table shop.orders (id int); EXECUTE 'create table shop.refunds (id int)'"
    orders = CreateTable(Table(TableName(("Shop", "orders"))))
    assert made(text, orders) == ["shop.refunds"]
    assert made(text) == ["shop.orders", "shop.refunds"]
    moved = RenameTable(TableName(("orders",)), TableName(("old_orders",)))
    assert made("alter table orders rename to old_orders", moved) == []


@pytest.mark.parametrize(
    ("parts", "name", "made"),
    [
        (("lab", "prep_*"), "lab.prep_17", Made.OF_THIS_NAME),
        (("lab", "prep_*"), "prep_17", Made.OF_THIS_NAME),
        (("lab", "prep_*"), "shop.prep_17", Made.NO),
        (("lab", "prep_*"), "lab.sample", Made.NO),
        (("*_history",), "shop.orders_history", Made.OF_THIS_NAME),
        (("a*bc*d",), "xbcd", Made.NO),
        (("a*bc*d",), "aabcxd", Made.OF_THIS_NAME),
        (("abc*cd",), "abcd", Made.NO),
        (("orders",), "shop.orders", Made.OF_THIS_NAME),
        (("orders",), "shop.order", Made.NO),
        (("*",), "shop.orders", Made.ANY_NAME),
        (("*_*",), "shop.orders_old", Made.ANY_NAME),
        (("audit", "*"), "audit.orders", Made.ANY_NAME),
        (("audit", "*"), "shop.orders", Made.NO),
    ],
)
def test_whether_a_table_may_be_made(parts: tuple[str, ...], name: str, made: Made) -> None:
    assert Openings([Opening(parts)]).made(TableName(tuple(name.split(".")))) is made
