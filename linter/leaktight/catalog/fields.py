"""Columns by the names that an object mapper's migrations have for them: `customer` for the column `customer_id`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from leaktight.catalog.change import (
    AddIndex,
    AddKey,
    AlterColumn,
    DropColumn,
    DropIndex,
    DropKey,
    RenameColumn,
    TableChange,
)
from leaktight.catalog.renaming import renamed, with_names
from leaktight.catalog.table import Table, TableName


def with_columns(table: Table, change: TableChange) -> TableChange:
    """Give a change with each field that it names as the column that the field stands for."""
    fields = {column.field.lower(): column.name for column in table.columns.values() if column.field}
    if not fields:
        return change

    def one(name: str) -> str:
        return name if name.lower() in table.columns else fields.get(name.lower(), name)

    def all_of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one(name) for name in names)

    match change:
        case DropColumn() | AlterColumn():
            return replace(change, column=one(change.column))
        case AddKey(key=key):
            return replace(change, key=replace(key, columns=all_of(key.columns)))
        case AddIndex(index=index):
            others = {field: name for field, name in fields.items() if field not in table.columns}
            return replace(change, index=with_names(index, others))
        case DropKey() | DropIndex():
            return replace(change, columns=all_of(change.columns))
    return change


def with_column_renamed(table: Table, change: RenameColumn) -> Table:
    """Give a table as it is after a column, or the field that stands for one, is renamed."""
    name = change.column.lower()
    held = table.columns.get(name)
    pinned = held is not None and held.field is not None and held.field.lower() == name and change.field is None
    if held is not None and not pinned:
        after = renamed(table, name, change.to, quoted=change.quoted)
        after = replace(after, dropped=after.dropped | {name})
        return _with_field(after, change.to, change.field) if change.field is not None else after
    column = next((item for item in table.columns.values() if (item.field or "").lower() == name), None)
    if column is None or column.field is None:
        return table
    if change.field is not None:
        to, field = change.to, change.field
    else:
        # A field that names its column itself keeps it.
        follows = column.name.lower() == f"{column.field}_id".lower()
        to, field = (f"{change.to}_id" if follows else column.name), change.to
    after = renamed(table, column.name.lower(), to, quoted=change.quoted)
    return _with_field(after, to, field)


def _with_field(table: Table, name: str, field: str) -> Table:
    column = table.columns.get(name.lower())
    if column is None:
        return table
    return replace(table, columns={**table.columns, name.lower(): replace(column, field=field or None)})


_LONGEST_CHAIN = 4
"""How many keys in a row, each to a column that is itself a key to another, are followed for a type."""


def complete_references(tables: dict[int, Table], find: Callable[[Table, TableName], Table | None]) -> None:
    """Give the tables' keys that refer to models their tables, and columns without a type that of the column they refer to.

    `find` gives the table that is meant by the reference of a table's key.
    """
    waiting = [key for key, table in tables.items() if any(item.references is not None for item in table.keys)]
    for _ in range(_LONGEST_CHAIN):
        for key in waiting:
            tables[key] = _with_references(tables[key], find)
        open_ones = [key for key in waiting if _has_open_type(tables[key])]
        if len(open_ones) == len(waiting):
            return
        waiting = open_ones


def _has_open_type(table: Table) -> bool:
    names = {name.lower() for key in table.keys if key.references is not None for name in key.columns}
    return any(column.type is None for name in names if (column := table.columns.get(name)) is not None)


def _with_references(table: Table, find: Callable[[Table, TableName], Table | None]) -> Table:
    keys = []
    columns = dict(table.columns)
    for key in table.keys:
        target = find(table, key.references) if key.references is not None else None
        if target is None or key.references is None:
            keys.append(key)
            continue
        keys.append(replace(key, references=target.name) if key.references.name == target.model else key)
        primary = target.primary_key
        others = key.referenced_columns or (primary.columns if primary is not None else ())
        for name, other in zip(key.columns, others, strict=False):
            column, refers = columns.get(name.lower()), target.column(other)
            if column is not None and column.type is None and refers is not None:
                columns[name.lower()] = replace(column, type=refers.type)
    return replace(table, keys=tuple(keys), columns=columns)
