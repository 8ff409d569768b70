"""`leaktight advise`."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import click

from leaktight import run
from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Table
from leaktight.cli import CLEAN, FINDINGS
from leaktight.cli.options import GroupedCommand, configuration, option
from leaktight.cli.output import emit, say, wants_color
from leaktight.cli.progress import Progress
from leaktight.cli.project import Asked, Opened, open_projects
from leaktight.cli.tables import chosen
from leaktight.diagnostics import Diagnostic
from leaktight.gathering import project_of
from leaktight.lazy import record
from leaktight.memory import ProjectCache
from leaktight.operations.advice import ddl
from leaktight.operations.advice.places import TablePlaces
from leaktight.reporters.display import visible
from leaktight.reporters.paint import Paint

_MEANS = {"partition": "partitions", "index": "indexes", "schema": "keys and types"}
TOPICS = tuple(_MEANS)


@record(frozen=True)
class Proposal:
    """What a rule proposes for a table, and the statements that would do it, none where words alone can."""

    table: Table
    found: Diagnostic
    statements: tuple[str, ...]


@click.command("advise", cls=GroupedCommand, short_help="Propose indexes, partitions and types, with ready DDL.")
@click.argument("topic", type=click.Choice(TOPICS), metavar="|".join(TOPICS))
@click.argument("table", required=False)
@option(
    "--output-format", group="Output", type=click.Choice(("text", "sql", "json")), default="text", show_default=True,
    help="How the proposals are written.",
)  # fmt: skip
@option(
    "--color", group="Output", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True,
    help="Whether the text is coloured.",
)  # fmt: skip
@configuration
@option("--no-cache", group="Configuration", is_flag=True, help="Neither read nor write the cache.")
def command(
    topic: str, table: str | None, output_format: str, color: str, config: str | None, isolated: bool, no_cache: bool
) -> int:
    """Propose changes to the project's tables, with the evidence for each and the statements that make it.

    Everything that the project's queries say is counted: SQL files, models, and strings in Python and JavaScript. Nothing
    is changed. TABLE is a name, with or without what it stands in: `orders`, `shop.orders`.
    """
    opened = open_projects((), Asked(config, isolated, select=(topic,)))[0]
    cache = None if no_cache else ProjectCache.of(opened.root, opened.rules.values())
    plan = replace(opened.plan, advises=True)
    with Progress() as progress:
        report = run.check(opened.entries, plan, cache=cache, progress=progress, unread=opened.unread)
        catalog = project_of(opened.entries, opened.plan, cache=cache, progress=progress).catalog
    wanted = chosen(catalog, table)
    if wanted is None:
        return FINDINGS
    names = {item.name.folded for item in wanted}
    proposals = [
        item for item in _proposals(report.diagnostics, TablePlaces(catalog)) if item.table.name.folded in names
    ]
    if output_format == "json":
        emit(json.dumps([_value(item, opened) for item in proposals], indent=2) + "\n")
    elif output_format == "sql":
        emit("".join(f"{line}\n" for line in _script(proposals, opened)))
    else:
        paint = Paint(on=wants_color(color))
        emit("".join(f"{line}\n" for line in _text(proposals, opened, paint)))
        code = {entry.path for entry in opened.entries if not entry.language.is_data}
        looked = [
            item
            for item in wanted
            if item.location is not None
            and (item.location.path in code or (Origin.SNAPSHOT.value, item.location) in item.origins)
        ]
        say(_summary(topic, proposals, looked))
        if len(looked) < len(wanted):
            say(_left_out(len(wanted) - len(looked)))
    if report.not_analysed:
        count = len(report.not_analysed)
        say(
            f"{count:,} stretches were not analysed, and their queries not counted; `leaktight check` names them."
            if count > 1
            else "1 stretch was not analysed, and its queries not counted; `leaktight check` names it."
        )
    return CLEAN


def _proposals(diagnostics: Sequence[Diagnostic], places: TablePlaces) -> list[Proposal]:
    """Give what is proposed for each table, by the names of the tables and then by place."""
    found = []
    for diagnostic in diagnostics:
        table = places.table(diagnostic.location)
        if table is not None:
            found.append(Proposal(table, diagnostic, _statements(diagnostic, table, places)))
    return _once(sorted(found, key=lambda item: (item.table.name.folded, item.found.sort_key)))


def _once(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Leave out what is proposed again for a copy of a table's DDL, and an index that another proposed one begins with."""
    made = sorted({_index(statement) for item in proposals for statement in item.statements})
    kept: dict[tuple[object, ...], Proposal] = {}
    for item in proposals:
        needed = tuple(statement for statement in item.statements if not _begins_another(_index(statement), made))
        if needed or not item.statements:
            # Two reasons of one rule for the same statements, as two references of one column are, are told once.
            key = (item.table.name.folded, item.found.rule, needed or item.found.message)
            kept.setdefault(key, replace(item, statements=needed))
    return list(kept.values())


