"""Opens the projects that a command line is about: their settings, their files, and the plan of what runs where."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import click

from leaktight import config, discovery
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.search_path import SearchPath
from leaktight.catalog.star import StarNames
from leaktight.catalog.table import Statistics, Table, TableName
from leaktight.config.keys import Rules
from leaktight.config.plan import RulesByPath
from leaktight.engine import Plan
from leaktight.files import language_of
from leaktight.lazy import record
from leaktight.operations.project import Project
from leaktight.registry import UnknownRule, check_name, load_rules
from leaktight.report import NotAnalysed
from leaktight.source import Language


@record(frozen=True)
class Asked:
    """What the command line says, over what is configured. `select` None leaves that to the configuration."""

    config: str | None = None
    isolated: bool = False
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    fail_level: str | None = None


@record(frozen=True)
class Unsaved:
    """Text that stands in for the file of a name, which need not exist."""

    path: str
    data: bytes


@record(frozen=True)
class Opened:
    """A project with its files and its plan."""

    settings: config.Settings
    rules: Rules
    entries: tuple[discovery.FileEntry, ...]
    plan: Plan
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: tuple[NotAnalysed, ...] = ()
    folders: tuple[str, ...] | None = None
    missing_sources: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The absolute path of the project's root."""
        return self.settings.root

    def path_of(self, path: str) -> str:
        """Turn a path relative to the root into one relative to the working directory, with slashes."""
        return shown(os.path.join(self.root, path))

    def with_data(self, data: Mapping[str, bytes]) -> Opened:
        """Give the same project with other contents of some of its files."""
        entries = tuple(e.with_data(data[e.path]) if e.path in data else e for e in self.entries)
        return replace(self, entries=entries)


def shown(path: str) -> str:
    """Give an absolute path as messages show it: relative to the working directory, with slashes."""
    try:
        return os.path.relpath(path).replace(os.sep, "/")
    except ValueError:
        return path.replace(os.sep, "/")


def open_projects(arguments: Sequence[str], asked: Asked, unsaved: Unsaved | None = None) -> list[Opened]:
    """Give the project of the working directory, and those of arguments that lie outside it or in a project within it.

    A project within another is a folder with a configuration of its own. A project of which nothing is asked is left out.
    Raises `ConfigurationError`, or `click.UsageError` for a rule that does not exist.
    """
    here = os.getcwd()
    rules = load_rules()
    _check_names(asked, rules)
    own = _configuration(asked, here)
    paths = [*arguments, unsaved.path] if unsaved is not None else list(arguments)
    groups: dict[str, tuple[config.Configuration, list[str]]] = {own.root: (own, [])}
    outside: list[str] = []
    nested = _Nested(asked, own)
    for argument in paths:
        absolute = _absolute(argument, own.root)
        if discovery.Project(own.root).relative(absolute) is None:
            outside.append(absolute)
        else:
            found = nested.of(_folder(absolute))
            groups.setdefault(found.root, (found, []))[1].append(absolute)
    shared = os.path.commonpath([_folder(path) for path in outside]) if outside else None
    by_folder: dict[str, config.Configuration] = {}
    for absolute in outside:
        folder = _folder(absolute)
        found = by_folder.get(folder) or by_folder.setdefault(folder, _configuration(asked, folder, shared))
        groups.setdefault(found.root, (found, []))[1].append(absolute)
    return _each_file_once(
        [
            _open(configuration, inside, asked, rules, unsaved)
            for configuration, inside in groups.values()
            if inside or not paths
        ]
    )


def _each_file_once(projects: list[Opened]) -> list[Opened]:
    """Leave a file that is asked of two projects, one within the other, to the inner one."""
    taken: set[str] = set()
    found: dict[str, Opened] = {}
    for opened in sorted(projects, key=lambda opened: -len(opened.root)):
        asked = {entry.absolute for entry in opened.entries if entry.reported}
        if asked & taken:
            entries = (replace(e, reported=e.reported and e.absolute not in taken) for e in opened.entries)
            opened = replace(opened, entries=tuple(entries))
        taken |= asked
        found[opened.root] = opened
    return [found[opened.root] for opened in projects]


class _Nested:
    """Finds the project inside a project that a folder belongs to: the nearest one with a configuration of its own."""

    def __init__(self, asked: Asked, own: config.Configuration) -> None:
        self._asked = asked
        self._own = own
        self._known: dict[str, config.Configuration] = {own.root: own}

    def of(self, folder: str) -> config.Configuration:
        """Give the configuration that holds in a folder inside the own root."""
        if self._asked.isolated or self._asked.config is not None:
            return self._own
        found = self._known.get(folder)
        if found is None:
            found = config.find_configuration(folder, self._own.root)
            if found.value is None or discovery.Project(self._own.root).relative(found.root) is None:
                found = self._own
            self._known[folder] = found
        return found


