"""DELETE and INSERT of one table that commit each on its own."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, Finding, Fix, Good, Related, TableWrite, WriteMethod, WriteRule

_EMPTIES = (WriteMethod.DELETE, WriteMethod.TRUNCATE)
_FILLS = (WriteMethod.INSERT, WriteMethod.APPEND)
_SCRIPTS = {
    "bigquery": "put both between `BEGIN TRANSACTION` and `COMMIT TRANSACTION`, or `MERGE`",
    "snowflake": "put both between `BEGIN` and `COMMIT`, or `INSERT OVERWRITE`",
    "databricks": "`INSERT INTO … REPLACE WHERE`, or `INSERT OVERWRITE` the partition",
    "spark": "`INSERT OVERWRITE` the partition",
    "hive": "`INSERT OVERWRITE` the partition",
    "athena": "write a new table and swap it in, or `MERGE`",
    "clickhouse": "fill a new table and `EXCHANGE TABLES`, or `REPLACE PARTITION`",
}


class SplitTransaction(WriteRule):
    """A `DELETE` or `TRUNCATE` whose `INSERT` commits apart from it leaves the table empty when the load fails between.

    Deleting a window and inserting it anew makes a load safe to run again, but only as one transaction. With autocommit, or
    with a `commit()` in between, readers see the rows missing in the meantime, and a failure of the `INSERT` leaves them
    missing until somebody notices.

    The rule needs to know that the two commit apart: `autocommit=True`, a `commit()` between them, a driver or warehouse
    that commits each statement (BigQuery, Snowflake, Databricks scripts without `BEGIN`), a `TRUNCATE` that commits at once
    (MySQL, Oracle, Redshift). A plain PostgreSQL script may be run in one transaction from outside, so it is left alone; so
    are staging tables and migrations, and statements kept in constants, of which nobody sees that one follows the other.
    """

    name = "split-transaction"
    category = Category.RERUN
    examples = (
        Bad(
            """
            def replace_refunds(day, refunds):
                connection = psycopg.connect(DSN, autocommit=True)
                cursor = connection.cursor()
                cursor.execute("delete from refunds where day = %s", (day,))
                cursor.executemany("insert into refunds (day, amount) values (%s, %s)", refunds)
                                    ^^^^^^ `DELETE` of `refunds` and this `INSERT` commit apart: `autocommit=True`
            """,
            language="python",
        ),
        Bad(
            """
            def reload(connection, rows):
                cursor = connection.cursor()
                cursor.execute("truncate table prices")
                connection.commit()
                cursor.executemany("insert into prices (sku, price) values (%s, %s)", rows)
                                    ^^^^^^ `TRUNCATE` of `prices` and this `INSERT` commit apart
            """,
            language="python",
        ),
        Bad(
            """
            delete from sales.daily_revenue where day = @day;
            insert into sales.daily_revenue (day, revenue) select o.day, sum(o.total) from sales.orders as o group by o.day;
            ^^^^^^ BigQuery commits each statement on its own
            """,
            dialect="bigquery",
            hosts=False,
        ),
        Bad(
            """
            def replace_prices(engine, prices):
                with engine.begin() as connection:
                    connection.execute(text("delete from prices"))
                    prices.to_sql("prices", engine, if_exists="append", index=False)
                                                    ^^^^^^^^^^^^^^^^^^ commit apart: `to_sql` commits on its own
            """,
            language="python",
        ),
        Good(
            """
            def replace_prices(engine, prices):
                with engine.begin() as connection:
                    connection.execute(text("delete from prices"))
                    prices.to_sql("prices", connection, if_exists="append", index=False)
            """,
            language="python",
            note="`to_sql` joins the transaction of a connection; of an engine it takes one of its own.",
        ),
        Good(
            """
            def replace_refunds(connection, day, refunds):
                with connection.transaction():
                    cursor = connection.cursor()
                    cursor.execute("delete from refunds where day = %s", (day,))
                    cursor.executemany("insert into refunds (day, amount) values (%s, %s)", refunds)
            """,
            language="python",
        ),
        Good(
            """
            begin transaction;
            delete from sales.daily_revenue where day = @day;
            insert into sales.daily_revenue (day, revenue) select o.day, sum(o.total) from sales.orders as o group by o.day;
            commit transaction;
            """,
            dialect="bigquery",
        ),
        Good(
            "delete from prices; insert into prices (sku) select p.sku from prices_new as p;",
            dialect="postgres",
            note="Whoever runs the script decides on the transaction.",
        ),
        Good(
            "truncate table staging.prices; insert into staging.prices (sku) select p.sku from raw.prices as p;",
            dialect="snowflake",
        ),
    )

    def check(self, write: TableWrite) -> Iterator[Finding]:
        """Yield the word that inserts, where the delete before it is in another transaction."""
        if write.method not in _FILLS or not write.lasting or _is_aside(write):
            return
        emptied = [earlier for earlier in write.before if earlier.method in _EMPTIES]
        if not emptied:
            return
        last = emptied[-1]
        later = write.before[write.before.index(last) + 1 :]
        if any(one.method in _FILLS for one in later) or (write.call is None and write.load is None):
            return
        if last.transaction is not None and last.transaction == write.transaction:
            return
        if write.call is not None and not write.call.call.sink and last.call is not write.call:
            return  # constants, of which nobody sees when they are run
        verb = last.method.value.upper()
        evidence = last.commits or write.commits
        word = "INSERT" if write.via == "sql" else write.via
        why = (
            f": {evidence.reason}"
            if evidence is not None
            else ": a `commit()` or the end of a block stands between them"
        )
        related = [Related(last.location, f"the `{verb}`")]
        if evidence is not None and evidence.place is not None:
            related.append(Related(evidence.place, "what commits"))
        hint = "run both in one transaction"
        if write.via.startswith("load_table"):
            hint = "a load job stands in no transaction: `WRITE_TRUNCATE` the partition (`table$20250630`) instead"
        elif write.call is None or write.dialect in ("bigquery", "databricks", "spark"):
            hint = _SCRIPTS.get(write.dialect, hint)
        yield Finding(
            write.span,
            f"the `{verb}` of `{write.written}` and this `{word}` commit apart{why}",
            tuple(related),
            Fix.hint(hint),
        )


def _is_aside(write: TableWrite) -> bool:
    return write.path.migration or write.path.test or write.path.fixture
