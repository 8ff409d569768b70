"""What other queries of a statement read of a CTE or subquery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.languages.sql import clauses
from leaktight.languages.sql.scope import Relation, RelationKind, Scope

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument


def readers(sql: SqlDocument, scope: Scope) -> list[tuple[Scope, Relation]] | None:
    """Give the queries that read this one as a CTE or subquery, each with the relation it is there; None when it is neither."""
    parent = scope.node.parent
    if isinstance(parent, exp.CTE):
        return [(s, r) for s in sql.scopes for r in s.relations if r.kind is RelationKind.CTE and r.cte is parent]
    if isinstance(parent, exp.Subquery):
        return [(s, r) for s in sql.scopes for r in s.relations if r.node is parent]
    return None


def is_pruned(sql: SqlDocument, scope: Scope, seen: frozenset[int] = frozenset()) -> bool:
    """Say whether each query that reads this one names its columns, itself or through one that passes a star on."""
    known = readers(sql, scope)
    if known is None or id(scope) in seen:
        return False
    return all(_names_all(reader, relation) or is_pruned(sql, reader, seen | {id(scope)}) for reader, relation in known)


def columns_read(sql: SqlDocument, scope: Scope) -> dict[str, None] | None:
    """Give the columns that the queries around use of this one, in their order; None when they do not name them all."""
    used: dict[str, None] = {}
    for reader, relation in readers(sql, scope) or ():
        if not _names_all(reader, relation):
            return None
        for column in sorted(reader.columns, key=lambda column: sql.span(column)):
            if sql.has_hole(column):
                return None
            if reader.relation_of(column) is relation:
                used.setdefault(clauses.column_name(column, relation.name), None)
            elif not reader.is_qualified(column):
                return None
        for join in reader.joins():
            for identifier in clauses.join_using(join):
                used.setdefault(identifier.name, None)
    return used or None


def _names_all(reader: Scope, relation: Relation) -> bool:
    """Say whether a query names each column it takes from a relation."""
    for node in clauses.descendants(reader.node, into_queries=False):
        if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            holder = node.parent
            if not isinstance(holder, exp.Column) or clauses.column_qualifier(holder).lower() == relation.name.lower():
                return False
        if isinstance(node, exp.Join) and clauses.join_method(node) == "NATURAL":
            return False
    return True
