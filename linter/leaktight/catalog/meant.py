"""Which of the tables that a name may mean it does mean: by its place, its engine, its case."""

from __future__ import annotations

from collections.abc import Callable

from leaktight.catalog.casing import Likeness, likeness
from leaktight.catalog.names import compatible, in_scope, nearest
from leaktight.catalog.search_path import default_schema
from leaktight.catalog.table import Table, TableName, same_end
from leaktight.lazy import record


@record(frozen=True, slots=True)
class Name:
    """A name of a table, also folded, and the folder in whose files it counts; `own` tells it from an alias."""

    table: Table
    name: TableName
    folded: tuple[str, ...]
    scope: str
    own: bool

    def means(self, asked: tuple[str, ...], path: str) -> bool:
        """Say whether a name in the file `path` may mean this one."""
        if self.folded == asked:
            return in_scope(path, self.scope) or (self.own and len(asked) > 1)
        if not in_scope(path, self.scope) or not same_end(self.folded, asked):
            return False
        # `orders` of a dbt project is a model, and neither a short form of `source('raw', 'orders')` nor meant by that.
        return len(self.folded) > 1 and (self.own or len(asked) > 1) if self.scope else self.own or len(asked) > 1

    def likeness(self, asked: TableName, dialect: str) -> Likeness:
        """Say how surely the engine takes a name for this one; those of a template are written as it likes."""
        if self.scope or not self.own:
            return Likeness.SURE
        return likeness(self.name, asked, self.table.dialect, dialect)


def stands_in(table: Table, path: str) -> bool:
    """Say whether a table is declared in the file `path`."""
    return table.location is not None and table.location.path == path


def tables_of(names: list[Name]) -> list[Table]:
    """Give the tables of some names, each once, in their order."""
    return list({id(one.table): one.table for one in names}.values())


def most_alike(names: list[Name], asked: TableName, dialect: str) -> list[Name]:
    """Give the names that an engine takes for the one that is asked for, or if there is none those that it may."""
    graded = [(one.likeness(asked, dialect), one) for one in names]
    best = max((grade for grade, _ in graded), default=Likeness.NONE)
    return [one for grade, one in graded if grade is best] if best else []


def _shape(table: Table) -> frozenset[tuple[str, str | None]]:
    """Give the columns of a table, those of a class with their types: classes of one name that differ in them are two tables."""
    typed = table.model is not None
    return frozenset((key, column.type if typed else None) for key, column in table.columns.items())


def the_one(tables: list[Table], name: TableName, dialect: str, path: str) -> Table | None:
    """Give the one of several tables that a name in the file `path` means; None where that is not certain."""
    default = default_schema(dialect) if len(name.parts) == 1 else ""
    narrower: tuple[Callable[[Table], bool], ...] = (
        lambda table: stands_in(table, path),
        lambda table: bool(dialect) and table.dialect == dialect,
        lambda table: compatible(table.dialect, dialect),
        lambda table: bool(default) and table.name.folded[-2:-1] == (default,),
    )
    for keep in narrower:
        if len(tables) > 1:
            tables = [table for table in tables if keep(table)] or tables
    if len(tables) > 1 and path:
        tables = nearest(tables, path)
    if len(tables) > 1 and len({_shape(table) for table in tables}) == 1 and tables[0].columns:
        return tables[-1]
    return tables[0] if len(tables) == 1 else None
