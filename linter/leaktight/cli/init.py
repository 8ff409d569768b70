"""`leaktight init`."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import click

from leaktight import config
from leaktight.catalog.chain import Revision
from leaktight.cli import CLEAN
from leaktight.cli.options import GroupedCommand
from leaktight.cli.output import say
from leaktight.cli.project import shown
from leaktight.config.load import NAMES, PYPROJECT
from leaktight.config.schema import SCHEMA_URL
from leaktight.discovery import FileEntry, Project, list_files
from leaktight.embedding.dialect import detect
from leaktight.files import read_bytes, write_atomically
from leaktight.lazy import regex
from leaktight.operations.file import FileView
from leaktight.operations.migrating.newest import candidates, newest
from leaktight.operations.project import Project as ReadProject
from leaktight.operations.sources import read_sources
from leaktight.reporters.display import visible
from leaktight.source import Language, NotAnalysable

_MOST_READ = 400
_ENOUGH = 0.9
_ADAPTERS = {
    "postgres",
    "bigquery",
    "snowflake",
    "redshift",
    "databricks",
    "spark",
    "trino",
    "athena",
    "duckdb",
    "clickhouse",
}
_DYNAMODB = regex(r"AWS::(?:DynamoDB::Table|Serverless::SimpleTable)|aws_dynamodb_table")
_ADAPTER = regex(r"^[ \t]*(?:-[ \t]*)?type:[ \t]*['\"]?([a-z]+)", re.MULTILINE)
_PACKAGE = regex(r"\bdbt-([a-z]+)\b")


@click.command("init", cls=GroupedCommand, short_help="Write a leaktight.yaml that suits the project.")
def command() -> int:
    """Look at the project and write a leaktight.yaml that suits it, with comments. Never overwrites one."""
    here = os.getcwd()
    root = config.git_root(here) or here
    present = [name for name in NAMES if os.path.lexists(os.path.join(root, name))]
    if present:
        raise click.UsageError(f"There is a {shown(os.path.join(root, present[0]))} already; it was left as it is.")
    if config.find_configuration(root).path.endswith(".toml"):
        raise click.UsageError(f"{PYPROJECT} has a [tool.leaktight] already; it was left as it is.")
    entries = list_files(Project(root, config.DEFAULT_EXCLUDES, config.git_root(root))).entries
    path = os.path.join(root, NAMES[0])
    write_atomically(path, _text(root, entries).encode())
    say(f"wrote {shown(path)}")
    return CLEAN


def _text(root: str, entries: Iterable[FileEntry]) -> str:
    entries = list(entries)
    folders = [*_dbt_projects(root, entries), *_folders_by_dialect(entries)]
    # YAML has no way to write a name that is no text.
    folders = [item for item in folders if not any("\ud800" <= character <= "\udfff" for character in item[0])]
    lines = [
        f"# yaml-language-server: $schema={SCHEMA_URL}",
        "# Every setting may be left out. `leaktight rules` lists the rules, `leaktight rule NAME` explains one.",
        "",
        "# The SQL dialect by path; the first glob that matches holds. `auto` detects it file by file.",
    ]
    if folders:
        lines.append("dialect:")
        taken: set[str] = set()
        for folder, dialect, why in folders:
            if folder not in taken:
                taken.add(folder)
                lines.append(f"  {_quoted(_glob(folder))}: {dialect}  # {why}")
        lines.append("  default: auto")
    else:
        lines.append("dialect: auto")
    lines += [
        "",
        "# Rules and groups besides those that are on by default, and those not to run.",
        "# extend-select: [strict]",
        "# ignore: [star]",
        "",
        "# Other rules for some paths.",
        "# per-path:",
        '#   "notebooks/**": {ignore: [star]}',
        "",
        "# Files not to look at, as in .gitignore. What .gitignore leaves out is left out already.",
        '# exclude: ["fixtures/"]',
        "",
        "# Files that are read for their tables alone, and files whose tables are not to be believed.",
        "# catalog:",
        '#   ddl: ["dumps/schema.sql"]',
        '#   exclude: ["tests/**"]',
        "",
    ]
    lines += _dynamodb(entries)
    lines += _migrations(entries)
    lines += [
        "# What a file or statement that cannot be analysed means: error, warn or ignore.",
        "not-analysed: warn",
        "",
        "# The lowest severity that makes the exit code 1: error, warning or note.",
        "fail-level: warning",
    ]
    return "\n".join(lines) + "\n"


def _glob(folder: str) -> str:
    """Give the glob of all files in a folder, empty for the root."""
    literal = "".join(f"\\{character}" if character in "*?[\\" else character for character in folder)
    # Behind a slash nothing at the start of a name means anything but itself.
    odd = literal != folder or folder.startswith(("!", "#", "~")) or ":" in folder
    return f"{'/' if odd else ''}{literal}/**" if folder else "**"


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    """Give a character as it stands between YAML's double quotes."""
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _dbt_projects(root: str, entries: Iterable[FileEntry]) -> Iterator[tuple[str, str, str]]:
    for entry in entries:
        folder, _, name = entry.path.rpartition("/")
        if name != "dbt_project.yml":
            continue
        dialect = _adapter(os.path.join(root, folder), root)
        if dialect is not None:
            yield folder, dialect, "the dbt project's adapter"


