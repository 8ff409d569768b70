"""Sums over `orders` that count the test orders."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    RelationKind,
    Severity,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    option,
)

_DDL = "create table orders (id bigint primary key, status text not null, total numeric not null);"


class CountsTestOrders(SqlRule):
    """A sum over `orders` does not say what becomes of test orders.

    The shop keeps the orders of its own testers beside real ones, told apart by `status = 'test'`. A revenue that adds
    them up is too high by whatever was tested that day.

    A query that has a word about the status is left alone: whoever wrote it knows. So is a table that is not known to
    have the column.
    """

    name = "counts-test-orders"
    category = Category.NUMBERS
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select sum(total) from orders
                                   ^^^^^^ the test orders of `orders` are added up too
            """,
            catalog=_DDL,
        ),
        Bad(
            """
            select c.id, sum(o.total) from customers as c join orders as o on o.customer_id = c.id group by c.id
                                                               ^^^^^^^^^^^ `orders`
            """,
            catalog=_DDL,
        ),
        Good("select sum(total) from orders where status <> 'test'", catalog=_DDL),
        Good("select status, sum(total) from orders group by status", catalog=_DDL, note="Test orders stand apart."),
        Good("select id, total from orders", catalog=_DDL, note="Nothing is added up."),
        Good("select sum(total) from orders", note="Nobody knows whether these `orders` have a status."),
        Good(
            "select sum(total) from orders",
            catalog=_DDL,
            options={"tables": ["baskets"]},
        ),
        Good(
            "select sum(total) from orders",
            catalog=_DDL,
            options={"column": "is_test"},
            note="There is no such column.",
        ),
    )

    tables: tuple[str, ...] = option(("orders", "fact_orders"), "The tables that hold test orders, by their last name.")
    column: str = option("status", "The column that tells test orders from others.")

    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        """Yield each relation with test orders of a query that adds up and has no word about them."""
        for select in sql.find(exp.Select):
            scope = sql.scope(select)
            if scope is None or not _adds_up(select) or any(self._tells(column) for column in scope.columns):
                continue
            for relation in scope.relations:
                name = clauses.table_name(relation.node) if relation.kind is RelationKind.TABLE else None
                table = sql.relation_table(relation)
                if name is None or table is None or name.name.lower() not in self.tables:
                    continue
                column = table.column(self.column)
                if column is None or column.location is None:
                    continue
                yield Finding(
                    sql.span(relation.node),
                    f"the test orders of `{name}` are added up too",
                    related=(Related(column.location, f"`{column.name}` tells them from others"),),
                    fix=Fix.hint(f"add `{relation.name}.{column.name} <> 'test'` to the filter"),
                )

    def _tells(self, column: exp.Column) -> bool:
        return column.name.lower() == self.column


def _adds_up(select: exp.Select) -> bool:
    return any(isinstance(node, exp.Sum) for node in clauses.descendants(select, into_queries=False))
