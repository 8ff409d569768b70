"""What a change makes of the one table that it is made to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from leaktight.catalog.change import (
    AddCheck,
    AddColumn,
    AddExclusion,
    AddIndex,
    AddKey,
    AlterColumn,
    AttachPartition,
    ChangePartitionFields,
    CommentTable,
    DetachPartition,
    DropColumn,
    DropIndex,
    DropKey,
    RenameColumn,
    RenameIndex,
    ReplaceColumns,
    SetPartitioning,
    TableChange,
    UnknownChange,
)
from leaktight.catalog.fields import with_column_renamed, with_columns
from leaktight.catalog.lakes import with_columns_replaced, with_fields
from leaktight.catalog.names import engine
from leaktight.catalog.renaming import without, words_of_expression
from leaktight.catalog.table import Check, Column, Index, Key, KeyKind, Table
from leaktight.diagnostics import Location


def with_index_changed(table: Table, change: DropIndex | RenameIndex, wanted: str) -> Table:
    """Give a table as it is after one of its indexes, named in lower case by `wanted`, is dropped or renamed.

    Where the change names the table, it may be a key that is renamed.
    """
    if isinstance(change, RenameIndex):
        new = tuple(replace(item, name=change.to) if _named(table, item, wanted) else item for item in table.indexes)
        keys = tuple(replace(item, name=change.to) if _named(table, item, wanted) else item for item in table.keys)
        return replace(table, indexes=new, keys=keys if change.table is not None else table.keys)
    if not wanted:
        columns = tuple(name.lower() for name in change.columns)
        return replace(table, indexes=tuple(item for item in table.indexes if not _unnamed(item, columns)))
    kept = tuple(item for item in table.indexes if not _named(table, item, wanted))
    held = tuple(item for item in table.keys if change.table is None or not _indexed(table, item, wanted))
    return replace(table, indexes=kept, keys=held)


def _unnamed(index: Index, columns: tuple[str, ...]) -> bool:
    """Say whether an index has no name, and these columns, or several if none are given."""
    if index.name is not None or index.unique:
        return False
    return tuple(name.lower() for name in index.columns) == columns if columns else len(index.columns) > 1


def _indexed(table: Table, key: Key, name: str) -> bool:
    """Say whether an index of that name, which goes with it, is all that a key is."""
    return key.kind is KeyKind.UNIQUE and _named(table, key, name)


def changed(table: Table, change: TableChange) -> Table:
    """Give a table as it is after a change of it."""
    change = with_columns(table, change)
    match change:
        case AddColumn(column=column, keys=keys):
            columns = dict(table.columns)
            columns.setdefault(column.name.lower(), column)
            columns = _ordered(table, columns, column.name.lower(), change.after)
            return _with_keys(replace(table, columns=columns), keys)
        case DropColumn(column=name):
            held = table.column(name)
            gone = {held.name.lower(), (held.field or held.name).lower()} if held is not None else set()
            return replace(without(table, name.lower()), dropped=table.dropped | gone)
        case RenameColumn():
            return with_column_renamed(table, change)
        case AlterColumn():
            return _altered(table, change)
        case AddKey(key=key, index=None):
            return _with_keys(table, (key,))
        case AddKey():
            return _with_key_of_index(table, change)
        case AddCheck(check=check):
            former = (*(table.former_checks or table.checks), check)
            return replace(table, checks=(*table.checks, check), former_checks=former)
        case AddExclusion(exclusion=exclusion):
            return replace(table, exclusions=(*table.exclusions, exclusion)) if exclusion is not None else table
        case DropKey():
            wanted = (change.key or "").lower()
            checks, exclusions = (
                tuple(one for one in held if not wanted or _name_of(table, one) != wanted)
                for held in (table.checks, table.exclusions)
            )
            keys = tuple(left for key in table.keys if (left := _after_drop(table, key, change)) is not None)
            former = table.former_checks or table.checks
            return replace(table, keys=keys, checks=checks, exclusions=exclusions, former_checks=former)
        case AddIndex(index=index):
            same = any(item.name == index.name and item.columns == index.columns for item in table.indexes)
            return table if same else replace(table, indexes=(*table.indexes, index))
        case SetPartitioning():
            partitioning = change.partitioning or table.partitioning
            if partitioning is not None and change.required is not None:
                partitioning = replace(partitioning, required=change.required)
            clustering = change.clustering or table.clustering
            if partitioning is not None and not partitioning.columns:
                partitioning = None
            if clustering is not None and not clustering.columns:
                clustering = None
            return replace(table, partitioning=partitioning, clustering=clustering)
        case ChangePartitionFields():
            return with_fields(table, change.dropped, change.added)
        case ReplaceColumns(columns=replaced):
            return with_columns_replaced(table, replaced)
        case AttachPartition():
            return replace(table, kind="partition", bounds=change.bounds)
        case DetachPartition():
            return replace(table, kind="table", bounds="")
        case UnknownChange():
            return replace(table, complete=False)
        case CommentTable(comment=comment):
            return replace(table, comment=comment, places=_placed(table.places, change.location, "comment"))
        case _:
            return table


def _altered(table: Table, change: AlterColumn) -> Table:
    key = change.column.lower()
    before = table.columns.get(key)
    if before is None:
        if table.complete:
            return table
        before = Column(change.column, location=change.location)
    facts: dict[str, Any] = {}
    if change.type is not None:
        facts["type"] = change.type or None
    if change.nullable is not None:
        facts["nullable"] = change.nullable
    if change.type is not None or change.nullable is not None:
        facts["former"] = (*before.former, (change.location, before.type, before.nullable))
    if change.default is not None:
        facts["default"] = change.default or None
    if change.comment is not None:
        facts["comment"] = change.comment or None
    if change.generated is not None:
        facts["generated"] = change.generated
    places = _placed(before.places, change.location, *(fact for fact in facts if fact != "former"))
    columns = {**table.columns, key: replace(before, **facts, places=places)}
    return replace(table, columns=columns if change.after is None else _ordered(table, columns, key, change.after))


def _ordered(table: Table, columns: Mapping[str, Column], key: str, after: str | None) -> dict[str, Column]:
    """Give columns with one of them behind another, first where that is empty; last where it is None, as the engine has it."""
    others = [name for name in columns if name != key]
    if after is not None:
        at = others.index(after.lower()) + 1 if after.lower() in others else len(others) if after else 0
    else:
        # The columns that are folders stand behind those in the files.
        cut = table.partitioning.columns if table.partitioning is not None and table.dialect in _FOLDERS_LAST else ()
        folders = [others.index(name.lower()) for name in cut if name.lower() in others]
        at = min(folders, default=len(others))
    return {name: columns[name] for name in (*others[:at], key, *others[at:])}


_FOLDERS_LAST = frozenset({"hive", "athena"})


def _placed(places: Mapping[str, Location], place: Location | None, *facts: str) -> Mapping[str, Location]:
    """Give the places of facts where some of them have one that is new."""
    return {**places, **dict.fromkeys(facts, place)} if place is not None else places


def distinct(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Give keys without those that say again what another one says."""
    seen: dict[tuple[Any, ...], Key] = {}
    for key in keys:
        identity = (key.kind, tuple(name.lower() for name in key.columns), key.references and key.references.folded)
        before = seen.get(identity)
        if before is None:
            seen[identity] = key
        elif key.kind is KeyKind.FOREIGN and key.name is not None and key.name not in (before.name, *before.again):
            seen[identity] = replace(before, again=(*before.again, key.name))
        elif before.name is None and key.name is not None:
            seen[identity] = key
    return tuple(seen.values())


