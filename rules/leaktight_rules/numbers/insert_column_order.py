"""INSERT … SELECT whose columns stand in another order than those they go to."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Output,
    Related,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    clauses,
    exchanged,
    exp,
)

_DDL = """
create table sales (order_id bigint primary key, net numeric(12, 2), gross numeric(12, 2), sold_at timestamptz);
create table sales_staging (order_id bigint, gross numeric(12, 2), net numeric(12, 2), sold_at timestamptz);
"""


class InsertColumnOrder(SqlRule):
    """An `INSERT … SELECT` gives columns in another order than the one in which the table takes them.

    Values of an `INSERT` go by position; the aliases of its `SELECT` mean nothing. Where `net` stands in the place of `gross`
    and `gross` in that of `net`, both fit and each is in the other's column from then on.

    The rule speaks where two names have changed places between the select list and the list of columns, or the declared
    columns of a table that is filled without a list. A `*` is looked into where the catalog knows all columns of its tables,
    in their order. An exchange inside one table (`INSERT INTO edges (a, b) SELECT b, a FROM edges`) is meant.
    """

    name = "insert-column-order"
    category = Category.NUMBERS
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            insert into sales (order_id, net, gross)
            select id as order_id, sum(price) as gross, sum(price - tax) as net
                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `gross` goes to `net` and `net` to `gross`
            from items group by id
            """,
        ),
        Bad(
            """
            insert into sales
            select * from sales_staging
                   ^ `gross` goes to `net` and `net` to `gross`
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            insert into sales select order_id, gross, net, now() as sold_at from import.receipts
                                               ^^^^^^^^^^ `gross` goes to `net` and `net` to `gross`
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            "insert into orders (order_id, created_at, updated_at) select id, now() as updated_at, now() as created_at from a",
            dialect="postgres",
            note="Both are the same.",
        ),
        Good("insert into sales (order_id, net, gross) select id, net, gross from items"),
        Good("insert into sales (order_id, gross, net) select order_id, gross, net from sales_staging", catalog=_DDL),
        Good("insert into edges (a, b) select b, a from edges", note="The other direction of the same relation."),
        Good(
            "insert into sales by name select gross, net, order_id from sales_staging", dialect="duckdb", catalog=_DDL
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the columns of a select list that go to one another's places."""
        for insert in sql.find(exp.Insert):
            source = clauses.insert_source(insert)
            node = clauses.target(insert)
            if node is None or source is None or clauses.insert_by_name(insert) or isinstance(insert.parent, exp.When):
                continue
            names = self._targets(sql, insert, node)
            query = source.this if isinstance(source, (exp.Subquery, exp.Paren)) else source
            for arm in clauses.arms(query) if names and isinstance(query, clauses.QUERY) else ():
                given = sql.resolver.outputs(arm) if isinstance(arm, exp.Select) else None
                if given is None or len(given) != len(names) or _reads(sql, arm, node):
                    continue
                pair = exchanged(names, [output.name for output in given])
                if pair is not None and not _are_alike(given[pair[0]], given[pair[1]]):
                    yield self._finding(sql, insert, node, given[pair[0]], given[pair[1]])

    def _targets(self, sql: SqlDocument, insert: exp.Insert, node: exp.Expr) -> list[str]:
        """Give the names of the columns that are filled, in their order; empty where they are not known."""
        listed = clauses.insert_columns(insert)
        if listed:
            return [] if any(sql.has_hole(item) for item in listed) else [item.name for item in listed]
        table = sql.resolver.table(node)
        if table is None or clauses.insert_partition(insert) or not sql.resolver.complete(table):
            return []
        return [] if sql.resolver.runs_in_between(table.name) else [column.name for column in table.columns.values()]

    def _finding(self, sql: SqlDocument, insert: exp.Insert, node: exp.Expr, one: Output, other: Output) -> Finding:
        listed = clauses.insert_columns(insert)
        place: Span | None = sql.span(listed[0]).cover(sql.span(listed[-1])) if listed else None
        related = [Related(place, "the columns that are filled")] if place is not None else []
        table = sql.table(node)
        if not listed and table is not None and table.location is not None:
            related.append(Related(table.location, "the columns that are filled"))
        known = one.known or other.known
        if one.star and known is not None and known.table.location is not None:
            related.append(Related(known.table.location, "the columns of `*`"))
        return Finding(
            sql.span(one.item).cover(sql.span(other.item)),
            f"`{one.name}` goes to `{other.name}` and `{other.name}` to `{one.name}`: values are taken by position",
            related=tuple(related),
        )


def _are_alike(one: Output, other: Output) -> bool:
    """Say whether two columns have the same value: `now() AS created_at, now() AS updated_at`."""
    values = [output.item.unalias() for output in (one, other) if isinstance(output.item, exp.Alias)]
    return len(values) == 2 and values[0] == values[1]


def _reads(sql: SqlDocument, arm: exp.Expr, target: exp.Expr) -> bool:
    """Say whether a query reads the table that it fills."""
    scope, name = sql.scope(arm), clauses.table_name(target)
    read = [clauses.table_name(relation.node) for relation in scope.relations] if scope is not None else []
    return name is not None and any(other is not None and other.same(name) for other in read)
