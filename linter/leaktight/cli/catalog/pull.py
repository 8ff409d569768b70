"""`leaktight catalog pull`."""

from __future__ import annotations

import os

import click

from leaktight.cli import CLEAN, FAILED
from leaktight.cli.catalog.writing import STDOUT, before, default_path, write_snapshot
from leaktight.cli.options import GroupedCommand, configuration, listing, option
from leaktight.cli.output import say
from leaktight.cli.project import Asked, project_root, shown
from leaktight.database.address import Address, DatabaseUnread, address_of
from leaktight.database.pull import pulled

VARIABLE = "LEAKTIGHT_DATABASE_URL"


@click.command("pull", cls=GroupedCommand)
@click.argument("url", required=False)
@option(
    "--url-from-env", group="Selection", metavar="NAME",
    help=f"Take the URL from this environment variable.  [default: {VARIABLE}]",
)  # fmt: skip
@listing("--schema", group="Selection", help="Read these schemas alone.")
@option(
    "-o", "--output", group="Output", metavar="FILE",
    help="Write to this file, or to stdout if it is `-`.  [default: catalog/DATABASE.yaml in the project's root]",
)  # fmt: skip
@option("--no-statistics", group="Output", is_flag=True, help="Leave out rows, sizes and numbers of partitions.")
@configuration
def command(
    url: str | None,
    url_from_env: str | None,
    schema: tuple[str, ...],
    output: str | None,
    no_statistics: bool,
    config: str | None,
    isolated: bool,
) -> int:
    """Write down what a live database says of its tables, as a YAML file to review and commit.

    URL is `postgresql://…`, `mysql://…`, `mariadb://…`, `duckdb:///FILE` or `sqlite:///FILE`, or `$NAME` for the URL in
    that environment variable. The database is only read, and no password is written or printed. A pull that breaks off
    leaves the file as it was.
    """
    root = project_root(Asked(config, isolated))
    address: Address | None = None
    path = output
    try:
        address = address_of(_url(url, url_from_env))
        if path is not None:
            before(path)
        found = pulled(address, schema)
        path = path or default_path(root, found.database)
        write_snapshot(path, found.engine, found.database, found.tables, statistics=not no_statistics)
    except DatabaseUnread as problem:
        if problem.trace and os.environ.get("LEAKTIGHT_TRACEBACK"):
            say(problem.trace.rstrip())
        say(f"error: {problem}{_left(path, address, root)}")
        return FAILED
    return CLEAN


def _url(url: str | None, variable: str | None) -> str:
    if url is not None and variable is not None:
        raise click.UsageError("The URL is given and taken from a variable as well; leave one of them out.")
    if url is not None and not url.startswith("$"):
        return url
    name = variable or (url[1:].removeprefix("{").removesuffix("}") if url else VARIABLE)
    found = os.environ.get(name)
    if not found:
        given = "" if url or variable else "none is given, and "
        raise click.UsageError(f"There is no URL of a database: {given}the environment variable {name} is not set.")
    return found


def _left(path: str | None, address: Address | None, root: str) -> str:
    """Say that the old snapshot is as it was, where there is one to think of."""
    if path is None and address is not None:
        path = default_path(root, address.database)
    if path is None or path == STDOUT or not os.path.isfile(path):
        return ""
    return f" {shown(path)} is as it was."
