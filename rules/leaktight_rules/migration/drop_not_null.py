"""NULL where there was none."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AlterColumn,
    Bad,
    Category,
    ChangeRule,
    DropColumn,
    Finding,
    Fix,
    Good,
    How,
    RenameColumn,
    SchemaChange,
    Severity,
    listed,
)


class DropNotNull(ChangeRule):
    """Code that reads a column that was `NOT NULL` has never met a NULL there.

    Sums and comparisons turn to NULL, `NOT IN` finds nothing, a join loses rows, a program written against the type without
    `null` fails. Let all readers handle it and release them before the first NULL is written; a value that says "unknown" may
    do as well.

    MySQL's `MODIFY` and SQL Server's `ALTER COLUMN` say all of a column anew: a new type without `NOT NULL` behind it lets the
    column be NULL, which is seldom meant.

    Left alone: tables and columns that the same file has made, and columns that it drops or renames too, as the first step of
    their going, or forbids NULL again; a `DROP NOT NULL` that somebody explains by a comment above it, in the
    same paragraph, by a `COMMENT ON COLUMN` of the file, or by the name of the migration: `customer_id_nullable`.
    """

    name = "drop-not-null"
    category = Category.MIGRATION
    asks_for_reads = True
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            alter table orders alter column customer_id drop not null;
                                            ^^^^^^^^^^^ letting `customer_id` of `orders` be NULL breaks code that has never met one
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter table orders alter column customer_id drop not null, alter column channel drop not null;
                                            ^^^^^^^^^^^ letting `customer_id` and `channel` of `orders` be NULL
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter table orders modify total decimal(14, 2);
                                      ^^^^^ `total` of `orders` may be NULL from here on, as its new definition does not repeat `NOT NULL`
            """,
            dialect="mysql",
            files={
                "migrations/0001_orders.sql": "create table orders (id int primary key, total decimal(10, 2) not null);"
            },
            path="migrations/0002_longer.sql",
            note="Nobody asked for NULL here.",
        ),
        Good(
            "alter table orders modify total decimal(14, 2) not null; alter table orders modify id bigint;",
            dialect="mysql",
            files={
                "migrations/0001_orders.sql": "create table orders (id int primary key, total decimal(10, 2) not null);"
            },
            path="migrations/0002_longer.sql",
        ),
        Good("create table t (a int not null); alter table t alter column a drop not null;", dialect="postgres"),
        Good("alter table orders alter column customer_id set default 0;", dialect="postgres"),
        Good(
            """
            -- Guests order without an account.
            alter table orders alter column customer_id drop not null;
            """,
            dialect="postgres",
            hosts=False,
            note="Somebody has thought of it.",
        ),
        Good(
            "alter table orders alter column customer_id drop not null;",
            dialect="postgres",
            path="migrations/0007_orders_customer_nullable.sql",
        ),
        Good(
            """
            alter table orders alter column customer_id drop not null;
            comment on column orders.customer_id is 'Who ordered; NULL for guests.';
            """,
            dialect="postgres",
        ),
        Bad(
            """
            -- migrate:up
            alter table orders alter column customer_id drop not null;
                                            ^^^^^^^^^^^ letting `customer_id` of `orders` be NULL
            """,
            dialect="postgres",
            hosts=False,
            note="A tool reads this comment, and it says nothing.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each column that may be NULL from now on."""
        altered = change.change
        if not isinstance(altered, AlterColumn) or not change.live or change.fresh_column:
            return
        later = (one for one in change.of_table(change.later()) if one.span != change.span)
        if any(_undoes(one.change, altered.column) for one in later):
            return
        if change.forgets_not_null:
            in_host = How.FORGETTING in change.how
            said = "give `existing_nullable`" if in_host else "repeat `NOT NULL`"
            if in_host:
                hint = (
                    "add `existing_nullable=False`, and the default as `existing_server_default`, if they are to stay"
                )
            elif change.dialect == "mysql":
                hint = "add `NOT NULL` and the default, if they are to stay"
            else:
                hint = "add `NOT NULL`, if it is to stay"
            yield Finding(
                change.place,
                f"`{altered.column}` of `{change.name}` may be NULL from here on, as its new definition does not {said}",
                severity=Severity.WARNING,
                related=change.readers().related(f"`{altered.column}`"),
                fix=Fix.hint(hint),
            )
            return
        if not change.drops_not_null or change.explained:
            return
        others = change.like(_is_told, of_table=True)
        if others is None:
            return
        columns = [one.change.column for one in (change, *others) if isinstance(one.change, AlterColumn)]
        yield Finding(
            change.place,
            f"letting {listed(columns, 5)} of `{change.name}` be NULL breaks code that has never met one{change.takes}",
            related=change.readers().related(f"`{altered.column}`"),
            fix=Fix.hint("let all readers handle NULL, and release them before the first one is written"),
            covers=tuple(one.place for one in others),
        )


def _is_told(change: SchemaChange) -> bool:
    altered = change.change
    if not isinstance(altered, AlterColumn) or not change.live or change.fresh_column or change.forgets_not_null:
        return False
    return change.drops_not_null and not change.explained


def _undoes(later: object, column: str) -> bool:
    """Say whether a later change of a table lets the column go, or forbids NULL in it again."""
    if isinstance(later, AlterColumn):
        return later.nullable is False and later.column.lower() == column.lower()
    return isinstance(later, (DropColumn, RenameColumn)) and later.column.lower() == column.lower()
