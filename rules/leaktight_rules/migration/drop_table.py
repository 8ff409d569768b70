"""Tables that are dropped."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    ChangeRule,
    CreateTable,
    Finding,
    Fix,
    Good,
    RenameTable,
    SchemaChange,
    wording,
)
from leaktight import DropTable as Dropped


class DropTable(ChangeRule):
    """A dropped table takes its data with it, and breaks the code that still reads or writes it.

    First take the table out of all code and release that; then rename it or copy it away for a while, and drop it in a later
    migration.

    Left alone: tables that the same file makes, before or again after the `DROP`; partitions, staging, temporary and backup
    tables; views; files that take a migration back.

    An error where SQL of the project uses it, or a class of Django or SQLAlchemy still declares the table; a warning where some
    SQL may; a note where none is seen to.
    """

    name = "drop-table"
    category = Category.MIGRATION
    asks_for_reads = True
    examples = (
        Bad(
            """
            drop table if exists carts;
                                 ^^^^^ dropping `carts` loses its data and breaks code that still names it
            """,
        ),
        Good(
            """
            create table orders_new (order_id bigint primary key, total numeric not null);
            insert into orders_new (order_id, total) select order_id, total from orders;
            drop table orders;
            alter table orders_new rename to orders;
            """,
            dialect="sqlite",
            note="The table is made anew: SQLite changes few things of a table otherwise.",
        ),
        Good("drop table if exists totals; create table totals (day date, total numeric);"),
        Good("DROP TABLE IF EXISTS shop.orders_by_day_mv;", dialect="clickhouse", note="A materialized view."),
        Good("drop table orders_backup; drop view open_orders;"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each dropped table."""
        if not isinstance(change.change, Dropped) or change.kind != "table" or not change.live:
            return
        if _is_partition(change):
            return
        # ClickHouse drops a materialized view, which may well hold no rows of its own, by `DROP TABLE`.
        if change.dialect == "clickhouse" and wording.has_word(change.name.parts, ("mv", "mvs", "view")):
            return
        for other in change.later():
            made = other.change
            again = made.table.name if isinstance(made, CreateTable) else None
            again = made.to if isinstance(made, RenameTable) else again
            if again is not None and again.name.lower() == change.name.name.lower():
                return
        readers = change.readers()
        yield Finding(
            change.place,
            f"dropping `{change.name}` {change.loses}breaks {readers.breaks}{change.takes}",
            related=readers.related(f"`{change.name}`"),
            fix=Fix.hint("take it out of all code and release that first; drop it in a later migration"),
            severity=readers.severity,
        )


def _is_partition(change: SchemaChange) -> bool:
    """Say whether a partition goes: one that is known still, or is called after a partitioned table: `visits_2024_01`."""
    if change.table is not None:
        return change.table.kind == "partition"
    words, project = change.name.name.split("_"), change.project
    stems = ("_".join(words[:length]) for length in range(1, len(words)))
    return project is not None and any(
        table.partitioning is not None for stem in stems for table in project.catalog.named(stem)
    )
