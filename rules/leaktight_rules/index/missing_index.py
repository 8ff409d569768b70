"""Queries that read a whole table to find a few of its rows."""

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
    TableDeclaration,
    TableRule,
    listed,
    missing_indexes,
    option,
)

_DDL = """
create table shop.orders (id bigint primary key, client_id bigint not null, placed_at timestamptz, total numeric(12, 2));
"""
_QUERIES = {
    "api/orders.py": """
import psycopg2

def of_client(cursor, client):
    cursor.execute("select id, total from shop.orders where client_id = %s order by placed_at desc", (client,))

def latest(cursor, client):
    cursor.execute("select id from shop.orders where client_id = %s and placed_at > %s", (client, "2026-01-01"))
""",
}


class MissingIndex(TableRule):
    """The project's queries look rows up by columns that lead no index, so each reads the whole table.

    A database for transactions finds a row in microseconds through an index and in seconds without one; worse, the time
    grows with the table, so it is fast in every test. The rule reads the SQL of the whole project, in files, Python and
    JavaScript, and counts the queries that compare columns of a table of which none leads a key or an index, or that join it
    by such columns to chosen rows of another table.

    The hint holds the index that serves most of them: the columns that are compared for equality, then the one that is
    bounded or ordered by, and on Postgres and SQL Server the few further columns that are read, so that the table is not
    touched at all. On Postgres it is built `CONCURRENTLY`, for a plain `CREATE INDEX` blocks writes while it runs.

    Columns with few values (flags, a status) want no index of their own. Migrations, scripts and tests do not count, nor do
    warehouses, which have no such indexes, nor tables that statistics call small.
    """

    name = "missing-index"
    category = Category.INDEX
    severity = Severity.WARNING
    asks_for_reads = True
    examples = (
        Bad(
            """
            create table shop.orders (
                         ^^^^^^^^^^^ 2 queries look rows of `shop.orders` up by `client_id`, which leads no index
              id bigint primary key,
              client_id bigint not null,
              placed_at timestamptz,
              total numeric(12, 2)
            );
            """,
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
        ),
        Bad(
            """
            create table shop.orders (
                         ^^^^^^^^^^^ 1 query looks rows of `shop.orders` up by `note`, which leads no index
              id bigint primary key,
              note text
            );
            """,
            path="ddl/orders.sql",
            dialect="postgres",
            options={"queries": 1},
            files={"api/search.sql": "select id from shop.orders where note = 'gift';"},
        ),
        Bad(
            """
            create table shop.notes (id bigint primary key, ticket_no bigint not null, body text);
                         ^^^^^^^^^^ 2 queries look rows of `shop.notes` up by `ticket_no`, which leads no index
            """,
            path="ddl/notes.sql",
            dialect="postgres",
            files={
                "ddl/tickets.sql": "create table shop.tickets (ticket_no bigint primary key, title text);",
                "api/notes.sql": """
select t.title, n.body from shop.tickets as t join shop.notes as n on n.ticket_no = t.ticket_no where t.ticket_no = 7;
""",
                "api/count.sql": """
select count(n.id) from shop.tickets as t left join shop.notes as n on n.ticket_no = t.ticket_no where t.title = 'Help';
""",
            },
        ),
        Good(
            f"{_DDL}create index by_client on shop.orders (client_id, placed_at);",
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
        ),
        Good(
            f"""{_DDL}
            create table shop.orders_2026 (check (placed_at >= '2026-01-01')) inherits (shop.orders);
            create index on shop.orders_2026 (client_id);
            """,
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
            note="The rows stand in the tables that inherit, and so do their indexes.",
        ),
        Good(
            _DDL,
            path="ddl/orders.sql",
            dialect="bigquery",
            files={"api/orders.sql": "select id from shop.orders where client_id = 1;"},
            note="A warehouse has no such indexes.",
        ),
        Good(
            "create table shop.orders (id bigint, client_id bigint);",
            path="ddl/orders.sql",
            dialect="tsql",
            files={
                "api/a.sql": "select id from shop.orders where client_id = 1;",
                "api/b.sql": "select id from shop.orders where client_id = 2;",
            },
            note="No table of the project has a key or an index: the engine may well be Synapse or Fabric.",
        ),
        Good(
            "create table shop.orders (id bigint primary key, is_open boolean, note text);",
            path="ddl/orders.sql",
            dialect="postgres",
            files={
                "api/a.sql": "select note from shop.orders where is_open = true;",
                "api/b.sql": "select id from shop.orders where is_open = true and note is null;",
            },
            options={"queries": 2},
            note="Half of the rows are open.",
        ),
        Good(
            "create table shop.orders (id bigint primary key, gift_in varchar(3), note text);",
            path="ddl/orders.sql",
            dialect="postgres",
            files={
                "api/a.sql": "select note from shop.orders where gift_in = 'Yes';",
                "api/b.sql": "select id from shop.orders where gift_in = 'No';",
            },
            options={"queries": 2},
            note="Named like an indicator, which says yes or no.",
        ),
    )

    queries: int = option(2, "How many queries must want an index before it is proposed.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield a table once for each index that its queries want."""
        table = declared.table
        if not declared.is_row_store or declared.passes or table.kind == "partition" or not declared.tells_keys:
            return
        if table.dialect == "tsql" and not (declared.catalog.says("keys") or declared.catalog.says("indexes")):
            return  # Synapse and Fabric have neither, and are written like SQL Server
        for proposal in missing_indexes(table, declared.reads, least=self.queries):
            count = len(proposal.reads)
            compared = proposal.compared
            if _is_led_in_parts(declared, compared):
                continue
            which = "which leads no index" if len(compared) == 1 else "none of which leads an index"
            looks = "query looks" if count == 1 else "queries look"
            by = _told(compared, proposal.by_some)
            yield Finding(
                declared.span,
                f"{count} {looks} rows of `{table.name}` up by {by}, {which}",
                related=tuple(
                    Related(read.columns.get(compared[0].lower(), read.location), "compared here")
                    for read in proposal.reads
                ),
                fix=Fix.ddl(*proposal.statements(table)),
            )


def _told(compared: tuple[str, ...], by_some: tuple[str, ...]) -> str:
    """Give the columns that queries compare, those that only some of them do apart."""
    always = [name for name in compared if name not in by_some]
    return f"{listed(always)} (some by {listed(by_some)} too)" if always and by_some else listed(compared)


def _is_led_in_parts(declared: TableDeclaration, compared: tuple[str, ...]) -> bool:
    """Say whether a partition, or a table that inherits from this one, has an index of its own that one of the columns leads."""
    for part in declared.table.parts:
        table = declared.catalog.table(part.name, declared.table.dialect, declared.path.path)
        if table is not None and not table.leading_columns.isdisjoint(name.lower() for name in compared):
            return True
    return False
