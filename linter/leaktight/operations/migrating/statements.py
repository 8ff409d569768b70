"""What the statements of a SQL document do to the schema, one step after the other, each with its words' places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from sqlglot import exp

from leaktight.catalog.change import (
    AddExclusion,
    AddIndex,
    DropIndex,
    DropTable,
    RenameColumn,
    RenameTable,
)
from leaktight.catalog.table import TableName
from leaktight.languages.sql import clauses
from leaktight.languages.sql.ddl import Reader, statement_words
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.statements import Statement
from leaktight.lazy import record
from leaktight.operations.ddl.actions import AddedColumn, AlterAction
from leaktight.operations.ddl.alter import alter_actions
from leaktight.operations.ddl.create import DeclaredTable, read_create
from leaktight.operations.ddl.marks import Undone
from leaktight.operations.ddl.renaming import read_sp_rename
from leaktight.operations.migrating.enums import Enums
from leaktight.operations.migrating.filling import read_write
from leaktight.operations.migrating.manner import column_manner, manner
from leaktight.operations.migrating.postgres_steps import PostgresStep, PostgresSteps
from leaktight.operations.schema_change import How, SchemaChange
from leaktight.operations.schema_step import DropObject, EmptyTable, SchemaStep, ValidateConstraint
from leaktight.operations.table_changes import schema_elements, selected_into
from leaktight.text import Span


class Mark(StrEnum):
    """What a statement does that changes no schema, but how the changes after it are made."""

    BEGIN = "begin"
    COMMIT = "commit"
    TIMEOUT = "timeout"


@record(frozen=True, slots=True)
class Marked:
    """A mark, and where it stands in the document's region."""

    mark: Mark
    span: Span


Step = SchemaChange | Marked

_WORDS = frozenset(
    """CREATE ALTER DROP TRUNCATE RENAME EXEC EXECUTE UPDATE DELETE SET BEGIN START COMMIT ROLLBACK SELECT REINDEX VACUUM
    CLUSTER WITH""".split()
)
_TIMEOUTS = frozenset({"LOCK_TIMEOUT", "STATEMENT_TIMEOUT", "LOCK_WAIT_TIMEOUT", "INNODB_LOCK_WAIT_TIMEOUT"})


def steps(document: SqlDocument, made: set[tuple[str, str]]) -> Iterator[Step]:
    """Yield what the statements of a document do, those of routines and of the half that takes all back left out.

    `made` are the schemas and domains that the file has made so far, as in `PostgresSteps`.
    """
    undone = Undone(document.text, document.dialect)
    enums, postgres = Enums(document), PostgresSteps(document, made)
    for statement in document.statements:
        word = statement.keyword.partition(" ")[0]
        if statement.routine or (word and word not in _WORDS):
            continue
        if not undone.holds(statement.span):
            yield from _Steps(document, statement, enums, postgres).read(word)


class _Said(NamedTuple):
    """What an action of ALTER TABLE says beside the change itself."""

    how: frozenset[How]
    alone: bool
    kind: str
    table_span: Span


