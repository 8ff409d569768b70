"""Replace one day's refunds in the shop database, and add up what was refunded."""

import csv
import os
import sys
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

import psycopg
from pydantic import AwareDatetime, BaseModel, Field

DELETE_DAY = "delete from refunds where refunded_on = %s"

INSERT_DAY = """
    insert into refunds (refund_id, order_id, ordered_at, channel_id, amount, reason, refunded_on)
    values (%(refund_id)s, %(order_id)s, %(ordered_at)s, %(channel_id)s, %(amount)s, %(reason)s, %(refunded_on)s)
"""

SAVE_TOTALS = """
    insert into refund_totals (channel_id, refunded_on, refunded)
    select r.channel_id, r.refunded_on, sum(r.amount)
    from refunds as r
    where r.refunded_on = %s
    group by r.channel_id, r.refunded_on
    on conflict (channel_id, refunded_on) do update set refunded = excluded.refunded
"""


class Refund(BaseModel):
    """A line of the marketplace's file."""

    refund_id: UUID
    order_id: UUID
    ordered_at: AwareDatetime
    channel_id: str = Field(min_length=1)
    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    reason: Literal["damaged", "late", "goodwill", "other"]
    refunded_on: date


def read_refunds(path: str, day: date) -> list[Refund]:
    """Read the file that the marketplace drops for us each night; raise where a line is not of that day."""
    with open(path, newline="", encoding="utf-8") as file:
        refunds = [Refund.model_validate(row) for row in csv.DictReader(file)]
    if not refunds or any(refund.refunded_on != day for refund in refunds):
        raise ValueError(f"{path} is not the refunds of {day}")
    return refunds


def replace_refunds(connection: psycopg.Connection, day: date, refunds: list[Refund]) -> None:
    """Put a day's refunds in the place of those that we have for it, and its totals with them."""
    with connection.transaction():
        cursor = connection.cursor()
        cursor.execute(DELETE_DAY, (day,))
        cursor.executemany(INSERT_DAY, [refund.model_dump() for refund in refunds])
        cursor.execute(SAVE_TOTALS, (day,))


if __name__ == "__main__":
    refund_day = date.fromisoformat(sys.argv[1])
    day_refunds = read_refunds(sys.argv[2], refund_day)
    with psycopg.connect(os.environ["SHOP_DSN"]) as shop:
        replace_refunds(shop, refund_day, day_refunds)
