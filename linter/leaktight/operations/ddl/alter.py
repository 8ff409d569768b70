"""ALTER TABLE, RENAME TABLE and sp_rename."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import (
    AddColumn,
    AddIndex,
    AddKey,
    AlterColumn,
    AttachPartition,
    CommentTable,
    DropColumn,
    DropIndex,
    DropKey,
    RenameColumn,
    RenameTable,
    SetPartitioning,
    TableChange,
)
from leaktight.catalog.table import Column, KeyKind, TableName
from leaktight.diagnostics import Location
from leaktight.languages.sql.ddl import Reader, Word
from leaktight.lazy import record
from leaktight.operations.ddl.columns import (
    ColumnPlace,
    Columns,
    described,
    location,
    nullable_by_type,
    read_attributes,
    read_column,
    read_constraint,
    read_definition,
    read_type,
    upper_type,
)
from leaktight.operations.ddl.create import requires_filter
from leaktight.operations.ddl.partitioning import read_clustering, read_partitioning

_KINDS = frozenset({"TABLE", "VIEW"})
_VERBS = frozenset(
    """ADD DROP RENAME ALTER MODIFY CHANGE SET ATTACH DETACH CLUSTER PARTITION ENABLE DISABLE OWNER VALIDATE INHERIT NO
    SWAP UNSET COMMENT REPLACE CONVERT ENGINE AUTO_INCREMENT DEFAULT CHECK NOCHECK UPDATE DELETE FREEZE MOVE FETCH
    MATERIALIZE EXCHANGE TRUNCATE ORDER FORCE SWITCH REBUILD RECOVER APPEND RESET CLEAR EVOLVE REORGANIZE COALESCE""".split()
)
_NOT_DROPPED = frozenset(
    {"PARTITION", "FOREIGN", "CHECK", "DEFAULT", "PROJECTION", "ROW", "SEARCH", "CLUSTERING", "TAG"}
)


@record(frozen=True, slots=True)
class AddedColumn:
    """A column that ALTER TABLE adds, and where its name and type stand in the document's region."""

    change: AddColumn
    place: ColumnPlace


def read_alter(reader: Reader) -> Iterator[TableChange | AddedColumn]:
    """Yield the changes of an ALTER statement whose first word is taken."""
    for _ in range(3):
        if reader.upper() in _KINDS:
            break
        if reader.accept_any({"FOREIGN", "EXTERNAL", "MATERIALIZED", "ICEBERG", "DYNAMIC", "HYBRID"}) == "":
            return
    if not reader.accept_any(_KINDS):
        return
    reader.accept("IF", "EXISTS")
    reader.accept("ONLY")
    named = reader.name()
    if named is None:
        return
    reader.accept("*")
    if reader.accept("ON", "CLUSTER"):
        reader.next()
    if reader.upper() == "WITH" and reader.upper(1) in {"CHECK", "NOCHECK"}:
        reader.at += 2
    alter = _Alter(reader, named[0])
    verb = ""
    for action in reader.items():
        if action.upper() in _VERBS:
            verb = action.upper()
            action.next()
        yield from alter.action(verb, action)


