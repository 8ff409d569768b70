"""NOT NULL columns that a table with rows cannot take."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddColumn,
    Bad,
    Category,
    ChangeRule,
    EmptyTable,
    Finding,
    Fix,
    Good,
    How,
    SchemaChange,
    Severity,
)

_FILLS_IN = frozenset({"clickhouse", "doris", "starrocks"})
"""Engines whose columns are NOT NULL unless said otherwise, and that fill in a zero."""
_ADDS_NONE = frozenset({"bigquery", "spark", "spark2", "databricks", "hive"})
_NEVER = frozenset({"sqlite", "redshift"})
"""Engines that refuse the statement without looking at the rows."""
_STAMPS = frozenset({"ROWVERSION", "TIMESTAMP"})


class RequiredColumnWithoutDefault(ChangeRule):
    """A `NOT NULL` column without a default cannot be added to a table that holds rows.

    The rows that are there have no value for it, so the statement fails, on every database but an empty one: it works on a
    laptop and stops the deployment; SQLite and Redshift refuse it in any case. MySQL takes it and fills in an empty value; there the code that runs during the deployment
    fails, for its `INSERT`s do not name the column.

    Add the column nullable, let the code write it, backfill it in batches, then forbid NULL. Or give it a default, which since
    PostgreSQL 11 costs nothing.

    Left alone: tables that the same file has created or emptied before.
    """

    name = "required-column-without-default"
    category = Category.MIGRATION
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            alter table orders add column channel text not null;
                                          ^^^^^^^ `channel` is NOT NULL without a default: this fails if `orders` holds a row
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER TABLE orders ADD COLUMN channel VARCHAR(20) NOT NULL;
                                          ^^^^^^^ INSERTs that do not name it fail
            """,
            dialect="mysql",
        ),
        Bad(
            """
            ALTER TABLE shop.orders ADD COLUMN channel STRING NOT NULL;
                                               ^^^^^^^ no required column can be added
            """,
            dialect="bigquery",
        ),
        Good(
            """
            alter table orders add column channel text not null default 'web';
            alter table orders add column note text;
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table refunds (refund_id bigint primary key);
            alter table refunds add column reason text not null;
            """,
            dialect="postgres",
            note="The file itself has made the table: it has no rows.",
        ),
        Good(
            """
            delete from carts;
            alter table carts add column channel text not null;
            """,
            dialect="postgres",
        ),
        Good(
            "alter table orders add column channel text not null;",
            path="migrations/V7__undo/rollback/orders.sql",
            note="A script that takes a migration back.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each column that must have a value and is given none."""
        added = change.change
        if not isinstance(added, AddColumn) or not change.live or change.dialect in _FILLS_IN:
            return
        column = added.column
        if column.nullable is not False or column.default is not None or column.generated or How.STORED in change.how:
            return
        if change.dialect in {"tsql", "fabric"} and column.type in _STAMPS:
            return
        emptied = [one for one in change.of_table(change.earlier()) if isinstance(one.change, EmptyTable)]
        if emptied and change.dialect not in _NEVER:
            return
        why = f"this fails if `{change.name}` holds a row"
        if change.dialect == "mysql":
            why = "rows get an empty value, and INSERTs that do not name it fail"
        elif change.dialect in _NEVER:
            why = f"this fails whether `{change.name}` holds a row or not"
        elif change.dialect in _ADDS_NONE:
            why = "no required column can be added to a table that is there"
        yield Finding(
            change.place,
            f"`{column.name}` is NOT NULL without a default: {why}",
            fix=Fix.hint("add it nullable, backfill it in batches, then forbid NULL; or give it a default"),
        )
