"""`leaktight catalog show`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from leaktight import run
from leaktight.catalog.table import Column, Key, Table
from leaktight.cli import CLEAN, FINDINGS
from leaktight.cli.options import GroupedCommand, configuration, option
from leaktight.cli.output import emit, say
from leaktight.cli.progress import Progress
from leaktight.cli.project import Asked, Opened, open_projects
from leaktight.diagnostics import Location
from leaktight.registry import near
from leaktight.reporters.display import visible


@click.group("catalog", short_help="Print what is known of the project's tables.")
def command() -> None:
    """Print what is known of the project's tables, and where it is read from."""


@command.command("show", cls=GroupedCommand)
@click.argument("table", required=False)
@option(
    "--output-format", group="Output", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How the tables are written.",
)  # fmt: skip
@configuration
def show(table: str | None, output_format: str, config: str | None, isolated: bool) -> int:
    """Print a table, or all tables, with the place that each fact was read from.

    TABLE is a name, with or without what it stands in: `orders`, `shop.orders`.
    """
    opened = open_projects((), Asked(config, isolated))[0]
    tables = _tables(opened)
    found = [item for item in tables if table is None or _means(item, table)]
    if table is not None and not found:
        names = [str(item.name) for item in tables] + [item.name.name for item in tables]
        known = "" if tables else "; no table of this project is"
        say(f"No table `{table}` is known{near(table, names) or f'{known}.'}".replace("?.", "?"))
        return FINDINGS
    shown = [_facts(item, opened) for item in sorted(found, key=lambda item: item.name.folded)]
    if output_format == "json":
        emit(json.dumps(shown, indent=2) + "\n")
    else:
        emit("\n".join("".join(f"{visible(line)}\n" for line in _lines(item, brief=table is None)) for item in shown))
        if not shown:
            say("No table is known: no file of this project creates one.")
    return CLEAN


def _tables(opened: Opened) -> list[Table]:
    with Progress() as progress:
        return list(run.project_of(opened.entries, opened.plan, progress=progress).catalog)


def _means(table: Table, name: str) -> bool:
    wanted = tuple(part.strip('`"[]').lower() for part in name.split("."))
    return table.name.folded[-len(wanted) :] == wanted


def _facts(table: Table, opened: Opened) -> dict[str, Any]:
    def place(location: Location | None) -> str | None:
        return f"{opened.path_of(location.path)}:{location.start.line}" if location is not None else None

    def column(item: Column) -> dict[str, Any]:
        return {
            "name": item.name, "type": item.type, "nullable": item.nullable, "default": item.default,
            "comment": item.comment, "place": place(item.location),
        }  # fmt: skip

    def key(item: Key) -> dict[str, Any]:
        return {
            "kind": item.kind.value, "columns": list(item.columns),
            "references": str(item.references) if item.references is not None else None,
            "referenced_columns": list(item.referenced_columns), "enforced": item.enforced,
            "place": place(item.location),
        }  # fmt: skip

    partitioning, clustering = table.partitioning, table.clustering
    return {
        "name": str(table.name),
        "kind": table.kind,
        "dialect": table.dialect or None,
        "temporary": table.temporary,
        "complete": table.complete,
        "comment": table.comment,
        "place": place(table.location),
        "columns": [column(item) for item in table.columns.values()],
        "keys": [key(item) for item in table.keys],
        "indexes": [
            {
                "name": item.name, "columns": list(item.columns), "unique": item.unique, "predicate": item.predicate,
                "method": item.method, "included": list(item.included), "place": place(item.location),
            }
            for item in table.indexes
        ],
        "partitioning": partitioning and {
            "columns": list(partitioning.columns), "expression": partitioning.expression, "kind": partitioning.kind,
            "granularity": partitioning.granularity, "required": partitioning.required,
            "place": place(partitioning.location),
        },
        "clustering": clustering and {"columns": list(clustering.columns), "place": place(clustering.location)},
    }  # fmt: skip


def _lines(table: dict[str, Any], *, brief: bool) -> Iterator[str]:
    about = [table["kind"], *([table["dialect"]] if table["dialect"] else [])]
    if not table["complete"]:
        about.append("not all columns known")
    yield _at(f"{table['name']}  ({', '.join(about)})", table["place"])
    rows = [(item["name"], _column_words(item), item["place"]) for item in table["columns"]]
    wide = max((len(name) for name, _, _ in rows), default=0)
    for name, words, place in rows:
        yield _at(f"  {name.ljust(wide)}  {words}".rstrip(), None if brief else place)
    for item in table["keys"]:
        words = f"  {item['kind']} key ({', '.join(item['columns'])})"
        if item["references"]:
            words += f" references {item['references']} ({', '.join(item['referenced_columns'])})".replace(" ()", "")
        yield _at(words + ("" if item["enforced"] else ", not enforced"), item["place"])
    for item in table["indexes"]:
        words = f"  {'unique ' if item['unique'] else ''}index {item['name'] or ''}".rstrip()
        words += f" ({', '.join(item['columns'])})" + (f" where {item['predicate']}" if item["predicate"] else "")
        yield _at(words, item["place"])
    if table["partitioning"]:
        item = table["partitioning"]
        required = ", a filter is required" if item["required"] else ""
        yield _at(f"  partitioned by {item['expression']} ({item['kind']}){required}", item["place"])
    if table["clustering"]:
        yield _at(f"  clustered by {', '.join(table['clustering']['columns'])}", table["clustering"]["place"])


def _column_words(column: dict[str, Any]) -> str:
    nullable = {None: "", True: "null", False: "not null"}[column["nullable"]]
    default = f"default {column['default']}" if column["default"] else ""
    return " ".join(part for part in (column["type"] or "?", nullable, default) if part)


def _at(text: str, place: str | None) -> str:
    return f"{text}  -- {place}" if place else text
