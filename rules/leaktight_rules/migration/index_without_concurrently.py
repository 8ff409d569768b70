"""Indexes that are built while nobody may write."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddIndex,
    Applicability,
    Bad,
    Category,
    ChangeRule,
    Deed,
    Finding,
    Fix,
    Good,
    SchemaChange,
    concurrently,
    option,
)

_BUILT = frozenset({Deed.ADD_INDEX, Deed.ADD_TEXT_INDEX, Deed.ADD_LOCKED_INDEX})


class IndexWithoutConcurrently(ChangeRule):
    """Building an index blocks all writes of the table until it is done: minutes to hours for a large one.

    PostgreSQL builds it beside the writes with `CREATE INDEX CONCURRENTLY`, which must not stand in a transaction: most tools
    for migrations open one unless told not to. If it fails it leaves an invalid index behind, to be dropped before the next
    try.

    MySQL builds indexes beside the writes by itself, but for `FULLTEXT` and `SPATIAL` ones, and unless `ALGORITHM=COPY` or
    `LOCK=SHARED` asks for a lock. SQL Server and Oracle can
    (`ONLINE`) in some editions only: they are found with `strict`.

    Left alone: tables that the same file has made, partitioned tables, which cannot be indexed concurrently, and temporary and
    staging tables. The fix is offered where no transaction is known to be open.
    """

    name = "index-without-concurrently"
    category = Category.MIGRATION
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            create index orders_customer on orders (customer_id);
            ^^^^^^^^^^^^ takes a `SHARE` lock, which blocks writes while the index is built
            """,
            dialect="postgres",
            fixed="create index concurrently orders_customer on orders (customer_id);",
        ),
        Bad(
            """
            -- +goose Up
            CREATE UNIQUE INDEX IF NOT EXISTS orders_number ON shop.orders (number);
            ^^^^^^^^^^^^^^^^^^^ blocks writes
            """,
            dialect="postgres",
            note="goose opens a transaction, so the word alone would not do: the fix is a hint.",
        ),
        Bad(
            """
            ALTER TABLE orders ADD FULLTEXT INDEX orders_note (note);
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ blocks writes while the index is built
            """,
            dialect="mysql",
        ),
        Bad(
            """
            ALTER TABLE orders ADD INDEX orders_customer (customer_id), ALGORITHM=COPY;
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ blocks writes while the index is built
            """,
            dialect="mysql",
            hosts=False,
        ),
        Bad(
            """
            CREATE INDEX orders_customer ON dbo.orders (customer_id);
            ^^^^^^^^^^^^ takes a `SHARED` lock
            """,
            dialect="tsql",
            options={"strict": True},
        ),
        Good(
            """
            create index concurrently if not exists orders_customer on orders (customer_id);
            """,
            dialect="postgres",
        ),
        Good(
            "create table refunds (order_id bigint); create index refunds_order on refunds (order_id);",
            dialect="postgres",
            note="The table is new: nobody waits.",
        ),
        Good("CREATE INDEX orders_customer ON orders (customer_id);", dialect="mysql"),
        Good("CREATE INDEX orders_customer ON dbo.orders (customer_id) WITH (ONLINE = ON);", dialect="tsql"),
    )

    strict: bool = option(
        False, "Also speak of SQL Server and Oracle, whose cheaper editions cannot build indexes online."
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the head of each statement that builds an index under a lock."""
        added = change.change
        if not isinstance(added, AddIndex) or not change.live:
            return
        fact = change.lock()
        if fact is None or change.deed not in _BUILT:
            return
        if change.dialect in {"tsql", "oracle"} and not self.strict:
            return
        table = change.table
        if (table is not None and table.partitioning is not None) or change.word("ONLY") is not None:
            return
        yield Finding(change.span, f"this {fact.says(str(change.name))}", fix=_fix(change))


def _fix(change: SchemaChange) -> Fix:
    if change.dialect != "postgres":
        if change.deed is Deed.ADD_LOCKED_INDEX:
            return Fix.hint("leave the clauses `ALGORITHM` and `LOCK` away, or say `ALGORITHM=INPLACE, LOCK=NONE`")
        return Fix.hint("build it online, or at a time when nobody writes")
    return concurrently("CREATE INDEX CONCURRENTLY", "build it concurrently", (change, change.span.end))
