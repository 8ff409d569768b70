"""Which dbt project a table belongs to: known when all files are, from the `dbt_project.yml` above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.names import WHOLE_PROJECT
from leaktight.catalog.table import Alias, Column, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import record
from leaktight.operations.dbt.settings import Setting, Settings, names_in, with_settings
from leaktight.report import NotAnalysed

UNPLACED = "?"
"""The scope of a table whose project is not known yet."""
UNPLACED_PLAIN = "?plain"
"""The same for a file that shows no sign of dbt but its folder: without a project above it is none of its models."""

_KINDS = frozenset({"model", "seed", "snapshot"})
_FOLDERS = {"model": "models", "seed": "seeds", "snapshot": "snapshots"}
_MOST_NAMED = 3


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
        for top in self.paths.get(kind, ()) or (_FOLDERS[kind],):
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
    digest: str = ""
    reads: tuple[str, ...] = ()
    relation: TableName | None = None


@record(frozen=True, slots=True)
class DbtManifest:
    """The nodes of one `manifest.json`; those of packages are not among them."""

    path: str
    package: str
    nodes: tuple[DbtNode, ...]


def settled(
    declarations: Iterable[Declaration], projects: Iterable[DbtProject | DbtManifest], paths: Mapping[str, object]
) -> tuple[list[Declaration], list[NotAnalysed]]:
    """Give the declarations of all files, those of dbt placed in their projects, and what is said of stale manifests.

    `paths` are all files. In a project, a file outside of the folders of its kind is no model; without one, a file is one
    of the folder above `models`.
    """
    items = list(declarations)
    known = list(projects)
    if not known and not any(_is_dbt(item) for item in items):
        return items, []
    found = _Settling([one for one in known if isinstance(one, DbtProject)])
    manifests = [_Checked(one, found, items, paths) for one in known if isinstance(one, DbtManifest)]
    for manifest in manifests:
        found.relations.update(manifest.relations)
    kept = []
    for item in items:
        placed = found.place(item) if _is_dbt(item) else item
        if placed is not None:
            for manifest in manifests:
                placed = manifest.believed(placed) if placed is not None else None
        if placed is not None:
            kept.append(placed)
    return sorted(kept, key=_stage), [problem for one in manifests for problem in one.problems]


def _is_dbt(item: Declaration) -> bool:
    return item.table.scope.startswith(UNPLACED) or any(alias.scope == UNPLACED for alias in item.table.aliases)


def _stage(item: Declaration) -> int:
    """Give the place of a declaration among those of dbt: a model's own file counts most, what dbt has written least."""
    if not item.table.scope and not item.table.aliases:
        return 0
    path = _path(item)
    return 2 if path.endswith((".yml", ".yaml")) else 3 if path.endswith(".json") else 1


def _path(item: Declaration) -> str:
    return item.table.location.path if item.table.location is not None else ""


class _Settling:
    def __init__(self, projects: Iterable[DbtProject]) -> None:
        self._projects = {one.folder: one for one in projects}
        self._found: dict[str, DbtProject | None] = {}
        self._settings: dict[tuple[str, str], Settings] = {}
        self.relations: dict[tuple[str, str], TableName] = {}
        """The names in the database of models, by the scope and the name of each."""

    def project(self, path: str) -> DbtProject | None:
        """Give the project of the nearest folder above a file that has one."""
        folder = path[: path.rfind("/") + 1]
        if folder not in self._found:
            at = folder
            while at and at not in self._projects:
                at = at[: at.rfind("/", 0, -1) + 1]
            self._found[folder] = self._projects.get(at)
        return self._found[folder]

    def scope(self, path: str, kind: str) -> str | None:
        """Give the scope that a file's models have, None where it can hold none."""
        project = self.project(path)
        if project is not None:
            return project.scope
        parts = path.split("/")[:-1]
        for name in (_FOLDERS.get(kind, "models"), *_FOLDERS.values()):
            if name in parts:
                return "/".join(parts[: parts.index(name)]) + "/" if parts.index(name) else WHOLE_PROJECT
        return None

    def place(self, item: Declaration) -> Declaration | None:
        table, path = item.table, _path(item)
        is_own = path.endswith((".sql", ".py", ".csv"))
        project = self.project(path)
        if is_own and project is not None and project.inside(table.kind, path) is None:
            return None
        if table.scope == UNPLACED_PLAIN and project is None:
            return None
        scope = self.scope(path, table.kind)
        if scope is None:
            if is_own:
                return None
            scope = path[: path.rfind("/") + 1] or WHOLE_PROJECT
        aliases = [replace(alias, scope=scope) if alias.scope == UNPLACED else alias for alias in table.aliases]
        relation = self.relations.get((scope, table.name.folded[-1])) if table.kind in _KINDS else None
        if relation is not None and all(alias.name != relation for alias in aliases):
            aliases.append(Alias(relation))
        table = replace(table, scope=scope if table.scope.startswith(UNPLACED) else table.scope, aliases=tuple(aliases))
        if is_own and project is not None:
            table = self._configured(table, project, path)
        return replace(item, table=table)

    def _configured(self, table: Table, project: DbtProject, path: str) -> Table:
        settings = project.settings_for(table.kind, path)
        if not settings:
            return table
        made = table.materialized
        if made is not None:
            settings = {**settings, "materialized": Setting(made, table.place_of("materialized"))}
        if any(not key.enforced for key in table.keys):
            settings = {name: setting for name, setting in settings.items() if name != "unique_key"}
        return _typed(with_settings(table, settings), settings)


