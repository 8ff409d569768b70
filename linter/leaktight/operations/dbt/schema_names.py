"""The names in the database of the models of a dbt project that calls its schemas as they are set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from leaktight.catalog.declaration import Declaration
from leaktight.catalog.table import TableName
from leaktight.operations.dbt.projects import DbtProject
from leaktight.operations.dbt.settings import SET_NAME

_OWN = (".sql", ".py", ".csv")
_KINDS = frozenset({"model", "seed"})


def relations_as_set(
    items: Iterable[Declaration], project_of: Callable[[str], DbtProject | None], plain: frozenset[str]
) -> Mapping[tuple[str, str], TableName]:
    """Give the name of each model of which a schema is set, by the scope and the name of the model.

    `plain` are the folders of the projects that call a schema as it is set. What a model's file says counts before its
    property file, and that before the folders of `dbt_project.yml`.
    """
    said: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}
    for item in items:
        table = item.table
        path = table.path
        project = project_of(path) if table.kind in _KINDS and not path.endswith(".json") else None
        if project is None or project.folder not in plain:
            continue
        is_own = path.endswith(_OWN)
        of_model = said.setdefault((project.scope, table.name.folded[-1]), {})
        for alias in table.aliases:
            if alias.scope == SET_NAME:
                for what, text in zip(("schema", "alias"), alias.name.parts, strict=True):
                    _put(of_model, what, text, 0 if is_own else 1)
        if is_own:
            of_model.setdefault("name", (0, table.name.name))
            for what, setting in project.settings_for(table.kind, path).items():
                if what in ("schema", "alias") and isinstance(setting.value, str):
                    _put(of_model, what, setting.value, 2)
    return {
        key: TableName((found["schema"][1], (found.get("alias") or found["name"])[1]))
        for key, found in said.items()
        if "schema" in found and "name" in found
    }


def _put(found: dict[str, tuple[int, str]], what: str, text: str, rank: int) -> None:
    if text and (what not in found or rank < found[what][0]):
        found[what] = (rank, text)
