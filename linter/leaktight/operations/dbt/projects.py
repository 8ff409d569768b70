"""What the files of a dbt project tell besides its tables: where they lie, what is set for them, what dbt has written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from leaktight.catalog.names import WHOLE_PROJECT
from leaktight.catalog.table import Column, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import record
from leaktight.operations.dbt.settings import Setting, Settings, names_in

UNPLACED = "?"
"""The scope of a table whose project is not known yet."""
UNPLACED_PLAIN = "?plain"
"""The same for a file that shows no sign of dbt but its folder: without a project above it is none of its models."""

KINDS = frozenset({"model", "seed", "snapshot"})
FOLDERS = {"model": "models", "seed": "seeds", "snapshot": "snapshots"}


@record(frozen=True, slots=True)
class FolderSettings:
    """What `dbt_project.yml` sets for the models, seeds or snapshots below a folder: `path` begins with the package."""

    kind: str
    path: tuple[str, ...]
    settings: Settings


@record(frozen=True, slots=True)
class DbtProject:
    """A dbt project: the folder of its `dbt_project.yml`, with a slash at its end, and where its files lie below it.

    `folders` are what it sets for folders, outer before inner.
    """

    folder: str
    name: str
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folders: tuple[FolderSettings, ...] = ()

    @property
    def scope(self) -> str:
        """The scope of its models."""
        return self.folder or WHOLE_PROJECT

    def inside(self, kind: str, path: str) -> tuple[str, ...] | None:
        """Give the parts of a file's path below the folder of its kind, None where it lies in none."""
        below = path[len(self.folder) :]
        for top in self.paths.get(kind, ()) or (FOLDERS[kind],):
            if below.startswith(f"{top}/"):
                return tuple(below[len(top) + 1 :].split("/"))
        return None

    def settings_for(self, kind: str, path: str) -> Settings:
        """Give what the project sets for a file by its folders; of two settings the one of the inner folder counts."""
        parts = self.inside(kind, path)
        found: dict[str, Setting] = {}
        if parts is None:
            return found
        name = parts[-1].rpartition(".")[0]
        at = (self.name, *parts[:-1], name)
        for folder in self.folders:
            if folder.kind == kind and at[: len(folder.path)] == folder.path:
                above = found.get("tags")
                found.update(folder.settings)
                if above is not None and "tags" in folder.settings:
                    own = found["tags"]
                    found["tags"] = Setting([*names_in(above.value), *names_in(own.value)], own.place)
        return found


@record(frozen=True, slots=True)
class DbtNode:
    """A model as `manifest.json` knows it: its file, the digest of its text, and the nodes that it reads."""

    identity: str
    name: str
    kind: str
    path: str
    package: str = ""
    digest: str = ""
    reads: tuple[str, ...] = ()
    relation: TableName | None = None


@record(frozen=True, slots=True)
class DbtManifest:
    """The nodes of one `manifest.json`, those of other packages among them, and which run of dbt has written it.

    `package` is the project's own name, `dialect` that of its warehouse; empty where the manifest does not say it.
    """

    path: str
    package: str
    nodes: tuple[DbtNode, ...]
    invocation: str = ""
    dialect: str = ""


@record(frozen=True, slots=True)
class DbtCatalog:
    """That there is a `catalog.json`, and which run of dbt has written it."""

    path: str
    invocation: str = ""


@record(frozen=True, slots=True)
class DbtSchemaNames:
    """That the project of a file calls a schema as it is set, `marts`, and not `dbt_ada_marts`."""

    path: str


DbtFile = DbtProject | DbtManifest | DbtCatalog | DbtSchemaNames


def with_types(columns: Mapping[str, Column], types: Setting) -> dict[str, Column]:
    """Give columns with the types of `column_types`, a dict by name."""
    said = {str(name).lower(): kind for name, kind in types.value.items()} if isinstance(types.value, dict) else {}
    found = dict(columns)
    for name, column in columns.items():
        kind = said.get(name)
        if isinstance(kind, str) and column.type is None:
            places = {**column.places, "type": types.place} if types.place is not None else column.places
            found[name] = replace(column, type=" ".join(kind.upper().split()), places=places)
    return found


def table_of(name: str, kind: str, location: Location, **facts: object) -> Table:
    """Give the table of a model, seed or snapshot, whose project is not known yet."""
    facts.setdefault("complete", False)
    return Table(TableName((name,)), kind=kind, location=location, scope=UNPLACED, **facts)  # type: ignore[arg-type]
