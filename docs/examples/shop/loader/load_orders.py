"""Bring the marketplaces' orders of one day into the shop database."""

import os
import sys
from typing import Any

import psycopg
import requests

API = "https://api.marketplace.example/v2/orders"


def fetch_orders(day: str) -> list[dict[str, Any]]:
    """Fetch the orders that were placed on a day, `2025-06-30`."""
    response = requests.get(API, params={"placed_on": day}, timeout=30)
    response.raise_for_status()
    return response.json()["orders"]


def find_customers(connection: psycopg.Connection, orders: list[dict[str, Any]]) -> None:
    """Give each order the account of the customer who placed it, if there is one."""
    for order in orders:
        row = connection.execute(
            "select customer_id from customers where email = %s",
            (order["email"],),
        ).fetchone()
        order["customer_id"] = row[0] if row else None


def load_orders(connection: psycopg.Connection, orders: list[dict[str, Any]]) -> None:
    """Write the orders."""
    cursor = connection.cursor()
    for order in orders:
        cursor.execute(
            "insert into orders values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                order["id"],
                order["customer_id"],
                order["channel"],
                order["status"],
                order["total"],
                order["placed_at"],
                order["changed_at"],
                order["currency"],
            ),
        )


def main(day: str) -> None:
    """Load one day."""
    orders = fetch_orders(day)
    with psycopg.connect(os.environ["SHOP_DSN"]) as connection:
        find_customers(connection, orders)
        load_orders(connection, orders)


if __name__ == "__main__":
    main(sys.argv[1])
