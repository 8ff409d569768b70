"""What becomes of a table's keys, indexes and partitioning when one of its columns is renamed or dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from leaktight.catalog.table import Check, Index, Partitioning, Table
from leaktight.lazy import regex

_WORDS = regex(r"'(?:[^']|'')*'|(?<![\w.:$])(?<!\bas )[^\W\d][\w$]*(?!\s*\()(?![\w$])", re.IGNORECASE)
"""The strings and the words of an expression, but for the names of functions, fields and types."""


def renamed(table: Table, name: str, to: str, *, quoted: bool = False) -> Table:
    """Give a table as it is once its column `name`, in lower case, is called `to`; `quoted` says that quotes stand round it."""
    columns = {
        (to.lower() if key == name else key): (replace(column, name=to, quoted=quoted) if key == name else column)
        for key, column in table.columns.items()
    }

    def swap(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_in_expression(item, name, to) for item in names)

    def moved(index: Index) -> Index:
        predicate = _in_expression(index.predicate, name, to) if index.predicate is not None else None
        return replace(
            index,
            columns=swap(index.columns),
            included=swap(index.included),
            elements=swap(index.elements),
            predicate=predicate,
        )

    def cut(partitioning: Partitioning) -> Partitioning:
        expression = _in_expression(partitioning.expression, name, to)
        return replace(partitioning, columns=swap(partitioning.columns), expression=expression)

    def turned(checks: tuple[Check, ...]) -> tuple[Check, ...]:
        return tuple(replace(check, condition=_in_expression(check.condition, name, to)) for check in checks)

    clustering = table.clustering
    return replace(
        table,
        columns=columns,
        keys=tuple(replace(key, columns=swap(key.columns)) for key in table.keys),
        indexes=tuple(moved(index) for index in table.indexes),
        checks=turned(table.checks),
        former_checks=turned(table.former_checks),
        exclusions=turned(table.exclusions),
        partitioning=cut(table.partitioning) if table.partitioning is not None else None,
        clustering=replace(clustering, columns=swap(clustering.columns)) if clustering is not None else None,
    )


def with_names(index: Index, names: Mapping[str, str]) -> Index:
    """Give an index that speaks of fields, in lower case, with the names that they have as columns."""

    def spelled(written: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(name.lower(), name) for name in written)

    predicate = index.predicate
    if predicate is not None:
        predicate = _WORDS.sub(lambda found: names.get(found[0].lower(), found[0]), predicate)
    return replace(index, columns=spelled(index.columns), included=spelled(index.included), predicate=predicate)


def without(table: Table, name: str) -> Table:
    """Give a table as it is once its column `name`, in lower case, is dropped, and with it what is built on it."""

    def has(columns: tuple[str, ...]) -> bool:
        return any(name in words_of_expression(column) for column in columns)

    def without_it(checks: tuple[Check, ...]) -> tuple[Check, ...]:
        return tuple(check for check in checks if name not in words_of_expression(check.condition))

    def stays(index: Index) -> bool:
        return not has(index.columns) and name not in words_of_expression(index.predicate or "")

    return replace(
        table,
        columns={key: column for key, column in table.columns.items() if key != name},
        keys=tuple(key for key in table.keys if not has(key.columns)),
        indexes=tuple(index for index in table.indexes if stays(index)),
        checks=without_it(table.checks),
        former_checks=without_it(table.former_checks),
        exclusions=without_it(table.exclusions),
    )


def _in_expression(text: str, name: str, to: str) -> str:
    if text.lower() == name:
        return to
    return _WORDS.sub(lambda found: to if found[0].lower() == name else found[0], text)


def words_of_expression(text: str) -> set[str]:
    """Give the names in an expression, and its strings with their quotes, in lower case."""
    return {text.lower(), *(found.lower() for found in _WORDS.findall(text))}
