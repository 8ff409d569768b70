"""A number that is added up, kept in a dimension."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Severity,
    TableDeclaration,
    TableRule,
    listed,
    star,
    words_of,
)

_OF_ONE = frozenset({"cost", "costs", "discount", "tax", "fee", "fees", "margin"})
"""Words of what one piece or one use costs, which describes it."""
_SUMMED = frozenset({"total", "sum", "lifetime", "cumulative", "overall", "ytd", "annual"})


class MeasureInDimension(TableRule):
    """A dimension holds a number of the kind that is added up.

    A sum in a dimension (`total_revenue` of a client) is true on the day it was worked out; joined to facts, it comes once for
    each of them and is added again and again. Where the dimension keeps versions, each change of it makes a new row.

    Keep it in a fact, at the grain at which it happens, and work the sum out in the query or in a mart that says of which day
    it is. What describes a thing (a list price, a credit limit, a tax rate) is an attribute, and left alone.

    This is an opinion about how to build a star, so the rule is off unless it is named or `strict` is selected.
    """

    name = "measure-in-dimension"
    category = Category.STAR
    severity = Severity.NOTE
    strict_only = True
    examples = (
        Bad(
            """
            create table dim_client (
                client_key bigint primary key, client_id bigint, city text,
                total_revenue numeric(14, 2)
                ^^^^^^^^^^^^^ `total_revenue` is added up, and `dim_client` is a dimension
            );
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table dim_product (
                product_key bigint primary key, list_price numeric(12, 2), tax_rate numeric(5, 4), weight_grams int,
                total_category text
            );
            """,
            dialect="postgres",
        ),
        Good(
            "create table fact_sales (client_key bigint, date_key int, total_revenue numeric(14, 2));",
            dialect="postgres",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the first measure of a dimension, and name all."""
        table, names = declared.table, declared.catalog.star
        if declared.path.fixture or table.kind == "partition" or not star.is_dimension(table, names):
            return
        found = [column for column in table.columns.values() if star.is_measure(column) and not _is_of_one(column)]
        if not found or star.is_date_dimension(table):
            return
        verb = "is" if len(found) == 1 else "are"
        yield Finding(
            declared.at(found[0].location),
            f"{listed(column.name for column in found)} {verb} added up, and `{table.name}` is a dimension",
            fix=Fix.hint("keep it in a fact, and work the sum out where it is asked for"),
            covers=declared.spans(found[1:]),
        )


def _is_of_one(column: Column) -> bool:
    said = set(words_of(column.name))
    return bool(said & _OF_ONE) and not said & _SUMMED
