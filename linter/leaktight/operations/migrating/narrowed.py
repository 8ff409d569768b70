"""Which values a migration takes from a column, and which of them the rows may still hold when it does."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from leaktight.catalog.change import AddCheck, AlterColumn
from leaktight.catalog.order import numbered
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.sql.allowed_values import allowed_values
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.migrating.convention import is_migration
from leaktight.operations.schema_change import Narrowed
from leaktight.operations.schema_step import EmptyTable, FillRows, RemoveRows

if TYPE_CHECKING:
    from leaktight.catalog.table import Check
    from leaktight.operations.schema_change import SchemaChange
    from leaktight.operations.table_read import TableRead


def narrowed(change: SchemaChange) -> Narrowed | None:
    """Give what a check takes from a column, of what the last check before it lets that column have."""
    added, table = change.change, change.table
    if not isinstance(added, AddCheck) or table is None:
        return None
    at = next((index for index, one in enumerate(table.former_checks) if _is(one, added.check)), None)
    if at is None:
        return None
    for column, values in allowed_values(table.former_checks[at].condition, change.dialect).items():
        for before in reversed(table.former_checks[:at]):
            had = allowed_values(before.condition, change.dialect).get(column)
            if had is None:
                continue
            gone = tuple(value for value in had if value not in values)
            if gone:
                return Narrowed(column, gone, before)
            break
    return None


def _is(one: Check, other: Check) -> bool:
    return one.location is not None and one.location == other.location


def still_held(change: SchemaChange, values: Iterable[str], column: str, since: str) -> tuple[str, ...]:
    """Give those values that nothing before the change takes from the rows: no write, no routine, no other migration."""
    if column and _is_filled_before(change, column, since):
        return ()
    return tuple(value for value in values if not _is_moved(change, value, column.lower()))


def _is_moved(change: SchemaChange, value: str, column: str) -> bool:
    for one in change.earlier():
        step = one.change
        if isinstance(step, EmptyTable):
            if not column or step.name.same(change.name):
                return True
        elif isinstance(step, RemoveRows) or (isinstance(step, FillRows) and _sets(step, column)):
            about = step.about
            if (about is None or value in about) and (not column or step.name.same(change.name)):
                return True
        elif isinstance(step, AlterColumn) and f"'{value}'" in one.using:
            return True
    return f"'{value}'" in change.using or _is_said_before(change, value)


def _sets(step: FillRows, column: str) -> bool:
    return not column or column in {name.lower() for name in step.columns}


def _is_said_before(change: SchemaChange, value: str) -> bool:
    """Say whether code that runs before the change and is not followed names the value."""
    document = change.document
    if isinstance(document, SqlDocument):
        quoted = f"'{value}'"
        return any(
            (statement.routine or statement.keyword.startswith("DO"))
            and statement.span.end <= change.span.start
            and quoted in document.slice(statement.span)
            for statement in document.statements
        )
    if isinstance(document, PythonDocument):
        before = document.text[: change.span.start].count("\n") + 1
        return any(
            isinstance(node, ast.Constant) and node.value == value and node.lineno < before
            for function in document.tree.body
            if isinstance(function, ast.FunctionDef) and function.name != "downgrade"
            for node in ast.walk(function)
        )
    return False


def _is_filled_before(change: SchemaChange, column: str, since: str) -> bool:
    """Say whether a migration between two writes the column: it may have moved the rows, as it should be."""
    project, table = change.project, change.table
    if project is None or table is None:
        return False
    return any(
        _writes(read, column.lower())
        and is_migration(read.location.path)
        and _is_between(since, read.location.path, change.path)
        for read in project.reads_of(table)
    )


def _writes(read: TableRead, column: str) -> bool:
    if read.verb == "delete":
        return column in read.touched or not read.touched
    return read.verb in {"update", "merge"} and (read.sets is None or column in read.sets)


def _is_between(since: str, path: str, until: str) -> bool:
    """Say whether a migration comes after one and before another, as far as their names show."""
    if path in (since, until):
        return False
    places = [numbered(one) for one in (since, path, until)]
    first, middle, last = places
    if first is None or middle is None or last is None or len({one.folder for one in (first, middle, last)}) > 1:
        return True
    return (first.number, first.name) < (middle.number, middle.name) < (last.number, last.name)
