"""Partitions that are detached under a lock."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Applicability,
    Bad,
    Category,
    ChangeRule,
    DetachPartition,
    Finding,
    Fix,
    Good,
    SchemaChange,
    Severity,
    SqlDocument,
)


class DetachWithoutConcurrently(ChangeRule):
    """`DETACH PARTITION` locks the whole partitioned table, for readers too.

    The detaching itself takes a moment, but it waits for all queries of the table to end, and everything else queues behind it.
    Since version 14 PostgreSQL has `DETACH PARTITION … CONCURRENTLY`, which holds nobody up. It must not stand in a transaction,
    and the table must have no default partition.

    Left alone: tables that the same file has made, a transaction that locks the table as much by another change, versions before
    14, and engines other than PostgreSQL.
    """

    name = "detach-without-concurrently"
    category = Category.MIGRATION
    severity = Severity.NOTE
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            alter table orders detach partition orders_2020;
                               ^^^^^^^^^^^^^^^^ detaching a partition of `orders` takes an `ACCESS EXCLUSIVE` lock, which blocks reads and
            """,
            dialect="postgres",
            fixed="alter table orders detach partition orders_2020 concurrently;",
        ),
        Bad(
            """
            begin;
            alter table orders detach partition orders_2020;
                               ^^^^^^^^^^^^^^^^ which blocks reads and writes
            commit;
            """,
            dialect="postgres",
        ),
        Good("alter table orders detach partition orders_2020 concurrently;", dialect="postgres"),
        Good("alter table orders detach partition orders_2020 finalize;", dialect="postgres"),
        Good(
            "alter table orders detach partition orders_2020;",
            dialect="postgres",
            settings={"engine_versions": {"postgres": (13,)}},
            note="Before version 14 there is no other way.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the words `DETACH PARTITION`."""
        if not isinstance(change.change, DetachPartition) or not change.live or change.version() < (14,):
            return
        fact = change.lock()
        if fact is None or (change.in_transaction and _is_locked(change, fact.lock)):
            return
        yield Finding(
            change.head("PARTITION"),
            f"detaching a partition of `{change.name}` {fact.says(str(change.name))}",
            fix=_fix(change),
        )


def _is_locked(change: SchemaChange, lock: str) -> bool:
    """Say whether an earlier change of the same file has locked the table as much."""
    facts = (one.lock() for one in change.of_table(change.earlier()) if one.live)
    return any(fact is not None and fact.lock == lock for fact in facts)


def _fix(change: SchemaChange) -> Fix:
    document, statement = change.document, change.statement
    if change.in_transaction or not change.alone or not isinstance(document, SqlDocument) or statement is None:
        return Fix.hint(f"`DETACH PARTITION … CONCURRENTLY`, {change.migration.outside if change.migration else ''}")
    word = " concurrently" if document.slice(statement)[:5].islower() else " CONCURRENTLY"
    return Fix.unsafe("detach it concurrently", document.insert(change.span.end, word))
