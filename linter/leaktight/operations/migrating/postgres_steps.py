"""What PostgreSQL's statements do to schemas and domains, and which tables they write anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from leaktight.languages.sql.ddl import Reader
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.migrating.manner import manner
from leaktight.operations.schema_change import How
from leaktight.operations.schema_step import RebuildTable, RenameSchema, RestrictDomain
from leaktight.text import Span


class PostgresStep(NamedTuple):
    """A step, the least that says it, and the name of what it is done to."""

    change: RebuildTable | RestrictDomain | RenameSchema
    span: Span
    name_span: Span
    how: frozenset[How]
    kind: str


_OFF = frozenset({"FALSE", "OFF", "0"})
_REINDEXED = frozenset({"TABLE", "INDEX", "SCHEMA", "DATABASE", "SYSTEM"})


class PostgresSteps:
    """The schemas and domains that a document makes, and what it does to those that are there.

    `made` are the kinds and names of those that the documents of the file before it make; those of this one are added to it.
    """

    def __init__(self, document: SqlDocument, made: set[tuple[str, str]]) -> None:
        self.document = document
        self._made = made

    def create(self, reader: Reader) -> None:
        """Take in `CREATE SCHEMA name` and `CREATE DOMAIN name`, the first word taken; the reader stays where it is."""
        kind = reader.upper()
        if kind not in {"SCHEMA", "DOMAIN"}:
            return
        words = Reader(reader.document, reader.words, reader.at + 1, reader.end)
        words.accept("IF", "NOT", "EXISTS")
        named = words.name()
        if named is not None:
            self._made.add((kind, named[0].name.lower()))

    def alter(self, reader: Reader) -> Iterator[PostgresStep]:
        """Yield what `ALTER SCHEMA` and `ALTER DOMAIN` do to what was there before the document, the first word taken."""
        kind = reader.accept_any({"SCHEMA", "DOMAIN"})
        reader.accept("IF", "EXISTS")
        named = reader.name()
        if named is None or (kind, named[0].name.lower()) in self._made:
            return
        name, span = named
        rest, how = reader.span, manner(reader)
        place = self.document.location(span)
        if kind == "SCHEMA":
            to = reader.name() if reader.accept("RENAME", "TO") else None
            if to is not None:
                yield PostgresStep(
                    RenameSchema(name, to[0].name, location=place, dialect=reader.dialect), rest, span, how, "schema"
                )
        elif reader.upper() == "ADD" or reader.accept("SET", "NOT", "NULL"):
            yield PostgresStep(RestrictDomain(name, location=place, dialect=reader.dialect), rest, span, how, "domain")

    def rebuilt(self, verb: str, reader: Reader) -> Iterator[PostgresStep]:
        """Yield what `REINDEX`, `VACUUM FULL` and `CLUSTER` write anew, the first word taken."""
        how = manner(reader)
        options = reader.group()
        said = _options(options) if options is not None else set()
        kind = "TABLE"
        if verb == "REINDEX":
            kind = reader.accept_any(_REINDEXED)
            how |= {How.CONCURRENTLY} if "CONCURRENTLY" in said else set()
            reader.accept("CONCURRENTLY")
            if not kind:
                return
        elif verb == "VACUUM":
            while (word := reader.accept_any({"FULL", "FREEZE", "VERBOSE", "ANALYZE", "ANALYSE"})) != "":
                said.add(word)
            if "FULL" not in said:
                return
            verb = "VACUUM FULL"
        else:
            reader.accept("VERBOSE")
        while (named := reader.name()) is not None:
            if verb == "CLUSTER" and reader.accept("ON"):  # `CLUSTER index ON table`, as before 8.3
                named = reader.name() or named
            name, span = named
            change = RebuildTable(name, verb.lower(), location=self.document.location(span), dialect=reader.dialect)
            yield PostgresStep(change, span, span, frozenset(how), kind.lower())
            reader.group()
            if not reader.accept(","):
                return


def _options(group: Reader) -> set[str]:
    """Give the options that a bracketed list turns on: `(VERBOSE, FULL OFF)` turns one on."""
    words = [word.upper for word in group.words[group.at : group.end]]
    return {word for word, value in zip(words, [*words[1:], ""], strict=True) if value not in _OFF}
