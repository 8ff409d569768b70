"""UPDATEs of whole tables in migrations."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddColumn,
    AddKey,
    AlterColumn,
    Bad,
    Category,
    ChangeRule,
    FillRows,
    Finding,
    Fix,
    Good,
    How,
    Related,
    RenameColumn,
    SchemaChange,
    Severity,
    option,
)

_WAREHOUSES = frozenset(
    {
        "bigquery",
        "snowflake",
        "redshift",
        "databricks",
        "spark",
        "spark2",
        "hive",
        "athena",
        "trino",
        "presto",
        "clickhouse",
    }
    | {"duckdb", "sqlite"}
)


class BackfillInMigration(ChangeRule):
    """An `UPDATE` of a whole table in a migration holds every row, and whatever the migration has locked, until it ends.

    In one transaction with an `ALTER TABLE` of the same table nobody reads or writes that table for as long as all rows are
    rewritten. Alone it still locks each row it has changed and leaves a dead copy of it behind, which is told with `strict`.

    Change the schema first; then fill the column in batches of a few thousand rows by the key, each in a transaction of its
    own; then tighten the schema.

    Left alone: an `UPDATE` with a filter other than `IS NULL`, a limit or a CTE; tables that the same file has made; warehouses and
    SQLite.
    """

    name = "backfill-in-migration"
    category = Category.MIGRATION
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            begin;
            alter table orders add column channel text;
            update orders set channel = 'web' where channel is null;
            ^^^^^^ all of `orders` is updated in one go, under the `ACCESS EXCLUSIVE` lock of line 2
            commit;
            """,
            dialect="postgres",
            hosts=False,
        ),
        Bad(
            """
            ALTER TABLE orders ADD COLUMN channel VARCHAR(20);
            UPDATE orders SET channel = 'web';
            ^^^^^^ all of `orders` is updated in one go, and each row stays locked until that ends
            """,
            dialect="mysql",
            hosts=False,
        ),
        Bad(
            """
            update orders set channel = 'web';
            ^^^^^^ all of `orders` is updated in one go
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            "update orders set channel = 'web';",
            dialect="postgres",
            note="A migration of its own that locks nothing else.",
        ),
        Good(
            "update orders set channel = 'web' where order_id between 1 and 5000 and channel is null;",
            dialect="postgres",
        ),
        Good(
            """
            begin;
            alter table orders add column channel text;
            update orders set channel = 'shop' where shop_id is not null;
            commit;
            """,
            dialect="postgres",
            hosts=False,
            note="How many rows that is cannot be seen.",
        ),
        Good("update settings set value = '7' where name = 'retention_days';", dialect="postgres"),
        Good("create table t (a int); insert into t (a) select 1; update t set a = 2;", dialect="postgres"),
        Good("update shop.orders set channel = 'web' where true;", dialect="bigquery"),
    )

    strict: bool = option(False, "Speak of each UPDATE of a whole table, also where nothing else is changed.")

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the first word of each UPDATE that reaches all rows."""
        if not isinstance(change.change, FillRows) or How.NARROWED in change.how or not change.live:
            return
        if change.dialect in _WAREHOUSES:
            return
        fix = Fix.hint("change the schema first, then fill in batches by the key, each in a transaction of its own")
        held = _held(change)
        if held is None:
            if not self.strict and not any(
                isinstance(one.change, _SHAPES) for one in change.of_table(change.earlier())
            ):
                return
            message = f"all of `{change.name}` is updated in one go, and each row stays locked until that ends"
            yield Finding(change.span, message, fix=fix)
            return
        fact, place = held.lock(), held.document.location(held.span)
        lock = f"`{fact.lock}` lock" if fact is not None else "lock"
        yield Finding(
            change.span,
            f"all of `{change.name}` is updated in one go, under the {lock} of line {place.start.line}",
            related=(Related(place, "the lock is taken here"),),
            fix=fix,
            severity=Severity.WARNING,
        )


_SHAPES = (AddColumn, AlterColumn, RenameColumn, AddKey)


def _held(change: SchemaChange) -> SchemaChange | None:
    """Give the change of the same table whose lock the transaction holds."""
    if not change.in_transaction:
        return None
    for one in change.of_table(change.earlier()):
        fact = one.lock()
        if one.in_transaction and fact is not None and fact.engine == "postgres":
            return one
    return None
