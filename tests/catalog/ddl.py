"""Reads DDL for the tests of this folder: text in, changes or a catalog out."""

from __future__ import annotations

from leaktight.catalog.catalog import Catalog, catalog_of
from leaktight.catalog.change import CreateTable, TableChange
from leaktight.catalog.order import ordered
from leaktight.catalog.table import Table
from leaktight.context import path_context
from leaktight.embedding.jinja import mask
from leaktight.languages.sql.document import SqlDocument, parse_sql
from leaktight.operations.table_changes import table_changes
from leaktight.source import Language, Region, Source


def document(text: str, dialect: str, path: str = "ddl/tables.sql") -> SqlDocument:
    source = Source(path, text, Language.SQL)
    region = next(iter(mask(Region.whole(source))))
    return parse_sql(region, source, dialect, Catalog(), path_context(path))


def changes(text: str, dialect: str, path: str = "ddl/tables.sql") -> list[TableChange]:
    return table_changes(document(text, dialect, path))


def created(text: str, dialect: str) -> Table:
    found = changes(text, dialect)
    assert len(found) == 1, found
    assert isinstance(found[0], CreateTable)
    return found[0].table


def catalog(files: dict[str, str], dialect: str = "postgres") -> Catalog:
    return catalog_of(change for path in ordered(files).paths for change in changes(files[path], dialect, path))
