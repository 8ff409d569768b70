"""Transactions that a migration begins inside that of its tool."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, Finding, Fix, Good, SchemaChange


class NestedTransaction(ChangeRule):
    """`BEGIN` in a file around which the tool has begun a transaction already begins nothing, and its `COMMIT` ends the tool's.

    PostgreSQL has no transaction inside another: the second `BEGIN` is a warning. The `COMMIT` then ends the transaction of the tool.
    What follows it, and the tool's note that the migration has run, commit by themselves: when one of them fails, the migration
    is done and not noted, and fails the next time.

    Take `BEGIN` and `COMMIT` out, or tell the tool to run the file outside a transaction. goose, dbmate, Flyway and Liquibase are
    known to begin one. Prisma and golang-migrate send a file as it is, and Sqitch leaves transactions to it: there it is right.
    """

    name = "nested-transaction"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            -- +goose Up
            begin;
            ^^^^^ goose has begun a transaction already: the `commit` of this one ends that
            alter table orders add column channel text;
            commit;
            """,
            dialect="postgres",
            hosts=False,
        ),
        Bad(
            """
            BEGIN;
            ^^^^^ flyway has begun a transaction already
            ALTER TABLE orders ADD COLUMN channel TEXT;
            COMMIT;
            """,
            dialect="postgres",
            path="db/V12__orders_channel.sql",
        ),
        Good(
            """
            -- +goose NO TRANSACTION
            -- +goose Up
            begin;
            alter table orders add column channel text;
            commit;
            """,
            dialect="postgres",
        ),
        Good(
            """
            BEGIN;
            ALTER TABLE orders ADD COLUMN channel TEXT;
            COMMIT;
            """,
            dialect="postgres",
            path="db/000012_orders_channel.up.sql",
            note="golang-migrate begins none.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the first `BEGIN` of a file."""
        migration = change.migration
        if migration is None or not change.nested or change.begin is None or change.dialect != "postgres":
            return
        if next(one for one in migration.changes if one.nested) is change:
            yield Finding(
                change.begin,
                f"{migration.tool} has begun a transaction already: the `commit` of this one ends that",
                fix=Fix.hint(f"take `BEGIN` and `COMMIT` out, or put it {migration.outside}"),
            )
