"""An index that no query of the project can use."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    IndexDeclaration,
    IndexRule,
    Severity,
    ddl,
    index_use,
    option,
)

_DDL = "create table shop.orders (id bigint primary key, client_id bigint, note text, placed_at timestamptz);\n"
_QUERIES = {
    "api/a.sql": "select id, note from shop.orders where client_id = 1;",
    "api/b.sql": "select id from shop.orders where client_id = 1 and placed_at > '2026-01-01';",
    "api/c.sql": "select max(placed_at) from shop.orders where client_id = 2;",
    "api/d.sql": "update shop.orders set note = 'x' where id = 3;",
}


class UnusedIndex(IndexRule):
    """No query of the project filters, joins, groups or orders by the first column of an index.

    Each index is written again by every `INSERT` and `DELETE` and by most updates, takes space and memory, and can serve a
    query only from its first column on. One that no query begins with is paid for and never used.

    It is a note, for others may query the database: dashboards, people, another repository. Ask the database before you
    drop it: `pg_stat_user_indexes.idx_scan` on Postgres, `sys.schema_unused_indexes` on MySQL.

    Unique indexes, those of a foreign key and those over expressions are left alone, and so is every index of a table of
    which the project holds only a few queries, or which one file alone queries: that may be anything, a report that somebody runs.
    So are indexes that an object mapper declares, and all of a project with programs in a language that is not read (Ruby, Java,
    Go, …): what those ask is not known.
    """

    name = "unused-index"
    category = Category.INDEX
    severity = Severity.NOTE
    asks_for_reads = True
    examples = (
        Bad(
            f"""
            {_DDL.strip()}
            create index orders_note on shop.orders (note);
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ none of the 4 queries of `shop.orders` filters or orders by `note`
            """,
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
        ),
        Bad(
            f"""
            {_DDL.strip()}
            create index orders_note on shop.orders (note);
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the one query of `shop.orders` does not filter or order by `note`
            """,
            path="ddl/orders.sql",
            dialect="postgres",
            options={"queries": 1},
            files={"api/a.sql": "select note from shop.orders where client_id = 1;"},
        ),
        Good(
            f"{_DDL}create index orders_client on shop.orders (client_id);",
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
        ),
        Good(
            f"{_DDL}create unique index orders_note on shop.orders (note);",
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
            note="It keeps a promise, whoever queries it.",
        ),
        Good(
            f"{_DDL}create index orders_note on shop.orders (note);",
            path="ddl/orders.sql",
            dialect="postgres",
            files={"api/a.sql": "select id from shop.orders where client_id = 1;"},
            note="One query is too little to judge by.",
        ),
        Good(
            f"{_DDL}create index orders_note on shop.orders (note);",
            path="ddl/orders.sql",
            dialect="postgres",
            files={"sql/sanity.sql": "\n".join(_QUERIES.values())},
            note="One file does not tell how the table is used.",
        ),
    )

    queries: int = option(
        4, "How many queries of the table the project must hold before its indexes are judged by them."
    )

    def check(self, declared: IndexDeclaration) -> Iterator[Finding]:
        """Yield an index whose columns no query uses."""
        table, index = declared.table, declared.index
        if declared.project.programs or declared.is_of_mapper:
            return
        use = index_use(table, index, declared.reads)
        if use is None or use.first or use.later or use.queries < self.queries:
            return
        if use.files < min(self.queries, 2):
            return
        column = index.columns[0]
        if use.queries == 1:
            message = f"the one query of `{table.name}` does not filter or order by `{column}`"
        else:
            message = f"none of the {use.queries} queries of `{table.name}` filters or orders by `{column}`"
        yield Finding(
            declared.span,
            message,
            fix=Fix.ddl(*ddl.drop_index(table, index), title="ask the database how often it is used, then drop it"),
        )
