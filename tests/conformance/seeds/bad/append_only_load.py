"""Load the orders of a day, one by one."""

from shop import db, fetch_orders


def load_orders(day):
    orders = fetch_orders(day)
    for order in orders:
        db.execute("INSERT INTO orders VALUES (%s, %s)", order.id, order.amount)
