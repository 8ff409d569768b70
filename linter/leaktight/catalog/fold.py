"""Applies the changes of all files, in order, and gives the tables they lead to.

Scripts that have nothing to do with one another often create tables of one name. So a table belongs to a *home*: the
folder of its numbered migrations, or its one file. A second CREATE replaces the first only at the same home; a DROP takes
away only what its own home created.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from leaktight.catalog.casing import Likeness, likeness
from leaktight.catalog.change import (
    AddColumn,
    AddIndex,
    AddKey,
    AttachPartition,
    Change,
    CreateTable,
    DetachPartition,
    DropIndex,
    DropKey,
    DropTable,
    RenameIndex,
    RenameTable,
    TableChange,
)
from leaktight.catalog.effects import changed, distinct, with_index_changed
from leaktight.catalog.fields import complete_references, with_columns
from leaktight.catalog.joining import model_of, named_after, with_column_of, with_field_renamed, with_model_renamed
from leaktight.catalog.names import compatible, nearest_to
from leaktight.catalog.order import home
from leaktight.catalog.table import Column, Key, KeyKind, Part, Table, TableName, same_end
from leaktight.catalog.waiting import Waiting


def fold_tables(
    changes: Iterable[TableChange], home: Callable[[str], str] = home
) -> tuple[list[Table], list[TableChange]]:
    """Give the tables that a sequence of changes, in order, leads to, and the changes whose table nothing creates.

    `home` gives what tells the tables of one path from those of another.
    """
    folder = _Folder(home)
    numbered: list[TableChange] = []
    waiting = Waiting(home)
    late: set[str] = set()
    for change in changes:
        path = change.path
        if home(path) != path:
            numbered.append(change)
            continue
        waiting.forget(change)
        if (isinstance(change, DropIndex) and change.index.lower() in late) or not folder.apply(change, own=True):
            # Files without a number are in the order of their names: `constraints.sql` comes before `create.sql`. What
            # changes the table of another such file waits until all have created theirs.
            waiting.append(change)
            if isinstance(change, AddIndex):
                late.add((change.index.name or "").lower())
    left = Waiting(home)
    for change in (*waiting, *numbered):
        left.forget(change)
        if not folder.apply(change):
            left.append(change)
    unmade = [change for change in left if not folder.apply(change)]
    folder.shape_late()
    folder.complete_references()
    folder.put_parts_in()
    return list(folder.tables.values()), unmade


class _Folder:
    def __init__(self, home: Callable[[str], str]) -> None:
        self.tables: dict[int, Table] = {}
        self._home = home
        self._homes: dict[int, str] = {}
        self._by_last: dict[str, list[int]] = {}
        self._by_home: dict[tuple[str, str], list[int]] = {}
        self._by_name: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        self._by_model: dict[str, list[int]] = {}
        self._indexed: dict[str, list[int]] = {}
        self._referring: dict[str, set[int]] = {}
        self._joining: dict[str, set[int]] = {}
        self._unshaped: list[tuple[int, CreateTable]] = []
        self._parts: dict[int, list[tuple[TableName, TableChange]]] = {}
        self._next = 0

    # Which table

    def _find(self, name: TableName, change: Change, *, own: bool = False) -> int | None:
        """Give the table that a change means, if just one may be; with `own` only one of the same home."""
        folded = name.folded
        path = change.path
        at = self._home(path)
        named = self._by_home.get((at, folded[-1]), ()) if own else self._by_last.get(folded[-1], ())
        keys = [
            key
            for key in named
            if same_end(self.tables[key].name.folded, folded)
            and likeness(self.tables[key].name, name, self.tables[key].dialect, change.dialect)
            # The migrations of one folder are of one database, whatever dialect the few words of some look like.
            and (compatible(self.tables[key].dialect, change.dialect) or (at != path and self._homes[key] == at))
        ]
        if len(folded) == 1 and folded[0] in self._by_model:
            keys = [key for key in self._by_model[folded[0]] if key in self.tables] or keys
        keys = [key for key in keys if not self.tables[key].temporary or self.tables[key].path == path]
        if own:
            keys = [key for key in keys if self._homes[key] == at]
        # A name without a schema means a table of its own file or folder before one that is just called so.
        keys = self._nearest_home(keys, path, at) if len(folded) == 1 else keys
        keys = [key for key in keys if self.tables[key].name.folded == folded] or keys
        keys = [key for key in keys if self._is_surely(key, name, change)] or keys
        keys = self._nearest_home(keys, path, at)
        if len(keys) > 1:
            keys = nearest_to(path, [(self.tables[key].path, key) for key in keys])
        return keys[0] if len(keys) == 1 else None

    def _nearest_home(self, keys: list[int], path: str, at: str) -> list[int]:
        for wanted in (path, at):
            keys = [key for key in keys if path and wanted in (self.tables[key].path, self._homes[key])] or keys
        return keys

    def _is_surely(self, key: int, name: TableName, change: Change) -> bool:
        table = self.tables[key]
        return likeness(table.name, name, table.dialect, change.dialect) is Likeness.SURE

    def _put(self, table: Table, at: str) -> int:
        key = self._next
        self._next += 1
        self.tables[key] = table
        self._homes[key] = at
        folded = table.name.folded
        self._by_last.setdefault(folded[-1], []).append(key)
        self._by_home.setdefault((at, folded[-1]), []).append(key)
        self._by_name.setdefault((at, folded), []).append(key)
        if table.model is not None:
            self._by_model.setdefault(table.model, []).append(key)
            self._joining.setdefault(model_of(table), set()).add(key)
        for index in table.indexes:
            self._indexed.setdefault((index.name or "").lower(), []).append(key)
        self._note_references(key, table.keys)
        return key

    def _note_references(self, key: int, keys: Iterable[Key]) -> None:
        for item in keys:
            if item.references is not None:
                self._referring.setdefault(item.references.folded[-1], set()).add(key)

    def _remove(self, key: int) -> Table:
        table = self.tables.pop(key)
        at, folded = self._homes[key], table.name.folded
        self._by_last[folded[-1]].remove(key)
        self._by_home[at, folded[-1]].remove(key)
        self._by_name[at, folded].remove(key)
        if table.model is not None:
            self._by_model[table.model].remove(key)
            self._joining[model_of(table)].discard(key)
        return table

    # What happens to it

    def apply(self, change: TableChange, *, own: bool = False) -> bool:
        """Apply a change; False when the table that it is made to is not known, or with `own` not of the same home."""
        match change:
            case CreateTable():
                self._create(change, own=own)
                return True
            case DropTable(name=name):
                key = self._find(name, change, own=bool(change.path))
                if key is not None:
                    self._remove(key)
                return True
            case DropIndex() | RenameIndex():
                if own and change.table is not None and not self._has_own(change.table, change):
                    return False
                self._change_index(change)
                return True
            case AttachPartition(partition=partition) | DetachPartition(partition=partition):
                key = self._find(partition, change, own=own)
                self._part(key, change)
            case _:
                key = self._find(change.name, change, own=own)
        if key is None:
            return False
        if isinstance(change, DropKey) and self._is_put_back(self.tables[key], self._homes[key], change):
            return True
        if isinstance(change, RenameTable) and self._is_renamed(key, change):
            return True
        if isinstance(change, RenameTable):
            self._rename(key, change)
        else:
            self.tables[key] = changed(self.tables[key], change)
            if isinstance(change, AddIndex):
                self._indexed.setdefault((change.index.name or "").lower(), []).append(key)
            elif isinstance(change, AddColumn | AddKey):
                self._note_references(key, change.keys if isinstance(change, AddColumn) else (change.key,))
        return True

    def _is_put_back(self, table: Table, at: str, change: DropKey) -> bool:
        """Say whether a script beside the table's own takes away a key that it did not add: after a load it is put back."""
        here = self._home(change.path)
        if not change.path or at == here:
            return False
        paths = [
            key.location.path for key in table.keys if key.location is not None and key.name and key.name == change.key
        ]
        return not any(self._home(path) == here for path in paths)

    def _is_renamed(self, key: int, change: RenameTable) -> bool:
        """Say whether a script beside the tables' own renames what is there under the new name: it was brought up to date."""
        at = self._homes[key]
        if not change.path or at == self._home(change.path):
            return False
        to = change.to.beside(self.tables[key].name).folded
        return any(other != key for other in self._by_name.get((at, to), ()))

    def _rename(self, key: int, change: RenameTable) -> None:
        at, to = self._homes[key], change.to
        table = self._remove(key)
        if table.model is not None and change.model is None and table.model == change.name.name:
            # The model alone has another name: its table is called as it was.
            self._follow(TableName((table.model,)), to, table.dialect)
            after = replace(table, model=to.name) if not model_of(table) else with_field_renamed(table, to.name)
            self._put(after, at)
            self._join(table, after)
            return
        name = to.beside(table.name)
        model = change.model if change.model != name.name.lower() else None
        after = replace(table, name=name, model=model or None)
        self._put(after, at)
        self._follow(table.name, after.name, table.dialect)
        self._join(table, after)

    def _join(self, before: Table, after: Table) -> None:
        """Let the tables that are called after a model follow it."""
        for key in list(self._joining.get(before.model or before.name.name.lower(), ())):
            at, table = self._homes[key], self._remove(key)
            self._put(with_model_renamed(table, before, after), at)

    def _follow(self, name: TableName, to: TableName, dialect: str) -> None:
        """Let the keys that refer to a table refer to it by its new name."""
        for key in self._referring.pop(name.folded[-1], set()):
            table = self.tables.get(key)
            if table is None:
                continue
            if compatible(table.dialect, dialect):
                keys = tuple(
                    replace(item, references=_last_parts(to, len(item.references.parts)))
                    if item.references is not None
                    and same_end(item.references.folded, name.folded)
                    and likeness(item.references, name, dialect)
                    else item
                    for item in table.keys
                )
                table = replace(table, keys=keys)
                self.tables[key] = with_column_of(table, name.name, to.name) if model_of(table) else table
            self._note_references(key, table.keys)

    def _create(self, change: CreateTable, *, own: bool) -> None:
        table = replace(change.table, keys=distinct(change.table.keys))
        joined = self._by_model.get(model_of(table), ())
        if len(joined) == 1:
            table = named_after(table, self.tables[joined[0]])
        at = self._home(change.path)
        before = [
            key for key in self._by_name.get((at, table.name.folded), ()) if self._is_surely(key, table.name, change)
        ]
        if before and change.if_not_exists:
            return
        models = [self._find(name, change, own=own) for name in change.models]
        table = self._shaped(table, change, models)
        for key in before:
            self._remove(key)
        made = self._put(table, at)
        parents = change.inherits or ((change.partition_of,) if change.partition_of is not None else ())
        if parents:
            self._parts[made] = [(parent, change) for parent in parents]
        if None in models:
            self._unshaped.append((made, change))

    def _part(self, key: int | None, change: AttachPartition | DetachPartition) -> None:
        if key is not None and isinstance(change, AttachPartition):
            self._parts[key] = [(change.name, change)]
        elif key is not None:
            self._parts.pop(key, None)

    def put_parts_in(self) -> None:
        """Tell each partitioned table its partitions."""
        parts: dict[int, list[Part]] = {}
        for key, of in self._parts.items():
            table = self.tables.get(key)
            for name, change in of if table is not None else ():
                parent = self._find(name, change)
                if table is not None and parent is not None and parent != key:
                    parts.setdefault(parent, []).append(Part(table.name, table.bounds, table.location))
        for parent, found in parts.items():
            self.tables[parent] = replace(self.tables[parent], parts=(*self.tables[parent].parts, *found))

    def shape_late(self) -> None:
        """Give the tables that take the columns of another one theirs, where that one was created after them."""
        for key, change in self._unshaped:
            if key in self.tables:
                models = [self._find(name, change) for name in change.models]
                self.tables[key] = self._shaped(self.tables[key], change, models)

    def _shaped(self, table: Table, change: CreateTable, keys: list[int | None]) -> Table:
        """Give a table the columns that it takes from others, each of which is None where it is not known."""
        if not keys:
            return table
        models = [self.tables[key] if key is not None else None for key in keys]
        taken: dict[str, Column] = {}
        for model in models:
            for name, column in model.columns.items() if model is not None else ():
                taken.setdefault(name, column)
        columns = {**taken, **{name: _typed(column, taken) for name, column in table.columns.items()}}
        whole = all(model is not None and model is not table and model.complete for model in models)
        table = replace(table, columns=columns, complete=whole and (change.table.complete or not change.table.columns))
        if change.partition_of is not None or change.like_all or change.inherits:
            checks = (check for model in models if model is not None for check in model.checks)
            table = replace(table, checks=(*checks, *table.checks))
        model = models[-1]
        if model is None or (change.partition_of is None and not change.like_all):
            return table
        return replace(
            table,
            keys=table.keys or tuple(key for key in model.keys if key.kind is not KeyKind.FOREIGN),
            partitioning=table.partitioning or (model.partitioning if change.like_all else None),
            clustering=table.clustering or model.clustering,
        )

    def _has_own(self, name: TableName, change: DropIndex | RenameIndex) -> bool:
        """Say whether the table of the same home that a change of an index names has that index."""
        key = self._find(name, change, own=True)
        if key is None:
            return False
        spelled = with_columns(self.tables[key], change)
        assert isinstance(spelled, DropIndex | RenameIndex)
        return with_index_changed(self.tables[key], spelled, change.index.lower()) != self.tables[key]

    def _change_index(self, change: DropIndex | RenameIndex) -> None:
        wanted = change.index.lower()
        if change.table is not None:
            key = self._find(change.table, change)
            keys = [key] if key is not None else []
        else:
            keys = [key for key in self._indexed.get(wanted, ()) if key in self.tables]
            keys = [key for key in keys if compatible(self.tables[key].dialect, change.dialect)]
            if len({self.tables[key].name.folded for key in keys}) > 1:
                return
        for key in keys:
            spelled = with_columns(self.tables[key], change)
            assert isinstance(spelled, DropIndex | RenameIndex)
            self.tables[key] = with_index_changed(self.tables[key], spelled, wanted)
            if isinstance(change, RenameIndex):
                self._indexed.setdefault(change.to.lower(), []).append(key)

    def complete_references(self) -> None:
        """Give keys that refer to a model its table, and columns without a type that of the column they refer to."""

        def find(table: Table, name: TableName) -> Table | None:
            key = self._find(name, Change(location=table.location, dialect=table.dialect))
            return self.tables[key] if key is not None else None

        complete_references(self.tables, find)


def _last_parts(name: TableName, count: int) -> TableName:
    return TableName(name.parts[-count:], name.quoted[-count:])


def _typed(column: Column, taken: Mapping[str, Column]) -> Column:
    """Give a column of a partition, which may say no more than a constraint, the facts of its parent's."""
    above = taken.get(column.name.lower())
    if column.type is not None or above is None:
        return column
    nullable = above.nullable if column.nullable is None else column.nullable
    return replace(above, nullable=nullable, default=column.default or above.default)
