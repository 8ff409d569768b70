"""Added columns that number the rows."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import AddColumn, Bad, Category, ChangeRule, Deed, Finding, Fix, Good, SchemaChange


class SerialColumnAdded(ChangeRule):
    """A new `SERIAL`, `IDENTITY` or `AUTO_INCREMENT` column numbers all rows at once: the table is rewritten under a lock.

    Add a plain `BIGINT`, a sequence and a default for new rows, number the old ones in batches, then make it the key with an
    index that was built concurrently.
    """

    name = "serial-column-added"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            alter table events add column event_id bigserial;
                                          ^^^^^^^^ blocks reads and writes while all of `events` is rewritten
            """,
            dialect="postgres",
        ),
        Bad(
            """
            ALTER TABLE events ADD COLUMN event_id BIGINT NOT NULL AUTO_INCREMENT UNIQUE;
                                          ^^^^^^^^ blocks writes while all of `events` is rewritten
            """,
            dialect="mysql",
        ),
        Good("alter table events add column event_id bigint;", dialect="postgres"),
        Good(
            "create table audits (name text); alter table audits add column audit_id bigserial;",
            dialect="postgres",
        ),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the name of each column that numbers the rows that are there."""
        added = change.change
        if not isinstance(added, AddColumn) or not change.live or change.deed is not Deed.ADD_COUNTED:
            return
        fact = change.lock()
        if fact is not None:
            yield Finding(
                change.place,
                f"numbering the rows by `{added.column.name}` {fact.says(str(change.name))}",
                fix=Fix.hint(
                    "add a plain column with a sequence as its default for new rows, number the old ones in batches"
                ),
            )
