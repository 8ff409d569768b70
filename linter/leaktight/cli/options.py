"""Options that several commands share, and a help page that groups options under headings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_GROUPS = ("Selection", "Fixes", "Files", "Output", "Configuration")


class GroupedOption(click.Option):
    """An option that stands under a heading of the help page."""

    def __init__(self, *arguments: Any, group: str = "", **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose help page groups its options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings, those without one last."""
        by_group: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if not isinstance(parameter, click.Option):
                continue
            record = parameter.get_help_record(ctx)
            if record is not None:
                by_group.setdefault(getattr(parameter, "group", ""), []).append(record)
        for group in (*_GROUPS, ""):
            if group in by_group:
                with formatter.section(group or "Other"):
                    formatter.write_dl(by_group[group])


def option(*names: str, group: str, **attributes: Any) -> Callable[[Any], Any]:
    """Declare an option under a heading."""
    return click.option(*names, cls=GroupedOption, group=group, **attributes)


def split(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Give the items of comma lists, which may be given more than once."""
    return tuple(part.strip() for item in value for part in item.split(",") if part.strip())


def listing(*names: str, group: str, help: str, metavar: str = "NAME,…") -> Callable[[Any], Any]:  # noqa: A002
    """Declare an option that takes comma lists and may be given more than once."""
    return option(*names, group=group, multiple=True, callback=split, metavar=metavar, help=help)


def configuration(command: Any) -> Any:
    """Give a command the options that say which configuration is read."""
    group = "Configuration"
    command = option("--isolated", group=group, is_flag=True, help="Read no configuration file.")(command)
    return option(
        "--config", group=group, metavar="FILE", help="Read this file, a YAML file or a pyproject.toml, and no other."
    )(command)
