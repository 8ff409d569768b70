"""Copy the orders that changed since the last load."""

from shop import load_to_warehouse, source_db, warehouse


def incremental_load():
    last_load = warehouse.query("SELECT MAX(updated_at) FROM orders_warehouse")[0]
    new_orders = source_db.query(
        """
        SELECT * FROM orders
        WHERE updated_at > %s
        """,
        last_load,
    )
    load_to_warehouse(new_orders)
