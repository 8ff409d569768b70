"""`leaktight catalog check`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from leaktight import run
from leaktight.cli import CLEAN, FINDINGS
from leaktight.cli.catalog.contradictions import contradicting, sentence
from leaktight.cli.catalog.stale import stale_snapshots
from leaktight.cli.catalog.table_values import place
from leaktight.cli.options import GroupedCommand, configuration, option
from leaktight.cli.output import emit, say
from leaktight.cli.progress import Progress
from leaktight.cli.project import Asked, open_projects
from leaktight.reporters.display import visible


@click.command("check", cls=GroupedCommand)
@option(
    "--output-format", group="Output", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How the list is written.",
)  # fmt: skip
@configuration
def command(output_format: str, config: str | None, isolated: bool) -> int:
    """List what sources of the catalog say differently of one table, both places with it.

    Also the sources that could not be read, and snapshots that do not know what the project's DDL has made since. The exit
    code is 1 if there is anything of that.
    """
    opened = open_projects((), Asked(config, isolated))[0]
    with Progress() as progress:
        told = run.gathered(opened.entries, opened.plan, progress=progress)
    path_of = opened.path_of
    contradictions = contradicting(told.project.catalog.contradictions)
    stale = stale_snapshots(told.project.catalog, told.declarations, path_of)
    if output_format == "json":
        found = {
            "contradictions": [
                {
                    "table": str(item.table), "column": item.column, "fact": item.fact,
                    "message": sentence(item, path_of), "kept_place": place(item.kept_at, path_of),
                    "other_place": place(item.other_at, path_of),
                }
                for item in contradictions
            ],
            "unread": [{"path": path_of(item.path), "code": item.code, "reason": item.reason} for item in told.unread],
            "stale": [{"path": path, "message": message} for path, message in stale],
        }  # fmt: skip
        emit(json.dumps(found, indent=2) + "\n")
    else:
        lines = [sentence(item, path_of) for item in contradictions]
        lines += [f"{path_of(item.path)} could not be read: {item.reason.rstrip('.')}." for item in told.unread]
        lines += [message for _, message in stale]
        emit("".join(f"{visible(line)}\n" for line in lines))
        say(_summary(len(told.project.catalog), contradictions, told.unread, stale))
    return FINDINGS if contradictions or told.unread or stale else CLEAN


def _summary(tables: int, *found: Sequence[Any]) -> str:
    words = [_counted(len(items), *names) for items, names in zip(found, _NAMES, strict=True) if items]
    known = f"{_counted(tables, 'table', 'tables')} known"
    return f"{known}; {', '.join(words) or 'no contradiction'}."


_NAMES = (
    ("contradiction", "contradictions"),
    ("source not read", "sources not read"),
    ("stale snapshot", "stale snapshots"),
)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
