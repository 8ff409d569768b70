"""Results of the queries of `catalog query`, each a file of its own, as the records that a snapshot is written of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from leaktight.catalog.table import Table
from leaktight.database.address import DatabaseUnread
from leaktight.database.pull import Pulled
from leaktight.operations.sources.dump_rows import Row, csv_rows, json_rows
from leaktight.operations.sources.information_schema import dumped_tables
from leaktight.source import Language, NotAnalysable, Source
from leaktight.text import Span

_SECTIONS = (
    ("table_options", "option_name"),
    ("statistics", "index_name"),
    ("key_column_usage", "constraint_name"),
    ("columns", "column_name"),
    ("tables", "table_type"),
)
"""Of each query's result a column that those above it do not have: the first that is there tells which it is."""


def imported(files: Sequence[Source], dialect: str = "") -> Pulled:
    """Read results in JSON or CSV, which say themselves what they are of; `dialect` is for those that do not.

    Raises `DatabaseUnread` for a file that is none, or breaks off, and where the tables' columns are missing.
    """
    # The rows of all files together tell of a table; their places are those in one text.
    whole = Source("import", "\n".join(file.text for file in files), Language.JSON)
    rows: list[Row] = []
    start = 0
    for file in files:
        rows += _rows(file, start)
        start += len(file.text) + 1
    said = {text for row in rows if (text := row.text("dialect")) is not None}
    if len(said) > 1:
        raise DatabaseUnread(
            f"The results are of several engines, {' and '.join(f'`{name}`' for name in sorted(said))}; import those of one "
            "at a time."
        )
    if not any(row.section == "columns" for row in rows):
        raise DatabaseUnread(
            "None of the files has the columns of tables; `leaktight catalog query ENGINE columns` asks for them."
        )
    tables = list(dumped_tables(whole, rows, dialect))
    engine = next((table.dialect for table in tables), "")
    if not engine:
        raise DatabaseUnread("The results do not say what engine they are of; name it with `--engine`.")
    return Pulled(engine, _database(tables), tuple(tables))


def _rows(file: Source, start: int) -> Iterator[Row]:
    language = file.language
    none = True
    try:
        rows = json_rows(file.text) if language is Language.JSON else csv_rows(file.text, ("table_name",))
        for row in rows:
            none = False
            section = _section(row) if row.section == "columns" else row.section
            if not section:
                break
            yield replace(row, span=Span(row.span.start + start, row.span.end + start), section=section)
        else:
            if not none or _is_empty(file):
                return
    except NotAnalysable as problem:
        at = f" in line {file.text.count(chr(10), 0, problem.span.start) + 1}" if problem.span is not None else ""
        raise DatabaseUnread(f"{file.path} breaks off{at}: {problem.reason.rstrip('.')}.") from None
    raise DatabaseUnread(
        f"{file.path} is no result of the queries that `leaktight catalog query` prints: its rows need `table_name` and one "
        f"of {', '.join(f'`{sign}`' for _, sign in _SECTIONS)}."
    )


def _section(row: Row) -> str:
    if "table_name" not in row.values:
        return ""
    return next((section for section, sign in _SECTIONS if sign in row.values), "")


def _is_empty(file: Source) -> bool:
    """Say whether a query gave no row: there are no keys, say."""
    text = file.text.strip()
    if file.language is Language.JSON:
        return text in ("", "[]")
    return "\n" not in text and "table_name" in text.lower()


def _database(tables: Sequence[Table]) -> str:
    """Give the name of the database that all tables stand in, empty where their names do not tell."""
    names = {table.name.parts[0] for table in tables if len(table.name.parts) > 2}
    return names.pop() if len(names) == 1 else ""
