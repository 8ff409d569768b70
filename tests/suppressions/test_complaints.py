"""What is said of suppressions that silence nothing or cannot be understood."""

from __future__ import annotations

import pytest
from suppression_case import KNOWN, Checked

from leaktight.diagnostics import Applicability, Diagnostic, Severity, locate
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.retired import RETIRED
from leaktight.source import Language, Source
from leaktight.suppressions import apply_suppressions, complaints
from leaktight.text import Span

UNUSED = "finds nothing here that needs silencing"
SAID = {
    "unused": ("select 1 -- leaktight: ignore[select-star]", [f"`select-star` {UNUSED}"]),
    "unused beside a used one": (
        "select * from t -- leaktight: ignore[select-star, missing-where]",
        [f"`missing-where` {UNUSED}"],
    ),
    "unused file": (
        "-- leaktight: ignore-file[select-star]",
        ["`select-star` finds nothing in this file that needs silencing"],
    ),
    "unused block": (
        "-- leaktight: ignore-start[select-star]\nselect 1;\n-- leaktight: ignore-end[select-star]\nselect * from t",
        ["`select-star` finds nothing up to its end that needs silencing"],
    ),
    "bare": (
        "select * from t -- leaktight: ignore",
        ["`ignore` must name the rules that it silences; write `leaktight: ignore[select-star] reason`"],
    ),
    "bare where nothing fires": (
        "select 1 -- leaktight: ignore",
        ["`ignore` must name the rules that it silences; write `leaktight: ignore[rule-name] reason`"],
    ),
    "empty": (
        "select 1 -- leaktight: ignore[ ]",
        ["`ignore` must name the rules that it silences; write `leaktight: ignore[rule-name] reason`"],
    ),
    "bare end": (
        "select 1 -- leaktight: ignore-end",
        ["`ignore-end` must name the rules that it silences; write `leaktight: ignore-end[rule-name]`"],
    ),
    "never closed": (
        "select 1 -- leaktight: ignore[select-star",
        ["the `[` of this `ignore` is never closed; write `]` behind the names"],
    ),
    "near word": (
        "select 1 -- leaktight: ingore[select-star]",
        ["`leaktight: ingore` is no suppression; did you mean `ignore`?"],
    ),
    "far word": (
        "select 1 -- leaktight: please be quiet",
        ["`leaktight: please` is no suppression; write `leaktight: ignore[rule-name] reason`"],
    ),
    "near name": (
        "select 1 -- leaktight: ignore[selct-star]",
        ["there is no rule `selct-star`; did you mean `select-star`?"],
    ),
    "far name": ("select 1 -- leaktight: ignore[E501]", ["there is no rule `E501`"]),
    "group": (
        "select 1 -- leaktight: ignore[query]",
        ["`query` is a group of rules; a suppression names the rules themselves"],
    ),
    "start alone": (
        "-- leaktight: ignore-start[select-star]\nselect * from t",
        ["no `ignore-end[select-star]` follows; write it, or `ignore-file[select-star]` for the whole file"],
    ),
    "end alone": ("-- leaktight: ignore-end[select-star]", ["no `ignore-start[select-star]` stands before this"]),
    "about itself": ("-- leaktight: ignore[select-star, unused-suppression] a reason\nselect 1", []),
    "about itself, in vain": ("-- leaktight: ignore[unused-suppression] a reason\nselect 1", []),
    "where the SQL was not read": ("select 1 frm frm -- leaktight: ignore[select-star]", []),
}


@pytest.mark.parametrize("name", SAID)
def test_said(name: str) -> None:
    text, expected = SAID[name]
    assert Checked(text).said == expected


@pytest.mark.parametrize("running", [frozenset({"select-star"}), frozenset({"missing-where"})])
def test_nothing_is_said_by_rules_that_are_not_run(running: frozenset[str]) -> None:
    assert (
        Checked("select 1 -- leaktight: ignore[select-star, nonsense]\n-- leaktight: ignore", running=running).said
        == []
    )


