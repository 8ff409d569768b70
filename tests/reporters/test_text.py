"""The frames, in the cases that the golden files do not hold."""

from __future__ import annotations

from dataclasses import replace

from report_sample import TEXTS, at, fix, found, report

from leaktight.diagnostics import Applicability, Diagnostic, Location, RelatedLocation, Severity, locate
from leaktight.report import Report
from leaktight.reporters import ReportOptions, reporter_for
from leaktight.source import Language, Source
from leaktight.text import Position, Span


def shown(diagnostic: Diagnostic, sources: dict[str, str] = TEXTS, width: int = 80) -> list[str]:
    given = Report(diagnostics=(diagnostic,), sources=sources)
    return reporter_for("text")(given, ReportOptions(width=width, quiet=True)).splitlines()


def pointed(text: str, start: int, end: int, width: int = 80) -> list[str]:
    place = locate(Source("a.sql", text, Language.SQL), Span(start, end))
    return shown(found("r", Severity.ERROR, "m", place), {"a.sql": text}, width)[1:]


def test_a_place_at_the_end_of_the_file() -> None:
    assert pointed("a\n", 2, 2) == [" 2 |", "   | ^"]
    assert pointed("", 0, 0) == [" 1 |", "   | ^"]


def test_a_span_that_takes_its_newline_stays_on_its_line() -> None:
    assert pointed("ab\ncd", 0, 3) == [" 1 | ab", "   | ^^"]


def test_a_span_over_blank_lines() -> None:
    assert pointed("a\n\n\tb", 0, 5) == [" 1 | a", "   | ^", " 2 |", " 3 |     b", "   |     ^"]


def test_a_file_without_its_text_has_a_header_alone() -> None:
    place = Location("gone.sql", Span(5, 6), Position(2, 3), Position(2, 4))
    assert shown(found("r", Severity.NOTE, "m", place)) == ["gone.sql:2:3 r note: m"]


def test_a_text_that_is_shorter_than_the_place() -> None:
    place = Location("a.sql", Span(500, 501), Position(20, 3), Position(20, 4))
    assert shown(found("r", Severity.NOTE, "m", place), {"a.sql": "x"}) == ["a.sql:20:3 r note: m"]


def test_more_places_than_are_shown() -> None:
    place = at("etl/bom.sql", "*")
    other = Location("web/b.ts", Span(5, 6), Position(7, 3), Position(7, 4))
    drawn = tuple(RelatedLocation(at("ddl/events.sql", "id"), f"{n}") for n in range(5))
    related = (*drawn, *(RelatedLocation(other, "more") for _ in range(3)))
    lines = shown(found("r", Severity.NOTE, "m", place, related=related))
    assert sum(line.startswith(" → ddl/events.sql:2: ") for line in lines) == 4
    assert lines[-1] == " → and 4 more: ddl/events.sql:2 web/b.ts:7"


def test_many_more_places_are_wrapped_and_counted() -> None:
    place = at("etl/bom.sql", "*")
    others = (Location(f"web/page_{n}.ts", Span(5, 6), Position(7, 3), Position(7, 4)) for n in range(300))
    lines = shown(found("r", Severity.NOTE, "m", place, related=tuple(RelatedLocation(one, "") for one in others)))
    first = next(at for at, line in enumerate(lines) if "more:" in line)
    assert lines[first].startswith(" → and 296 more: web/page_4.ts:7 ")
    assert all(line.startswith("   web/page_") and len(line) <= 100 for line in lines[first + 1 : -1])
    assert " ".join(lines[-2:]).endswith("web/page_203.ts:7 and    96 others")


def test_a_fix_that_deletes_a_line() -> None:
    text = "a\nb\nc\n"
    place = locate(Source("a.sql", text, Language.SQL), Span(2, 4))
    mend = fix("delete it", Applicability.SAFE, (place, ""))
    lines = shown(found("r", Severity.NOTE, "m", place, fix=mend), {"a.sql": text})
    assert lines[-2:] == [" help: delete it (--fix)", " 2 - b"]


def test_a_fix_in_places_far_apart() -> None:
    text = "".join(f"line {n}\n" for n in range(1, 30))
    source = Source("a.sql", text, Language.SQL)
    places = [
        locate(source, Span(at, at + len(word))) for word in ("line 2\n", "line 20\n") if (at := text.index(word)) >= 0
    ]
    mend = fix("shout", Applicability.UNSAFE, *((place, "LINE\n") for place in places))
    lines = shown(found("r", Severity.NOTE, "m", places[0], fix=mend), {"a.sql": text})
    assert lines[-4:] == ["  2 - line 2", "  2 + LINE", " 20 - line 20", " 20 + LINE"]


def test_a_fix_without_edits_is_help() -> None:
    place = at("etl/bom.sql", "*")
    lines = shown(found("r", Severity.NOTE, "m", place, fix=fix("ask the owner", Applicability.DISPLAY)))
    assert lines[-1] == " help: ask the owner"


def test_paths_are_those_of_the_working_directory() -> None:
    given = report()
    text = reporter_for("text")(given, ReportOptions(path_of=lambda path: f"../{path}"))
    assert text.startswith("../etl/bom.sql:1:8 ")


def test_the_counts_of_fixes() -> None:
    place = at("etl/bom.sql", "*")
    safe = found("r", Severity.NOTE, "m", place, fix=fix("t", Applicability.SAFE, (place, "x")))
    unsafe = replace(safe, fix=fix("t", Applicability.UNSAFE, (place, "x")))
    hint = replace(safe, fix=fix("t", Applicability.DISPLAY, (place, "x")))

    def second_line(*diagnostics: Diagnostic) -> str:
        summary = reporter_for("concise")(Report(diagnostics=diagnostics), ReportOptions()).splitlines()
        return summary[len(diagnostics) + 1]

    assert second_line(safe, unsafe) == "1 fixable with --fix, 1 more with --unsafe-fixes"
    assert second_line(safe) == "1 fixable with --fix"
    assert second_line(unsafe) == "1 fixable with --fix --unsafe-fixes"
    assert second_line(hint).startswith("checked ")
