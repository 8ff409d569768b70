"""Bring the marketplaces' orders of one day into the shop database."""

import os
import sys
from decimal import Decimal
from typing import Literal
from uuid import UUID

import psycopg
import requests
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

API = "https://api.marketplace.example/v2/orders"

FIND_CUSTOMERS = "select email, customer_id from customers where email = any(%s)"

SAVE = """
    insert into orders (order_id, customer_id, channel_id, status, total, created_at, updated_at, currency)
    values (%s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (order_id, created_at) do update set
        customer_id = excluded.customer_id,
        status = excluded.status,
        total = excluded.total,
        updated_at = excluded.updated_at,
        currency = excluded.currency
    where orders.updated_at < excluded.updated_at
"""


class Order(BaseModel):
    """An order as the marketplace sends it."""

    id: UUID
    email: str
    channel: str = Field(min_length=1)
    status: Literal["new", "paid", "sent", "returned"]
    total: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    placed_at: AwareDatetime
    changed_at: AwareDatetime
    currency: str = Field(min_length=3, max_length=3)

    def row(self, customer_id: int | None) -> tuple[object, ...]:
        """Give the order as a row of `orders`."""
        placed = (self.placed_at, self.changed_at)
        return (self.id, customer_id, self.channel, self.status, self.total, *placed, self.currency)


def fetch_orders(day: str) -> list[Order]:
    """Fetch the orders that were placed on a day, `2025-06-30`; raise where one breaks its shape."""
    response = requests.get(API, params={"placed_on": day}, timeout=30)
    response.raise_for_status()
    return TypeAdapter(list[Order]).validate_python(response.json()["orders"])


def load_orders(connection: psycopg.Connection, orders: list[Order]) -> None:
    """Write the orders, each with the account of the customer who placed it, if there is one."""
    cursor = connection.cursor()
    cursor.execute(FIND_CUSTOMERS, ([order.email for order in orders],))
    customers = dict(cursor.fetchall())
    cursor.executemany(SAVE, [order.row(customers.get(order.email)) for order in orders])


def main(day: str) -> None:
    """Load one day."""
    orders = fetch_orders(day)
    with psycopg.connect(os.environ["SHOP_DSN"]) as connection:
        load_orders(connection, orders)


if __name__ == "__main__":
    main(sys.argv[1])
