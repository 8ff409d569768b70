"""A table that is loaded incrementally and does not say when its rows changed."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    IncrementalRead,
    IncrementalReadRule,
    Location,
    Related,
    Severity,
    Table,
    ddl,
    words_of,
)

_CHANGED = frozenset(
    """updated update modified modification changed change lastmod mtime version rowversion revision synced loaded ingested
    touched refreshed""".split()
)
_CHANGES = frozenset({"status", "state", "balance", "progress", "stage"})
_LATER = frozenset(
    """paid shipped delivered closed cancelled canceled deleted finished completed resolved approved ended expired archived
    refunded activated disabled""".split()
)
_MARKS = frozenset(
    """processed exported sent extracted published notified replicated claimed locked attempts retries retry heartbeat
    seen""".split()
)
"""Words of columns by which a load marks what it has taken."""


class MissingChangeColumn(IncrementalReadRule):
    """An incremental load goes by when rows were created, for the table does not say when they were changed.

    `where created_at > :last_run` brings each row once, as it was at first. An order that is paid, shipped or cancelled
    later stays "new" in the warehouse for ever, and no count of rows shows it.

    Give the table an `updated_at` that every write sets (a default and a trigger, or `ON UPDATE CURRENT_TIMESTAMP` on
    MySQL), with an index, and load by that; or read the changes from the log of the database.

    Told where the table's columns are known, none of them says when a row was changed, and the project updates its rows, or
    one of the columns plainly changes: a status, or a time that is filled in later (`paid_at`). Tables whose rows are only
    ever added are loaded well by their creation.

    A read is a load where what it compares with is a maximum or is called a watermark (`last_run`, `since`), in the SQL or
    among the values that are bound to it. Where the value has no such name, the read must be part of an `INSERT`, or of a job
    that fills another table, and the project must update the rows.
    """

    name = "missing-change-column"
    category = Category.SCHEMA
    severity = Severity.WARNING
    asks_for_reads = True
    examples = (
        Bad(
            """
            insert into dw.orders select id, status, created_at from orders
            where created_at > (select max(created_at) from dw.orders)
                  ^^^^^^^^^^ `orders` does not say when `status` was changed
            """,
            catalog="create table orders (id bigint primary key, status text not null, created_at timestamptz not null);",
            dialect="postgres",
        ),
        Bad(
            """
            select o.id, o.paid_at from orders as o where o.created_at >= :last_run
                                                          ^^^^^^^^^^^^ when `paid_at` was changed
            """,
            catalog="create table orders (id bigint primary key, paid_at timestamptz, created_at timestamptz not null);",
            dialect="postgres",
        ),
        Bad(
            """
            insert into dw.tickets (id, title) select id, title from tickets where created_at > $1
                                                                                   ^^^^^^^^^^ `tickets` does not say when `title` was changed
            """,
            path="etl/tickets.sql",
            catalog="create table tickets (id bigint primary key, title text, created_at timestamptz);",
            dialect="postgres",
            files={"app/rename.sql": "update tickets set title = $1 where id = $2;"},
        ),
        Good(
            "insert into dw.tickets (id, title) select id, title from tickets where created_at > $1",
            path="etl/tickets.sql",
            catalog="create table tickets (id bigint primary key, title text, created_at timestamptz);",
            dialect="postgres",
            note="Nothing updates a ticket.",
        ),
        Good(
            "select id, status from orders where updated_at > :last_run",
            catalog="create table orders (id bigint primary key, status text, created_at timestamptz, updated_at timestamptz);",
            dialect="postgres",
        ),
        Good(
            "select id, status from orders where created_at > :last_run",
            catalog="""
            create table orders (id bigint primary key, status text, created_at timestamptz);
            alter table orders add column updated_at timestamptz;
            """,
            dialect="postgres",
            note="It could: that is for another rule.",
        ),
        Good(
            "select id, page from views where created_at > :last_run",
            catalog="create table views (id bigint primary key, page text, created_at timestamptz);",
            dialect="postgres",
            note="Nothing in it changes.",
        ),
        Good(
            "select id, status from orders where created_at > :from_day",
            catalog="create table orders (id bigint primary key, status text, created_at timestamptz);",
            dialect="postgres",
            note="A report of a period, no load.",
        ),
        Good(
            "select id, status from orders where created_at >= :since",
            catalog="create table orders (id bigint primary key, status text, created_at timestamptz);",
            dialect="postgres",
            note="Whoever asks says how far back.",
        ),
    )

    def check(self, read: IncrementalRead) -> Iterator[Finding]:
        """Yield the creation time in each condition that takes what is new of a table whose rows change."""
        table = read.table
        if not table.complete or not table.columns or table.kind not in {"table", "external"} or _says_changes(table):
            return
        updated = _updated(read)
        changing = _changing(table) if read.named and updated is None else None
        place: Location | None
        if updated is not None:
            name, place = updated
            why = f"`{name}` is updated here"
        elif changing is not None:
            name, place, why = changing.name, changing.location, f"`{changing.name}` changes after a row was created"
        else:
            return
        related = [Related(place, why)] if place is not None else []
        if read.fills is not None and read.fills.document is not read.document:
            related.append(Related(read.fills.location, f"what is read goes to `{read.fills.written}` here"))
        on = ddl.table_name(table.name, table.dialect)
        yield Finding(
            read.document.span(read.column),
            f"`{table.name.name}` does not say when `{name}` was changed: later changes are never loaded",
            tuple(related),
            Fix.hint(f"alter table {on} add column updated_at, set by every write, and load by that"),
        )


def _says_changes(table: Table) -> bool:
    return any(not _CHANGED.isdisjoint(words_of(column.name)) for column in table.columns.values())


def _updated(read: IncrementalRead) -> tuple[str, Location] | None:
    """Give a column that the project updates, and where; marks that a load leaves on what it has taken do not count."""
    for update in read.updates:
        for name in sorted(update.sets or ()):
            column = read.table.column(name)
            if column is not None and _MARKS.isdisjoint(words_of(column.name)) and name != read.column.name.lower():
                return column.name, update.columns.get(name, update.location)
    return None


def _changing(table: Table) -> Column | None:
    """Give a column whose name says that its value changes after a row was created."""
    for column in table.columns.values():
        said = set(words_of(column.name))
        if _CHANGES & said or (_LATER & said and ("at" in said or "on" in said or "date" in said)):
            return column
    return None
