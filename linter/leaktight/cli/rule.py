"""`leaktight rule NAME`."""

from __future__ import annotations

import sys

import click

from leaktight.cli import CLEAN
from leaktight.cli.options import GroupedCommand, option
from leaktight.cli.output import emit, wants_color, width
from leaktight.docs import page
from leaktight.registry import UnknownRule, check_name, load_rules, near


@click.command("rule", cls=GroupedCommand, short_help="Print the page of a rule.")
@click.argument("name")
@option(
    "--color", group="Output", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True,
    help="Whether the page is coloured.",
)  # fmt: skip
def command(name: str, color: str) -> int:
    """Print the page of a rule: what it finds, why, its options and examples."""
    rules = load_rules()
    if name not in rules:
        try:
            check_name(name, rules)
        except UnknownRule as error:
            raise click.UsageError(str(error)) from None
        raise click.UsageError(f"`{name}` is a group of rules{near(name, rules)}; `leaktight rules {name}` lists them.")
    text = page(rules[name])
    if text.startswith("<!--"):
        text = text.partition("\n")[2]
    colored = wants_color(color)
    emit(_drawn(text, colored) if colored or sys.stdout.isatty() else text)
    return CLEAN


def _drawn(text: str, colored: bool) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    out = StringIO()
    console = Console(file=out, width=min(width(), 100), force_terminal=colored, no_color=not colored)
    console.print(Markdown(text))
    return out.getvalue()
