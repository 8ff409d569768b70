"""The format for programs: one JSON object, whose shape only changes with its `version`.

Lines and columns count from 1, columns in code points; ends are exclusive; paths are relative to the working directory.
"""

from __future__ import annotations

import json
from typing import Any

from leaktight.diagnostics import Diagnostic, FileFix, Location
from leaktight.report import NotAnalysed, Report
from leaktight.reporters import ReportOptions
from leaktight.reporters.read_in_vain import figures_of
from leaktight.text import Position

VERSION = 1


def render(report: Report, options: ReportOptions) -> str:
    """Give the JSON text, in ASCII so that no terminal's encoding can break it, with a newline at its end."""
    missed = sorted((*report.not_analysed, *report.dynamic), key=_order)
    answer = {
        "version": VERSION,
        "diagnostics": [_diagnostic(found, options) for found in report.diagnostics],
        "summary": {
            "files": report.summary.files,
            "statements": report.summary.statements,
            "findings": len(report.diagnostics),
            "not_analysed": [_missed(item, options) for item in missed],
            **figures_of(report, options.prices),
        },
    }
    return json.dumps(answer, indent=2) + "\n"


def _missed(item: NotAnalysed, options: ReportOptions) -> dict[str, Any]:
    """Give what was not analysed; without `line` it is the whole file."""
    line = {"line": item.location.start.line} if item.location is not None else {}
    return {"path": options.path_of(item.path), **line, "code": item.code, "reason": item.reason}


def _order(item: NotAnalysed) -> tuple[str, int]:
    return (item.path, item.location.span.start if item.location is not None else -1)


def _diagnostic(found: Diagnostic, options: ReportOptions) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "severity": found.severity.value,
        "category": found.category,
        "message": found.message,
        **_place(found.location, options),
        "related": [{**_place(item.location, options), "message": item.message} for item in found.related],
        "fix": _fix(found.fix, options) if found.fix is not None else None,
        "url": found.url,
    }


def _fix(fix: FileFix, options: ReportOptions) -> dict[str, Any]:
    return {
        "title": fix.title,
        "applicability": fix.applicability.label,
        "edits": [{**_place(edit.location, options), "content": edit.content} for edit in fix.edits],
        **({"statements": list(fix.statements)} if fix.statements else {}),
    }


def _place(place: Location, options: ReportOptions) -> dict[str, Any]:
    return {"path": options.path_of(place.path), "start": _position(place.start), "end": _position(place.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