class _Steps:
    """The steps of one statement."""

    def __init__(self, document: SqlDocument, statement: Statement, enums: Enums, postgres: PostgresSteps) -> None:
        self.document = document
        self.statement = statement
        self.enums = enums
        self.postgres = postgres

    def read(self, word: str) -> Iterator[Step]:
        """Yield the steps."""
        if word in {"UPDATE", "DELETE"}:
            yield from self._writes()
            return
        if word in {"SELECT", "WITH"}:
            for made in selected_into(self.document, self.statement):
                yield self._change(made.change, made.table.name, made.name_span, name_span=made.name_span)
            if word == "WITH" or "timeout" not in self.document.slice(self.statement.span).lower():
                return
        reader = Reader(self.document, statement_words(self.document, self.statement))
        first = reader.next()
        match first.upper if first is not None else "":
            case "CREATE":
                yield from self._create(reader)
            case "ALTER":
                yield from self._alter(reader)
            case "DROP":
                yield from self._drop(reader)
            case "TRUNCATE":
                yield from self._truncate(reader)
            case "RENAME":
                yield from self._renames(reader)
            case "EXEC" | "EXECUTE":
                yield from self._procedure(reader)
            case "SET" | "SELECT":
                if any(word.upper in _TIMEOUTS or word.text.lower() == "lock_timeout" for word in reader.words):
                    yield Marked(Mark.TIMEOUT, self.statement.span)
            case "REINDEX" | "VACUUM" | "CLUSTER" as verb:
                yield from self._of_postgres(self.postgres.rebuilt(verb, reader))
            case "BEGIN" | "START":
                yield Marked(Mark.BEGIN, self.statement.span)
            case "COMMIT" | "ROLLBACK":
                yield Marked(Mark.COMMIT, self.statement.span)
            case _:
                return

    def _change(
        self,
        change: SchemaStep,
        name: TableName,
        span: Span,
        *,
        name_span: Span | None = None,
        how: frozenset[How] = frozenset(),
        alone: bool = True,
        kind: str = "table",
        using: str = "",
        table_span: Span | None = None,
    ) -> SchemaChange:
        return SchemaChange(
            self.document,
            span,
            change,
            name,
            self.document.dialect,
            name_span,
            how,
            statement=self.statement.span,
            alone=alone,
            kind=kind,
            using=using,
            table_span=table_span,
        )

    # CREATE

    def _create(self, reader: Reader) -> Iterator[SchemaChange]:
        start = reader.at
        if reader.accept("TYPE"):
            self.enums.create(reader)
            return
        self.postgres.create(reader)
        if reader.upper() == "SCHEMA":
            found: Iterable[DeclaredTable | AddIndex | None] = schema_elements(reader)
        else:
            found = (read_create(reader, self.statement.tree),)
        for made in found:
            if isinstance(made, DeclaredTable):
                yield self._change(made.change, made.table.name, made.name_span, name_span=made.name_span)
            elif isinstance(made, AddIndex):
                words = Reader(reader.document, reader.words, start, reader.end)
                yield self._change(made, made.name, self._head(words, "INDEX"), how=manner(words), kind="index")

    def _head(self, words: Reader, last: str) -> Span:
        """Give the first words of the statement up to one: `CREATE UNIQUE INDEX`."""
        end = next((word.span for word in words.words[words.at : words.end] if word.upper == last), words.span)
        return Span(self.statement.span.start, end.end)

    # ALTER

    def _alter(self, reader: Reader) -> Iterator[SchemaChange]:
        if reader.accept("TYPE"):
            for change, span, name_span in self.enums.alter(reader):
                yield self._change(change, change.name, span, name_span=name_span, kind="type")
            return
        if reader.upper() in {"DOMAIN", "SCHEMA"}:
            yield from self._of_postgres(self.postgres.alter(reader))
            return
        whole = manner(reader) & {How.ONLINE, How.LOCKING}
        if reader.dialect in {"tsql", "fabric"} and any(word.upper == "NOCHECK" for word in reader.words):
            whole |= {How.NOT_VALID}
        actions = list(alter_actions(reader))
        for action in actions:
            yield from self._action(action, manner(action.words) | whole, alone=len(actions) == 1)

    def _action(self, action: AlterAction, how: frozenset[How], *, alone: bool) -> Iterator[SchemaChange]:
        span, said = action.words.span, _Said(how, alone, action.kind.lower(), action.table_span)
        for item in action.changes:
            if isinstance(item, AddedColumn):
                more = said._replace(how=how | column_manner(action.words))
                yield self._change(item.change, action.table, span, name_span=item.place.name, **more._asdict())
            else:
                name_span = action.table_span if isinstance(item, RenameTable) else _name_span(action.words)
                using = _using(action.words)
                yield self._change(item, action.table, span, name_span=name_span, using=using, **said._asdict())
        other = _other(action) if not action.changes else None
        if other is not None:
            yield self._change(other, action.table, span, **said._asdict())

    def _renames(self, reader: Reader) -> Iterator[SchemaChange]:
        """Read `RENAME TABLE a TO b, c TO d`."""
        reader.accept_any({"TABLE", "TABLES"})
        for item in reader.items():
            before = item.name()
            after = item.name() if item.accept("TO") else None
            if before is not None and after is not None:
                name, span = before
                place = self.document.location(span)
                change = RenameTable(name, after[0], location=place, dialect=reader.dialect)
                yield self._change(change, name, span, name_span=span)

    def _procedure(self, reader: Reader) -> Iterator[SchemaChange]:
        """Read SQL Server's `EXEC sp_rename`."""
        named = next((word.span for word in reader.words if word.string), None)
        for change in read_sp_rename(reader):
            if isinstance(change, (RenameTable, RenameColumn)):
                yield self._change(change, change.name, self.statement.span, name_span=named)

    def _of_postgres(self, found: Iterator[PostgresStep]) -> Iterator[SchemaChange]:
        for one in found:
            yield self._change(
                one.change, one.change.name, one.span, name_span=one.name_span, how=one.how, kind=one.kind
            )

    # DROP and TRUNCATE

    def _drop(self, reader: Reader) -> Iterator[SchemaChange]:
        start = reader.at
        kind = ""
        while not kind and reader.at - start < 4 and not reader.done:
            kind = reader.accept_any(_DROPPED)
            if not kind:
                reader.next()
        if not kind:
            return
        concurrently = reader.accept("CONCURRENTLY")
        exists = reader.accept("IF", "EXISTS")
        how = {How.CONCURRENTLY} if concurrently else set()
        how |= {How.IF_EXISTS} if exists else set()
        rest = {word.upper for word in reader.words[reader.at : reader.end]}
        how |= {How.CASCADE} if "CASCADE" in rest else set()
        while (named := reader.name()) is not None:
            name, span = named
            place = self.document.location(span)
            change: SchemaStep
            if kind == "TABLE":
                change = DropTable(name, location=place, dialect=reader.dialect)
            elif kind == "INDEX":
                on = reader.name() if reader.accept("ON") else None
                change = DropIndex(name.name, on[0] if on is not None else None, location=place, dialect=reader.dialect)
            else:
                change = DropObject(name, kind.lower(), location=place, dialect=reader.dialect)
            yield self._change(change, name, span, name_span=span, how=frozenset(how), kind=kind.lower())
            reader.group()
            if not reader.accept(","):
                return

    def _truncate(self, reader: Reader) -> Iterator[SchemaChange]:
        reader.accept("TABLE")
        rest = {word.upper for word in reader.words[reader.at : reader.end]}
        how = frozenset({How.CASCADE} if "CASCADE" in rest else ())
        reader.accept("ONLY")
        while (named := reader.name()) is not None:
            name, span = named
            change = EmptyTable(name, location=self.document.location(span), dialect=reader.dialect)
            yield self._change(change, name, span, name_span=span, how=how)
            reader.accept("*")
            if not reader.accept(","):
                return

    # Rows

    def _writes(self) -> Iterator[SchemaChange]:
        tree = self.statement.tree
        if not isinstance(tree, (exp.Update, exp.Delete)):
            return
        found = read_write(self.document, tree)
        target = clauses.target(tree)
        if found is None or target is None:
            return
        change, narrowed = found
        how = frozenset({How.NARROWED} if narrowed else ())
        span = self.document.name_span(target)
        yield self._change(change, change.name, self.document.head(tree), name_span=span, how=how)