def _adapter(folder: str, root: str) -> str | None:
    """Give the dialect of a dbt project: of its profile, else of the one adapter that its requirements name."""
    for name in ("profiles.yml", "profiles.yaml"):
        found: set[str] = {word for word in _ADAPTER.findall(_read(os.path.join(folder, name))) if word in _ADAPTERS}
        if len(found) == 1:
            return found.pop()
    for place in dict.fromkeys((folder, root)):
        for name in ("requirements.txt", "requirements.in", "pyproject.toml", "uv.lock", "poetry.lock", "setup.py"):
            found = {word for word in _PACKAGE.findall(_read(os.path.join(place, name))) if word in _ADAPTERS}
            if len(found) == 1:
                return found.pop()
    return None


def _read(path: str) -> str:
    try:
        return read_bytes(path).decode("utf-8", "replace")
    except NotAnalysable:
        return ""


def _folders_by_dialect(entries: Iterable[FileEntry]) -> Iterator[tuple[str, str, str]]:
    """Yield the top folders whose SQL files are, where that can be told, of one dialect, with it and why."""
    votes: dict[str, Counter[str]] = {}
    sql = [entry for entry in entries if entry.language is Language.SQL and "/" in entry.path]
    step = max(len(sql) // _MOST_READ, 1)
    for entry in sql[::step]:
        try:
            dialect = detect(entry.load().text, entry.path)
        except NotAnalysable:
            continue
        if dialect in config.DIALECTS:
            votes.setdefault(entry.path.split("/", 1)[0], Counter())[dialect] += 1
    for folder, counted in sorted(votes.items()):
        dialect, most = counted.most_common(1)[0]
        if most >= _ENOUGH * counted.total():
            files = "1 file" if counted.total() == 1 else f"{counted.total()} files"
            yield folder, dialect, f"told by {files}"


def _dynamodb(entries: Iterable[FileEntry]) -> list[str]:
    for entry in entries:
        if entry.language is not Language.YAML:
            continue
        try:
            found = _DYNAMODB.search(entry.load().text)
        except NotAnalysable:
            continue
        if found:
            return [
                f"# {visible(entry.path)} declares DynamoDB tables.",
                "# The attributes that tell one tenant's items from another's, and the tables that hold no tenant's items:",
                "# dynamodb:",
                "#   tenant_keys: [tenant_id]",
                "#   shared_tables: []",
                "",
            ]
    return []


def _migrations(entries: Iterable[FileEntry]) -> list[str]:
    """Propose to leave out the migrations that have run, where there are many."""
    by_path = {entry.path: entry for entry in entries}
    paths = candidates(by_path)
    found = newest(paths, {path: one for path in paths if (one := _revision(by_path[path])) is not None})
    marks = [mark for mark in found.marks if mark.isprintable()] if found is not None else []
    if found is None or not marks:
        return []
    named = _quoted(marks[0]) if len(marks) == 1 else f"[{', '.join(map(_quoted, marks))}]"
    alone = len(marks) == 1
    last, are = ("the last one that has", "is this one") if alone else ("the last ones that have", "are these")
    return [
        f"# There are {found.count:,} migrations. Name {last} run everywhere: of those up to there no more is told.",
        f"# The newest {are}:",
        f"# migrations: {{start-after: {named}}}",
        "",
    ]


def _revision(entry: FileEntry) -> Revision | None:
    """Give what a migration of Alembic or Django says of those before it."""
    if entry.language is not Language.PYTHON:
        return None
    try:
        view = FileView(entry.load(), ReadProject())
        return next((told for told in read_sources(view) if isinstance(told, Revision)), None)
    except NotAnalysable:
        return None
