"""`leaktight rules`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from leaktight.cli import CLEAN
from leaktight.cli.options import GroupedCommand, option
from leaktight.cli.output import emit, width
from leaktight.diagnostics import Applicability
from leaktight.registry import Selection, load_rules, selected
from leaktight.rule import Rule


@click.command("rules", cls=GroupedCommand, short_help="List the rules.")
@click.argument("names", nargs=-1, metavar="[GROUP|RULE]…")
@option(
    "--output-format", group="Output", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How the list is written.",
)  # fmt: skip
def command(names: tuple[str, ...], output_format: str) -> int:
    """List the rules, all of them or those of a group: a category, `strict`, `all`."""
    rules = load_rules()
    default = set(selected(Selection(), rules))
    try:
        wanted = selected(Selection(select=names or ("all",)), rules) if rules else ()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    chosen = [rules[name] for name in (wanted if names else rules)]
    if output_format == "json":
        emit(json.dumps([_facts(rule, rule.name in default) for rule in chosen], indent=2, ensure_ascii=False) + "\n")
    else:
        emit(_table(chosen, default))
    return CLEAN


def _facts(rule: type[Rule], default: bool) -> dict[str, Any]:
    return {
        "name": rule.name,
        "category": rule.category.value,
        "severity": rule.severity.value,
        "default": default,
        "fixable": rule.fixable.label if rule.fixable is not None else None,
        "stage": rule.stage.value,
        "strict": rule.strict_only,
        "since": rule.since,
        "summary": rule.summary(),
        "options": {
            name: {
                "default": list(item.default) if isinstance(item.default, tuple) else item.default,
                "help": item.metadata["help"],
            }
            for name, item in rule.options().items()
        },
        "url": rule.facts().url,
    }


_FIXES = {None: "", Applicability.SAFE: "safe", Applicability.UNSAFE: "unsafe", Applicability.DISPLAY: ""}


def _table(rules: list[type[Rule]], default: set[str]) -> str:
    header = ("NAME", "CATEGORY", "DEFAULT", "FIX", "SUMMARY")
    rows = [
        (
            rule.name,
            rule.category.value,
            "on" if rule.name in default else _off(rule),
            _FIXES[rule.fixable],
            rule.summary(),
        )
        for rule in sorted(rules, key=lambda rule: (rule.category.value, rule.name))
    ]
    wide = [max(len(row[i]) for row in (header, *rows)) for i in range(4)]
    room = width() - sum(wide) - 8 if sys.stdout.isatty() else 0
    lines = []
    for row in (header, *rows):
        summary = row[4] if room < 20 or len(row[4]) <= room else row[4][: room - 1] + "…"
        lines.append(
            "  ".join([*(cell.ljust(size) for cell, size in zip(row[:4], wide, strict=True)), summary]).rstrip()
        )
    return "\n".join(lines) + "\n"


def _off(rule: type[Rule]) -> str:
    return "strict" if rule.strict_only else rule.stage.value
