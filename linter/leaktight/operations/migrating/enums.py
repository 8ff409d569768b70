"""Types with a list of values: what becomes of them in a file."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.table import TableName
from leaktight.languages.sql.ddl import Reader
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.schema_change import AlterEnum
from leaktight.text import Span

Found = tuple[AlterEnum, Span, Span | None]


class Enums:
    """The enumerations that a document makes, and the names that it puts aside."""

    def __init__(self, document: SqlDocument) -> None:
        self.document = document
        self._made: set[str] = set()
        self._aside: dict[str, tuple[TableName, Span]] = {}
        self._last_made: dict[str, int] | None = None

    def create(self, reader: Reader) -> None:
        """Take in `CREATE TYPE name AS ENUM (…)`, the words before the name taken."""
        named = reader.name()
        if named is not None and reader.accept("AS", "ENUM"):
            self._made.add(named[0].name.lower())

    def alter(self, reader: Reader) -> Iterator[Found]:
        """Yield what `ALTER TYPE …` takes away, its first two words taken.

        A type is made anew in another's place in one of two ways: the old one is put aside and one of its name made, or a
        new one is made under another name and given the old one's after that was put aside.
        """
        named = reader.name()
        if named is None:
            return
        name, name_span = named
        rest = reader.span
        place = self.document.location(name_span)
        if reader.accept("RENAME", "VALUE"):
            before = reader.next()
            if before is not None:
                yield AlterEnum(name, renamed=(before.text,), location=place, dialect=reader.dialect), rest, name_span
        elif reader.accept("DROP", "VALUE"):
            reader.accept("IF", "EXISTS")
            gone = reader.next()
            if gone is not None:
                yield AlterEnum(name, removed=(gone.text,), location=place, dialect=reader.dialect), rest, name_span
        elif reader.accept("RENAME", "TO"):
            to = reader.next()
            if to is None:
                return
            aside = self._aside.get(to.text.lower())
            if name.name.lower() in self._made and aside is not None:
                old, old_span = aside
                yield AlterEnum(old, remade=True, location=place, dialect=reader.dialect), old_span, old_span
            elif name.name.lower() not in self._made:
                self._aside[name.name.lower()] = (name, name_span)
                if self._made_later(name, rest.end):
                    yield AlterEnum(name, remade=True, location=place, dialect=reader.dialect), rest, name_span

    def _made_later(self, name: TableName, after: int) -> bool:
        """Say whether a later statement makes an enumeration of that name."""
        if self._last_made is None:
            self._last_made = dict(self._makings())
        return self._last_made.get(name.name.lower(), -1) >= after

    def _makings(self) -> Iterator[tuple[str, int]]:
        """Yield the words, in lower case, of each statement that makes an enumeration, with where it begins."""
        for statement in self.document.statements:
            if statement.keyword != "CREATE":
                continue
            tokens = self.document.tokens[statement.first : statement.first + 9]
            words = [token.text.lower() for token in tokens]
            if words[1:2] == ["type"] and "enum" in words:
                yield from ((word, statement.span.start) for word in words)
