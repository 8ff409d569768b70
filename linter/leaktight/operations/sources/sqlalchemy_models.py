"""Declarative models of SQLAlchemy and SQLModel, and tables of SQLAlchemy's Core."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Table
from leaktight.diagnostics import Location
from leaktight.operations.file import FileView
from leaktight.operations.python_schema import sqlalchemy_columns as columns
from leaktight.operations.python_schema import sqlalchemy_tables as tables
from leaktight.operations.python_schema.code import Arguments, Code, plain_arguments
from leaktight.operations.python_schema.dialect import dialect_of
from leaktight.operations.python_schema.sqlalchemy_classes import SqlalchemyModels
from leaktight.operations.python_schema.sqlalchemy_indexes import with_indexes
from leaktight.operations.python_schema.statements import statements_of


def read(view: FileView) -> Iterator[Declaration]:
    """Yield the tables that models and `Table(…)` declare."""
    for document in view.python:
        code = Code.of_module(document)
        if "down_revision" in code.names:
            # What a migration declares for itself is how a table was at its time.
            continue
        dialect = dialect_of(code, view.configured_dialect or view.project.dialect_hint(view.source.path))
        models = SqlalchemyModels(code, dialect)
        for table in with_indexes(code, models, (*models.tables(), *_core_tables(code, dialect, models))):
            yield Declaration(table, Origin.MODEL)


def _core_tables(code: Code, dialect: str, models: SqlalchemyModels) -> Iterator[Table]:
    for statement in statements_of(code.document.tree.body):
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) else None
        if isinstance(value, ast.Call) and _makes_table(code, value):
            table = _core_table(code, value, dialect, models)
            if table is not None:
                yield table


def _makes_table(code: Code, call: ast.Call) -> bool:
    path = code.path(call.func)
    if path.rpartition(".")[2] != "Table" or len(call.args) < 2:
        return False
    return path.startswith("sqlalchemy.") or any(columns.is_column(code, code.value(item)) for item in call.args)


def _core_table(code: Code, call: ast.Call, dialect: str, models: SqlalchemyModels) -> Table | None:
    found = Arguments(code, call, ("name", "metadata"))
    own = found.get("name")
    name = columns.schema_table(code, own, found.get("schema"))
    # A MetaData that stands elsewhere may have a schema of its own.
    if name is None or own is None:
        return None
    name = models.in_schema_of_metadata(name, found.get("metadata"))
    reflected = any((item.arg or "").startswith("autoload") for item in call.keywords)
    parts = tables.SqlalchemyParts(complete=not found.is_open and not reflected)
    arguments = plain_arguments(call)
    # `db.Table` of Flask-SQLAlchemy knows its metadata itself.
    second = code.value(arguments[1]) if len(arguments) > 1 else None
    for item in arguments[1 if isinstance(second, ast.Call) and _is_part(code, second) else 2 :]:
        tables.add_part(code, item, parts, dialect, name.name, models.table_of)
    tables.settle(parts)
    place: Location = code.place(own)
    return Table(
        name,
        parts.columns,
        tuple(parts.keys),
        tuple(parts.indexes),
        tables.partitioning(code, found.get("postgresql_partition_by")),
        complete=parts.complete and bool(parts.columns),
        checks=tuple(parts.checks),
        dialect=dialect,
        location=place,
        **tables.table_words(code, found.get("comment"), found.get("info")),
    )


def _is_part(code: Code, call: ast.Call) -> bool:
    return columns.is_column(code, call) or code.last(call.func).endswith(("Constraint", "Index"))
