"""NOT NULL on a column that is there."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddCheck,
    AlterColumn,
    Bad,
    Category,
    ChangeRule,
    Deed,
    DropKey,
    Finding,
    Fix,
    Good,
    SchemaChange,
    ValidateConstraint,
)

_TAKES_CHECKS = (12,)


class SetNotNull(ChangeRule):
    """`SET NOT NULL` reads the whole table under a lock that lets nobody read or write it.

    Since PostgreSQL 12 it reads nothing where a validated check already says so. Add `CHECK (column IS NOT NULL) NOT VALID`,
    which takes a moment; `VALIDATE CONSTRAINT` in another transaction, which reads the table while others use it; then
    `SET NOT NULL`, and drop the check.

    Left alone: tables that the same file has made, and columns of a table for which the file validates a constraint before, or
    drops one after, as these steps do.
    """

    name = "set-not-null"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            alter table orders alter column channel set not null;
                                            ^^^^^^^ an `ACCESS EXCLUSIVE` lock, which blocks reads and writes while each row
            """,
            dialect="postgres",
        ),
        Good(
            """
            alter table orders validate constraint orders_channel_known;
            alter table orders alter column channel set not null;
            alter table orders drop constraint orders_channel_known;
            """,
            dialect="postgres",
            note="The check was added as `NOT VALID` by an earlier migration.",
        ),
        Bad(
            """
            alter table orders validate constraint orders_channel_known;
            alter table orders alter column channel set not null;
                                            ^^^^^^^ while each row of `orders` is checked
            """,
            dialect="postgres",
            settings={"engine_versions": {"postgres": (11,)}},
            note="Before PostgreSQL 12 a check does not help: keep it in place of the NOT NULL.",
        ),
        Good("create table bills (total int); alter table bills alter column total set not null;", dialect="postgres"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the first column of each statement for which rows are checked."""
        altered = change.change
        if not isinstance(altered, AlterColumn) or not change.live or change.deed is not Deed.SET_NOT_NULL:
            return
        fact = change.lock()
        if fact is None or _is_checked(change):
            return
        if next(one for one in change.together() if one.deed is Deed.SET_NOT_NULL) is not change:
            return
        hint = "add `CHECK (… IS NOT NULL) NOT VALID`, validate it in another transaction, then forbid NULL"
        yield Finding(
            change.place,
            f"forbidding NULL in `{altered.column}` {fact.says(str(change.name))}",
            fix=Fix.hint(hint if change.version() >= _TAKES_CHECKS else "validate a check in its place"),
        )


def _is_checked(change: SchemaChange) -> bool:
    """Say whether the file shows that a check has been validated before."""
    if change.version() < _TAKES_CHECKS:
        return False
    before = [one.change for one in change.of_table(change.earlier())]
    after = [one.change for one in change.of_table(change.later())]
    if any(isinstance(one, ValidateConstraint) for one in before):
        return True
    added = {one.check.name for one in before if isinstance(one, AddCheck)}
    return any(isinstance(one, DropKey) and one.kind is None and one.key not in added for one in after)
