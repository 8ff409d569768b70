"""The examples of the rules under which the engine speaks, run with the rules that they name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from leaktight.diagnostics import Diagnostic
from leaktight.engine import Plan, check
from leaktight.rule import Bad, EngineRule, Example, Rule
from leaktight.source import Language, Source
from leaktight.testing import examples_of, fixed, marked
from leaktight_rules.engine.file_timeout import FileTimeout
from leaktight_rules.engine.internal_error import InternalError
from leaktight_rules.engine.not_analysed import NotAnalysed
from leaktight_rules.engine.syntax_error import SyntaxError as SyntaxErrorRule
from leaktight_rules.engine.unknown_suppression import UnknownSuppression
from leaktight_rules.engine.unused_suppression import UnusedSuppression
from leaktight_rules.loss.missing_where import MissingWhere
from leaktight_rules.numbers.equals_null import EqualsNull

RULES: tuple[type[Rule], ...] = (EqualsNull, MissingWhere, UnknownSuppression, UnusedSuppression, SyntaxErrorRule)
CASES = [
    pytest.param(rule, case.example, id=str(case))
    for rule in RULES[2:]
    for case in examples_of(rule)
    if case.host == "file"
]
LANGUAGES = {"sql": Language.SQL, "python": Language.PYTHON}


@dataclass(frozen=True)
class Given:
    path: str
    text: str
    language: Language
    reported: bool = True

    def load(self) -> Source:
        return Source(self.path, self.text, self.language)


def found_in(code: str, example: Example, rule: type[Rule]) -> list[Diagnostic]:
    rules = tuple(each() for each in RULES)
    plan = Plan(
        rules_for=lambda path: rules,
        dialect_for=lambda path: example.dialect,
        known_rules=frozenset(each.name for each in RULES),
    )
    report = check([Given(example.path or "example", code, LANGUAGES[example.language])], plan)
    assert report.internal_errors == 0
    return [diagnostic for diagnostic in report.diagnostics if diagnostic.rule == rule.name]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_example(rule: type[Rule], example: Example) -> None:
    code, expected = marked(example.code)
    found = found_in(code, example, rule)
    assert [d.location.span for d in found] == [item.span for item in expected]
    for diagnostic, item in zip(found, expected, strict=True):
        assert item.words in diagnostic.message
    if isinstance(example, Bad) and example.fixed is not None:
        wanted = marked(example.fixed)[0]
        assert fixed(code, found) == wanted
        assert found_in(wanted, example, rule) == []


@pytest.mark.parametrize("rule", [FileTimeout, InternalError, NotAnalysed, UnknownSuppression, UnusedSuppression])
def test_they_read_nothing_themselves(rule: type[Rule]) -> None:
    assert issubclass(rule, EngineRule)
    assert list(rule.subjects(None)) == []  # type: ignore[arg-type]


def test_a_statement_that_does_not_parse_is_told_once_in_its_place() -> None:
    example = Example("", dialect="postgres")
    code = "select 1;\nselect id frm t limit;\nselect 2 from;\n"
    lines = [d.location.start.line for d in found_in(code, example, SyntaxErrorRule)]
    assert lines == [2, 3]


@pytest.mark.parametrize("code", ["alter system set x = 1", "select {{ a b }} from frm frm"])
def test_what_is_only_not_understood_is_no_syntax_error(code: str) -> None:
    assert found_in(code, Example(""), SyntaxErrorRule) == []


def test_a_syntax_error_can_be_silenced() -> None:
    code = "select id frm t limit -- leaktight: ignore[syntax-error] the new syntax"
    assert found_in(code, Example(""), SyntaxErrorRule) == []
