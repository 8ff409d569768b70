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
    listed,
    wording,
    words_of,
)
from leaktight import DropTable as Dropped


class DropTable(ChangeRule):
    """A dropped table takes its data with it, and breaks the code that still reads or writes it.

    First take the table out of all code and release that; then rename it or copy it away for a while, and drop it in a later
    migration.

    Left alone: tables that the same file makes, before or again after the `DROP`; `load_rates`, once it has copied its rows
    to another table, if nothing else uses it; what somebody speaks of above the `DROP` or behind it, and nothing is seen to
    use; partitions, staging, temporary and backup tables; views; files that take a migration back.

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
        Bad(
            """
            drop table carts;
                       ^^^^^ dropping `carts` and `cart_items` loses their data and breaks code that still names them
            drop table cart_items;
            """,
            note="Tables that nothing is seen to read are told together.",
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
        Good("drop table carts; -- nobody reads it since the new shop", hosts=False),
        Good(
            """
            drop table if exists broken;
            select order_id into broken from orders where total < 0 union select order_id from orders where number is null;
            update orders set checked = false from broken where broken.order_id = orders.order_id;
            drop table broken;
            """,
            dialect="postgres",
            note="`SELECT … INTO` makes a table.",
        ),
        Good(
            """
            insert into rates (currency, rate) select currency, rate from load_rates
            on conflict (currency) do update set rate = excluded.rate;
            drop table load_rates;
            """,
            dialect="postgres",
            note="Its rows live on in another, and nothing else reads it.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each dropped table."""
        if not _goes(change):
            return
        readers = change.readers()
        if not readers.places and change.remarked:
            return
        others = () if readers.places else change.like(_is_unread)
        if others is None:
            return
        loses = next((one.loses for one in (change, *others) if one.loses), "")
        breaks = readers.breaks
        names = list(dict.fromkeys(str(one.name) for one in (change, *others)))
        if len(names) > 1:
            loses, breaks = loses.replace("its", "their"), "code that still names them"
        yield Finding(
            change.place,
            f"dropping {listed(names, 5)} {loses}breaks {breaks}{change.takes}",
            related=readers.related(f"`{change.name}`"),
            fix=Fix.hint("take it out of all code and release that first; drop it in a later migration"),
            severity=readers.severity,
            covers=tuple(one.place for one in others),
        )


def _goes(change: SchemaChange) -> bool:
    """Say whether a change drops a lasting table that the file does not make again."""
    if not isinstance(change.change, Dropped) or change.kind != "table" or not change.live or _is_partition(change):
        return False
    # ClickHouse drops a materialized view, which may well hold no rows of its own, by `DROP TABLE`.
    if change.dialect == "clickhouse" and wording.has_word(change.name.parts, ("mv", "mvs", "view")):
        return False
    for other in change.later():
        made = other.change
        again = made.table.name if isinstance(made, CreateTable) else None
        again = made.to if isinstance(made, RenameTable) else again
        if again is not None and again.name.lower() == change.name.name.lower():
            return False
    passes = words_of(change.name.name)[:1] in (["load"], ["import"], ["upload"], ["incoming"])
    return not passes or bool(change.loses) or bool(change.readers().places)


def _is_unread(change: SchemaChange) -> bool:
    return isinstance(change.change, Dropped) and not change.readers().places and _goes(change)


def _is_partition(change: SchemaChange) -> bool:
    """Say whether a partition goes: one that is known still, or is called after a partitioned table: `visits_2024_01`."""
    if change.table is not None:
        return change.table.kind == "partition"
    words, project = change.name.name.split("_"), change.project
    stems = ("_".join(words[:length]) for length in range(1, len(words)))
    return project is not None and any(
        table.partitioning is not None for stem in stems for table in project.catalog.named(stem)
    )
