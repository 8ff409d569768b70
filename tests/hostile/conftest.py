"""Runs files through the whole engine in a process of their own, with a limit of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest

from leaktight.engine import Plan, build_project, inspect_source
from leaktight.files import decode
from leaktight.operations.facts import file_facts
from leaktight.operations.project import FileFacts, Project
from leaktight.registry import load_rules, make_rule
from leaktight.report import NotAnalysed
from leaktight.source import Language, NotAnalysable
from leaktight.workers import Failure, Workers

LANGUAGES = {
    "sql": Language.SQL, "py": Language.PYTHON, "js": Language.JAVASCRIPT, "ts": Language.TYPESCRIPT, "tsx": Language.TSX,
    "yaml": Language.YAML, "ipynb": Language.NOTEBOOK,
}  # fmt: skip
SECONDS = 90.0


class Outcome(NamedTuple):
    """What became of a file: how many findings, what was not analysed, which rules failed, and how long it was read."""

    findings: int = 0
    lost: tuple[NotAnalysed, ...] = ()
    errors: tuple[str, ...] = ()
    facts: FileFacts = FileFacts()


Inspect = Callable[[Mapping[str, "str | bytes"]], dict[str, "Outcome | Failure"]]


@pytest.fixture(scope="session")
def inspect_all() -> Inspect:
    """Give `inspect(files)`: the outcome by path; a text is taken as it is, bytes are decoded as a file's are."""
    rules = tuple(make_rule(rule, {}, strict=True) for rule in load_rules().values())
    plan = Plan(rules_for=lambda path: rules, known_rules=frozenset(load_rules()))

    def work(item: tuple[str, str | bytes]) -> Outcome:
        path, content = item
        language = LANGUAGES[path.rpartition(".")[2]]
        try:
            source = decode(
                content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"), path, language
            )
        except NotAnalysable as problem:
            return Outcome(lost=(NotAnalysed(path, "encoding", problem.reason),))
        if isinstance(content, str):
            source = type(source)(path, content, language)
        facts = file_facts(source, None, Project())
        if language is Language.YAML:
            return Outcome(facts=facts)
        result = inspect_source(source, build_project([(path, facts)], plan), plan)
        errors = tuple(d.message for d in result.diagnostics if d.rule == "internal-error")
        for diagnostic in result.diagnostics:
            assert 0 <= diagnostic.location.span.start <= diagnostic.location.span.end <= len(source.text)
        return Outcome(len(result.diagnostics), result.not_analysed, errors, facts)

    def run(files: Mapping[str, str | bytes]) -> dict[str, Outcome | Failure]:
        items = list(files.items())
        return dict(zip(files, Workers(work, jobs=2, limit=SECONDS).run(items), strict=True))

    return run
