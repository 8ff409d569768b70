"""An index whose first column nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Index,
    IndexDeclaration,
    IndexRule,
    Related,
    Severity,
    ddl,
    index_use,
    option,
)

_DDL = "create table shop.orders (id bigint primary key, region text, client_id bigint, total numeric(12, 2));\n"
_QUERIES = {
    "api/a.sql": "select id, total from shop.orders where client_id = 1;",
    "api/b.sql": "select sum(total) from shop.orders where client_id = 2;",
}


class UnusedIndexPrefix(IndexRule):
    """Queries filter by a later column of an index, and none by its first: the index does not serve them.

    An index over `(region, client_id)` is sorted by region. A query for one client has to look into every region, which
    most engines do not even try: they read the table. Put the column first that queries compare, or make it an index of
    its own.
    """

    name = "unused-index-prefix"
    category = Category.INDEX
    severity = Severity.WARNING
    asks_for_reads = True
    examples = (
        Bad(
            f"""
            {_DDL.strip()}
            create index orders_region_client on shop.orders (region, client_id);
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no query filters `shop.orders` by `region`, 2 filter by `client_id`
            """,
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
        ),
        Bad(
            f"""
            {_DDL.strip()}
            create index orders_region_client on shop.orders (region, client_id);
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no query filters `shop.orders` by `region`, 1 filters by `client_id`
            """,
            path="ddl/orders.sql",
            dialect="postgres",
            options={"queries": 1},
            files={"api/a.sql": _QUERIES["api/a.sql"]},
        ),
        Good(
            f"{_DDL}create index orders_client_region on shop.orders (client_id, region);",
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
        ),
        Good(
            f"{_DDL}create index orders_region_client on shop.orders (region, client_id);",
            path="ddl/orders.sql",
            dialect="postgres",
            files={**_QUERIES, "api/c.sql": "select id from shop.orders where region = 'eu';"},
        ),
        Good(
            f"{_DDL}create index orders_region_client on shop.orders (region desc, client_id);",
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
            note="Made for an order.",
        ),
        Good(
            f"{_DDL}create index a on shop.orders (region, client_id); create index b on shop.orders (client_id);",
            path="ddl/orders.sql",
            dialect="postgres",
            files=_QUERIES,
            note="Another index serves them.",
        ),
    )

    queries: int = option(2, "How many queries must filter by a later column.")

    def check(self, declared: IndexDeclaration) -> Iterator[Finding]:
        """Yield an index that queries would use if it began with another column."""
        table, index = declared.table, declared.index
        use = index_use(table, index, declared.reads)
        if (
            use is None
            or use.first
            or _is_of_an_order(index)
            or len(use.later) < self.queries
            or use.column in table.leading_columns
        ):
            return
        count = len(use.later)
        filters = "filters" if count == 1 else "filter"
        turned = sorted(index.columns, key=lambda name: name.lower() != use.column)
        later = turned[0]
        yield Finding(
            declared.span,
            f"no query filters `{table.name}` by `{index.columns[0]}`, {count} {filters} by `{later}`, a later column of it",
            related=tuple(
                Related(read.columns.get(use.column, read.location), f"filters by `{later}`") for read in use.later
            ),
            fix=Fix.ddl(
                *ddl.create_index(table, turned),
                *ddl.drop_index(table, index),
                title=f"begin the index with `{later}`",
            ),
        )


def _is_of_an_order(index: Index) -> bool:
    """Say whether an index has a column the other way round: somebody wants the last rows first, perhaps through a view."""
    return any(element.lower().endswith(" desc") for element in index.elements)
