"""The statements of a SQL document that make, change, drop and fill a table, found by its name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Generic, TypeVar

from sqlglot import exp

from leaktight.catalog.table import TableName
from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.ddl.create import DeclaredTable
from leaktight.operations.table_changes import declared_tables

_One = TypeVar("_One")


class _ByName(Generic[_One]):
    """Things by the name of a table, which one that is the end of the other may mean as well."""

    def __init__(self, named: Iterable[tuple[TableName | None, _One]]) -> None:
        self._found: dict[str, list[tuple[TableName, _One]]] = {}
        for name, one in named:
            if name is not None:
                self._found.setdefault(name.folded[-1], []).append((name, one))

    def of(self, name: TableName) -> list[_One]:
        return [one for other, one in self._found.get(name.folded[-1], ()) if other.same(name)]


class NamedStatements:
    """Answers for one document, of which each statement is read once, however many tables are asked for."""

    def __init__(self, document: SqlDocument) -> None:
        self._document = document

    def made(self, name: TableName) -> list[DeclaredTable]:
        """Give the tables and views that the document creates under a name, in their order."""
        return self._made.of(name)

    def dropped(self, name: TableName) -> list[int]:
        """Give where a table's name stands in the DROPs of it: the offsets in the region, the first one first."""
        return sorted(self._dropped.of(name))

    def filled(self, name: TableName) -> list[int]:
        """Give where the statements begin that INSERT, COPY or MERGE into a table: the offsets, the first one first."""
        return sorted(self._filled.of(name))

    def altered(self, name: TableName) -> list[exp.Alter]:
        """Give the ALTERs of a table."""
        return self._altered.of(name)

    @cached_property
    def _made(self) -> _ByName[DeclaredTable]:
        return _ByName((one.table.name, one) for one in declared_tables(self._document))

    @cached_property
    def _dropped(self) -> _ByName[int]:
        document = self._document
        nodes = (node for drop in document.find(exp.Drop) for node in clauses.dropped_tables(drop))
        return _ByName((clauses.table_name(node), document.span(node).start) for node in nodes)

    @cached_property
    def _filled(self) -> _ByName[int]:
        document = self._document
        return _ByName(
            (clauses.table_name(clauses.target(fill)), document.statement_of(fill).span.start)
            for fill in document.find(exp.Insert, exp.Copy, exp.Merge)
        )

    @cached_property
    def _altered(self) -> _ByName[exp.Alter]:
        return _ByName((clauses.table_name(clauses.target(one)), one) for one in self._document.find(exp.Alter))


def named_statements(document: SqlDocument) -> NamedStatements:
    """Give the statements of a document by the tables that they name."""
    return document.remembered(NamedStatements)
