"""Indexes that SQLAlchemy is told of beside the table: `Index("ix_email", func.lower(User.email))` behind the class."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from leaktight.catalog.table import Index, Table, TableName
from leaktight.operations.python_schema import sqlalchemy_columns as columns
from leaktight.operations.python_schema.code import Code, plain_arguments
from leaktight.operations.python_schema.sqlalchemy_classes import SqlalchemyModels
from leaktight.operations.python_schema.statements import statements_of


def with_indexes(code: Code, models: SqlalchemyModels, tables: Iterable[Table]) -> list[Table]:
    """Give the tables of a module with the indexes that its statements add to them."""
    found = list(tables)
    for statement in statements_of(code.document.tree.body):
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) else None
        if not isinstance(value, ast.Call) or code.last(value.func) != "Index":
            continue
        read = _read(code, models, value)
        for at, table in enumerate(found if read is not None else ()):
            if read is not None and table.name == read[0]:
                found[at] = replace(table, indexes=(*table.indexes, read[1]))
    return found


def _read(code: Code, models: SqlalchemyModels, call: ast.Call) -> tuple[TableName, Index] | None:
    arguments = list(plain_arguments(call))
    names = {name for item in arguments[1:] for node in ast.walk(item) if (name := _owner(node)) is not None}
    owners = {name: table for name in names if (table := models.table_of(name)) is not None}
    if len(owners) != 1:
        return None
    index = columns.read_index(code, call, code.text(arguments[0]), arguments[1:])
    return (next(iter(owners.values())), index) if index is not None else None


def _owner(node: ast.AST) -> str | None:
    """Give the name of a model or table of which an expression takes a column: `User.email`, `users.c.email`."""
    if not isinstance(node, ast.Attribute | ast.Subscript):
        return None
    above = node.value
    if isinstance(above, ast.Attribute) and above.attr in {"c", "columns"}:
        above = above.value
    if isinstance(above, ast.Attribute) and above.attr == "__table__":
        above = above.value
    return above.id if isinstance(above, ast.Name) else None
