"""SARIF 2.1.0, as GitHub, GitLab and Azure DevOps take it in.

Columns count UTF-16 units. Addresses are relative to the checkout, that is to the working directory, or to the
project's root when a file lies outside of that.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from leaktight import __version__
from leaktight.diagnostics import Diagnostic, FileFix, Location
from leaktight.report import NotAnalysed, Report
from leaktight.reporters import ReportOptions
from leaktight.reporters.display import visible
from leaktight.reporters.fingerprints import Fingerprints
from leaktight.reporters.read_in_vain import figures_of
from leaktight.reporters.sarif_rules import NOTIFICATIONS, descriptor
from leaktight.text import LineIndex, Span

MOST_RESULTS = 25_000
"""GitHub refuses a file with more results."""
_MOST_NOTIFICATIONS = 2_000
_LONGEST_SNIPPET = 400
_BASE = "SRCROOT"


def render(report: Report, options: ReportOptions) -> str:
    """Give the log, in ASCII so that no terminal's encoding can break it, with a newline at its end."""
    return json.dumps(_Writer(report, options).log(), indent=1) + "\n"


class _Writer:
    def __init__(self, report: Report, options: ReportOptions) -> None:
        self._report = report
        self._options = options
        self._indexes: dict[str, LineIndex] = {}
        self._prints: dict[str, Fingerprints] = {}
        self._outside = any(_leaves(options.path_of(path)) for path in _paths(report))

    def log(self) -> dict[str, Any]:
        """Give the whole log."""
        kept = _worst(self._report.diagnostics, MOST_RESULTS)
        names = sorted({found.rule for found in kept})
        numbers = {name: number for number, name in enumerate(names)}
        example = {found.rule: found for found in reversed(kept)}
        return {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "leaktight",
                            "fullName": "leaktight, a linter for SQL and data pipelines",
                            "organization": "leaktight",
                            "semanticVersion": __version__,
                            "informationUri": "https://github.com/leaktight/leaktight",
                            "rules": [descriptor(self._options.rules.get(name), example[name]) for name in names],
                            "notifications": list(NOTIFICATIONS),
                        }
                    },
                    "automationDetails": {"id": "leaktight/"},
                    "columnKind": "utf16CodeUnits",
                    "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the checkout."}}},
                    "invocations": [self._invocation(kept)],
                    "results": [self._result(found, numbers[found.rule]) for found in kept],
                    "properties": {"leaktight": figures_of(self._report, self._options.prices)},
                }
            ],
        }

    def _invocation(self, kept: Sequence[Diagnostic]) -> dict[str, Any]:
        report = self._report
        code = self._options.exit_code
        if code is None:
            code = 2 if report.internal_errors else 1 if report.diagnostics else 0
        notes = [self._missed(item, "warning") for item in report.not_analysed]
        notes += [self._missed(item, "note") for item in report.dynamic]
        if len(notes) > _MOST_NOTIFICATIONS:
            more = len(notes) - _MOST_NOTIFICATIONS
            notes[_MOST_NOTIFICATIONS:] = [
                _notice("not-analysed", "warning", f"{more:,} more places were not analysed")
            ]
        left_out = Counter(found.severity for found in report.diagnostics) - Counter(found.severity for found in kept)
        if left_out:
            counts = ((number, severity.value) for severity, number in sorted(left_out.items()))
            which = ", ".join(f"{number:,} {word}{'' if number == 1 else 's'}" for number, word in counts)
            words = f"{left_out.total():,} of {len(report.diagnostics):,} findings are left out ({which})"
            notes.append(
                _notice("results-left-out", "warning", f"{words}: a log holds {MOST_RESULTS:,}, the worst first")
            )
        return {
            "executionSuccessful": report.internal_errors == 0,
            "exitCode": code,
            "toolExecutionNotifications": notes,
        }

    def _missed(self, item: NotAnalysed, level: str) -> dict[str, Any]:
        place: dict[str, Any] = {"artifactLocation": self._address(item.path)}
        if item.location is not None:
            place["region"] = self._region(item.location)
        notice = _notice("not-analysed", level, f"not analysed: {item.reason}")
        return {**notice, "locations": [{"physicalLocation": place}]}

    def _result(self, found: Diagnostic, number: int) -> dict[str, Any]:
        result: dict[str, Any] = {
            "ruleId": found.rule,
            "ruleIndex": number,
            "level": found.severity.value,
            "message": {"text": visible(found.message)},
            "locations": [self._location(found.location, snippet=True)],
        }
        if found.related:
            result["relatedLocations"] = [
                {"id": n, **self._location(item.location), "message": {"text": visible(item.message)}}
                for n, item in enumerate(found.related, 1)
            ]
        fingerprint = self._fingerprint(found.location)
        if fingerprint:
            result["partialFingerprints"] = {"primaryLocationLineHash": fingerprint}
        if found.fix is not None and found.fix.edits:
            result["fixes"] = [self._fix(found.fix)]
        return result

    def _fix(self, fix: FileFix) -> dict[str, Any]:
        by_path: dict[str, list[dict[str, Any]]] = {}
        for edit in fix.edits:
            replacement = {"deletedRegion": self._region(edit.location), "insertedContent": {"text": edit.content}}
            by_path.setdefault(edit.location.path, []).append(replacement)
        return {
            "description": {"text": f"{visible(fix.title)} ({fix.applicability.label})"},
            "artifactChanges": [
                {"artifactLocation": self._address(path), "replacements": replacements}
                for path, replacements in sorted(by_path.items())
            ],
        }

    def _location(self, place: Location, *, snippet: bool = False) -> dict[str, Any]:
        region = self._region(place)
        text = self._report.sources.get(place.path)
        if snippet and text is not None and 0 < place.span.length <= _LONGEST_SNIPPET:
            region["snippet"] = {"text": text[place.span.start : place.span.end]}
        return {"physicalLocation": {"artifactLocation": self._address(place.path), "region": region}}

    def _address(self, path: str) -> dict[str, str]:
        shown = path if self._outside else self._options.path_of(path).replace("\\", "/").removeprefix("./")
        return {"uri": quote(shown, safe="/~!$&'()*+,;=:@", errors="replace"), "uriBaseId": _BASE}

    def _region(self, place: Location) -> dict[str, Any]:
        text = self._report.sources.get(place.path)
        start, end = place.start.column, place.end.column
        if text is not None and not text.isascii():
            if place.path not in self._indexes:
                self._indexes[place.path] = LineIndex(text)
            index = self._indexes[place.path]
            start += _pairs(text, Span(index.line_span(place.start.line).start, place.span.start))
            end += _pairs(text, Span(index.line_span(place.end.line).start, place.span.end))
        return {"startLine": place.start.line, "startColumn": start, "endLine": place.end.line, "endColumn": end}

    def _fingerprint(self, place: Location) -> str:
        text = self._report.sources.get(place.path)
        if text is None:
            return ""
        if place.path not in self._prints:
            self._prints[place.path] = Fingerprints(text, bom=place.path in self._report.boms)
        return self._prints[place.path].line(place.start.line)


