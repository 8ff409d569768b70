"""What the options of a Django model make of its fields: the one table that models and migrations alike describe."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace

from leaktight.catalog.renaming import with_names
from leaktight.catalog.table import Check, Column, Index, Key, KeyKind, Table
from leaktight.diagnostics import Location
from leaktight.operations.python_schema.checks import read_django_check
from leaktight.operations.python_schema.code import Code
from leaktight.operations.python_schema.django_fields import Field, Model, name_of_table, read_index, read_unique


def together(code: Code, node: ast.expr | None) -> list[tuple[str, ...]] | None:
    """Give the fields of each set in `unique_together`, which may be one set alone; None where they are not known."""
    if node is None or code.is_none(node):
        return []
    items = code.items(node)
    if items is None:
        node = code.value(node)
        # Migrations write an empty set as `set()`.
        empty = isinstance(node, ast.Call) and code.last(node.func) in {"set", "list", "tuple"} and not node.args
        return [] if empty else None
    if items and all(code.text(item) is not None for item in items):
        return [code.texts(node) or ()]
    sets = [code.texts(item) for item in items]
    return [one for one in sets if one] if None not in sets else None


def table_of_model(
    code: Code,
    model: Model,
    fields: Iterable[Field],
    options: Mapping[str, ast.expr],
    place: Location,
    dialect: str,
    *,
    complete: bool,
) -> Table:
    """Give the table of a model; `options` are those of its `Meta`."""
    columns: dict[str, Column] = {}
    keys: list[Key] = []
    indexes: list[Index] = []
    checks: list[Check] = []
    for field in fields:
        if field.column is not None:
            columns[field.column.name.lower()] = field.column
        keys += field.keys
        indexes += [field.index] if field.index is not None else []
    by_field = {column.field: column.name for column in columns.values() if column.field}
    by_lower = {field.lower(): name for field, name in by_field.items()}

    def spelled(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(by_field.get(name, name) for name in names)

    for names in together(code, options.get("unique_together")) or ():
        keys.append(Key(KeyKind.UNIQUE, names, location=place))
    for names in together(code, options.get("index_together")) or ():
        indexes.append(Index(None, names, location=place))
    for item in code.items(options.get("indexes")) or ():
        index = read_index(code, item)
        indexes += [index] if index is not None else []
    for item in code.items(options.get("constraints")) or ():
        unique = read_unique(code, item)
        check = read_django_check(code, item)
        checks += [check] if check is not None else []
        if isinstance(unique, Key):
            keys.append(unique)
        elif unique is not None:
            indexes.append(unique)
    named, comment = options.get("db_table"), options.get("db_table_comment")
    text = code.text(named)
    name = name_of_table(text) if text else model.table
    where = code.place(named) if named is not None and text else place
    return Table(
        name,
        columns,
        tuple(replace(key, columns=spelled(key.columns)) for key in keys),
        tuple(with_names(one, by_lower) for one in indexes),
        complete=complete,
        checks=tuple(checks),
        dialect=dialect,
        comment=code.text(comment),
        location=where,
        places={"comment": code.place(comment)} if comment is not None else {},
        model=model.label if name.folded != (model.label,) else None,
    )
