"""What the arguments of a table add up to, as SQLAlchemy writes them, in its models, its tables and in Alembic's operations."""

from __future__ import annotations

import ast
from dataclasses import field, replace
from typing import Any

from leaktight.catalog.table import Check, Column, Index, Key, KeyKind, Partitioning
from leaktight.lazy import record
from leaktight.operations.python_schema import sqlalchemy_columns as columns
from leaktight.operations.python_schema.checks import read_sqlalchemy_check
from leaktight.operations.python_schema.code import Code, plain_arguments

_WHOLE_NUMBERS = frozenset({"INTEGER", "BIGINT", "SMALLINT"})


@record(slots=True)
class SqlalchemyParts:
    """What the arguments of a table add up to; `complete` as in `Table`."""

    columns: dict[str, Column] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    names: dict[str, ast.expr] = field(default_factory=dict)
    complete: bool = True
    counting: dict[str, bool | None] = field(default_factory=dict)
    """What each column's `autoincrement` says."""


def add_part(
    code: Code,
    node: ast.expr,
    parts: SqlalchemyParts,
    dialect: str,
    table: str,
    models: columns.TABLE_OF_MODEL = columns.no_models,
) -> None:
    """Add one argument of `Table(…)`, of `op.create_table(…)` or of `__table_args__`."""
    part = code.value(node)
    if not isinstance(part, ast.Call):
        parts.complete = False
        return
    name = code.last(part.func)
    if columns.is_column(code, part):
        column = columns.read_column(code, part, dialect, None, models)
        if column is None:
            parts.complete = False
        else:
            add_column(column, parts, table)
    elif name == "Index":
        arguments = list(plain_arguments(part))
        named = code.text(arguments[0]) if arguments else None
        index = columns.read_index(code, part, named, arguments[1:])
        parts.indexes += [index] if index is not None else []
    elif name == "CheckConstraint":
        check = read_sqlalchemy_check(code, part)
        parts.checks += [check] if check is not None else []
    elif name.endswith("Constraint"):
        key = columns.read_constraint(code, part, models)
        parts.keys += [key] if key is not None else []
    elif name != "DDL":
        parts.complete = False


def add_column(found: columns.SqlalchemyColumn, parts: SqlalchemyParts, table: str) -> None:
    """Add a column with its keys and its index to those of a table."""
    name = found.column.name
    parts.columns[name.lower()] = found.column
    parts.keys += found.keys
    if found.own_name is not None:
        parts.names[name.lower()] = found.own_name
    if found.index:
        parts.indexes.append(columns.index_of(found, table))
    parts.counting[name.lower()] = found.autoincrement


def settle(parts: SqlalchemyParts) -> None:
    """Bring columns and keys together: one primary key of all its columns, none of them nullable, one column counting up."""
    primary = [key for key in parts.keys if key.kind is KeyKind.PRIMARY]
    if len(primary) > 1:
        whole = max(primary, key=lambda key: len(key.columns))
        if len(whole.columns) == 1:
            whole = replace(whole, columns=tuple(dict.fromkeys(name for key in primary for name in key.columns)))
        parts.keys = [whole, *(key for key in parts.keys if key.kind is not KeyKind.PRIMARY)]
        primary = [whole]
    for key in primary:
        for name in key.columns:
            column = parts.columns.get(name.lower())
            if column is not None:
                parts.columns[name.lower()] = replace(column, nullable=False)
    only = primary[0].columns if primary else ()
    column = parts.columns.get(only[0].lower()) if len(only) == 1 else None
    if column is None or column.type not in _WHOLE_NUMBERS or column.default is not None:
        return
    refers = any(key.kind is KeyKind.FOREIGN and key.columns == only for key in parts.keys)
    counting = parts.counting.get(column.name.lower())
    if counting is True or (counting is None and not refers):
        parts.columns[column.name.lower()] = replace(column, generated=True)


def partitioning(code: Code, node: ast.expr | None) -> Partitioning | None:
    """Give what `postgresql_partition_by="RANGE (created_at)"` says; None unless it names plain columns."""
    text = code.text(node)
    if node is None or text is None:
        return None
    kind, opened, rest = text.partition("(")
    columns = tuple(part.strip() for part in rest.rstrip().removesuffix(")").split(","))
    if not opened or kind.strip().lower() not in {"range", "list", "hash"}:
        return None
    if not all(column.isidentifier() for column in columns):
        return None
    return Partitioning(columns, text.strip(), kind.strip().lower(), location=code.place(node))


def table_words(code: Code, comment: ast.expr | None, info: ast.expr | None) -> dict[str, Any]:
    """Give what `comment=` and `info={…}` say of a table: its comment, owner, retention and tags, and their places."""
    known = code.mapping(info)
    nodes: dict[str, ast.expr | None] = {
        **{fact: known[fact] for fact in ("owner", "retention") if fact in known},
        "comment": comment,
    }
    said = {
        fact: (text, node) for fact, node in nodes.items() if node is not None and (text := code.text(node)) is not None
    }
    if not said and "tags" not in known:
        return {}
    places = {fact: code.place(node) for fact, (_, node) in said.items()}
    return {
        **{fact: text for fact, (text, _) in said.items()},
        "tags": code.texts(known.get("tags")) or (),
        "places": places,
    }
