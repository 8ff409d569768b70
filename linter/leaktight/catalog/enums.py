"""Types with a list of values, as `CREATE TYPE … AS ENUM` makes them: what each could hold, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leaktight.catalog.change import CreateEnum, RenameEnum, TypeChange
from leaktight.catalog.table import TableName

EnumHistory = Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
"""By the last part of a type's name, in lower case: the path of each file that set its values, with the values from then on."""


def enum_history(changes: Iterable[TypeChange]) -> EnumHistory:
    """Give the values that types had one after the other, from changes in the order that they are made in."""
    history: dict[str, list[tuple[str, list[str]]]] = {}
    for change in changes:
        if isinstance(change, CreateEnum):
            history.setdefault(_key(change.name), []).append((change.path, list(change.values)))
            continue
        before = history.get(_key(change.name))
        if not before:
            continue
        at, values = before[-1]
        if isinstance(change, RenameEnum):
            history.setdefault(change.to.lower(), []).append((change.path, list(values)))
            continue
        if at != change.path:
            values = list(values)
            before.append((change.path, values))
        if change.instead is not None:
            values[:] = (value for value in values if value != change.instead)
        values.append(change.value)
    return {name: tuple((at, tuple(values)) for at, values in states) for name, states in history.items()}


def values_before(states: Sequence[tuple[str, tuple[str, ...]]], path: str) -> tuple[str, ...] | None:
    """Give the values that a type had before the file at `path` changed it; None where that is not known."""
    first = next((index for index, (at, _) in enumerate(states) if at == path), None)
    return states[first - 1][1] if first else None


def values_after(states: Sequence[tuple[str, tuple[str, ...]]], path: str) -> tuple[str, ...] | None:
    """Give the values that the file at `path` leaves a type; None where it sets none."""
    return next((values for at, values in reversed(states) if at == path), None)


def _key(name: TableName) -> str:
    return name.folded[-1]
