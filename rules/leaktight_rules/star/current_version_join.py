"""A fact joined by the key of a version, and only as long as that version holds."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Related,
    Relation,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    exp,
    holding,
    predicates,
    star,
)

_DDL = """
create table dim_client (
    client_key bigint primary key, client_id bigint not null, city text, valid_from date not null, valid_to date,
    is_current boolean not null
);
create table fact_sales (
    sale_id bigint primary key, client_key bigint references dim_client, sold_on date, amount numeric(12, 2)
);
"""


class CurrentVersionJoin(SqlRule):
    """A fact is joined to a dimension by the key of a version, and only to versions that hold now.

    The key in the fact means the version that held when the fact happened. With `is_current` beside it, every sale before a
    client's last move finds no row: an inner join leaves it out, an outer one shows it without a client. The total shrinks
    with each change in the dimension, of months that are long closed.

    Leave the flag out: the key says which version is meant. For what the client is today, join a second time by the natural
    key (`d.client_id = then.client_id and d.is_current`).

    Told where a fact is joined on the surrogate key of a dimension that keeps versions. Left alone are conditions beside `or`
    and lookups by the natural key, for which the flag is right.
    """

    name = "current-version-join"
    category = Category.STAR
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select d.city, sum(f.amount)
            from fact_sales as f join dim_client as d on f.client_key = d.client_key and d.is_current
                                                                                         ^^^^^^^^^^^^ `client_key` of `fact_sales` is the version of that time: rows whose version of `dim_client` is closed are lost
            group by d.city
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            select d.city, sum(f.amount) from fact_sales as f, dim_client as d
            where f.client_key = d.client_key and d.valid_to is null
                                                  ^^^^^^^^^^^^^^^^^^ rows whose version of `dim_client` is closed are lost
            group by d.city
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            "select d.city, sum(f.amount) from fact_sales as f join dim_client as d on f.client_key = d.client_key group by d.city",
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            select n.city, sum(f.amount)
            from fact_sales as f join dim_client as d on f.client_key = d.client_key
            join dim_client as n on n.client_id = d.client_id and n.is_current
            group by n.city
            """,
            catalog=_DDL,
            dialect="postgres",
            note="By where the client lives today.",
        ),
        Good(
            """
            insert into fact_sales (client_key, sold_on, amount)
            select d.client_key, s.sold_on, s.amount
            from staging.sales as s join dim_client as d on d.client_id = s.client_id and d.is_current
            """,
            catalog=_DDL,
            dialect="postgres",
            note="The load looks the key up.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the condition that leaves out the facts of closed versions."""
        if sql.path.test or sql.path.fixture:
            return
        for scope in sql.scopes:
            if len(scope.relations) > 1 and isinstance(scope.node, exp.Select):
                yield from self._joins(sql, scope)

    def _joins(self, sql: SqlDocument, scope: Scope) -> Iterator[Finding]:
        names = sql.catalog.star
        known = sql.resolver.relations(scope)
        facts = [item for item in known if star.is_fact(item[1], names)]
        for relation, table in known if facts else ():
            versions = star.keeps_history(table, names) if star.is_dimension(table, names) else None
            key = star.surrogate(table, names) if versions is not None else None
            if versions is None or key is None:
                continue
            held = next(
                ((column, table) for one, table in facts if (column := _held(scope, one, relation, key)) is not None),
                None,
            )
            asked = next(
                (
                    one.node
                    for one in scope.conditions()
                    if one.clause in {"on", "where"}
                    and _asks_for_the_holding(scope, relation, one.node, versions.current, versions.end)
                ),
                None,
            )
            if held is None or asked is None:
                continue
            column, fact = held
            place = table.location
            yield Finding(
                sql.span(asked),
                f"`{column.name}` of `{fact.name.name}` is the version of that time: rows whose version of `{table.name.name}` is"
                " closed are lost",
                (Related(place, f"`{table.name.name}` keeps versions"),) if place is not None else (),
                Fix.hint("leave the condition out, or join what holds today a second time, by the natural key"),
            )


def _held(scope: Scope, fact: Relation, relation: Relation, key: str) -> exp.Column | None:
    """Give the column of a fact by which it is joined to the surrogate key of a version."""
    for condition in scope.conditions():
        node = condition.node
        if not isinstance(node, exp.EQ):
            continue
        sides = [predicates.unparenthesised(side) for side in (node.this, node.expression)]
        columns = [side for side in sides if isinstance(side, exp.Column)]
        theirs = [one for one in columns if scope.relation_of(one) is relation and one.name.lower() == key]
        ours = [one for one in columns if scope.relation_of(one) is fact]
        if len(ours) == len(theirs) == 1:
            return ours[0]
    return None


def _asks_for_the_holding(
    scope: Scope, relation: Relation, node: exp.Expr, current: str | None, end: str | None
) -> bool:
    """Say whether a condition is that a version holds: its flag is set, or its end is open."""
    node = predicates.unparenthesised(node)
    column = node if isinstance(node, exp.Column) else node.this
    if not isinstance(column, exp.Column) or scope.relation_of(column) is not relation:
        return False
    name = column.name.lower()
    if name == current:
        return node is column or (isinstance(node, (exp.EQ, exp.Is)) and holding.says_true(node.expression))
    if name != end:
        return False
    if isinstance(node, exp.Is):
        return isinstance(node.expression, exp.Null) and not predicates.is_negated(node)
    value = node.expression if isinstance(node, exp.EQ) else None
    return value is not None and not isinstance(value, exp.Null) and holding.is_no_end(value)
