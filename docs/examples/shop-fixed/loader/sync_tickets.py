"""Copy the help desk's tickets that changed from the shop database to its reports."""

import os
from datetime import datetime

import psycopg

CHANGED_TICKETS = """
    insert into ticket_reports (ticket_id, status, topic, created_at, updated_at)
    select ticket_id, status, topic, created_at, updated_at
    from tickets
    where updated_at >= %(last_run)s
    on conflict (ticket_id) do update set
        status = excluded.status,
        topic = excluded.topic,
        updated_at = excluded.updated_at
"""


def sync_tickets(last_run: datetime) -> None:
    """Copy what was asked, or has changed, since the last run."""
    with psycopg.connect(os.environ["SHOP_DSN"]) as connection:
        connection.execute(CHANGED_TICKETS, {"last_run": last_run})
