"""`leaktight check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from leaktight import run
from leaktight.cli import CLEAN, FAILED, FINDINGS
from leaktight.cli.options import GroupedCommand, configuration, listing, option
from leaktight.cli.output import emit, emit_bytes, say, wants_color, width
from leaktight.cli.printing import Output
from leaktight.cli.progress import Progress
from leaktight.cli.project import Asked, Opened, Unsaved, open_projects, shown
from leaktight.cli.recording import remember_run
from leaktight.config import Settings
from leaktight.diagnostics import Severity
from leaktight.discovery import language_of
from leaktight.lazy import record
from leaktight.memory import ProjectCache
from leaktight.report import Report
from leaktight.reporters import FORMATS, ReportOptions

if TYPE_CHECKING:
    from leaktight.cli.fixing import Fixing
    from leaktight.fixes import Settled


@record(frozen=True)
class Options:
    """What `check` is asked for, besides what it is to check."""

    fix: bool
    unsafe_fixes: bool
    diff: bool
    output_format: str
    output_file: str | None
    exit_zero: bool
    statistics: bool
    show_unanalysed: bool
    no_cache: bool
    jobs: int | None
    color: str
    quiet: int
    verbose: int


@click.command(
    "check",
    cls=GroupedCommand,
    short_help="Check files and say what leaks.",
    epilog="Exit code: 0 clean, 1 findings, 2 wrong usage or configuration, or an internal error, 130 interrupted.",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]…")
@listing("--select", group="Selection", help="Run these rules and groups alone.")
@listing("--extend-select", group="Selection", help="Run these rules and groups besides.")
@listing("--ignore", group="Selection", help="Do not run these rules and groups.")
@option("--fix", group="Fixes", is_flag=True, help="Make the safe fixes in the files.")
@option("--unsafe-fixes", group="Fixes", is_flag=True, help="Make the unsafe fixes too; needs --fix or --diff.")
@option("--diff", group="Fixes", is_flag=True, help="Print what --fix would change; write nothing.")
@listing("--exclude", group="Files", metavar="GLOB,…", help="Leave these files out, as in .gitignore.")
@option("--force-exclude", group="Files", is_flag=True, help="Leave out excluded files even where they are named.")
@option("--stdin-filename", group="Files", metavar="FILE", help="The file that the text on stdin (PATHS is -) is of.")
@option(
    "--output-format", group="Output", type=click.Choice(FORMATS), default="text", show_default=True,
    help="How the report is written.",
)  # fmt: skip
@option("--output-file", group="Output", metavar="FILE", help="Write the report to this file.")
@option(
    "--statistics", group="Output", is_flag=True, help="Count the findings of each rule, and the bytes read in vain."
)
@option("--show-unanalysed", group="Output", is_flag=True, help="List what was not analysed, and why.")
@option(
    "--fail-level", group="Output", type=click.Choice(("error", "warning", "note")),
    help="The lowest severity that makes the exit code 1.  [default: warning]",
)  # fmt: skip
@option("--exit-zero", group="Output", is_flag=True, help="Exit with 0 whatever is found.")
@option(
    "--color", group="Output", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True,
    help="Whether the report is coloured.",
)  # fmt: skip
@option("-q", "--quiet", group="Output", count=True, help="Print the findings alone; twice, nothing.")
@option("-v", "--verbose", group="Output", count=True, help="Say on stderr what is read.")
@configuration
@option("--no-cache", group="Configuration", is_flag=True, help="Neither read nor write the cache.")
@option("--jobs", group="Configuration", type=click.IntRange(min=1), help="How many processes work.  [default: cores]")
def command(
    paths: tuple[str, ...],
    stdin_filename: str | None,
    config: str | None,
    isolated: bool,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    exclude: tuple[str, ...],
    force_exclude: bool,
    fail_level: str | None,
    **options: object,
) -> int:
    """Check files and say what leaks.

    PATHS are files and directories, `-` is text on stdin; without any, the whole project is checked. They choose what
    is reported: tables are read from the whole project, whatever PATHS are.
    """
    wanted = Options(**options)  # type: ignore[arg-type]
    if config is not None and isolated:
        raise click.UsageError("--config and --isolated exclude one another.")
    if wanted.unsafe_fixes and not (wanted.fix or wanted.diff):
        raise click.UsageError("--unsafe-fixes needs --fix or --diff.")
    asked = Asked(config, isolated, select or None, extend_select, ignore, exclude, force_exclude, fail_level)
    unsaved = _unsaved(paths, stdin_filename)
    return _Run(open_projects(() if unsaved else paths, asked, unsaved), wanted, unsaved).code()


def _unsaved(paths: Sequence[str], name: str | None) -> Unsaved | None:
    if "-" not in paths:
        if name is not None:
            raise click.UsageError("--stdin-filename needs the path `-`.")
        return None
    if len(paths) > 1:
        raise click.UsageError("The path `-` stands alone.")
    if name is not None and language_of(os.path.basename(name)) is None:
        raise click.UsageError(f"--stdin-filename: `{name}` is not of a language that is read.")
    if sys.stdin is None:
        raise click.UsageError("The path `-` is text on stdin, which is closed.")
    return Unsaved(name or "stdin.sql", sys.stdin.buffer.read())


class _Run:
    def __init__(self, projects: Sequence[Opened], options: Options, unsaved: Unsaved | None) -> None:
        self._projects = projects
        self._options = options
        self._unsaved = unsaved

    def code(self) -> int:
        """Do what is asked and give the exit code."""
        self._say_arguments()
        if any(opened.missing for opened in self._projects):
            return FAILED
        checked = [(opened, self._check(opened)) for opened in self._projects]
        if self._options.fix or self._options.diff:
            from leaktight.cli.fixing import fix_project

            options = self._options
            fixings = [
                (
                    opened,
                    fix_project(
                        opened, report, unsafe=options.unsafe_fixes, jobs=options.jobs, cache=self._cache(opened)
                    ),
                )
                for opened, report in checked
            ]
            for opened, fixing in fixings:
                for refused in fixing.refused:
                    say(f"warning: {opened.path_of(refused.path)}: {refused.reason}")
            if self._options.diff:
                code = self._diff(fixings)
                return FAILED if any(report.internal_errors for _, report in checked) else code
            checked = [
                (opened, self._fix(opened, fixing, report))
                for (opened, fixing), (_, report) in zip(fixings, checked, strict=True)
            ]
        self._say_doubts(checked)
        silent = self._options.quiet >= 2 and self._options.output_file is None
        printed = "" if silent else self._print(checked)
        code = max((self._code(opened.settings, report) for opened, report in checked), default=CLEAN)
        if code != FAILED and len(checked) == 1 and not self._options.fix:
            remember_run(*checked[0], printed, code)
        return code

    def _say_arguments(self) -> None:
        for opened in self._projects:
            for path in opened.missing:
                say(f"error: There is no file or directory `{shown(path)}`.")
            if not self._options.quiet:
                for path in opened.unknown:
                    say(f"warning: {shown(path)} is not of a language that is read; it was left out.")
            if self._options.verbose:
                asked = sum(entry.reported for entry in opened.entries)
                source = opened.settings.source or "none"
                say(f"root {opened.root}, configuration {source}, {asked} of {len(opened.entries)} files reported")

    def _say_doubts(self, checked: Sequence[tuple[Opened, Report]]) -> None:
        """Warn once of each source of the catalog without which rules know less, or something that is no longer true."""
        if self._options.quiet or not any(report.doubtful for _, report in checked):
            return
        from leaktight.cli.doubtful import doubt

        for opened, report in checked:
            for item in report.doubtful:
                say(f"warning: {doubt(item, opened.path_of)}")

    def _check(self, opened: Opened) -> Report:
        with Progress(quiet=bool(self._options.quiet)) as progress:
            return run.check(
                opened.entries,
                opened.plan,
                jobs=self._options.jobs,
                cache=self._cache(opened),
                progress=progress,
                unread=opened.unread,
                missing=opened.missing_sources,
            )

    def _cache(self, opened: Opened) -> ProjectCache | None:
        return None if self._options.no_cache else ProjectCache.of(opened.root, opened.rules.values())

    # Fixes

    def _diff(self, fixings: Sequence[tuple[Opened, Fixing]]) -> int:
        from leaktight.fixes import diff

        changed = [(opened, item) for opened, fixing in fixings for item in fixing.changed]
        emit("".join(diff(item.fixed, opened.path_of(item.source.path)) for opened, item in changed))
        if not self._options.quiet:
            say(f"{_made('would fix', [item for _, item in changed])}; nothing was written")
        return FINDINGS if changed and not self._options.exit_zero else CLEAN

    def _print(self, checked: Sequence[tuple[Opened, Report]]) -> str:
        options, first = self._options, checked[0][0]
        echo = options.fix and self._unsaved is not None
        output = Output(options.output_format, options.output_file, to_stderr=echo)
        return output.write(
            checked,
            ReportOptions(
                color=wants_color(options.color, to_file=echo or options.output_file is not None),
                width=width(),
                statistics=options.statistics,
                show_unanalysed=options.show_unanalysed,
                quiet=bool(options.quiet),
                verbose=bool(options.verbose),
                path_of=first.path_of,
                root=first.root,
                rules=first.rules,
                prices=dict(first.settings.prices),
                exit_code=max(self._code(opened.settings, report) for opened, report in checked),
            ),
        )

    def _fix(self, opened: Opened, fixing: Fixing, report: Report) -> Report:
        """Write what has changed and give the report of what is left."""
        from leaktight.fixes import encoded, write

        written: list[Settled] = []
        data: dict[str, bytes] = {}
        absolute = {entry.path: entry.absolute for entry in opened.entries}
        for item in fixing.changed:
            path = item.source.path
            if self._unsaved is None:
                refused = write(item.fixed, item.source, absolute[path])
            else:
                data[path], refused = encoded(item.fixed, item.source)
            if refused is None:
                written.append(item)
            else:
                say(f"warning: {opened.path_of(path)}: {refused.reason}")
        if not self._options.quiet and fixing.settled:
            say(_made("fixed", written))
        if self._unsaved is not None:
            emit_bytes(next(iter(data.values()), self._unsaved.data))
        return self._check(opened.with_data(data)) if written else report

    def _code(self, settings: Settings, report: Report) -> int:
        if report.internal_errors:
            return FAILED
        if self._options.exit_zero:
            return CLEAN
        worst = report.worst()
        fails = worst is not None and worst.rank >= Severity(settings.fail_level).rank
        return FINDINGS if fails or (report.not_analysed and settings.not_analysed == "error") else CLEAN


def _made(word: str, items: Sequence[Settled]) -> str:
    fixes = sum(len(item.made) for item in items)
    findings = f"{fixes:,} finding" if fixes == 1 else f"{fixes:,} findings"
    return f"{word} {findings} in {len(items):,} {'file' if len(items) == 1 else 'files'}"
