"""Adds what other sources say of tables to those that the project's DDL leads to, in the order of `Origin`.

What a source that counts more says stands; what it leaves open is filled in, each fact with its place. Where two sources say
different things, both are kept as a `Contradiction`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from leaktight.catalog.casing import Likeness, likeness
from leaktight.catalog.change import AddColumn, DropColumn, RenameColumn, TableChange
from leaktight.catalog.column_types import same_type
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.effects import changed
from leaktight.catalog.fields import complete_references
from leaktight.catalog.names import compatible, nearest_to
from leaktight.catalog.table import Alias, Column, Index, Key, Table, TableName, same_end
from leaktight.diagnostics import Location
from leaktight.lazy import record

_FACTS = (
    "comment",
    "owner",
    "retention",
    "role",
    "statistics",
    "partitioning",
    "clustering",
    "materialized",
    "strategy",
)
_COLUMN_FACTS = ("type", "nullable", "default", "comment", "classification")
_CONTRADICTED = frozenset({"type", "nullable", "partitioning", "clustering", "owner", "retention", "classification"})
"""Facts of which only one can be true; of two comments or defaults both may be."""


@record(frozen=True, slots=True)
class Contradiction:
    """Two sources that say different things of a table: `kept` is what counts, `other` what does not.

    `fact` is the name of a field, `column` the column it is of, None for one of the table; for the fact `columns`, that is
    a column which one of both does not have: what that one says is None.
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
    return list(merging.tables.values()), [*merging.contradictions, *merging.taken_away.values()]


def filled(table: Table, said: Declaration) -> tuple[Table, list[Contradiction]]:
    """Give a table with what another source says of it, and where the two contradict one another."""
    merging = _Merging()
    merging.tables[0] = table
    merging.take(0, said)
    return merging.tables[0], merging.contradictions


class _Merging:
    def __init__(self) -> None:
        self.tables: dict[int, Table] = {}
        self.contradictions: list[Contradiction] = []
        self.taken_away: dict[tuple[tuple[str, ...], str], Contradiction] = {}
        """The columns, by table and name, that a class declares and a migration has taken away."""
        self._by_last: dict[str, list[int]] = {}

    def add(self, item: Declaration, *, own: bool = False) -> None:
        """Add a declaration to the table that it means; with `own`, or where there is none, it is one of its own."""
        table = item.table
        key = None if own and not self._by_last else self._meant(item, own=own)
        if key is None:
            key = len(self.tables)
            origin = (item.origin.value, table.location)
            self.tables[key] = replace(table, origins=(origin,)) if item.origin is not Origin.DDL else table
            self._index(key, table)
        else:
            self.take(key, item)
            if table.aliases:
                self._index(key, self.tables[key])

    def take(self, key: int, item: Declaration) -> None:
        """Add what a declaration says to a table that is known."""
        before = self.tables[key]
        origins = before.origins or ((Origin.DDL.value, before.location),)
        origin = (item.origin.value, item.table.location)
        self.tables[key] = replace(self._filled(before, item.table), origins=(*origins, origin))

    def _index(self, key: int, table: Table) -> None:
        for name in (table.name, *(alias.name for alias in table.aliases)):
            known = self._by_last.setdefault(name.folded[-1], [])
            if key not in known[-1:]:
                known.append(key)

    def change(self, change: TableChange) -> None:
        """Make a change to a table that was declared other than by DDL."""
        name = getattr(change, "name", None)
        if not isinstance(name, TableName):
            return
        key = self._find(Table(name, dialect=change.dialect), change.path)
        if key is not None and self.tables[key].origins:
            before = self.tables[key]
            self.tables[key] = changed(before, change)
            if isinstance(change, (AddColumn, DropColumn, RenameColumn)):
                self._compare_with_class(before, self.tables[key], change)

    def _compare_with_class(self, before: Table, after: Table, change: TableChange) -> None:
        """Note the columns that a class declares and a migration takes away; no more where a later one has made them anew."""
        if any(origin != Origin.MODEL.value for origin, _ in before.origins):
            return
        for key in after.columns.keys() - before.columns.keys():
            self.taken_away.pop((after.name.folded, key), None)
        for key in before.columns.keys() - after.columns.keys():
            column = before.columns[key]
            self.taken_away[after.name.folded, key] = Contradiction(
                after.name,
                "columns",
                column.name,
                kept=None,
                kept_at=change.location,
                other=column.name,
                other_at=column.location,
                dialect=after.dialect,
            )

    def complete_references(self) -> None:
        """Give keys that refer to a model its table, and columns without a type that of the column they refer to."""
        by_model: dict[str, list[int]] = {}
        for key, table in self.tables.items():
            if table.model is not None:
                by_model.setdefault(table.model, []).append(key)

        def find(table: Table, name: TableName) -> Table | None:
            keys = by_model.get(name.name, []) if len(name.parts) == 1 else []
            keys = nearest_to(table.path, [(self.tables[key].path, key) for key in keys])
            found = keys[0] if len(keys) == 1 else self._find(Table(name, dialect=table.dialect), table.path)
            return self.tables[found] if found is not None else None

        complete_references(self.tables, find)

    def _meant(self, item: Declaration, *, own: bool) -> int | None:
        """Give the table that a declaration is of. DDL is of one that is configured only; the rest it has told apart itself."""
        table = item.table
        if own:
            keys = [key for key in self._by_last.get(table.name.folded[-1], ()) if self.tables[key].origins]
            keys = [key for key in keys if self.tables[key].name.folded == table.name.folded]
            keys = [key for key in keys if _is_alike(self.tables[key], table)]
            return keys[0] if len(keys) == 1 else None
        return self._find(table, table.path, lambda known: not _is_another_class(known, item))

    def _find(self, table: Table, path: str, may: Callable[[Table], bool] = lambda _: True) -> int | None:
        folded = table.name.folded
        lasts = dict.fromkeys((folded[-1], *(alias.name.folded[-1] for alias in table.aliases)))
        keys = [
            key
            for key in dict.fromkeys(key for last in lasts for key in self._by_last.get(last, ()))
            if not (known := self.tables[key]).temporary
            and compatible(known.dialect, table.dialect)
            and (_may_be(known, table) or _share_a_name(known, table))
            and may(known)
        ]
        keys = [key for key in keys if _is_alike(self.tables[key], table, Likeness.SURE)] or keys
        keys = [
            key for key in keys if self.tables[key].name.folded == folded or _share_a_name(self.tables[key], table)
        ] or keys
        if len(keys) > 1:
            keys = nearest_to(path, [(self.tables[key].path, key) for key in keys])
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
            location=table.location or other.location,
            # What configuration says of a table says nothing of what it is.
            kind=table.kind if table.location is not None else other.kind,
            bounds=table.bounds or other.bounds,
            **_names(table, other),
            tags=tuple(dict.fromkeys((*table.tags, *other.tags))),
            digest=table.digest or other.digest,
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
                self._contradict_column(table, column, None, table.location, column.name, column.location)
            else:
                columns[key] = column
        if other.complete and other.columns and not table.complete:
            # Who knows all columns knows their order, and that there are no further ones.
            for key, column in table.columns.items():
                if key not in other.columns:
                    self._contradict_column(table, column, column.name, column.location, None, other.location)
            columns = {
                key: columns[key] for key in (*other.columns, *(key for key in columns if key not in other.columns))
            }
        return columns

    def _contradict_column(
        self,
        table: Table,
        column: Column,
        kept: str | None,
        kept_at: Location | None,
        other: str | None,
        other_at: Location | None,
    ) -> None:
        self.contradictions.append(
            Contradiction(table.name, "columns", column.name, kept, kept_at, other, other_at, table.dialect)
        )

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
            chosen=column.chosen or other.chosen,
            preset=column.preset or other.preset,
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
        if fact == "type" and same_type(str(kept), str(said), table.dialect):
            return False
        if fact in _CONTRADICTED:
            self.contradictions.append(
                Contradiction(
                    table.name, fact, column, kept, one.place_of(fact), said, other.place_of(fact), table.dialect
                )
            )
        return False


