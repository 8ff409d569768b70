"""A table of very many columns."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, Finding, Fix, Good, Severity, TableDeclaration, TableRule, option, words_of

_HANDED_ON = frozenset("feed feeds export exports extract extracts".split())
"""Words of tables whose columns are those of a file that somebody else has laid out."""


class WideTable(TableRule):
    """A table has more columns than anybody can keep in mind.

    So many columns are several things in one row: half of them are empty for any row, no constraint can say which belong
    together, and each update writes all of them. A row store reads the whole row for one column; it may also not fit a page
    any longer.

    Part it by what its columns are about, or by when they are filled: one table for each, with the same key.

    Told for more than `max` columns. Left alone: warehouses, whose column stores read only what is asked for, unless `strict`;
    raw and staging tables, feeds and exports, which others have laid out, and tables whose columns are those of a query or of
    another table (`AS SELECT`, `LIKE`).
    """

    name = "wide-table"
    category = Category.SCHEMA
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create table orders (id bigint primary key, a text, b text, c text, d text);
                         ^^^^^^ `orders` has 5 columns
            """,
            options={"max": 4},
            dialect="postgres",
        ),
        Bad(
            """
            create table d.orders (id int64, a string, b string, c string, d string);
                         ^^^^^^^^ has 5 columns
            """,
            options={"max": 4, "strict": True},
            dialect="bigquery",
        ),
        Good("create table orders (id bigint primary key, a text, b text);", dialect="postgres"),
        Good("create table d.orders (id int64, a string, b string, c string);", options={"max": 3}, dialect="bigquery"),
        Good(
            "create table order_report as select 1 as a, 2 as b, 3 as c, 4 as d;",
            options={"max": 3},
            dialect="postgres",
            note="Made to be read as it is.",
        ),
        Good("create table raw_orders (id bigint, a text, b text, c text);", options={"max": 3}, dialect="postgres"),
        Good("create table orders_feed (id bigint, a text, b text, c text);", options={"max": 3}, dialect="postgres"),
    )

    max: int = option(64, "How many columns a table may have.")
    strict: bool = option(False, "Count the columns of warehouses too.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the name of each table with too many columns."""
        table = declared.table
        if len(table.columns) <= self.max or declared.path.fixture or declared.passes or table.kind != "table":
            return
        if not _HANDED_ON.isdisjoint(words_of(table.name.name)):
            return
        if table.derived or (not self.strict and not declared.is_row_store):
            return
        yield Finding(
            declared.span,
            f"`{table.name}` has {len(table.columns)} columns: each query reads whole rows of them",
            fix=Fix.hint("part it by what the columns are about: one table for each, with the same key"),
        )
