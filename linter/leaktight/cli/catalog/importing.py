"""`leaktight catalog import`."""

from __future__ import annotations

import click

from leaktight.cli import CLEAN, FAILED
from leaktight.cli.catalog.writing import LARGEST, before, default_path, write_snapshot
from leaktight.cli.doubtful import plain_reason
from leaktight.cli.options import GroupedCommand, configuration, option
from leaktight.cli.output import say
from leaktight.cli.project import Asked, project_root, shown
from leaktight.database.address import DatabaseUnread
from leaktight.database.imported import imported
from leaktight.database.queries import ENGINES, dialect_of
from leaktight.files import decode, read_bytes
from leaktight.source import Language, NotAnalysable, Source

_MANY = 15 * LARGEST
"""Results of queries repeat the name of each column in each row: they are much longer than what is written of them."""


@click.command("import", cls=GroupedCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@option(
    "--engine", group="Selection", type=click.Choice(tuple(ENGINES)),
    help="What the results are of, where they do not say so themselves.",
)  # fmt: skip
@option(
    "-o", "--output", group="Output", metavar="FILE",
    help="Write to this file, or to stdout if it is `-`.  [default: catalog/DATABASE.yaml in the project's root]",
)  # fmt: skip
@option("--no-statistics", group="Output", is_flag=True, help="Leave out rows, sizes and numbers of partitions.")
@configuration
def command(
    files: tuple[str, ...],
    engine: str | None,
    output: str | None,
    no_statistics: bool,
    config: str | None,
    isolated: bool,
) -> int:
    """Write down what the results of `leaktight catalog query` say of a database's tables, as a YAML file to commit.

    FILE… are the results, in CSV or JSON, of all the queries for one engine. Any dump of the view `columns` of an
    `information_schema` will do as well.
    """
    root = project_root(Asked(config, isolated))
    try:
        if output is not None:
            before(output)
        found = imported([_source(path) for path in files], dialect_of(engine) if engine else "")
        path = output or default_path(root, found.database or found.engine)
        write_snapshot(path, found.engine, found.database, found.tables, statistics=not no_statistics)
    except DatabaseUnread as problem:
        say(f"error: {problem}")
        return FAILED
    return CLEAN


def _source(path: str) -> Source:
    """Read a file as what its text is: a JSON text begins with a bracket, whatever the file is called."""
    try:
        source = decode(read_bytes(path, _MANY), shown(path), Language.CSV)
    except NotAnalysable as problem:
        raise DatabaseUnread(f"{shown(path)} cannot be read: {plain_reason(problem.reason)}.") from None
    if source.text.lstrip()[:1] in ("[", "{"):
        return Source(source.path, source.text, Language.JSON)
    return source
