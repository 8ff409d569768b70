"""`leaktight catalog show`."""

from __future__ import annotations

import json
from functools import lru_cache

import click

from leaktight.cli import CLEAN, FINDINGS
from leaktight.cli.catalog.table_text import overview_text, table_text
from leaktight.cli.catalog.table_values import table_values
from leaktight.cli.options import GroupedCommand, configuration, option
from leaktight.cli.output import emit, say, wants_color
from leaktight.cli.progress import Progress
from leaktight.cli.project import Asked, open_projects
from leaktight.cli.tables import chosen
from leaktight.gathering import project_of
from leaktight.memory import ProjectCache
from leaktight.reporters.paint import Paint


@click.command("show", cls=GroupedCommand)
@click.argument("table", required=False)
@option(
    "--output-format", group="Output", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How the tables are written.",
)  # fmt: skip
@configuration
def command(table: str | None, output_format: str, config: str | None, isolated: bool) -> int:
    """Print what is known of a table, with the place that each fact was read from; without TABLE, a line for each.

    TABLE is a name, with or without what it stands in: `orders`, `shop.orders`.
    """
    opened = open_projects((), Asked(config, isolated))[0]
    cache = ProjectCache.of(opened.root, opened.rules.values())
    with Progress() as progress:
        project = project_of(opened.entries, opened.plan, cache=cache, progress=progress)
    cache.save()
    found = chosen(project.catalog, table)
    if found is None:
        return FINDINGS
    path_of = lru_cache(maxsize=None)(opened.path_of)  # a file tells of many facts
    shown = [table_values(item, path_of) for item in found]
    if output_format == "json":
        emit(json.dumps(shown, indent=2) + "\n")
        return CLEAN
    paint = Paint(on=wants_color("auto"))
    if table is None:
        emit(overview_text(shown, paint))
        say(_told(len(shown)))
    else:
        emit("\n".join(table_text(item, paint) for item in shown))
    return CLEAN


def _told(count: int) -> str:
    if count == 0:
        return "No table is known: no file of this project tells of one."
    tables = "1 table is" if count == 1 else f"{count:,} tables are"
    return f"{tables} known; `leaktight catalog show TABLE` prints all that is known of one."
