"""What the DDL of a SQL document does to tables, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from leaktight.catalog.change import (
    AddIndex,
    AlterColumn,
    CommentTable,
    CreateTable,
    DropIndex,
    DropTable,
    TableChange,
    TypeChange,
)
from leaktight.catalog.search_path import SearchPath
from leaktight.catalog.table import Column, Table, TableName
from leaktight.languages.sql import clauses
from leaktight.languages.sql.ddl import Reader, Word, block_words, statement_words
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.statements import Statement
from leaktight.lazy import record
from leaktight.operations.ddl.actions import AddedColumn
from leaktight.operations.ddl.alter import read_alter
from leaktight.operations.ddl.create import DeclaredTable, outputs, read_create
from leaktight.operations.ddl.describing import read_description
from leaktight.operations.ddl.enums import read_alter_type, read_create_type
from leaktight.operations.ddl.marks import Undone
from leaktight.operations.ddl.placing import Read, placed
from leaktight.operations.ddl.renaming import read_alter_index, read_rename, read_sp_rename
from leaktight.operations.twins import is_told_elsewhere
from leaktight.text import Span

_INTO = frozenset({"postgres", "redshift", "tsql", "fabric"})
"""Dialects whose SELECT … INTO makes a table; elsewhere it fills variables."""

_Found = tuple[Read, bool]
"""What a statement does, and whether it stands in the body of a routine."""


def table_changes(document: SqlDocument) -> list[TableChange | TypeChange]:
    """Give every change of a table or of a type with a list of values that the statements of a document make, in their order.

    What the body of a routine does is left out, for it is not done before that is called; but the temporary tables that it
    makes are there for the rest of the body.
    """
    changes: list[TableChange | TypeChange] = []
    for item, in_routine in document.remembered(_read):
        change = item.change if isinstance(item, (DeclaredTable, AddedColumn)) else item
        if not in_routine or (isinstance(change, CreateTable) and change.table.temporary):
            changes.append(change)
    return changes


def declared_tables(document: SqlDocument) -> tuple[DeclaredTable, ...]:
    """Give the tables and views that a document creates, with the places of their names and columns."""
    return tuple(item for item, _ in document.remembered(_read) if isinstance(item, DeclaredTable))


@record(frozen=True, slots=True)
class DeclaredColumn:
    """A column that CREATE TABLE or ALTER TABLE … ADD COLUMN declares.

    `name_span` and `type_span` are in the document's region; `siblings` are the other columns as far as they are known.
    `final_type` is the type that the project leaves it, which a later migration may have changed. `temporary` says that the
    table does not last: it is temporary, or one of staging.
    """

    table: TableName
    column: Column
    name_span: Span
    type_span: Span | None
    siblings: Mapping[str, Column]
    temporary: bool = False
    final_type: str = ""


def declared_columns(document: SqlDocument) -> Iterator[DeclaredColumn]:
    """Yield the columns that a document declares with a type, in tables that it creates or adds to.

    Those of a migration that a later one has dropped, or that it only adds when it is taken back, are left out, and so are
    tables that another file declares too and is the one to tell of.
    """
    for declared in _all_columns(document):
        if is_told_once(document, declared.table):
            continue
        if not document.path.migration:
            yield replace(declared, final_type=declared.column.type or "")
            continue
        known, gone = _as_left(document, declared)
        if not gone:
            yield replace(declared, final_type=(known and known.type) or declared.column.type or "")


def is_told_once(document: SqlDocument, name: TableName) -> bool:
    """Say whether another file declares a table of a document too, and is the one to tell of it."""
    path = document.source.path
    table = document.catalog.table(name, document.dialect, path)
    return table is not None and is_told_elsewhere(document.catalog, table, path, document.source.text)


def _as_left(document: SqlDocument, declared: DeclaredColumn) -> tuple[Column | None, bool]:
    """Give the column that a migration declares as the project leaves it, and whether it is gone."""
    catalog, path, name = document.catalog, document.source.path, declared.column.name
    table = catalog.table(declared.table, document.dialect, path)
    if table is None:
        if catalog.named(declared.table.name):
            return None, False
        # A table that was renamed is still declared where it was created.
        place = declared.column.location
        renamed = (one.column(name) for one in catalog.declared_in(path))
        found = next((one for one in renamed if one is not None and one.location == place), None)
        return found, found is None
    found = table.column(name)
    return found, found is None and table.complete


def _all_columns(document: SqlDocument) -> Iterator[DeclaredColumn]:
    for item, _ in document.remembered(_read if document.remembers(_read) else _read_typed):
        if isinstance(item, DeclaredTable):
            table = item.table
            if table.kind in {"view", "materialized"}:
                continue
            passes = table.temporary or table.role == "staging"
            for key, column in table.columns.items():
                place = item.places.get(key)
                if place is not None and column.type is not None:
                    yield DeclaredColumn(table.name, column, place.name, place.type, table.columns, temporary=passes)
        elif isinstance(item, AddedColumn) and item.change.column.type is not None:
            known = document.catalog.table(item.change.name, document.dialect, document.source.path)
            siblings = known.columns if known is not None else {}
            place = item.place
            yield DeclaredColumn(item.change.name, item.change.column, place.name, place.type, siblings)


def _read(document: SqlDocument) -> tuple[_Found, ...]:
    return tuple(_statements(document, typed=False))


def _read_typed(document: SqlDocument) -> tuple[_Found, ...]:
    """Read as `_read` does, but for views and tables whose columns are a query's: those have no types."""
    return tuple(_statements(document, typed=True))


