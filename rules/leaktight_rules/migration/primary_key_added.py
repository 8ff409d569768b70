"""Primary keys for tables that are there."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import AddColumn, AddKey, Bad, Category, ChangeRule, Deed, Finding, Fix, Good, KeyKind, SchemaChange


class PrimaryKeyAdded(ChangeRule):
    """A new primary key builds its index, and checks each row for NULL, while nobody may read or write the table.

    PostgreSQL can take an index that is there: `CREATE UNIQUE INDEX CONCURRENTLY`, make the columns NOT NULL by a validated
    check, then `ADD CONSTRAINT … PRIMARY KEY USING INDEX`. SQL Server rewrites the table, for its primary key is how rows lie.

    Left alone: tables that the same file has made; engines that add a key beside the writes (MySQL) or do not enforce it.
    """

    name = "primary-key-added"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            alter table events add constraint events_pkey primary key (event_id);
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ blocks reads and writes while the index is built
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER TABLE dbo.events ADD CONSTRAINT events_pk PRIMARY KEY (event_id);
                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ takes a `SCH-M` lock
            """,
            dialect="tsql",
        ),
        Good(
            """
            create unique index concurrently events_pkey on events (event_id);
            alter table events add constraint events_pkey primary key using index events_pkey;
            """,
            dialect="postgres",
        ),
        Good("create table t (a int); alter table t add primary key (a);", dialect="postgres"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the head of each key that is built under a lock."""
        added = change.change
        if isinstance(added, AddColumn):
            keys, span = added.keys, change.place
        elif isinstance(added, AddKey) and change.deed is Deed.ADD_PRIMARY_KEY:
            keys, span = (added.key,), change.head("PRIMARY")
        else:
            return
        if not change.live or not any(key.kind is KeyKind.PRIMARY for key in keys):
            return
        fact = change.lock(Deed.ADD_PRIMARY_KEY)
        if fact is not None:
            yield Finding(
                span,
                f"this {fact.says(str(change.name))}",
                fix=Fix.hint("build a unique index concurrently, then `ADD CONSTRAINT … PRIMARY KEY USING INDEX`")
                if change.dialect == "postgres"
                else Fix.hint("add it at a time when nobody needs the table"),
            )
