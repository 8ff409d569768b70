"""A partitioned table of BigQuery that may be read whole by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from leaktight import (
    Applicability,
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Severity,
    Span,
    SqlDocument,
    TableDeclaration,
    TableOrModelRule,
    ddl,
    option,
)


class PartitionFilterNotRequired(TableOrModelRule):
    """A partitioned table of BigQuery does not require a filter on its partitions.

    One query without a filter reads, and bills, every partition there is: a dashboard that somebody opens, a join that lost
    its condition. With `require_partition_filter = true` BigQuery refuses it before it costs anything.

    Set it where the table is created, or with `ALTER TABLE … SET OPTIONS`, or in the `config()` of a dbt model. Queries that
    read the table whole on purpose then say so (`where day >= '1970-01-01'`), which is why the fix is one that changes
    behaviour.

    Where a quarter of the project's tables with partitions ask for a filter, each of the others is told. Where hardly any does,
    one finding speaks for all of them; with `strict` each has its own.
    """

    name = "partition-filter-not-required"
    category = Category.PARTITION
    severity = Severity.NOTE
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            create table sales.orders (id int64, day date) partition by day cluster by id;
                                                                        ^^^ a query without a filter on `day` reads all of `sales.orders`
            """,
            dialect="bigquery",
            fixed="create table sales.orders (id int64, day date) partition by day cluster by id options (require_partition_filter = true);",
        ),
        Bad(
            """
            create table sales.orders (id int64, ts timestamp) partition by date(ts) options (description = 'Orders.');
                                                                            ^^^^^^^^ without a filter on `ts`
            """,
            dialect="bigquery",
            fixed="""
            create table sales.orders (id int64, ts timestamp) partition by date(ts) options (require_partition_filter = true, description = 'Orders.');
            """,
        ),
        Bad(
            """
            {{ config(materialized='table', partition_by={'field': 'day', 'data_type': 'date'}) }}
                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a query without a filter on `day` reads all of `orders`
            select id, day from {{ source('sales', 'raw_orders') }}
            """,
            dialect="bigquery",
            path="models/orders.sql",
            files={"dbt_project.yml": "name: shop\n"},
            hosts=False,
        ),
        Good(
            """
            {{ config(materialized='view', partition_by={'field': 'day', 'data_type': 'date'}) }}
            select id, day from {{ source('sales', 'raw_orders') }}
            """,
            dialect="bigquery",
            path="models/orders.sql",
            files={"dbt_project.yml": "name: shop\n"},
            hosts=False,
            note="A view has no partitions.",
        ),
        Good(
            "create table sales.orders (id int64, day date) partition by day options (require_partition_filter = true);",
            dialect="bigquery",
        ),
        Good(
            """
            create table sales.orders (id int64, day date) partition by day;
            alter table sales.orders set options (require_partition_filter = true);
            """,
            dialect="bigquery",
        ),
        Good("create table sales.shops (id int64, opened date);", dialect="bigquery"),
        Good("create temp table picked (id int64, day date) partition by day;", dialect="bigquery"),
    )

    strict: bool = option(False, "Tell each table, also where hardly any of the project asks for a filter.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the partitioning of each lasting table that may be read without a filter."""
        table, cut = declared.table, declared.table.partitioning
        if cut is None or cut.required or table.dialect != "bigquery" or table.kind not in _KINDS:
            return
        if declared.path.fixture or declared.passes or table.materialized == "view":
            return
        at = declared.place(cut.location)
        fix = replace(_fix(declared, at), statements=ddl.set_options(declared.table, _OPTION))
        yield Finding(
            at if at is not None else declared.span,
            f"a query without a filter on `{cut.columns[0]}` reads all of `{table.name}`",
            fix=fix if table.kind == "table" else Fix.hint(f"set `{_OPTION}` in the model's `config()`"),
            habit=not self.strict and not declared.catalog.says("filtered", _SHARE),
        )


_SHARE = 0.25
"""Which share of the tables with partitions must ask for a filter for this to be the project's way."""
_KINDS = frozenset({"table", "model"})
_OPTION = "require_partition_filter = true"


def _fix(declared: TableDeclaration, at: Span | None) -> Fix:
    document = declared.document
    title = f"set `{_OPTION}`"
    if at is None or not isinstance(document, SqlDocument):
        return Fix.hint(title)
    statement = next((one for one in document.statements if one.span.contains(at)), None)
    if statement is None:
        return Fix.hint(title)
    end = _end_of_head(document, at.end, statement.span.end)
    options = document.token_after(at.end, "OPTIONS", before=end)
    bracket = document.token_after(options.end, "(", before=end) if options is not None else None
    if bracket is not None:
        said = document.token_after(bracket.end, "REQUIRE_PARTITION_FILTER", before=end)
        value = document.token_after(said.end, "FALSE", before=end) if said is not None else None
        if said is not None and value is not None:
            return Fix.unsafe(title, document.replace(Span(said.start, value.end), _OPTION))
        return Fix.unsafe(title, document.insert(bracket.end, f"{_OPTION}, "))
    last = document.tokens_in(Span(at.start, end))
    if not last:
        return Fix.hint(title)
    return Fix.unsafe(title, document.insert(last[-1].end + 1, f" options ({_OPTION})"))


def _end_of_head(document: SqlDocument, start: int, end: int) -> int:
    """Give where what is said of a table ends: at the query that fills it, or with the statement."""
    query = document.token_after(start, "AS", before=end)
    return query.start if query is not None else end
