"""What the statements of a document say of the schema or database that names without one are in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leaktight.catalog.search_path import NOWHERE, SearchPath, default_schema
from leaktight.catalog.table import TableName
from leaktight.languages.sql.ddl import Reader, statement_words
from leaktight.lazy import regex

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument

_IN_HOST = regex(r"(?i)[\"'`]\s*+(?:use\s|set\s|reset\s|alter\s++session\s|select\s++(?:pg_catalog\.)?set_config\b)")
_KEYWORDS = frozenset({"SET", "USE", "RESET", "DISCARD", "ALTER", "SELECT"})
_MARKS = ("search_path", "schema", "use", "dataset_id", "dataset_project_id", "reset", "discard")
_NO_NAMES = frozenset({"ROLE", "WAREHOUSE", "SECONDARY"})
"""What Snowflake's USE may choose besides."""
_WITH_SCHEMAS = frozenset({"snowflake", "tsql", "fabric"})
"""Dialects whose `USE name` chooses a database, which has schemas."""
_SCHEMA_VARIABLES = frozenset({"SCHEMA", "CURRENT_SCHEMA"})
_USER = "$user"
"""The schema that is called as whoever connects; few have one."""


def may_choose_in_host(text: str) -> bool:
    """Say whether a string in the code of a host may begin with a statement that chooses a schema."""
    return _IN_HOST.search(text) is not None


def may_choose(text: str) -> bool:
    """Say whether a text may hold a statement that chooses a schema."""
    lower = text.lower()
    return any(mark in lower for mark in _MARKS)


def search_paths(document: SqlDocument, path: SearchPath = NOWHERE) -> list[tuple[int, SearchPath]]:
    """Give where names are looked for, from each statement on that says so, with the offset of its end, in their order.

    `path` is what holds before the first of them.
    """
    if not may_choose(document.text):
        return []
    lower = document.text.lower()
    found: list[tuple[int, SearchPath]] = []
    for statement in document.statements:
        if statement.keyword not in _KEYWORDS or statement.routine:
            continue
        if statement.keyword == "SELECT" and "set_config" not in lower:
            continue
        reader = Reader(document, statement_words(document, statement))
        after = _after(reader, path)
        if after is not None:
            path = replace(after, location=document.location(statement.span)) if after else after
            found.append((statement.span.end, path))
    return found


def _after(reader: Reader, path: SearchPath) -> SearchPath | None:
    """Give where names are looked for after a statement; None where it says nothing of that."""
    match reader.accept_any(_KEYWORDS):
        case "SET":
            reader.accept_any({"SESSION", "LOCAL"})
            return _set(reader, path)
        case "ALTER" if reader.accept("SESSION", "SET"):
            return _set(reader, path)
        case "USE":
            return _use(reader, path)
        case "SELECT":
            return _configured(reader)
        case "RESET" if reader.accept_any({"SEARCH_PATH", "ALL"}):
            return NOWHERE
        case "DISCARD" if reader.accept("ALL"):
            return NOWHERE
        case _:
            return None


def _set(reader: Reader, path: SearchPath) -> SearchPath | None:
    if reader.accept("SEARCH_PATH"):
        if not reader.accept_any({"TO", "="}) or reader.upper() == "DEFAULT":
            return NOWHERE
        return _of_schemas([_schema(item) for item in reader.items()], lists=reader.dialect == "duckdb")
    if _accept_variable(reader, "DATASET_ID"):
        dataset = _schema(reader)
        return _in_schema(dataset, path) if dataset is not None else NOWHERE
    if _accept_variable(reader, "DATASET_PROJECT_ID"):
        database = _schema(reader)
        return _in_database(database, "", path) if database is not None else NOWHERE
    reader.accept("CURRENT")
    if not reader.accept_any(_SCHEMA_VARIABLES):
        return None
    reader.accept("=")
    schema = _schema(reader)
    return _in_schema(schema, path) if schema is not None and reader.done else NOWHERE


def _accept_variable(reader: Reader, name: str) -> bool:
    """Take BigQuery's `@@name =`, whose signs the tokenizer may part."""
    start = reader.at
    while reader.accept_any({"@", "@@"}):
        pass
    if reader.at > start and reader.accept(name, "="):
        return True
    reader.at = start
    return False


def _use(reader: Reader, path: SearchPath) -> SearchPath | None:
    if reader.upper() in _NO_NAMES and reader.upper(1):
        return None
    kind = reader.accept_any({"CATALOG", "DATABASE", "SCHEMA", "NAMESPACE"}) if reader.peek(1) is not None else ""
    name = _schema(reader)
    if name is None or not reader.done:
        return NOWHERE
    dialect = reader.dialect
    if kind == "CATALOG" or (dialect in _WITH_SCHEMAS and kind != "SCHEMA" and len(name.parts) == 1):
        return _in_database(name, default_schema(dialect), path)
    return _in_schema(name, path)


def _configured(reader: Reader) -> SearchPath | None:
    """Read `SELECT set_config('search_path', 'a, b', false)`."""
    if reader.upper(1) == ".":
        reader.at += 2
    if not reader.accept("SET_CONFIG"):
        return None
    group = reader.group()
    items = group.items() if group is not None else []
    words = [item.peek() for item in items[:2]]
    if len(words) < 2 or words[0] is None or words[0].text.lower() != "search_path":
        return None
    value = words[1]
    if value is None or not value.string or reader.hole(value.span) is not None:
        return NOWHERE
    return _of_schemas([TableName((value.text,), (True,))], lists=True)


def _schema(reader: Reader) -> TableName | None:
    """Take the name of a schema or database, which some engines let stand in a string; None where it is not known."""
    word = reader.peek()
    if word is not None and word.string:
        reader.at += 1
        return TableName((word.text,), (True,)) if reader.hole(word.span) is None else None
    named = reader.name()
    return named[0] if named is not None else None


def _of_schemas(schemas: list[TableName | None], *, lists: bool) -> SearchPath:
    """Give the search path of these schemas; `lists` says that one string may hold several, parted by commas."""
    found: list[TableName] = []
    for schema in schemas:
        if schema is None:
            return NOWHERE
        texts = schema.name.split(",") if lists and len(schema.parts) == 1 else []
        named = [TableName((text.strip().strip('"'),), (False,)) for text in texts] if len(texts) > 1 else [schema]
        found += [one for one in named if one.name not in ("", _USER)]
    return SearchPath(tuple(found))


def _in_schema(schema: TableName, path: SearchPath) -> SearchPath:
    database = TableName(schema.parts[:-1], schema.quoted[:-1]) if len(schema.parts) > 1 else path.database
    full = schema.within(database) if database is not None and len(schema.parts) == 1 else schema
    return SearchPath((full,), database)


def _in_database(database: TableName, default: str, path: SearchPath) -> SearchPath:
    """Give the search path in a database: its default schema, or the one that was chosen where the engine has none."""
    if default:
        return SearchPath((TableName((default,), (False,)).within(database),), database)
    last = [TableName(schema.parts[-1:], schema.quoted[-1:]) for schema in path.schemas]
    return SearchPath(tuple(one.within(database) for one in last), database)