def _check_names(asked: Asked, rules: Rules) -> None:
    for option, names in (
        ("--select", asked.select or ()),
        ("--extend-select", asked.extend_select),
        ("--ignore", asked.ignore),
    ):
        for name in names:
            try:
                check_name(name, rules)
            except UnknownRule as error:
                message = str(error)
                raise click.UsageError(f"{option}: {message[:1].upper()}{message[1:]}") from None


def project_root(asked: Asked) -> str:
    """Give the root of the working directory's project, of which no file is listed. Raises `ConfigurationError`."""
    return _configuration(asked, os.getcwd()).root


def _configuration(asked: Asked, start: str, fallback: str | None = None) -> config.Configuration:
    if asked.isolated:
        return config.Configuration(config.git_root(start) or fallback or start)
    if asked.config is not None:
        return config.read_configuration(asked.config, start, fallback)
    return config.find_configuration(start, fallback)


def _absolute(argument: str, root: str) -> str:
    """Give the absolute path of an argument, by way of the real directory where only that lies in the root.

    A link to a folder is that folder, unless it leads out of the root.
    """
    project = discovery.Project(root)
    path = os.path.abspath(argument)
    within = project.relative(path) is not None
    if os.path.isdir(path):
        real = project.real(path)
        if real is not None:
            return os.path.normpath(os.path.join(root, real))
        return path if within else os.path.realpath(path)
    if not within:
        real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        if project.relative(real) is not None:
            return real
    return path


def _folder(path: str) -> str:
    return path if os.path.isdir(path) else os.path.dirname(path)


def _open(
    configuration: config.Configuration,
    arguments: Sequence[str],
    asked: Asked,
    rules: Rules,
    unsaved: Unsaved | None,
) -> Opened:
    settings = _over(configuration.settings(rules), asked)
    project = discovery.Project(
        settings.root, (*config.DEFAULT_EXCLUDES, *settings.exclude), config.git_root(settings.root)
    )
    listing = discovery.list_files(
        project,
        arguments,
        force_exclude=asked.force_exclude,
        catalog_ddl=settings.catalog_ddl,
        catalog_files=settings.catalog_files,
        catalog_exclude=settings.catalog_exclude,
    )
    entries, missing = listing.entries, listing.missing
    if unsaved is not None:
        absolute = _absolute(unsaved.path, settings.root)
        relative = project.relative(absolute)
        if relative is not None and not (asked.force_exclude and project.excluded(relative)):
            entry = discovery.FileEntry(relative, absolute, language_of(relative) or Language.SQL, data=unsaved.data)
            entries = tuple(sorted([*(e for e in entries if e.path != relative), entry], key=lambda e: e.path))
        missing = tuple(path for path in missing if path != absolute)
    plan = _plan(settings, rules)
    plan = replace(plan, project=replace(plan.project, programs=listing.programs))
    return Opened(
        settings, rules, entries, plan, missing, listing.unknown, listing.unread, listing.folders, listing.unmatched
    )


def _over(settings: config.Settings, asked: Asked) -> config.Settings:
    """Give the settings with what the command line says laid over them.

    `--select` says what runs, whatever is configured but for what single paths ignore.
    """
    if asked.select is not None:
        per_path = tuple(replace(item, select=None, extend_select=()) for item in settings.per_path)
        settings = replace(settings, select=asked.select, extend_select=(), ignore=(), per_path=per_path)
    return replace(
        settings,
        extend_select=(*settings.extend_select, *asked.extend_select),
        ignore=(*settings.ignore, *asked.ignore),
        exclude=(*settings.exclude, *asked.exclude),
        fail_level=asked.fail_level or settings.fail_level,
    )


def _declared(settings: config.Settings) -> Iterator[Declaration]:
    """Yield what the configuration says of tables."""
    for name, figures in settings.statistics:
        statistics = Statistics(figures.get("rows"), figures.get("bytes"), figures.get("partitions"))
        table = Table(TableName(tuple(name.split("."))), statistics=statistics, complete=False)
        yield Declaration(table, Origin.CONFIGURATION)


def _plan(settings: config.Settings, rules: Rules) -> Plan:
    dialect_for: Callable[[str], str | None] = settings.dialect_for
    project = Project(
        shared_tables=settings.shared_tables,
        airflow=settings.airflow,
        engine_versions=settings.engine_versions,
        declared=tuple(_declared(settings)),
        start_after=settings.start_after,
    )
    if settings.tenant_keys is not None:
        project = replace(project, tenant_keys=settings.tenant_keys)
    if settings.star:
        project = replace(project, star=StarNames(**settings.star))
    if settings.search_path:
        schemas = [tuple(name.split(".")) for name in settings.search_path]
        names = tuple(TableName(parts, (False,) * len(parts)) for parts in schemas)
        project = replace(project, search_path=SearchPath(names))
    return Plan(
        rules_for=RulesByPath(settings, rules),
        dialect_for=dialect_for,
        known_rules=frozenset(rules),
        project=project,
    )
