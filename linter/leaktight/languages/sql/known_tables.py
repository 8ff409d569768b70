"""Which table of the catalog a name in a query means, and what is certain of that, whichever of its namesakes it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog.casing import Likeness, likeness, read_otherwise
from leaktight.catalog.column_types import family
from leaktight.catalog.declaration import Origin
from leaktight.catalog.names import compatible, engine
from leaktight.catalog.search_path import DEFAULT_SCHEMAS
from leaktight.catalog.table import Column, Table, TableName, same_end
from leaktight.context import path_context
from leaktight.languages.sql.scope import Relation, Scope
from leaktight.lazy import record

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument

_OPAQUE = frozenset({"virtual", "foreign"})
"""Kinds of tables that have columns which no declaration names."""
_DATABASES = frozenset({"mysql", "sqlite", "oracle", "clickhouse", "tsql"})
"""Engines in which whoever connects says in which schema or database a name without one is."""


@record(frozen=True, slots=True, eq=False)
class KnownColumn:
    """A column of the catalog, and the table it is of."""

    table: Table
    column: Column


class KnownTables:
    """Answers for the tables that one document names, and remembers the answers."""

    def __init__(self, sql: SqlDocument) -> None:
        self._sql = sql
        self._tables: dict[int, Table | None] = {}
        self._namesakes: dict[int, list[Table]] = {}

    def table(self, node: exp.Expr) -> Table | None:
        """Give the table with columns that a Table node means, of the same kind of engine; None where that is not certain."""
        if id(node) not in self._tables:
            self._tables[id(node)] = self._meant(node)
        return self._tables[id(node)]

    def _meant(self, node: exp.Expr) -> Table | None:
        sql = self._sql
        table = sql.table(node)
        if table is None or not table.columns or table.kind in _OPAQUE:
            return None
        if not compatible(table.dialect, sql.dialect) and not self._is_wrong_guess(table):
            return None
        if isinstance(node, exp.Table) and not self._is_named(node, table):
            return None
        return None if sql.has_hole(node) and not table.scope else table

    def _is_wrong_guess(self, table: Table) -> bool:
        """Say whether the dialect is a guess by the files beside the code, and all such tables are of one other engine."""
        sql = self._sql
        if sql.dialect_is_told or not sql.region.embedded:
            return False
        return len({engine(other.dialect) for other in sql.catalog.named(table.name.name)}) == 1

    def _is_named(self, node: exp.Table, table: Table) -> bool:
        """Say whether a name means a table by the schema it is in, as far as both say that.

        A name without a schema is looked for in those of the search path, which nobody knows but for the default one; where
        a statement says it for the table, it is likely to be said for the query too.
        """
        given, parts = len(node.parts), table.name.folded
        if given > len(parts):
            return not table.temporary  # `audit.runs` is not the temporary table `runs` of the same script
        if given > 1 or len(parts) == 1 or parts[-2] in DEFAULT_SCHEMAS or table.scope or "schema" in table.places:
            return True
        path = table.path
        return (
            path == self._sql.source.path
            or engine(self._sql.dialect) in _DATABASES
            or self._sql.search_path(node).has(parts[-2])
        )

    def relations(self, scope: Scope) -> list[tuple[Relation, Table]]:
        """Give the relations of a query that are tables of the catalog, each with what is known of it."""
        known = ((relation, self._sql.relation_table(relation)) for relation in scope.relations)
        return [(relation, table) for relation, table in known if table is not None]

    def may_be(self, table: Table, name: TableName) -> bool:
        """Say whether a name may mean a table: one is the end of the other, with case and quotes as the engine reads them."""
        return table.name.same(name) and likeness(table.name, name, table.dialect, self._sql.dialect) > Likeness.NONE

    def namesakes(self, table: Table) -> list[Table]:
        """Give the other tables of the project that a name of this one may mean too."""
        if id(table) not in self._namesakes:
            found: list[Table] = []
            if table.location is None or table.location.path != self._sql.source.path:
                found = [
                    other
                    for other in self._sql.catalog.named(table.name.name)
                    if other is not table
                    and not other.temporary
                    and same_end(other.name.folded, table.name.folded)
                    and likeness(other.name, table.name, other.dialect, table.dialect)
                    and compatible(other.dialect, self._sql.dialect)
                ]
            self._namesakes[id(table)] = found
        return self._namesakes[id(table)]

    def dialect_for(self, table: Table) -> str:
        """Give the dialect of the engine that runs a query of a table; empty where that is no more than a guess.

        The document tells it, or all declarations of such a table do and the files beside the document say no other.
        """
        sql = self._sql
        if sql.dialect_is_told:
            return sql.dialect
        declared = {other.dialect for other in sql.catalog.named(table.name.name)}
        return table.dialect if declared == {table.dialect} and sql.dialect in ("", table.dialect) else ""

    def complete(self, table: Table) -> bool:
        """Say whether all columns of a table are known, and their order, whichever of its namesakes is meant."""
        if not self._is_whole(table) or self._sql.catalog.disputed(table.name, "columns"):
            return False
        return all(tuple(other.columns) == tuple(table.columns) for other in self.namesakes(table))

    def lacks(self, table: Table, name: str) -> bool:
        """Say whether neither a table, all of whose columns are known, nor any namesake of it has a column.

        Another step may have added it since where the table is one that a query fills; see `declares`.
        """
        if not self._names_all(table) or table.column(name) is not None:
            return False
        if self._sql.catalog.disputed(table.name, "columns", name):
            return False
        if any(key.strip('`"[]') == name.lower() for key in table.columns):
            return False  # a description that writes its names in quotes
        return not any(other.column(name) is not None or not other.complete for other in self.namesakes(table))

    def declares(self, table: Table) -> bool:
        """Say whether what is known of a table is its declaration, for the engine of the document.

        One that a script makes of a query, as its columns without types show, another step often fills in.
        """
        if not compatible(table.dialect, self._sql.dialect):
            return False
        made = table.kind == "table" and (not table.origins or table.origins[-1][0] == Origin.DERIVED)
        return not made or all(one.type is not None for one in table.columns.values())

    def _is_whole(self, table: Table) -> bool:
        return self._names_all(table) and self.declares(table)

    def _names_all(self, table: Table) -> bool:
        """Say whether all columns of a table are known, and not just of one for a test or an example."""
        if not table.complete or not table.columns:
            return False
        path = table.path
        declared = path_context(path)
        return path == self._sql.source.path or not (declared.test or declared.fixture)

    def known(self, table: Table, name: str) -> KnownColumn | None:
        """Give a column of a table, without a type or nullability that sources or namesakes dispute; None if one lacks it."""
        column = table.column(name)
        if column is None:
            return None
        theirs = [other.column(name) for other in self.namesakes(table)]
        if None in theirs:
            return None
        kinds = {family(one.type) for one in (column, *theirs) if one is not None}
        nulls = {one.nullable for one in (column, *theirs) if one is not None}
        if len(kinds) > 1 or self._sql.catalog.disputed(table.name, "type", name):
            column = replace(column, type=None)
        if len(nulls) > 1 or self._sql.catalog.disputed(table.name, "nullable", name):
            column = replace(column, nullable=None)
        return KnownColumn(table, column)

    def read_otherwise(self, table: Table, identifier: exp.Expr) -> tuple[str, str] | None:
        """Give what the engine makes of a column's name and as what it keeps the column of the table, where case or quotes keep
        the one from the other; else None."""
        column = table.column(identifier.name)
        if column is None or self._sql.has_hole(identifier):
            return None
        if any(other.column(identifier.name) != column for other in self.namesakes(table)):
            return None
        quoted = bool(identifier.args.get("quoted"))
        return read_otherwise(identifier.name, self._sql.dialect, table, column, quoted=quoted)
