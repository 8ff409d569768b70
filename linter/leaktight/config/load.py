"""Finds the configuration, reads it, and gives the settings or everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from leaktight.config.keys import Rules, top
from leaktight.config.settings import PathSelection, Settings
from leaktight.config.value import ConfigurationError, Problems, Value
from leaktight.files import read_bytes
from leaktight.lazy import record
from leaktight.source import NotAnalysable

NAMES = ("leaktight.yaml", ".leaktight.yaml", "leaktight.yml", ".leaktight.yml")
PYPROJECT = "pyproject.toml"
LARGEST = 1_000_000


@record(frozen=True)
class Configuration:
    """A configuration file as read, before the names of rules are checked.

    `path` is what messages call it, `root` the absolute directory that its globs are relative to.
    """

    root: str
    path: str = ""
    value: Value | None = None

    def settings(self, rules: Rules | None = None) -> Settings:
        """Give the settings. Without `rules` their names and options are taken as they are.

        Raises `ConfigurationError` with everything that is wrong.
        """
        if self.value is None:
            return Settings(root=self.root)
        problems = Problems(self.path)
        read = self._read(rules, problems)
        if problems.found:
            raise ConfigurationError(problems.found)
        return _settings(self.root, self.path, read)

    def _read(self, rules: Rules | None, problems: Problems) -> dict[str, Any]:
        assert self.value is not None
        if not isinstance(self.value.data, Mapping) and self.value.data is not None:
            problems.say(self.value.line, f"The file must be a mapping of settings, not {self.value.kind}.")
            return {}
        return top(rules).read("", self.value, problems) or {}


def _settings(root: str, path: str, read: Mapping[str, Any]) -> Settings:
    dialects = tuple((glob, dialect or None) for glob, dialect in read.get("dialect", ()))
    catalog, dynamodb = read.get("catalog", {}), read.get("dynamodb", {})
    return Settings(
        root=root,
        source=path,
        dialect=dict(dialects).get("default"),
        dialects=tuple(pair for pair in dialects if pair[0] != "default"),
        select=read.get("select"),
        extend_select=read.get("extend-select", ()),
        ignore=read.get("ignore", ()),
        per_path=tuple(
            PathSelection(glob, item.get("select"), item.get("extend-select", ()), item.get("ignore", ()))
            for glob, item in read.get("per-path", ())
        ),
        rules=read.get("rules", {}),
        exclude=read.get("exclude", ()),
        catalog_ddl=catalog.get("ddl", ()),
        catalog_files=catalog.get("files", ()),
        catalog_exclude=catalog.get("exclude", ()),
        search_path=catalog.get("search-path", ()),
        tenant_keys=dynamodb.get("tenant_keys"),
        shared_tables=dynamodb.get("shared_tables", ()),
        star=read.get("star", {}),
        airflow=read.get("airflow"),
        engine_versions=read.get("engine-versions", {}),
        statistics=catalog.get("statistics", ()),
        start_after=read.get("migrations", {}).get("start-after", ()),
        prices=read.get("price-per-tb", ()),
        not_analysed=read.get("not-analysed", Settings.not_analysed),
        fail_level=read.get("fail-level", Settings.fail_level),
    )


def git_root(start: str) -> str | None:
    """Give the nearest directory from `start` upwards that holds a `.git`."""
    for folder in upwards(start):
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
    return None


def upwards(start: str) -> list[str]:
    """Give a directory and all that it stands in, the nearest first."""
    folders = [start]
    while os.path.dirname(folders[-1]) != folders[-1]:
        folders.append(os.path.dirname(folders[-1]))
    return folders


def find_configuration(start: str, fallback_root: str | None = None) -> Configuration:
    """Give the configuration of the nearest directory that has one, from `start` up to the git root.

    The root is that directory; else the git root; else `fallback_root`; else `start`. Raises `ConfigurationError` when
    the file cannot be read, or when two stand side by side.
    """
    limit = git_root(start)
    for folder in upwards(start):
        found = _in_folder(folder)
        if found is not None:
            return found
        if folder == limit:
            break
    return Configuration(limit or fallback_root or start)


def _in_folder(folder: str) -> Configuration | None:
    present = [name for name in NAMES if os.path.lexists(os.path.join(folder, name))]
    project = os.path.join(folder, PYPROJECT)
    value = _pyproject(project) if os.path.lexists(project) else None
    if value is not None:
        present.append(f"{PYPROJECT} with [tool.leaktight]")
    if len(present) > 1:
        both = " and ".join(present)
        raise ConfigurationError.of(os.path.relpath(folder), f"There are both {both} here; keep one of them.")
    if not present:
        return None
    if value is not None:
        return Configuration(folder, _shown(project), value)
    path = os.path.join(folder, present[0])
    return Configuration(folder, _shown(path), _yaml(path))


def read_configuration(path: str, start: str, fallback_root: str | None = None) -> Configuration:
    """Give the configuration of a file that was named, whatever it is called.

    The root is the file's directory when `start` lies in it, else as if there were no file. Raises
    `ConfigurationError`, also when there is no such file.
    """
    absolute = os.path.abspath(path)
    folder = os.path.dirname(absolute)
    if absolute.endswith(".toml"):
        value = _pyproject(absolute)
        if value is None:
            raise ConfigurationError.of(_shown(absolute), "The file has no `[tool.leaktight]`.")
    else:
        value = _yaml(absolute)
    inside = start == folder or start.startswith(folder.rstrip(os.sep) + os.sep)
    root = folder if inside else git_root(start) or fallback_root or start
    return Configuration(root, _shown(absolute), value)


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    return (path if relative.startswith(os.path.join("..", "..", "..")) else relative).replace(os.sep, "/")


def _bytes(path: str) -> bytes:
    try:
        return read_bytes(path, LARGEST)
    except NotAnalysable as problem:
        raise ConfigurationError.of(_shown(path), f"The file is {_past(problem.reason)}.") from None


def _past(reason: str) -> str:
    return f"not readable: {reason.removeprefix('cannot be read: ')}" if reason.startswith("cannot") else reason


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError.of(_shown(path), f"The file is not UTF-8 at byte {error.start}.") from None


def _yaml(path: str) -> Value:
    text = _text(path, _bytes(path))
    from leaktight.config.yaml_file import read_yaml

    return read_yaml(text, _shown(path))


def _pyproject(path: str) -> Value | None:
    data = _bytes(path)
    if b"leaktight" not in data:
        return None
    text = _text(path, data)
    from leaktight.config.toml_file import read_toml

    return read_toml(text, _shown(path))