def _begins_another(index: str, made: Sequence[str]) -> bool:
    """Say whether one of the indexes that are made, sorted, has all columns of one and then more."""
    at = bisect_left(made, f"{index}, ")
    return bool(index) and at < len(made) and made[at].startswith(f"{index}, ")


def _index(statement: str) -> str:
    """Give the table and columns of the statement that makes an index, without the closing bracket; empty for others."""
    if not statement.startswith("CREATE INDEX "):
        return ""
    return statement.partition(" ON ")[2].partition(")")[0]


def _statements(diagnostic: Diagnostic, table: Table, places: TablePlaces) -> tuple[str, ...]:
    fix = diagnostic.fix
    if fix is None:
        return ()
    if len(fix.edits) == 1 and not fix.statements and diagnostic.category == "schema":
        # A rule that writes another type into the declaration means the column of the table that is there, too.
        column, edit = places.column(diagnostic.location), fix.edits[0]
        if column is not None and edit.location.span == diagnostic.location.span:
            return ddl.set_type(table, column, edit.content)
    return fix.statements


def _text(proposals: Sequence[Proposal], opened: Opened, paint: Paint) -> Iterator[str]:
    table: Table | None = None
    for item in proposals:
        if table is None or item.table.name != table.name:
            if table is not None:
                yield ""
            table = item.table
            where = f"  {paint('dim', _place(table, opened))}" if table.location is not None else ""
            yield f"{paint('bold', visible(str(table.name)))}{where}"
        found = item.found
        yield f"  {visible(found.message)} {paint('dim', f'({found.rule})')}"
        for related in found.related:
            place = f"{opened.path_of(related.location.path)}:{related.location.start.line}"
            yield f"    {paint('dim', '→')} {visible(place)}: {visible(related.message)}"
        for statement in item.statements:
            yield f"    {paint('help', visible(statement) + ';')}"
        if not item.statements and found.fix is not None:
            yield f"    {paint('help', 'help:')} {visible(found.fix.title)}"


def _script(proposals: Sequence[Proposal], opened: Opened) -> Iterator[str]:
    """Yield a script of all statements, each once, with what it is for as a comment before it."""
    written: set[str] = set()
    for item in proposals:
        statements = [statement for statement in item.statements if statement not in written]
        written.update(statements)
        if not statements:
            continue
        yield f"-- {visible(item.found.message)} ({item.found.rule})"
        for related in item.found.related:
            place = f"{opened.path_of(related.location.path)}:{related.location.start.line}"
            yield f"--   {visible(place)}: {visible(related.message)}"
        for statement in statements:
            yield f"{visible(statement)};"
        yield ""


def _value(item: Proposal, opened: Opened) -> dict[str, Any]:
    found = item.found
    return {
        "table": str(item.table.name),
        "rule": found.rule,
        "message": found.message,
        "path": opened.path_of(found.location.path),
        "line": found.location.start.line,
        "evidence": [
            {"path": opened.path_of(r.location.path), "line": r.location.start.line, "message": r.message}
            for r in found.related
        ],
        "help": found.fix.title if found.fix is not None else None,
        "statements": list(item.statements),
    }


def _place(table: Table, opened: Opened) -> str:
    assert table.location is not None
    return visible(f"{opened.path_of(table.location.path)}:{table.location.start.line}")


def _summary(topic: str, proposals: Sequence[Proposal], tables: Sequence[Table]) -> str:
    if not tables:
        return "Nothing to propose: no file of this project creates a table, and no snapshot tells of one."
    count = len({item.table.name.folded for item in proposals})
    of = f"{count:,} of {len(tables):,} tables" if len(tables) > 1 else f"`{tables[0].name}`"
    if not proposals:
        looked = "1 table was" if len(tables) == 1 else f"{len(tables):,} tables were"
        return f"Nothing to propose: {looked} looked at for {_MEANS[topic]}."
    many = "1 proposal" if len(proposals) == 1 else f"{len(proposals):,} proposals"
    return f"{many} for {of}; nothing was changed."


def _left_out(count: int) -> str:
    tables = "1 table was" if count == 1 else f"{count:,} tables were"
    return (
        f"{tables} not looked at, of which only a contract, dbt or infrastructure tells: rules read code and snapshots."
    )
