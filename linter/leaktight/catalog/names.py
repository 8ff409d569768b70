"""Which of several tables of one name is meant: by the parts of the name, the engine, and the place of the file."""

from __future__ import annotations

from leaktight.catalog.table import Table

_ENGINES: dict[str, str] = {
    dialect: engine
    for engine, dialects in {
        "postgres": "postgres redshift materialize risingwave",
        "mysql": "mysql singlestore starrocks doris",
        "lake": "spark spark2 databricks hive athena presto trino",
        "tsql": "tsql fabric",
    }.items()
    for dialect in dialects.split()
}


def compatible(one: str, other: str) -> bool:
    """Say whether two dialects may be of one engine; the generic dialect may be of any."""
    return not one or not other or _ENGINES.get(one, one) == _ENGINES.get(other, other)


def nearest(tables: list[Table], path: str) -> list[Table]:
    """Give the tables whose file shares most folders with `path`."""
    shared = [_shared(table.location.path if table.location is not None else "", path) for table in tables]
    most = max(shared, default=0)
    return [table for table, count in zip(tables, shared, strict=True) if count == most]


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count
