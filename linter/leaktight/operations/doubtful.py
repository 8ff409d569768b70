"""Which sources of tables are not to be trusted: missing, broken, or behind what the project's DDL has made since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.stale import stale_snapshots
from leaktight.operations.project import FileFacts
from leaktight.report import NotAnalysed
from leaktight.source import Language

_ALL = frozenset({"encoding", "size", "unreadable", "nesting", "timeout", "crash", "syntax", "template", "unfolded"})
_UNKNOWN = {
    Language.YAML: frozenset({"encoding", "size", "unreadable"}),
    Language.JSON: frozenset[str](),
    Language.CSV: frozenset[str](),
    Language.TERRAFORM: frozenset({"encoding", "size", "unreadable"}),
    Language.PYTHON: _ALL - {"syntax"},
}
"""The faults after which a file cannot be called a source of tables: most YAML is none. Faults in code are said of the code,
but for a migration in Python, of which the whole is lost."""


def doubtful_sources(
    told: Iterable[tuple[Language, FileFacts]], catalog: Catalog, missing: Iterable[str]
) -> Iterator[NotAnalysed]:
    """Yield the sources that are `missing`, were not read, or no longer say what is.

    `told` has what each file whose tables are believed tells, with its language. The codes are `missing`, `stale`, and
    those of what cannot be read.
    """
    for path in missing:
        yield NotAnalysed(path, "missing", "no file has this name")
    declarations: list[Declaration] = []
    for language, facts in told:
        if facts.unread is not None and facts.unread.code not in _UNKNOWN.get(language, _ALL):
            yield facts.unread
        declarations += facts.declarations
    if any(item.origin is Origin.SNAPSHOT for item in declarations):
        for path, unknown in stale_snapshots(catalog, declarations):
            yield NotAnalysed(path, "stale", unknown)