def _pairs(text: str, span: Span) -> int:
    """Count the code points of a span that UTF-16 writes as two units."""
    stretch = text[span.start : span.end]
    return 0 if stretch.isascii() else sum(character > "\uffff" for character in stretch)


def _worst(diagnostics: Sequence[Diagnostic], most: int) -> Sequence[Diagnostic]:
    """Give at most so many diagnostics, the worst ones, in the order they came in."""
    if len(diagnostics) <= most:
        return diagnostics
    ranked = sorted(range(len(diagnostics)), key=lambda number: (-diagnostics[number].severity.rank, number))
    return [diagnostics[number] for number in sorted(ranked[:most])]


def _notice(name: str, level: str, text: str) -> dict[str, Any]:
    number = next(n for n, notice in enumerate(NOTIFICATIONS) if notice["id"] == name)
    return {"descriptor": {"id": name, "index": number}, "level": level, "message": {"text": visible(text)}}


def _paths(report: Report) -> Iterable[str]:
    paths = {item.path for item in (*report.not_analysed, *report.dynamic)}
    for found in report.diagnostics:
        paths.add(found.location.path)
        paths.update(item.location.path for item in found.related)
        if found.fix is not None:
            paths.update(edit.location.path for edit in found.fix.edits)
    return paths


def _leaves(path: str) -> bool:
    return path.startswith(("..", "/")) or path[1:2] == ":"
