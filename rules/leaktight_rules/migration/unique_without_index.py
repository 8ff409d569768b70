"""Unique constraints that build their index under a lock."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    AddColumn,
    AddExclusion,
    AddKey,
    Bad,
    Category,
    ChangeRule,
    Deed,
    Finding,
    Fix,
    Good,
    KeyKind,
    SchemaChange,
)


class UniqueWithoutIndex(ChangeRule):
    """A new unique constraint builds its index while nobody may read or write the table.

    PostgreSQL can take an index that is there: `CREATE UNIQUE INDEX CONCURRENTLY` beside the writes, then
    `ADD CONSTRAINT … UNIQUE USING INDEX`, which takes a moment. An exclusion constraint has no such way: add it when nobody
    needs the table.

    Left alone: tables that the same file has made; other engines.
    """

    name = "unique-without-index"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            alter table customers add constraint customers_email_key unique (email);
                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ blocks reads and writes while the index is built
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter table customers add column email text unique;
                                             ^^^^^ blocks reads and writes while the index is built
            """,
            dialect="postgres",
        ),
        Good(
            """
            create unique index concurrently customers_email_key on customers (email);
            alter table customers add constraint customers_email_key unique using index customers_email_key;
            """,
            dialect="postgres",
        ),
        Good("create table t (email text); alter table t add unique (email);", dialect="postgres"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the head of each constraint that builds an index."""
        if not change.live or change.dialect != "postgres":
            return
        added = change.change
        hint = "`CREATE UNIQUE INDEX CONCURRENTLY`, then `ADD CONSTRAINT … UNIQUE USING INDEX`"
        if isinstance(added, AddColumn):
            if not any(key.kind is KeyKind.UNIQUE for key in added.keys):
                return
            span, deed = change.place, Deed.ADD_UNIQUE
        elif isinstance(added, AddExclusion):
            span, deed = change.head("EXCLUDE"), Deed.ADD_EXCLUSION
            hint = "add it when nobody needs the table: it cannot take an index that is there"
        elif isinstance(added, AddKey) and added.key.kind is KeyKind.UNIQUE:
            span, deed = change.head("UNIQUE"), Deed.ADD_UNIQUE
        else:
            return
        if not isinstance(added, AddColumn) and change.deed is not deed:
            return
        fact = change.lock(deed)
        if fact is not None:
            yield Finding(span, f"this {fact.says(str(change.name))}", fix=Fix.hint(hint))
