"""Locks that are waited for without end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leaktight import (
    Bad,
    Category,
    ChangeRule,
    DropIndex,
    Finding,
    Fix,
    Good,
    SchemaChange,
    Severity,
    TableName,
    option,
)

_STRONG = "ACCESS EXCLUSIVE"


class MissingLockTimeout(ChangeRule):
    """A migration that waits for a lock holds up everyone who comes after it.

    An `ALTER TABLE` waits behind the longest query of its table, and all other queries queue behind the `ALTER TABLE`, even
    those that only read. With `SET lock_timeout = '5s'` it gives up, and can be tried again.

    Told once a file, and only where waiting is worst: where one transaction takes strong locks on more than one table that is
    there, so that the first stays locked while it waits for the next. With `strict`, each file that takes a strong lock at all. A
    timeout that is set for the role or by the tool is not seen:
    ignore the rule then. PostgreSQL only.
    """

    name = "missing-lock-timeout"
    category = Category.MIGRATION
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            begin;
            alter table orders add column channel text;
                        ^^^^^^ no `lock_timeout` is set: `orders` stays locked while this waits for `refunds`
            alter table refunds add column channel text;
            commit;
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter table orders add column channel text;
                        ^^^^^^ queue behind this one
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good("alter table orders add column channel text;", dialect="postgres"),
        Good(
            """
            begin;
            set local lock_timeout = '5s';
            alter table orders add column channel text;
            alter table refunds add column channel text;
            commit;
            """,
            dialect="postgres",
        ),
    )

    strict: bool = option(False, "Speak of each file that takes a strong lock on a table that is there.")

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the first strong lock of a file that sets no timeout."""
        migration = change.migration
        if migration is None or migration.lock_timeout or not _is_strong(change):
            return
        if next(one for one in migration.changes if _is_strong(one)) is not change:
            return
        other = _second([one for one in migration.changes if _is_strong(one)])
        if other is not None:
            why = f"`{_locked(change)}` stays locked while this waits for `{other.name}`"
        elif self.strict:
            why = f"while it waits, all queries of `{_locked(change)}` queue behind this one"
        else:
            return
        yield Finding(
            change.table_span or change.place,
            f"no `lock_timeout` is set: {why}",
            fix=Fix.hint("`SET lock_timeout = '5s';` at the top, and try again when it runs out"),
        )


def _locked(change: SchemaChange) -> TableName | None:
    """Give the table that a change locks, which the `DROP` of an index may not name."""
    return change.change.table if isinstance(change.change, DropIndex) else change.name


def _is_strong(change: SchemaChange) -> bool:
    fact = change.lock() if change.live and _locked(change) is not None else None
    return fact is not None and fact.engine == "postgres" and fact.lock == _STRONG


def _second(strong: Sequence[SchemaChange]) -> SchemaChange | None:
    """Give the first lock on another table that is taken while the first one is held."""
    first = strong[0]
    if not first.in_transaction:
        return None
    others = [one for one in strong if one.in_transaction and not isinstance(one.change, DropIndex)]
    held = _locked(first)
    return next((one for one in others if held is not None and not one.name.same(held)), None)
