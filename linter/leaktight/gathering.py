"""What all files of a project tell of it, for who asks of the project and not of its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field

from leaktight import engine
from leaktight.lazy import record
from leaktight.memory import ProjectCache
from leaktight.operations.facts import file_facts
from leaktight.operations.project import FileFacts, Project
from leaktight.report import NotAnalysed
from leaktight.run import Entry, Run, cores, doubtful
from leaktight.source import NotAnalysable, Source


@record(frozen=True, slots=True)
class Gathered:
    """What the files of a project tell, each and all together, and which sources of tables are not to be trusted."""

    project: Project
    doubtful: tuple[NotAnalysed, ...] = ()
    facts: Mapping[str, FileFacts] = field(default_factory=dict)
    plan: engine.Plan | None = None

    def with_source(self, source: Source) -> Project:
        """Give the project as it would be with another text of one of its files, which told it something before."""
        before = self.facts.get(source.path)
        if self.plan is None or before is None or before == FileFacts():
            return self.project
        try:
            facts = file_facts(source, self.plan.dialect_for(source.path), self.plan.project)
        except NotAnalysable as problem:
            facts = FileFacts(unread=NotAnalysed(source.path, problem.code, problem.reason))
        if facts == before:
            return self.project
        return engine.build_project({**self.facts, source.path: facts}.items(), self.plan)


def gathered(
    entries: Sequence[Entry],
    plan: engine.Plan,
    *,
    jobs: int | None = None,
    cache: ProjectCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    missing: Iterable[str] = (),
) -> Gathered:
    """Give what all files of a project tell of it, as `check` would know it. The cache is given what is read, but not saved."""
    with engine.not_collecting():
        run = Run(plan, jobs or cores(), cache, progress)
        states = run.states(entries)
        project = run.gather(states)
    facts = {state.entry.path: state.facts for state in states if state.facts is not None}
    return Gathered(project, doubtful(states, project, missing), facts, run.plan)


def project_of(
    entries: Sequence[Entry],
    plan: engine.Plan,
    *,
    jobs: int | None = None,
    cache: ProjectCache | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Project:
    """Give the project that all files of it add up to, as `gathered` does."""
    return gathered(entries, plan, jobs=jobs, cache=cache, progress=progress).project
