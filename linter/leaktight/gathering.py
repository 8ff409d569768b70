"""What all files of a project tell of it, for who asks of the project and not of its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from leaktight import engine
from leaktight.lazy import record
from leaktight.memory import ProjectCache
from leaktight.operations.project import Project
from leaktight.report import NotAnalysed
from leaktight.run import Entry, Run, cores, doubtful


@record(frozen=True, slots=True)
class Gathered:
    """What the files of a project tell, and which sources of tables are not to be trusted."""

    project: Project
    doubtful: tuple[NotAnalysed, ...] = ()


def gathered(
    entries: Sequence[Entry],
    plan: engine.Plan,
    *,
    jobs: int | None = None,
    cache: ProjectCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    missing: Iterable[str] = (),
) -> Gathered:
    """Give what all files of a project tell of it, as `check` would know it. The cache is read and not written."""
    with engine.not_collecting():
        run = Run(plan, jobs or cores(), cache, progress)
        states = run.states(entries)
        project = run.gather(states)
    return Gathered(project, doubtful(states, project, missing))


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
