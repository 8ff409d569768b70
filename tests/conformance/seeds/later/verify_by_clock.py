"""Compare what was staged with what arrived in the last minute."""

from shop import DataQualityError, db


def verify():
    staged = db.query("SELECT COUNT(*) FROM staging_orders")[0]
    arrived = db.query("SELECT COUNT(*) FROM orders WHERE updated_at >= NOW() - INTERVAL '1 minute'")[0]
    if staged != arrived:
        raise DataQualityError(f"{staged} rows staged, {arrived} arrived")
