"""Findings carried from their region to their file."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from sqlglot import exp

from leaktight.diagnostics import (
    Applicability,
    Diagnostic,
    FileEdit,
    Finding,
    Fix,
    Location,
    Related,
    RuleFacts,
    Severity,
    carry_over,
    locate,
)
from leaktight.engine import Plan, inspect_source
from leaktight.operations.project import Project
from leaktight.registry import load_rules, make_rule
from leaktight.source import HoleKind, Language, Region, RegionBuilder, Source
from leaktight.text import Edit, Position, Span

FACTS = RuleFacts("some-rule", Severity.WARNING, "query", "https://example.org/some-rule.md")
TEXT = 'x = 1\nrows = db.execute("select {a} from t")\n'
SOURCE = Source("src/a.py", TEXT, Language.PYTHON)


def region() -> Region:
    builder = RegionBuilder(Region.whole(SOURCE))
    start, hole = TEXT.index("select"), TEXT.index("{a}")
    builder.copy(Span(start, hole), forbidden='"\\')
    builder.hole(Span(hole, hole + 3), "a1", HoleKind.IDENTIFIER)
    builder.copy(Span(hole + 3, TEXT.rindex('"')), forbidden='"\\')
    return builder.build(Language.SQL)


def carried(finding: Finding) -> Diagnostic:
    return carry_over(finding, region(), SOURCE, FACTS)


def test_a_finding_is_placed_in_the_file() -> None:
    found = carried(Finding(Span(7, 9), "`a1` is a hole"))
    assert found.location == Location("src/a.py", Span(32, 35), Position(2, 27), Position(2, 30))
    assert TEXT[32:35] == "{a}"
    assert found.location.label == "src/a.py:2"
    assert (found.rule, found.severity, found.category, found.url) == (
        "some-rule",
        Severity.WARNING,
        "query",
        FACTS.url,
    )
    assert found.sort_key == ("src/a.py", Span(32, 35), "some-rule", "`a1` is a hole")


def test_a_finding_may_be_of_another_severity() -> None:
    assert carried(Finding(Span(0, 1), "x", severity=Severity.NOTE)).severity is Severity.NOTE
    assert [s.rank for s in (Severity.NOTE, Severity.WARNING, Severity.ERROR)] == [0, 1, 2]


def test_related_places_are_of_the_region_or_of_any_file() -> None:
    elsewhere = Location("ddl/t.sql", Span(0, 5), Position(1, 1), Position(1, 6))
    found = carried(Finding(Span(0, 6), "x", related=(Related(Span(15, 16), "here"), Related(elsewhere, "there"))))
    assert [(item.location.path, item.message) for item in found.related] == [
        ("src/a.py", "here"),
        ("ddl/t.sql", "there"),
    ]
    assert TEXT[slice(*found.related[0].location.span)] == "t"


def test_a_fix_that_stands_in_the_file_is_kept() -> None:
    fix = Fix.safe("Name it", Edit(Span(15, 16), "orders"), Edit(Span(0, 0), "/**/ "))
    found = carried(Finding(Span(0, 6), "x", fix=fix)).fix
    assert found is not None
    assert found.applicability is Applicability.SAFE
    assert [(TEXT[slice(*e.location.span)], e.content) for e in found.edits] == [("t", "orders"), ("", "/**/ ")]


@pytest.mark.parametrize(
    "edits",
    [
        (Edit(Span(7, 9), "b"),),
        (Edit(Span(6, 8), "b"),),
        (Edit(Span(15, 16), "orders"), Edit(Span(8, 8), "b")),
        (Edit(Span(15, 16), 'a "quoted" name'),),
        (Edit(Span(15, 16), "a\\b"),),
    ],
)
def test_a_fix_that_does_not_becomes_a_hint(edits: tuple[Edit, ...]) -> None:
    for fix in (Fix.safe("Name it", *edits), Fix.unsafe("Name it", *edits)):
        found = carried(Finding(Span(0, 6), "x", fix=fix)).fix
        assert found is not None
        assert (found.title, found.applicability, found.edits) == ("Name it", Applicability.DISPLAY, ())


def test_a_fix_without_edits_is_help() -> None:
    for fix in (Fix.hint("Do it"), Fix.safe("Do it"), Fix.unsafe("Do it")):
        found = carried(Finding(Span(0, 6), "x", fix=fix)).fix
        assert found is not None
        assert found.edits == ()
        assert fix.applicability in (found.applicability, Applicability.SAFE, Applicability.UNSAFE)
    hint = carried(Finding(Span(0, 6), "x", fix=Fix.hint("Do it", Edit(Span(15, 16), "u")))).fix
    assert hint is not None
    assert hint.applicability is Applicability.DISPLAY
    assert len(hint.edits) == 1
    assert [a.label for a in Applicability] == ["display", "unsafe", "safe"]


def test_cells_of_a_script_count_their_lines() -> None:
    text = "# cell one\na\n# cell two\nb\nc\n"
    source = Source("a.py", text, Language.PYTHON, cells=((1, Span(0, 12)), (2, Span(13, len(text)))))
    place = locate(source, Span(text.index("c\n", 20), text.index("c\n", 20) + 1))
    assert (place.cell, place.cell_line, place.start.line) == (2, 3, 5)
    assert locate(source, Span(11, 12)).cell_line == 2


def test_cells_of_a_notebook_count_their_lines() -> None:
    code = ["x = 1\n", "db.execute('select a from t where b = NULL')\n"]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"cell_type": "markdown", "source": "# title", "metadata": {}},
        {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None},
        {"cell_type": "code", "source": "".join(code), "metadata": {}, "outputs": [], "execution_count": None},
    ]}  # fmt: skip
    text = json.dumps(book, indent=1)
    rule = make_rule(load_rules()["equals-null"], {})
    result = inspect_source(Source("a.ipynb", text, Language.NOTEBOOK), Project(), Plan(rules_for=lambda path: (rule,)))
    places = [(d.location.cell, d.location.cell_line) for d in result.diagnostics]
    assert places == [(2, 2), (3, 2)]
    assert ["NULL" in text[slice(*d.location.span)] for d in result.diagnostics] == [True, True]


def _values(value: object) -> Iterator[object]:
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, (tuple, list, frozenset, set)):
        for item in value:
            yield from _values(item)
    elif isinstance(value, dict):
        for item in (*value.keys(), *value.values()):
            yield from _values(item)


PLAIN = (str, int, bool, float, type(None), tuple, frozenset, dict, bytes)


def test_results_pickle_and_hold_no_node() -> None:
    text = (
        "create table t (a float, price float);\nselect * from t where a = NULL order by a;\nselect from;\n"
        "select * from t, u -- leaktight: ignore[select-star] wanted\n"
    )
    rules = [make_rule(rule, {}) for rule in load_rules().values()]
    plan = Plan(rules_for=lambda path: rules, known_rules=frozenset(load_rules()))
    result = inspect_source(Source("a.sql", text, Language.SQL), Project(), plan)
    assert len({d.rule for d in result.diagnostics}) >= 3
    assert pickle.loads(pickle.dumps(result)) == result
    for value in _values(result):
        assert not isinstance(value, exp.Expr)
        assert is_dataclass(value) or isinstance(value, PLAIN), type(value)


def test_all_of_it_is_frozen() -> None:
    found = carried(Finding(Span(0, 1), "x", fix=Fix.safe("y", Edit(Span(15, 16), "u"))))
    assert found.fix is not None
    for item in (found, found.location, found.fix, *found.fix.edits):
        with pytest.raises((AttributeError, TypeError)):
            item.anything = 1  # type: ignore[union-attr]
    assert hash(found.location)
    assert isinstance(found.fix.edits[0], FileEdit)
