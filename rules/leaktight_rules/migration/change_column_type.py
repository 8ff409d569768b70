"""Columns that get another type."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AlterColumn,
    Bad,
    Category,
    ChangeRule,
    Deed,
    Finding,
    Fix,
    Good,
    SchemaChange,
    SqlDocument,
    listed,
)


class ChangeColumnType(ChangeRule):
    """A new type makes the engine write the whole table anew, with its indexes, while nobody may write it.

    PostgreSQL and SQL Server let nobody read it either. Some changes touch no row and are left alone: a longer or unlimited
    `varchar`, `varchar` to `text`, a `numeric` of more digits and the same scale, values added at the end of MySQL's `ENUM`.
    What code reads changes its type at the same moment.

    Add a column of the new type, write both, backfill in batches, move the readers, and drop the old one.

    The old type is taken from the project's DDL. Where that does not say it, only types that nothing turns into without a
    rewrite are found, on PostgreSQL. Left alone: tables and columns that the same file has made, and warehouses.
    """

    name = "change-column-type"
    category = Category.MIGRATION
    asks_for_reads = True
    examples = (
        Bad(
            """
            alter table orders alter column order_id type bigint;
                                            ^^^^^^^^ `INT` to `BIGINT` takes an `ACCESS EXCLUSIVE` lock
            """,
            dialect="postgres",
            files={"migrations/0001_orders.sql": "create table orders (order_id int primary key, note varchar(20));"},
            path="migrations/0002_bigint.sql",
        ),
        Bad(
            """
            alter table orders alter column total type integer using round(total);
                                            ^^^^^ making `total` `INTEGER` takes an
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER TABLE orders MODIFY order_id BIGINT NOT NULL;
                                      ^^^^^^^^ blocks writes while all of `orders` is rewritten
            """,
            dialect="mysql",
            files={"migrations/0001_orders.sql": "CREATE TABLE orders (order_id INT NOT NULL, note VARCHAR(20));"},
            path="migrations/0002_bigint.sql",
        ),
        Bad(
            """
            alter table orders alter column order_id type bigint, alter column parent_id type bigint;
                                            ^^^^^^^^ giving `order_id` and `parent_id` other types takes an `ACCESS EXCLUSIVE` lock
            """,
            dialect="postgres",
            files={"migrations/0001_orders.sql": "create table orders (order_id int primary key, parent_id int);"},
            path="migrations/0002_bigint.sql",
            note="One statement writes the table anew once.",
        ),
        Good(
            """
            alter table orders alter column note type varchar(200);
            alter table orders alter column hint type text;
            """,
            dialect="postgres",
            files={"migrations/0001_orders.sql": "create table orders (note varchar(20), hint varchar(20));"},
            path="migrations/0002_longer.sql",
            note="No row changes.",
        ),
        Good("create table bills (total int); alter table bills alter column total type bigint;", dialect="postgres"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each column whose table is rewritten for its new type."""
        altered = change.change
        if not isinstance(altered, AlterColumn) or not _rewrites(change):
            return
        together = _together(change)
        fact = change.lock()
        if together[0] is not change or fact is None:
            return
        before = change.former_type
        what = f"`{before}` to `{altered.type}`" if before else f"making `{altered.column}` `{altered.type}`"
        if change.project is not None and change.project.catalog.enum(altered.type or ""):
            # Their names are kept in upper case, whatever they are called in the file, and may have changed since.
            what = f"giving `{altered.column}` another type of listed values"
        if len(together) > 1:
            names = [one.change.column for one in together if isinstance(one.change, AlterColumn)]
            what = f"giving {listed(names, 5)} other types"
        yield Finding(
            change.place,
            f"{what} {fact.says(str(change.name))}",
            related=tuple(
                place
                for one in together
                if isinstance(one.change, AlterColumn)
                for place in one.readers().related(f"`{one.change.column}`")
            ),
            fix=Fix.hint(
                "add a column of the new type, write both, backfill in batches, move the readers, drop the old one"
            ),
            covers=tuple(one.place for one in together[1:]),
        )


def _rewrites(change: SchemaChange) -> bool:
    """Say whether the engine writes a table anew for a column's new type."""
    altered = change.change
    if not isinstance(altered, AlterColumn) or not altered.type or not change.live or change.fresh_column:
        return False
    return change.deed is Deed.CHANGE_TYPE and change.kind != "view" and change.lock() is not None


def _together(change: SchemaChange) -> list[SchemaChange]:
    """Give the columns for which one statement rewrites a table, once for all of them."""
    if change.statement is None or not isinstance(change.document, SqlDocument):
        return [change]
    return [one for one in change.of_table(change.together()) if _rewrites(one)] or [change]
