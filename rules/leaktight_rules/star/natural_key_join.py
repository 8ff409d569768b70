"""A fact joined to a dimension by the number of the source, though both have the dimension's own key."""

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
    Table,
    clauses,
    exp,
    predicates,
    star,
)

_DDL = """
create table dim_client (
    client_key bigint primary key, client_id bigint not null, city text, valid_from date, valid_to date, is_current boolean
);
create table dim_shop (shop_key bigint primary key, shop_id text not null, city text);
create table fact_sales (
    sale_id bigint primary key, client_key bigint references dim_client, client_id bigint, shop_id text, sold_on date,
    amount numeric(12, 2)
);
"""


class NaturalKeyJoin(SqlRule):
    """A fact is joined to a dimension by the number that the source gave, though the dimension's own key is there.

    In a dimension that keeps versions, the client's number stands in each of them: the join gives a sale once for every
    version of the client, and the sums grow with each move to another town. In any other it works until two sources use the
    same number, or one uses it again.

    Join on the surrogate key: it means the one row that held when the fact happened.

    It is told where the tables' columns are known and the fact holds the dimension's surrogate key. Where it does not, as in
    the load that looks the key up, there is nothing else to join by. A join that also picks the version, by time or by
    `is_current`, asks another question (what the client is today), and is left alone.
    """

    name = "natural-key-join"
    category = Category.STAR
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select d.city, sum(f.amount)
            from fact_sales as f join dim_client as d on f.client_id = d.client_id
                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^ `fact_sales` holds `client_key`, the key of a version of `dim_client`, but is joined by `client_id`
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
            select d.city, sum(f.amount)
            from fact_sales as f join dim_client as d on f.client_id = d.client_id and d.is_current group by d.city
            """,
            catalog=_DDL,
            dialect="postgres",
            note="By where the client lives today.",
        ),
        Good(
            "select s.city, sum(f.amount) from fact_sales as f join dim_shop as s on f.shop_id = s.shop_id group by s.city",
            catalog=_DDL,
            dialect="postgres",
            note="The fact has no other key of the shop.",
        ),
        Good(
            "select d.client_key, s.amount from staging.sales as s join dim_client as d on s.client_id = d.client_id",
            catalog=_DDL,
            dialect="postgres",
            note="The load looks the key up.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the condition of each join of a fact to a dimension that names the natural key alone."""
        for scope in sql.scopes:
            if len(scope.relations) > 1 and isinstance(scope.node, exp.Select):
                yield from self._joins(sql, scope)

    def _joins(self, sql: SqlDocument, scope: Scope) -> Iterator[Finding]:
        names = sql.catalog.star
        known = sql.resolver.relations(scope)
        facts = [item for item in known if star.is_fact(item[1], names)]
        dimensions = [item for item in known if star.is_dimension(item[1], names)] if facts else []
        for relation, dimension in dimensions:
            key = star.surrogate(dimension, names)
            if key is None:
                continue
            for fact_relation, fact in facts:
                held = star.held_key(fact, dimension, names)
                node = _by_natural_key(scope, fact_relation, relation, dimension, held, key) if held else None
                if node is None or held is None:
                    continue
                versions = star.keeps_history(dimension, names)
                if versions is not None and _picks_version(scope, relation, versions.columns):
                    continue
                what = "the key of a version" if versions is not None else "the key"
                by = node.this.name if isinstance(node, exp.EQ) else node.name
                related: tuple[Related, ...] = ()
                place = fact.columns[held].location
                if place is not None:
                    related = (Related(place, f"`{fact.columns[held].name}` is declared here"),)
                yield Finding(
                    sql.span(node),
                    f"`{fact.name.name}` holds `{fact.columns[held].name}`, {what} of `{dimension.name.name}`, but is joined by `{by}`",
                    related,
                    Fix.hint(
                        f"join on `{fact_relation.name}.{fact.columns[held].name} = {relation.name}.{dimension.columns[key].name}`"
                    ),
                    severity=None if versions is not None else Severity.NOTE,
                )


def _by_natural_key(
    scope: Scope, fact: Relation, dimension: Relation, table: Table, held: str, key: str
) -> exp.Expr | None:
    """Give what joins the two by a natural key, an `=` or a name of USING; None where nothing does, or the surrogate does too."""
    natural = star.natural_keys(table)
    used = {node.name.lower(): node for node in _using(scope, fact, dimension)}
    if held in used or key in used:
        return None
    found: exp.Expr | None = next((node for name, node in used.items() if name in natural), None)
    for condition in scope.conditions():
        node = condition.node
        if not isinstance(node, exp.EQ) or condition.clause not in {"on", "where"}:
            continue
        sides = [predicates.unparenthesised(side) for side in (node.this, node.expression)]
        if not all(isinstance(side, exp.Column) for side in sides):
            continue
        names = {}
        for side in sides:
            owner = scope.relation_of(side) if isinstance(side, exp.Column) else None
            if owner is not None and isinstance(side, exp.Column):
                names[id(owner)] = clauses.column_name(side, owner.name).lower()
        if set(names) != {id(fact), id(dimension)}:
            continue
        if names[id(fact)] == held or names[id(dimension)] == key:
            return None
        if names[id(dimension)] in natural:
            found = node
    return found


def _using(scope: Scope, fact: Relation, dimension: Relation) -> list[exp.Expr]:
    """Give the names of USING in the join of the later of the two."""
    later = max(fact, dimension, key=scope.relations.index)
    return clauses.join_using(later.join) if later.join is not None else []


def _picks_version(scope: Scope, relation: Relation, versions: frozenset[str]) -> bool:
    """Say whether a condition of the query names a column that tells the versions apart."""
    for column in scope.columns:
        owner = scope.relation_of(column)
        if owner in (relation, None) and column.name.lower() in versions and not _is_shown(column):
            return True
    return False


def _is_shown(column: exp.Column) -> bool:
    return isinstance(column.parent, (exp.Select, exp.Alias))
