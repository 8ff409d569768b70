"""Indexes that are dropped under a lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leaktight import (
    Applicability,
    Bad,
    Category,
    ChangeRule,
    DropIndex,
    DropTable,
    Finding,
    Good,
    Related,
    SchemaChange,
    Severity,
    Span,
    SqlDocument,
    concurrently,
)

_MOST_SHOWN = 5


class DropIndexWithoutConcurrently(ChangeRule):
    """`DROP INDEX` waits for all queries of the table to end, and lets no other one begin meanwhile.

    The drop itself takes a moment, but behind a long query it queues, and everything else queues behind it. PostgreSQL's
    `DROP INDEX CONCURRENTLY` waits without holding others up; it must not stand in a transaction.

    It is told once a file, of all of them.

    Left alone: indexes that the same file has made or whose table it drops, those of a table that another change of the same
    transaction locks as much, and engines other than PostgreSQL.
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
        Bad(
            """
            DROP INDEX orders_customer;
            ^^^^^^^^^^ which blocks reads and writes, and so does 1 more in this file
            DROP INDEX orders_day;
            """,
            dialect="postgres",
            hosts=False,
            fixed="""
            DROP INDEX CONCURRENTLY orders_customer;
            DROP INDEX CONCURRENTLY orders_day;
            """,
        ),
        Good("drop index concurrently orders_customer;", dialect="postgres"),
        Good("create index tmp_i on orders_tmp (a); drop index tmp_i;", dialect="postgres"),
        Good("DROP INDEX orders_customer ON orders;", dialect="mysql"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the words `DROP INDEX` of each such statement."""
        dropped = change.change
        if not isinstance(dropped, DropIndex) or not _locks(change) or change.statement is None:
            return
        near = (*change.earlier(), *change.later())
        if any(isinstance(one.change, DropTable) for one in near):
            return
        if change.in_transaction and _is_locked(dropped, near):
            return
        here = [one for one in change.later() if one.document is change.document and _locks(one)]
        if any(one.document is change.document and _locks(one) for one in change.earlier()):
            return
        fact = change.lock()
        more = f", and so {'does 1 more' if len(here) == 1 else f'do {len(here)} more'} in this file" if here else ""
        what = f"dropping `{change.name}` {fact.says(str(change.name)) if fact is not None else ''}{more}"
        places = [(one, _words(one)) for one in here]
        yield Finding(
            _words(change),
            what,
            fix=concurrently(
                "DROP INDEX CONCURRENTLY",
                "drop it concurrently" if not here else f"drop the {len(here) + 1} concurrently",
                *((one, _words(one).end) for one in (change, *here)),
            ),
            related=tuple(Related(place, f"drops `{one.name}`") for one, place in places[:_MOST_SHOWN]),
            covers=tuple(place for _, place in places),
        )


def _locks(change: SchemaChange) -> bool:
    """Say whether a change drops an index that is in use, under a lock."""
    return isinstance(change.change, DropIndex) and change.live and change.kind == "index" and change.lock() is not None


def _is_locked(index: DropIndex, changes: Iterable[SchemaChange]) -> bool:
    """Say whether another change locks the table as much until the transaction ends.

    Where the `DROP` does not name the table the index is called after it: `orders_day_idx`, `ix_orders_day`.
    """
    locks = (
        one.lock()
        for one in changes
        if not isinstance(one.change, DropIndex)
        and (
            one.name.same(index.table)
            if index.table is not None
            else f"_{one.name.name}_".lower() in f"_{index.index}_".lower()
        )
    )
    return any(fact is not None and fact.lock == "ACCESS EXCLUSIVE" for fact in locks)


def _words(change: SchemaChange) -> Span:
    """Give the place of the words `DROP INDEX`, or of the operation's name for it."""
    document, statement = change.document, change.statement
    if not isinstance(document, SqlDocument) or statement is None:
        return change.place
    word = document.token_after(statement.start, "INDEX", before=statement.end)
    return Span(statement.start, word.end) if word is not None else change.place