def _with_keys(table: Table, keys: Iterable[Key]) -> Table:
    columns = dict(table.columns)
    for key in keys:
        if key.kind is KeyKind.PRIMARY:
            for name in key.columns:
                column = columns.get(name.lower())
                if column is not None and column.nullable is not False:
                    places = _placed(column.places, key.location, "nullable")
                    columns[name.lower()] = replace(column, nullable=False, places=places)
    return replace(table, keys=distinct((*table.keys, *keys)), columns=columns)


def _with_key_of_index(table: Table, change: AddKey) -> Table:
    """Give a table one of whose indexes becomes that of a key; as it is where the index is not known."""
    wanted = (change.index or "").lower()
    index = next((item for item in table.indexes if item.name is not None and item.name.lower() == wanted), None)
    if index is None:
        return table
    key = replace(change.key, columns=index.columns, name=change.key.name or index.name)
    return _with_keys(replace(table, indexes=tuple(item for item in table.indexes if item is not index)), (key,))


def _after_drop(table: Table, key: Key, change: DropKey) -> Key | None:
    """Give what is left of a key; None where nothing is."""
    wanted = (change.key or "").lower()
    said = next((name for name in key.again if name.lower() == wanted), None)
    if change.kind is None and said is not None:
        return replace(key, again=tuple(name for name in key.again if name != said))
    if not _dropped(table, key, change):
        return key
    if change.kind is None and key.again:
        return replace(key, name=key.again[0], again=key.again[1:])
    return None


def _name_of(table: Table, check: Check) -> str:
    """Give the name of a check in lower case, if need be the one that Postgres gives it: `orders_status_check`."""
    if check.name is not None:
        return check.name.lower()
    if engine(table.dialect) != "postgres":
        return ""
    words = words_of_expression(check.condition)
    used = [name for name in table.columns if name in words]
    return "_".join([table.name.name, *(used if len(used) == 1 else ()), "check"]).lower()


_ENDINGS = {KeyKind.PRIMARY: "pkey", KeyKind.UNIQUE: "key", KeyKind.FOREIGN: "fkey"}


def _dropped(table: Table, key: Key, change: DropKey) -> bool:
    if change.kind is None:
        return _named(table, key, (change.key or "").lower())
    columns = {name.lower() for name in change.columns}
    if change.unnamed and (key.name is not None or (not columns and len(key.columns) < 2)):
        return False
    return key.kind is change.kind and (not columns or columns == {name.lower() for name in key.columns})


def _named(table: Table, item: Key | Index, wanted: str) -> bool:
    """Say whether a key or index has a name, given in lower case, or is given it by its engine for want of one."""
    if item.name is not None:
        return item.name.lower() == wanted
    if engine(table.dialect) == "mysql" and (isinstance(item, Index) or item.kind is KeyKind.UNIQUE):
        return bool(item.columns) and item.columns[0].lower() == wanted
    if isinstance(item, Index):
        return False
    # The name that Postgres gives to a constraint without one.
    parts = [table.name.name, _ENDINGS[item.kind]]
    if item.kind is not KeyKind.PRIMARY:
        parts[1:1] = item.columns
    return "_".join(parts).lower() == wanted
