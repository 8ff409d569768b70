"""What SQLMesh is told of tables that it does not make: `external_models.yaml`, `schema.yaml` in older projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Column, Table, TableName
from leaktight.operations.file import FileView
from leaktight.operations.sources.contract_words import Places, prose
from leaktight.operations.sources.sqlmesh_checks import Checks
from leaktight.operations.yaml_documents import documents
from leaktight.operations.yaml_nodes import items, members, pairs, text, words

if TYPE_CHECKING:
    from yaml import Node


def read(view: FileView) -> Iterator[Declaration]:
    """Yield each external table. Raises `NotAnalysable` where the file is a list and no YAML."""
    if not _is_list(view.source.text):
        return
    places = Places(view.source)
    seen: set[tuple[str, ...]] = set()
    for root in documents(view.source):
        for node in items(root):
            table = _table(places, members(node))
            # Of one name there may be a table behind each gateway; the first stands for them all.
            if table is not None and table.name.folded not in seen:
                seen.add(table.name.folded)
                yield Declaration(table, Origin.SQLMESH)


def _is_list(text: str) -> bool:
    """Say whether a file is a list, as one of external models is; the `schema.yaml` of other tools is not."""
    for line in StringIO(text):
        said = line.strip()
        if said and not said.startswith(("#", "%", "---")):
            return said == "-" or said.startswith(("- ", "["))
    return False


def _table(places: Places, said: Mapping[str, Node]) -> Table | None:
    written = text(said.get("name"))
    listed = pairs(said.get("columns"))
    if written is None or not listed:
        return None
    parts = tuple(part.strip("`\"' ") for part in written.split("."))
    if not all(parts) or "@" in written or "{" in written:
        return None
    described = members(said.get("column_descriptions"))
    checks = _checks(places, said.get("audits"), said.get("assertions"))
    for node in (said.get("grain"), *items(said.get("grains"))):
        if node is not None:
            checks.is_key(_names(node), places.at(node))
    columns: dict[str, Column] = {}
    for key, value in listed:
        name = text(key)
        if name is None:
            continue
        type_ = prose(value)
        columns.setdefault(
            name.lower(),
            checks.of_column(
                Column(
                    name,
                    type_.upper() if type_ is not None else None,
                    comment=prose(described.get(name)),
                    location=places.at(key),
                    places=places.of({"type": value, "comment": described.get(name)}),
                )
            ),
        )
    keys = [key for key in checks.unique_keys() if all(name.lower() in columns for name in key.columns)]
    return Table(
        TableName(parts),
        columns,
        tuple(keys),
        complete=True,
        dialect=(text(said.get("dialect")) or "").lower(),
        comment=prose(said.get("description")),
        location=places.at(said["name"]),
        owner=prose(said.get("owner")),
        tags=words(said.get("tags")),
        places=places.of({"comment": said.get("description"), "owner": said.get("owner")}),
    )


def _names(node: Node | None) -> tuple[str, ...]:
    """Give columns that stand in a list, or in a text as a list does: `(a, b)`, `[a, b]`."""
    one = text(node)
    if one is None:
        return words(node)
    return tuple(name.strip("`\"' ") for name in one.strip("()[] ").split(",") if name.strip("`\"' "))


def _checks(places: Places, *nodes: Node | None) -> Checks:
    checks = Checks()
    for node in nodes:
        for item in items(node):
            said = members(item)
            name = text(said.get("name"))
            if name is None and len(said) == 1:
                name, value = next(iter(said.items()))
                said = members(value)
            checks.add(name or "", _names(said.get("columns")), places.at(item), conditional="condition" in said)
    return checks
