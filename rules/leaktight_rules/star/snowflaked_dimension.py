"""A dimension that is reached through another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    KeyKind,
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
create table dim_brand (brand_key bigint primary key, brand_name text);
create table dim_product (product_key bigint primary key, product_id text, brand_key bigint, launched_date_key int);
create table dim_date (date_key int primary key, day date);
create table fact_sales (sale_id bigint primary key, product_key bigint, brand_key bigint, date_key int, amount numeric(12, 2));
"""
_DECLARED = _DDL.replace("brand_key bigint, launched", "brand_key bigint references dim_brand, launched")


class SnowflakedDimension(SqlRule):
    """A query climbs from a fact through one dimension to another.

    Each report that asks for the brand then needs two joins and must know the way, and the second one reads a table that
    could have been a column. When `dim_product` keeps versions, the brand does not follow them.

    Put what the second dimension says into the first (`dim_product.brand_name`), or its key into the fact.

    It is a note, for a snowflake may be meant: where the first dimension declares a foreign key to the second, it is left
    alone, and so are the calendar, which any dimension may refer to, and the other versions of the dimension itself. What is
    joined on the very column that the fact has too (`person_id` of everybody) is no climb: the fact could be joined to it.
    """

    name = "snowflaked-dimension"
    category = Category.STAR
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            select b.brand_name, sum(f.amount) from fact_sales as f
            join dim_product as p on f.product_key = p.product_key
            join dim_brand as b on p.brand_key = b.brand_key
                 ^^^^^^^^^ `dim_brand` is reached from `fact_sales` through `dim_product`
            group by b.brand_name
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            select b.brand_name, sum(f.amount) from fact_sales as f
            join dim_product as p on f.product_key = p.product_key
            join dim_brand as b on f.brand_key = b.brand_key
            group by b.brand_name
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            """
            select b.brand_name, sum(f.amount) from fact_sales as f
            join dim_product as p on f.product_key = p.product_key
            join dim_brand as b on p.brand_key = b.brand_key
            group by b.brand_name
            """,
            catalog=_DECLARED,
            dialect="postgres",
            note="The reference is declared, so it is meant.",
        ),
        Good(
            """
            select l.day, sum(f.amount) from fact_sales as f
            join dim_product as p on f.product_key = p.product_key
            join dim_date as l on p.launched_date_key = l.date_key
            group by l.day
            """,
            catalog=_DDL,
            dialect="postgres",
            note="The calendar serves everybody.",
        ),
        Good(
            """
            select s.shelf, sum(f.amount) from dim_product as p
            join fact_sales as f on f.product_key = p.product_key
            join dim_shelf as s on s.product_key = p.product_key
            group by s.shelf
            """,
            catalog=_DDL + "create table dim_shelf (product_key bigint primary key, shelf text);",
            dialect="postgres",
            note="One key for all three: nothing is climbed.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the second dimension of each climb."""
        for scope in sql.scopes:
            if len(scope.relations) > 2 and isinstance(scope.node, exp.Select):
                yield from self._climbs(sql, scope)

    def _climbs(self, sql: SqlDocument, scope: Scope) -> Iterator[Finding]:
        names = sql.catalog.star
        known = sql.resolver.relations(scope)
        fact = next((item for item in known if star.is_fact(item[1], names)), None)
        dimensions = {id(item[0]): item for item in known if star.is_dimension(item[1], names)} if fact else {}
        if fact is None or len(dimensions) < 2:
            return
        joined = _pairs(scope, {id(relation): table for relation, table in known})
        first = {other for other in dimensions if frozenset((id(fact[0]), other)) in joined}
        for key, (relation, table) in dimensions.items():
            beside = {next(iter(pair - {key})) for pair in joined if key in pair and len(pair) == 2}
            if key in first or not beside & first or star.is_date_dimension(table):
                continue
            middle, through = next(dimensions[other] for other in dimensions if other in beside & first)
            if through.name.same(table.name) or _is_declared(through, table):
                continue
            if _columns(scope, middle, relation) & _columns(scope, middle, fact[0]):
                continue
            related: tuple[Related, ...] = ()
            if through.location is not None:
                related = (Related(through.location, f"`{through.name.name}` could say it itself"),)
            yield Finding(
                sql.name_span(relation.node),
                f"`{table.name.name}` is reached from `{fact[1].name.name}` through `{through.name.name}`",
                related,
                Fix.hint(f"put what it says into `{through.name.name}`, or its key into `{fact[1].name.name}`"),
                habit=True,
            )


def _columns(scope: Scope, one: Relation, other: Relation) -> set[str]:
    """Give the columns of a relation that are compared for equality with a column of another."""
    found: set[str] = set()
    for condition in scope.conditions():
        sides = [predicates.unparenthesised(side) for side in clauses.children(condition.node)]
        columns = {id(scope.relation_of(side)): side for side in sides if isinstance(side, exp.Column)}
        if isinstance(condition.node, exp.EQ) and columns.keys() == {id(one), id(other)}:
            found.add(columns[id(one)].name.lower())
    return found


def _pairs(scope: Scope, tables: Mapping[int, Table]) -> set[frozenset[int]]:
    """Give the pairs of relations, by `id`, that a condition compares for equality."""
    found = {frozenset(pair) for pair in _used(scope, tables)}
    for condition in scope.conditions():
        node = condition.node
        if isinstance(node, exp.EQ):
            owners = {
                id(owner)
                for side in clauses.children(node)
                for one in (predicates.unparenthesised(side), *clauses.descendants(side))
                if isinstance(one, exp.Column) and (owner := scope.relation_of(one)) is not None
            }
            found.add(frozenset(owners))
    return found


def _used(scope: Scope, tables: Mapping[int, Table]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that USING compares: a relation, and those before it that have the column."""
    for number, relation in enumerate(scope.relations):
        for name in clauses.join_using(relation.join) if relation.join is not None else ():
            for earlier in scope.relations[:number]:
                table = tables.get(id(earlier))
                if table is not None and name.name.lower() in table.columns:
                    yield id(earlier), id(relation)


def _is_declared(first: Table, second: Table) -> bool:
    return any(
        key.kind is KeyKind.FOREIGN and key.references is not None and key.references.same(second.name)
        for key in first.keys
    )
