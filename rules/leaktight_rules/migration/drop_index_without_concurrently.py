"""Indexes that are dropped under a lock."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Applicability,
    Bad,
    Category,
    ChangeRule,
    DropIndex,
    DropTable,
    Finding,
    Fix,
    Good,
    SchemaChange,
    Severity,
    Span,
    SqlDocument,
)


class DropIndexWithoutConcurrently(ChangeRule):
    """`DROP INDEX` waits for all queries of the table to end, and lets no other one begin meanwhile.

    The drop itself takes a moment, but behind a long query it queues, and everything else queues behind it. PostgreSQL's
    `DROP INDEX CONCURRENTLY` waits without holding others up; it must not stand in a transaction.

    Where a transaction is known to be open it is told once a file.

    Left alone: indexes that the same file has made or whose table it drops, and engines other than PostgreSQL.
    """

    name = "drop-index-without-concurrently"
    category = Category.MIGRATION
    severity = Severity.NOTE
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            drop index if exists shop.orders_customer;
            ^^^^^^^^^^ dropping `shop.orders_customer` takes an `ACCESS EXCLUSIVE` lock, which blocks reads and writes
            """,
            dialect="postgres",
            fixed="drop index concurrently if exists shop.orders_customer;",
        ),
        Bad(
            """
            begin;
            drop index orders_customer;
            ^^^^^^^^^^ dropping `orders_customer` takes an
            drop index orders_day;
            commit;
            """,
            dialect="postgres",
            hosts=False,
        ),
        Good("drop index concurrently orders_customer;", dialect="postgres"),
        Good("create index tmp_i on orders_tmp (a); drop index tmp_i;", dialect="postgres"),
        Good("DROP INDEX orders_customer ON orders;", dialect="mysql"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the words `DROP INDEX` of each such statement."""
        dropped = change.change
        document = change.document
        if not isinstance(dropped, DropIndex) or not change.live:
            return
        fact = change.lock()
        if fact is None or change.statement is None or change.kind != "index":
            return
        if any(isinstance(one.change, DropTable) for one in (*change.earlier(), *change.later())):
            return
        what = f"dropping `{change.name}` {fact.says(str(change.name))}"
        fix = Fix.hint(f"`DROP INDEX CONCURRENTLY`, {change.migration.outside if change.migration else ''}")
        if not isinstance(document, SqlDocument):
            yield Finding(change.place, what, fix=fix)
            return
        word = document.token_after(change.statement.start, "INDEX", before=change.statement.end)
        if word is None or change.together()[0] is not change:
            return
        if change.in_transaction and any(isinstance(one.change, DropIndex) and one.live for one in change.earlier()):
            return
        if not change.in_transaction and len(change.together()) == 1:
            text = " concurrently" if document.slice(word).islower() else " CONCURRENTLY"
            fix = Fix.unsafe("drop it concurrently", document.insert(word.end, text))
        span = Span(change.statement.start, word.end)
        yield Finding(span, what, fix=fix)