_DROPPED = frozenset(
    "TABLE VIEW INDEX DATABASE SCHEMA TYPE DOMAIN SEQUENCE FUNCTION EXTENSION PROCEDURE AGGREGATE TABLESPACE".split()
)


_SKIPPED = frozenset("ADD DROP RENAME ALTER MODIFY CHANGE COLUMN CONSTRAINT IF EXISTS NOT FOREIGN KEY INDEX".split())


def _name_span(words: Reader) -> Span | None:
    """Give the place of the name that an action speaks of, where it comes after the verb."""
    for word in words.words[words.at : words.end]:
        if word.upper not in _SKIPPED:
            return word.span if word.is_name and word.upper not in {"TO", "PRIMARY", "UNIQUE", "CHECK"} else None
    return None


def _using(words: Reader) -> str:
    """Give the expression after USING of `ALTER COLUMN … TYPE … USING …`."""
    rest = Reader(words.document, words.words, words.at, words.end)
    rest.expression(frozenset({"USING"}))
    return rest.text if rest.accept("USING") else ""


def _other(action: AlterAction) -> AddExclusion | ValidateConstraint | None:
    """Give what an action does that the catalog takes no notice of."""
    words = Reader(action.words.document, action.words.words, action.words.at, action.words.end)
    place = words.document.location(words.span)
    dialect = words.dialect
    if words.accept("VALIDATE", "CONSTRAINT"):
        word = words.next()
        if word is None:
            return None
        return ValidateConstraint(action.table, word.text, location=place, dialect=dialect)
    if not words.accept("ADD"):
        return None
    constraint = None
    if words.accept("CONSTRAINT"):
        word = words.next()
        constraint = word.text if word is not None else None
    if words.accept("EXCLUDE"):
        return AddExclusion(action.table, constraint, location=place, dialect=dialect)
    return None
