"""RENAME TABLE, ALTER INDEX and SQL Server's sp_rename; and ALTER TABLE … RENAME INDEX."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import RenameColumn, RenameIndex, RenameTable, TableChange
from leaktight.catalog.table import TableName
from leaktight.diagnostics import Location
from leaktight.languages.sql.ddl import Reader, Word


def read_alter_index(reader: Reader) -> Iterator[TableChange]:
    """Yield the change of `ALTER INDEX a RENAME TO b`, its first two words taken."""
    reader.accept("IF", "EXISTS")
    named = reader.name()
    after = reader.name() if named is not None and reader.accept("RENAME", "TO") else None
    if named is not None and after is not None:
        place = reader.document.location(named[1])
        yield RenameIndex(named[0].name, after[0].name, location=place, dialect=reader.dialect)


def renamed_index(item: Reader, table: TableName, place: Location | None) -> Iterator[TableChange]:
    """Yield the change of `a TO b` behind ALTER TABLE … RENAME INDEX."""
    before = item.next()
    after = item.next() if item.accept("TO") else None
    if before is not None and after is not None:
        yield RenameIndex(before.text, after.text, table, location=place, dialect=item.dialect)


def read_rename(reader: Reader) -> Iterator[TableChange]:
    """Yield the changes of `RENAME TABLE a TO b, c TO d`."""
    if not reader.accept_any({"TABLE", "TABLES"}):
        return
    for item in reader.items():
        place = item.document.location(item.span)
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
    place = reader.document.location(reader.span)
    texts = [word.text for item in reader.items() if (word := _last_string(item)) is not None]
    if len(texts) < 2:
        return
    parts = [part.strip("[]") for part in texts[0].split(".")]
    kind = texts[2].upper() if len(texts) > 2 else ""
    if kind in {"COLUMN", "INDEX"} and len(parts) > 1:
        name, to = TableName(tuple(parts[:-1])), texts[1].strip("[]")
        if kind == "INDEX":
            yield RenameIndex(parts[-1], to, name, location=place, dialect=reader.dialect)
        else:
            yield RenameColumn(name, parts[-1], to, location=place, dialect=reader.dialect)
    elif kind in {"", "OBJECT"}:
        yield RenameTable(
            TableName(tuple(parts)), TableName((texts[1].strip("[]"),)), location=place, dialect=reader.dialect
        )


def _last_string(item: Reader) -> Word | None:
    words = [word for word in item.words[item.at : item.end] if word.string]
    return words[-1] if words else None