def test_a_rule_that_is_not_run_is_not_unused() -> None:
    assert Checked("select 1 -- leaktight: ignore[select-star]", running=KNOWN - {"select-star"}).said == []


def test_a_rule_that_failed_is_not_unused() -> None:
    source = Source("a.sql", "select 1 -- leaktight: ignore[select-star]", Language.SQL)
    failed = Diagnostic("internal-error", Severity.ERROR, "engine", "it failed", locate(source, Span(0, 0)))
    kept, count = apply_suppressions(FileView(source, Project()), [failed], set(KNOWN), KNOWN)
    assert (kept, count) == ([failed], 0)


def test_a_retired_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RETIRED, "old-name", "it is `select-star` now")  # type: ignore[arg-type]
    assert complaints.RETIRED is RETIRED
    assert Checked("select 1 -- leaktight: ignore[old-name]").said == [
        "rule `old-name` is no more: it is `select-star` now"
    ]


FIXED = {
    "behind the code": ("select 1 -- leaktight: ignore[select-star] a reason\nfrom t", "select 1\nfrom t"),
    "on its own line": ("select 1,\n  -- leaktight: ignore[select-star]\n  2", "select 1,\n  2"),
    "on the last line": ("select 1\n-- leaktight: ignore[select-star]", "select 1\n"),
    "with CRLF": ("-- leaktight: ignore[select-star]\r\nselect 1\r\n", "select 1\r\n"),
    "one of two names": (
        "select * from t -- leaktight: ignore[missing-where, select-star] a reason",
        "select * from t -- leaktight: ignore[select-star] a reason",
    ),
    "behind another comment": ("select 1 -- all -- leaktight: ignore[select-star] a reason", "select 1 -- all"),
    "before another comment": (
        "select * -- leaktight: ignore[missing-where] -- leaktight: ignore[select-star]",
        "select * -- leaktight: ignore[select-star]",
    ),
    "between two words": ("select/* leaktight: ignore[select-star] */1", "select 1"),
    "template comment": ("{# leaktight: ignore[select-star] #}\nselect 1", "select 1"),
    "the nearest name": (
        "select * from t -- leaktight: ignore[selct-star] a",
        "select * from t -- leaktight: ignore[select-star] a",
    ),
    "what fires there": (
        "select * from t -- leaktight: ignore why",
        "select * from t -- leaktight: ignore[select-star] why",
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_fixed(name: str) -> None:
    before, after = FIXED[name]
    assert Checked(before).fixed() == after


def test_deleting_is_safe_and_guessing_is_not() -> None:
    (unused,) = Checked("select 1 -- leaktight: ignore[select-star]").kept
    assert unused.fix is not None
    assert unused.fix.applicability is Applicability.SAFE
    (_, unknown) = Checked("select * from t -- leaktight: ignore[selct-star]").kept
    assert unknown.fix is not None
    assert unknown.fix.applicability is Applicability.UNSAFE


def test_in_a_python_string() -> None:
    text = 'def f(cursor):\n    cursor.execute("""\n        select 1 -- leaktight: ignore[select-star] a reason\n        from t\n    """)\n'
    checked = Checked(text, Language.PYTHON)
    assert checked.said == [f"`select-star` {UNUSED}"]
    assert checked.fixed() == text.replace(" -- leaktight: ignore[select-star] a reason", "")


def test_places_are_exact() -> None:
    text = "select '😀', 1 -- 漢字 -- leaktight: ignore[missing-where]\r\n"
    (found,) = Checked(text).kept
    assert text[found.location.span.start : found.location.span.end] == "missing-where"
    assert found.location.start == (1, text.index("missing-where") + 1)
    assert found.url.endswith("/unused-suppression.md")


def test_many_suppressions_take_no_long_time() -> None:
    text = "select 1; -- leaktight: ignore[select-star]\n" * 3_000
    assert len(Checked(text).said) == 3_000
