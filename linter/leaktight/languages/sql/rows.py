"""How many rows a relation gives: none at all from tables, or one at most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.languages.sql import clauses, endings, predicates
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument

_MANY = (exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries, exp.GenerateSeries)
_NESTED = frozenset({"bigquery", "redshift", ""})
"""Dialects in which FROM may name an array of a row, `o.items`; in others `o` is a schema."""
_ONE_ROW_TABLES = frozenset({"dual", "sysdummy1"})
_AROUND_AGGREGATES = (exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup)


def gives_one_row(sql: SqlDocument, scope: Scope, relation: Relation) -> bool:
    """Say whether a relation gives one row at most in a scope.

    It does where it only aggregates, has `LIMIT 1`, keeps row number one of all rows, reads no table, is `VALUES` with one
    row or Oracle's `dual`, passes on what does, or where the scope compares a whole key that the catalog knows with values.
    """
    return _one_row(sql, scope, relation, {})


def gives_one(sql: SqlDocument, query: exp.Expr) -> bool:
    """Say whether a query gives one row at most, for the same reasons."""
    return _gives_one(sql, query, {})


def reads_table(sql: SqlDocument, scope: Scope, relation: Relation) -> bool:
    """Say whether the rows of a relation come from a table, not from a value of a row of a query around it.

    BigQuery's `o.items` of `FROM o.items` is a column of the query around.
    """
    return _reads(sql, scope, relation, {})


def _reads(sql: SqlDocument, scope: Scope, relation: Relation, known: dict[int, bool]) -> bool:
    if relation.kind is RelationKind.FUNCTION:
        return False
    if relation.kind is RelationKind.TABLE:
        name = clauses.table_name(relation.node)
        around = scope.parent
        while around is not None and name is not None and len(name.parts) > 1 and sql.dialect in _NESTED:
            if around.relation(name.parts[0]) is not None:
                return False
            around = around.parent
        return True
    query = relation.query
    if query is None:
        return True
    if id(query) not in known:
        known[id(query)] = False  # what a recursive CTE reads of itself is no table
        known[id(query)] = any(_arm_reads(sql, arm, known) for arm in clauses.arms(query))
    return known[id(query)]


def _arm_reads(sql: SqlDocument, arm: exp.Expr, known: dict[int, bool]) -> bool:
    scope = sql.scope(arm)
    if scope is None or scope.node is not arm:
        return True
    return any(_reads(sql, scope, relation, known) for relation in scope.relations)


def _one_row(sql: SqlDocument, scope: Scope, relation: Relation, known: dict[int, bool]) -> bool:
    if isinstance(relation.node, exp.Values):
        return len(relation.node.expressions) == 1
    if relation.kind is RelationKind.TABLE:
        name = clauses.table_name(relation.node)
        if name is not None and name.folded[-1] in _ONE_ROW_TABLES:
            return True
        return _picked_by_key(sql, scope, relation)
    query = relation.query
    if query is None:
        return False
    if id(query) not in known:
        known[id(query)] = False  # a recursive CTE reads itself
        known[id(query)] = _gives_one(sql, query, known)
    return known[id(query)]


def _gives_one(sql: SqlDocument, query: exp.Expr, known: dict[int, bool]) -> bool:
    """Say whether a query, or the RETURNING of a write, gives one row at most."""
    if endings.limits_to_one(query):
        return True
    if isinstance(query, exp.Insert):
        source = clauses.insert_source(query)
        return isinstance(source, exp.Values) and len(source.expressions) == 1
    scope = sql.scope(query)
    if scope is None or scope.node is not query:
        return False
    if _keeps_first(scope):
        return True
    items = clauses.projections(query)
    above = sql.remembered(_above)
    if any(id(item) in above.many for item in items):
        return False
    if clauses.group(query) is not None:
        return False  # ROLLUP makes more rows
    if any(id(item) in above.aggregates for item in items):
        return all(id(item) in above.aggregates or _is_constant(item) for item in items)
    if any(clauses.join_side(join) == "FULL" for join in scope.joins()):
        return False
    return all(_one_row(sql, scope, relation, known) for relation in scope.relations)


def _keeps_first(scope: Scope) -> bool:
    """Say whether only row number one of all rows passes: `QUALIFY row_number() OVER (ORDER BY day DESC) = 1`, or `n = 1`
    of a query that numbers its rows as `n`.
    """
    for condition in scope.conditions():
        node = condition.node
        if not isinstance(node, exp.EQ) or predicates.is_negated(node):
            continue
        if not (isinstance(node.expression, exp.Literal) and node.expression.name == "1"):
            continue
        asked = node.this
        if isinstance(asked, exp.Column) and condition.clause != "on":
            relation = scope.relation_of(asked)
            numbered = (
                clauses.projections(relation.query) if relation is not None and relation.query is not None else []
            )
            named = [item.this for item in numbered if isinstance(item, exp.Alias) and item.alias == asked.name]
            asked = named[0] if named and len(scope.relations) == 1 else asked
        if isinstance(asked, exp.Window) and isinstance(asked.this, exp.RowNumber) and not clauses.partition_by(asked):
            return True
    return False


_OTHER_AGGREGATES = frozenset({"COUNT_BIG", "APPROX_COUNT_DISTINCT", "CHECKSUM_AGG"})
"""Aggregates of SQL Server, by which a parser that does not know the dialect has no name."""
_OF_SHAPES = frozenset(
    {"ST_UNION", "ST_MEMUNION", "ST_COLLECT", "ST_EXTENT", "ST_3DEXTENT", "ST_MAKELINE", "ST_POLYGONIZE"}
)
"""Functions for which no parser has a name and that, given one argument, gather the shapes of all rows."""


@record(frozen=True, slots=True)
class _Above:
    """The `id` of all nodes with something in them that makes one row many, or with an aggregate of their own query."""

    many: frozenset[int]
    aggregates: frozenset[int]


def _above(sql: SqlDocument) -> _Above:
    others = (node for node in sql.find(exp.Anonymous) if _gathers(node))
    aggregates = (node for node in (*sql.find(exp.AggFunc), *others) if not _is_windowed(node))
    return _Above(_climbed(sql.find(*_MANY), out_of_queries=True), _climbed(aggregates, out_of_queries=False))


def _gathers(node: exp.Anonymous) -> bool:
    """Say whether a function that no parser has a name for is an aggregate."""
    name = node.name.upper()
    if name in _OF_SHAPES:
        return len(node.expressions) == 1 and isinstance(node.expressions[0], (exp.Column, exp.Func))
    return name in _OTHER_AGGREGATES or name.endswith("_AGG")


def _climbed(nodes: Iterable[exp.Expr], *, out_of_queries: bool) -> frozenset[int]:
    """Give the `id` of nodes and of all above them, up to the nearest query or out of it."""
    passed: set[int] = set()
    for start in nodes:
        node: exp.Expr | None = start
        while node is not None and id(node) not in passed:
            passed.add(id(node))
            node = None if not out_of_queries and isinstance(node, clauses.QUERY) else node.parent
    return frozenset(passed)


def _is_windowed(aggregate: exp.Expr) -> bool:
    around = aggregate.parent
    while isinstance(around, _AROUND_AGGREGATES):
        around = around.parent
    return isinstance(around, exp.Window)


def _is_constant(item: exp.Expr) -> bool:
    return not any(isinstance(node, (exp.Column, exp.Star)) for node in clauses.descendants(item))


def _picked_by_key(sql: SqlDocument, scope: Scope, relation: Relation) -> bool:
    """Say whether predicates that all rows pass compare a whole key of a table with values."""
    table = sql.relation_table(relation)
    keys = table.unique_keys() if table is not None else ()
    if not keys:
        return False
    given: set[str] = set()
    for condition in scope.conditions():
        join = condition.join
        if join is not None and clauses.join_side(join) not in ({"", "LEFT"} if join is relation.join else {""}):
            continue
        node = condition.node
        if isinstance(node, exp.EQ) and not predicates.is_negated(node) and condition.clause in {"where", "on"}:
            for side, other in ((node.this, node.expression), (node.expression, node.this)):
                if isinstance(side, exp.Column) and _is_of(sql, scope, relation, side) and _is_value(sql, scope, other):
                    given.add(side.name.lower())
    return any(given.issuperset(column.lower() for column in key) for key in keys)


def _is_of(sql: SqlDocument, scope: Scope, relation: Relation, column: exp.Column) -> bool:
    if scope.is_qualified(column) or len(scope.relations) == 1:
        return scope.relation_of(column) is relation
    # Without a qualifier it is of the only one of the tables that has such a column, all of them known.
    tables = [sql.relation_table(one) for one in scope.relations]
    if any(table is None or not table.complete for table in tables):
        return False
    owners = [
        one
        for one, table in zip(scope.relations, tables, strict=True)
        if table is not None and table.column(column.name) is not None
    ]
    return owners == [relation]


def _is_value(sql: SqlDocument, scope: Scope, node: exp.Expr) -> bool:
    """Say whether an expression is the same for all rows of a scope: no column of the scope stands in it."""
    for part in clauses.descendants(node):
        if isinstance(part, exp.Column) and not sql.has_hole(part):
            home = sql.scope(part)
            owner = home.owner(part) if home is not None else None
            if owner is None or owner[0] is scope:
                return False
    return True
