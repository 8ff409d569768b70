"""The last task of the load: were there any orders that day?"""

from datetime import date, timedelta

from shop import DataQualityError, db


def quality_check(**context):
    day = date.fromisoformat(context["ds"])
    row_count = db.query(
        "SELECT COUNT(*) FROM orders WHERE created_at >= %s AND created_at < %s",
        day,
        day + timedelta(days=1),
    )[0]
    if row_count == 0:
        raise DataQualityError(f"No orders loaded for {day}")
