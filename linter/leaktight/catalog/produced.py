"""The columns that a model's own query produces, with those that it takes from other tables by `*`, once all are known."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.merge import Contradiction, filled
from leaktight.catalog.table import Column, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import record

_DEEPEST = 100
_MOST_COLUMNS = 5000


@record(frozen=True, slots=True)
class StarOf:
    """All columns of a table but those `without`; `is_reference` says that `ref()` names it."""

    name: TableName
    is_reference: bool = False
    without: frozenset[str] = frozenset()
    location: Location | None = None


@record(frozen=True, slots=True)
class Produced:
    """What the query of the model `name` in the file `path` produces; `complete` where nothing is left out of `items`.

    `table` is the full name where that is no model but a table that a statement makes of the query.
    """

    path: str
    name: str
    items: tuple[Column | StarOf, ...]
    complete: bool = True
    dialect: str = ""
    location: Location | None = None
    table: TableName | None = None


def with_produced(catalog: Catalog, queries: Iterable[Produced]) -> Catalog:
    """Give a catalog in which each model has the columns that its query produces, where no source that counts more says them."""
    resolving = _Resolving(catalog, queries)
    tables: list[Table] = []
    contradictions: list[Contradiction] = list(catalog.contradictions)
    for table in catalog:
        said = resolving.declaration(table)
        if said is not None:
            table, found = filled(table, said)
            contradictions += found
        tables.append(table)
    return catalog.with_tables(tables, contradictions)


class _Resolving:
    def __init__(self, catalog: Catalog, queries: Iterable[Produced]) -> None:
        self._catalog = catalog
        self._of: dict[int, Produced] = {}
        for query in queries:
            made = query.table
            name = made or TableName((query.name,))
            table = catalog.table(name, query.dialect, query.path, is_reference=made is None)
            if table is not None and (made is None or table.location == query.location):
                self._of.setdefault(id(table), query)
        self._known: dict[int, tuple[dict[str, Column], bool]] = {}

    def declaration(self, table: Table) -> Declaration | None:
        query = self._of.get(id(table))
        if query is None:
            return None
        columns, complete = self._columns(table, 0)
        if not columns:
            return None
        own = Table(table.name, columns, complete=complete, location=query.location, scope=table.scope)
        return Declaration(own, Origin.DERIVED)

    def _columns(self, table: Table, depth: int) -> tuple[dict[str, Column], bool]:
        """Give the columns of a table, and whether those are all."""
        key = id(table)
        if key in self._known:
            return self._known[key]
        query = self._of.get(key)
        if query is None or depth > _DEEPEST:
            return dict(table.columns), table.complete
        self._known[key] = {}, False  # what a model that reads itself would find
        found: dict[str, Column] = {}
        complete = query.complete
        for item in query.items:
            if isinstance(item, Column):
                found.setdefault(item.name.lower(), item)
                continue
            taken, all_of_them = self._starred(item, query, depth)
            complete = complete and all_of_them
            for name, column in taken.items():
                found.setdefault(name, column)
        if len(found) > _MOST_COLUMNS:
            found, complete = {}, False
        self._known[key] = found, complete
        return found, complete

    def _starred(self, star: StarOf, query: Produced, depth: int) -> tuple[dict[str, Column], bool]:
        table = self._catalog.table(star.name, query.dialect, query.path, is_reference=star.is_reference)
        if table is None:
            return {}, False
        columns, complete = dict(table.columns), table.complete and bool(table.columns)
        if not complete:
            columns, complete = self._columns(table, depth + 1)
            columns = {**columns, **{name: one for name, one in table.columns.items() if name in columns}}
        return {
            name: Column(column.name, column.type, location=star.location, quoted=column.quoted)
            for name, column in columns.items()
            if name not in star.without
        }, complete and bool(columns)
