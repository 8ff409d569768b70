"""Sum up one day's order lines of the lake, a row a channel and product."""

import sys
from datetime import date

from pyspark.sql import DataFrame, SparkSession

REVENUE = """
    select
        l.order_date,
        l.channel_id,
        l.product_id,
        sum(l.quantity) as pieces,
        sum(l.quantity * l.price) as revenue
    from lake.order_lines as l
    where l.order_date = :day
        and l.quantity > 0
    group by l.order_date, l.channel_id, l.product_id
"""

SAVE = """
    merge into lake.daily_revenue as t
    using day_revenue as d
        on t.order_date = :day
        and t.order_date = d.order_date
        and t.channel_id = d.channel_id
        and t.product_id = d.product_id
    when matched then update set
        pieces = d.pieces,
        revenue = d.revenue
    when not matched then insert (order_date, channel_id, product_id, pieces, revenue)
        values (d.order_date, d.channel_id, d.product_id, d.pieces, d.revenue)
"""


def revenue(spark: SparkSession, day: date) -> DataFrame:
    """Give the revenue of each channel and product on a day."""
    return spark.sql(REVENUE, args={"day": day})


def main(day: date) -> None:
    """Bring the day's revenue into the table that the dashboards read."""
    spark = SparkSession.builder.appName("daily_revenue").getOrCreate()
    revenue(spark, day).createOrReplaceTempView("day_revenue")
    spark.sql(SAVE, args={"day": day})
    spark.stop()


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))
