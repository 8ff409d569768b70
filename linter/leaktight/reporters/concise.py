"""The format of one line a finding, which editors and `grep` read."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.report import Report
from leaktight.reporters import ReportOptions
from leaktight.reporters.display import visible
from leaktight.reporters.paint import Paint
from leaktight.reporters.summary import summary_lines


def render(report: Report, options: ReportOptions) -> str:
    """Give `path:line:col: severity rule: message` for each finding, then the summary unless quiet."""
    return "".join(line + "\n" for line in _lines(report, options))


def _lines(report: Report, options: ReportOptions) -> Iterator[str]:
    paint = Paint(on=options.color)
    for found in report.diagnostics:
        place = (
            f"{visible(options.path_of(found.location.path))}:{found.location.start.line}:{found.location.start.column}"
        )
        severity = paint.severity(found.severity)
        yield f"{paint('bold', place)}: {severity} {found.rule}: {visible(found.message)}"
    yield from summary_lines(report, options, paint)
