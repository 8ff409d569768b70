"""`target/catalog.json`: what dbt found in the database, every column of each table with its type, and how much it holds."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Alias, Column, Statistics, Table, TableName
from leaktight.diagnostics import Location, locate
from leaktight.operations.dbt.artifact import Artifact, Object, object_of, text_in, type_in, version_of
from leaktight.operations.dbt.projects import UNPLACED, DbtCatalog, table_of
from leaktight.operations.file import FileView
from leaktight.source import NotAnalysable
from leaktight.text import Span

_KINDS = ("model", "seed", "snapshot")
_KNOWN = frozenset({1})
_ROWS = ("row_count", "num_rows", "rows", "approximate_rows", "reltuples")
_BYTES = ("bytes", "num_bytes", "size_bytes", "total_size", "bytes_on_disk")
_VERSION_PARTS = 4


def read(view: FileView) -> Iterator[Declaration | DbtCatalog]:
    """Yield the tables. Raises `NotAnalysable` where the file is broken, or its schema of a version that is not known."""
    source = view.source
    artifact = Artifact(source)
    found: list[Declaration] = []
    invocation: str | None = None
    for name, _ in artifact.members():
        if name == "metadata":
            invocation = _invocation(object_of(artifact.value()))
            if invocation is None:
                return
        elif name in ("nodes", "sources"):
            for identity, span in artifact.members():
                table = _table(identity, object_of(artifact.value()), span, view)
                if table is not None:
                    found.append(Declaration(table, Origin.SNAPSHOT))
    artifact.end()
    if invocation is not None:
        yield DbtCatalog(source.path, invocation)
        yield from found


def _invocation(metadata: Object) -> str | None:
    version = version_of(metadata)
    if version is None or version[0] != "catalog":
        return None
    if version[1] not in _KNOWN:
        raise NotAnalysable(
            f"is of the schema version v{version[1]} of dbt's catalog, which is not known", code="version"
        )
    return text_in(metadata, "invocation_id") or ""


def _table(identity: str, node: Object, span: Span, view: FileView) -> Table | None:
    metadata = object_of(node.get("metadata"))
    own = [text_in(metadata, name) for name in ("database", "schema", "name")]
    relation = TableName(tuple(part for part in own if part is not None))
    parts = identity.split(".")
    if own[-1] is None or len(parts) < _VERSION_PARTS - 1:
        return None
    place = locate(view.source, span)
    columns = _columns(node, place)
    facts = {
        "columns": columns,
        "complete": bool(columns),
        "comment": text_in(metadata, "comment"),
        "statistics": _statistics(object_of(node.get("stats")), place),
    }
    if parts[0] == "source" and len(parts) >= _VERSION_PARTS:
        called = TableName((parts[2], ".".join(parts[3:])))
        kind = "view" if "VIEW" in (text_in(metadata, "type") or "").upper() else "table"
        return Table(relation, kind=kind, location=place, aliases=(Alias(called, UNPLACED),), **facts)  # type: ignore[arg-type]
    if parts[0] not in _KINDS:
        return None
    # `model.shop.orders`, and `model.shop.orders.v2` for a version.
    name = "_".join(parts[2:])
    return table_of(name, parts[0], place, aliases=(Alias(relation),) if len(relation.parts) > 1 else (), **facts)


def _columns(node: Object, place: Location) -> dict[str, Column]:
    said: list[tuple[float, Column]] = []
    for item in object_of(node.get("columns")).values():
        column = object_of(item)
        name = text_in(column, "name")
        index = column.get("index")
        if name is not None:
            found = Column(name, type_in(column, "type"), comment=text_in(column, "comment"), location=place)
            said.append((index if isinstance(index, int | float) else float("inf"), found))
    said.sort(key=lambda one: one[0])
    return {column.name.lower(): column for _, column in said}


def _statistics(stats: Object, place: Location) -> Statistics | None:
    rows, size = _count(stats, _ROWS), _count(stats, _BYTES)
    return Statistics(rows, size, location=place) if rows is not None or size is not None else None


def _count(stats: Object, names: tuple[str, ...]) -> int | None:
    for name in names:
        said = object_of(stats.get(name))
        value = said.get("value")
        if isinstance(value, str):
            value = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e18:
            return int(value)
    return None
