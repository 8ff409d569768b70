"""Rules found, selected and made."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaktight import registry
from leaktight.diagnostics import Finding
from leaktight.languages.sql.document import SqlDocument
from leaktight.registry import (
    InvalidOption,
    Selection,
    UnknownRule,
    check_name,
    groups,
    load_rules,
    make_rule,
    near,
    rules_in,
    selected,
)
from leaktight.rule import Bad, Category, Example, Good, InvalidRule, Rule, SqlRule, Stage, option


class _Silent(SqlRule, kind=True):
    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        yield from ()


SET = {"count": 2, "share": 0.5, "word": "x", "words": ["x"], "on": True}


class PlainRule(_Silent):
    """On by default.

    For these tests.
    """

    name = "plain-rule"
    category = Category.QUERY
    examples = (Bad("select 1", options=SET), Good("select 2"))

    count: int = option(1, "A number.")
    share: float = option(0.1, "A share.")
    word: str = option("a", "A word.")
    words: tuple[str, ...] = option(("a", "b"), "Words.")
    on: bool = option(False, "A switch.")


class GuessRule(_Silent):
    """Guesses.

    For these tests.
    """

    name = "guess-rule"
    category = Category.QUERY
    strict_only = True
    examples = (Bad("select 1"), Good("select 2"))


class NewRule(_Silent):
    """New.

    For these tests.
    """

    name = "new-rule"
    category = Category.LOSS
    stage = Stage.PREVIEW
    examples = (Bad("select 1"), Good("select 2"))


class OldRule(_Silent):
    """Old.

    For these tests.
    """

    name = "old-rule"
    category = Category.LOSS
    stage = Stage.DEPRECATED
    examples = (Bad("select 1"), Good("select 2"))


class TwoFacedRule(_Silent):
    """Guesses if it is asked to.

    For these tests.
    """

    name = "two-faced-rule"
    category = Category.LOSS
    examples = (Bad("select 1"), Good("select 2"))

    strict: bool = option(False, "Whether guesses count.")


RULES: dict[str, type[Rule]] = {
    rule.name: rule for rule in (GuessRule, NewRule, OldRule, PlainRule, TwoFacedRule)
}  # fmt: skip


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["plain-rule", "two-faced-rule"]),
        (Selection(select=("all",)), ["guess-rule", "new-rule", "plain-rule", "two-faced-rule"]),
        (Selection(select=("strict",)), ["guess-rule", "two-faced-rule"]),
        (Selection(select=("query",)), ["plain-rule"]),
        (Selection(select=("loss",)), ["two-faced-rule"]),
        (Selection(select=("new-rule",)), ["new-rule"]),
        (Selection(select=("old-rule",)), ["old-rule"]),
        (Selection(select=("loss", "guess-rule")), ["guess-rule", "two-faced-rule"]),
        (Selection(extend_select=("new-rule",)), ["new-rule", "plain-rule", "two-faced-rule"]),
        (Selection(extend_select=("strict",)), ["guess-rule", "plain-rule", "two-faced-rule"]),
        (Selection(ignore=("query",)), ["two-faced-rule"]),
        (Selection(ignore=("plain-rule",)), ["two-faced-rule"]),
        (Selection(ignore=("all",)), []),
        (Selection(select=("all",), ignore=("strict",)), ["new-rule", "plain-rule", "two-faced-rule"]),
        (Selection(select=("all",), ignore=("loss", "guess-rule")), ["plain-rule"]),
        (Selection(select=("guess-rule",), extend_select=("new-rule",), ignore=("guess-rule",)), ["new-rule"]),
    ],
)
def test_selection(selection: Selection, expected: list[str]) -> None:
    assert list(selected(selection, RULES)) == expected


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plain-rul", "there is no rule or group `plain-rul`; did you mean `plain-rule`?"),
        ("querry", "there is no rule or group `querry`; did you mean `query`?"),
        ("stritc", "there is no rule or group `stritc`; did you mean `strict`?"),
        ("zzzzzz", "there is no rule or group `zzzzzz`"),
        ("", "there is no rule or group ``"),
    ],
)
def test_unknown_names(name: str, said: str) -> None:
    for selection in (Selection(select=(name,)), Selection(extend_select=(name,)), Selection(ignore=(name,))):
        with pytest.raises(UnknownRule) as refused:
            selected(selection, RULES)
        assert str(refused.value) == said


def test_retired_names_say_what_became_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "RETIRED", {"gone-rule": "select `plain-rule` instead"})
    with pytest.raises(UnknownRule, match="rule `gone-rule` is no more: select `plain-rule` instead"):
        check_name("gone-rule", RULES)


def test_groups_are_no_rules() -> None:
    assert set(groups()) == {"all", "strict", *(category.value for category in Category)}
    assert not set(groups()) & set(load_rules())
    assert near("tru", ("true", "false")) == "; did you mean `true`?"
    assert near("tru", ()) == ""


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("count", 3, 3),
        ("share", 0.25, 0.25),
        ("share", 1, 1.0),
        ("word", "", ""),
        ("words", ["x", "y"], ("x", "y")),
        ("words", (), ()),
        ("on", True, True),
    ],
)
def test_options(name: str, value: object, kept: object) -> None:
    made = make_rule(PlainRule, {name: value})
    assert getattr(made, name) == kept
    assert type(getattr(made, name)) is type(kept)
    assert make_rule(PlainRule, {}) == PlainRule()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("count", "3", "option `count` of rule `plain-rule` must be a whole number, not '3'"),
        ("count", True, "option `count` of rule `plain-rule` must be a whole number, not True"),
        ("count", 1.0, "option `count` of rule `plain-rule` must be a whole number, not 1.0"),
        ("share", False, "option `share` of rule `plain-rule` must be a number, not False"),
        ("share", "x", "option `share` of rule `plain-rule` must be a number, not 'x'"),
        ("word", 1, "option `word` of rule `plain-rule` must be a string, not 1"),
        ("words", "xy", "option `words` of rule `plain-rule` must be a list of strings"),
        ("words", ["x", 1], "option `words` of rule `plain-rule` must be a list of strings"),
        ("on", 1, "option `on` of rule `plain-rule` must be true or false, not 1"),
        ("on", None, "option `on` of rule `plain-rule` must be true or false, not None"),
        ("cuont", 1, "rule `plain-rule` has no option `cuont`; did you mean `count`?"),
        ("zzz", 1, "rule `plain-rule` has no option `zzz`; it has `count`, `share`, `word`, `words`, `on`"),
    ],
)  # fmt: skip
def test_wrong_options(name: str, value: object, said: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        make_rule(PlainRule, {name: value})
    assert str(refused.value) == said


def test_a_rule_without_options_says_so() -> None:
    with pytest.raises(InvalidOption, match="rule `guess-rule` has no option `x`; it has none"):
        make_rule(GuessRule, {"x": 1})


def test_strict_turns_on_the_option_of_that_name() -> None:
    assert make_rule(TwoFacedRule, {}) == TwoFacedRule(strict=False)
    assert make_rule(TwoFacedRule, {}, strict=True) == TwoFacedRule(strict=True)
    assert make_rule(TwoFacedRule, {"strict": False}, strict=True) == TwoFacedRule(strict=False)
    assert make_rule(PlainRule, {}, strict=True) == PlainRule()


def test_rules_are_found_in_every_module_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "planted_registry"
    (package / "deep").mkdir(parents=True)
    (package / "__init__.py").write_text("from planted_registry.deep.one import One\n")
    (package / "deep" / "__init__.py").write_text("")
    (package / "deep" / "one.py").write_text(
        "from leaktight.rule import Bad, Category, Good, SqlRule\n\n\n"
        'class One(SqlRule):\n    """One.\n\n    The reason.\n    """\n\n    name = "planted-one"\n'
        "    category = Category.LOSS\n    examples = (Bad('select 1'), Good('select 2'))\n\n"
        "    def check(self, sql, /):\n        yield from ()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import importlib

    found = list(rules_in(importlib.import_module("planted_registry")))
    assert [rule.name for rule in found] == ["planted-one"]


def test_two_rules_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("planted_first", "planted_second")
    for name in names:
        module = types.ModuleType(name)
        body = {"__module__": name, "__doc__": "Twice.\n\nThe reason.", "name": "planted-twice", "category": Category.LOSS,
                "examples": (Bad("select 1"), Good("select 2"))}  # fmt: skip
        module.Twice = type("Twice", (_Silent,), body)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(registry, "entry_modules", lambda group: list(names) if group == registry.GROUP else [])
    load_rules.cache_clear()
    try:
        with pytest.raises(InvalidRule, match="two rules are called `planted-twice`: planted_first and planted_second"):
            load_rules()
    finally:
        load_rules.cache_clear()


def test_the_built_in_rules_come_by_entry_point() -> None:
    rules = load_rules()
    assert list(rules) == sorted(rules)
    assert {"equals-null", "syntax-error", "internal-error"} <= set(rules)
    assert all(rule.name == name for name, rule in rules.items())


GOOD, BAD = Good("select 2"), Bad("select 1")
WHOLE = {"__doc__": "First.\n\nWhy.", "name": "made-rule", "category": Category.LOSS, "examples": (BAD, GOOD)}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "Made_Rule"}, "`name` must be kebab-case, not 'Made_Rule'"),
        ({"name": ""}, "`name` must be kebab-case, not ''"),
        ({"category": "loss"}, "`category` is missing"),
        ({"__doc__": "Only one sentence."}, "the docstring must have a first sentence, an empty line, and the reason"),
        ({"__doc__": None}, "the docstring must have a first sentence, an empty line, and the reason"),
        ({"examples": ()}, "`examples` needs at least one Bad and one Good"),
        ({"examples": (BAD,)}, "`examples` needs at least one Bad and one Good"),
        ({"examples": (GOOD,)}, "`examples` needs at least one Bad and one Good"),
        ({"__annotations__": {"x": int}, "x": 1}, "option `x` must be declared with `option(default, help)`"),
        ({"__annotations__": {"x": int}, "x": option(1, "")}, "option `x` must be declared with `option(default, help)`"),
        ({"__annotations__": {"x": dict}, "x": option("a", "It.")},
         "option `x` must be a bool, int, float, str or tuple[str, ...]"),
        ({"__annotations__": {"x": int}, "x": option(1, "It.")}, "no example sets option `x`"),
    ],
)  # fmt: skip
def test_a_rule_that_is_not_whole_is_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidRule) as refused:
        type("MadeRule", (_Silent,), {**WHOLE, "__module__": __name__, **changed})
    assert str(refused.value) == f"rule MadeRule ({__name__}): {said}"


def test_a_rule_is_frozen() -> None:
    with pytest.raises(AttributeError):
        PlainRule().count = 2  # type: ignore[misc]
    assert hash(PlainRule()) == hash(PlainRule())
    assert PlainRule.summary() == "On by default."
    assert isinstance(PlainRule.examples[0], Example)
    assert PlainRule.facts().url.endswith("/docs/rules/plain-rule.md")
