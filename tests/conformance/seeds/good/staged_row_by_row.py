"""The staged load as it is often written: row by row into a temporary table, then one upsert."""

from shop import db, fetch_orders


def load_orders(day):
    db.execute("CREATE TEMP TABLE staging_orders (LIKE orders)")
    for order in fetch_orders(day):
        db.execute("INSERT INTO staging_orders VALUES (%s, %s)", order.id, order.amount)
    db.execute("""
        INSERT INTO orders (order_id, amount, updated_at)
        SELECT order_id, amount, NOW()
        FROM staging_orders
        ON CONFLICT (order_id) DO UPDATE SET
            amount = EXCLUDED.amount,
            updated_at = EXCLUDED.updated_at
    """)