def _is_another_class(known: Table, item: Declaration) -> bool:
    """Say whether classes of two folders give one column different types: each is of a database of its own."""
    origins = {item.origin.value, *(origin for origin, _ in known.origins)}
    folders = {path.rpartition("/")[0] for path in (known.path, item.table.path)}
    if origins != {Origin.MODEL.value} or not known.origins or len(folders) == 1:
        return False
    pairs = (
        (column.type, item.table.columns[key].type)
        for key, column in known.columns.items()
        if key in item.table.columns
    )
    return any(one and other and not same_type(one, other, known.dialect) for one, other in pairs)


def _may_be(known: Table, table: Table) -> bool:
    one, other = known.name.folded, table.name.folded
    # What a model of dbt is called says nothing of its schema: `orders` may well be built from the table `orders`.
    if not _is_alike(known, table):
        return False
    if one == other:
        return known.scope == table.scope or len(one) > 1
    return not known.scope and not table.scope and same_end(one, other)


def _is_alike(known: Table, table: Table, least: Likeness = Likeness.POSSIBLE) -> bool:
    """Say whether the engine may take two names for one; those of a template are written as it likes."""
    if known.scope or table.scope or known.name.folded[-1] != table.name.folded[-1]:
        return True
    return likeness(known.name, table.name, known.dialect, table.dialect) >= least


def _share_a_name(known: Table, table: Table) -> bool:
    """Say whether two tables have a name in common, in the same files."""
    if known.scope == table.scope and known.name.folded == table.name.folded and _is_alike(known, table):
        return True
    if not known.aliases and not table.aliases:
        return False
    return not _all_names(known).isdisjoint(_all_names(table))


def _all_names(table: Table) -> set[tuple[tuple[str, ...], str]]:
    return {(table.name.folded, table.scope), *((alias.name.folded, alias.scope) for alias in table.aliases)}


def _names(table: Table, other: Table) -> dict[str, Any]:
    """Give the name that is kept, the fuller one of two that may stand for one another, and all others beside it."""
    name = table.name
    if table.scope == other.scope and same_end(name.folded, other.name.folded):
        name = name if len(name.parts) >= len(other.name.parts) else other.name
    if not table.aliases and not other.aliases and table.scope == other.scope:
        return {"name": name}
    aliases = {(alias.name.folded, alias.scope): alias for alias in (*table.aliases, *other.aliases)}
    if other.scope or len(other.name.parts) > 1:
        aliases.setdefault((other.name.folded, other.scope), Alias(other.name, other.scope))
    aliases.pop((name.folded, table.scope), None)
    return {"name": name, "aliases": tuple(aliases.values())}


def _union(ours: tuple[Any, ...], others: tuple[Any, ...], identity: Any) -> tuple[Any, ...]:
    known = {identity(item) for item in ours}
    return (*ours, *(item for item in others if identity(item) not in known))


def _identity_of_key(key: Key) -> tuple[object, ...]:
    return key.kind, tuple(name.lower() for name in key.columns)


def _identity_of_index(index: Index) -> tuple[object, ...]:
    return tuple(name.lower() for name in index.columns), index.unique, index.predicate
