"""`dbt_project.yml`: where a dbt project's files lie, and what it sets for all models of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.operations.dbt.nodes import literal_of, place_of, plain, texts_of, value_of
from leaktight.operations.dbt.projects import DbtProject, FolderSettings
from leaktight.operations.dbt.settings import NAMES, Setting
from leaktight.operations.file import FileView
from leaktight.operations.yaml_documents import only_document
from leaktight.operations.yaml_nodes import collected, shape_of
from leaktight.source import Source

if TYPE_CHECKING:
    from yaml import Node

_KINDS = {"models": "model", "seeds": "seed", "snapshots": "snapshot"}
_PATHS = {
    "model": ("model-paths", "source-paths"), "seed": ("seed-paths", "data-paths"), "snapshot": ("snapshot-paths",),
}  # fmt: skip
_DEFAULTS = {"model": ("models",), "seed": ("seeds", "data"), "snapshot": ("snapshots",)}
_DEEPEST = 20
_MOST_FOLDERS = 5000


def read(view: FileView) -> Iterator[DbtProject]:
    """Yield the project. Raises `NotAnalysable` where the file is broken."""
    source = view.source
    root = collected(only_document(source))
    name = literal_of(value_of(root, "name"))
    if not name:
        return
    paths = {
        kind: tuple(path.strip("./") for path in texts_of(value_of(root, *keys))) or _DEFAULTS[kind]
        for kind, keys in _PATHS.items()
    }
    folders: list[FolderSettings] = []
    for key, kind in _KINDS.items():
        _folders(source, value_of(root, key), kind, (), folders)
    folders.sort(key=lambda folder: len(folder.path))
    yield DbtProject(source.path[: source.path.rfind("/") + 1], name, paths, tuple(folders))


def _folders(
    source: Source, node: Node | None, kind: str, path: tuple[str, ...], folders: list[FolderSettings]
) -> None:
    settings: dict[str, Setting] = {}
    for name, (key, value) in collected(node).items():
        plain_name = name.removeprefix("+")
        if name.startswith("+") or (plain_name in NAMES and shape_of(value) != "mapping"):
            if plain_name in NAMES and not _is_filled_in(value):
                settings[plain_name] = Setting(plain(value), place_of(source, key))
        elif shape_of(value) == "mapping" and len(path) < _DEEPEST and len(folders) < _MOST_FOLDERS:
            _folders(source, value, kind, (*path, name), folders)
    if settings:
        folders.append(FolderSettings(kind, path, settings))


def _is_filled_in(node: Node) -> bool:
    return shape_of(node) == "scalar" and "{{" in node.value
