"""What describes something, copied into a fact."""

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
    TypeFamily,
    column_types,
    listed,
    star,
    words_of,
)

_DESCRIBES = frozenset(
    """name names description desc title address city street region comment comments note notes text label email phone
    category brand segment department color colour gender""".split()
)
_LONG = 100
"""From how many characters on a text is one that describes, whatever it is called."""


class TextInFact(TableRule):
    """A fact table holds texts that describe something.

    A client's name in each of a billion rows takes more room than all the numbers, is read by every query that touches the
    row store's page, and stays as it was spelt on the day of the load: when the client is renamed there are two.

    Move what describes a thing into its dimension and keep the key. Numbers of documents, codes and states that belong to
    the fact alone (`order_number`, `status`) are left alone.

    Column stores compress repeated texts well and wide tables are a common choice there, so the rule is off unless it is named
    or `strict` is selected.
    """

    name = "text-in-fact"
    category = Category.STAR
    severity = Severity.NOTE
    strict_only = True
    examples = (
        Bad(
            """
            create table fact_sales (
                date_key int, client_key bigint, amount numeric(12, 2), order_number varchar(20),
                client_name varchar(80), product_description text
                ^^^^^^^^^^^ `client_name` and `product_description` describe something, and `fact_sales` is a fact
            );
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table fact_sales (
                date_key int, client_key bigint, amount numeric(12, 2), order_number varchar(20), status varchar(10),
                currency_code char(3)
            );
            """,
            dialect="postgres",
        ),
        Good("create table dim_client (client_key bigint primary key, client_name text);", dialect="postgres"),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the first text of a fact that describes something, and name all."""
        table, names = declared.table, declared.catalog.star
        if declared.path.fixture or table.kind == "partition" or not star.is_fact(table, names):
            return
        found = [column for column in table.columns.values() if _describes(column)]
        if not found:
            return
        verb = "describes" if len(found) == 1 else "describe"
        yield Finding(
            declared.at(found[0].location),
            f"{listed(column.name for column in found)} {verb} something, and `{table.name}` is a fact",
            fix=Fix.hint("move it into the dimension, and keep the key"),
            covers=declared.spans(found[1:]),
        )


def _describes(column: Column) -> bool:
    if column_types.family(column.type) is not TypeFamily.TEXT or star.is_key(column):
        return False
    said = [word.rstrip("0123456789") for word in words_of(column.name)]
    longest = column_types.length(column.type or "")
    return bool(said) and (said[-1] in _DESCRIBES or (longest is not None and _LONG <= longest < 255))
