"""Reads `CREATE TYPE … AS ENUM` and what ALTER TYPE does to its values."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import AddEnumValue, CreateEnum, RenameEnum
from leaktight.languages.sql.ddl import Reader


def read_create_type(reader: Reader) -> Iterator[CreateEnum]:
    """Yield the type of a `CREATE TYPE`, those two words taken, if it is a list of values."""
    named = reader.name()
    if named is None or not reader.accept("AS", "ENUM"):
        return
    group = reader.group()
    if group is not None:
        values = tuple(word.text for word in group.words[group.at : group.end] if word.string)
        place = reader.document.location(named[1])
        yield CreateEnum(named[0], values, location=place, dialect=reader.dialect)


def read_alter_type(reader: Reader) -> Iterator[AddEnumValue | RenameEnum]:
    """Yield the value that an `ALTER TYPE`, those two words taken, adds, or the name that it gives the type."""
    named = reader.name()
    if named is None:
        return
    name, span = named
    place = reader.document.location(span)
    if reader.accept("ADD", "VALUE"):
        reader.accept("IF", "NOT", "EXISTS")
        value = reader.next()
        if value is not None and value.string:
            yield AddEnumValue(name, value.text, location=place, dialect=reader.dialect)
    elif reader.accept("RENAME", "VALUE"):
        before, after = reader.next(), reader.next() if reader.accept("TO") else None
        if before is not None and after is not None and after.string:
            yield AddEnumValue(name, after.text, before.text, location=place, dialect=reader.dialect)
    elif reader.accept("RENAME", "TO"):
        to = reader.next()
        if to is not None and to.is_name:
            yield RenameEnum(name, to.text, location=place, dialect=reader.dialect)
