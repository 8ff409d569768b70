"""Whether what dbt has written fits the project's files as they are: what has changed since is not believed, and said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.names import WHOLE_PROJECT
from leaktight.catalog.table import TableName
from leaktight.operations.dbt.projects import KINDS, DbtCatalog, DbtManifest, DbtNode, DbtProject
from leaktight.report import NotAnalysed
from leaktight.text import listed

_MOST_NAMED = 4


class Checked:
    """A manifest held against the files as they are.

    `digests` has the digest of each model's text by its path, `paths` all files. What lies in a folder of which no file is
    known was not looked for: it may be left out of the check.
    """

    def __init__(
        self,
        manifest: DbtManifest,
        project: DbtProject | None,
        digests: Mapping[str, str],
        paths: Iterable[str],
        catalogs: Iterable[DbtCatalog] = (),
    ) -> None:
        self._path = manifest.path
        self._folder = _folder(manifest.path)
        top = project.folder if project is not None else _folder(self._folder[:-1])
        self.scope = top or WHOLE_PROJECT
        self.dialect = manifest.dialect
        own = manifest.package or (project.name if project is not None else "")
        known = frozenset(paths)
        folders = {_folder(path) for path in known}
        gone: list[str] = []
        changed: dict[str, str] = {}
        self._stale: set[str] = set()
        self.relations: dict[tuple[str, str], TableName] = {}
        """The names in the database of the project's models, by the scope and the name of each."""
        for node in manifest.nodes:
            if not own or node.package != own:
                continue
            path = top + node.path
            if path not in known:
                if _folder(path) in folders and node.kind != "seed":
                    gone.append(node.name)
                    self._stale.add(node.name.lower())
                continue
            if node.digest and digests.get(path, node.digest) != node.digest:
                changed[node.identity] = node.name
                self._stale.add(node.name.lower())
            if node.relation is not None:
                self.relations[self.scope, node.name.lower()] = node.relation
        self._rests_on_stale = _readers(manifest.nodes, changed)
        self._same_run = {one.path for one in catalogs if one.invocation and one.invocation == manifest.invocation}
        self.problems = list(self._said(gone, list(changed.values())))

    def _said(self, gone: list[str], changed: list[str]) -> Iterator[NotAnalysed]:
        parts = []
        if gone:
            parts.append(f"of {listed(sorted(gone), _MOST_NAMED)} there is no file any more")
        if changed:
            parts.append(
                f"{listed(sorted(changed), _MOST_NAMED)} {'has' if len(changed) == 1 else 'have'} changed since"
            )
        if parts:
            reason = f"it is older than the project: {', '.join(parts)}; what it says of these is left out"
            yield NotAnalysed(self._path, "stale", reason)

    def believed(self, item: Declaration) -> Declaration | None:
        """Give a declaration as far as it is believed: nothing that dbt has written of a model that has changed since."""
        table = item.table
        path = table.path
        if not path.endswith(".json") or not path.startswith(self._folder) or table.kind not in KINDS:
            return item
        name = table.name.name.lower()
        if name in self._stale:
            return None
        # What the database holds is that of the last run; a catalog of an earlier one may lack a column by now.
        if item.origin is Origin.SNAPSHOT and (name in self._rests_on_stale or path not in self._same_run):
            return replace(item, table=replace(table, complete=False))
        return item


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]


def _readers(nodes: Iterable[DbtNode], changed: Iterable[str]) -> set[str]:
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
