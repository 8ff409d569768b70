"""What a change makes of the columns and the partition fields of a table in a lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from leaktight.catalog.table import Column, Partitioning, Table

_LONGEST = 10_000
_SIZES = {"hour": "hour", "day": "day", "month": "month", "year": "year", "date": "day", "date_hour": "hour"}


def with_columns_replaced(table: Table, columns: Mapping[str, Column]) -> Table:
    """Give a table with new columns in the place of its own; Hive's partition columns, which are folders, stay."""
    folders = table.partitioning.columns if table.partitioning is not None and table.partitioning.kind == "hive" else ()
    kept = {name.lower() for name in folders}
    left = {name: column for name, column in table.columns.items() if name in kept and name not in columns}
    return replace(table, columns={**columns, **left}, complete=True)


def with_fields(table: Table, dropped: str, added: Partitioning | None) -> Table:
    """Give a table whose partitions are cut by one field less, one more, or one in the place of another.

    A dropped field is an expression as it was written (`days(ts)`), or the name that it has been given (`ts_day`).
    """
    before = table.partitioning
    fields = _fields(before.expression) if before is not None else []
    left = [field for field in fields if not (dropped and _is(field, dropped))]
    if added is not None:
        left += [field for field in _fields(added.expression) if _plain(field) not in [_plain(one) for one in left]]
    if not left:
        return replace(table, partitioning=None)
    names = {column.name.lower(): column.name for column in table.columns.values()}
    for partitioning in (before, added):
        names |= {name.lower(): name for name in (partitioning.columns if partitioning is not None else ())}
    # Of a bucket's values no filter can tell, unless it names one: it counts where nothing else is there.
    cutting = [field for field in left if _words(field)[:1] not in (["bucket"], ["hash"])]
    read = [names[word] for field in cutting or left for word in _words(field) if word in names]
    if not read:
        return replace(table, partitioning=None)
    sizes = [size for field in cutting if (size := _size(field)) is not None]
    kind = "hash" if not cutting else "transform" if any("(" in field for field in cutting) else "hive"
    place = next((one.location for one in (added, before) if one is not None and one.location is not None), None)
    found = Partitioning(
        tuple(dict.fromkeys(read)),
        f"({', '.join(left)})",
        kind,
        sizes[0] if sizes else None,
        before.required if before is not None else False,
        place,
    )
    return replace(table, partitioning=found)


def _fields(expression: str) -> list[str]:
    text = expression[:_LONGEST].strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    found: list[str] = []
    depth = start = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append(text[start:index].strip())
            start = index + 1
    return [field for field in (*found, text[start:].strip()) if field]


def _plain(field: str) -> str:
    return "".join(field.lower().split())


def _words(field: str) -> list[str]:
    return "".join(character if character.isalnum() or character == "_" else " " for character in field.lower()).split()


def _size(field: str) -> str | None:
    head = _words(field)[:1]
    return _SIZES.get(head[0].removesuffix("s")) if head and "(" in field else None


def _is(field: str, dropped: str) -> bool:
    """Say whether a field is the one that is meant, by its expression or by the name that Iceberg gives it."""
    if _plain(field) == _plain(dropped):
        return True
    words = _words(field)
    return "(" in field and f"{words[-1]}_{words[0].removesuffix('s')}" == dropped.lower()
