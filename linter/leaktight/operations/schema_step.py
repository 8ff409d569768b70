"""What a migration does beside what the catalog takes notice of: one step, without where or how it is written."""

from __future__ import annotations

from leaktight.catalog.change import Change, TableChange
from leaktight.catalog.table import TableName
from leaktight.lazy import record


@record(frozen=True, slots=True)
class ValidateConstraint(Change):
    """`VALIDATE CONSTRAINT`."""

    name: TableName
    constraint: str


@record(frozen=True, slots=True)
class DropObject(Change):
    """A DROP of what is no table: `kind` is its word in lower case, `database`, `schema`, `type`, `view`, …"""

    name: TableName
    kind: str


@record(frozen=True, slots=True)
class EmptyTable(Change):
    """`TRUNCATE`, or a DELETE of all rows."""

    name: TableName


@record(frozen=True, slots=True)
class FillRows(Change):
    """An UPDATE that sets `columns`; `about` are the values that it speaks of, None where it may mean others too."""

    name: TableName
    columns: tuple[str, ...] = ()
    about: frozenset[str] | None = None


@record(frozen=True, slots=True)
class RemoveRows(Change):
    """A DELETE of some rows; `about` as in `FillRows`."""

    name: TableName
    about: frozenset[str] | None = None


@record(frozen=True, slots=True)
class AlterEnum(Change):
    """A type with a list of values is changed: values `removed` or `renamed`, or the whole type `remade` in another's place."""

    name: TableName
    removed: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    remade: bool = False


@record(frozen=True, slots=True)
class RebuildTable(Change):
    """A table, or its index, is written anew as it is: `verb` is `reindex`, `vacuum full` or `cluster`."""

    name: TableName
    verb: str


@record(frozen=True, slots=True)
class RestrictDomain(Change):
    """`ALTER DOMAIN … ADD CONSTRAINT`, or `SET NOT NULL`."""

    name: TableName


@record(frozen=True, slots=True)
class RenameSchema(Change):
    """`ALTER SCHEMA … RENAME TO …`."""

    name: TableName
    to: str


SchemaStep = (
    TableChange
    | ValidateConstraint
    | DropObject
    | EmptyTable
    | FillRows
    | RemoveRows
    | AlterEnum
    | RebuildTable
    | RestrictDomain
    | RenameSchema
)
