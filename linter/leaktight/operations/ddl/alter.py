"""ALTER TABLE, action by action."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import (
    AddCheck,
    AddColumn,
    AddExclusion,
    AddIndex,
    AddKey,
    AlterColumn,
    AttachPartition,
    CommentTable,
    DetachPartition,
    DropColumn,
    DropIndex,
    DropKey,
    RenameColumn,
    RenameTable,
    SetPartitioning,
    TableChange,
)
from leaktight.catalog.names import engine
from leaktight.catalog.table import Clustering, KeyKind, Partitioning, TableName
from leaktight.diagnostics import Location
from leaktight.languages.sql.ddl import Reader
from leaktight.operations.ddl.actions import AddedColumn, AlterAction
from leaktight.operations.ddl.asides import is_hint, without_settings
from leaktight.operations.ddl.columns import column_name, read_column, read_definition
from leaktight.operations.ddl.constraints import column_names, read_constraint, taken_index
from leaktight.operations.ddl.definitions import Columns
from leaktight.operations.ddl.lakes import read_partition_field, read_replaced_columns, read_undivided
from leaktight.operations.ddl.partitioning import read_bounds, read_clustering, read_partitioning
from leaktight.operations.ddl.properties import read_properties_of_table
from leaktight.operations.ddl.redefining import read_changed_column
from leaktight.operations.ddl.renaming import renamed_index

_KINDS = frozenset({"TABLE", "VIEW"})
_VERBS = frozenset(
    """ADD DROP RENAME ALTER MODIFY CHANGE SET ATTACH DETACH CLUSTER PARTITION ENABLE DISABLE OWNER VALIDATE INHERIT NO
    SWAP UNSET REMOVE COMMENT REPLACE CONVERT ENGINE AUTO_INCREMENT DEFAULT CHECK NOCHECK UPDATE DELETE FREEZE MOVE FETCH
    MATERIALIZE EXCHANGE TRUNCATE ORDER FORCE SWITCH REBUILD RECOVER APPEND RESET CLEAR EVOLVE REORGANIZE COALESCE""".split()
)
_LISTING = frozenset({"tsql", "fabric", "snowflake", "spark", "spark2", "databricks", "hive"})
"""Dialects in which an ALTER TABLE does one thing, to a list: `ADD a INT, comment VARCHAR(9)` adds two columns."""
_SPARK = frozenset({"spark", "spark2", "databricks"})
_NOT_ADDED = frozenset(
    {("RANGE", "PARTITION"), ("SEARCH", "OPTIMIZATION"), ("ROW", "ACCESS"), ("SYSTEM", "VERSIONING")}
)
_NOT_DROPPED = frozenset({"PARTITION", "DEFAULT", "PROJECTION", "ROW", "SEARCH", "CLUSTERING", "TAG"})


def read_alter(reader: Reader) -> Iterator[TableChange | AddedColumn]:
    """Yield the changes of an ALTER statement whose first word is taken."""
    for action in alter_actions(reader):
        yield from action.changes


def alter_actions(reader: Reader) -> Iterator[AlterAction]:
    """Yield the actions of an ALTER statement whose first word is taken."""
    for _ in range(3):
        if reader.upper() in _KINDS:
            break
        if reader.accept_any({"FOREIGN", "EXTERNAL", "MATERIALIZED", "ICEBERG", "DYNAMIC", "HYBRID"}) == "":
            return
    kind = reader.accept_any(_KINDS)
    if not kind:
        return
    if_exists = reader.accept("IF", "EXISTS")
    reader.accept("ONLY")
    named = reader.name()
    if named is None:
        return
    reader.accept("*")
    if reader.accept("ON", "CLUSTER"):
        reader.next()
    if reader.upper() == "WITH" and reader.upper(1) in {"CHECK", "NOCHECK"}:
        reader.at += 2
    words, verb = Reader(reader.document, reader.words, reader.at, reader.end), reader.upper()
    undivided = read_undivided(named[0], reader, reader.document.location(named[1]))
    if undivided is not None:
        yield AlterAction(named[0], named[1], kind, verb, words, if_exists, undivided)
        return
    alter = _Alter(reader, named[0])
    verb = ""
    for item in without_settings(reader).items():
        if is_hint(item):
            continue
        words = Reader(item.document, item.words, item.at, item.end)
        if _begins_action(item, verb):
            verb = item.upper()
            item.next()
        changes = tuple(alter.action(verb, item))
        yield AlterAction(named[0], named[1], kind, verb, words, if_exists, changes)


def _begins_action(item: Reader, verb: str) -> bool:
    """Say whether an item has a verb of its own, or goes on with a list of the one before."""
    word = item.upper()
    if not verb or item.dialect not in _LISTING:
        return word in _VERBS
    return word in {verb, "ADD", "ALTER", "DROP"}


class _Alter:
    """The actions of one ALTER TABLE."""

    def __init__(self, reader: Reader, name: TableName) -> None:
        self.name = name
        self.dialect = reader.dialect
        # SQL Server's DROP lists constraints up to the word COLUMN.
        self._drops_keys = engine(reader.dialect) == "tsql"

    def action(self, verb: str, item: Reader) -> Iterator[TableChange | AddedColumn]:
        """Yield the changes that one action makes, its verb taken."""
        place = item.document.location(item.span) if not item.done else None
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
            case "CLUSTER" if item.upper() != "ON":
                item.accept("BY")
                none = Clustering(()) if item.upper() == "NONE" else None
                clustering = none or read_clustering(item)
                yield SetPartitioning(self.name, None, clustering, location=place, dialect=self.dialect)
            case "REPLACE":
                if item.accept("COLUMNS"):
                    yield from read_replaced_columns(self.name, item, place)
                elif item.accept("PARTITION", "FIELD"):
                    yield from read_partition_field(verb, self.name, item, place)
            case "PARTITION":
                if item.accept("BY"):
                    found = read_partitioning(item, None)
                    yield SetPartitioning(self.name, found, location=place, dialect=self.dialect)
            case "REMOVE" if item.accept("PARTITIONING"):
                none_at_all = Partitioning((), "", "")
                yield SetPartitioning(self.name, none_at_all, location=place, dialect=self.dialect)
            case "ATTACH":
                child = item.name() if item.accept("PARTITION") else None
                if child is not None:
                    bounds = read_bounds(item)
                    yield AttachPartition(self.name, child[0], bounds, location=place, dialect=self.dialect)
            case "DETACH":
                child = item.name() if item.accept("PARTITION") else None
                if child is not None:
                    yield DetachPartition(self.name, child[0], location=place, dialect=self.dialect)
            case "SET":
                yield from self._set(item, place)
            case "COMMENT" if item.accept("COLUMN"):
                item.accept("IF", "EXISTS")
                column, text = column_name(item), item.next()
                if column is not None and text is not None and text.string:
                    yield AlterColumn(self.name, column, comment=text.text, location=place, dialect=self.dialect)
            case "COMMENT":
                item.accept("=")
                text = item.next()
                if text is not None and text.string:
                    yield CommentTable(self.name, text.text, location=place, dialect=self.dialect)
            case _:
                return

    def _add(self, item: Reader, place: Location | None) -> Iterator[TableChange | AddedColumn]:
        default = _default_for(item)
        if default is not None:
            name, text = default
            yield AlterColumn(self.name, name, default=text, location=place, dialect=self.dialect)
            return
        if item.accept("PARTITION", "FIELD"):
            yield from read_partition_field("ADD", self.name, item, place)
            return
        explicit = bool(item.accept_any({"COLUMN", "COLUMNS"}))
        item.accept("IF", "NOT", "EXISTS")
        found = Columns()
        group = item.group()
        if group is not None:
            for definition in group.items():
                read_definition(definition, found)
        elif explicit:
            read_column(item, found)
        elif item.upper() in {"PARTITION", "STATISTICS"} or (item.upper(), item.upper(1)) in _NOT_ADDED:
            return
        elif (taking := taken_index(item)) is not None:
            yield AddKey(self.name, *taking, location=place, dialect=self.dialect)
            return
        elif not read_constraint(item, found):
            word = item.peek()
            if word is not None and word.is_name and item.hole(word.span) is None:
                read_column(item, found)
        keys = list(found.keys)
        for column in found.columns.values():
            own = tuple(key for key in keys if key.columns == (column.name,))
            keys = [key for key in keys if key not in own]
            after = found.after.get(column.name.lower())
            change = AddColumn(self.name, column, own, after, location=place, dialect=self.dialect)
            yield AddedColumn(change, found.places[column.name.lower()])
        for key in keys:
            yield AddKey(self.name, key, location=place, dialect=self.dialect)
        for index in found.indexes:
            yield AddIndex(self.name, index, location=place, dialect=self.dialect)
        for exclusion in found.exclusions:
            yield AddExclusion(self.name, exclusion.name, exclusion, location=place, dialect=self.dialect)
        for check in found.checks:
            yield AddCheck(self.name, check, location=place, dialect=self.dialect)

    def _drop(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        if item.accept("PARTITION", "FIELD"):
            yield from read_partition_field("DROP", self.name, item, place)
            return
        if item.accept("CLUSTERING", "KEY"):
            yield SetPartitioning(self.name, None, Clustering(()), location=place, dialect=self.dialect)
            return
        explicit = bool(item.accept_any({"COLUMN", "COLUMNS"}))
        if explicit:
            self._drops_keys = False
        elif item.peek(1) is not None or self._drops_keys:
            if item.upper() in _NOT_DROPPED:
                return
            other = self._dropped_key(item, place)
            if other is not None:
                yield other
                return
        item.accept("IF", "EXISTS")
        group = item.group()
        for dropped in group.items() if group is not None else [item]:
            name = column_name(dropped)
            if name is not None:
                yield DropColumn(self.name, name, location=place, dialect=self.dialect)

    def _dropped_key(self, item: Reader, place: Location | None) -> DropKey | DropIndex | None:
        """Give the key or index that a DROP without the word COLUMN takes away; None when it is a column."""
        if item.accept("PRIMARY", "KEY"):
            return DropKey(self.name, kind=KeyKind.PRIMARY, location=place, dialect=self.dialect)
        if item.upper() == "UNIQUE" and item.upper(1) == "(":
            item.next()
            columns = column_names(item.group())
            return DropKey(self.name, kind=KeyKind.UNIQUE, columns=columns, location=place, dialect=self.dialect)
        index = bool(item.accept_any({"INDEX", "KEY"}))
        if (
            index
            or item.accept("FOREIGN", "KEY")
            or item.accept_any({"CONSTRAINT", "UNIQUE", "CHECK"})
            or self._drops_keys
        ):
            self._drops_keys = engine(self.dialect) == "tsql"
            item.accept("IF", "EXISTS")
            word = item.next()
            name = word.text if word is not None else ""
            if index:
                return DropIndex(name, self.name, location=place, dialect=self.dialect)
            return DropKey(self.name, name, location=place, dialect=self.dialect)
        return None

    def _rename(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        if item.upper() in {"INDEX", "KEY", "CONSTRAINT", "PARTITION"} and item.upper(2) == "TO":
            if item.accept_any({"INDEX", "KEY", "CONSTRAINT"}):
                yield from renamed_index(item, self.name, place)
            return
        if item.upper() in {"TO", "AS"} and item.upper(1) != "TO":
            item.next()
            to = item.name()
            if to is not None:
                yield RenameTable(self.name, to[0], location=place, dialect=self.dialect)
            return
        item.accept("COLUMN")
        item.accept("IF", "EXISTS")
        before = column_name(item)
        word = item.peek() if item.accept("TO") else None
        after = column_name(item) if word is not None else None
        if before is not None and word is not None and after is not None:
            yield RenameColumn(self.name, before, after, word.quoted, location=place, dialect=self.dialect)

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
        yield from self._columns(item, place, whole=False)

    def _modify(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        explicit = item.accept("COLUMN")
        if self.dialect == "clickhouse" and item.accept("ORDER", "BY"):
            yield SetPartitioning(self.name, None, read_clustering(item), location=place, dialect=self.dialect)
        # ClickHouse also modifies SETTING, TTL, ORDER BY and QUERY; Oracle partitions and constraints.
        if not explicit and (self.dialect == "clickhouse" or item.upper() in {"CONSTRAINT", "PARTITION"}):
            return
        yield from self._columns(item, place, whole=engine(self.dialect) == "mysql")

    def _columns(self, item: Reader, place: Location | None, *, whole: bool) -> Iterator[TableChange]:
        """Read what becomes of one column, or of each in brackets."""
        item.accept("IF", "EXISTS")
        group = item.group()
        for one in group.items() if group is not None else [item]:
            one.accept("COLUMN")
            name = column_name(one)
            if name is not None:
                yield from read_changed_column(self.name, name, one, place, whole=whole)

    def _change(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        item.accept("COLUMN")
        item.accept("IF", "EXISTS")
        before = column_name(item)
        if before is None:
            return
        after = item.peek()
        # Spark's CHANGE is another word for ALTER, but it may repeat the name as Hive's does.
        renames = self.dialect not in _SPARK or (after is not None and after.text.lower() == before.lower())
        if renames:
            item.next()
        if after is None:
            return
        name = after.text if renames else before
        if before != name:
            yield RenameColumn(self.name, before, name, after.quoted, location=place, dialect=self.dialect)
        yield from read_changed_column(self.name, name, item, place, whole=engine(self.dialect) in {"mysql", ""})

    def _set(self, item: Reader, place: Location | None) -> Iterator[TableChange]:
        if item.accept("COMMENT"):  # Snowflake
            item.accept("=")
            text = item.next()
            if text is not None and text.string:
                yield CommentTable(self.name, text.text or None, location=place, dialect=self.dialect)
        elif item.accept("OPTIONS") or item.accept("TBLPROPERTIES"):
            said = read_properties_of_table(item.group())
            required, comment = said.required, said.comment
            if required is not None:
                yield SetPartitioning(self.name, required=required, location=place, dialect=self.dialect)
            if comment is not None:
                yield CommentTable(self.name, comment, location=place, dialect=self.dialect)
        elif item.accept("SCHEMA"):
            schema = item.name()
            if schema is not None:
                to = TableName((*schema[0].parts, self.name.name))
                yield RenameTable(self.name, to, location=place, dialect=self.dialect)


def _default_for(item: Reader) -> tuple[str, str] | None:
    """Take SQL Server's `[CONSTRAINT name] DEFAULT value FOR column`; give the column and the value."""
    start = item.at
    if item.accept("CONSTRAINT"):
        item.next()
    text = item.expression(_FOR).text if item.accept("DEFAULT") else ""
    column = item.next() if text and item.accept("FOR") else None
    if column is None:
        item.at = start
        return None
    return column.text, text


_FOR = frozenset({"FOR"})
