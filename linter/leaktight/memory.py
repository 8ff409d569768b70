"""What is remembered of a project between runs: what each file tells, and what the rules found in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from leaktight.cache import (
    cache_file,
    digest,
    pack,
    package_stamps,
    package_version,
    parser_files,
    read_table,
    unpack,
    write_table,
)
from leaktight.catalog.catalog import Catalog
from leaktight.engine import FileResult
from leaktight.operations.project import FileFacts, Project
from leaktight.operations.table_read import TableRead
from leaktight.rule import Rule

_Asked = tuple[tuple[str, ...], tuple[str, ...], bool]
"""The tables that rules asked about, those whose reads they asked for, and whether they asked about DynamoDB."""


class ProjectCache:
    """The remembered answers of one project. `version` tells this tool with its rule packages from any other.

    An answer about a file counts while the file and the settings are the same (its key) and the tables that its rules
    asked for are.
    """

    @classmethod
    def of(cls, root: str, rules: Iterable[type[Rule]]) -> ProjectCache:
        """Give the cache of the project at `root`, for this tool with these rules installed."""
        packages = {"leaktight", *(rule.__module__.partition(".")[0] for rule in rules)}
        version = digest(package_version(packages), package_stamps(parser_files()))
        return cls(cache_file("project", root), version)

    def __init__(self, path: str, version: str) -> None:
        self._path = path
        self._version = version
        table = read_table(path)
        self._table: dict[str, tuple[Any, ...]] = table if table.get("") == (version,) else {}
        self._changed = False
        self._catalog: Catalog | None = None
        self._answers: dict[str, str] = {}
        """Digests of what the catalog answers: a table of many columns is long, and many files ask for it."""
        self._dynamodb = ""

    def facts(self, path: str, key: str) -> FileFacts | None:
        """Give what a file told the project, if it was this very file."""
        found = self._table.get("facts " + path)
        value = unpack(found[1]) if found is not None and found[0] == key else None
        return value if isinstance(value, FileFacts) else None

    def put_facts(self, path: str, key: str, facts: FileFacts) -> None:
        """Remember what a file tells the project."""
        self._table["facts " + path] = (key, pack(facts))
        self._changed = True

    def result(self, path: str, key: str, project: Project) -> FileResult | None:
        """Give what the rules found in a file, if neither it nor what they asked for has changed."""
        found = self._table.get("result " + path)
        if found is None or found[0] != key:
            return None
        _, asked, rested_on, data = found
        if rested_on != self._rests_on(asked, project):
            return None
        value = unpack(data)
        return value if isinstance(value, FileResult) else None

    def put_result(self, path: str, key: str, result: FileResult, project: Project) -> None:
        """Remember what the rules found in a file."""
        asked = (tuple(sorted(result.asked)), tuple(sorted(result.asked_reads)), result.asked_dynamodb)
        self._table["result " + path] = (key, asked, self._rests_on(asked, project), pack(result))
        self._changed = True

    def reads(self, path: str, key: str) -> tuple[TableRead, ...] | None:
        """Give what the SQL of a file reads, if it was this very file."""
        found = self._table.get("reads " + path)
        value = unpack(found[1]) if found is not None and found[0] == key else None
        return value if isinstance(value, tuple) else None

    def put_reads(self, path: str, key: str, reads: tuple[TableRead, ...]) -> None:
        """Remember what the SQL of a file reads."""
        self._table["reads " + path] = (key, pack(reads))
        self._changed = True

    def _rests_on(self, asked: _Asked, project: Project) -> str:
        if project.catalog is not self._catalog:
            self._catalog, self._answers, self._dynamodb = project.catalog, {}, ""
        tables, read, dynamodb = asked
        facts = [self._answers.get(name) or self._answer(name, project.catalog) for name in tables]
        facts += [repr(project.reads.named(name)) for name in read]
        if dynamodb:
            told = (project.dynamodb_tables, project.table_variables, project.dynamodb_uses)
            self._dynamodb = self._dynamodb or digest(repr(_ordered(told)))
            facts.append(self._dynamodb)
        return digest(*facts)

    def _answer(self, name: str, catalog: Catalog) -> str:
        found = self._answers[name] = digest(catalog.answer(name), repr(catalog.enum(name)))
        return found

    def keep(self, paths: Iterable[str]) -> None:
        """Forget every file but these."""
        kept = {"", *("facts " + path for path in paths)}
        kept |= {kind + name[6:] for name in kept if name for kind in ("result ", "reads ")}
        gone = [name for name in self._table if name not in kept]
        for name in gone:
            del self._table[name]
        self._changed = self._changed or bool(gone)

    def save(self) -> None:
        """Write what is remembered, if it has changed."""
        if self._changed:
            self._table[""] = (self._version,)
            write_table(self._path, self._table)


def _ordered(value: object) -> object:
    """Give what a value holds in one order: that of sets differs from process to process."""
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    if is_dataclass(value):
        return [_ordered(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, Mapping):
        return [(key, _ordered(item)) for key, item in value.items()]
    return value


def rules_digest(rules: Sequence[Rule], project: Project) -> str:
    """Give what tells these rules, their options and the configured facts they ask for from any others."""
    versions = sorted(project.engine_versions.items())
    facts = (project.tenant_keys, project.shared_tables, project.airflow, versions, project.star, project.search_path)
    programs = sorted(project.programs)
    return digest(repr(facts), repr(programs), *(f"{rule.name} {rule!r}" for rule in rules))
