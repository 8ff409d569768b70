"""Gives the tables of a change the schema and database that the statements above it choose."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from leaktight.catalog.change import AddColumn, AddKey, CreateTable, RenameTable, TableChange, TypeChange
from leaktight.catalog.search_path import SearchPath
from leaktight.catalog.table import Key, Table, TableName
from leaktight.operations.ddl.actions import AddedColumn
from leaktight.operations.ddl.create import DeclaredTable

Read = TableChange | TypeChange | DeclaredTable | AddedColumn
"""What a statement does, as it is read."""


_Read = TypeVar("_Read", bound=Read)


def placed(item: _Read, path: SearchPath) -> _Read:
    """Give what a statement does with the names that its tables have where `path` is searched.

    What is created is put in the first schema. What is changed may be in any of several: there the name stays as it is.
    """
    if isinstance(item, (DeclaredTable, AddedColumn)):
        return replace(item, change=_placed(item.change, path))  # type: ignore[arg-type]
    return item if isinstance(item, TypeChange) else _placed(item, path)  # type: ignore[return-value]


def _placed(change: TableChange, path: SearchPath) -> TableChange:
    names: dict[str, Any] = {}
    for one in fields(change):
        value = getattr(change, one.name)
        if isinstance(value, TableName) and not (isinstance(change, RenameTable) and one.name == "to"):
            names[one.name] = path.only(value)
    match change:
        case CreateTable(table=table, inherits=inherits):
            names["table"] = _table(table, path)
            names["inherits"] = tuple(map(path.only, inherits))
        case AddKey(key=key):
            names["key"] = _key(key, path)
        case AddColumn(keys=keys):
            names["keys"] = tuple(_key(key, path) for key in keys)
    return replace(change, **names)


def _table(table: Table, path: SearchPath) -> Table:
    keys = tuple(_key(key, path) for key in table.keys)
    if table.temporary:
        return replace(table, keys=keys)
    name = path.created(table.name)
    if name is table.name:
        return replace(table, keys=keys)
    places = table.places if path.location is None else {**table.places, "schema": path.location}
    return replace(table, name=name, keys=keys, places=places)


def _key(key: Key, path: SearchPath) -> Key:
    return key if key.references is None else replace(key, references=path.only(key.references))
