"""A table with very many indexes."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    KeyKind,
    Related,
    Severity,
    TableDeclaration,
    TableRule,
    option,
)


class ManyIndexes(TableRule):
    """A table has more indexes than its writes can bear.

    Each insert writes all of them, each update those of the columns that changed (on Postgres all of them, unless none
    changed), and they push the rows themselves out of memory. Loads slow down with each.

    Ask the engine which are used (`pg_stat_user_indexes`, `sys.schema_unused_indexes`), drop the others, and let one of
    several columns do the work of several.

    Keys count as well, for an index stands behind each. A table that more of the project's queries read than write may
    have twice as many.
    """

    name = "many-indexes"
    category = Category.INDEX
    severity = Severity.NOTE
    asks_for_reads = True
    examples = (
        Bad(
            """
            create table orders (id bigint primary key, a int, b int, c int);
                         ^^^^^^ 4 indexes are written at each insert into `orders`
            create index i on orders (a); create index j on orders (b); create index k on orders (c);
            """,
            options={"max": 3},
            dialect="postgres",
        ),
        Good(
            """
            create table orders (id bigint primary key, a int, b int);
            create index i on orders (a); create index j on orders (b); drop index j;
            """,
            options={"max": 2},
            dialect="postgres",
        ),
        Good(
            """
            create table orders (id bigint primary key, a int, b int, c int);
            create index i on orders (a); create index j on orders (b); create index k on orders (c);
            """,
            path="ddl/orders.sql",
            options={"max": 3},
            dialect="postgres",
            files={
                "api/search.sql": "select id from orders where a = 1;\nselect id from orders where b = 1;",
                "jobs/load.sql": "insert into orders (id, a) select id, a from staging.orders on conflict do nothing;",
            },
            note="It is read more than it is written.",
        ),
    )

    max: int = option(12, "How many indexes a table may have, its keys among them.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the name of each table with too many indexes."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.kind not in {"table", "partition"}:
            return
        sets = {key.columns for key in table.keys if key.kind is not KeyKind.FOREIGN}
        places = [key.location for key in table.keys if key.kind is not KeyKind.FOREIGN]
        places += [
            index.location
            for index in table.indexes
            if index.columns not in sets or index.predicate is not None or not index.unique
        ]
        if len(places) <= self.max or (len(places) <= 2 * self.max and _is_mostly_read(declared)):
            return
        related = tuple(Related(place, "one of them") for place in places[:5] if place is not None)
        yield Finding(declared.span, f"{len(places)} indexes are written at each insert into `{table.name}`", related)


def _is_mostly_read(declared: TableDeclaration) -> bool:
    selects = sum(read.verb == "select" for read in declared.reads)
    return selects > len(declared.reads) - selects
