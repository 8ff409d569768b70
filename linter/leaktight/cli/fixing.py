"""Makes the fixes of a report in a project's files, checking each file again between the rounds."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight import engine
from leaktight.cli.project import Opened
from leaktight.diagnostics import Diagnostic
from leaktight.fixes import Checked, Refused, Settled, fixable, settle
from leaktight.gathering import Gathered, gathered
from leaktight.lazy import record
from leaktight.memory import ProjectCache
from leaktight.report import NotAnalysed, Report
from leaktight.source import NotAnalysable, Source

_UNREAD = frozenset({"syntax", "template", "nesting", "timeout", "crash"})


@record(frozen=True)
class Fixing:
    """What fixes have made of a project's files, not yet written."""

    settled: tuple[Settled, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def changed(self) -> tuple[Settled, ...]:
        """The files whose text is another now."""
        return tuple(item for item in self.settled if item.fixed.before != item.fixed.after)


def fix_project(
    opened: Opened, report: Report, *, unsafe: bool, jobs: int | None = None, cache: ProjectCache | None = None
) -> Fixing:
    """Give what the fixes of a report make of the files it is about."""
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic in (*report.diagnostics, *report.repeated):
        found.setdefault(diagnostic.location.path, []).append(diagnostic)
    wanted = {path for path, diagnostics in found.items() if fixable(diagnostics, unsafe=unsafe)}
    if not wanted:
        return Fixing()
    plan = opened.plan
    told = gathered(opened.entries, plan, jobs=jobs, cache=cache)
    settled: list[Settled] = []
    refused: list[Refused] = []
    for entry in opened.entries:
        if entry.path not in wanted:
            continue
        try:
            source = entry.load()
        except NotAnalysable as problem:
            refused.append(Refused(entry.path, f"was not fixed: {problem.reason}"))
            continue
        if source.text != report.sources.get(entry.path):
            refused.append(Refused(entry.path, "was not fixed: it has changed since it was read"))
            continue
        unread = [item for item in report.not_analysed if item.path == entry.path]
        checked = Checked(found[entry.path], _broken(unread))
        settled.append(settle(source, checked, _Recheck(told, plan), unsafe=unsafe))
    return Fixing(tuple(settled), (*refused, *(item for one in settled for item in one.refused)))


class _Recheck:
    """Checks a fixed source as its project is with it: a fix of a table's declaration is a change of the table."""

    def __init__(self, told: Gathered, plan: engine.Plan) -> None:
        self._told = told
        self._plan = plan

    def __call__(self, source: Source) -> Checked:
        result = engine.inspect_source(source, self._told.with_source(source), self._plan)
        return Checked(result.diagnostics, _broken(result.not_analysed))


def _broken(not_analysed: Iterable[NotAnalysed]) -> int:
    """Count the stretches that no parser understands."""
    return sum(item.code in _UNREAD for item in not_analysed)