def _statements(document: SqlDocument, *, typed: bool) -> Iterator[_Found]:
    if not any(statement.keyword in _RUN or not statement.keyword for statement in document.statements) and (
        typed or document.dialect not in _INTO
    ):
        return
    undone = Undone(document.text, document.dialect)
    for statement in document.statements:
        if not undone.holds(statement.span):
            path = document.search_path(statement.span.start)
            for item in _statement(document, statement, typed=typed):
                yield placed(item, path) if path else item, bool(statement.routine)


def _statement(document: SqlDocument, statement: Statement, *, typed: bool) -> Iterator[Read]:
    if statement.keyword in {"SELECT", "WITH"}:
        if not typed:
            yield from selected_into(document, statement)
        return
    # For Hive's DDL the tokenizer of Athena puts a token without text first.
    if statement.keyword and statement.keyword not in _RUN:
        return
    if statement.keyword == "DO":
        for words in block_words(document, statement):
            if words and words[0].upper in _KEYWORDS:
                yield from _read_words(document, words, None, typed=typed)
        return
    yield from _read_words(document, statement_words(document, statement), statement.tree, typed=typed)


def _read_words(document: SqlDocument, words: Sequence[Word], tree: exp.Expr | None, *, typed: bool) -> Iterator[Read]:
    reader = Reader(document, words)
    first = reader.next()
    match first.upper if first is not None else "":
        case "CREATE" if reader.accept("TYPE"):
            yield from read_create_type(reader)
        case "ALTER" if reader.accept("TYPE"):
            yield from read_alter_type(reader)
        case "CREATE" if reader.upper() == "SCHEMA":
            yield from schema_elements(reader, typed=typed)
        case "CREATE":
            created = read_create(reader, tree, typed=typed)
            if created is not None:
                yield created
        case "ALTER" if reader.accept("INDEX"):
            yield from read_alter_index(reader)
        case "ALTER":
            yield from read_alter(reader)
        case "DROP":
            yield from _drop(reader)
        case "COMMENT":
            yield from _comment(reader)
        case "RENAME":
            yield from read_rename(reader)
        case "EXEC" | "EXECUTE":
            yield from read_sp_rename(reader)
            yield from read_description(reader)
        case _:
            return


_KEYWORDS = frozenset({"CREATE", "ALTER", "DROP", "COMMENT", "RENAME", "EXEC", "EXECUTE"})
_RUN = _KEYWORDS | {"DO"}


