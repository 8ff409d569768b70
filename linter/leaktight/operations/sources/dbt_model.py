"""The models and snapshots of dbt: what they are called, and what their `config()` says.

The columns that a model's query produces are read from each view of its template, and count where all views agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.produced import Produced, StarOf
from leaktight.catalog.table import Column, Table
from leaktight.diagnostics import Location, locate
from leaktight.embedding.jinja import MOST_VIEWS, settings_of, snapshots_of
from leaktight.languages.sql.produced import columns_produced
from leaktight.operations.dbt.projects import UNPLACED_PLAIN, table_of
from leaktight.operations.dbt.settings import NAMES, Setting, with_settings
from leaktight.operations.file import FileView
from leaktight.operations.sources.sqlmesh_model import has_header
from leaktight.source import Language, Source
from leaktight.text import Span

_NO_MODELS = frozenset({"macros", "analyses", "analysis", "tests"})


def read(view: FileView) -> Iterator[Declaration | Produced]:
    """Yield the model that a file is, with what its query produces, or the snapshots that it holds."""
    source = view.source
    folders = source.path.split("/")
    name = folders[-1].rpartition(".")[0]
    if not name:
        return
    text = source.text
    if source.language is Language.PYTHON:
        if "def model(" in text and "models" in folders[:-1]:
            yield Declaration(_model(source, name, {}), Origin.DBT)
        return
    inner = next((folder for folder in reversed(folders[:-1]) if folder in _NO_MODELS or folder == "models"), "")
    if inner in _NO_MODELS or text.isspace() or not text or has_header(view):
        return
    settings = _settings(source)
    if any(name == "enabled" and setting.value is False for name, setting in settings.items()):
        return
    snapshots = snapshots_of(text)
    for snapshot, span in snapshots:
        of_it = settings if len(snapshots) == 1 else {}
        yield Declaration(
            with_settings(table_of(snapshot, "snapshot", locate(source, span), role="olap"), of_it), Origin.DBT
        )
    if not snapshots and "{% macro" not in text and "{%- macro" not in text:
        model = _model(source, name, settings)
        yield Declaration(model, Origin.DBT)
        produced = _produced(view, model)
        if produced is not None:
            yield produced


def _produced(view: FileView, model: Table) -> Produced | None:
    found = [columns_produced(document) for document in view.sql]
    variants = [items for items in found if items is not None]
    if not variants:
        return None
    complete = len(variants) == len(found) < MOST_VIEWS and not view.not_analysed
    items = variants[0]
    for other in variants[1:]:
        named = {_identity(item) for item in other}
        complete = complete and len(other) == len(items)
        complete = complete and all(_identity(item) in named for item in items)
        items = tuple(item for item in items if _identity(item) in named)
    dialect = view.sql[0].dialect
    return Produced(view.source.path, model.name.name, items, complete, dialect, model.location) if items else None


def _identity(item: Column | StarOf) -> object:
    return item.name.lower() if isinstance(item, Column) else (item.name.folded, item.without)


def _settings(source: Source) -> Mapping[str, Setting]:
    found = settings_of(source.text)
    return {name: Setting(value, locate(source, span)) for name, (value, span) in found.items() if name in NAMES}


def _model(source: Source, name: str, settings: Mapping[str, Setting]) -> Table:
    text = source.text
    table = table_of(name, "model", _beginning(source), role=role_of(source.path, name))
    if source.language is Language.SQL:
        table = replace(table, digest=digest_of(text))
        if "{{" not in text and "{%" not in text:
            table = replace(table, scope=UNPLACED_PLAIN)
    return with_settings(table, settings) if settings else table


def digest_of(text: str) -> str:
    """Give the digest of a model's text, whatever ends its lines: dbt's own, where the lines end with LF."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip()
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def role_of(path: str, name: str) -> str:
    """Give the kind of store that a model stands in: staging by its name or folder, else the warehouse."""
    return "staging" if name.startswith(("stg_", "base_")) or "staging" in path.split("/")[:-1] else "olap"


_COMMENTS = (("{#", "#}"), ("/*", "*/"), ("--", "\n"))


def _beginning(source: Source) -> Location:
    """Give the first line of a model that is more than a comment: one above it may silence what is told of it."""
    text = source.text
    at = start = len(text) - len(text.lstrip())
    while mark := next((ends for begin, ends in _COMMENTS if text.startswith(begin, at)), ""):
        behind = text.find(mark, at)
        if behind < 0 or not text[behind + len(mark) :].strip():
            at = start
            break
        at = behind + len(mark)
        at += len(text[at:]) - len(text[at:].lstrip())
    end = text.find("\n", at)
    return locate(source, Span(at, end if end >= 0 else len(text)))
