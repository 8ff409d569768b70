"""Runs the engine over a whole project: gates before parsers, answers from the cache, the rest in worker processes.

What a file tells the project and what the rules find in it are remembered by content. A remembered answer counts only as
long as what it rests on is the same: the file, the rules and their options, this version, and the tables it asked for.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field, replace
from typing import Any

from leaktight import engine
from leaktight.cache import digest
from leaktight.incremental_rule import IncrementalReadRule
from leaktight.lazy import record
from leaktight.memory import ProjectCache, rules_digest
from leaktight.operations.doubtful import doubtful_sources
from leaktight.operations.file import may_hold_sql
from leaktight.operations.project import FileFacts, Project
from leaktight.operations.reading import Readings
from leaktight.operations.table_read import TableRead, TableReads
from leaktight.report import NotAnalysed, Report
from leaktight.rule import Rule
from leaktight.samples import SAMPLES
from leaktight.source import Language, NotAnalysable, Source
from leaktight.states import Entry as Entry
from leaktight.states import State, read_states
from leaktight.versioned_rule import VersionedWriteRule
from leaktight.workers import FAILURES, Failure, Workers

_SECONDS_A_FILE = 60.0
_BYTES_FOR_A_WORKER = 250_000
"""A further process costs some milliseconds: it must have this much to read."""


@record(slots=True)
class Run:
    """One run over a project: its files are read once, then the facts are gathered, then the rules run."""

    plan: engine.Plan
    jobs: int
    cache: ProjectCache | None
    progress: Callable[[int, int], None] | None
    rules_digests: dict[int, tuple[Sequence[Rule], str]] = field(default_factory=dict)
    project: Project = field(default_factory=Project)
    crew: Workers[State, Any] | None = None
    """The children that gathered, where they stay to inspect what they have read."""

    def states(self, entries: Iterable[Entry]) -> list[State]:
        """Read and hash every file once; what the gates and the cache can answer is answered here."""
        states, hints = read_states(entries, self.plan)
        self.plan = replace(self.plan, project=replace(self.plan.project, dialect_hints=hints))
        for state in states:
            if state.facts is None and self.cache is not None:
                state.facts = self.cache.facts(state.entry.path, self._facts_key(state))
        return states

    def gather(self, states: Sequence[State], *, staying: bool = False) -> Project:
        """Work out what the files tell the project; with `staying`, by children that `inspect` is to employ, until `close`."""
        wanted = [state for state in states if state.facts is None]
        if staying and any(state.entry.reported and state.result is None for state in wanted):
            plan = replace(self.plan, readings=Readings())
            self.crew = self._workers(
                lambda state: engine.gather(state.held, plan), wanted, lambda message: _inspecting(plan, *message)
            )
            answers = self.crew.run_some(states, [at for at, state in enumerate(states) if state.facts is None])
        else:
            answers = self._workers(lambda state: engine.gather(state.held, self.plan), wanted).run(wanted)
        for state, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, Failure):
                state.facts = FileFacts(unread=NotAnalysed(state.entry.path, answer.code, answer.reason))
                continue
            state.facts = answer
            if self.cache is not None:
                self.cache.put_facts(state.entry.path, self._facts_key(state), answer)
        facts = ((state.entry.path, state.facts) for state in states if state.facts is not None)
        return engine.build_project(facts, self.plan)

    def inspect(self, states: Sequence[State]) -> list[engine.FileResult]:
        """Run the rules on each file that is reported."""
        # No rule reads data, but for snapshots that are advised on; it would swell the count of what was checked.
        reported = [s for s in states if s.entry.reported and s.has_subjects]
        asking = [state for state in reported if state.result is None and self._asks_for_reads(state, state.facts)]
        if asking:
            self.plan = replace(self.plan, tells_reads=True)
            last = {id(state) for state in asking}
            self._inspect(states, [state for state in reported if id(state) not in last])
            self.project = replace(self.project, reads=TableReads(self._reads(states)))
            self._inspect(states, asking)
        else:
            self._inspect(states, reported)
        return [state.result for state in reported if state.result is not None]

    def _inspect(self, states: Sequence[State], reported: Sequence[State]) -> None:
        for state in reported:
            if state.result is None:
                state.result = self._remembered(state, self.project)
        wanted = [state for state in reported if state.result is None]
        message = (self.project, self.plan.tells_reads)
        if self.crew is not None:
            places = {id(state): at for at, state in enumerate(states)}
            at = [places[id(state)] for state in wanted]
            answers = self.crew.run_again(states, at, message, jobs=self._jobs(wanted))
            self.close()
        else:
            answers = self._workers(_inspecting(self.plan, *message), wanted).run(wanted)
        for state, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, Failure):
                lost = NotAnalysed(state.entry.path, answer.code, answer.reason)
                state.result = engine.FileResult(state.entry.path, not_analysed=(lost,))
            else:
                self._found(state, answer)

    def _asks_for_reads(self, state: State, facts: FileFacts | None) -> bool:
        """Say whether a rule will ask which SQL reads tables that a file makes, changes, versions or takes what is new of."""
        told = state.is_snapshot or (facts is not None and facts.changes_tables)
        kinds: list[type] = [VersionedWriteRule] if state.may_write_versions else []
        kinds += [IncrementalReadRule] if state.may_read_new else []
        rules = self.plan.rules_for(state.entry.path) if told or kinds else ()
        return any(rule.asks_for_reads and (told or isinstance(rule, tuple(kinds))) for rule in rules)

    def _reads(self, states: Sequence[State]) -> Iterator[TableRead]:
        """Yield what the SQL of all files reads: as they were inspected, as it is remembered, or read now."""
        wanted = []
        for state in states:
            if state.result is not None and state.result.reads is not None:
                state.reads = state.result.reads
            elif state.entry.language.is_data or not state.content:
                state.reads = ()
            elif self.cache is not None:
                state.reads = self.cache.reads(state.entry.path, self._facts_key(state))
            if state.reads is None:
                wanted.append(state)
        wanted = [state for state in wanted if self._holds_sql(state)]
        answers = self._workers(lambda state: engine.reads_of(state.held, self.plan), wanted).run(wanted)
        for state, answer in zip(wanted, answers, strict=True):
            state.reads = () if isinstance(answer, Failure) else answer
            if self.cache is not None and not isinstance(answer, Failure):
                self.cache.put_reads(state.entry.path, self._facts_key(state), answer)
        for state in states:
            yield from state.reads or ()

    def _holds_sql(self, state: State) -> bool:
        try:
            return may_hold_sql(state.entry.read(), state.entry.language)
        except NotAnalysable:
            return False

    def _remembered(self, state: State, project: Project) -> engine.FileResult | None:
        if self.cache is None:
            return None
        state.key = self._result_key(state, project)
        return self.cache.result(state.entry.path, state.key, project)

    def _found(self, state: State, result: engine.FileResult) -> None:
        state.result = result
        if self.cache is not None and not result.internal_errors:
            self.cache.put_result(state.entry.path, state.key, result, self.project)

    def warm_up(self, states: Sequence[State]) -> None:
        """Get this process ready for work that several children will share."""
        waiting = [s for s in states if s.facts is None or (s.entry.reported and s.result is None)]
        if self._jobs(waiting) < 2:
            return
        for language, sample in SAMPLES.items():
            first = next((state for state in waiting if state.entry.language is language), None)
            if first is not None:
                engine.warm_up(Source(first.entry.path, sample, language), self.plan)
        sql = (state.entry.path for state in waiting if state.entry.language is Language.SQL)
        dialects = {self.plan.dialect_for(path) or self.plan.project.dialect_hint(path) for path in sql}
        engine.warm_up_dialects(dialects)

    def close(self) -> None:
        """Let the children go that have stayed."""
        if self.crew is not None:
            self.crew.close()
            self.crew = None

    def _jobs(self, states: Sequence[State]) -> int:
        return min(self.jobs, max(1, sum(state.weight for state in states) // _BYTES_FOR_A_WORKER))

    def _workers(
        self,
        work: Callable[[State], engine.Answer],
        states: Sequence[State],
        later: Callable[[Any], Callable[[State], Any]] | None = None,
    ) -> Workers[State, engine.Answer]:
        return Workers(
            work,
            jobs=self._jobs(states),
            limit=_SECONDS_A_FILE,
            weight=lambda state: state.weight,
            progress=self.progress,
            later=later,
        )

    def _facts_key(self, state: State) -> str:
        return digest(state.content, self._dialect(state.entry.path))

    def _dialect(self, path: str) -> str:
        return self.plan.dialect_for(path) or f"auto {self.plan.project.dialect_hint(path)}"

    def _result_key(self, state: State, project: Project) -> str:
        path = state.entry.path
        rules = self.plan.rules_for(path)
        known = self.rules_digests.get(id(rules))
        if known is None:
            # The list is kept with its digest: another that came to live at its address would be taken for it.
            known = self.rules_digests[id(rules)] = (rules, rules_digest(rules, project))
        return digest(
            state.content,
            self._dialect(path),
            known[1],
            "has run" * project.has_run(path),
            "whole" * (path in project.whole_schemas),
            "advises" * self.plan.advises,
        )


def _inspecting(plan: engine.Plan, project: Project, tells_reads: bool) -> Callable[[State], engine.FileResult]:
    """Give the work of the second pass."""
    plan = replace(plan, tells_reads=tells_reads)
    return lambda state: engine.inspect(state.held, project, plan)


def _lost(states: Iterable[State], results: Iterable[engine.FileResult]) -> Iterator[NotAnalysed]:
    """Yield the files that told the project nothing because they could not be read, and that have no result to say it.

    Files that were not asked for are said as well, for tables may stand in them: but for YAML of a size that is data.
    """
    told = {result.path for result in results}
    for state in states:
        unread = state.facts.unread if state.facts is not None else None
        if unread is None or unread.path in told:
            continue
        entry = state.entry
        data = unread.code == "size" and entry.language is Language.YAML
        if unread.code in FAILURES or entry.reported or (entry.in_catalog and not data):
            yield unread


def doubtful(states: Sequence[State], project: Project, missing: Iterable[str]) -> tuple[NotAnalysed, ...]:
    """Give the sources of the catalog that are not to be trusted."""
    told = ((s.entry.language, s.facts) for s in states if s.facts is not None and s.entry.in_catalog)
    paths = (state.entry.path for state in states)
    return (*doubtful_sources(told, project.catalog, missing, paths), *project.outdated)


def cores() -> int:
    """Give how many processes this one may use at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check(
    entries: Sequence[Entry],
    plan: engine.Plan,
    *,
    jobs: int | None = None,
    cache: ProjectCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    unread: Iterable[NotAnalysed] = (),
    missing: Iterable[str] = (),
) -> Report:
    """Check a project and give the report on the entries that are `reported`.

    `unread` is what is known to be lost, `missing` the configured sources of tables that no file is of.

    `jobs` is how many processes may work at once, by default as many as there are cores; `progress` is told how many
    files are done, and of how many.
    """
    with engine.not_collecting():
        run = Run(plan, jobs or cores(), cache, progress)
        try:
            states = run.states(entries)
            run.warm_up(states)
            run.project = run.gather(states, staying=True)
            results = run.inspect(states)
        finally:
            run.close()
    if cache is not None:
        cache.keep(state.entry.path for state in states)
        cache.save()
    unknown = (NotAnalysed(mark, "start-after", "no migration has this name") for mark in run.project.applied.unknown)
    doubts = (*doubtful(states, run.project, missing), *unknown)
    report = engine.assemble(results, (*unread, *_lost(states, results)), doubts)
    shown = engine.shown_paths(report)
    return engine.with_sources(report, _unchanged(state for state in states if state.entry.path in shown))


def _unchanged(states: Iterable[State]) -> Iterator[Entry]:
    """Yield the files that are still what the rules have seen: the text of another would not fit their places."""
    for state in states:
        with suppress(NotAnalysable):
            data = state.entry.read()
            if hashlib.sha256(data).hexdigest() == state.content:
                yield state.entry.holding(data)
