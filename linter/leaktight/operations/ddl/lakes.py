"""What Iceberg, Delta and Hive add to ALTER TABLE: partition fields, the order of rows, a whole new list of columns."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import (
    AddKey,
    ChangePartitionFields,
    DropKey,
    ReplaceColumns,
    SetPartitioning,
    TableChange,
)
from leaktight.catalog.table import Clustering, Key, KeyKind, TableName
from leaktight.diagnostics import Location
from leaktight.languages.sql.ddl import Reader
from leaktight.operations.ddl.columns import column_name, read_definition
from leaktight.operations.ddl.definitions import Columns
from leaktight.operations.ddl.partitioning import read_clustering, read_partitioning

_ENDS = frozenset({"WITH", "AS"})


def read_partition_field(verb: str, table: TableName, item: Reader, place: Location | None) -> Iterator[TableChange]:
    """Read what follows `ADD`, `DROP` or `REPLACE PARTITION FIELD`: `bucket(16, id) AS shard`, `days(ts) WITH hours(ts)`."""
    dropped = ""
    if verb != "ADD":
        dropped = item.expression(_ENDS).text
        if verb == "REPLACE" and not item.accept("WITH"):
            return
    added = None
    if verb != "DROP":
        field = item.expression(_ENDS)
        added = read_partitioning(field, None)
        if added is None:
            return
    yield ChangePartitionFields(table, dropped, added, location=place, dialect=item.dialect)


def read_replaced_columns(table: TableName, item: Reader, place: Location | None) -> Iterator[TableChange]:
    """Read what follows `REPLACE COLUMNS`."""
    group = item.group()
    found = Columns()
    for definition in group.items() if group is not None else ():
        read_definition(definition, found)
    if found.columns:
        yield ReplaceColumns(table, found.columns, location=place, dialect=item.dialect)


def read_undivided(table: TableName, reader: Reader, place: Location) -> tuple[TableChange, ...] | None:
    """Read an action whose commas part columns: `WRITE ORDERED BY a, b`, `SET IDENTIFIER FIELDS a, b`; None for any other."""
    if reader.accept("WRITE"):
        return tuple(_write_order(table, reader, place))
    if reader.upper(1) == "IDENTIFIER" and reader.upper(2) == "FIELDS":
        return _identifier_fields(table, reader)
    return None


def _write_order(table: TableName, reader: Reader, place: Location) -> Iterator[TableChange]:
    """Read what follows `WRITE`: `DISTRIBUTED BY PARTITION LOCALLY ORDERED BY a, b`, `UNORDERED`."""
    while not reader.done:
        if reader.accept("ORDERED", "BY"):
            yield SetPartitioning(table, None, read_clustering(reader), location=place, dialect=reader.dialect)
            return
        if reader.accept("UNORDERED"):
            yield SetPartitioning(table, None, Clustering(()), location=place, dialect=reader.dialect)
            return
        reader.next()


def _identifier_fields(table: TableName, reader: Reader) -> tuple[TableChange, ...]:
    """Read Iceberg's `SET IDENTIFIER FIELDS a, b`, a key that nothing enforces, and `DROP IDENTIFIER FIELDS a`.

    What is dropped may be a part of the key alone: the rest of it tells no rows apart.
    """
    place = reader.document.location(reader.span)
    sets = reader.upper() == "SET"
    reader.at += 3
    dropped = DropKey(table, kind=KeyKind.PRIMARY, location=place, dialect=reader.dialect)
    if not sets:
        return (dropped,)
    listed = [column_name(item) for item in reader.items()]
    names = tuple(name for name in listed if name)
    if not names or len(names) < len(listed):
        return (dropped,)
    key = Key(KeyKind.PRIMARY, names, enforced=False, location=place)
    return dropped, AddKey(table, key, location=place, dialect=reader.dialect)
