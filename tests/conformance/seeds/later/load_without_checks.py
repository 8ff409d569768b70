"""Load the orders of a day, whatever they look like."""

from shop import db, fetch_orders

UPSERT = """
    INSERT INTO orders (order_id, user_id, amount)
    VALUES (%s, %s, %s)
    ON CONFLICT (order_id) DO UPDATE SET amount = EXCLUDED.amount
"""


def load_orders(day):
    db.executemany(UPSERT, [(order.id, order.user_id, order.amount) for order in fetch_orders(day)])
