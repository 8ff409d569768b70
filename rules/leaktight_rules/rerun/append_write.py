"""Library calls that add rows to a table: a second run adds them again."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    TableWrite,
    WriteMethod,
    WriteRule,
    option,
    shortened,
    wording,
)

_HINTS = {
    "to_sql": "write to a staging table and upsert from it, or delete the rows of the same window first",
    "to_gbq": "load a staging table and `MERGE` from it, or replace the partition",
    "saveAsTable": "`MERGE INTO` on the key, or overwrite the partitions that the frame holds",
    "insertInto": "`MERGE INTO` on the key, or overwrite the partitions that the frame holds",
    "save": "`MERGE INTO` on the key, or overwrite the partitions that the frame holds",
    "parquet": "overwrite the partitions that the frame holds (`partitionOverwriteMode` `dynamic`)",
    "orc": "overwrite the partitions that the frame holds (`partitionOverwriteMode` `dynamic`)",
    "writeTo": "`overwritePartitions()`, or `MERGE INTO` on the key",
    "to_parquet": '`mode="overwrite_partitions"`',
    "insert_rows_json": "give each row its own id in `row_ids`, or `MERGE` from a staging table",
    "insert_rows": "`replace=True` with `replace_index` on the key",
    "S3ToRedshiftOperator": '`method="UPSERT"` with `upsert_keys`',
    "COPY": "copy into a staging table and upsert from it",
}


class AppendWrite(WriteRule):
    """A load that appends adds its rows again each time it is run again.

    `to_sql(if_exists="append")`, `.mode("append")`, `WRITE_APPEND`, `write_pandas`, `COPY`: none of them looks at what is
    there. A retry, a backfill or a second start of the job leaves every row twice, and nothing fails. Load a staging table
    and `MERGE` from it by key, or overwrite just the partition that the run computes.

    Some calls append without being told to: BigQuery's `load_table_from_…`, `write_pandas`, awswrangler's `to_sql`,
    `S3ToRedshiftOperator`. The finding then stands at the call's name.

    Left alone: a write whose rows are deleted, or whose table is made anew, before in the same function or task; one whose
    target's rows are looked up first; one into a table that a script of the same folder empties; the empty head of a frame
    (`frame.iloc[:0]`, `frame.head(0)`), which only makes the table; staging and temporary tables; streams, whose checkpoint
    knows what is written; Delta writes with `txnVersion`; Snowflake's and Databricks' `COPY INTO`, which remember the files they
    have loaded; tests.
    """

    name = "append-write"
    category = Category.RERUN
    examples = (
        Bad(
            """
            def add_totals(totals, engine):
                totals.to_sql("refund_totals", engine, if_exists="append", index=False)
                                                       ^^^^^^^^^^^^^^^^^^ `to_sql` appends to `refund_totals`
            """,
            language="python",
        ),
        Bad(
            """
            def main(spark):
                revenue(spark).write.format("delta").mode("append").saveAsTable("lake.daily_revenue")
                                                     ^^^^^^^^^^^^^^ appends to `lake.daily_revenue`
            """,
            language="python",
        ),
        Bad(
            """
            from google.cloud import bigquery

            config = bigquery.LoadJobConfig(write_disposition="WRITE_APPEND")
                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ appends to `sales.orders`
            bigquery.Client().load_table_from_dataframe(orders, "sales.orders", job_config=config)
            """,
            language="python",
        ),
        Bad(
            """
            from snowflake.connector.pandas_tools import write_pandas

            def load_orders(connection, frame):
                write_pandas(connection, frame, "ORDERS")
                ^^^^^^^^^^^^ `write_pandas` appends to `ORDERS` unless told otherwise
            """,
            language="python",
        ),
        Bad(
            """
            from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator

            load = GCSToBigQueryOperator(
                task_id="load",
                destination_project_dataset_table="sales.orders",
                write_disposition="WRITE_APPEND",
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `GCSToBigQueryOperator` runs on each schedule and each retry
            )
            """,
            language="python",
        ),
        Bad(
            """
            copy into orders from @landing/orders force = true
            ^^^^ `COPY` appends to `orders`
            """,
            dialect="snowflake",
            hosts=False,
        ),
        Good(
            """
            def replace_day(engine, totals, day):
                with engine.begin() as connection:
                    connection.execute(text("delete from refund_totals where day = :day"), {"day": day})
                    totals.to_sql("refund_totals", connection, if_exists="append", index=False)
            """,
            language="python",
            note="The day's rows take the place of the day's rows.",
        ),
        Good(
            """
            def replace_day(connection, table, day, totals):
                connection.execute(f"delete from {quote_identifier(table)} where day = ?", (day,))
                totals.to_sql(table, connection, if_exists="append", index=False)

            def main(connection, totals):
                replace_day(connection, "refund_totals", today(), totals)
            """,
            language="python",
            note="The name is only quoted: it is the same table.",
        ),
        Good('frame.to_sql("stg_orders", engine, if_exists="append")', language="python", note="A staging table."),
        Good(
            'frame.write.mode("overwrite").option("replaceWhere", "day = 1").saveAsTable("lake.daily_revenue")',
            language="python",
        ),
        Good('orders.writeStream.outputMode("append").toTable("lake.orders")', language="python"),
        Good("copy into orders from @landing/orders file_format = (type = csv)", dialect="snowflake"),
        Good(
            'frame.to_sql("page_views", engine, if_exists="append")',
            language="python",
            options={"append_only": ["page_views"]},
        ),
    )

    append_only: tuple[str, ...] = option(
        wording.APPEND_ONLY,
        "Tables, or words in their names, that are meant to have rows for each run.",
    )

    def check(self, write: TableWrite) -> Iterator[Finding]:
        """Yield the words that append, or the name of a call that appends of itself."""
        if write.method is not WriteMethod.APPEND or not write.repeats or write.load is None:
            return
        if write.is_called(self.append_only):
            return
        said = write.document.slice(write.span)
        implied = " unless told otherwise" if said == write.via else ""
        where = (
            f" to `{shortened(write.written, 60)}`"
            if write.target_span != write.span and "(" not in write.written
            else ""
        )
        message = f"`{write.via}` appends{where}{implied}: a second run adds the same rows again; {write.load.reason}"
        place = write.load.place
        related = (Related(place, "what runs it again"),) if place is not None else ()
        hint = _HINTS.get(write.via, "load a staging table and `MERGE` from it, or overwrite the partition of the run")
        yield Finding(write.span, message, related, Fix.hint(hint))
