"""What other queries of a statement read of a CTE or subquery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.languages.sql import clauses
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument


def readers_by_holder(scopes: Sequence[Scope]) -> dict[int, list[tuple[Scope, Relation]]]:
    """Give the queries that read each CTE and subquery, with the relation that it is there, by the `id` of its node."""
    found: dict[int, list[tuple[Scope, Relation]]] = {}
    for scope in scopes:
        for relation in scope.relations:
            holder = relation.cte if relation.kind is RelationKind.CTE else relation.node
            if holder is not None:
                found.setdefault(id(holder), []).append((scope, relation))
    return found


def readers(sql: SqlDocument, scope: Scope) -> list[tuple[Scope, Relation]] | None:
    """Give the queries that read this one as a CTE or subquery, each with the relation it is there; None when it is neither."""
    parent = scope.node.parent
    return sql.readers.get(id(parent), []) if isinstance(parent, (exp.CTE, exp.Subquery)) else None


def is_pruned(sql: SqlDocument, scope: Scope) -> bool:
    """Say whether each query that reads this one names its columns, itself or through one that passes a star on."""
    pending, seen = [scope], {id(scope)}
    while pending:
        known = readers(sql, pending.pop())
        if known is None:
            return False
        for reader, relation in known:
            if id(reader) not in seen and not _names_all(sql, reader, relation):
                seen.add(id(reader))
                pending.append(reader)
    return True


def columns_read(sql: SqlDocument, scope: Scope) -> dict[str, bool] | None:
    """Give the columns that the queries around use of this one, in their order, and whether each stands in quotes there.

    None when they do not name them all, and when a name may mean something else: the whole row, a column of a query
    nested in them, a name that the relation's alias gives.
    """
    used: dict[str, bool] = {}
    for reader, relation in readers(sql, scope) or ():
        if not _names_all(sql, reader, relation) or _renames(relation):
            return None
        made = {item.alias.lower() for item in clauses.projections(reader.node) if isinstance(item, exp.Alias)}
        for column in sorted(reader.columns, key=lambda column: sql.span(column)):
            bare = "" if clauses.column_qualifier(column) else column.name.lower()
            if sql.has_hole(column) or bare == relation.name.lower() or bare in made:
                return None
            if reader.relation_of(column) is relation:
                _use(used, column, relation)
            elif not reader.is_qualified(column):
                return None
        for nested in _nested(sql, reader, relation):
            for column in nested.columns:
                owner = nested.owner(column) if nested.is_qualified(column) else None
                if owner is not None and owner[1] is relation:
                    _use(used, column, relation)
                elif owner is None:
                    return None
        for join in reader.joins():
            for identifier in clauses.join_using(join):
                used.setdefault(identifier.name, False)
    return used or None


def _use(used: dict[str, bool], column: exp.Column, relation: Relation) -> None:
    name = clauses.column_name(column, relation.name)
    quoted = isinstance(column.this, exp.Identifier) and bool(column.this.args.get("quoted"))
    used[name] = used.get(name, False) or quoted


def _renames(relation: Relation) -> bool:
    """Say whether the columns have other names outside: `(SELECT …) AS o(id, total)`, `WITH o(id) AS …`, a PIVOT."""
    aliases = [clauses.alias_columns(node) for node in (relation.node, relation.cte) if node is not None]
    return any(aliases) or bool(relation.node.args.get("pivots"))


def _nested(sql: SqlDocument, reader: Scope, relation: Relation) -> Iterator[Scope]:
    """Yield the queries inside a reader that may use its relations: those of its expressions, and theirs."""
    inner = sql.remembered(_inner)
    found: list[tuple[int, Scope]] = []
    waiting = [reader]
    while waiting:
        below = inner.get(id(waiting.pop()), ())
        found += below
        waiting += [scope for _, scope in below]
    found.sort(key=lambda one: one[0])
    yield from (scope for _, scope in found if relation not in scope.relations)


def _inner(sql: SqlDocument) -> dict[int, list[tuple[int, Scope]]]:
    """Give the scopes that stand in each, by its `id`, with their places in the order of all."""
    found: dict[int, list[tuple[int, Scope]]] = {}
    for number, scope in enumerate(sql.scopes):
        if scope.parent is not None:
            found.setdefault(id(scope.parent), []).append((number, scope))
    return found


@record(frozen=True, slots=True)
class _Unnamed:
    """The queries, by the `id` of their nodes, that take columns which they do not name.

    `all` are those with a bare `*` or a NATURAL JOIN of their own; `by_qualifier` has those in which `o.*` stands somewhere,
    by the qualifier in lower case.
    """

    all: frozenset[int]
    by_qualifier: dict[str, set[int]]


def _unnamed(sql: SqlDocument) -> _Unnamed:
    found: set[int] = {id(_query_of(join)) for join in sql.find(exp.Join) if clauses.join_method(join) == "NATURAL"}
    by_qualifier: dict[str, set[int]] = {}
    for node in sql.find(exp.Star):
        holder = node.parent
        if isinstance(holder, exp.Column):
            around = by_qualifier.setdefault(clauses.column_qualifier(holder).lower(), set())
            query = _query_of(node)
            while query is not None:
                around.add(id(query))
                query = _query_of(query)
        elif not isinstance(holder, exp.Count):
            found.add(id(_query_of(node)))
    return _Unnamed(frozenset(found), by_qualifier)


def _names_all(sql: SqlDocument, reader: Scope, relation: Relation) -> bool:
    """Say whether a query, those nested in it included, names each column it takes from a relation."""
    if relation.node.args.get("pivots"):
        return False
    unnamed = sql.remembered(_unnamed)
    node = id(reader.node)
    return node not in unnamed.all and node not in unnamed.by_qualifier.get(relation.name.lower(), ())


def _query_of(node: exp.Expr) -> exp.Expr | None:
    return node.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Merge)
