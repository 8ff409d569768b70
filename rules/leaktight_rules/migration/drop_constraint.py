"""Constraints that are dropped."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddCheck,
    AddIndex,
    AddKey,
    AlterColumn,
    Bad,
    Category,
    ChangeRule,
    DropColumn,
    DropKey,
    DropTable,
    Finding,
    Fix,
    Good,
    SchemaChange,
    Severity,
)


class DropConstraint(ChangeRule):
    """Without its constraint a table takes rows that all code so far could count on never to see.

    Doubles where a key was unique, orders of customers that are gone, totals below zero. An upsert (`ON CONFLICT`) that names
    the columns of a dropped key fails. Nothing puts the promise back but a look at every row.

    Left alone: constraints that the same file adds anew, in place of which it makes a unique index, whose columns or tables
    it drops, or that say what a `SET NOT NULL` of the file now says; a drop that somebody explains by a comment above it, in
    the same paragraph, or by the name of the migration: `remove_unique_number`.
    """

    name = "drop-constraint"
    category = Category.MIGRATION
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            alter table orders drop constraint orders_number_key;
                                               ^^^^^^^^^^^^^^^^^ dropping `orders_number_key` of `orders` lets in rows
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER TABLE orders DROP PRIMARY KEY;
                               ^^^^^^^^^^^^^^^^ dropping the primary key
            """,
            dialect="mysql",
        ),
        Bad(
            """
            ALTER TABLE orders DROP FOREIGN KEY orders_customer;
                                                ^^^^^^^^^^^^^^^ dropping `orders_customer`
            """,
            dialect="mysql",
        ),
        Good(
            """
            alter table orders drop constraint orders_customer_fkey;
            alter table orders add constraint orders_customer_fkey
                foreign key (customer_id) references customers (customer_id) on delete cascade not valid;
            """,
            dialect="postgres",
        ),
        Good(
            """
            alter table orders alter column channel set not null;
            alter table orders drop constraint orders_channel_known;
            """,
            dialect="postgres",
        ),
        Good(
            """
            -- The registry keeps short codes apart now.
            alter table orders drop constraint orders_number_key;
            """,
            dialect="postgres",
            hosts=False,
            note="Somebody says why.",
        ),
        Good(
            "alter table orders drop constraint orders_number_key;",
            dialect="postgres",
            path="migrations/0007_remove_unique_number.sql",
        ),
        Bad(
            """
            alter table orders drop constraint orders_number_key;
                                               ^^^^^^^^^^^^^^^^^ dropping `orders_number_key`
            """,
            dialect="postgres",
            path="migrations/0007_add_channel.sql",
            note="The name speaks of something else.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each constraint that nothing in the file replaces."""
        dropped = change.change
        if not isinstance(dropped, DropKey) or not change.live or _is_replaced(change, dropped) or change.explained:
            return
        what = f"`{dropped.key}`" if dropped.key else f"the {dropped.kind.value if dropped.kind else ''} key"
        span = change.place if dropped.key else change.span
        yield Finding(
            span,
            f"dropping {what} of `{change.name}` lets in rows that no code expects{change.takes}",
            fix=Fix.hint(
                "make sure that no upsert, join or code relies on it, and that something else keeps the promise"
            ),
        )


def _is_replaced(change: SchemaChange, dropped: DropKey) -> bool:
    for other in (*change.earlier(), *change.later()):
        made = other.change
        if isinstance(made, DropTable) and (made.name.same(change.name) or dropped.kind is None):
            return True
        if not other.name.same(change.name):
            continue
        if isinstance(made, (AddKey, AddCheck, DropColumn)):
            return True
        if isinstance(made, AddIndex) and made.index.unique:
            return True
        if isinstance(made, AlterColumn) and made.nullable is False:
            return True
    return False
