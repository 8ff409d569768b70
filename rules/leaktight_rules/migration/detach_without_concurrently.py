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
    Good,
    SchemaChange,
    Severity,
    concurrently,
)


class DetachWithoutConcurrently(ChangeRule):
    """`DETACH PARTITION` locks the whole partitioned table, for readers too.

    The detaching itself takes a moment, but it waits for all queries of the table to end, and everything else queues behind it.
    Since version 14 PostgreSQL has `DETACH PARTITION … CONCURRENTLY`, which holds nobody up. It must not stand in a transaction,
    and the table must have no default partition.

    Left alone: tables that the same file has made, those that are known to have a default partition, a transaction that locks the
    table as much by another change, versions before 14, and engines other than PostgreSQL.
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
        Good(
            "alter table orders detach partition orders_2020;",
            catalog="""
            create table orders (order_id bigint, day date) partition by range (day);
            create table orders_2020 partition of orders for values from ('2020-01-01') to ('2021-01-01');
            create table orders_rest partition of orders default;
            """,
            dialect="postgres",
            note="Beside a default partition there is none either.",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the words `DETACH PARTITION`."""
        if not isinstance(change.change, DetachPartition) or not change.live or change.version() < (14,):
            return
        fact = change.lock()
        if fact is None or (change.in_transaction and _is_locked(change, fact.lock)):
            return
        if change.table is not None and any(part.bounds == "DEFAULT" for part in change.table.parts):
            return
        yield Finding(
            change.head("PARTITION"),
            f"detaching a partition of `{change.name}` {fact.says(str(change.name))}",
            fix=concurrently("DETACH PARTITION … CONCURRENTLY", "detach it concurrently", (change, change.span.end)),
        )


def _is_locked(change: SchemaChange, lock: str) -> bool:
    """Say whether another change locks the table as much until the transaction ends; of several that detach, the first is told."""
    others = [*change.earlier(), *(one for one in change.later() if not isinstance(one.change, DetachPartition))]
    facts = (one.lock() for one in change.of_table(others) if one.live and one.begin == change.begin)
    return any(fact is not None and fact.lock == lock for fact in facts)
