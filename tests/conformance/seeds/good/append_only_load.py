"""Load the orders of a day into a staging table, then bring them over by key, then count."""

from shop import DataQualityError, db, fetch_orders

MERGE = """
    INSERT INTO orders (order_id, amount, updated_at)
    SELECT order_id, amount, NOW()
    FROM staging_orders
    ON CONFLICT (order_id) DO UPDATE SET
        amount = EXCLUDED.amount,
        updated_at = EXCLUDED.updated_at
"""


def load_orders(day):
    orders = fetch_orders(day)
    db.execute("CREATE TEMP TABLE staging_orders (LIKE orders)")
    db.executemany("INSERT INTO staging_orders VALUES (%s, %s)", [(order.id, order.amount) for order in orders])
    staged = db.query("SELECT COUNT(*) FROM staging_orders")[0]
    if staged != len(orders):
        raise DataQualityError(f"{staged} rows staged, {len(orders)} fetched")
    db.execute(MERGE)
