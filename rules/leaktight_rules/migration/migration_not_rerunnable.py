"""Migrations that cannot be run again after they failed half-way."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddColumn,
    AddIndex,
    Bad,
    Category,
    ChangeRule,
    CreateTable,
    DropColumn,
    DropIndex,
    DropKey,
    DropTable,
    Finding,
    Fix,
    Good,
    How,
    SchemaChange,
    Severity,
    option,
)

_COMMITS_EACH = frozenset({"mysql", "oracle", "snowflake", "databricks", "spark", "bigquery", "clickhouse"})
"""Engines that commit each DDL statement by itself, whatever transaction is open."""
_NO_COLUMN_GUARDS = frozenset({"mysql", "oracle"})
_ENGINES = {
    "mysql": "MySQL", "oracle": "Oracle", "snowflake": "Snowflake", "databricks": "Databricks", "spark": "Spark",
    "bigquery": "BigQuery", "clickhouse": "ClickHouse",
}  # fmt: skip


class MigrationNotRerunnable(ChangeRule):
    """A migration of several steps that is no transaction stops in the middle when one fails, and cannot be run again.

    What it did before stays done, so the next try fails at the first step: the column exists, the table is gone. That is so
    where each statement commits by itself (MySQL, Oracle, Snowflake, BigQuery, Databricks), and on PostgreSQL where the file is
    run outside a transaction, as it must be for `CONCURRENTLY`.

    Write `IF NOT EXISTS` and `IF EXISTS`, or one statement a file. A `CREATE INDEX CONCURRENTLY` that failed leaves an invalid
    index: put `DROP INDEX CONCURRENTLY IF EXISTS` before it.

    Told once a file, where a later statement changes something that is there. Left alone: files that only create tables, and
    steps for which the engine knows no such words. With `strict`, also a single `CONCURRENTLY` without them.
    """

    name = "migration-not-rerunnable"
    category = Category.MIGRATION
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            -- migrate:up transaction:false
            create index concurrently orders_customer on orders (customer_id);
            ^^^^^^^^^^^^ if a later statement fails, this one is done and fails the next time
            create index concurrently orders_day on orders (day);
            """,
            dialect="postgres",
            hosts=False,
        ),
        Bad(
            """
            CREATE TABLE channels (name VARCHAR(20) PRIMARY KEY);
                         ^^^^^^^^ each statement of MySQL is committed: if a later one fails
            ALTER TABLE orders ADD COLUMN channel VARCHAR(20);
            """,
            dialect="mysql",
        ),
        Bad(
            """
            create index concurrently orders_customer on orders (customer_id);
            ^^^^^^^^^^^^ if this fails
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            """
            -- migrate:up transaction:false
            create index concurrently if not exists orders_customer on orders (customer_id);
            create index concurrently if not exists orders_day on orders (day);
            """,
            dialect="postgres",
        ),
        Good(
            """
            begin;
            alter table orders add column channel text;
            alter table refunds add column channel text;
            commit;
            """,
            dialect="postgres",
            note="All or nothing.",
        ),
        Good("CREATE TABLE channels (name VARCHAR(20)); CREATE TABLE shops (name VARCHAR(20));", dialect="mysql"),
    )

    strict: bool = option(False, "Also speak of a single `CREATE INDEX CONCURRENTLY` without `IF NOT EXISTS`.")

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the first step of a file that would fail when it is run again."""
        migration = change.migration
        if migration is None or not _would_fail(change) or not _commits(change):
            return
        first = next(one for one in migration.changes if _would_fail(one) and _commits(one))
        if first is not change:
            return
        later = [one for one in change.later() if one.live and one.statement != change.statement]
        fix = Fix.hint("`IF NOT EXISTS` or `IF EXISTS`, or one statement a file")
        if later:
            engine = _ENGINES.get(change.dialect)
            message = f"each statement of {engine} is committed: if a later one fails, this one is done and fails the next time"
            if engine is None:
                message = "no transaction: if a later statement fails, this one is done and fails the next time"
            yield Finding(change.place, message, fix=fix)
        elif self.strict and How.CONCURRENTLY in change.how:
            yield Finding(
                change.place, "if this fails, it leaves an invalid index and fails the next time too", fix=fix
            )


def _commits(change: SchemaChange) -> bool:
    """Say whether the change is done for good before the next statement begins."""
    if change.dialect in _COMMITS_EACH:
        return True
    if change.dialect != "postgres" or change.in_transaction:
        return False
    if change.in_transaction is False:
        return True
    # Whoever writes `CONCURRENTLY` runs the file outside a transaction, whatever does that.
    return change.migration is not None and change.migration.concurrently


def _would_fail(change: SchemaChange) -> bool:
    """Say whether the step fails when it has been done, and could be written so that it does not."""
    if change.how & {How.IF_EXISTS, How.IF_NOT_EXISTS}:
        return False
    if isinstance(change.change, CreateTable) and any(
        isinstance(one.change, DropTable) and How.IF_EXISTS in one.how for one in change.of_table(change.earlier())
    ):
        return False
    match change.change:
        case CreateTable(if_not_exists=False, table=table):
            return table.kind == "table" and not table.temporary and not change.replaces
        case DropTable():
            return True
        case AddColumn() | DropColumn() | AddIndex() | DropIndex():
            return change.dialect not in _NO_COLUMN_GUARDS and not change.fresh
        case DropKey():
            return change.dialect == "postgres" and not change.fresh
        case _:
            return False