class _Alter:
    """The actions of one ALTER TABLE."""

    def __init__(self, reader: Reader, name: TableName) -> None:
        self.name = name
        self.dialect = reader.dialect

    def action(self, verb: str, item: Reader) -> Iterator[TableChange | AddedColumn]:
        """Yield the changes that one action makes, its verb taken."""
        place = location(item, item.span) if not item.done else None
        match verb:
            case "ADD":
                yield from self._add(item, place)
            case "DROP":
                yield from self._drop(item, place)
            case "RENAME":
                yield from self._rename(item, place)
            case "ALTER":
                yield from self._alter(item, place)
            case "MODIFY":
                yield from self._modify(item, place)
            case "CHANGE":
                yield from self._change(item, place)
            case "CLUSTER":
                item.accept("BY")
                yield SetPartitioning(self.name, None, read_clustering(item), location=place, dialect=self.dialect)
            case "PARTITION":
                if item.accept("BY"):
                    found = read_partitioning(item, None)
                    yield SetPartitioning(self.name, found, location=place, dialect=self.dialect)
            case "ATTACH":
                child = item.name() if item.accept("PARTITION") else None
                if child is not None:
                    yield AttachPartition(self.name, child[0], location=place, dialect=self.dialect)
            case "SET":
                yield from self._set(item, place)
            case "COMMENT":
                item.accept("=")
                text = item.next()
                if text is not None and text.string:
                    yield CommentTable(self.name, text.text, location=place, dialect=self.dialect)
            case _:
                return

    def _add(self, item: Reader, place: Location | None) -> Iterator[TableChange | AddedColumn]:
        explicit = bool(item.accept_any({"COLUMN", "COLUMNS"}))
        item.accept("IF", "NOT", "EXISTS")
        found = Columns()
        group = item.group()
        if group is not None:
            for definition in group.items():
                read_definition(definition, found)
        elif explicit:
            read_column(item, found)
        elif item.upper() in {"PARTITION", "RANGE", "PROJECTION", "SEARCH", "ROW", "TAG", "STATISTICS"}:
            return
        elif not read_constraint(item, found):
            word = item.peek()
            if word is not None and word.is_name and item.hole(word.span) is None:
                read_column(item, found)
        keys = list(found.keys)
        for column in found.columns.values():
            own = tuple(key for key in keys if key.columns == (column.name,))
            keys = [key for key in keys if key not in own]
            change = AddColumn(self.name, column, own, location=place, dialect=self.dialect)
            yield AddedColumn(change, found.places[column.name.lower()])
        for key in keys:
            yield AddKey(self.name, key, location=place, dialect=self.dialect)
        for index in found.indexes:
            yield AddIndex(self.name, index, location=place, dialect=self.dialect)

    def _drop(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        if item.accept("PRIMARY", "KEY"):
            yield DropKey(self.name, kind=KeyKind.PRIMARY, location=place, dialect=self.dialect)
            return
        if item.accept("CONSTRAINT") or item.accept("FOREIGN", "KEY") or item.accept("UNIQUE"):
            item.accept("IF", "EXISTS")
            word = item.next()
            if word is not None and word.is_name:
                yield DropKey(self.name, word.text, location=place, dialect=self.dialect)
            return
        if item.upper() in {"INDEX", "KEY"} and item.upper(1):
            item.next()
            word = item.next()
            if word is not None:
                yield DropIndex(word.text, self.name, location=place, dialect=self.dialect)
            return
        if item.upper() in _NOT_DROPPED and item.peek(1) is not None:
            return
        item.accept_any({"COLUMN", "COLUMNS"})
        item.accept("IF", "EXISTS")
        group = item.group()
        for dropped in group.items() if group is not None else [item]:
            word = dropped.next()
            if word is not None and word.is_name:
                yield DropColumn(self.name, word.text, location=place, dialect=self.dialect)

    def _rename(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        if item.upper() in {"INDEX", "KEY", "CONSTRAINT", "PARTITION"} and item.upper(2) == "TO":
            return
        if item.upper() in {"TO", "AS"} and item.upper(1) != "TO":
            item.next()
            to = item.name()
            if to is not None:
                yield RenameTable(self.name, to[0], location=place, dialect=self.dialect)
            return
        item.accept("COLUMN")
        item.accept("IF", "EXISTS")
        before = item.next()
        after = item.next() if item.accept("TO") else None
        if before is not None and after is not None:
            yield RenameColumn(self.name, before.text, after.text, after.quoted, location=place, dialect=self.dialect)

    def _alter(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        if item.accept("SORTKEY") or item.accept("COMPOUND", "SORTKEY"):
            yield SetPartitioning(self.name, None, read_clustering(item), location=place, dialect=self.dialect)
            return
        if item.upper() in {"INDEX", "CONSTRAINT", "CHECK", "DISTKEY", "DISTSTYLE"} and item.upper(1) not in {
            "SET",
            "TYPE",
        }:
            return
        item.accept("COLUMN")
        item.accept("IF", "EXISTS")
        word = item.next()
        if word is not None and word.is_name:
            yield from self._column(word.text, item, place)

    def _column(self, column: str, item: Reader, place: Location | None) -> Iterator[TableChange]:
        kind: str | None = None
        nullable: bool | None = None
        default: str | None = None
        comment: str | None = None
        if item.accept("SET", "NOT", "NULL"):
            nullable = False
        elif item.accept("DROP", "NOT", "NULL"):
            nullable = True
        elif item.accept("SET", "DEFAULT"):
            default = item.text
        elif item.accept("DROP", "DEFAULT"):
            default = ""
        elif item.accept("SET", "OPTIONS"):
            comment = described(item.group())
        elif item.accept("COMMENT"):
            text = item.next()
            comment = text.text if text is not None and text.string else None
        elif item.accept("SET", "DATA", "TYPE") or item.accept("TYPE") or item.upper() not in _COLUMN_VERBS:
            says = _says_null(item)
            definition = _definition(column, item)
            kind = definition.type
            nullable = definition.nullable if says or self.dialect in {"tsql", "fabric"} else None
        if (kind, nullable, default, comment) != (None, None, None, None):
            yield AlterColumn(self.name, column, kind, nullable, default, comment, location=place, dialect=self.dialect)

    def _modify(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        item.accept("COLUMN")
        group = item.group()
        for definition in group.items() if group is not None else [item]:
            word = definition.next()
            if word is None or not word.is_name:
                continue
            if definition.upper() in _COLUMN_VERBS | {"TYPE", "NOT", "NULL", "DEFAULT"}:
                if definition.upper() in {"NOT", "NULL"}:
                    nullable = definition.upper() == "NULL"
                    yield AlterColumn(self.name, word.text, nullable=nullable, location=place, dialect=self.dialect)
                else:
                    yield from self._column(word.text, definition, place)
                continue
            yield self._redefined(word.text, definition, place)

    def _redefined(self, column: str, definition: Reader, place: Location | None) -> AlterColumn:
        """A whole new definition: MySQL forgets what it does not repeat, Oracle keeps it."""
        whole = self.dialect != "oracle"
        says = _says_null(definition)
        found = _definition(column, definition)
        return AlterColumn(
            self.name,
            column,
            found.type,
            found.nullable if says or whole else None,
            found.default if found.default is not None or not whole else "",
            found.comment,
            location=place,
            dialect=self.dialect,
        )

    def _change(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        item.accept("COLUMN")
        before, after = item.next(), item.next()
        if before is None or after is None:
            return
        if before.text != after.text:
            yield RenameColumn(self.name, before.text, after.text, after.quoted, location=place, dialect=self.dialect)
        yield self._redefined(after.text, item, place)

    def _set(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        if item.accept("OPTIONS"):
            start = item.at
            required = requires_filter(item.group())
            item.at = start
            comment = described(item.group())
            if required is not None:
                yield SetPartitioning(self.name, required=required, location=place, dialect=self.dialect)
            if comment is not None:
                yield CommentTable(self.name, comment, location=place, dialect=self.dialect)
        elif item.accept("SCHEMA"):
            schema = item.name()
            if schema is not None:
                to = TableName((*schema[0].parts, self.name.name))
                yield RenameTable(self.name, to, location=place, dialect=self.dialect)


_COLUMN_VERBS = frozenset({"SET", "DROP", "ADD", "RESTART", "REMOVE", "UNSET", "RENAME", "RESET", "STATISTICS"})


def _says_null(item: Reader) -> bool:
    return any(word.upper == "NULL" for word in item.words[item.at : item.end])


def _definition(column: str, item: Reader) -> Column:
    """Read a type and attributes that stand without their name before them."""
    kind = upper_type(read_type(item)) or None
    return read_attributes(item, Column(column, kind, nullable_by_type(item, kind or "")), Columns())


def read_rename(reader: Reader) -> Iterator[TableChange]:
    """Yield the changes of `RENAME TABLE a TO b, c TO d`."""
    if not reader.accept_any({"TABLE", "TABLES"}):
        return
    for item in reader.items():
        place = location(item, item.span)
        before = item.name()
        after = item.name() if item.accept("TO") else None
        if before is not None and after is not None:
            yield RenameTable(before[0], after[0], location=place, dialect=reader.dialect)


def read_sp_rename(reader: Reader) -> Iterator[TableChange]:
    """Yield the change of SQL Server's `EXEC sp_rename 'table.column', 'to', 'COLUMN'`."""
    if reader.upper() == "SYS" and reader.upper(1) == ".":
        reader.at += 2
    if not reader.accept("SP_RENAME"):
        return
    place = location(reader, reader.span)
    texts = [word.text for item in reader.items() if (word := _last_string(item)) is not None]
    if len(texts) < 2:
        return
    parts = [part.strip("[]") for part in texts[0].split(".")]
    if len(texts) > 2 and texts[2].upper() == "COLUMN" and len(parts) > 1:
        name = TableName(tuple(parts[:-1]))
        yield RenameColumn(name, parts[-1], texts[1].strip("[]"), location=place, dialect=reader.dialect)
    elif len(texts) == 2 or texts[2].upper() == "OBJECT":
        yield RenameTable(
            TableName(tuple(parts)), TableName((texts[1].strip("[]"),)), location=place, dialect=reader.dialect
        )


def _last_string(item: Reader) -> Word | None:
    words = [word for word in item.words[item.at : item.end] if word.string]
    return words[-1] if words else None
