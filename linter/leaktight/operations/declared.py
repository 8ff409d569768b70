"""What DDL that a database keeps or writes says: read as a file's is, for what its catalog has no columns for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.change import AddIndex, CreateTable, TableChange, TypeChange
from leaktight.catalog.table import Index, Partitioning, Table
from leaktight.context import path_context
from leaktight.languages.sql.document import parse_sql
from leaktight.operations.table_changes import table_changes
from leaktight.source import Language, NotAnalysable, Region, Source

_LARGEST = 200_000


def declared_index(ddl: str, dialect: str) -> Index | None:
    """Give the index that a CREATE INDEX makes, None where it is not understood."""
    return next((_placeless(change.index) for change in _changes(ddl, dialect) if isinstance(change, AddIndex)), None)


def declared_table(ddl: str, dialect: str) -> Table | None:
    """Give the table that a CREATE TABLE makes, None where it is not understood."""
    return next((change.table for change in _changes(ddl, dialect) if isinstance(change, CreateTable)), None)


def declared_partitioning(clause: str, dialect: str) -> Partitioning | None:
    """Give what stands behind PARTITION BY as a partitioning, None where it is not understood."""
    table = declared_table(f"CREATE TABLE t (unknown INT) PARTITION BY {clause}", dialect)
    return replace(table.partitioning, location=None) if table is not None and table.partitioning is not None else None


def _placeless(index: Index) -> Index:
    return replace(index, location=None)


def _changes(ddl: str, dialect: str) -> Iterator[TableChange | TypeChange]:
    if len(ddl) > _LARGEST:
        return
    source = Source("catalog.sql", ddl, Language.SQL)
    try:
        document = parse_sql(Region.whole(source), source, dialect, Catalog(), path_context(source.path))
        yield from table_changes(document)
    except NotAnalysable:
        return
