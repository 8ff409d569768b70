"""What a change is to the engine that makes it: the row of the table of locks that tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.catalog.change import (
    AddCheck,
    AddColumn,
    AddExclusion,
    AddIndex,
    AddKey,
    AlterColumn,
    DetachPartition,
    DropColumn,
    DropIndex,
    DropKey,
    DropTable,
    RenameColumn,
    RenameTable,
)
from leaktight.catalog.conversions import rewrites
from leaktight.catalog.locks import Deed, engine_of
from leaktight.catalog.names import engine
from leaktight.catalog.table import KeyKind
from leaktight.languages.sql.document import SqlDocument
from leaktight.lazy import regex
from leaktight.operations.migrating.convention import is_migration
from leaktight.operations.schema_change import How
from leaktight.operations.schema_step import RebuildTable, RestrictDomain

if TYPE_CHECKING:
    from leaktight.operations.schema_change import SchemaChange

_CALL = regex(r"([a-z_][\w.]*)\s*\(")
VOLATILE = frozenset(
    """gen_random_uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuid_generate_v7 uuidv4 uuidv7 gen_random_bytes
    random clock_timestamp timeofday nextval gen_salt uuid uuid_short newid newsequentialid gen_ulid generate_ulid
    nanoid""".split()
)
"""Functions that give another value for each row."""


def deed(change: SchemaChange) -> Deed | None:
    """Give what a change is to the engine; None where the table of locks has no name for it.

    A change that is made in the way that locks little (`CONCURRENTLY`, `NOT VALID`, `USING INDEX`, `ONLINE`) has none.
    """
    if change.how & {How.CONCURRENTLY, How.NOT_VALID, How.USING_INDEX, How.ONLINE}:
        return None
    match change.change:
        case AddColumn():
            return _added(change, change.change)
        case AlterColumn():
            return _altered(change, change.change)
        case AddKey(key=key):
            if key.kind is KeyKind.FOREIGN:
                return Deed.ADD_FOREIGN_KEY
            return Deed.ADD_PRIMARY_KEY if key.kind is KeyKind.PRIMARY else Deed.ADD_UNIQUE
        case AddExclusion():
            return Deed.ADD_EXCLUSION
        case AddCheck() if _engine(change) == "mariadb" and _is_of_new_column(change):
            return None
        case AddIndex(index=index):
            if How.LOCKING in change.how:
                return Deed.ADD_LOCKED_INDEX
            return Deed.ADD_TEXT_INDEX if index.method in {"fulltext", "spatial"} else Deed.ADD_INDEX
        case RebuildTable(verb=verb):
            return Deed.REINDEX if verb == "reindex" else Deed.REBUILD
        case DetachPartition() if change.word("FINALIZE") is not None:
            return None
        case DropKey(kind=KeyKind.PRIMARY):
            return Deed.DROP_PRIMARY_KEY
        case DropTable() if change.kind == "table":
            return Deed.DROP_TABLE
        case _:
            return _PLAIN.get(type(change.change))


_PLAIN: dict[type, Deed] = {
    AddCheck: Deed.ADD_CHECK,
    DropColumn: Deed.DROP_COLUMN,
    RenameTable: Deed.RENAME,
    RenameColumn: Deed.RENAME,
    DropIndex: Deed.DROP_INDEX,
    DropKey: Deed.DROP_CONSTRAINT,
    DetachPartition: Deed.DETACH_PARTITION,
    RestrictDomain: Deed.RESTRICT_DOMAIN,
}


def _engine(change: SchemaChange) -> str:
    return engine_of(change.dialect, change.project.engine_versions if change.project is not None else {})


def _is_of_new_column(change: SchemaChange) -> bool:
    """Say whether a check stands in the definition of a column that is added: MariaDB then looks at no row."""
    return any(isinstance(one.change, AddColumn) and one.span == change.span for one in change.together())


def _added(change: SchemaChange, added: AddColumn) -> Deed:
    if How.COUNTED in change.how:
        return Deed.ADD_COUNTED
    if How.STORED in change.how:
        return Deed.ADD_STORED
    default = added.column.default
    if default is None:
        return Deed.ADD_COLUMN
    if not volatile_in(default):
        return Deed.ADD_DEFAULT
    # SQL Server leaves NULL in the rows that are there, unless that is forbidden or the values are asked for.
    if change.dialect in {"tsql", "fabric"} and added.column.nullable is not False and change.word("VALUES") is None:
        return Deed.ADD_COLUMN
    return Deed.ADD_VOLATILE


def volatile_in(expression: str) -> str:
    """Give the first function of an expression that gives another value for each row; empty where none is known to."""
    for called in _CALL.finditer(expression.lower()):
        if called[1].rpartition(".")[2] in VOLATILE:
            return called[1]
    return ""


def _altered(change: SchemaChange, altered: AlterColumn) -> Deed | None:
    if altered.type is not None:
        before = former_type(change)
        if rewrites(_engine(change), before, altered.type, change.using):
            return Deed.CHANGE_TYPE
        # SQL Server and MySQL say all of a column anew, and NOT NULL of one that was so changes nothing.
        if altered.nullable is not False or _former(change)[1] is not True:
            return None
    if altered.nullable is None:
        return None
    return Deed.DROP_NOT_NULL if altered.nullable else Deed.SET_NOT_NULL


def former_type(change: SchemaChange) -> str | None:
    """Give the type that a column had before it is given another one; None where that is not known."""
    return _former(change)[0]


def forgets_not_null(change: SchemaChange) -> bool:
    """Say whether a new definition lets a column be NULL for the only reason that it does not repeat its NOT NULL.

    MySQL's MODIFY and CHANGE say all of a column anew (https://dev.mysql.com/doc/refman/8.0/en/alter-table.html), and so does
    SQL Server's ALTER COLUMN of its nullability (https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql).
    """
    altered = change.change
    table = change.table
    if not isinstance(altered, AlterColumn) or not altered.nullable or table is None:
        return False
    if How.FORGETTING not in change.how:
        anew = isinstance(change.document, SqlDocument) and bool(altered.type) and change.word("NULL") is None
        if not anew or engine(change.dialect) not in {"mysql", "tsql"}:
            return False
    key = table.primary_key
    keyed = [name.lower() for name in key.columns] if key is not None else []
    kind, nullable = _former(change)
    if kind and kind == altered.type and table.location is not None and not is_migration(table.location.path):
        # The file that makes the table says of the column what only this change makes of it: it is what all of them leave.
        return False
    return nullable is False and altered.column.lower() not in keyed


def drops_not_null(change: SchemaChange) -> bool:
    """Say whether a change says itself that a column may be NULL, and it is not known that it might be before.

    An operation of Alembic that gives a type too may only repeat what was, so that NOT NULL must be known there.
    """
    altered = change.change
    if not isinstance(altered, AlterColumn) or not altered.nullable or How.FORGETTING in change.how:
        return False
    if isinstance(change.document, SqlDocument):
        return change.deed is Deed.DROP_NOT_NULL and change.word("NULL") is not None
    before = _former(change)[1]
    return before is False or (before is None and altered.type is None)


def _former(change: SchemaChange) -> tuple[str | None, bool | None]:
    altered = change.change
    if not isinstance(altered, AlterColumn) or change.table is None:
        return None, None
    column = change.table.column(altered.column)
    # A column that was renamed since is there under its new name.
    columns = (column,) if column is not None else change.table.columns.values()
    former = (one for column in columns for one in column.former)
    return next(((kind, nullable) for place, kind, nullable in former if place == altered.location), (None, None))
