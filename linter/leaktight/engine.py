"""Sources in, report out. Touches no path and prints nothing.

Two passes: the first gathers from each file what it tells the project, the second runs the rules on the files that are
reported. What fails costs itself and is said.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import field, replace
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from leaktight.diagnostics import Diagnostic, Finding, RuleFacts, Severity, carry_over, locate
from leaktight.habits import habits_once
from leaktight.lazy import record
from leaktight.operations.facts import file_facts, fold_facts
from leaktight.operations.file import FileView
from leaktight.operations.project import FileFacts, Project
from leaktight.operations.reading import Reading, Readings
from leaktight.operations.table_read import TableRead, TableReads
from leaktight.report import HARMLESS, NotAnalysed, Report, Summary
from leaktight.rule import DOCS_URL, KINDS, Category, EngineRule, Rule
from leaktight.source import NotAnalysable, Region, Source
from leaktight.suppressions import apply_suppressions
from leaktight.suppressions.directives import MARK
from leaktight.text import Span


class Entry(Protocol):
    """A file of the project. `load` reads it, or raises `NotAnalysable` when it cannot be read as text."""

    @property
    def path(self) -> str:
        """The path relative to the project's root, with slashes."""

    @property
    def reported(self) -> bool:
        """Whether its findings are asked for."""

    def load(self) -> Source:
        """Give the file's source."""


OF_A_RUN = frozenset({Category.MIGRATION, Category.QUERY, Category.NUMBERS, Category.RERUN, Category.LOSS})
"""What is said of a statement that runs, and not of one that has run or a database tells; the tables are as they are."""


@record(frozen=True)
class Plan:
    """What to run where. `project` holds the configured facts; its catalog and tables are filled in by the first pass.

    `known_rules` are all rule names there are, for suppressions; `rules_for` and `dialect_for` answer by path.
    """

    rules_for: Callable[[str], Sequence[Rule]]
    dialect_for: Callable[[str], str | None] = lambda path: None
    tells_reads: bool = False
    """Whether what each file's SQL reads is gathered for rules that ask for the reads of a table."""
    advises: bool = False
    """Whether rules read tables that only a snapshot declares. What is wrong with them no change of the code would mend."""
    known_rules: frozenset[str] = frozenset()
    project: Project = field(default_factory=Project)
    readings: Readings | None = None
    """Where what the first pass reads is kept for the second, if the same process does both."""


