"""Names and options of rules in a configuration, what they select, and the schema that is shipped."""

from __future__ import annotations

import json
from collections.abc import Iterator

import jsonschema
import pytest
from sqlglot.dialects import DIALECTS as SQLGLOT_DIALECTS
from sqlglot.dialects.dialect import Dialect

from leaktight.config import DIALECTS, Configuration, ConfigurationError, Settings
from leaktight.config.keys import Rules
from leaktight.config.plan import RulesByPath
from leaktight.config.schema import PATH, schema, shipped_schema
from leaktight.config.yaml_file import read_yaml
from leaktight.diagnostics import Finding
from leaktight.languages.sql.document import SqlDocument
from leaktight.rule import Bad, Category, Good, SqlRule, option


class _Silent(SqlRule, kind=True):
    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        yield from ()


class FirstLeak(_Silent):
    """The first.

    For these tests.
    """

    name = "first-leak"
    category = Category.LOSS
    examples = (Bad("select 1", options={"most": 2, "names": ["a"], "strict": True, "share": 0.5}), Good("select 2"))

    most: int = option(9, "How many.")
    share: float = option(0.1, "Which part.")
    names: tuple[str, ...] = option((), "Which names.")
    strict: bool = option(False, "Whether guesses count.")


class SecondLeak(_Silent):
    """The second.

    For these tests.
    """

    name = "second-leak"
    category = Category.RERUN
    strict_only = True
    examples = (Bad("select 1"), Good("select 2"))


RULES: Rules = {"first-leak": FirstLeak, "second-leak": SecondLeak}


def settings(text: str) -> Settings:
    return Configuration("/project", "leaktight.yaml", read_yaml(text, "leaktight.yaml")).settings(RULES)


def test_problems_of_names_and_options() -> None:
    with pytest.raises(ConfigurationError) as raised:
        settings(
            "select: [first-leek]\nignore: lost\nper-path:\n  '*.py':\n    ignore: [zzz]\n"
            "rules:\n  frist-leak: {}\n  first-leak:\n    mots: 3\n    most: many\n    names: a\n    share: 1\n"
            "  second-leak: {most: 3}\n  loss: {}\n"
        )
    assert [str(problem) for problem in raised.value.problems] == [
        "leaktight.yaml:1: `select`: There is no rule or group `first-leek`. Did you mean `first-leak`?",
        "leaktight.yaml:2: `ignore`: There is no rule or group `lost`. Did you mean `loss`?",
        "leaktight.yaml:5: `per-path.*.py.ignore`: There is no rule or group `zzz`.",
        "leaktight.yaml:7: `rules`: There is no rule or group `frist-leak`. Did you mean `first-leak`?",
        "leaktight.yaml:9: Rule `first-leak` has no option `mots`. Did you mean `most`?",
        "leaktight.yaml:10: Option `most` of rule `first-leak` must be a whole number, not 'many'.",
        "leaktight.yaml:11: Option `names` of rule `first-leak` must be a list of strings.",
        "leaktight.yaml:13: Rule `second-leak` has no option `most`; it has none.",
        "leaktight.yaml:14: `rules`: `loss` is a group of rules and has no options.",
    ]


def names(text: str, path: str) -> list[str]:
    return [rule.name for rule in RulesByPath(settings(text), RULES)(path)]


def test_selection_by_path() -> None:
    assert names("", "a.sql") == ["first-leak"]
    assert names("extend-select: [strict]", "a.sql") == ["first-leak", "second-leak"]
    assert names("select: []", "a.sql") == []
    assert names("select: []\nextend-select: second-leak", "a.sql") == ["second-leak"]
    text = (
        "per-path:\n  'old/**': {ignore: [all]}\n  '*.py': {select: [second-leak]}\n  'x/': {extend-select: [strict]}"
    )
    assert names(text, "old/a.sql") == []
    assert names(text, "new/a.sql") == ["first-leak"]
    assert names(text, "new/a.py") == ["second-leak"]
    assert names(text, "x/a.sql") == ["first-leak", "second-leak"]


def test_options_reach_the_rules() -> None:
    rules = RulesByPath(settings("rules: {first-leak: {most: 3, names: [a], share: 1}}"), RULES)
    assert rules("a.sql") == (FirstLeak(most=3, names=("a",), share=1.0),)
    assert rules("a.sql") is rules("b.sql")


def test_strict_turns_the_option_on_unless_it_is_set() -> None:
    assert RulesByPath(settings("extend-select: [strict]"), RULES)("a.sql")[0] == FirstLeak(strict=True)
    text = "extend-select: [strict]\nrules: {first-leak: {strict: false}}"
    assert RulesByPath(settings(text), RULES)("a.sql")[0] == FirstLeak(strict=False)


def test_schema_is_valid_and_agrees_with_the_reader() -> None:
    made = schema(RULES)
    jsonschema.Draft202012Validator.check_schema(made)
    validator = jsonschema.Draft202012Validator(made)
    good = {
        "dialect": {"a/**": "postgres", "default": "auto"},
        "select": ["first-leak", "loss"],
        "extend-select": "strict",
        "per-path": {"*.py": {"ignore": ["second-leak"]}},
        "rules": {"first-leak": {"most": 3, "names": ["a"], "strict": True}},
        "airflow": "2.9",
        "catalog": {"statistics": {"shop.events": {"rows": 3, "bytes": "7 GB"}}},
        "price-per-tb": {"bigquery": 6.25, "default": 5},
        "not-analysed": "ignore",
    }
    assert list(validator.iter_errors(good)) == []
    settings(json.dumps(good))
    for bad in (
        {"selct": []}, {"select": ["nothing"]}, {"dialect": "postgresql"}, {"rules": {"first-leak": {"mots": 1}}},
        {"airflow": 2.9}, {"price-per-tb": {"bigqery": 6}}, {"catalog": {"statistics": {"a": {"rows": -1}}}}, {"fail-level": "warn"}, {"rules": {"first-leak": {"most": "3"}}},
    ):  # fmt: skip
        assert not validator.is_valid(bad), bad
        with pytest.raises(ConfigurationError):
            settings(json.dumps(bad))


def test_the_shipped_schema_is_fresh() -> None:
    assert PATH.read_text(encoding="utf-8") == shipped_schema(), "run `python -m leaktight.config.schema`"


def test_every_dialect_is_one_of_sqlglot() -> None:
    known = {name.lower() for name in SQLGLOT_DIALECTS}
    assert set(DIALECTS) <= known
    assert all(Dialect.get(name) is not None for name in DIALECTS)
