"""A table of the catalog as values that JSON can hold, each with the place it was read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Column, Index, Key, Table
from leaktight.diagnostics import Location

PathOf = Callable[[str], str]
"""Gives a path of the project as the user sees it."""


def place(location: Location | None, path_of: PathOf) -> str | None:
    """Give a place as `path:line`, None where a fact has none."""
    return f"{path_of(location.path)}:{location.start.line}" if location is not None else None


def table_values(table: Table, path_of: PathOf) -> dict[str, Any]:
    """Give all that is known of a table."""
    partitioning, clustering, counted = table.partitioning, table.clustering, table.statistics
    origins = table.origins or ((Origin.DDL.value, table.location),)
    return {
        "name": str(table.name),
        "kind": table.kind,
        "dialect": table.dialect or None,
        "temporary": table.temporary,
        "complete": table.complete,
        "comment": table.comment,
        "owner": table.owner,
        "retention": table.retention,
        "role": table.role,
        "tags": list(table.tags),
        "place": place(table.location, path_of),
        "places": _places(table.places, path_of),
        "origins": [{"source": source, "place": place(at, path_of)} for source, at in origins],
        "columns": [_column(item, path_of) for item in table.columns.values()],
        "keys": [_key(item, path_of) for item in table.keys],
        "indexes": [_index(item, path_of) for item in table.indexes],
        "partitioning": partitioning and {
            "columns": list(partitioning.columns), "expression": partitioning.expression, "kind": partitioning.kind,
            "granularity": partitioning.granularity, "required": partitioning.required,
            "place": place(partitioning.location, path_of),
        },
        "clustering": clustering and {
            "columns": list(clustering.columns), "place": place(clustering.location, path_of),
        },
        "statistics": counted and {
            "rows": counted.rows, "bytes": counted.bytes, "partitions": counted.partitions,
            "place": place(counted.location, path_of),
        },
    }  # fmt: skip


def _places(places: Mapping[str, Location], path_of: PathOf) -> dict[str, str | None]:
    return {fact: place(at, path_of) for fact, at in sorted(places.items())}


def _column(item: Column, path_of: PathOf) -> dict[str, Any]:
    return {
        "name": item.name, "type": item.type, "nullable": item.nullable, "default": item.default,
        "generated": item.generated, "comment": item.comment, "classification": item.classification,
        "tags": list(item.tags), "place": place(item.location, path_of), "places": _places(item.places, path_of),
    }  # fmt: skip


def _key(item: Key, path_of: PathOf) -> dict[str, Any]:
    return {
        "kind": item.kind.value, "name": item.name, "columns": list(item.columns),
        "references": str(item.references) if item.references is not None else None,
        "referenced_columns": list(item.referenced_columns), "enforced": item.enforced,
        "place": place(item.location, path_of),
    }  # fmt: skip


def _index(item: Index, path_of: PathOf) -> dict[str, Any]:
    return {
        "name": item.name, "columns": list(item.columns), "unique": item.unique, "predicate": item.predicate,
        "method": item.method, "included": list(item.included), "place": place(item.location, path_of),
    }  # fmt: skip
