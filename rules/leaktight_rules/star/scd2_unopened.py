"""A version is closed because its row has changed, and no new one is inserted."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    Severity,
    VersionedWrite,
    VersionedWriteRule,
    WriteMethod,
    clauses,
    exp,
    predicates,
)

_DDL = """
create table dim_client (
    client_key bigint generated always as identity primary key,
    client_id bigint not null, city text, valid_from timestamptz not null, valid_to timestamptz, is_current boolean not null
);
"""
_CLOSE = """
update dim_client as d set valid_to = now(), is_current = false
from staging.clients as s where d.client_id = s.client_id and d.is_current and d.city <> s.city;
"""
_MERGED = """
merge into dim_client as d using (
    select c.client_id as merge_key, c.* from staging.clients as c
    union all
    select null as merge_key, c.* from staging.clients as c
    join dim_client as o on o.client_id = c.client_id and o.is_current where o.city <> c.city
) as s on d.client_id = s.merge_key
when matched and d.is_current and d.city <> s.city then update set valid_to = current_timestamp(), is_current = false
when not matched then insert (client_id, city, valid_from, is_current)
values (s.client_id, s.city, current_timestamp(), true);
"""


class Scd2Unopened(VersionedWriteRule):
    """A version is closed because the row has changed, and nothing inserts the new one.

    The client who moved then has no version that holds: joins on `is_current` lose all of that client's sales, though the
    client is there and buys.

    The usual way to get there is one `MERGE`: `WHEN MATCHED` closes the old version, and `WHEN NOT MATCHED` inserts, but
    only clients that were never there. Give the changed rows to the `MERGE` a second time with a key that matches nothing
    (`NULL AS merge_key`), or insert them in a statement of their own, in the same transaction. Where `ON` asks for the version
    that holds, the next run inserts them, and until then there is none.

    Where the two commit apart, as each statement of a BigQuery or Snowflake script does without `BEGIN`, a failure between
    them leaves the same hole until the next run, and every reader sees it in the meantime: that is a note.

    It is told where the condition compares values, asks a table of changes (`changed_clients`), or takes each row that is
    staged (`stg_clients`) by its key, for only then is it a change: rows that are gone from the source are closed for good. An
    insert into the table anywhere in the project counts as the one that opens, but not one of rows that are written out, as
    that of the unknown client, and no `MERGE` that finds the old version by its key.
    """

    name = "scd2-unopened"
    category = Category.STAR
    severity = Severity.WARNING
    asks_for_reads = True
    examples = (
        Bad(
            """
            update dim_client as d set valid_to = now(), is_current = false
            ^^^^^^ this closes the version of a row of `dim_client` that has changed, and nothing inserts the new one
            from staging.clients as s where d.client_id = s.client_id and d.is_current and d.city <> s.city;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            merge into dim_client as d using staging.clients as s on d.client_id = s.client_id
            ^^^^^ this `MERGE` closes the version of a row that has changed, but inserts only rows that were never in `dim_client`
            when matched and d.is_current and d.city <> s.city then update set valid_to = current_timestamp(), is_current = false
            when not matched then insert (client_id, city, valid_from, is_current)
            values (s.client_id, s.city, current_timestamp(), true);
            """,
            catalog=_DDL,
            dialect="snowflake",
        ),
        Good(
            """
            update dim_client as d set valid_to = now(), is_current = false
            from staging.clients as s where d.client_id = s.client_id and d.is_current and d.city <> s.city;
            insert into dim_client (client_id, city, valid_from, is_current)
            select s.client_id, s.city, now(), true from staging.clients as s;
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            merge into dim_client as d using staging.clients as s on d.client_id = s.client_id and d.is_current
            ^^^^^ inserts the new one only when it runs again
            when matched and d.city <> s.city then update set valid_to = current_timestamp(), is_current = false
            when not matched then insert (client_id, city, valid_from, is_current)
            values (s.client_id, s.city, current_timestamp(), true);
            """,
            catalog=_DDL,
            dialect="snowflake",
        ),
        Bad(
            """
            update dim_client as d set valid_to = @now, is_current = false
            ^^^^^^ this closes versions of `dim_client`, and the `INSERT` of the new ones commits apart: BigQuery commits each
            where d.is_current and d.client_id in (select s.client_id from staging.changed_clients as s);
            insert into dim_client (client_id, city, valid_from, is_current)
            select s.client_id, s.city, @now, true from staging.changed_clients as s;
            """,
            dialect="bigquery",
            hosts=False,
        ),
        Good(_MERGED, catalog=_DDL, dialect="snowflake", note="The changed rows come twice."),
        Good(
            _CLOSE,
            catalog=_DDL,
            dialect="postgres",
            path="load/close.sql",
            files={
                "load/open.sql": "insert into dim_client (client_id, city, valid_from, is_current) select 1, 'x', now(), true;"
            },
        ),
        Good(
            """
            update dim_client set valid_to = now(), is_current = false
            where is_current and client_id not in (select s.client_id from staging.clients as s);
            """,
            catalog=_DDL,
            dialect="postgres",
            note="Gone from the source, and closed for good.",
        ),
    )

    def check(self, write: VersionedWrite) -> Iterator[Finding]:
        """Yield the word that closes a version while nothing opens one."""
        if isinstance(write.node, exp.Insert) or not write.closes:
            return
        opened = _opened_later(write)
        if opened is not None:
            yield from _apart(write, opened)
        if opened is not None or not (write.is_for_changes or write.is_for_staged):
            return
        if write.may_be_opened:
            return
        merge = write.node if isinstance(write.node, exp.Merge) else None
        if merge is not None and _asks_for_the_holding(write, merge):
            message = (
                f"this `MERGE` closes the version of a row of `{write.table.name.name}` that has changed, and inserts the new"
                " one only when it runs again"
            )
        elif merge is not None and write.adds_unmatched:
            message = (
                "this `MERGE` closes the version of a row that has changed, but inserts only rows that were never in"
                f" `{write.table.name.name}`"
            )
        else:
            message = f"this closes the version of a row of `{write.table.name.name}` that has changed, and nothing inserts the new one"
        yield Finding(write.write.span, message, fix=Fix.hint("insert the new version too, in the same transaction"))


def _opened_later(write: VersionedWrite) -> VersionedWrite | None:
    """Give the INSERT that opens versions after this write, in the same script or function."""
    later = (write.same(one) for one in write.write.after if one.method is WriteMethod.INSERT)
    return next((seen for seen in later if seen is not None and seen.opens), None)


def _apart(write: VersionedWrite, opened: VersionedWrite) -> Iterator[Finding]:
    """Yield the word that closes, where it is known that the insert is of another transaction."""
    close, insert = write.write, opened.write
    evidence = close.commits or insert.commits
    if evidence is None or (close.transaction is not None and close.transaction == insert.transaction):
        return
    yield Finding(
        close.span,
        f"this closes versions of `{write.table.name.name}`, and the `INSERT` of the new ones commits apart: {evidence.reason}",
        (Related(insert.location, "the new ones are inserted here"),),
        Fix.hint("run both in one transaction"),
        severity=Severity.NOTE,
    )


def _asks_for_the_holding(write: VersionedWrite, merge: exp.Merge) -> bool:
    """Say whether a MERGE matches just versions that hold: what it closes matches none the next time, and is inserted."""
    on = predicates.merge_condition(merge)
    return (
        on is not None
        and write.adds_unmatched
        and any(
            isinstance(node, exp.Column) and node.name.lower() in write.versions.closing
            for node in (on, *clauses.descendants(on))
        )
    )
