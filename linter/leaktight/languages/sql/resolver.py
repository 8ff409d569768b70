"""Which column of the catalog a name in a query means, and which columns a query gives.

Whoever asks is told only what is certain: a name that may mean two things, a column that a hole may add, tables of one name
whose declarations differ, and sources that contradict one another all make the answer "unknown".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog.order import home
from leaktight.catalog.table import TableName
from leaktight.languages.sql import clauses
from leaktight.languages.sql.column_changes import Touch, touched
from leaktight.languages.sql.known_tables import KnownColumn, KnownTables
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument

_MANY = (exp.Aliases, exp.Dot, exp.Explode, exp.Posexplode, exp.Inline)
"""Select items that may be several columns."""
_DEEPEST = 40
"""Through how many CTEs and subqueries, one in the other, columns are followed."""
_CHANGES = frozenset({"CREATE", "ALTER", "RENAME", "EXEC", "EXECUTE"})
"""What begins a statement that may change which columns a table has."""


@record(frozen=True, slots=True, eq=False)
class Output:
    """A column that a query or a relation gives. `name` is empty where the engine makes one up.

    `item` is what stands in the select list, for a relation that is a table the table. `known` is the column of the catalog
    that it passes on. `star` says that it comes from a `*`.
    """

    name: str
    item: exp.Expr
    known: KnownColumn | None = None
    star: bool = False


@record(frozen=True, slots=True, eq=False)
class Lookup:
    """Where a column was found: its relation and its column there; or, in `missing`, the relations that all lack it.

    Nothing at all where neither is certain.
    """

    relation: Relation | None = None
    output: Output | None = None
    missing: tuple[Relation, ...] = ()


_NOTHING = Lookup()


class Resolver(KnownTables):
    """Answers for the names of one document, and remembers the answers."""

    def __init__(self, sql: SqlDocument) -> None:
        super().__init__(sql)
        self._outputs: dict[int, list[Output] | None] = {}
        self._listed: dict[int, list[Output] | None] = {}
        self._columns: dict[int, Mapping[str, Output] | None] = {}
        self._depth = 0

    # Columns

    def columns(self, relation: Relation) -> Mapping[str, Output] | None:
        """Give all columns of a relation by their names in lower case, in their order; None where not all are known."""
        if id(relation) not in self._columns:
            listed = self._all_of(relation)
            self._columns[id(relation)] = None
            if listed is not None and all(output.name for output in listed):
                columns: dict[str, Output] = {}
                for output in listed:
                    columns.setdefault(output.name.lower(), output)
                self._columns[id(relation)] = columns
        return self._columns[id(relation)]

    def _all_of(self, relation: Relation) -> list[Output] | None:
        if id(relation) not in self._listed:
            self._listed[id(relation)] = None
            self._listed[id(relation)] = self._of_relation(relation)
        return self._listed[id(relation)]

    def _of_relation(self, relation: Relation) -> list[Output] | None:
        if clauses.is_reshaped(relation.node) or relation.is_metadata:
            return None
        if relation.kind is RelationKind.TABLE:
            table = self.table(relation.node)
            if table is None or not self.complete(table) or clauses.alias_columns(relation.node):
                return None
            return [
                Output(column.name, relation.node, self.known(table, column.name)) for column in table.columns.values()
            ]
        outputs = self.outputs(relation.query) if relation.query is not None else None
        if outputs is None:
            return None
        for node in (relation.cte, relation.node):
            names = clauses.alias_columns(node) if node is not None else []
            if len(names) > len(outputs):
                return None
            renamed = [replace(output, name=name) for output, name in zip(outputs, names, strict=False)]
            outputs = [*renamed, *outputs[len(names) :]]
        return outputs

    def outputs(self, query: exp.Expr) -> list[Output] | None:
        """Give the columns of a query, of a set operation those of its first arm, in order; None where not all are known."""
        if id(query) not in self._outputs:
            self._outputs[id(query)] = None  # what a recursive CTE reads of itself
            self._depth += 1
            if self._depth <= _DEEPEST:
                self._outputs[id(query)] = self._given(query)
            self._depth -= 1
        return self._outputs[id(query)]

    def _given(self, query: exp.Expr) -> list[Output] | None:
        arms = clauses.arms(query)
        select = arms[0]
        scope = self._sql.scope(select) if isinstance(select, exp.Select) else None
        if scope is None or scope.node is not select or clauses.makes_struct(select):
            return None
        items = clauses.projections(select)
        if not items or self._is_open(scope, items):
            return None
        found: list[Output] = []
        for item in items:
            given = self._item(scope, item)
            if given is None:
                return None
            found += given
        return found

    def _is_open(self, scope: Scope, items: list[exp.Expr]) -> bool:
        """Say whether a host or template may write further items into a select list."""
        sql = self._sql
        if not sql.region.templated:
            return False
        if any(sql.has_hole(item) for item in items if not isinstance(item, exp.Alias)):
            return True
        start = sql.keyword(scope.node, "SELECT").start
        end = sql.tail(items[-1]).end
        spans = [sql.span(item) for item in items]
        return any(
            not any(span.contains(hole.region) for span in spans)
            for hole in sql.clause_holes(Span(min(start, end), end))
        )

    def _item(self, scope: Scope, item: exp.Expr) -> list[Output] | None:
        star = item.this if isinstance(item, exp.Column) else item
        if isinstance(star, exp.Star):
            return self._star(scope, item, star)
        if isinstance(item, (exp.Alias, exp.Column)):
            column = item.this if isinstance(item, exp.Alias) else item
            known = self.column(column) if isinstance(column, exp.Column) else None
            return [Output(item.alias_or_name, item, known)]
        return None if isinstance(item, _MANY) else [Output("", item)]

    def _star(self, scope: Scope, item: exp.Expr, star: exp.Expr) -> list[Output] | None:
        # With USING and NATURAL the shared columns come first and once.
        if clauses.star_except(star) or any(clauses.join_using(j) or clauses.join_method(j) for j in scope.joins()):
            return None
        relations = scope.relations
        if isinstance(item, exp.Column):
            named = scope.relation(clauses.column_qualifier(item))
            relations = [named] if named is not None else []
        found: list[Output] = []
        for relation in relations:
            columns = self._all_of(relation)
            if columns is None or (relation.join and clauses.join_kind(relation.join) in {"SEMI", "ANTI"}):
                return None
            found += [replace(output, item=item, star=True) for output in columns]
        return found or None

    # Names

    @cached_property
    def knows_tables(self) -> bool:
        """Whether any table that the document reads is one whose columns are known; without one no column is."""
        return any(
            relation.kind is RelationKind.TABLE and self.table(relation.node) is not None
            for scope in self._sql.scopes
            for relation in scope.relations
        )

    def column(self, column: exp.Column) -> KnownColumn | None:
        """Give the column of the catalog that a column of a query means, through CTEs and subqueries that pass it on."""
        if not self.knows_tables:
            return None
        found = self.lookup(column)
        return found.output.known if found.output is not None else None

    def lookup(self, column: exp.Column) -> Lookup:
        """Find a column among the relations of its query and those around it."""
        scope = self._scope_of(column)
        if scope is None or isinstance(column.this, exp.Star) or self._sql.has_hole(column):
            return _NOTHING
        if clauses.column_qualifiers(column):
            owner = scope.owner(column) if scope.is_qualified(column) else None
            return self._in(owner[1], column) if owner is not None else _NOTHING
        searched: list[Relation] = []
        around: Scope | None = scope
        while around is not None:
            found = [self._in(relation, column) for relation in around.relations]
            hits = [one for one in found if one.output is not None]
            if len(hits) > 1 or not all(one.output is not None or one.missing for one in found):
                return _NOTHING
            if hits:
                return hits[0]
            searched += around.relations
            around = around.parent
        return Lookup(missing=tuple(searched))

    def _in(self, relation: Relation, column: exp.Column) -> Lookup:
        name = clauses.column_name(column, relation.name)
        columns = self.columns(relation)
        if columns is not None:
            output = columns.get(name.lower())
            return Lookup(relation, output) if output is not None else Lookup(missing=(relation,))
        table = self.table(relation.node) if relation.kind is RelationKind.TABLE else None
        if table is None or clauses.alias_columns(relation.node) or clauses.is_reshaped(relation.node):
            return _NOTHING
        known = self.known(table, name)
        if known is not None:
            return Lookup(relation, Output(name, relation.node, known))
        return Lookup(missing=(relation,)) if self.lacks(table, name) else _NOTHING

    def _scope_of(self, column: exp.Expr) -> Scope | None:
        """Give the scope of a column; None in the ORDER BY of a set operation, which names the outputs of that."""
        scope = self._sql.scope(column)
        node: exp.Expr | None = column
        while node is not None and scope is not None and node is not scope.node:
            if isinstance(node, clauses.SET_OPERATIONS):
                return None
            node = node.parent
        return scope

    def runs_in_between(self, name: TableName) -> bool:
        """Say whether the document may run before all changes of a table are made.

        A migration does, and a script that changes the table's columns itself.
        """
        sql = self._sql
        if sql.path.migration or home(sql.source.path) != sql.source.path:
            return True
        return name.name.lower() in self._changed

    @cached_property
    def _changed(self) -> frozenset[str]:
        """The tables whose columns a statement changes, or that two statements make, in lower case."""
        sql = self._sql
        created: set[str] = set()
        changed: set[str] = set()
        for statement in sql.statements:
            if statement.keyword in _CHANGES:
                touch, names = touched(sql.tokens[statement.first : statement.last])
                if touch is Touch.MADE:
                    changed |= created & names
                    created |= names
                elif touch is Touch.CHANGED:
                    changed |= names
        return frozenset(changed)
