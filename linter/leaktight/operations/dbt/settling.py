"""Which dbt project a table belongs to: known when all files are, from the `dbt_project.yml` above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.names import WHOLE_PROJECT
from leaktight.catalog.table import Alias, Column, Table, TableName
from leaktight.operations.dbt.outdated import Checked
from leaktight.operations.dbt.projects import (
    FOLDERS,
    KINDS,
    UNPLACED,
    UNPLACED_PLAIN,
    DbtCatalog,
    DbtFile,
    DbtManifest,
    DbtProject,
    DbtSchemaNames,
    with_types,
)
from leaktight.operations.dbt.schema_names import relations_as_set
from leaktight.operations.dbt.settings import SET_NAME, Setting, with_settings
from leaktight.report import NotAnalysed

_OWN = (".sql", ".py", ".csv")
_INSTALLED = frozenset({"dbt_packages", "dbt_modules"})
_PARTITIONED = frozenset({"bigquery", "spark", "databricks", "athena", "trino", "clickhouse", "hive"})
_CLUSTERED = frozenset({"bigquery", "snowflake", "databricks", "spark", "redshift", "clickhouse"})
"""The dialects of warehouses in which dbt partitions, or sorts, the tables that it builds."""


def settled(
    declarations: Iterable[Declaration], projects: Iterable[DbtFile], paths: Mapping[str, object]
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
    digests = {item.table.path: item.table.digest for item in items if item.table.digest}
    catalogs = [one for one in known if isinstance(one, DbtCatalog)]
    manifests = [
        Checked(one, found.project(one.path), digests, paths, catalogs) for one in known if isinstance(one, DbtManifest)
    ]
    read = {one.path for one in known if isinstance(one, DbtManifest)}
    for manifest in manifests:
        found.relations.update(manifest.relations)
        found.dialects[manifest.scope] = manifest.dialect
    plain = frozenset(
        project.folder
        for one in known
        if isinstance(one, DbtSchemaNames) and (project := found.project(one.path)) is not None
    )
    if plain:
        found.relations = {**relations_as_set(items, found.project, plain), **found.relations}
    kept: list[tuple[int, Declaration]] = []
    for item in items:
        placed = found.place(item) if _is_dbt(item) else item
        if placed is not None:
            if item.origin is Origin.SNAPSHOT and not _beside(item.table.path, read) and _is_dbt(item):
                placed = _undated(placed)
            for manifest in manifests:
                placed = manifest.believed(placed) if placed is not None else None
        if placed is not None:
            kept.append((_stage(item), placed))
            folder = found.of_folder(placed)
            if folder is not None:
                kept.append((_OF_FOLDERS, folder))
    kept.sort(key=lambda one: one[0])
    _forget_ways_to_cut(kept)
    return [item for _, item in kept], [problem for one in manifests for problem in one.problems]


def _forget_ways_to_cut(kept: list[tuple[int, Declaration]]) -> None:
    """Take the partitions from models that a project writes more than once, one for each adapter: which is built is not known."""
    by_name: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for at, (_, item) in enumerate(kept):
        if item.table.kind in KINDS and item.table.scope and item.table.path.endswith(_OWN):
            by_name.setdefault((item.table.scope, item.table.name.folded), []).append(at)
    for places in by_name.values():
        tables = {kept[at][1].table.path: kept[at][1].table for at in places}
        cuts = {repr(table.partitioning and table.partitioning.expression) for table in tables.values()}
        if len(tables) > 1 and len(cuts) > 1:
            for at in places:
                stage, item = kept[at]
                kept[at] = stage, replace(item, table=replace(item.table, partitioning=None, clustering=None))


def _beside(path: str, manifests: Iterable[str]) -> bool:
    folder = path[: path.rfind("/") + 1]
    return any(one.startswith(folder) and "/" not in one[len(folder) :] for one in manifests)


def _undated(item: Declaration) -> Declaration:
    """Give what a `catalog.json` without its manifest says: of a model, which may have changed since, not all."""
    return replace(item, table=replace(item.table, complete=False)) if item.table.kind in KINDS else item


def _is_dbt(item: Declaration) -> bool:
    return item.table.scope.startswith(UNPLACED) or any(alias.scope == UNPLACED for alias in item.table.aliases)


def _stage(item: Declaration) -> int:
    """Give the place of a declaration among those of dbt: a model's own file counts most, what dbt has written least."""
    if not item.table.scope and not item.table.aliases:
        return 0
    path = item.table.path
    return 2 if path.endswith((".yml", ".yaml")) else 4 if path.endswith(".json") else 1


