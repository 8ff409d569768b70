"""Values taken from enumerations and from the lists of checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leaktight import (
    AlterColumn,
    AlterEnum,
    Bad,
    Category,
    ChangeRule,
    Finding,
    Fix,
    Good,
    How,
    Related,
    SchemaChange,
    conversions,
    listed,
)


class EnumValueRemoved(ChangeRule):
    """A value that leaves an enumeration breaks the rows that hold it and the code that writes it.

    PostgreSQL cannot drop a value, so the type is made anew and every column of it rewritten, which fails on the first row that
    holds a value that is gone. MySQL turns such rows into `''` or refuses. A renamed value breaks the code that compares with
    the old name. A `CHECK (status IN (…))` that is made anew without a value is refused while a row holds it; with `NOT VALID`
    (SQL Server: `WITH NOCHECK`) it is not, but every later update of such a row is.

    Stop writing the value, move the rows to another one, and take it away in a later migration; or leave it.

    The values that a type had before are taken from the project's DDL. Where that does not say them, a type that is made anew is
    taken for one that loses a value: adding one needs `ALTER TYPE … ADD VALUE` alone. What a check let a column have is read from
    the last list of its values before, and a list without one before it tells nothing.

    Silent where an `UPDATE` or `DELETE` before it, or in a migration between the two, moves the rows.
    """

    name = "enum-value-removed"
    category = Category.MIGRATION
    asks_for_reads = True
    examples = (
        Bad(
            """
            alter type status rename to status_old;
                       ^^^^^^ `status` is made anew: a value that is gone breaks rows and code that use it
            create type status as enum ('open', 'paid');
            """,
            dialect="postgres",
        ),
        Bad(
            """
            CREATE TYPE "Status_new" AS ENUM ('OPEN', 'PAID');
            ALTER TABLE "Order" ALTER COLUMN "status" TYPE "Status_new" USING ("status"::text::"Status_new");
            ALTER TYPE "Status" RENAME TO "Status_old";
                       ^^^^^^^^ `Status` is made anew
            ALTER TYPE "Status_new" RENAME TO "Status";
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter type status rename value 'paid' to 'settled';
                       ^^^^^^ `paid` of `status` is renamed: code that compares with it breaks
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER TABLE orders MODIFY status ENUM('open', 'paid') NOT NULL;
                                      ^^^^^^ `returned` is no value any more: rows that hold it are refused or emptied
            """,
            dialect="mysql",
            files={"migrations/0001_orders.sql": "CREATE TABLE orders (status ENUM('open', 'paid', 'returned'));"},
            path="migrations/0002_status.sql",
        ),
        Bad(
            """
            ALTER TABLE orders DROP CONSTRAINT orders_status_check;
            ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ('open', 'paid'));
                                              ^^^^^^^^^^^^^^^^^^^ `returned` is no value of `status` any more: this fails while a row holds it
            """,
            dialect="postgres",
            files={
                "migrations/0001_orders.sql": (
                    "CREATE TABLE orders (id int, status text CHECK (status IN ('open', 'paid', 'returned')));"
                )
            },
            path="migrations/0002_status.sql",
        ),
        Good(
            """
            UPDATE orders SET status = 'paid' WHERE status = 'returned';
            ALTER TABLE orders DROP CONSTRAINT orders_status_check;
            ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ('open', 'paid'));
            """,
            dialect="postgres",
            files={
                "migrations/0001_orders.sql": (
                    "CREATE TABLE orders (id int, status text CHECK (status IN ('open', 'paid', 'returned')));"
                )
            },
            path="migrations/0002_status.sql",
            note="No row holds it when the check comes.",
        ),
        Good(
            """
            alter type status rename to status_old;
            create type status as enum ('open', 'returned', 'paid');
            alter table orders alter column status type status using status::text::status;
            """,
            dialect="postgres",
            files={"migrations/0001_status.sql": "create type status as enum ('open', 'paid');"},
            path="migrations/0002_status.sql",
            note="All values are still there.",
        ),
        Good("alter type status add value if not exists 'returned';", dialect="postgres"),
        Good(
            "ALTER TABLE orders MODIFY status ENUM('open', 'paid', 'returned');",
            dialect="mysql",
            files={"migrations/0001_orders.sql": "CREATE TABLE orders (status ENUM('open', 'paid'));"},
            path="migrations/0002_status.sql",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each enumeration, and of each check, that loses values."""
        if not change.live:
            return
        altered = change.change
        message = ""
        related: tuple[Related, ...] = ()
        narrowed = change.narrowed
        if narrowed is not None:
            place = narrowed.before.location
            gone = change.still_held(narrowed.values, narrowed.column, place.path if place is not None else "")
            message = _of_check(gone, narrowed.column, unchecked=How.NOT_VALID in change.how) if gone else ""
            if place is not None:
                related = (Related(place, f"{listed(gone)} could be in `{narrowed.column}` since here"),)
        elif isinstance(altered, AlterEnum):
            message = _of_type(altered, _held(change))
        elif isinstance(altered, AlterColumn):
            before, after = conversions.values(change.former_type), conversions.values(altered.type)
            gone = tuple(value for value in before or () if value not in (after or ())) if before and after else ()
            gone = change.still_held(gone, altered.column)
            message = _gone(gone) if gone else ""
        if message:
            fix = Fix.hint("stop writing the value and move its rows first; take it away in a later migration")
            yield Finding(change.place, message, related, fix)


def _held(change: SchemaChange) -> tuple[str, ...] | None:
    lost = change.lost_values
    if lost is None:
        return None
    later = [one.change for one in change.later()]
    renamed = {value for one in later if isinstance(one, AlterEnum) for value in one.renamed}
    return change.still_held(value for value in lost if value not in renamed)


def _of_check(values: Sequence[str], column: str, *, unchecked: bool) -> str:
    one = len(values) == 1
    what = f"{listed(values)} {'is no value' if one else 'are no values'} of `{column}` any more"
    held = "it" if one else "one of them"
    if unchecked:
        return f"{what}: a row that holds {held} cannot be updated from now on"
    return f"{what}: this fails while a row holds {held}"


def _gone(values: Sequence[str]) -> str:
    named = ", ".join(f"`{value}`" for value in values[:3])
    if len(values) == 1:
        return f"{named} is no value any more: rows that hold it are refused or emptied"
    return f"{named} are no values any more: rows that hold one are refused or emptied"


def _of_type(altered: AlterEnum, lost: tuple[str, ...] | None) -> str:
    if altered.remade and lost is not None:
        return _gone(lost) if lost else ""
    if altered.remade:
        return f"`{altered.name}` is made anew: a value that is gone breaks rows and code that use it"
    if altered.renamed:
        return f"`{altered.renamed[0]}` of `{altered.name}` is renamed: code that compares with it breaks"
    return f"`{altered.removed[0]}` is taken from `{altered.name}`: rows and code that use it break"
