"""Which of several tables of one name is meant: by the parts of the name, the engine, and the place of the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from leaktight.catalog.table import Table

_One = TypeVar("_One")

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


def engine(dialect: str) -> str:
    """Give the family of engines that a dialect is of: `postgres`, `mysql`, `lake`, `tsql`, or the dialect itself."""
    return _ENGINES.get(dialect, dialect)


_ROW_STORES = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle"})
_NOT_ROW_STORES = frozenset({"redshift", "fabric", "starrocks", "doris", "materialize", "risingwave"})


def is_row_store(dialect: str) -> bool:
    """Say whether a dialect is of a database for transactions, which keeps rows together and looks them up by indexes."""
    return engine(dialect) in _ROW_STORES and dialect not in _NOT_ROW_STORES


def compatible(one: str, other: str) -> bool:
    """Say whether two dialects may be of one engine; the generic dialect may be of any."""
    return not one or not other or engine(one) == engine(other)


WHOLE_PROJECT = "./"
"""The scope of what counts in every file of the project."""


def in_scope(path: str, scope: str) -> bool:
    """Say whether a file lies in the folder that a name counts in; every file does where there is none."""
    return not scope or scope == WHOLE_PROJECT or path.startswith(scope)


def depth(scope: str) -> int:
    """Give how deep the folder of a scope lies: 0 without one, 1 for the whole project."""
    return scope.count("/") + (scope not in ("", WHOLE_PROJECT))


def nearest(tables: list[Table], path: str) -> list[Table]:
    """Give the tables whose file shares most folders with `path`."""
    return nearest_to(path, [(table.path, table) for table in tables])


def nearest_to(path: str, placed: Iterable[tuple[str, _One]]) -> list[_One]:
    """Give those of some things, each with the path of its file, that stand in the file `path`, or share most folders with it."""
    ranked: dict[int, list[_One]] = {}
    for where, one in placed:
        ranked.setdefault(_shared(where, path), []).append(one)
    return ranked[max(ranked)] if ranked else []


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count + (one == other)
