"""Copy the orders that changed since the last load, by named columns."""

from shop import load_to_warehouse, source_db, warehouse


def incremental_load():
    last_load = warehouse.query("SELECT COALESCE(MAX(updated_at), '1970-01-01') FROM orders_warehouse")[0]
    new_orders = source_db.query(
        """
        SELECT order_id, user_id, amount, updated_at
        FROM orders
        WHERE updated_at >= %s
        """,
        last_load,
    )
    load_to_warehouse(new_orders)
