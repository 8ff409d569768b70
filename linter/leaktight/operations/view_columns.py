"""Which column of a view is the partition column of the table that it reads, under which name and behind which functions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from weakref import WeakKeyDictionary

from sqlglot import exp

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.pruning import cut_of
from leaktight.catalog.table import Partitioning, Table, TableName
from leaktight.catalog.view import View
from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record
from leaktight.operations.file import FileView
from leaktight.operations.outer_filters import OuterFilters
from leaktight.operations.passing import Passed
from leaktight.operations.project import Project
from leaktight.source import Language, Source

_DEEPEST = 20
_known: WeakKeyDictionary[Catalog, dict[tuple[View, str], Within | None]] = WeakKeyDictionary()
"""What each view is over, once it has been asked; None too while it is being read, for it may read itself."""


@record(frozen=True, slots=True)
class Within:
    """The table that a view reads and that is cut, and its columns by the names, in lower case, that the view gives them."""

    view: View
    table: Table
    cut: Partitioning
    columns: Mapping[str, Passed]


def table_within(catalog: Catalog, name: TableName, dialect: str, path: str, depth: int = 0) -> Within | None:
    """Give the partitioned table that a view reads whole, if a filter on the view's columns reaches its partition column.

    None too where the view filters by that column itself, and where a template may.
    """
    view = catalog.view(name, path) if depth < _DEEPEST else None
    if view is None:
        return None
    known = _known.setdefault(catalog, {})
    if (view, dialect) not in known:
        known[view, dialect] = None
        known[view, dialect] = _read(catalog, view, dialect, depth)
    return known[view, dialect]


def _read(catalog: Catalog, view: View, dialect: str, depth: int) -> Within | None:
    for document in _documents(view.path, view.text, dialect):
        if document.region.variant:
            continue
        for statement in document.statements:
            top = _query_of(view, statement.tree)
            found = _Tracing(document, catalog, view, depth).trace(top) if top is not None else None
            if found is not None:
                return found
    return None


@lru_cache(maxsize=32)
def _documents(path: str, text: str, dialect: str) -> tuple[SqlDocument, ...]:
    return tuple(FileView(Source(path, text, Language.SQL), Project(), dialect=dialect or None).sql)


def _query_of(view: View, tree: exp.Expr | None) -> exp.Expr | None:
    """Give the query whose rows are the view's."""
    if view.scope is not None:
        return tree if isinstance(tree, clauses.QUERY) else None
    if not isinstance(tree, exp.Create) or clauses.created_kind(tree) != "VIEW" or isinstance(tree.this, exp.Schema):
        return None
    name = clauses.table_name(tree.this)
    return clauses.created_query(tree) if name is not None and name.same(view.name) else None


class _Tracing:
    def __init__(self, document: SqlDocument, catalog: Catalog, view: View, depth: int) -> None:
        self.document = document
        self.catalog = catalog
        self.view = view
        self.depth = depth
        self.outer = OuterFilters(document)

    def trace(self, top: exp.Expr) -> Within | None:
        ends = {id(arm) for arm in clauses.arms(top)}
        for scope in self.document.scopes:
            if scope.node.root() is not top.root():
                continue
            for relation in scope.relations:
                name = clauses.table_name(relation.node) if relation.kind is RelationKind.TABLE else None
                within = self._read(name) if name is not None else None
                columns = self._leaving(scope, relation, within.columns, ends, 0) if within is not None else None
                if within is not None and columns:
                    return Within(self.view, within.table, within.cut, columns)
        return None

    def _read(self, name: TableName) -> Within | None:
        dialect, path = self.document.dialect, self.document.source.path
        table = self.catalog.table(name, dialect, path)
        cut = cut_of(table) if table is not None else None
        if table is not None and cut is not None:
            return Within(self.view, table, cut, {column.lower(): Passed(column, column) for column in cut.columns})
        return table_within(self.catalog, name, dialect, path, self.depth + 1)

    def _leaving(
        self, scope: Scope, relation: Relation, columns: Mapping[str, Passed], ends: set[int], depth: int
    ) -> Mapping[str, Passed] | None:
        """Give columns by the names under which they leave the view; None where something on the way may filter by them."""
        if depth > _DEEPEST or self.outer.open(scope) or self._is_filtered(scope, relation, columns):
            return None
        names = self.outer.passing.leaving(scope, relation, columns)
        if not names or id(scope.node) in ends:
            return names
        readers = self.outer.consumers_of(scope.node)
        if len(readers) != 1 or clauses.alias_columns(readers[0][1].node):
            return None
        return self._leaving(*readers[0], names, ends, depth + 1)

    def _is_filtered(self, scope: Scope, relation: Relation, columns: Mapping[str, Passed]) -> bool:
        used = {name.name.lower() for join in scope.joins() for name in clauses.join_using(join)}
        for condition in scope.conditions():
            for node in clauses.descendants(condition.node):
                if isinstance(node, exp.Column):
                    used.add(clauses.column_name(node, relation.name).lower())
        return not used.isdisjoint(columns)
