"""SARIF as GitHub reads it: places in UTF-16 units, addresses, limits, what was not seen."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import unquote

from report_sample import BOMS, SOURCES, TEXTS, at, fix, found, report

from leaktight.diagnostics import Applicability, Diagnostic, Severity
from leaktight.report import NotAnalysed, Report
from leaktight.reporters import ReportOptions, reporter_for, sarif
from leaktight.reporters.fingerprints import Fingerprints


def run(given: Report, **options: Any) -> dict[str, Any]:
    (only,) = json.loads(reporter_for("sarif")(given, ReportOptions(**options)))["runs"]
    assert isinstance(only, dict)
    return only


def region_text(path: str, region: dict[str, int]) -> str:
    """Read a region as GitHub does: lines by LF, CRLF or CR, columns in UTF-16 units."""
    lines = re.split(r"(\r\n|\r|\n)", TEXTS[path])
    units = [line.encode("utf-16-le") for line in lines]
    starts = [0]
    for line, newline in zip(units[::2], [*units[1::2], b""], strict=True):
        starts.append(starts[-1] + len(line) + len(newline))
    start = starts[region["startLine"] - 1] + 2 * (region["startColumn"] - 1)
    end = starts[region["endLine"] - 1] + 2 * (region["endColumn"] - 1)
    return TEXTS[path].encode("utf-16-le")[start:end].decode("utf-16-le")


def test_each_region_holds_what_the_diagnostic_points_at() -> None:
    given = report()
    for result, diagnostic in zip(run(given)["results"], given.diagnostics, strict=True):
        place = result["locations"][0]["physicalLocation"]
        path = unquote(place["artifactLocation"]["uri"])
        span = diagnostic.location.span
        assert path == diagnostic.location.path
        assert region_text(path, place["region"]) == TEXTS[path][span.start : span.end]
        assert place["region"]["snippet"]["text"] == TEXTS[path][span.start : span.end]


def test_every_offset_of_every_text() -> None:
    for path, source in SOURCES.items():
        for start in range(len(source.text)):
            if source.text[start] in "\r\n":
                continue
            given = Report(diagnostics=(found("r", Severity.NOTE, "m", at(path, source.text[start])),), sources=TEXTS)
            (result,) = run(given)["results"]
            region = result["locations"][0]["physicalLocation"]["region"]
            assert region_text(path, region) == source.text[start]


def test_addresses_are_encoded() -> None:
    for result in run(report())["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)


def test_addresses_are_of_the_root_when_one_leaves_the_working_directory() -> None:
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run(report(), path_of=lambda path: "../" + path)["results"]
    }
    assert "etl/bom.sql" in uris


def test_addresses_are_of_the_working_directory() -> None:
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run(report(), path_of=lambda path: "project/" + path)["results"]
    }
    assert "project/etl/bom.sql" in uris


def test_messages_hold_no_control_characters() -> None:
    for result in run(report())["results"]:
        assert result["message"]["text"].isprintable()


def test_the_worst_are_kept() -> None:
    place = at("etl/bom.sql", "*")
    notes = [found("r", Severity.NOTE, f"{n}", place) for n in range(sarif.MOST_RESULTS)]
    given = Report(diagnostics=(*notes, found("e", Severity.ERROR, "bad", place)), sources=TEXTS)
    log = run(given)
    assert len(log["results"]) == sarif.MOST_RESULTS
    assert log["results"][-1]["ruleId"] == "e"
    (said,) = log["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"] == (
        "1 of 25,001 findings are left out (1 note): a log holds 25,000, the worst first"
    )


def test_what_was_not_analysed_is_said() -> None:
    first, second, third = run(report())["invocations"][0]["toolExecutionNotifications"]
    assert first["locations"][0]["physicalLocation"]["region"]["startColumn"] == 9
    assert second["message"]["text"] == "not analysed: the file is not UTF-8"
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert (first["level"], third["level"]) == ("warning", "note")


def test_notifications_are_limited() -> None:
    many = tuple(NotAnalysed(f"{n}.sql", "encoding", "odd") for n in range(5_000))
    notes = run(Report(not_analysed=many))["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 2_001
    assert notes[-1]["message"]["text"] == "3,000 more places were not analysed"


def test_exit_codes() -> None:
    def invocation(given: Report, **options: Any) -> tuple[bool, int]:
        (only,) = run(given, **options)["invocations"]
        return only["executionSuccessful"], only["exitCode"]

    assert invocation(Report()) == (True, 0)
    assert invocation(report()) == (True, 1)
    assert invocation(replace(report(), internal_errors=1)) == (False, 2)
    assert invocation(report(), exit_code=0) == (True, 0)


def test_fixes_hold_only_edits() -> None:
    place = at("etl/bom.sql", "*")
    in_words = found("r", Severity.NOTE, "m", place, fix=fix("think", Applicability.DISPLAY))
    (result,) = run(Report(diagnostics=(in_words,), sources=TEXTS))["results"]
    assert "fixes" not in result


def test_a_mark_before_the_text_counts_in_the_fingerprint() -> None:
    (result,) = [r for r in run(_with_boms(report()))["results"] if r["ruleId"] == "missing-partition-filter"]
    assert result["partialFingerprints"]["primaryLocationLineHash"] == Fingerprints(
        TEXTS["etl/bom.sql"], bom=True
    ).line(2)
    (star,) = [d for d in report().diagnostics if d.rule == "select-star" and d.location.path == "etl/bom.sql"]
    first = _only_result(_with_boms(replace(report(), diagnostics=(star,))))
    assert first["partialFingerprints"]["primaryLocationLineHash"] == Fingerprints("select *\nfrom t\n", bom=True).line(
        1
    )


def _only_result(given: Report) -> dict[str, Any]:
    (result,) = run(given)["results"]
    assert isinstance(result, dict)
    return result


@dataclass(frozen=True)
class _Marked(Report):
    boms: frozenset[str] = BOMS


def _with_boms(given: Report) -> Report:
    return _Marked(**{item.name: getattr(given, item.name) for item in fields(Report) if item.name != "boms"})


def test_a_rule_without_a_class_is_described_all_the_same() -> None:
    (rule,) = run(Report(diagnostics=(report().diagnostics[0],), sources=TEXTS))["tool"]["driver"]["rules"]
    assert rule["id"] == report().diagnostics[0].rule
    assert rule["shortDescription"]["text"]
    assert rule["help"]["markdown"]


def test_rules_are_described_by_their_docstrings() -> None:
    from leaktight.registry import rules_in
    from leaktight.reporters.sarif_rules import descriptor
    from leaktight_rules.engine import syntax_error

    (rule,) = rules_in(syntax_error)
    example = Diagnostic(rule.name, rule.severity, "engine", "m", at("etl/bom.sql", "*"))
    described = descriptor(rule, example)
    assert described["shortDescription"]["text"] == rule.summary()
    assert "Left alone" in described["help"]["markdown"]
    assert described["name"] == "SyntaxError"
    assert described["properties"] == {"tags": ["engine"], "precision": "high", "problem.severity": "warning"}
