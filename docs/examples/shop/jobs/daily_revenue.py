"""Sum up the order lines of the lake, a row a day, channel and product."""

from pyspark.sql import DataFrame, SparkSession

REVENUE = """
    select
        l.order_date,
        l.channel_id,
        l.product_id,
        sum(l.quantity) as pieces,
        sum(l.quantity * l.price) as revenue
    from lake.order_lines as l
    where l.quantity > 0
    group by l.order_date, l.channel_id, l.product_id
"""


def revenue(spark: SparkSession) -> DataFrame:
    """Give the revenue of each day, channel and product."""
    return spark.sql(REVENUE)


def main() -> None:
    """Add the revenue to the table that the dashboards read."""
    spark = SparkSession.builder.appName("daily_revenue").getOrCreate()
    revenue(spark).write.format("delta").mode("append").saveAsTable("lake.daily_revenue")
    spark.stop()


if __name__ == "__main__":
    main()
