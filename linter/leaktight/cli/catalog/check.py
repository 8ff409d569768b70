"""`leaktight catalog check`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import click

from leaktight.catalog.merge import Contradiction
from leaktight.cli import CLEAN, FINDINGS
from leaktight.cli.catalog.contradictions import contradicting, sentence
from leaktight.cli.catalog.table_values import place
from leaktight.cli.doubtful import doubt
from leaktight.cli.options import GroupedCommand, configuration, option
from leaktight.cli.output import emit, say
from leaktight.cli.progress import Progress
from leaktight.cli.project import Asked, open_projects
from leaktight.gathering import gathered
from leaktight.memory import ProjectCache
from leaktight.report import NotAnalysed
from leaktight.reporters.display import visible


@click.command("check", cls=GroupedCommand)
@option(
    "--output-format", group="Output", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How the list is written.",
)  # fmt: skip
@configuration
def command(output_format: str, config: str | None, isolated: bool) -> int:
    """List what sources of the catalog say differently of one table, both places with it.

    Also the sources that are missing or could not be read, and snapshots that do not know what the project's DDL has made
    since. The exit code is 1 if there is anything of that.
    """
    opened = open_projects((), Asked(config, isolated))[0]
    cache = ProjectCache.of(opened.root, opened.rules.values())
    with Progress() as progress:
        told = gathered(opened.entries, opened.plan, cache=cache, progress=progress, missing=opened.missing_sources)
    cache.save()
    path_of = opened.path_of
    contradictions = contradicting(told.project.catalog.contradictions)
    if output_format == "json":
        found = {
            "tables": len(told.project.catalog),
            "contradictions": [
                {
                    "table": str(item.table), "column": item.column, "fact": item.fact,
                    "message": sentence(item, path_of), "kept_place": place(item.kept_at, path_of),
                    "other_place": place(item.other_at, path_of),
                }
                for item in contradictions
            ],
            "sources": [
                {
                    "path": item.path if item.code == "missing" else path_of(item.path),
                    "problem": _PROBLEMS.get(item.code, "broken"),
                    "message": doubt(item, path_of),
                }
                for item in told.doubtful
            ],
        }  # fmt: skip
        emit(json.dumps(found, indent=2) + "\n")
    else:
        lines = [sentence(item, path_of) for item in contradictions]
        lines += [doubt(item, path_of) for item in told.doubtful]
        emit("".join(f"{visible(line)}\n" for line in lines))
        say(_summary(len(told.project.catalog), contradictions, told.doubtful))
    return FINDINGS if contradictions or told.doubtful else CLEAN


_PROBLEMS = {"missing": "missing", "stale": "stale"}


def _summary(tables: int, contradictions: Sequence[Contradiction], doubtful: Sequence[NotAnalysed]) -> str:
    counts = Counter(_PROBLEMS.get(item.code, "broken") for item in doubtful)
    words = [_counted(len(contradictions), "contradiction", "contradictions")] if contradictions else []
    words += [_counted(count, f"{word} source", f"{word} sources") for word, count in sorted(counts.items())]
    return f"{_counted(tables, 'table', 'tables')} known; {', '.join(words) or 'no contradiction'}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