def _typed(table: Table, settings: Settings) -> Table:
    """Give a seed the types that `column_types` says."""
    types = settings.get("column_types")
    if types is None or not isinstance(types.value, dict) or not table.columns:
        return table
    return replace(table, columns=with_types(table.columns, types))


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


class _Checked:
    """A manifest held against the files as they are: what has changed since is not believed, and said once."""

    def __init__(
        self, manifest: DbtManifest, projects: _Settling, items: Iterable[Declaration], paths: Mapping[str, object]
    ) -> None:
        self._path = manifest.path
        self._folder = manifest.path[: manifest.path.rfind("/") + 1]
        project = projects.project(manifest.path)
        top = project.folder if project is not None else manifest.path[: self._folder.rfind("/", 0, -1) + 1]
        scope = top or WHOLE_PROJECT
        digests = {_path(item): item.table.digest for item in items if item.table.digest}
        gone: list[str] = []
        changed: set[str] = set()
        self._stale: set[str] = set()
        self.relations: dict[tuple[str, str], TableName] = {}
        for node in manifest.nodes:
            path = top + node.path
            if path not in paths:
                gone.append(node.name)
                self._stale.add(node.name.lower())
            elif node.digest and digests.get(path, node.digest) != node.digest:
                changed.add(node.identity)
                self._stale.add(node.name.lower())
            if node.relation is not None and path in paths:
                self.relations[scope, node.name.lower()] = node.relation
        self._rests_on_stale = _readers(manifest.nodes, changed)
        self.problems = list(self._said(gone, [node.name for node in manifest.nodes if node.identity in changed]))

    def _said(self, gone: list[str], changed: list[str]) -> Iterator[NotAnalysed]:
        parts = []
        if gone:
            parts.append(f"of {_some(gone)} the file is not there any more")
        if changed:
            parts.append(f"{_some(changed)} {'has' if len(changed) == 1 else 'have'} changed since")
        if parts:
            reason = f"is older than the project: {', '.join(parts)}; what it says of these is left out"
            yield NotAnalysed(self._path, "stale", reason)

    def believed(self, item: Declaration) -> Declaration | None:
        """Give a declaration as far as it is believed: nothing that dbt has written of a model that has changed since."""
        table = item.table
        path = _path(item)
        if not path.endswith(".json") or not path.startswith(self._folder) or table.kind not in _KINDS:
            return item
        name = table.name.name.lower()
        if name in self._stale:
            return None
        if name in self._rests_on_stale and item.origin is Origin.SNAPSHOT:
            return replace(item, table=replace(table, complete=False))
        return item


def _readers(nodes: Iterable[DbtNode], changed: set[str]) -> set[str]:
    """Give the names of the models that read a changed one, through others too."""
    readers: dict[str, list[DbtNode]] = {}
    for node in nodes:
        for read in node.reads:
            readers.setdefault(read, []).append(node)
    found: set[str] = set()
    waiting = list(changed)
    seen = set(changed)
    while waiting:
        for node in readers.get(waiting.pop(), ()):
            if node.identity not in seen:
                seen.add(node.identity)
                found.add(node.name.lower())
                waiting.append(node.identity)
    return found


def _some(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in sorted(names)[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def table_of(name: str, kind: str, location: Location, **facts: object) -> Table:
    """Give the table of a model, seed or snapshot, whose project is not known yet."""
    facts.setdefault("complete", False)
    return Table(TableName((name,)), kind=kind, location=location, scope=UNPLACED, **facts)  # type: ignore[arg-type]
