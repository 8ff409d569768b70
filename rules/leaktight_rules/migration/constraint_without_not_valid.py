"""Constraints that are checked for all rows at once."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddCheck,
    AddColumn,
    AddKey,
    Applicability,
    Bad,
    Category,
    ChangeRule,
    Finding,
    Fix,
    Good,
    Key,
    KeyKind,
    Related,
    SchemaChange,
    Severity,
    SqlDocument,
)

_HINTS = {
    "postgres": "add it `NOT VALID`, and validate it in a later transaction",
    "mysql": "add it with `foreign_key_checks` off and `ALGORITHM=INPLACE, LOCK=NONE`, and check the old rows by a query",
    "tsql": "`WITH NOCHECK ADD CONSTRAINT`, and `WITH CHECK CHECK CONSTRAINT` at a time when nobody needs the table",
}
_MOST_SHOWN = 5
_CHECKS = "add it when nobody writes: MySQL and MariaDB have no way to check the old rows later"


class ConstraintWithoutNotValid(ChangeRule):
    """A new foreign key or check reads the whole table under a lock.

    PostgreSQL takes both steps apart: `ADD CONSTRAINT … NOT VALID` binds new rows at once and takes a moment;
    `VALIDATE CONSTRAINT`, in a later transaction, reads the old rows while others go on reading and writing. A foreign key also
    locks the table that it points at. SQL Server has `WITH NOCHECK ADD CONSTRAINT`, and `WITH CHECK CHECK CONSTRAINT` later.

    MySQL copies the table for a foreign key or a check, and lets nobody write it meanwhile. With `foreign_key_checks` off the key
    is added in place and no old row is checked; a check that is `NOT ENFORCED` looks at no row, new or old.

    A note where the same file has added the columns of the foreign key and nothing fills them: the rows are read, but none has a
    value to be looked up.

    Left alone: tables that the same file has made; other engines. The fix adds both statements where no transaction is known to
    be open and the constraint has a name.
    """

    name = "constraint-without-not-valid"
    category = Category.MIGRATION
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            alter table orders add constraint orders_customer_fkey foreign key (customer_id) references customers (customer_id);
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ blocks writes while each row of `orders` is checked
            """,
            dialect="postgres",
            fixed="""
            alter table orders add constraint orders_customer_fkey foreign key (customer_id) references customers (customer_id) not valid;
            alter table orders validate constraint orders_customer_fkey;
            """,
        ),
        Bad(
            """
            BEGIN;
            ALTER TABLE orders ADD CHECK (total >= 0);
                               ^^^^^^^^^ takes an `ACCESS EXCLUSIVE` lock, which blocks reads and writes
            COMMIT;
            """,
            dialect="postgres",
        ),
        Bad(
            """
            BEGIN;
            ALTER TABLE orders ADD FOREIGN KEY (shop_id) REFERENCES shops (shop_id);
                               ^^^^^^^^^^^^^^^ blocks writes while each row of `orders` is checked, and so does 1 more in this file
            ALTER TABLE refunds ADD FOREIGN KEY (shop_id) REFERENCES shops (shop_id);
            COMMIT;
            """,
            dialect="postgres",
            note="What no edit mends is told once a file.",
        ),
        Good(
            """
            alter table orders add constraint orders_total_known check (total >= 0) not valid;
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table refunds (order_id bigint);
            alter table refunds add constraint refunds_order_fkey foreign key (order_id) references orders (order_id);
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (customer_id);
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ blocks writes while all of `orders` is rewritten
            """,
            dialect="mysql",
        ),
        Bad(
            """
            ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ blocks writes while all of `orders` is rewritten
            """,
            dialect="mysql",
        ),
        Good(
            "ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);",
            dialect="mysql",
            settings={"engine_versions": {"mysql": (5, 7)}},
            note="Before 8.0.16 MySQL forgets what it reads of a check.",
        ),
        Good(
            "ALTER TABLE dbo.orders WITH NOCHECK ADD CONSTRAINT orders_total CHECK (total >= 0);",
            dialect="tsql",
        ),
        Good("ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);", dialect="snowflake"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the head of each constraint that is checked at once."""
        fact = change.lock()
        if not _checks(change) or fact is None:
            return
        fix, severity = _fix(change), _severity(change)
        others: list[SchemaChange] = []
        if not fix.edits:
            if any(_is_told_with(change, one) for one in change.earlier()):
                return
            others = [one for one in change.later() if _is_told_with(change, one)]
        more = (
            f", and so {'does 1 more' if len(others) == 1 else f'do {len(others)} more'} in this file" if others else ""
        )
        places = [(one, one.head("FOREIGN", "CHECK")) for one in others]
        yield Finding(
            change.head("FOREIGN", "CHECK"),
            f"this {fact.says(str(change.name))}{more}",
            fix=fix,
            severity=severity,
            related=tuple(Related(place, f"checks `{one.name}`") for one, place in places[:_MOST_SHOWN]),
            covers=tuple(place for _, place in places),
        )


def _checks(change: SchemaChange) -> bool:
    """Say whether a change adds a constraint for which all rows of a table in use are read."""
    added = change.change
    if not change.live or change.dialect not in _HINTS or change.lock() is None:
        return False
    return isinstance(added, AddCheck) or (isinstance(added, AddKey) and added.key.kind is KeyKind.FOREIGN)


def _is_told_with(change: SchemaChange, other: SchemaChange) -> bool:
    if other.document is not change.document or not _checks(other) or _severity(other) is not _severity(change):
        return False
    return isinstance(other.change, AddKey) is isinstance(change.change, AddKey) and not _fix(other).edits


def _severity(change: SchemaChange) -> Severity | None:
    return Severity.NOTE if isinstance(change.change, AddKey) and _is_empty(change, change.change.key) else None


def _is_empty(change: SchemaChange, key: Key) -> bool:
    """Say whether the file has added a key's columns itself, without values."""
    before = change.of_table(change.earlier())
    added = {one.change.column.name.lower(): one.change.column for one in before if isinstance(one.change, AddColumn)}
    columns = [added.get(name.lower()) for name in key.columns]
    return bool(columns) and all(
        column is not None and column.nullable is not False and column.default is None and not column.generated
        for column in columns
    )


def _fix(change: SchemaChange) -> Fix:
    by_copy = change.dialect == "mysql" and isinstance(change.change, AddCheck)
    hint = Fix.hint(_CHECKS if by_copy else _HINTS[change.dialect])
    if change.dialect != "postgres":
        return hint
    added, document = change.change, change.document
    name = added.key.name if isinstance(added, AddKey) else added.check.name if isinstance(added, AddCheck) else None
    if change.in_transaction or not change.alone or not name or not isinstance(document, SqlDocument):
        return hint
    statement = change.statement
    table = change.table_span
    named = change.word("CONSTRAINT")
    written = document.token_after(named.end) if named is not None else None
    if statement is None or table is None or written is None or change.span.end != statement.end:
        return hint
    lower = document.slice(statement)[:5].islower()
    then = f"\nalter table {document.slice(table)} validate constraint {document.slice(written)}"
    valid = " not valid;"
    if not lower:
        then, valid = (
            then.replace("alter table", "ALTER TABLE").replace("validate constraint", "VALIDATE CONSTRAINT"),
            " NOT VALID;",
        )
    return Fix.unsafe("add it `NOT VALID`, then validate it", document.insert(statement.end, valid + then))
