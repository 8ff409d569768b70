"""What the operations of Alembic and Django do to the schema, one step after the other, and the SQL that they run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from leaktight.catalog.change import (
    AddColumn,
    AddIndex,
    AlterColumn,
    CreateTable,
    DropColumn,
    DropIndex,
    RenameColumn,
    RenameIndex,
    UnknownChange,
)
from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import TableName
from leaktight.languages.sql.document import SqlDocument
from leaktight.lazy import record
from leaktight.operations.python_schema.alembic_operations import alembic_operations
from leaktight.operations.python_schema.django_operations import django_operations, migration_of
from leaktight.operations.python_schema.hosted import HostedChanges
from leaktight.operations.schema_change import How, SchemaChange

if TYPE_CHECKING:
    from leaktight.catalog.change import TableChange
    from leaktight.languages.python.document import PythonDocument
    from leaktight.operations.file import FileView
    from leaktight.operations.project import Project
    from leaktight.operations.python_schema.operation import Operation

_STORED = frozenset({"Computed", "GeneratedField"})


@record(frozen=True, slots=True)
class HostStep:
    """A change that an operation makes, or a document of the SQL that it runs.

    `in_transaction` is None where the migration does not say.
    """

    step: SchemaChange | SqlDocument
    in_transaction: bool | None = None


def python_steps(view: FileView) -> Iterator[HostStep]:
    """Yield the steps of the migrations of a file, in the order that they are run in."""
    for document in view.python:
        hosted = HostedChanges(view, document)
        if migration_of(document) is not None:
            operations, opens = django_operations(document, hosted.hint), None
        else:
            # Outside its `autocommit_block()` Alembic runs a migration in a transaction.
            operations, opens = alembic_operations(document, hosted.hint), True
        for operation in operations:
            inside = operation.in_transaction if operation.in_transaction is not None else opens
            if operation.change is not None:
                change = _plain(operation.change, view.project)
                if change is not None and not operation.implied:
                    yield HostStep(_step(document, operation, change), inside)
                continue
            for sql in hosted.sql(operation.call):
                yield HostStep(sql, inside)


def _plain(change: TableChange, project: Project) -> TableChange | None:
    """Give a change without what it says again: Django's `AlterField` names all of a column, changed or not."""
    if isinstance(change, UnknownChange | RenameIndex) or _renames_field_alone(change, project):
        return None
    if isinstance(change, DropColumn) and not _had_column(change, project):
        return None
    if not isinstance(change, AlterColumn) or change.generated is None:
        return change
    table = project.catalog.table(change.name, change.dialect, change.path)
    column = table.column(change.column) if table is not None else None
    before = next((one[1:] for one in column.former if one[0] == change.location), None) if column is not None else None
    if before is None:
        return None
    kind = change.type if change.type and change.type != before[0] else None
    nullable = change.nullable if change.nullable != before[1] else None
    if kind is None and nullable is None:
        return None
    return replace(change, type=kind, nullable=nullable, default=None, comment=None, generated=None)


def _had_column(change: DropColumn, project: Project) -> bool:
    """Say whether a table had the column that is dropped, as far as is known: a field of Django's may have none of its own."""
    table = project.catalog.table(change.name, change.dialect, change.path)
    if table is None or not table.complete or (table.origins and Origin.DDL not in dict(table.origins)):
        return True
    return change.column.lower() in table.dropped


def _renames_field_alone(change: TableChange, project: Project) -> bool:
    """Say whether a field gets another name and its column, which it names itself (`db_column`), keeps its own."""
    if not isinstance(change, RenameColumn) or change.field is not None:
        return False
    table = project.catalog.table(change.name, change.dialect, change.path)
    columns = table.columns.values() if table is not None else ()
    column = next((one for one in columns if (one.field or "").lower() == change.to.lower()), None)
    return column is not None and column.name.lower() not in {change.to.lower(), f"{change.to}_id".lower()}


def _step(document: PythonDocument, operation: Operation, change: TableChange) -> SchemaChange:
    name = _name_of(change)
    span = document.span(operation.call)
    manner = set(operation.how)
    kind = "index" if isinstance(change, AddIndex | DropIndex) else "table"
    if isinstance(change, AddColumn):
        if change.column.generated:
            manner.add(How.STORED if _is_computed(operation.call) else How.COUNTED)
        if operation.filled and change.column.default is None:
            # Django gives the rows that are there a value of its own; Alembic's default may be a constant of another module.
            change = replace(change, column=replace(change.column, default="''"))
    return SchemaChange(
        document,
        span,
        change,
        name,
        change.dialect,
        document.span(operation.name) if operation.name is not None else None,
        frozenset(manner),
        statement=span,
        kind=kind,
    )


def _is_computed(call: ast.Call) -> bool:
    names = (node.func for node in ast.walk(call) if isinstance(node, ast.Call))
    return any((name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) in _STORED for name in names)


def _name_of(change: TableChange) -> TableName:
    match change:
        case CreateTable(table=table):
            return table.name
        case DropIndex(index=index) | RenameIndex(index=index):
            return TableName((index,))
        case _:
            return change.name
