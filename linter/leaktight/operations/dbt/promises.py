"""What dbt's tests and constraints promise of a table: which columns are unique, never NULL, or lead to another table.

A test looks at the table after it was written, so nothing holds a broken row back: its keys are not enforced. One that only
warns, or looks at some rows, promises nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from leaktight.catalog.table import Key, KeyKind, Table, TableName
from leaktight.diagnostics import Location
from leaktight.embedding.jinja.declarations import called_relation
from leaktight.operations.dbt.settings import is_plain, names_in

_PARTIAL = frozenset({"where", "row_condition", "limit", "error_if", "enabled"})
"""What makes a test look at some rows, or fail for some of them, unless it is empty."""
_COLUMNS = {
    "unique_combination_of_columns": "combination_of_columns",
    "expect_compound_columns_to_be_unique": "column_list",
    "primary_key": "column_names",
    "unique_key": "column_names",
}
"""Tests of packages that a set of columns is unique, and which argument names them."""
_UNIQUE = frozenset({"unique", "expect_column_values_to_be_unique", "unique_key", "primary_key"})
_NOT_NULL = frozenset({"not_null", "expect_column_values_to_not_be_null", "primary_key"})


class Test(NamedTuple):
    """A test as it is written: its name, with its package, and its arguments, those of its configuration among them."""

    name: str
    arguments: Mapping[str, object]
    place: Location | None = None
    column: str | None = None


class Promise(NamedTuple):
    """A key, or the columns that are never NULL, each with the place that says so."""

    keys: tuple[Key, ...] = ()
    not_null: tuple[tuple[str, Location | None], ...] = ()


def promise_of(test: Test) -> Promise:
    """Give what a test promises: nothing where it only warns, looks at some rows, or is none that is known."""
    arguments = test.arguments
    if str(arguments.get("severity", "error")).lower() != "error":
        return Promise()
    for name in _PARTIAL:
        said = arguments.get(name)
        if said is not None and said != "" and not (name == "enabled" and said is True):
            return Promise()
    package, _, name = test.name.rpartition(".")
    if package not in ("", "dbt", "dbt_utils", "dbt_expectations", "dbt_constraints"):
        return Promise()
    column = arguments.get("column_name", test.column)
    columns: tuple[str, ...] = (column,) if is_plain(column) and isinstance(column, str) else ()
    if name == "relationships":
        return Promise(_foreign(columns, arguments, test.place))
    named = names_in(arguments.get(_COLUMNS.get(name, "")))
    listed = tuple(item.strip('`"[]') for item in named)
    if name in _COLUMNS and listed and not all(map(is_plain, listed)):
        return Promise()
    if name in ("unique_combination_of_columns", "expect_compound_columns_to_be_unique"):
        return Promise((Key(KeyKind.UNIQUE, listed, enforced=False, location=test.place),)) if listed else Promise()
    columns = listed or columns
    keys: tuple[Key, ...] = ()
    if name in _UNIQUE and columns:
        kind = KeyKind.PRIMARY if name == "primary_key" else KeyKind.UNIQUE
        keys = (Key(kind, columns, enforced=False, location=test.place),)
    never_null = columns if name in _NOT_NULL else ()
    return Promise(keys, tuple((column, test.place) for column in never_null))


def _foreign(columns: tuple[str, ...], arguments: Mapping[str, object], place: Location | None) -> tuple[Key, ...]:
    target, field = arguments.get("to"), arguments.get("field")
    names = called_relation(target) if isinstance(target, str) else ()
    if not columns or not names or not isinstance(field, str) or not is_plain(field):
        return ()
    return (Key(KeyKind.FOREIGN, columns, TableName(names), (field,), enforced=False, location=place),)


class Constraint(NamedTuple):
    """A constraint as it is written; `columns` are the column it stands at, or those that it lists."""

    kind: str
    columns: tuple[str, ...]
    arguments: Mapping[str, object]
    place: Location | None = None


def constrained(constraints: Iterable[Constraint]) -> Promise:
    """Give what constraints promise. Whether they are enforced is up to the warehouse, and most do not."""
    keys: list[Key] = []
    not_null: list[tuple[str, Location | None]] = []
    for item in constraints:
        if not item.columns:
            continue
        match item.kind:
            case "not_null":
                not_null += [(column, item.place) for column in item.columns]
            case "primary_key" | "unique":
                kind = KeyKind.PRIMARY if item.kind == "primary_key" else KeyKind.UNIQUE
                name = item.arguments.get("name")
                named = name if isinstance(name, str) else None
                keys.append(Key(kind, item.columns, enforced=False, location=item.place, name=named))
                if kind is KeyKind.PRIMARY:
                    not_null += [(column, item.place) for column in item.columns]
            case "foreign_key":
                keys += _constrained_foreign(item)
            case _:
                continue
    return Promise(tuple(keys), tuple(not_null))


def _constrained_foreign(item: Constraint) -> Iterator[Key]:
    target, expression = item.arguments.get("to"), item.arguments.get("expression")
    columns = names_in(item.arguments.get("to_columns"))
    names = called_relation(target) if isinstance(target, str) else ()
    if not names and isinstance(target, str) and "{" not in target and "(" not in target:
        names = tuple(part.strip('`"[] ') for part in target.split("."))
    if not names and isinstance(expression, str) and "{" not in expression:
        words = expression.split("(")[0].split()
        if words[:1] and words[0].lower() == "references":
            words = words[1:]
        names = tuple(part.strip('`"[]') for part in words[0].split(".")) if len(words) == 1 else ()
        listed = expression.partition("(")[2].partition(")")[0]
        columns = tuple(part.strip('`"[] ') for part in listed.split(",") if part.strip())
    if names and all(names):
        yield Key(KeyKind.FOREIGN, item.columns, TableName(names), columns, enforced=False, location=item.place)


def with_promises(table: Table, promises: Iterable[Promise]) -> Table:
    """Give a table with what is promised of it, each key once."""
    keys: dict[tuple[object, ...], Key] = {(key.kind, key.columns, key.references): key for key in table.keys}
    never_null: list[tuple[str, Location | None]] = []
    for promise in promises:
        never_null += promise.not_null
        for key in promise.keys:
            keys.setdefault((key.kind, key.columns, key.references), key)
            if key.kind is KeyKind.PRIMARY:
                never_null += [(column, key.location) for column in key.columns]
    columns = dict(table.columns)
    for name, place in never_null:
        column = columns.get(name.lower())
        if column is not None and column.nullable is None:
            places = {**column.places, "nullable": place} if place is not None else column.places
            columns[name.lower()] = replace(column, nullable=False, places=places)
    return replace(table, columns=columns, keys=tuple(keys.values()))
