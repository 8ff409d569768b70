"""Puts the reports of one run together and writes them out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

from leaktight.cli.output import emit, say
from leaktight.cli.project import Opened
from leaktight.config import ConfigurationError
from leaktight.diagnostics import Diagnostic, Location
from leaktight.files import write_atomically
from leaktight.lazy import record
from leaktight.report import NotAnalysed, Report, Summary
from leaktight.reporters import ReportOptions, reporter_for

_FOR_PEOPLE = ("text", "concise")


@record(frozen=True)
class Output:
    """Where a report goes and how it is written: a file, or stderr where stdout holds something else, or stdout."""

    format: str
    file: str | None = None
    to_stderr: bool = False

    def write(self, checked: Sequence[tuple[Opened, Report]], options: ReportOptions) -> str:
        """Write the reports of all projects as one and give the text. Raises `ConfigurationError` when it cannot be."""
        report = together(
            [rebased(self._shown(opened, report), opened.root, options.root) for opened, report in checked]
        )
        text = reporter_for(self.format)(report, options)
        if self.file is not None:
            _write_file(self.file, text.encode("utf-8", "backslashreplace"))
        elif self.to_stderr:
            say(text.removesuffix("\n"))
        else:
            emit(text)
        return text

    def _shown(self, opened: Opened, report: Report) -> Report:
        if self.format in _FOR_PEOPLE and opened.settings.not_analysed == "ignore":
            return replace(report, not_analysed=(), dynamic=())
        return report


def _write_file(path: str, data: bytes) -> None:
    try:
        if path.startswith("/dev/") or (os.path.exists(path) and not os.path.isfile(path)):
            with open(path, "ab") as device:  # a pipe or a terminal: not to be replaced by a file
                device.write(data)
        else:
            write_atomically(os.path.abspath(path), data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError.of(path, f"The report cannot be written here: {reason}.") from None


def rebased(report: Report, root: str, to: str) -> Report:
    """Give a report whose paths, relative to `root`, are relative to another root instead."""
    if root == to:
        return report

    def path(old: str) -> str:
        return os.path.relpath(os.path.join(root, old), to).replace(os.sep, "/")

    def location(old: Location) -> Location:
        return replace(old, path=path(old.path))

    def unread(old: NotAnalysed) -> NotAnalysed:
        return replace(old, path=path(old.path), location=old.location and location(old.location))

    def diagnostic(old: Diagnostic) -> Diagnostic:
        fix = old.fix
        if fix is not None:
            fix = replace(fix, edits=tuple(replace(edit, location=location(edit.location)) for edit in fix.edits))
        related = tuple(replace(item, location=location(item.location)) for item in old.related)
        return replace(old, location=location(old.location), related=related, fix=fix)

    return replace(
        report,
        diagnostics=tuple(diagnostic(item) for item in report.diagnostics),
        not_analysed=tuple(unread(item) for item in report.not_analysed),
        dynamic=tuple(unread(item) for item in report.dynamic),
        doubtful=tuple(unread(item) for item in report.doubtful),
        sources={path(old): text for old, text in report.sources.items()},
        boms=frozenset(path(old) for old in report.boms),
    )


def together(reports: Sequence[Report]) -> Report:
    """Give one report of several, whose paths have one root."""
    if len(reports) == 1:
        return reports[0]
    by_rule: Counter[str] = Counter()
    not_checked: Counter[str] = Counter()
    for report in reports:
        by_rule.update(report.summary.by_rule)
        not_checked.update(report.summary.not_checked)
    figures = {
        item.name: sum(getattr(report.summary, item.name) for report in reports)
        for item in fields(Summary)
        if item.name not in ("by_rule", "not_checked")
    }
    return Report(
        diagnostics=tuple(sorted((d for r in reports for d in r.diagnostics), key=lambda d: d.sort_key)),
        not_analysed=tuple(sorted((n for r in reports for n in r.not_analysed), key=lambda n: n.path)),
        dynamic=tuple(sorted((n for r in reports for n in r.dynamic), key=lambda n: n.path)),
        doubtful=tuple(sorted((n for r in reports for n in r.doubtful), key=lambda n: n.path)),
        summary=Summary(**figures, by_rule=by_rule, not_checked=not_checked),
        sources={path: text for report in reports for path, text in report.sources.items()},
        boms=frozenset(path for report in reports for path in report.boms),
        internal_errors=sum(report.internal_errors for report in reports),
    )
