"""What a whole project does alike is told once in a run, with the number of the other places."""

from __future__ import annotations

from dataclasses import replace

from leaktight.diagnostics import Diagnostic, Location, Severity
from leaktight.habits import habits_once
from leaktight.text import Position, Span


def _found(
    path: str, start: int, *, rule: str = "some-rule", habit: bool = True, severity: Severity = Severity.NOTE
) -> Diagnostic:
    place = Location(path, Span(start, start + 1), Position(1, start + 1), Position(1, start + 2))
    return Diagnostic(rule, severity, "schema", f"{path} {start}", place, habit=habit)


def test_the_first_of_each_rule_speaks_for_the_others() -> None:
    told, _ = habits_once(
        [
            _found("a.sql", 0, habit=False),
            _found("a.sql", 5),
            _found("a.sql", 7),
            _found("b.sql", 0, rule="other-rule"),
            _found("b.sql", 1),
            _found("c.sql", 2),
            _found("c.sql", 4, habit=False),
        ]
    )
    assert [one.message for one in told] == [
        "a.sql 0",
        "a.sql 5; the same is so at 3 more places",
        "b.sql 0",
        "c.sql 4",
    ]
    assert [(one.location.path, one.location.span.start) for one in told[1].related] == [("b.sql", 1), ("c.sql", 2)]


def test_one_more_is_one_place() -> None:
    ((told,), (other,)) = habits_once([_found("a.sql", 0), _found("a.sql", 3)])
    assert other.message == "a.sql 3"
    assert told.message.endswith("; the same is so at 1 more place")
    assert told.related == ()


def test_a_note_does_not_speak_for_a_warning() -> None:
    told, _ = habits_once(
        [
            _found("a.sql", 0),
            _found("b.sql", 0, severity=Severity.WARNING),
            _found("c.sql", 0, severity=Severity.WARNING),
        ]
    )
    assert [(one.location.path, one.severity.value) for one in told] == [("a.sql", "note"), ("b.sql", "warning")]


def claimed(path: str, start: int, claim: str) -> Diagnostic:
    found = _found(path, start, habit=False, severity=Severity.ERROR)
    return replace(found, claim=claim, message="`t` has no column `c`; did you mean `d`?")


def test_what_several_files_claim_is_told_once_as_a_warning() -> None:
    told, others = habits_once(
        [
            claimed("a.sql", 0, "t.c"),
            claimed("a.sql", 5, "t.c"),
            claimed("a.sql", 9, "t.alone"),
            claimed("a.sql", 11, "t.alone"),
            claimed("b.sql", 0, "t.c"),
        ]
    )
    assert [(one.severity, one.message) for one in told] == [
        (
            Severity.WARNING,
            "`t` has no column `c`; 1 more file says that it is there: the declaration may be out of date",
        ),
        (Severity.ERROR, "`t` has no column `c`; did you mean `d`?"),
        (Severity.ERROR, "`t` has no column `c`; did you mean `d`?"),
    ]
    assert [one.location.path for one in told[0].related] == ["b.sql"]
    assert [(one.location.path, one.location.span.start) for one in others] == [("a.sql", 5), ("b.sql", 0)]


def test_declarations_that_nobody_keeps_are_told_once() -> None:
    found = [claimed("a.sql", number, f"t{number}.c") for number in range(4)]
    assert [one.severity for one in habits_once(found)[0]] == [Severity.ERROR] * 4
    told, others = habits_once([*found, claimed("a.sql", 9, "t9.c")])
    assert [(one.severity, one.message) for one in told] == [
        (
            Severity.WARNING,
            "`t` has no column `c`; so it is with 4 more tables, whose declarations may be out of date",
        )
    ]
    assert len(others) == 4
