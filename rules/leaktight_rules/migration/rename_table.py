"""Tables that get another name."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, CreateTable, DropTable, Finding, Fix, Good, SchemaChange
from leaktight import RenameTable as Renamed


class RenameTable(ChangeRule):
    """A renamed table breaks all code that uses the old name, at the moment of the migration.

    Old code fails until it is replaced, new code fails until the migration has run. Leave a view of the old name in the same
    transaction, move the code, and drop the view later.

    Left alone: tables that the same file has made; swaps, after which another table or a view has the old name; renames that
    put a table aside (`orders_old`).

    An error where SQL of the project uses it, or a class of Django or SQLAlchemy still declares the old name; a warning where some
    SQL may; a note where none is seen to.
    """

    name = "rename-table"
    category = Category.MIGRATION
    asks_for_reads = True
    examples = (
        Bad(
            """
            alter table orders rename to sales;
                        ^^^^^^ renaming `orders` to `sales` breaks code that still names it
            """,
        ),
        Bad(
            """
            RENAME TABLE orders TO sales;
                         ^^^^^^ renaming `orders`
            """,
            dialect="mysql",
        ),
        Good(
            """
            alter table orders rename to sales;
            create view orders as select order_id, total from sales;
            """,
            dialect="postgres",
        ),
        Good("RENAME TABLE orders TO orders_old, orders_new TO orders;", dialect="mysql", note="A swap."),
        Good("create table sales_new (total numeric); alter table sales_new rename to revenue;", dialect="postgres"),
        Good(
            "exec sp_rename 'orders.ix_orders_day', 'ix_day'",
            catalog="create table orders (id int primary key, day date, index ix_orders_day (day));",
            dialect="tsql",
            note="An index.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the old name of each table."""
        renamed = change.change
        if not isinstance(renamed, Renamed) or not change.live or change.kind != "table":
            return
        if _is_of_table(change) or _is_replaced(change) or renamed.to.name.lower() == change.name.name.lower():
            return
        readers = change.readers()
        yield Finding(
            change.place,
            f"renaming `{change.name}` to `{renamed.to}` breaks {readers.breaks}{change.takes}",
            related=readers.related(f"`{change.name}`"),
            fix=Fix.hint("leave a view of the old name in the same transaction, and drop it once no code uses it"),
            severity=readers.severity,
        )


def _is_of_table(change: SchemaChange) -> bool:
    """Say whether an index or a constraint is renamed: SQL Server's `sp_rename` takes them as `orders.orders_by_day`."""
    *around, last = change.name.parts
    if change.dialect != "tsql" or not around or change.project is None:
        return False
    catalog = change.project.catalog
    return bool(catalog.named(around[-1])) and not catalog.named(last)


def _is_replaced(change: SchemaChange) -> bool:
    """Say whether something else takes the old name in the same file, or the table is a new one that takes its place."""
    old = change.name.name.lower()
    for other in (*change.earlier(), *change.later()):
        made = other.change
        name = made.table.name if isinstance(made, CreateTable) else None
        name = made.to if isinstance(made, Renamed) else name
        if name is not None and name.name.lower() == old:
            return True
        if isinstance(made, (Renamed, DropTable)):
            taken = change.change.to.name.lower() if isinstance(change.change, Renamed) else ""
            if other.name.name.lower() == taken:
                return True
    return False