def schema_elements(reader: Reader, *, typed: bool = False) -> Iterator[DeclaredTable | AddIndex]:
    """Read what PostgreSQL and SQL Server let stand in CREATE SCHEMA: tables, views and indexes of that schema."""
    reader.accept("SCHEMA")
    reader.accept("IF", "NOT", "EXISTS")
    named = reader.name() if reader.upper() != "AUTHORIZATION" else None
    if named is None and reader.accept("AUTHORIZATION"):
        named = reader.name()
    if named is None:
        return
    path = SearchPath((named[0],), location=reader.document.location(named[1]))
    reader.expression(_CREATE)
    while reader.accept("CREATE"):
        created = read_create(reader.expression(_CREATE), None, typed=typed, nested=True)
        if created is not None:
            yield placed(created, path)


_CREATE = frozenset({"CREATE"})


def _drop(reader: Reader) -> Iterator[TableChange]:
    reader.accept_any({"MATERIALIZED", "EXTERNAL", "FOREIGN", "TEMPORARY", "TEMP", "SNAPSHOT", "DYNAMIC"})
    kind = reader.accept_any({"TABLE", "VIEW", "INDEX", "TABLES"})
    if not kind or reader.upper() == "FUNCTION":
        return
    reader.accept("CONCURRENTLY")
    reader.accept("IF", "EXISTS")
    while (named := reader.name()) is not None:
        name, span = named
        place = reader.document.location(span)
        if kind == "INDEX":
            table = reader.name() if reader.accept("ON") else None
            on = table[0] if table is not None else None
            yield DropIndex(name.name, on, location=place, dialect=reader.dialect)
        else:
            yield DropTable(name, location=place, dialect=reader.dialect)
        if not reader.accept(","):
            return


def _comment(reader: Reader) -> Iterator[TableChange]:
    reader.accept("IF", "EXISTS")
    if not reader.accept("ON"):
        return
    kind = reader.accept_any({"TABLE", "VIEW", "COLUMN"}) or ("TABLE" if reader.accept("MATERIALIZED", "VIEW") else "")
    named = reader.name() if kind else None
    if named is None or not reader.accept("IS"):
        return
    name, span = named
    place = reader.document.location(span)
    word = reader.next()
    text = word.text if word is not None and word.string else ""
    if kind != "COLUMN":
        yield CommentTable(name, text or None, location=place, dialect=reader.dialect)
    elif len(name.parts) > 1:
        table = TableName(name.parts[:-1], name.quoted[:-1])
        yield AlterColumn(table, name.name, comment=text, location=place, dialect=reader.dialect)


def selected_into(document: SqlDocument, statement: Statement) -> Iterator[DeclaredTable]:
    """Yield the table that `SELECT … INTO` makes, for the dialects in which it makes one."""
    tree: exp.Expr | None = statement.tree if document.dialect in _INTO else None
    while isinstance(tree, exp.SetOperation):
        tree = tree.this  # of a UNION the first query alone may have INTO, and its columns are those of the table
    into = clauses.into(tree) if isinstance(tree, exp.Select) else None
    target = into.this if into is not None else None
    if into is None or not isinstance(tree, exp.Select) or not isinstance(target, exp.Expr):
        return
    name = clauses.table_name(target)
    if name is None or document.has_hole(target):
        return
    span = document.span(target)
    columns: dict[str, Column] = {}
    complete = True
    for column, _ in outputs(document, tree):
        if column is None:
            complete = False
        else:
            columns.setdefault(column.name.lower(), column)
    reader = Reader(document, ())
    place = reader.document.location(span)
    table = Table(
        name,
        columns,
        temporary=clauses.is_temporary(into) or name.name.startswith("#"),
        complete=complete and bool(columns),
        dialect=document.dialect,
        location=place,
        derived=True,
    )
    yield DeclaredTable(document, CreateTable(table, location=place, dialect=document.dialect), span, query=tree)