@record(frozen=True, slots=True)
class FileResult:
    """What the second pass found in one file; picklable, cached by content."""

    path: str
    diagnostics: tuple[Diagnostic, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    dynamic: tuple[NotAnalysed, ...] = ()
    statements: int = 0
    suppressed: int = 0
    internal_errors: int = 0
    asked: frozenset[str] = frozenset()
    """The names of the tables that the rules asked the catalog for."""
    unsure: frozenset[str] = frozenset()
    """The rules that asked for a table which the catalog does not know, and found nothing."""
    asked_dynamodb: bool = False
    """Whether they asked what the project says of DynamoDB tables."""
    asked_reads: frozenset[str] = frozenset()
    """The names of the tables whose reads in the whole project they asked for."""
    reads: tuple[TableRead, ...] | None = None
    """What the file's own SQL reads, None where that was not asked for."""


Answer = TypeVar("Answer", FileFacts, FileResult, tuple[TableRead, ...])
"""What a pass answers for a file."""


INTERNAL_ERROR = RuleFacts("internal-error", Severity.ERROR, Category.ENGINE.value, f"{DOCS_URL}internal-error.md")


def gather(entry: Entry, plan: Plan) -> FileFacts:
    """Give what one file tells the project."""
    try:
        source = entry.load()
        reading = Reading(source) if plan.readings is not None and entry.reported else None
        facts = file_facts(source, plan.dialect_for(entry.path), plan.project, reading)
    except NotAnalysable as problem:
        return FileFacts(unread=NotAnalysed(entry.path, problem.code, problem.reason))
    if plan.readings is not None and reading is not None:
        plan.readings.keep(reading)
    return facts


def build_project(facts: Iterable[tuple[str, FileFacts]], plan: Plan) -> Project:
    """Give the project that the facts of all files, by path, add up to."""
    return fold_facts(facts, plan.project)


def inspect(entry: Entry, project: Project, plan: Plan) -> FileResult:
    """Run the rules on one file."""
    reading = plan.readings.take(entry.path) if plan.readings is not None else None
    try:
        source = entry.load() if reading is None else reading.source
    except NotAnalysable as problem:
        return FileResult(entry.path, not_analysed=(NotAnalysed(entry.path, problem.code, problem.reason),))
    return inspect_source(source, project, plan, reading)


def inspect_source(source: Source, project: Project, plan: Plan, reading: Reading | None = None) -> FileResult:
    """Run the rules on one source; `reading` is what was kept of it."""
    if source.language.is_data and not plan.advises:
        return FileResult(source.path)
    project.catalog.asked.clear()
    project.reads.asked.clear()
    dialect = plan.dialect_for(source.path)
    view = FileView(source, project, dialect=dialect, reading=reading, advises=plan.advises)
    found: dict[tuple[object, ...], Diagnostic] = {}
    errors = 0
    rules = plan.rules_for(source.path)
    if view.is_test:
        rules = [rule for rule in rules if rule.in_tests]
        if MARK not in source.text and all(isinstance(rule, EngineRule) for rule in rules):
            return FileResult(source.path)
    if project.has_run(source.path) or view.is_of_database:
        rules = [rule for rule in rules if rule.category not in OF_A_RUN]
    subjects: dict[object, tuple[Any, ...]] = {}
    """What the kinds of rules read of the file, as far as one has asked."""
    unsure: set[str] = set()
    missed = project.catalog.missed
    for rule in rules:
        method = _subjects_of(type(rule))
        read = subjects.get(method)
        if read is not None and not read:
            continue
        missed.clear()
        try:
            if read is None:
                read = tuple(rule.subjects(view))
                if method is not None:
                    subjects[method] = read
            if not read:
                continue
            for diagnostic in _findings(rule, view, read):
                found.setdefault((diagnostic.rule, diagnostic.location.span, diagnostic.message), diagnostic)
        except Exception as error:  # noqa: BLE001  # a rule of a plugin may raise anything; the run goes on and says so
            errors += 1
            reason = f"rule `{rule.name}` failed here: {type(error).__name__}: {error}"
            found[rule.name, "internal"] = _plain(INTERNAL_ERROR, source, Span(0, 0), reason)
        if missed:
            unsure.add(rule.name)
    kept, suppressed = apply_suppressions(
        view, list(found.values()), {rule.name for rule in rules} if MARK in source.text else set(), plan.known_rules
    )
    lost = tuple(_lost_statements(view))  # reads all SQL: what no rule asked for is not passed over in silence
    return FileResult(
        source.path,
        diagnostics=tuple(sorted(kept, key=lambda d: d.sort_key)),
        not_analysed=(*view.not_analysed, *lost),
        dynamic=tuple(view.dynamic),
        statements=view.statements,
        suppressed=suppressed,
        internal_errors=errors,
        asked=frozenset(project.catalog.asked),
        unsure=frozenset(unsure.difference(diagnostic.rule for diagnostic in found.values())),
        asked_dynamodb=bool(view.__dict__.get("dynamodb")),
        asked_reads=frozenset(project.reads.asked),
        reads=_reads(view) if plan.tells_reads else None,
    )


def reads_of(entry: Entry, plan: Plan) -> tuple[TableRead, ...]:
    """Give what the SQL of one file reads, for files that no rule runs on; nothing of a test or what cannot be read."""
    try:
        source = entry.load()
    except NotAnalysable:
        return ()
    view = FileView(source, plan.project, dialect=plan.dialect_for(entry.path))
    return _reads(view)


def _reads(view: FileView) -> tuple[TableRead, ...]:
    if view.source.language.is_data or view.is_test:
        return ()
    from leaktight.operations.table_reads import table_reads

    return table_reads(view.sql)


_SUBJECTS_OF_KINDS = frozenset(getattr(kind.subjects, "__func__", None) for kind in KINDS)
"""What says which subjects a rule has, but for rules that say so themselves."""


@lru_cache(maxsize=1024)
def _facts(rule: type[Rule]) -> RuleFacts:
    return rule.facts()


@lru_cache(maxsize=1024)
def _subjects_of(rule: type[Rule]) -> object:
    """Give what says which subjects a rule has where many rules have the same; None where it says so itself."""
    method = getattr(rule.subjects, "__func__", None)
    return method if method in _SUBJECTS_OF_KINDS else None


def _findings(rule: Rule, view: FileView, subjects: tuple[Any, ...]) -> Iterable[Diagnostic]:
    """Yield what a rule finds in the subjects that it has in a file."""
    facts = _facts(type(rule))
    told: dict[Span, int] = {}
    for subject in subjects:
        for finding in rule.check(subject):
            region = subject.document.region
            if region.templated and (region.map.is_blank(finding.span) or _is_told(finding, region, told)):
                continue
            yield carry_over(finding, region, view.source, facts)


def _is_told(finding: Finding, region: Region, told: dict[Span, int]) -> bool:
    """Say whether another view of a template gave a finding for this place; `told` has the places and who spoke of them."""
    places = [region.map.to_file(span) for span in (finding.span, *finding.covers)]
    if told.get(places[0], region.variant) != region.variant:
        return True
    for place in places:
        told.setdefault(place, region.variant)
    return False


def _lost_statements(view: FileView) -> Iterable[NotAnalysed]:
    seen: set[Span] = set()
    for document in view.sql:
        for statement in document.statements:
            if statement.understood:
                continue
            span = document.region.map.to_file(statement.span)
            if span not in seen:
                seen.add(span)
                code = "template" if document.region.templated else "syntax"
                reason = statement.problem or "the statement is not understood"
                yield NotAnalysed(view.source.path, code, reason, locate(view.source, span))


def _plain(facts: RuleFacts, source: Source, span: Span, message: str) -> Diagnostic:
    return Diagnostic(facts.name, facts.severity, facts.category, message, locate(source, span), url=facts.url)


def warm_up(source: Source, plan: Plan) -> None:
    """Do with some harmless source what is done with every file, so that a process is ready before it forks.

    What would be made at first use, imported modules and compiled patterns above all, every child would make anew.
    """
    with suppress(NotAnalysable):
        project = build_project([(source.path, file_facts(source, plan.dialect_for(source.path), plan.project))], plan)
        inspect_source(source, project, plan)


def warm_up_dialects(names: Iterable[str]) -> None:
    """Load the parsers of dialects, so that a process has them before it forks."""
    from leaktight.languages.sql.dialects import dialect_named

    for name in names:
        with suppress(ValueError):
            dialect_named(name)


@contextmanager
def not_collecting() -> Iterator[None]:
    """Collect no garbage meanwhile: parsing makes millions of objects and hardly a cycle; collecting doubles its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def check(entries: Sequence[Entry], plan: Plan) -> Report:
    """Check all entries in this process and give the report."""
    with not_collecting():
        facts = [(entry.path, gather(entry, plan)) for entry in entries]
        project = build_project(facts, plan)
        reported = [entry for entry in entries if entry.reported]
        if any(rule.asks_for_reads for entry in reported for rule in plan.rules_for(entry.path)):
            reads = (read for entry in entries for read in reads_of(entry, plan))
            project = replace(project, reads=TableReads(reads))
        results = [inspect(entry, project, plan) for entry in reported]
    told = {result.path for result in results}
    lost = (said.unread for path, said in facts if path not in told and said.unread is not None)
    return with_sources(assemble(results, lost, project.outdated), entries)


def shown_paths(report: Report) -> set[str]:
    """Give the files that a diagnostic, or a place related to one, stands in, and those that a fix would change."""
    shown = {diagnostic.location.path for diagnostic in report.diagnostics}
    shown |= {one.location.path for one in report.repeated if one.fix is not None and one.fix.edits}
    return shown | {related.location.path for diagnostic in report.diagnostics for related in diagnostic.related}


def with_sources(report: Report, entries: Iterable[Entry]) -> Report:
    """Give the report with the text of each of the files that it shows or would change."""
    shown = shown_paths(report)
    sources: dict[str, Source] = {}
    for entry in entries:
        if entry.path in shown:
            try:
                sources[entry.path] = entry.load()
            except NotAnalysable:  # it could not be read, which is what the diagnostic says
                continue
    texts = {path: source.text for path, source in sources.items()}
    return replace(report, sources=texts, boms=frozenset(path for path, source in sources.items() if source.bom))


def _is_lacking(doubtful: Iterable[NotAnalysed]) -> bool:
    """Say whether tables may be unknown for want of a source; what is stale is made up for by what is newer."""
    return any(item.code not in HARMLESS for item in doubtful)


def assemble(
    results: Iterable[FileResult], lost: Iterable[NotAnalysed] = (), doubtful: Sequence[NotAnalysed] = ()
) -> Report:
    """Give the report that the results of all files add up to.

    `lost` is what could not be read and has no result, `doubtful` the sources of the catalog that are not to be trusted.
    """
    ordered = sorted(results, key=lambda result: result.path)
    diagnostics, repeated = habits_once(d for result in ordered for d in result.diagnostics)
    by_rule: dict[str, int] = {}
    for diagnostic in diagnostics:
        by_rule[diagnostic.rule] = by_rule.get(diagnostic.rule, 0) + 1
    return Report(
        diagnostics=tuple(diagnostics),
        repeated=tuple(repeated),
        not_analysed=tuple(sorted((*(n for r in ordered for n in r.not_analysed), *lost), key=lambda n: n.path)),
        dynamic=tuple(item for result in ordered for item in result.dynamic),
        summary=Summary(
            files=len(ordered),
            statements=sum(result.statements for result in ordered),
            dynamic=sum(len(result.dynamic) for result in ordered),
            suppressed=sum(result.suppressed for result in ordered),
            by_rule=by_rule,
            not_checked=Counter(rule for result in ordered for rule in result.unsure) if _is_lacking(doubtful) else {},
        ),
        doubtful=tuple(doubtful),
        internal_errors=sum(result.internal_errors for result in ordered),
    )
