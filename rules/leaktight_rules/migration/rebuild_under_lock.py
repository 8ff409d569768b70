"""Tables that are written anew under a lock."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, ChangeRule, Finding, Fix, Good, RebuildTable, SchemaChange


class RebuildUnderLock(ChangeRule):
    """`VACUUM FULL` and `CLUSTER` write a whole table anew, and let nobody read or write it meanwhile.

    For a large table that is an outage. Plain `VACUUM` frees the space of dead rows for new ones and holds nobody up; where the
    file itself must shrink, or its rows be sorted, `pg_repack` does that while others read and write. From version 19 on
    PostgreSQL does it itself: `REPACK (CONCURRENTLY)`.

    Left alone: tables that the same file has made, and engines other than PostgreSQL.
    """

    name = "rebuild-under-lock"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            vacuum full orders;
                        ^^^^^^ `VACUUM FULL` takes an `ACCESS EXCLUSIVE` lock, which blocks reads and writes while all of `orders` is
            """,
            dialect="postgres",
        ),
        Bad(
            """
            VACUUM (FULL, ANALYZE) orders;
                                   ^^^^^^ while all of `orders` is rewritten
            """,
            dialect="postgres",
        ),
        Bad(
            """
            cluster orders using orders_day;
                    ^^^^^^ `CLUSTER` takes an `ACCESS EXCLUSIVE` lock
            """,
            dialect="postgres",
        ),
        Good("vacuum (analyze) orders;", dialect="postgres"),
        Good("VACUUM FULL orders;", dialect="redshift", note="It runs beside other queries there."),
        Good(
            "create table refunds (day date); create index refunds_day on refunds (day); cluster refunds using refunds_day;",
            dialect="postgres",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each table."""
        rebuilt = change.change
        if not isinstance(rebuilt, RebuildTable) or rebuilt.verb == "reindex":
            return
        fact = change.lock() if change.live else None
        if fact is not None:
            yield Finding(
                change.place,
                f"`{rebuilt.verb.upper()}` {fact.says(str(change.name))}",
                fix=_hint(change, rebuilt.verb),
            )


def _hint(change: SchemaChange, verb: str) -> Fix:
    beside = "`REPACK (CONCURRENTLY)`" if change.version() >= (19,) else "`pg_repack`"
    if verb == "cluster":
        return Fix.hint(f"{beside} sorts its rows while others read and write")
    return Fix.hint(f"plain `VACUUM`, or {beside} where its file must shrink")