_OF_FOLDERS = 3
"""The place of what `dbt_project.yml` sets for all models of a folder."""


class _Settling:
    def __init__(self, projects: Iterable[DbtProject]) -> None:
        self._projects = {one.folder: one for one in projects}
        self._found: dict[str, DbtProject | None] = {}
        self.relations: dict[tuple[str, str], TableName] = {}
        """The names in the database of models, by the scope and the name of each."""
        self.dialects: dict[str, str] = {}
        """The dialect of each scope whose manifest tells it."""

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
            return self._of_package(project) or project.scope
        parts = path.split("/")[:-1]
        for name in (FOLDERS.get(kind, "models"), *FOLDERS.values()):
            if name in parts:
                return "/".join(parts[: parts.index(name)]) + "/" if parts.index(name) else WHOLE_PROJECT
        return None

    def _of_package(self, project: DbtProject) -> str:
        """Give the scope of the project that a package is installed in, for whose models it is as its own."""
        outer, _, last = project.folder.rstrip("/").rpartition("/")
        above, _, installed = outer.rpartition("/")
        if not last or installed not in _INSTALLED:
            return ""
        top = self._projects.get(f"{above}/" if above else "")
        return top.scope if top is not None else ""

    def place(self, item: Declaration) -> Declaration | None:
        table, path = item.table, item.table.path
        is_own = path.endswith(_OWN)
        project = self.project(path)
        if is_own and project is not None and project.inside(table.kind, path) is None:
            return None
        if table.scope == UNPLACED_PLAIN and project is None:
            return None
        scope = self.scope(path, table.kind)
        if scope is None:
            if is_own:
                return None
            folder = path[: path.rfind("/") + 1]
            # What dbt has written lies in `target`, a folder of the project.
            scope = (folder[: folder.rfind("/", 0, -1) + 1] if path.endswith(".json") else folder) or WHOLE_PROJECT
        aliases = [
            replace(alias, scope=scope) if alias.scope == UNPLACED else alias
            for alias in table.aliases
            if alias.scope != SET_NAME
        ]
        relation = self.relations.get((scope, table.name.folded[-1])) if table.kind in KINDS else None
        if relation is not None and all(alias.name != relation for alias in aliases):
            aliases.append(Alias(relation))
        table = replace(table, scope=scope if table.scope.startswith(UNPLACED) else table.scope, aliases=tuple(aliases))
        return replace(item, table=_as_built(table, self.dialects.get(scope, "")))

    def of_folder(self, item: Declaration) -> Declaration | None:
        """Give what the project sets for a model by its folders; None where that is nothing, or the file is not its own."""
        table, path = item.table, item.table.path
        project = self.project(path) if path.endswith(_OWN) and table.kind in KINDS else None
        settings = project.settings_for(table.kind, path) if project is not None else {}
        if not settings:
            return None
        made = table.materialized
        if made is not None:
            settings = {**settings, "materialized": Setting(made, table.place_of("materialized"))}
        if any(not key.enforced for key in table.keys):
            settings = {name: setting for name, setting in settings.items() if name != "unique_key"}
        bare = Table(table.name, kind=table.kind, complete=False, location=table.location, scope=table.scope)
        types = settings.get("column_types")
        if types is not None and table.kind == "seed":
            bare = replace(
                bare,
                columns=with_types(
                    {name: Column(one.name, location=one.location) for name, one in table.columns.items()}, types
                ),
            )
        settings = {name: setting for name, setting in settings.items() if name not in ("schema", "alias")}
        said = _as_built(with_settings(bare, settings), self.dialects.get(table.scope, ""))
        return Declaration(said, Origin.DBT)


def _as_built(table: Table, dialect: str) -> Table:
    """Give the table of a model as the warehouse of a dialect builds it: a setting of others has no effect there."""
    if not dialect or table.kind not in KINDS:
        return table
    cut = table.partitioning if dialect in _PARTITIONED else None
    sorted_by = table.clustering if dialect in _CLUSTERED else None
    return replace(table, dialect=dialect, partitioning=cut, clustering=sorted_by)
