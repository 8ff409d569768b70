"""Transactions that a migration begins inside that of its tool."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, Finding, Fix, Good, SchemaChange, SqlDocument

_ENDS = frozenset({"COMMIT", "END", "ROLLBACK"})
_WITHOUT = {
    "goose": "`-- +goose NO TRANSACTION`",
    "dbmate": "`-- migrate:up transaction:false`",
    "flyway": "`executeInTransaction=false` in its `.conf` file",
    "liquibase": "`runInTransaction:false`",
}
"""What tells a tool to begin no transaction around a file."""


class NestedTransaction(ChangeRule):
    """`BEGIN` in a migration whose tool has begun a transaction begins nothing, and its `COMMIT` ends that of the tool.

    PostgreSQL has no transaction inside another: the second `BEGIN` is a warning. The `COMMIT` then ends the transaction of the tool.
    What follows it, and the tool's note that the migration has run, commit by themselves: when one of them fails, the migration
    is done and not noted, and fails the next time.

    Take `BEGIN` and `COMMIT` out, or tell the tool to begin no transaction for this file. goose, dbmate, Flyway and Liquibase are
    known to begin one. Prisma and golang-migrate send a file as it is, and Sqitch leaves transactions to it: there it is right.

    Left alone: a `BEGIN` that nothing in the file ends, which does nothing, and engines other than PostgreSQL.
    """

    name = "nested-transaction"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            -- +goose Up
            begin;
            ^^^^^ goose has begun a transaction already: the `COMMIT` of this one ends that
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
        if next(one for one in migration.changes if one.nested) is not change:
            return
        end = _end(change)
        if end:
            without = f", or say {_WITHOUT[migration.tool]}" if migration.tool in _WITHOUT else ""
            yield Finding(
                change.begin,
                f"{migration.tool} has begun a transaction already: the `{end}` of this one ends that",
                fix=Fix.hint(f"take `BEGIN` and `{end}` out{without}"),
            )


def _end(change: SchemaChange) -> str:
    """Give the word that ends the transaction which a file has begun; empty where none does."""
    begin, document = change.begin, change.document
    if begin is None or not isinstance(document, SqlDocument):
        return ""
    words = [token.text.upper() for token in document.tokens if token.start > begin.start]
    for before, word, after in zip(words, words[1:], [*words[2:], ""], strict=False):
        # `ROLLBACK TO` a savepoint ends nothing.
        if before == ";" and word in _ENDS and after != "TO":
            return word
    return ""
