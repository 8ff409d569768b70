"""Reads whole projects for the tests of sources: files in, what they tell and the catalog out, gates included."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.declaration import Declaration, joined
from leaktight.catalog.table import Column, Index, Key, Table, TableName
from leaktight.files import data_language
from leaktight.operations.dbt.settling import settled
from leaktight.operations.facts import file_facts, fold_facts, tells_facts
from leaktight.operations.project import FileFacts, Project
from leaktight.source import Source

SHOP = Path(__file__).parent / "shop_sources"


def alone(path: str, text: str, dialect: str | None = None) -> FileFacts:
    """Give what one file tells where it is all of the project: without dbt's own file it is none of dbt's."""
    found = facts(path, text, dialect)
    declarations = settled(joined(found.declarations, found.elsewhere), found.dbt, {path: found})[0]
    return replace(found, declarations=tuple(declarations))


def facts(path: str, text: str, dialect: str | None = None) -> FileFacts:
    """Give what one file tells, gates included."""
    language = data_language(path.rpartition("/")[2])
    assert language is not None, path
    if not tells_facts(path, text.encode(), language):
        return FileFacts()
    return file_facts(Source(path, text, language), dialect, Project())


def project(files: dict[str, str], dialect: str | None = "postgres") -> Catalog:
    return fold_facts(((path, facts(path, text, dialect)) for path, text in files.items()), Project()).catalog


def fixture(folder: str) -> dict[str, str]:
    """Give the files of a folder of the fixture, each with its path in it."""
    root = SHOP / folder
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def declared(path: str, text: str) -> dict[str, Declaration]:
    """Give the tables that one file declares, by their names."""
    return {str(item.table.name): item for item in alone(path, text).declarations}


def table(catalog: Catalog, name: str) -> Table:
    found = catalog.table(TableName(tuple(name.split("."))))
    assert found is not None, name
    return found


_SAME = {
    "INT": "INTEGER", "INT64": "BIGINT", "INT8": "BIGINT", "LONG": "BIGINT", "DECIMAL": "NUMERIC", "BPCHAR": "CHAR",
    "CHARACTER": "CHAR", "CHARACTER VARYING": "VARCHAR", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "BIGNUMERIC": "NUMERIC",
    "DOUBLE": "DOUBLE PRECISION", "BOOL": "BOOLEAN",
}  # fmt: skip


def meaning(type_: str | None) -> str | None:
    """Give a type under one name of several that mean the same."""
    if type_ is None:
        return None
    head, bracket, rest = type_.partition("(")
    return _SAME.get(head.strip(), head.strip()) + bracket + rest.replace(" ", "")


def shapes(found: Table) -> dict[str, tuple[str | None, bool | None]]:
    """Give each column's type, by its meaning, and whether it may hold NULL."""
    return {name: (meaning(column.type), column.nullable) for name, column in found.columns.items()}


def keys(found: Table) -> set[tuple[str, tuple[str, ...], str]]:
    def of(key: Key) -> tuple[str, tuple[str, ...], str]:
        to = f"{key.references}({', '.join(key.referenced_columns)})" if key.references is not None else ""
        return key.kind.value, key.columns, to

    return {of(key) for key in found.keys}


def index_facts(index: Index) -> tuple[str | None, tuple[str, ...], bool]:
    return index.name, index.columns, index.unique


def column(found: Table, name: str) -> Column:
    of_name = found.column(name)
    assert of_name is not None, name
    return of_name
