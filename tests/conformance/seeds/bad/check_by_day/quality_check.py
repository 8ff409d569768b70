"""The last task of the load: were there any orders that day?"""

from shop import DataQualityError, db


def quality_check(**context):
    date = context["ds"]
    row_count = db.query("SELECT COUNT(*) FROM orders WHERE DATE(created_at) = %s", date)[0]
    if row_count == 0:
        raise DataQualityError(f"No orders loaded for {date}")
