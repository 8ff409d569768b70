"""Reads which columns the SQL of a file uses of each table, and how.

What is read of a file depends on its text alone, not on the catalog, so that it can be remembered with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, TypeVar

from sqlglot import exp

from leaktight.diagnostics import Location
from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.json_keys import json_key
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record
from leaktight.operations.table_read import Adds, TableRead

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument

_Named = TypeVar("_Named", str, tuple[str, str])
_EQUAL = (exp.EQ, exp.NullSafeEQ, exp.In)
_RANGE = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


@record(slots=True, eq=False)
class _Gathered:
    """What a relation is used for, while it is being read."""

    relation: Relation
    verb: str
    equals: dict[str, None] = field(default_factory=dict)
    ranges: dict[str, None] = field(default_factory=dict)
    joins: dict[str, None] = field(default_factory=dict)
    orders: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    columns: dict[str, exp.Expr] = field(default_factory=dict)
    maybe: dict[str, exp.Expr] = field(default_factory=dict)
    star: bool = False
    document_keys: dict[tuple[str, str], exp.Expr] = field(default_factory=dict)
    adds: Adds = Adds.NONE
    sets: frozenset[str] | None = None
    partners: list[tuple[str, _Gathered]] = field(default_factory=list)


def adds_of(write: exp.Insert | exp.Merge) -> Adds:
    """Say what rows a write adds; of an INSERT, as if no stand-in for what its host puts in stood among the values."""
    if isinstance(write, exp.Merge):
        if not any(isinstance(node, exp.Insert) for node in clauses.descendants(write)):
            return Adds.NONE
        return Adds.ROWS if _gives_twice(write) else Adds.UNMATCHED
    source = clauses.insert_source(write)
    told = isinstance(source, exp.Values) and not any(isinstance(node, _FROM_OUTSIDE) for node in source.walk())
    return Adds.WRITTEN_OUT if told else Adds.ROWS


_FROM_OUTSIDE = (exp.Column, exp.Parameter, exp.SessionParameter, exp.Placeholder, exp.Query)


def _gives_twice(merge: exp.Merge) -> bool:
    """Say whether the rows that a MERGE takes may hold a changed row twice: what it reads is put together of several queries."""
    doubling = (exp.SetOperation, exp.Join, exp.Unnest, exp.Lateral)
    return bool(clauses.ctes(merge)) or any(
        isinstance(node, doubling) for source in clauses.bounded_by(merge) for node in clauses.descendants(source)
    )


def table_reads(documents: Iterable[SqlDocument]) -> tuple[TableRead, ...]:
    """Give what the SQL documents of one file read; what several views of a template show is told once."""
    found: dict[tuple[object, ...], TableRead] = {}
    for document in documents:
        for read in _Reading(document).all():
            key = (read.location.span, read.name.folded, read.equals, read.ranges, read.joins, tuple(read.columns))
            found.setdefault(key, read)
    return tuple(found.values())


class _Reading:
    def __init__(self, document: SqlDocument) -> None:
        self.document = document
        self.gathered: dict[int, _Gathered] = {}

    def all(self) -> Iterator[TableRead]:
        scopes = self.document.scopes
        for scope in scopes:
            for relation in scope.relations:
                if relation.kind is RelationKind.TABLE and not relation.is_metadata:
                    one = self.gathered[id(relation)] = _Gathered(relation, _verb(scope, relation))
                    if one.verb in {"update", "merge"} and not self.document.has_hole(scope.node):
                        one.sets = frozenset(
                            item.this.name.lower()
                            for items in clauses.assigned(scope.node)
                            for item in items
                            if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column)
                        )
                    if isinstance(scope.node, exp.Merge) and one.verb == "merge":
                        one.adds = adds_of(scope.node)
        if self.gathered:
            for scope in scopes:
                self._columns(scope)
                self._predicates(scope)
                self._order(scope)
                self._touched(scope)
                self._stars(scope)
            for one in self.gathered.values():
                read = self._told(one)
                if read is not None:
                    yield read
        yield from self._inserts()

    def _told(self, one: _Gathered) -> TableRead | None:
        name = clauses.table_name(one.relation.node)
        if name is None:
            return None
        document = self.document

        def placed(nodes: Mapping[_Named, exp.Expr]) -> dict[_Named, Location]:
            return {key: document.location(document.span(node)) for key, node in nodes.items()}

        return TableRead(
            document.search_path(one.relation.node).only(name),
            document.location(document.name_span(one.relation.node)),
            document.dialect,
            one.verb,
            equals=tuple(one.equals),
            ranges=tuple(one.ranges),
            joins=tuple(one.joins),
            orders=tuple(one.orders),
            touched=frozenset(one.touched),
            columns=placed(one.columns),
            maybe=placed(one.maybe),
            star=one.star,
            document_keys=placed(one.document_keys),
            adds=one.adds,
            sets=one.sets,
            led_by={name: tuple(other.equals) for name, other in one.partners if other.equals},
        )

    def _columns(self, scope: Scope) -> None:
        for column in scope.columns:
            if isinstance(column.this, exp.Star):
                continue
            owner = scope.owner(column)
            if owner is not None:
                one = self.gathered.get(id(owner[1]))
                if one is not None:
                    one.columns.setdefault(clauses.column_name(column, owner[1].name).lower(), column)
                continue
            for relation in scope.relations:
                one = self.gathered.get(id(relation))
                if one is not None:
                    one.maybe.setdefault(clauses.column_name(column, relation.name).lower(), column)

    def _predicates(self, scope: Scope) -> None:
        for condition in scope.conditions():
            if condition.clause in {"having", "qualify"}:
                continue
            node = condition.node
            if isinstance(node, _RANGE):
                for operand in clauses.children(node):
                    self._note(scope, operand, "ranges")
            elif isinstance(node, _EQUAL) and not predicates.is_negated(node):
                operands = [predicates.unparenthesised(child) for child in clauses.children(node)]
                owners = [self._owner(scope, operand) for operand in operands]
                joins = len({id(owner) for owner in owners if owner is not None}) > 1
                if joins and isinstance(node, exp.EQ):
                    self._pair(operands, owners)
                for operand in operands:
                    self._note(scope, operand, "joins" if joins else "equals")
        for join in scope.joins():
            for name in clauses.join_using(join):
                for relation in scope.relations:
                    one = self.gathered.get(id(relation))
                    if one is not None and (
                        relation.join is join or relation.join is None or len(scope.relations) == 2
                    ):
                        one.joins.setdefault(name.name.lower())
                        one.touched.add(name.name.lower())
                        one.columns.setdefault(name.name.lower(), name)

    def _pair(self, operands: list[exp.Expr], owners: list[Relation | None]) -> None:
        """Note of each column that is joined by whose rows it is asked for."""
        for column, owner, other in zip(operands, owners, reversed(owners), strict=True):
            one, beside = self.gathered.get(id(owner)), self.gathered.get(id(other))
            if one is not None and beside is not None and isinstance(column, exp.Column):
                one.partners.append((clauses.column_name(column, one.relation.name).lower(), beside))

    def _owner(self, scope: Scope, operand: exp.Expr) -> Relation | None:
        owner = scope.owner(operand) if isinstance(operand, exp.Column) else None
        return owner[1] if owner is not None else None

    def _note(self, scope: Scope, operand: exp.Expr, use: str) -> None:
        column = predicates.unparenthesised(operand)
        owner = self._owner(scope, column)
        one = self.gathered.get(id(owner)) if owner is not None else None
        if one is not None and owner is not None and isinstance(column, exp.Column):
            getattr(one, use).setdefault(clauses.column_name(column, owner.name).lower())

    def _order(self, scope: Scope) -> None:
        order = clauses.order(scope.node)
        for item in order.expressions if order is not None else ():
            column = item.this if isinstance(item, exp.Ordered) else item
            owner = self._owner(scope, column)
            one = self.gathered.get(id(owner)) if owner is not None else None
            if one is None or owner is None:
                return
            one.orders.append(clauses.column_name(column, owner.name).lower())

    def _touched(self, scope: Scope) -> None:
        """Note every column that stands in a condition, an order or a group, whatever stands around it."""
        nodes = [condition.node for condition in scope.conditions()]
        nodes += [node for node in (clauses.order(scope.node), clauses.group(scope.node)) if node is not None]
        for top in nodes:
            for node in clauses.descendants(top):
                if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
                    continue
                owner = (self.document.scope(node) or scope).owner(node)
                for relation in (owner[1],) if owner is not None else scope.relations:
                    one = self.gathered.get(id(relation))
                    if one is not None:
                        one.touched.add(clauses.column_name(node, relation.name).lower())
                if owner is not None:
                    self._note_key(node, owner[1])

    def _note_key(self, column: exp.Column, relation: Relation) -> None:
        found = json_key(column)
        one = self.gathered.get(id(relation)) if found is not None else None
        if found is not None and one is not None:
            name = clauses.column_name(column, relation.name).lower()
            one.document_keys.setdefault((name, found.key), found.node)

    def _stars(self, scope: Scope) -> None:
        if not isinstance(scope.node, exp.Select):
            return
        for item in clauses.projections(scope.node):
            if isinstance(item, exp.Star):
                for relation in scope.relations:
                    self._star(relation)
            elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                named = scope.relation(clauses.column_qualifier(item))
                if named is not None:
                    self._star(named)

    def _star(self, relation: Relation) -> None:
        one = self.gathered.get(id(relation))
        if one is not None:
            one.star = True

    def _inserts(self) -> Iterator[TableRead]:
        document = self.document
        for insert in document.find(exp.Insert):
            if isinstance(insert.parent, exp.When):
                continue
            node = clauses.target(insert)
            name = clauses.table_name(node)
            if node is None or name is None:
                continue
            columns = {
                item.name.lower(): document.location(document.span(item)) for item in clauses.insert_columns(insert)
            }
            yield TableRead(
                document.search_path(node).only(name),
                document.location(document.name_span(node)),
                document.dialect,
                "insert",
                columns=columns,
                adds=Adds.ROWS if document.has_hole(insert) else adds_of(insert),
            )


def _verb(scope: Scope, relation: Relation) -> str:
    if relation is not scope.relations[0]:
        return "select"
    kinds = ((exp.Update, "update"), (exp.Delete, "delete"), (exp.Merge, "merge"))
    return next((verb for kind, verb in kinds if isinstance(scope.node, kind)), "select")
