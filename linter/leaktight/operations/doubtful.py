"""Which sources of tables are not to be trusted: missing, broken, or behind what the project's DDL has made since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.plan import Plan
from leaktight.catalog.stale import stale_snapshots
from leaktight.operations.project import FileFacts
from leaktight.report import NotAnalysed
from leaktight.source import Language
from leaktight.text import listed

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
    told: Iterable[tuple[Language, FileFacts]], catalog: Catalog, missing: Iterable[str], paths: Iterable[str]
) -> Iterator[NotAnalysed]:
    """Yield the sources that are `missing`, were not read, or no longer say what is.

    `told` has what each file whose tables are believed tells, with its language; `paths` are those of all files. The codes
    are `missing`, `stale`, `gap`, and those of what cannot be read.
    """
    for path in missing:
        yield NotAnalysed(path, "missing", "no file has this name")
    declarations: list[Declaration] = []
    plans: list[Plan] = []
    for language, facts in told:
        if facts.unread is not None and facts.unread.code not in _UNKNOWN.get(language, _ALL):
            yield facts.unread
        declarations += facts.declarations
        plans += [plan for plan in facts.plans if plan.owned]
    if plans:
        known = frozenset(paths)
        for plan in plans:
            yield from _gaps(plan, known)
    if any(item.origin is Origin.SNAPSHOT for item in declarations):
        for path, unknown in stale_snapshots(catalog, declarations):
            yield NotAnalysed(path, "stale", unknown)


def _gaps(plan: Plan, known: frozenset[str]) -> Iterator[NotAnalysed]:
    """Yield a plan that names files which there are not; where there is none of them, the plan is of another place."""
    lost = [step[0] for step in plan.steps if step and known.isdisjoint(step)]
    if lost and len(lost) < len(plan.steps):
        no_file = "which is no file of the project" if len(lost) == 1 else "which are no files of the project"
        yield NotAnalysed(plan.path, "gap", f"{listed(lost)}, {no_file}")
