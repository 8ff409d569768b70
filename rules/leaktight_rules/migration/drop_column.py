"""Columns that are dropped."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddColumn,
    Bad,
    Category,
    ChangeRule,
    DropTable,
    Finding,
    Fix,
    Good,
    RenameColumn,
    SchemaChange,
    listed,
)
from leaktight import DropColumn as Dropped


class DropColumn(ChangeRule):
    """A dropped column takes its data with it, and breaks the code that still reads or writes it.

    While a deployment runs, old code and the new schema meet: each query that names the column fails, and so does an object
    mapper that lists all columns it knows. Nothing brings the values back but a backup.

    First take the column out of all code and release that; drop it in a later migration. Where the project's own queries read
    it they are listed, and the finding is an error.

    Left alone: columns and tables that the same file has made, those of a table that it drops whole, those whose name another
    column of the file takes, what somebody speaks of above it or behind it and nothing is seen to read, and files that take a
    migration back.

    An error where SQL of the project uses it, or a class of Django or SQLAlchemy still declares the column; a warning where
    some SQL may; a note where none is seen to.
    """

    name = "drop-column"
    category = Category.MIGRATION
    asks_for_reads = True
    examples = (
        Bad(
            """
            alter table orders drop column note;
                                           ^^^^ dropping `note` of `orders` loses its data and breaks code that still names it
            """,
        ),
        Bad(
            """
            ALTER TABLE shop.orders DROP COLUMN note, DROP COLUMN hint;
                                                ^^^^ dropping `note` and `hint` of `shop.orders` loses their data
            """,
            dialect="snowflake",
            note="Columns that nothing is seen to read are told together.",
        ),
        Bad(
            """
            alter table orders drop column role, add column role smallint;
                                           ^^^^ dropping `role` of `orders`, to add it anew, loses its data, and takes
            """,
            dialect="postgres",
        ),
        Good("alter table orders add column tmp int; alter table orders drop column tmp;"),
        Good(
            "alter table orders drop column state; alter table orders rename column state_new to state;",
            note="The values stand in the column that takes its name.",
        ),
        Good(
            """
            -- The hint is worked out from the order's lines since spring.
            -- Nobody writes it any more.

            alter table orders drop column hint;
            """,
            path="migrations/0007_hint.sql",
            note="Somebody has thought of it: a comment above a file's first statement speaks of that.",
        ),
        Good("alter table carts drop column owner; drop table carts;", note="`drop-table` speaks of it."),
        Good("alter table orders_tmp drop column note;", note="The table does not last."),
        Good("alter table orders drop column note;", path="migrations/0007_note.down.sql"),
        Good("alter table orders drop column note;", path="jobs/build_orders.sql", note="The file is no migration."),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each dropped column."""
        dropped = change.change
        if not isinstance(dropped, Dropped) or not _goes(change):
            return
        if _is_added_anew(change):
            yield Finding(
                change.place,
                f"dropping `{dropped.column}` of `{change.name}`, to add it anew, loses its data{change.takes}",
                fix=Fix.hint("add a column of another name, copy the values, move the code, drop the old one later"),
            )
            return
        readers = change.readers()
        if not readers.places and change.remarked:
            return
        others = () if readers.places else change.like(_is_unread, of_table=True)
        if others is None:
            return
        columns = [one.change.column for one in (change, *others) if isinstance(one.change, Dropped)]
        loses = next((one.loses for one in (change, *others) if one.loses), "")
        breaks = readers.breaks
        if others:
            loses, breaks = loses.replace("its", "their"), "code that still names them"
        yield Finding(
            change.place,
            f"dropping {listed(columns, 5)} of `{change.name}` {loses}breaks {breaks}{change.takes}",
            related=readers.related(f"`{dropped.column}`"),
            fix=Fix.hint("take it out of all code and release that first; drop it in a later migration"),
            severity=readers.severity,
            covers=tuple(one.place for one in others),
        )


def _goes(change: SchemaChange) -> bool:
    """Say whether a change drops a column that is in use from a table that stays."""
    dropped = change.change
    if not isinstance(dropped, Dropped) or not change.live or change.fresh_column or change.kind == "view":
        return False
    later = [one.change for one in change.of_table(change.later())]
    renamed = (one.to.lower() for one in later if isinstance(one, RenameColumn))
    # Another column takes its name, and with it its place in the code.
    return dropped.column.lower() not in renamed and not any(isinstance(one, DropTable) for one in later)


def _is_added_anew(change: SchemaChange) -> bool:
    dropped = change.change
    added = (one.change for one in change.of_table(change.later()))
    return isinstance(dropped, Dropped) and any(
        isinstance(one, AddColumn) and one.column.name.lower() == dropped.column.lower() for one in added
    )


def _is_unread(change: SchemaChange) -> bool:
    return isinstance(change.change, Dropped) and not (
        change.readers().places or not _goes(change) or _is_added_anew(change)
    )
