"""Replace one day's refunds in the shop database, and add up what was refunded."""

import csv
import os
import sys

import pandas as pd
import psycopg
from sqlalchemy import create_engine


def read_refunds(path: str) -> list[tuple[str, ...]]:
    """Read the file that the marketplace drops for us each night."""
    with open(path, newline="", encoding="utf-8") as file:
        return [tuple(row) for row in csv.reader(file)]


def replace_refunds(day: str, refunds: list[tuple[str, ...]]) -> None:
    """Put a day's refunds in the place of those that we have for it."""
    connection = psycopg.connect(os.environ["SHOP_DSN"], autocommit=True)
    cursor = connection.cursor()
    cursor.execute("delete from refunds where refunded_on = %s", (day,))
    cursor.executemany(
        "insert into refunds (refund_id, order_id, channel_id, amount, reason, refunded_on)"
        " values (%s, %s, %s, %s, %s, %s)",
        refunds,
    )
    connection.close()


def refunds_of(channel: str, day: str) -> list[tuple]:
    """Give a channel's refunds of one day."""
    with psycopg.connect(os.environ["SHOP_DSN"]) as connection:
        return connection.execute(
            f"select refund_id, amount from refunds where channel_id = '{channel}' and refunded_on = '{day}'"
        ).fetchall()


def add_totals(channel: str, day: str) -> None:
    """Add the day's total for the finance team."""
    refunds = pd.DataFrame(refunds_of(channel, day), columns=["refund_id", "amount"])
    totals = pd.DataFrame([{"channel_id": channel, "refunded_on": day, "refunded": refunds["amount"].sum()}])
    engine = create_engine(os.environ["SHOP_URL"])
    totals.to_sql("refund_totals", engine, if_exists="append", index=False)


if __name__ == "__main__":
    replace_refunds(sys.argv[1], read_refunds(sys.argv[2]))
    for name in sys.argv[3:]:
        add_totals(name, sys.argv[1])
