"""What a statement does to the columns of a table."""

from __future__ import annotations

import pytest

from leaktight.languages.sql.column_changes import Touch, touched
from leaktight.languages.sql.dialects import dialect_named
from leaktight.languages.sql.tokens import tokenise


@pytest.mark.parametrize(
    ("statement", "touch"),
    [
        ("create table orders (id int)", Touch.MADE),
        ("create table if not exists shop.orders (id int)", Touch.MADE),
        ('create or replace view "shop"."Orders" as select 1', Touch.MADE),
        ("create temp table orders as select 1", Touch.MADE),
        ("create table lines (id int references orders)", Touch.NOTHING),
        ("create index by_total on orders (total)", Touch.NOTHING),
        ("create view big as select * from orders", Touch.NOTHING),
        ("create trigger t before insert on orders for each row execute function f()", Touch.NOTHING),
        ("alter table orders add total int", Touch.CHANGED),
        ("alter table shop.orders add column total int", Touch.CHANGED),
        ("alter table orders drop column total", Touch.CHANGED),
        ("alter table orders rename to old_orders", Touch.CHANGED),
        ("alter table orders alter column total type bigint", Touch.CHANGED),
        ("alter table orders alter total set data type bigint", Touch.CHANGED),
        ("alter table orders alter column total varchar(3)", Touch.CHANGED),
        ("alter table orders modify total bigint", Touch.CHANGED),
        ("alter table orders set schema old", Touch.CHANGED),
        ("alter table orders add constraint c check (id > 0), add column total int", Touch.CHANGED),
        ("alter table orders owner to shop", Touch.NOTHING),
        ("alter table only shop.orders add constraint orders_pkey primary key (id)", Touch.NOTHING),
        ("alter table orders add primary key (id)", Touch.NOTHING),
        ("alter table orders drop constraint c", Touch.NOTHING),
        ("alter table only orders alter column id set default nextval('s')", Touch.NOTHING),
        ("alter table orders alter column id add generated always as identity (start with 1)", Touch.NOTHING),
        ("alter table orders alter column id drop not null", Touch.NOTHING),
        ("alter table orders enable row level security", Touch.NOTHING),
        ("alter table lines add column total int", Touch.NOTHING),
        ("rename table orders to old_orders", Touch.CHANGED),
    ],
)
def test_statements(statement: str, touch: Touch) -> None:
    dialect = dialect_named("mysql" if "rename table" in statement else "postgres")
    done, names = touched(tokenise(statement, dialect))
    assert (done if "orders" in names else Touch.NOTHING) is touch
