"""Types with a list of values: what becomes of them in a file."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.table import TableName
from leaktight.languages.sql.ddl import Reader, statement_words
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.ddl.enums import read_create_type
from leaktight.operations.schema_step import AlterEnum
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
        self._made.update(made.name.name.lower() for made in read_create_type(reader))

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
        """Yield the name, in lower case, of each enumeration that a statement makes, with where that begins."""
        for statement in self.document.statements:
            tokens = self.document.tokens[statement.first : statement.first + 2]
            if statement.keyword == "CREATE" and tokens[-1].text.upper() == "TYPE":
                reader = Reader(self.document, statement_words(self.document, statement))
                reader.accept("CREATE", "TYPE")
                yield from ((made.name.name.lower(), statement.span.start) for made in read_create_type(reader))
