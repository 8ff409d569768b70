"""Added columns whose value the engine works out row by row."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import AddColumn, Bad, Category, ChangeRule, Deed, Finding, Fix, Good, SchemaChange

_DEEDS = frozenset({Deed.ADD_VOLATILE, Deed.ADD_STORED, Deed.ADD_DEFAULT})


class VolatileDefault(ChangeRule):
    """A new column whose value differs from row to row makes the engine rewrite the table while nobody may use it.

    A default that is the same for all rows (`0`, `now()`) is kept once, since PostgreSQL 11. `gen_random_uuid()`, `random()` or
    `clock_timestamp()` must be worked out and written for every row, and so must a stored generated column.

    Add the column without the default, set the default for new rows (`ALTER COLUMN … SET DEFAULT`), and backfill the old ones
    in batches.

    SQL Server writes the rows only where the column is `NOT NULL` or says `WITH VALUES`: otherwise they keep NULL. MySQL and
    MariaDB let others read meanwhile, not write.

    Functions that are not known to be volatile are left alone. Before PostgreSQL 11, which `engine-versions` says, any default
    is found.
    """

    name = "volatile-default"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            alter table orders add column token uuid not null default gen_random_uuid();
                                          ^^^^^ an `ACCESS EXCLUSIVE` lock, which blocks reads and writes while all of `orders`
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter table orders add column gross numeric generated always as (total * 1.19) stored;
                                          ^^^^^ while all of `orders` is rewritten
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter table orders add column channel text default 'web';
                                          ^^^^^^^ while all of `orders` is rewritten
            """,
            dialect="postgres",
            settings={"engine_versions": {"postgres": (10,)}},
            note="Before PostgreSQL 11 any default rewrites the table.",
        ),
        Bad(
            """
            ALTER TABLE orders ADD COLUMN token CHAR(36) NOT NULL DEFAULT (UUID());
                                          ^^^^^ blocks writes while all of `orders` is rewritten
            """,
            dialect="mysql",
        ),
        Bad(
            """
            ALTER TABLE dbo.orders ADD token UNIQUEIDENTIFIER NOT NULL DEFAULT NEWID();
                                       ^^^^^ takes a `SCH-M` lock
            """,
            dialect="tsql",
        ),
        Good("ALTER TABLE dbo.orders ADD token UNIQUEIDENTIFIER NULL DEFAULT NEWID();", dialect="tsql"),
        Good(
            """
            alter table orders add column created_at timestamptz not null default now();
            alter table orders add column token uuid;
            alter table orders alter column token set default gen_random_uuid();
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table tokens (order_id bigint);
            alter table tokens add column token uuid default gen_random_uuid();
            """,
            dialect="postgres",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each column whose values are written row by row."""
        added = change.change
        if not isinstance(added, AddColumn) or not change.live or change.deed not in _DEEDS:
            return
        fact = change.lock()
        if fact is not None and fact.long:
            yield Finding(
                change.place,
                f"adding `{added.column.name}` {fact.says(str(change.name))}",
                fix=Fix.hint(
                    "add it without a default, set the default for new rows, backfill the old ones in batches"
                ),
            )
