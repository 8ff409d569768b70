"""Indexes that are built anew under a lock."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Applicability,
    Bad,
    Category,
    ChangeRule,
    Finding,
    Good,
    RebuildTable,
    SchemaChange,
    concurrently,
)


class ReindexWithoutConcurrently(ChangeRule):
    """`REINDEX` keeps writers away from the table while its indexes are built anew, and readers from each index.

    For a large table that is minutes, in which every `INSERT` and `UPDATE` waits; and since planning a query looks at all indexes
    of a table, most readers wait too. Since version 12 PostgreSQL has `REINDEX … CONCURRENTLY`. It must not stand in a transaction.

    Left alone: tables and indexes that the same file has made, versions before 12, `REINDEX SYSTEM`, for which there is no such
    word, and engines other than PostgreSQL.
    """

    name = "reindex-without-concurrently"
    category = Category.MIGRATION
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            reindex table orders;
                          ^^^^^^ building each index of `orders` anew takes a `SHARE` lock, which blocks writes while the index is
            """,
            dialect="postgres",
            fixed="reindex table concurrently orders;",
        ),
        Bad(
            """
            BEGIN;
            REINDEX INDEX orders_customer;
                          ^^^^^^^^^^^^^^^ building `orders_customer` anew takes a `SHARE` lock
            COMMIT;
            """,
            dialect="postgres",
        ),
        Good("reindex table concurrently orders;", dialect="postgres"),
        Good("reindex (concurrently, verbose) index orders_customer;", dialect="postgres"),
        Good("create index concurrently refunds_day on refunds (day); reindex index refunds_day;", dialect="postgres"),
        Good(
            "reindex table orders;",
            dialect="postgres",
            settings={"engine_versions": {"postgres": (11,)}},
            note="Before version 12 there is no other way.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of what is built anew."""
        built = change.change
        if not isinstance(built, RebuildTable) or built.verb != "reindex" or change.kind == "system":
            return
        fact = change.lock() if change.live else None
        if fact is None or change.version() < (12,):
            return
        word = change.word(change.kind.upper())
        yield Finding(
            change.place,
            f"building {_WHAT[change.kind]}`{change.name}` anew {fact.says(str(change.name))}",
            fix=concurrently(
                "REINDEX … CONCURRENTLY",
                "build it concurrently" if change.kind == "index" else "build them concurrently",
                (change, word.end if word is not None else change.place.start),
            ),
        )


_WHAT = {
    "index": "",
    "table": "each index of ",
    "schema": "each index of the schema ",
    "database": "each index of the database ",
}
