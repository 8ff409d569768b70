"""The tables that a file of DDL leads to, and a table's facts in a form in which two of them can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from leaktight.catalog.catalog import Catalog, catalog_of
from leaktight.catalog.table import Table
from leaktight.context import path_context
from leaktight.languages.sql.column_types import _canonical
from leaktight.languages.sql.document import parse_sql
from leaktight.operations.table_changes import table_changes
from leaktight.source import Language, Region, Source


def catalog_of_file(path: Path, dialect: str) -> dict[str, Table]:
    source = Source("ddl/shop.sql", path.read_text(), Language.SQL)
    document = parse_sql(Region.whole(source), source, dialect, Catalog(), path_context(source.path))
    return {str(table.name): table for table in catalog_of(table_changes(document))}


def described(table: Table, dialect: str) -> dict[str, Any]:
    """Give a table's facts, types by meaning, names of keys left out: an engine makes up those that DDL does not give."""
    partitioning = table.partitioning
    return {
        "kind": table.kind,
        "comment": table.comment,
        "columns": [
            (
                column.name,
                _canonical(column.type or "", dialect),
                column.nullable,
                column.default,
                column.generated,
                column.comment,
            )
            for column in table.columns.values()
        ],
        "keys": sorted(
            (key.kind.value, key.columns, str(key.references or ""), key.referenced_columns) for key in table.keys
        ),
        "indexes": sorted(
            (index.name, index.columns, index.unique, index.predicate, index.method, index.included)
            for index in table.indexes
        ),
        "partitioning": partitioning and (partitioning.kind, partitioning.columns, partitioning.granularity),
    }
