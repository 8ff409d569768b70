"""The program: its commands, each imported when it is called, and what becomes of the errors they raise."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

import click

from leaktight import __version__
from leaktight.cli import CLEAN, FAILED
from leaktight.cli.output import OutputLost, say
from leaktight.text import nearest

_COMMANDS = {
    "check": "Check files and say what leaks.",
    "rules": "List the rules.",
    "rule": "Print the page of a rule.",
    "advise": "Propose indexes, partitions and types, with ready DDL.",
    "catalog": "Print what is known of the project's tables.",
    "init": "Write a leaktight.yaml that suits the project.",
}
"""The commands, each in the module of its name, in the order of the help."""


class _Program(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"leaktight.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and name not in _COMMANDS:
            near = nearest(name, _COMMANDS)
            hint = f" Did you mean `{near}`?" if near else ""
            if not near and (os.path.lexists(name) or not name.isalpha()):
                hint = f" To check it, write `leaktight check {name}`."
            ctx.fail(f"There is no command `{name}`.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="leaktight", message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> int | None:
    """A linter that keeps data pipelines from leaking.

    It reads SQL wherever it is written, Python pipelines, and DynamoDB requests, and says where rows are lost or
    doubled, numbers go wrong, money burns and tenants mix.
    """
    if context.invoked_subcommand is None:
        say(context.get_help())
        return FAILED
    return None


def run_program(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit code; errors are said on stderr."""
    try:
        code = program.main(list(arguments), prog_name="leaktight", standalone_mode=False)
    except click.exceptions.Abort as error:
        if isinstance(error.__cause__, EOFError):  # click takes any for the end of what the user types
            return failed(error.__cause__)
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        _usage(error)
        return FAILED
    except Exception as error:  # noqa: BLE001  # the last line of defence: said, never a bare traceback
        return failed(error)
    return code if isinstance(code, int) else CLEAN


def _usage(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = error.format_message()
    if message[:1].islower():
        message = message[:1].upper() + message[1:]
    say(f"error: {message}{'' if message.endswith(('.', '?')) else '.'}")
    if context is not None:
        say(f"Try `{context.command_path} --help`.")


def failed(error: Exception) -> int:
    """Say what went wrong and give the exit code."""
    if isinstance(error, OutputLost):
        say(f"error: {error}")
        return FAILED
    from leaktight.config import ConfigurationError

    if isinstance(error, ConfigurationError):
        for problem in error.problems:
            say(f"error: {problem}")
        return FAILED
    import traceback  # nine milliseconds that hardly any start needs

    if os.environ.get("LEAKTIGHT_TRACEBACK"):
        say("".join(traceback.format_exception(error)))
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({os.path.basename(place[0].filename)}:{place[0].lineno})" if place else ""
    say(f"internal error: {type(error).__name__}: {error}{where}")
    say("This is a bug of leaktight or of a rule package. LEAKTIGHT_TRACEBACK=1 shows where it happened.")
    return FAILED
