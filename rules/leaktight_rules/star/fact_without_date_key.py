"""A fact that does not say when it happened."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, Finding, Fix, Good, KeyKind, Severity, Table, TableDeclaration, TableRule, star


class FactWithoutDateKey(TableRule):
    """A fact table has no column that says when something happened.

    Every report of facts is about a period. Without a date nothing can be summed by day or month, loaded increment by
    increment, partitioned, or deleted when its time is over; and a second load of the same day cannot be told from the first.

    Add a key to the date dimension (`order_date_key`), or the date itself.

    A column counts by its type (`DATE`, `TIMESTAMP`, …) or by its name (`day_key`, `month`, `created_at`). Tables whose
    columns are not all known, and staging tables, are left alone. What a fact table is, its name says (`fact_orders`,
    `fct_orders`, `FactOrders`) or `star.facts` of the configuration.
    """

    name = "fact-without-date-key"
    category = Category.STAR
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table fact_sales (
                         ^^^^^^^^^^ `fact_sales` has no date: nothing says when its rows happened
                sale_id bigint primary key, client_key bigint not null, product_key bigint not null, amount numeric(12, 2)
            );
            """,
            dialect="postgres",
        ),
        Good("create table fact_sales (sale_id bigint, date_key int, client_key bigint, amount numeric(12, 2));"),
        Good("create table fact_sales (sale_id bigint, client_key bigint, sold_at timestamp, amount numeric(12, 2));"),
        Good(
            "create table fact_checking (article_id bigint primary key, verdict text);",
            note="Of facts in another sense: it has no keys and no measures.",
        ),
        Good("create table stg_fact_sales (sale_id bigint, client_key bigint, amount numeric(12, 2));"),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the name of a fact table without any column of time."""
        table = declared.table
        if declared.path.fixture or not table.complete or len(table.columns) < 3:
            return
        if table.kind == "partition" or not star.is_fact(table, declared.catalog.star) or not star.has_keys(table):
            return
        if _may_tell_time(table) or any(star.is_time(column) for column in table.columns.values()):
            return
        if any(
            key.kind is KeyKind.FOREIGN and key.references and star.is_time_name(key.references.name)
            for key in table.keys
        ):
            return
        yield Finding(
            declared.span,
            f"`{table.name}` has no date: nothing says when its rows happened",
            fix=Fix.hint("add a key to the date dimension, or the date itself"),
        )


def _may_tell_time(table: Table) -> bool:
    """Say whether a table is cut by anything but its keys: what cuts most facts is their day."""
    cut = table.partitioning
    return cut is not None and not (
        cut.kind in {"range", "list", "hash", "integer"}
        and cut.columns
        and all((column := table.column(name)) is not None and star.is_key(column) for name in cut.columns)
    )
