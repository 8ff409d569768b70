"""How many tables of a project, or of a folder, a fact is told of: what it makes a habit of, and what it has never thought of."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.catalog.table import KeyKind, Table

_LASTING = frozenset({"table", "external", "foreign", "model", "seed", "snapshot"})


class Told:
    """Counts, of tables that last, those that a fact concerns and those that it is told of.

    The fact is a field of `Table`, or `classification`, which any column may have, or `snapshot`, an origin, or
    `references`, a foreign key. Some concern a part of the tables alone: `personal`, that what is personal by its name is
    classified, `filtered`, that a table with partitions in BigQuery is not read without a filter, and `zoned`, that one with
    times keeps some with their zone.
    """

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables = tables
        self._by_folder: dict[str, list[Table]] | None = None
        self._known: dict[tuple[str, str], tuple[int, int]] = {}

    def of(self, fact: str, folder: str) -> tuple[int, int]:
        """Give how many tables the fact is told of and how many it concerns, in the files of a folder, or with `*` in all."""
        known = self._known.get((fact, folder))
        if known is None:
            found = [told for table in self._lasting().get(folder, ()) if (told := _tells(table, fact)) is not None]
            known = self._known[fact, folder] = (sum(found), len(found))
        return known

    def _lasting(self) -> dict[str, list[Table]]:
        if self._by_folder is None:
            lasting = [table for table in self._tables if table.kind in _LASTING and not table.temporary]
            self._by_folder = {"*": lasting}
            for table in lasting:
                self._by_folder.setdefault(table.path[: table.path.rfind("/") + 1], []).append(table)
        return self._by_folder


def _tells(table: Table, fact: str) -> bool | None:
    """Say whether a fact is told of a table; None where it does not concern it."""
    if fact == "classification":
        return any(column.classification or column.tags for column in table.columns.values())
    if fact == "references":
        return any(key.kind is KeyKind.FOREIGN for key in table.keys)
    if fact == "snapshot":
        return any(origin == "snapshot" for origin, _ in table.origins)
    if fact == "filtered":
        cut = table.partitioning  # What dbt's properties or a config tell of a model says no dialect.
        return cut.required if cut is not None and table.dialect in {"bigquery", ""} else None
    if fact == "personal":
        from leaktight.catalog import personal

        held = [one for one in table.columns.values() if personal.personal_kind(one, table) is not None]
        return any(personal.is_classified(one, table) for one in held) if held else None
    if fact == "zoned":
        timed = [
            kind for one in table.columns.values() if any(word in (kind := (one.type or "").upper()) for word in _TIMES)
        ]
        instants = table.dialect in _INSTANTS and "TIMESTAMP" in timed
        return instants or any(any(zone in kind for zone in _ZONES) for kind in timed) if timed else None
    return bool(getattr(table, fact))


_INSTANTS = frozenset({"bigquery", "spark", "databricks", "hive", "mysql"})
"""Dialects in which `TIMESTAMP` itself is an instant."""
_TIMES = ("TIMESTAMP", "DATETIME")
_ZONES = ("STAMPTZ", "_TZ", "_LTZ", "WITH TIME ZONE", "WITH LOCAL TIME ZONE", "DATETIMEOFFSET")
