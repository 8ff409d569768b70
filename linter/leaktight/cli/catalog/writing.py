"""Puts a snapshot in the place of the one before: whole or not at all, and with what people wrote into that one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leaktight.catalog.table import Column, Table
from leaktight.cli.doubtful import plain_reason
from leaktight.cli.output import emit, say
from leaktight.cli.project import shown
from leaktight.database.address import DatabaseUnread
from leaktight.database.snapshot import snapshot_text
from leaktight.files import decode, read_bytes, reason_of, write_atomically
from leaktight.operations.snapshot_format import HEADER
from leaktight.operations.sources.snapshot import snapshot_tables
from leaktight.source import Language, NotAnalysable

LARGEST = 20_000_000
STDOUT = "-"


def default_path(root: str, database: str) -> str:
    """Give `catalog/<database>.yaml` in the project's root, odd characters of the name left out."""
    name = "".join(c if c.isalnum() or c in "_-." else "_" for c in database).strip(".") or "database"
    return os.path.join(root, "catalog", f"{name}.yaml")


def before(path: str) -> Mapping[tuple[str, ...], Table]:
    """Give the tables of the snapshot that stands in a file, none where there is no file.

    Raises `DatabaseUnread` where something else stands there, or a snapshot that cannot be read: what people wrote into it
    would be lost.
    """
    if path == STDOUT or not os.path.lexists(path):
        return {}
    try:
        source = decode(read_bytes(path, LARGEST), path, Language.YAML)
        if f"{HEADER}:" not in source.text:
            raise DatabaseUnread(f"{shown(path)} is no snapshot of a database and is left alone; name another file.")
        return {table.name.folded: table for table in snapshot_tables(source)}
    except NotAnalysable as problem:
        raise DatabaseUnread(
            f"{shown(path)} would be written anew, but it cannot be read ({plain_reason(problem.reason)}), and what was "
            "written into it by hand would be lost. Mend it or delete it."
        ) from None


def with_words_of_people(tables: Iterable[Table], old: Mapping[tuple[str, ...], Table]) -> list[Table]:
    """Give tables with what no database says of them, as the old snapshot has it."""
    return [_kept(table, old[table.name.folded]) if table.name.folded in old else table for table in tables]


def _kept(table: Table, old: Table) -> Table:
    columns = {
        key: _kept_column(column, old.columns[key.lower()]) if key.lower() in old.columns else column
        for key, column in table.columns.items()
    }
    return replace(
        table,
        columns=columns,
        comment=table.comment or old.comment,
        owner=table.owner or old.owner,
        retention=table.retention or old.retention,
        role=table.role or old.role,
        tags=table.tags or old.tags,
    )


def _kept_column(column: Column, old: Column) -> Column:
    return replace(
        column,
        comment=column.comment or old.comment,
        classification=column.classification or old.classification,
        tags=column.tags or old.tags,
    )


def write_snapshot(path: str, engine: str, database: str, tables: Sequence[Table], *, statistics: bool = True) -> None:
    """Write a snapshot and say what is new in it. Raises `DatabaseUnread` where it cannot be written."""
    old = before(path)
    tables = with_words_of_people(tables, old)
    text = snapshot_text(engine, database, tables, statistics=statistics)
    if path == STDOUT:
        emit(text)
        return
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        write_atomically(path, text.encode())
    except OSError as error:
        left = " It is as it was." if old else ""
        raise DatabaseUnread(f"{shown(path)} cannot be written: {reason_of(error)}.{left}") from None
    columns = sum(len(table.columns) for table in tables)
    say(f"{shown(path)}: {_count(len(tables), 'table')}, {_count(columns, 'column')}{_news(tables, old)}.")


def _news(tables: Sequence[Table], old: Mapping[tuple[str, ...], Table]) -> str:
    if not old:
        return ""
    now = {table.name.folded: table for table in tables}
    changed = [key for key in now.keys() & old.keys() if _said(now[key]) != _said(old[key])]
    counts = [("new", len(now.keys() - old.keys())), ("gone", len(old.keys() - now.keys())), ("changed", len(changed))]
    words = [f"{count:,} {word}" for word, count in counts if count]
    return f"; {', '.join(words)}" if words else "; as before"


def _said(table: Table) -> str:
    return snapshot_text("", "", [table], statistics=False)


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
