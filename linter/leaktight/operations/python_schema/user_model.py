"""The model of a Django project's users, which models and migrations name by a setting: `settings.AUTH_USER_MODEL`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from leaktight.catalog.change import AddColumn, AddKey, CreateTable
from leaktight.catalog.declaration import Container, Declaration
from leaktight.catalog.table import Key, KeyKind, TableName

KEY = "settings.AUTH_USER_MODEL"
"""The key under which settings tell it."""
NAMED_BY_SETTING = TableName((KEY,))
"""What a key refers to until the settings are known."""

_T = TypeVar("_T")


def user_table(told: Iterable[object]) -> TableName | None:
    """Give the table of the users by its model's name; None where no settings tell it, or some another than others."""
    named = {item.name.lower() for item in told if isinstance(item, Container) and item.key == KEY}
    # What the settings of the tests alone leave out is Django's own model.
    named = named - {"auth.user"} or named
    return TableName((named.pop().replace(".", "_"),)) if len(named) == 1 else None


def with_user_table(items: Iterable[_T], users: TableName | None) -> Iterator[_T]:
    """Yield changes and declarations whose keys refer to the users' table; to one that is not known no key refers."""
    for item in items:
        match item:
            case Declaration(table=table) if _refers(table.keys):
                yield replace(item, table=replace(table, keys=_keys(table.keys, users)))
            case CreateTable(table=table) if _refers(table.keys):
                yield replace(item, table=replace(table, keys=_keys(table.keys, users)))
            case AddColumn(keys=keys) if _refers(keys):
                yield replace(item, keys=_keys(keys, users))
            case AddKey(key=key) if _refers((key,)):
                for known in _keys((key,), users):
                    yield replace(item, key=known)
            case _:
                yield item


def _refers(keys: tuple[Key, ...]) -> bool:
    return any(key.references == NAMED_BY_SETTING for key in keys)


def _keys(keys: tuple[Key, ...], users: TableName | None) -> tuple[Key, ...]:
    found = (replace(key, references=users) if key.references == NAMED_BY_SETTING else key for key in keys)
    return tuple(key for key in found if key.references is not None or key.kind is not KeyKind.FOREIGN)
