"""The models and snapshots of dbt: what they are called, and what their `config()` says.

Nothing is parsed here but the template's tags. The columns of a model are found when somebody asks for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Table
from leaktight.diagnostics import Location, locate
from leaktight.embedding.jinja import settings_of, snapshots_of
from leaktight.operations.dbt.projects import UNPLACED_PLAIN, table_of
from leaktight.operations.dbt.settings import NAMES, Setting, with_settings
from leaktight.operations.file import FileView
from leaktight.source import Language, Source
from leaktight.text import Span

_NO_MODELS = frozenset({"macros", "analyses", "analysis", "tests"})


def read(view: FileView) -> Iterator[Declaration]:
    """Yield the model that a file is, or the snapshots that it holds."""
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
    if inner in _NO_MODELS or text.isspace() or not text:
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
        yield Declaration(_model(source, name, settings), Origin.DBT)


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


def _beginning(source: Source) -> Location:
    text = source.text
    at = len(text) - len(text.lstrip())
    end = text.find("\n", at)
    return locate(source, Span(at, end if end >= 0 else len(text)))
