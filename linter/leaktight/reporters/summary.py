"""The last lines of a report that people read: how much was found, how much can be fixed, how much was not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from leaktight.diagnostics import Applicability, Severity
from leaktight.report import HARMLESS, NotAnalysed, Report
from leaktight.reporters import ReportOptions
from leaktight.reporters.display import visible
from leaktight.reporters.paint import Paint
from leaktight.reporters.read_in_vain import read_in_vain
from leaktight.text import in_bytes

_WORDS = {
    "encoding": "encoding",
    "size": "too large",
    "unreadable": "not readable",
    "nesting": "nested too deeply",
    "timeout": "took too long",
    "crash": "crashed the parser",
    "syntax": "syntax",
    "template": "template",
    "unfolded": "built at run time",
    "stale": "out of date",
    "gap": "with gaps",
    "version": "of an unknown version",
}


def _counted(number: int, word: str) -> str:
    if number == 1:
        return f"1 {word}"
    return f"{number:,} {word.removesuffix('y')}ies" if word.endswith("ry") else f"{number:,} {word}s"


def summary_lines(report: Report, options: ReportOptions, paint: Paint) -> Iterator[str]:
    """Yield the lines of the summary; none when `options.quiet`."""
    if options.statistics:
        yield from _statistics(report, options, paint)
    if options.show_unanalysed:
        yield from _unanalysed((*report.not_analysed, *report.dynamic), options, paint)
    if options.quiet:
        return
    yield _found(report, paint)
    fixable = _fixable(report)
    if fixable:
        yield fixable
    yield _seen(report, options)


def _found(report: Report, paint: Paint) -> str:
    if not report.diagnostics:
        return paint("green", "no findings")
    by_severity = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    found = ", ".join(
        paint(severity.value, _counted(by_severity[severity], severity.value))
        for severity in sorted(Severity, key=lambda s: -s.rank)
        if by_severity[severity]
    )
    return f"{found} in {_counted(len({d.location.path for d in report.diagnostics}), 'file')}"


def _fixable(report: Report) -> str:
    all_told = (*report.diagnostics, *report.repeated)
    by_kind = Counter(d.fix.applicability for d in all_told if d.fix is not None and d.fix.edits)
    safe, unsafe = by_kind[Applicability.SAFE], by_kind[Applicability.UNSAFE]
    if safe and unsafe:
        return f"{safe:,} fixable with --fix, {unsafe:,} more with --unsafe-fixes"
    if safe:
        return f"{safe:,} fixable with --fix"
    return f"{unsafe:,} fixable with --fix --unsafe-fixes" if unsafe else ""


def _seen(report: Report, options: ReportOptions) -> str:
    figures = report.summary
    parts = [f"checked {_counted(figures.files, 'file')}, {_counted(figures.statements, 'SQL statement')}"]
    if figures.suppressed:
        parts.append(f"{figures.suppressed:,} suppressed")
    missed = Counter(item.code for item in report.not_analysed)
    if missed:
        reasons = ", ".join(f"{count:,} {_WORDS.get(code, code)}" for code, count in missed.most_common())
        parts.append(f"{len(report.not_analysed):,} not analysed ({reasons})")
    if report.dynamic:
        parts.append(f"{len(report.dynamic):,} built at run time")
    if (report.not_analysed or report.dynamic) and not options.show_unanalysed:
        parts.append("--show-unanalysed lists them")
    return "; ".join(parts)


def _statistics(report: Report, options: ReportOptions, paint: Paint) -> Iterator[str]:
    counts = Counter((d.rule, d.severity) for d in report.diagnostics)
    fixable = Counter((d.rule, d.severity) for d in report.diagnostics if d.fix is not None and d.fix.edits)
    width = max((len(f"{count:,}") for count in counts.values()), default=0)
    longest = max((len(rule) for rule, _ in counts), default=0)
    for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        rule, severity = key
        word = paint.severity(severity) + " " * (7 - len(severity.value))
        fixes = f"  {fixable[key]:,} fixable" if fixable[key] else ""
        yield f"{count:>{width},}  {paint('bold', rule)}{' ' * (longest - len(rule))}  {word}{fixes}".rstrip()
    yield from _avoidable(report, options)
    yield from _not_checked(report, width, paint)
    if (counts or report.summary.not_checked) and not options.quiet:
        yield ""


def _avoidable(report: Report, options: ReportOptions) -> Iterator[str]:
    """Yield how many bytes the queries that were found read in vain; each query counts, and what is not known is said."""
    found = read_in_vain(report, options.prices)
    if found.queries:
        line = f"read in vain: up to {in_bytes(found.bytes)} by {_counted(found.queries, 'query')}"
        if found.price is not None:
            line += f", {found.price:,.2f} at the configured price"
            if found.priced < found.queries:
                line += f" of {found.priced:,} of them"
        yield line
    if found.unknown:
        more = " more" if found.queries else ""
        yield f"read in vain: not known of {_counted(found.unknown, 'query').replace(' quer', more + ' quer')}"


def _not_checked(report: Report, width: int, paint: Paint) -> Iterator[str]:
    missing = [item for item in report.doubtful if item.code not in HARMLESS]
    longest = max((len(rule) for rule in report.summary.not_checked), default=0)
    for rule, files in sorted(report.summary.not_checked.items(), key=lambda item: (-item[1], item[0])):
        name = paint("bold", rule) + " " * (longest - len(rule))
        sources = "a source of tables is" if len(missing) == 1 else f"{len(missing):,} sources of tables are"
        told = f"not checked in {_counted(files, 'file')}: {sources} missing or broken"
        yield f"{'-':>{max(width, 1)}}  {name}  {paint('dim', told)}"


def _unanalysed(items: Iterable[NotAnalysed], options: ReportOptions, paint: Paint) -> Iterator[str]:
    any_shown = False
    for item in sorted(items, key=_place):
        any_shown = True
        place = visible(options.path_of(item.path))
        if item.location is not None:
            place += f":{item.location.start.line}:{item.location.start.column}"
        yield f"{paint('bold', place)} {paint('dim', 'not analysed:')} {visible(item.reason)}"
    if any_shown and not options.quiet:
        yield ""


def _place(item: NotAnalysed) -> tuple[str, int, str]:
    return (item.path, item.location.span.start if item.location is not None else -1, item.reason)
