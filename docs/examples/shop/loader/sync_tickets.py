"""Copy the help desk's new tickets from the shop database to its reports."""

import psycopg

NEW_TICKETS = """
    insert into ticket_reports (ticket_id, status, topic, created_at)
    select ticket_id, status, topic, created_at
    from tickets
    where created_at > %(last_run)s
    on conflict (ticket_id) do nothing
"""


def sync_tickets(last_run: str) -> None:
    """Copy what was asked since the last run."""
    with psycopg.connect(host="db.kettle-and-quill.internal", user="desk", password="Steep-4-Minutes") as connection:
        connection.execute(NEW_TICKETS, {"last_run": last_run})
