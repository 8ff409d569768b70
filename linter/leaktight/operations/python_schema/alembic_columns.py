"""What `op.alter_column()` of Alembic changes, with what its engines change along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.catalog.change import AlterColumn, RenameColumn, UnknownChange
from leaktight.catalog.names import engine
from leaktight.lazy import record
from leaktight.operations.python_schema import sqlalchemy_columns as columns
from leaktight.operations.python_schema.sqlalchemy_types import sql_type

if TYPE_CHECKING:
    from leaktight.catalog.change import TableChange
    from leaktight.catalog.table import TableName
    from leaktight.diagnostics import Location
    from leaktight.operations.python_schema.code import Arguments, Code

_SAID_ANEW = {
    "mysql": ("type_", "new_column_name", "name", "comment", "autoincrement"),
    "tsql": ("type_",),
}
"""With which arguments the statement that Alembic writes says all of a column anew, and so whether it may be NULL."""


@record(frozen=True, slots=True)
class AlteredColumn:
    """The changes of one call. `forgets` says that the column may be NULL for want of a word that it may not."""

    changes: tuple[TableChange, ...]
    forgets: bool = False


def altered_column(code: Code, found: Arguments, table: TableName, place: Location, dialect: str) -> AlteredColumn:
    """Give what a call of `alter_column` changes."""
    column = found.text("column_name")
    to = found.text("new_column_name", "name")
    if not column or (to is None and code.value(found.get("new_column_name", "name")) is not None):
        return AlteredColumn((UnknownChange(table, location=place, dialect=dialect),))
    kind = found.get("type_")
    default: str | None = None
    if "server_default" in found and code.flag(found.get("server_default")) is not False:
        default = "" if code.is_none(found.get("server_default")) else None
        default = columns.default_text(code, found.get("server_default")) if default is None else default
    comment: str | None = None
    if "comment" in found and code.flag(found.get("comment")) is not False:
        comment = "" if code.is_none(found.get("comment")) else found.text("comment")
    nullable = found.flag("nullable")
    if nullable is not None and found.flag("existing_nullable") is nullable:
        nullable = None
    forgets = _forgets(found, dialect)
    if forgets:
        nullable = True
    changes: list[TableChange] = []
    if kind is not None or nullable is not None or default is not None or comment is not None:
        written = (sql_type(code, kind, dialect) or "") if kind is not None else None
        changes.append(AlterColumn(table, column, written, nullable, default, comment, location=place, dialect=dialect))
    if to and to != column:
        changes.append(RenameColumn(table, column, to, location=place, dialect=dialect))
    return AlteredColumn(tuple(changes), forgets)


def _forgets(found: Arguments, dialect: str) -> bool:
    """Say whether a call leaves out that a column is NOT NULL where the engine then takes it for one that may be NULL.

    MySQL is sent `MODIFY` or `CHANGE`, and `NULL` where neither `nullable` nor `existing_nullable` says otherwise; SQL Server
    `ALTER COLUMN` with the type alone (https://alembic.sqlalchemy.org/en/latest/ops.html).
    """
    if found.is_open or "nullable" in found or "existing_nullable" in found:
        return False
    return any(word in found for word in _SAID_ANEW.get(engine(dialect), ()))
