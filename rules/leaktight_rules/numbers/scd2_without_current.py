"""A dimension that keeps versions, joined without saying which one."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    KeyKind,
    Related,
    Relation,
    RelationKind,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    Table,
    clauses,
    exp,
    listed,
    predicates,
    star,
)

_DDL = """
create table dim_client (
    client_key bigint primary key, client_id bigint not null, city text, valid_from date not null, valid_to date,
    is_current boolean not null, unique (client_id, valid_from)
);
create table fact_sales (sale_id bigint primary key, client_id bigint, sold_on date, amount numeric(12, 2));
create table fact_visits (client_key bigint, visited_on date);
"""
_SUMS = (exp.Sum, exp.Avg, exp.Count)


class Scd2WithoutCurrent(SqlRule):
    """A dimension that keeps versions is joined by the number of its source, and nothing says which version is meant.

    The client who moved twice stands there three times, and so does each of that client's sales in the result: sums grow
    with every move, and a fact that is loaded so holds each sale three times. As long as no client has moved the numbers
    are right, so tests on fresh data pass.

    Ask for the version that held when it happened (`sold_on >= valid_from and sold_on < valid_to`, with what the table has
    for an open end), or for the one that holds (`is_current`).

    Told where the columns of the dimension are known, and the rows of a fact, a sum, or the surrogate keys that a load looks
    up are what comes more often. Left alone: a join on the surrogate key, any other condition on the dimension (it may pick
    the version), history that is shown (`valid_from` is selected), `DISTINCT`, `LIMIT`, groups that are not summed, `EXISTS`,
    a dimension whose declared key allows one row of each, and the load of the dimension itself. Where the fact holds the
    surrogate key, `natural-key-join` has the word.
    """

    name = "scd2-without-current"
    category = Category.NUMBERS
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select d.city, sum(f.amount)
            from fact_sales as f join dim_client as d on f.client_id = d.client_id
                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^ each row of `fact_sales` comes once for every version that `dim_client` keeps
            group by d.city
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            insert into fact_visits (client_key, visited_on)
            select d.client_key, s.visited_on from staging.visits as s left join dim_client as d on d.client_id = s.client_id
                                                                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^ each row of `staging.visits` comes once
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            select d.city, sum(f.amount)
            from fact_sales as f join dim_client as d on f.client_id = d.client_id
                and f.sold_on >= d.valid_from and (f.sold_on < d.valid_to or d.valid_to is null)
            group by d.city
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            select d.city, sum(f.amount)
            from fact_sales as f join dim_client as d on f.client_id = d.client_id and d.is_current
            group by d.city
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            select f.sale_id, f.amount, d.city, d.valid_from, d.valid_to
            from fact_sales as f join dim_client as d on f.client_id = d.client_id
            """,
            catalog=_DDL,
            dialect="postgres",
            note="All versions are shown.",
        ),
        Good(
            "select distinct f.client_id, d.city from fact_sales as f join dim_client as d on f.client_id = d.client_id",
            catalog=_DDL,
            dialect="postgres",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the condition of each join that takes every version of a row."""
        if sql.catalog.is_empty or sql.path.test or sql.path.fixture or sql.path.migration:
            return
        for scope in sql.scopes:
            if len(scope.relations) > 1 and isinstance(scope.node, exp.Select):
                yield from self._joins(sql, scope)

    def _joins(self, sql: SqlDocument, scope: Scope) -> Iterator[Finding]:
        names = sql.catalog.star
        for relation in scope.relations:
            table = sql.relation_table(relation)
            versions = star.keeps_history(table, names) if table is not None else None
            if table is None or versions is None or not star.is_dimension(table, names) or _has_one_row_of_each(table):
                continue
            joined = _joined_by_nature(scope, relation, table)
            if joined is None or _is_reduced(scope) or _speaks_of(scope, relation, versions.columns):
                continue
            condition, other = joined
            known = sql.relation_table(other)
            if known is not None and (known.name.same(table.name) or star.held_key(known, table, names) is not None):
                continue
            target = _target(sql, scope.node)
            if target is not None and target.name.same(table.name):
                continue
            of_facts = known is not None and star.is_fact(known, names)
            if not (
                of_facts
                or _is_summed(scope, relation)
                or _looks_up(scope, relation, star.surrogate(table, names), target)
            ):
                continue
            related: tuple[Related, ...] = ()
            if table.location is not None:
                kept = listed(name for name in (versions.start, versions.end, versions.current) if name)
                related = (Related(table.location, f"{kept} keep its versions"),)
            yield Finding(
                sql.span(condition),
                f"each row of `{_called(other)}` comes once for every version that `{table.name.name}` keeps: no condition"
                " picks one",
                related,
                Fix.hint(_hint(versions)),
            )


def _hint(versions: star.Versions) -> str:
    if versions.current is not None:
        return f"ask for the version that held then, by its time, or for the one that holds: `{versions.current}`"
    return "ask for the version that held then, by its time"


def _called(relation: Relation) -> str:
    name = clauses.table_name(relation.node) if relation.kind is RelationKind.TABLE else None
    return ".".join(name.parts) if name is not None else relation.name


def _has_one_row_of_each(table: Table) -> bool:
    """Say whether a declared key allows one row for each natural key: what it cannot hold, no join can find."""
    natural = set(star.natural_keys(table))
    return any(
        key.kind is not KeyKind.FOREIGN and {name.lower() for name in key.columns} <= natural for key in table.keys
    )


def _joined_by_nature(scope: Scope, relation: Relation, table: Table) -> tuple[exp.EQ, Relation] | None:
    """Give the condition that joins a dimension by its natural key, and to what; None where another asks it something."""
    natural = star.natural_keys(table)
    found: tuple[exp.EQ, Relation] | None = None
    for condition in scope.conditions():
        node = predicates.unparenthesised(condition.node)
        columns = [one for one in (node, *clauses.descendants(node)) if isinstance(one, exp.Column)]
        owners = {id(owner): owner for one in columns if (owner := scope.relation_of(one)) is not None}
        if id(relation) not in owners:
            continue
        others = [owner for owner in owners.values() if owner is not relation]
        ours = [one for one in columns if scope.relation_of(one) is relation]
        if not isinstance(node, exp.EQ) or len(columns) != 2 or len(others) != 1 or len(ours) != 1:
            return None
        if ours[0].name.lower() not in natural or condition.clause not in {"on", "where"}:
            return None
        sides = [predicates.unparenthesised(side) for side in (node.this, node.expression)]
        if not all(isinstance(side, exp.Column) for side in sides):
            return None
        found = (node, others[0])
    return found


def _speaks_of(scope: Scope, relation: Relation, versions: frozenset[str]) -> bool:
    """Say whether the query names a column that tells the versions apart, be it to show it."""
    return any(
        column.name.lower() in versions and scope.relation_of(column) in (relation, None) for column in scope.columns
    ) or any(isinstance(node, exp.Star) for node in clauses.projections(scope.node))


def _is_reduced(scope: Scope) -> bool:
    """Say whether a query may take one row of the versions: DISTINCT, LIMIT, groups that are not summed, EXISTS."""
    node = scope.node
    if clauses.distinct(node) is not None or clauses.limit(node) is not None or clauses.qualify(node) is not None:
        return True
    if isinstance(node.parent, (exp.Exists, exp.In, exp.Any, exp.All)):
        return True
    shown = [one for item in clauses.projections(node) for one in (item, *clauses.descendants(item))]
    inside = isinstance(node.parent, (exp.CTE, exp.Subquery))
    if inside and any(isinstance(one, exp.Window) for one in shown):
        return True  # the query around may take the first row of each
    if any(isinstance(one, exp.Column) and isinstance(one.this, exp.Star) for one in shown):
        return True
    grouped = clauses.group(node) is not None
    return (grouped or any(isinstance(one, exp.AggFunc) for one in shown)) and not any(
        isinstance(one, _SUMS) and not isinstance(one.this, exp.Distinct) for one in shown
    )


def _is_summed(scope: Scope, relation: Relation) -> bool:
    """Say whether the query adds up a column of another relation."""
    shown = [one for item in clauses.projections(scope.node) for one in (item, *clauses.descendants(item))]
    return any(
        isinstance(column, exp.Column) and scope.relation_of(column) not in (relation, None)
        for one in shown
        if isinstance(one, (exp.Sum, exp.Avg))
        for column in clauses.descendants(one)
    )


def _looks_up(scope: Scope, relation: Relation, key: str | None, target: Table | None) -> bool:
    """Say whether the query gives rows their key of the dimension, to write them."""
    return target is not None and any(
        column.name.lower() == key and scope.relation_of(column) is relation for column in scope.columns
    )


def _target(sql: SqlDocument, node: exp.Expr) -> Table | None:
    """Give the table that the statement around writes to, as far as the catalog, or its name, tells it."""
    write = node.root()
    place = clauses.target(write) if isinstance(write, (exp.Insert, exp.Merge, exp.Create, exp.Update)) else None
    while isinstance(place, exp.Schema):
        place = place.this
    name = clauses.table_name(place) if place is not None else None
    if place is None or name is None:
        return None
    known = sql.table(place) if isinstance(place, exp.Table) else None
    return known if known is not None else Table(name)
