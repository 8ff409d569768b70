"""Adds what other sources say of tables to those that the project's DDL leads to, in the order of `Origin`.

What a source that counts more says stands; what it leaves open is filled in, each fact with its place. Where two sources say
different things, both are kept as a `Contradiction`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from leaktight.catalog.change import TableChange
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.effects import changed
from leaktight.catalog.fields import complete_references
from leaktight.catalog.names import compatible, nearest
from leaktight.catalog.table import Column, Index, Key, Table, TableName, same_end
from leaktight.diagnostics import Location
from leaktight.lazy import record

_FACTS = ("comment", "owner", "retention", "role", "statistics", "partitioning", "clustering")
_COLUMN_FACTS = ("type", "nullable", "default", "comment", "classification")
_CONTRADICTED = frozenset({"type", "nullable", "partitioning", "clustering", "owner", "retention", "classification"})
"""Facts of which only one can be true; of two comments or defaults both may be."""


@record(frozen=True, slots=True)
class Contradiction:
    """Two sources that say different things of a table: `kept` is what counts, `other` what does not.

    `fact` is the name of a field, `column` the column it is of, None for one of the table; for the fact `columns`, `other`
    is a column that the source which counts does not have.
    """

    table: TableName
    fact: str
    column: str | None
    kept: object
    kept_at: Location | None
    other: object
    other_at: Location | None
    dialect: str = ""


def merged(
    tables: Iterable[Table], left: Iterable[TableChange], declarations: Iterable[Declaration]
) -> tuple[list[Table], list[Contradiction]]:
    """Give all tables, each with what every source says of it, and where sources contradict one another.

    `tables` are those that DDL leads to; `left` are the changes whose table no DDL creates, which a declaration may.
    """
    merging = _Merging()
    declared = sorted(declarations, key=lambda item: item.origin.rank)
    for item in declared:
        if item.origin.rank < Origin.DDL.rank:
            merging.add(item)
    for table in tables:
        merging.add(Declaration(table, Origin.DDL), own=True)
    for item in declared:
        if item.origin.rank > Origin.DDL.rank:
            merging.add(item)
    for change in left:
        merging.change(change)
    if declared:
        merging.complete_references()
    return list(merging.tables.values()), merging.contradictions


class _Merging:
    def __init__(self) -> None:
        self.tables: dict[int, Table] = {}
        self.contradictions: list[Contradiction] = []
        self._by_last: dict[str, list[int]] = {}

    def add(self, item: Declaration, *, own: bool = False) -> None:
        """Add a declaration to the table that it means; with `own`, or where there is none, it is one of its own."""
        table = item.table
        origin = (item.origin.value, table.location)
        key = None if own and not self._by_last else self._meant(table, own=own)
        if key is None:
            key = len(self.tables)
            self.tables[key] = replace(table, origins=(origin,)) if item.origin is not Origin.DDL else table
            self._by_last.setdefault(table.name.folded[-1], []).append(key)
        else:
            before = self.tables[key]
            origins = before.origins or ((Origin.DDL.value, before.location),)
            self.tables[key] = replace(self._filled(before, table), origins=(*origins, origin))

    def change(self, change: TableChange) -> None:
        """Make a change to a table that was declared other than by DDL."""
        name = getattr(change, "name", None)
        if not isinstance(name, TableName):
            return
        path = change.location.path if change.location is not None else ""
        key = self._find(Table(name, dialect=change.dialect), path)
        if key is not None and self.tables[key].origins:
            self.tables[key] = changed(self.tables[key], change)

    def complete_references(self) -> None:
        """Give keys that refer to a model its table, and columns without a type that of the column they refer to."""
        by_model: dict[str, list[int]] = {}
        for key, table in self.tables.items():
            if table.model is not None:
                by_model.setdefault(table.model, []).append(key)

        def find(table: Table, name: TableName) -> Table | None:
            path = table.location.path if table.location is not None else ""
            keys = by_model.get(name.name, []) if len(name.parts) == 1 else []
            found = keys[0] if len(keys) == 1 else self._find(Table(name, dialect=table.dialect), path)
            return self.tables[found] if found is not None else None

        complete_references(self.tables, find)

    def _meant(self, table: Table, *, own: bool) -> int | None:
        """Give the table that a declaration is of. DDL is of one that is configured only; the rest it has told apart itself."""
        if own:
            keys = [key for key in self._by_last.get(table.name.folded[-1], ()) if self.tables[key].origins]
            keys = [key for key in keys if self.tables[key].name.folded == table.name.folded]
            return keys[0] if len(keys) == 1 else None
        return self._find(table, table.location.path if table.location is not None else "")

    def _find(self, table: Table, path: str) -> int | None:
        folded = table.name.folded
        keys = [
            key
            for key in self._by_last.get(folded[-1], ())
            if same_end((known := self.tables[key]).name.folded, folded)
            and not known.temporary
            and compatible(known.dialect, table.dialect)
            # What a model of dbt is called says nothing of its schema: `orders` may well be built from the table `orders`.
            and (known.scope == table.scope or (known.name.folded == folded and len(folded) > 1))
        ]
        keys = [key for key in keys if self.tables[key].name.folded == folded] or keys
        if len(keys) > 1:
            near = nearest([self.tables[key] for key in keys], path)
            keys = [key for key in keys if any(self.tables[key] is known for known in near)]
        return keys[0] if len(keys) == 1 else None

    # What counts

    def _filled(self, table: Table, other: Table) -> Table:
        facts: dict[str, Any] = {}
        places = dict(table.places)
        for fact in _FACTS:
            if self._decide(table, fact, None, getattr(table, fact), getattr(other, fact), table, other):
                facts[fact] = getattr(other, fact)
                place = other.place_of(fact)
                if place is not None:
                    places[fact] = place
        return replace(
            table,
            columns=self._columns(table, other),
            keys=_union(table.keys, other.keys, _identity_of_key),
            indexes=_union(table.indexes, other.indexes, _identity_of_index),
            checks=table.checks or other.checks,
            parts=table.parts or other.parts,
            complete=table.complete or other.complete,
            dialect=table.dialect or other.dialect,
            name=table.name if len(table.name.parts) >= len(other.name.parts) else other.name,
            tags=tuple(dict.fromkeys((*table.tags, *other.tags))),
            places=places,
            **facts,
        )

    def _columns(self, table: Table, other: Table) -> Mapping[str, Column]:
        columns = dict(table.columns)
        for key, column in other.columns.items():
            before = columns.get(key)
            if before is not None:
                columns[key] = self._column(table, before, column)
            elif table.complete and table.columns:
                self.contradictions.append(
                    Contradiction(
                        table.name,
                        "columns",
                        column.name,
                        None,
                        table.location,
                        column.name,
                        column.location,
                        table.dialect,
                    )
                )
            else:
                columns[key] = column
        return columns

    def _column(self, table: Table, column: Column, other: Column) -> Column:
        facts: dict[str, Any] = {}
        places = dict(column.places)
        for fact in _COLUMN_FACTS:
            kept, said = getattr(column, fact), getattr(other, fact)
            if self._decide(table, fact, column.name, kept, said, column, other):
                facts[fact] = said
                place = other.place_of(fact)
                if place is not None:
                    places[fact] = place
        return replace(
            column,
            generated=column.generated or other.generated,
            tags=tuple(dict.fromkeys((*column.tags, *other.tags))),
            places=places,
            **facts,
        )

    def _decide(
        self,
        table: Table,
        fact: str,
        column: str | None,
        kept: object,
        said: object,
        one: Table | Column,
        other: Table | Column,
    ) -> bool:
        """Say whether what the other source says is taken; note it where it is not, and differs."""
        if said is None or kept == said:
            return False
        if kept is None:
            return True
        if fact in _CONTRADICTED:
            self.contradictions.append(
                Contradiction(
                    table.name, fact, column, kept, one.place_of(fact), said, other.place_of(fact), table.dialect
                )
            )
        return False


def _union(ours: tuple[Any, ...], others: tuple[Any, ...], identity: Any) -> tuple[Any, ...]:
    known = {identity(item) for item in ours}
    return (*ours, *(item for item in others if identity(item) not in known))


def _identity_of_key(key: Key) -> tuple[object, ...]:
    return key.kind, tuple(name.lower() for name in key.columns)


def _identity_of_index(index: Index) -> tuple[object, ...]:
    return tuple(name.lower() for name in index.columns), index.unique, index.predicate
