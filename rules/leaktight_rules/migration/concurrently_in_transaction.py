"""CONCURRENTLY where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, Finding, Fix, Good, How, SchemaChange, Severity


class ConcurrentlyInTransaction(ChangeRule):
    """`CREATE INDEX CONCURRENTLY` and `DROP INDEX CONCURRENTLY` fail inside a transaction.

    A transaction is open after `BEGIN`, and in most tools for migrations without being asked for: goose, dbmate, Flyway,
    Alembic, Django, knex, node-pg-migrate and TypeORM open one unless the file says otherwise. Prisma and golang-migrate send
    a file as one query, which is a transaction as soon as it holds a second statement.

    Left alone: files for which it is not known whether a transaction is open, and a Flyway file that does nothing else, which
    Flyway runs outside of one.
    """

    name = "concurrently-in-transaction"
    category = Category.MIGRATION
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            begin;
            create index concurrently orders_customer on orders (customer_id);
                         ^^^^^^^^^^^^ `CONCURRENTLY` fails inside a transaction
            commit;
            """,
            dialect="postgres",
        ),
        Bad(
            """
            -- migrate:up
            drop index concurrently orders_customer;
                       ^^^^^^^^^^^^ dbmate opens a transaction around the file
            """,
            dialect="postgres",
            hosts=False,
        ),
        Bad(
            """
            CREATE INDEX CONCURRENTLY "orders_customer" ON "orders" ("customer_id");
                         ^^^^^^^^^^^^ prisma sends
            CREATE INDEX CONCURRENTLY "orders_day" ON "orders" ("day");
                         ^^^^^^^^^^^^ prisma sends
            """,
            dialect="postgres",
            path="prisma/migrations/20240501120000_indexes/migration.sql",
        ),
        Good(
            """
            -- migrate:up transaction:false
            drop index concurrently orders_customer;
            """,
            dialect="postgres",
        ),
        Good("create index concurrently orders_customer on orders (customer_id);", dialect="postgres"),
        Good(
            "CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);",
            dialect="postgres",
            path="db/V12__orders_customer.sql",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the word where a transaction is open."""
        if How.CONCURRENTLY not in change.how or not change.in_transaction or change.migration is None:
            return
        migration = change.migration
        why = _WHY.get(migration.tool, f"{migration.tool} opens a transaction around the file")
        if change.begun or not migration.tool:
            why = "one is open here"
        yield Finding(
            change.word("CONCURRENTLY") or change.place,
            f"`CONCURRENTLY` fails inside a transaction: {why}",
            fix=Fix.hint(f"put it {migration.outside}"),
        )


_WHY = {
    "prisma": "prisma sends the statements of a file as one",
    "golang-migrate": "golang-migrate sends the statements of a file as one",
    "flyway": "Flyway opens one around a file that holds other statements too",
    "liquibase": "Liquibase opens one around each changeset",
}
