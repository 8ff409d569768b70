"""`leaktight catalog`: one module a command, each imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "show": "Print a table, or all tables, with the place of each fact.",
    "check": "List what sources say differently, and what could not be read.",
    "pull": "Write down what a live database says of its tables.",
    "query": "Print the queries whose results `import` reads.",
    "import": "Write down what the results of such queries say.",
}
_MODULES = {"import": "importing"}
"""The modules that cannot have the name of their command."""


class _Catalog(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group("catalog", cls=_Catalog, short_help="Print what is known of the project's tables.")
def command() -> None:
    """Print what is known of the project's tables, and where it is read from."""
