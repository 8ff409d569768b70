"""Which columns `missing-foreign-key` takes for the name of another table's row."""

from __future__ import annotations

import pytest

from leaktight_rules.schema.missing_foreign_key import MissingForeignKey

KNOWN = """
create table users (id bigint primary key); create table shops (id bigint primary key);
create table "OrderLine" (id bigint primary key); create table categories (id bigint primary key);
"""


@pytest.mark.parametrize("column", ["user_id", '"userId"', '"orderLineId"', "order_line_id", "category_id"])
def test_names_of_a_row_of_another_table(check, column: str) -> None:
    sql = f"{KNOWN} create table t (id bigint primary key, {column} bigint, shop_id bigint references shops (id));"
    (found,) = check(MissingForeignKey(), sql)
    assert found.message.startswith(f"`{column.strip(chr(34))}` names a row of `")


@pytest.mark.parametrize(
    "column", ["userid", "user_ident", '"userType" text, "userId"', "user_type text, user_id", "id"]
)
def test_other_names(check, column: str) -> None:
    sql = f"{KNOWN} create table t ({column} bigint, shop_id bigint references shops (id));"
    assert check(MissingForeignKey(), sql) == []


def test_a_table_about_others_does_not_hold_them(check) -> None:
    about = "create table users (id bigint primary key, {} bigint); create table shops (id bigint primary key);"
    own = "create table t (id bigint primary key, user_id bigint, shop_id bigint references shops (id));"
    assert len(check(MissingForeignKey(), f"{about.format('manager_id')} {own}")) == 1
    assert check(MissingForeignKey(), f"{about.format('user_id')} {own}") == []


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("create table users (id bigint primary key)", 1),
        ("create table users (id bigint primary key) partition by hash (id)", 0),
        ("create table users (id bigint, day date, primary key (id, day))", 0),
        ("create table users (id uuid primary key)", 0),
        ("create table crm.users (id bigint primary key)", 0),
        ("create temp table users (id bigint primary key)", 0),
        ("create view users as select 1 as id", 0),
    ],
)
def test_tables_that_can_be_referred_to(check, other: str, found: int) -> None:
    shops = "create table shops (id bigint primary key);"
    own = "create table t (id bigint primary key, user_id bigint, shop_id bigint references shops (id));"
    assert len(check(MissingForeignKey(), f"{other}; {shops} {own}")) == found
