"""Which columns `missing-foreign-key` takes for the name of another table's row."""

from __future__ import annotations

import pytest

from leaktight_rules.schema.missing_foreign_key import MissingForeignKey

KNOWN = """
create table users (id bigint primary key); create table shops (id bigint primary key);
create table "OrderLine" (id bigint primary key); create table categories (id bigint primary key);
"""


PART = """
create table t_1 partition of t for values in (1); alter table t_1 add foreign key (user_id) references users (id);
alter table t add column shop_id bigint references shops (id);
"""


@pytest.mark.parametrize("column", ["user_id", '"userId"', '"orderLineId"', "order_line_id", "category_id"])
def test_names_of_a_row_of_another_table(check, column: str) -> None:
    sql = f"{KNOWN} create table t (id bigint primary key, {column} bigint, shop_id bigint references shops (id));"
    (found,) = check(MissingForeignKey(), sql)
    assert found.message.startswith(f"`{column.strip(chr(34))}` names a row of `")


@pytest.mark.parametrize(
    "column",
    ["provider text, user_id", "userid", "user_ident", '"userType" text, "userId"', "user_type text, user_id", "id"],
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


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        ("create table a (id int primary key, user_id bigint references users (id));", 1),
        ("create table a (id int primary key, user_pk bigint references users (id));", 0),
        ("create table a (id int primary key, owner_id bigint references shops (id));", 0),
        ("alter table t add column shop_id bigint references shops (id);", 1),
        (PART, 0),
    ],
)
def test_references_are_kept_around_it(check, beside: str, found: int) -> None:
    own = "create table t (id bigint primary key, user_id bigint) partition by list (id);"
    assert len(check(MissingForeignKey(), f"{KNOWN} {own} {beside}")) == found


def test_a_reference_made_twice_is_there_until_both_are_dropped(check) -> None:
    made = (
        f"{KNOWN} create table a (user_id bigint references users (id));"
        "create table t (id bigint primary key, user_id bigint references users (id));"
        "alter table t add constraint second foreign key (user_id) references users (id);"
    )
    assert check(MissingForeignKey(), f"{made} alter table t drop constraint second;") == []
    assert check(MissingForeignKey(), f"{made} alter table t drop constraint t_user_id_fkey;") == []
    both = f"{made} alter table t drop constraint second; alter table t drop constraint t_user_id_fkey;"
    assert len(check(MissingForeignKey(), both)) == 1


CUSTOMERS = "create table customers (id bigint primary key);"
ORDERS = "create table orders (id bigint primary key, customer_id bigint not null);"
ITEMS = "create table items (id bigint primary key, order_id bigint not null references orders (id));"


@pytest.mark.parametrize(
    ("tables", "found"),
    [
        (f"{CUSTOMERS} {ORDERS} {ITEMS}", 1),
        (f"{CUSTOMERS} {ORDERS} {ITEMS.replace(' references orders (id)', '')}", 0),
        (f"{CUSTOMERS} {ORDERS} {ITEMS} {' '.join(f'create table t{n} (id int primary key);' for n in range(3))}", 0),
        (f"{CUSTOMERS} {ORDERS.replace('bigint not null', 'text')} {ITEMS}", 0),
        (f"{CUSTOMERS} {ORDERS.replace('customer_id', 'old_customer_id')} {ITEMS}", 0),
        (f"{CUSTOMERS} {ORDERS.replace('customer_id', 'provider text, customer_id')} {ITEMS}", 0),
        (f"{CUSTOMERS} {ORDERS.replace('orders', 'order_history')} {ITEMS}", 0),
        (f"{CUSTOMERS} {ORDERS.replace('orders', 'order_changes')} {ITEMS}", 1),
        (f"{CUSTOMERS.replace('customers', 'crm.customers')} {ORDERS} {ITEMS}", 0),
        (f"{CUSTOMERS} {ORDERS} {ITEMS} create table a (id int primary key, owner_id bigint references customers (id));", 1),
        (f"{CUSTOMERS} {ORDERS} {ITEMS} create table a (id int primary key, customer_no bigint references customers (id));", 0),
    ],
)  # fmt: skip
def test_references_are_kept_in_the_folder(check, tables: str, found: int) -> None:
    assert len(check(MissingForeignKey(), tables)) == found


def test_another_folder_keeps_them(check) -> None:
    billing = "create table bills (id int primary key); create table rows (id int, bill_id int references bills (id));"
    own = f"{CUSTOMERS} {ORDERS}"
    assert len(check(MissingForeignKey(), own, path="shop/tables.sql", **{"shop/bills.sql": billing})) == 1
    assert check(MissingForeignKey(), own, path="shop/tables.sql", **{"billing/bills.sql": billing}) == []
