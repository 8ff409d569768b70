"""Columns that get another name."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddColumn,
    Bad,
    Category,
    ChangeRule,
    CreateTable,
    Finding,
    Fix,
    Good,
    RenameTable,
    SchemaChange,
)
from leaktight import RenameColumn as Renamed


class RenameColumn(ChangeRule):
    """A renamed column breaks all code that uses the old name, at the moment of the migration.

    Old code fails until it is replaced, new code fails until the migration has run: no order of the two works. Add a column of
    the new name, write both, backfill, move the readers, and drop the old one; or keep the name in the database and change it
    in a view or in the object mapper.

    Left alone: columns and tables that the same file has made, tables for which the file makes a view of the old shape, and
    columns in whose place the file puts a new one of the old name.

    An error where SQL of the project uses it, or a class of Django or SQLAlchemy still declares the old name; a warning where some
    SQL may; a note where none is seen to.
    """

    name = "rename-column"
    category = Category.MIGRATION
    asks_for_reads = True
    examples = (
        Bad(
            """
            alter table orders rename column total to gross_total;
                                             ^^^^^ renaming `total` of `orders` to `gross_total` breaks code that still names it
            """,
        ),
        Bad(
            """
            ALTER TABLE orders CHANGE total gross_total DECIMAL(12, 2) NOT NULL;
                                      ^^^^^ renaming `total`
            """,
            dialect="mysql",
        ),
        Good("alter table orders add column gross_total numeric(12, 2);"),
        Good("create table bills (total numeric); alter table bills rename column total to gross_total;"),
        Good(
            """
            alter table orders rename to orders_base;
            alter table orders_base rename column total to gross_total;
            create view orders as select order_id, gross_total as total from orders_base;
            """,
            dialect="postgres",
            note="The view keeps the old shape under the old name.",
        ),
        Good(
            """
            ALTER TABLE orders RENAME COLUMN number TO number_before;
            ALTER TABLE orders ADD COLUMN number bigint;
            """,
            dialect="postgres",
            note="Old code finds a column of that name, and goes on: a type is changed without a rewrite.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the old name of each column."""
        renamed = change.change
        if not isinstance(renamed, Renamed) or not change.live or change.fresh_column:
            return
        if change.kind == "view" or renamed.column.lower() == renamed.to.lower() or _has_view(change):
            return
        if any(_takes_name(one.change, renamed.column) for one in change.of_table(change.later())):
            return
        readers = change.readers()
        yield Finding(
            change.place,
            f"renaming `{renamed.column}` of `{change.name}` to `{renamed.to}` breaks {readers.breaks}{change.takes}",
            related=readers.related(f"`{renamed.column}`"),
            fix=Fix.hint("add a column of the new name, write both, backfill, move the readers, then drop the old one"),
            severity=readers.severity,
        )


def _takes_name(later: object, column: str) -> bool:
    """Say whether a later change of a table gives it a column of that name again."""
    if isinstance(later, AddColumn):
        return later.column.name.lower() == column.lower()
    return isinstance(later, Renamed) and later.to.lower() == column.lower()


def _has_view(change: SchemaChange) -> bool:
    """Say whether the file makes a view after this, and had renamed the table out of its way."""
    moved = [one.name.name.lower() for one in change.earlier() if isinstance(one.change, RenameTable)]
    made = [one.change.table for one in change.later() if isinstance(one.change, CreateTable)]
    return any(table.kind == "view" and table.name.name.lower() in moved for table in made)
