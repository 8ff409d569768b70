"""Which indexes the project's queries want, and which of those that are there they cannot use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from leaktight.catalog.column_types import TypeFamily, family, length
from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Index, Key, KeyKind, Table
from leaktight.lazy import record
from leaktight.operations.advice.ddl import create_index
from leaktight.operations.advice.queries import daily
from leaktight.operations.table_read import TableRead
from leaktight.text import words_of

_FEW_VALUES = frozenset(
    """status state type kind role flag enabled disabled active inactive deleted archived visible gender category level
    mode""".split()
)
"""Words in the names of columns that have few values: an index that begins with one alone chooses hardly any rows."""
_INDICATORS = frozenset({"in", "ind", "indicator", "yn", "flg"})
"""Last words of columns that say yes or no: `primary_insured_in`."""
_FEW_VALUED_TYPES = ("BOOL", "BIT", "TINYINT(1)")
_SMALL = 10_000
"""Rows up to which reading the whole table costs about what an index does."""
_MOST_INCLUDED = 3
_LONG = 64


@record(frozen=True, slots=True)
class IndexProposal:
    """An index that queries want: its columns in order, those it may carry besides, and the queries that want it.

    `compared` are those of the columns that rows are looked up by, `by_some` those that only some of the queries do.
    """

    columns: tuple[str, ...]
    compared: tuple[str, ...]
    by_some: tuple[str, ...]
    included: tuple[str, ...]
    reads: tuple[TableRead, ...]

    def statements(self, table: Table) -> tuple[str, ...]:
        """Give the statement that makes it, as the table's engine writes it."""
        return create_index(table, self.columns, included=self.included)


def missing_indexes(table: Table, reads: Iterable[TableRead], *, least: int = 2) -> list[IndexProposal]:
    """Give the indexes that at least `least` of the project's queries want and nothing serves, the most wanted first.

    A query is served if any column that it compares leads an index or key: what is left after that is few rows. One that
    compares nothing of the table with a value, and joins it to chosen rows of another, looks rows up by what it joins on;
    foreign keys are left to those who ask for their indexes. Tables that statistics call small want none.
    """
    if table.statistics is not None and (table.statistics.rows or _SMALL) < _SMALL:
        return []
    served = table.leading_columns
    partial = {name for index in table.indexes if index.predicate is not None for name in _lower(index.columns[:1])}
    groups: dict[frozenset[str], list[TableRead]] = {}
    for read in daily(table, reads):
        wanted = _looked_up_by(table, read)
        if read.verb == "insert" or (served | partial) & set(read.filters):
            continue
        if all(_has_few_values(table, name) for name in wanted):
            continue
        groups.setdefault(frozenset(wanted), []).append(read)
    _absorb(groups)
    found = []
    for names, wanting in groups.items():
        if len(wanting) >= least:
            found.append(_proposal(table, names, wanting))
    return sorted(found, key=lambda item: (-len(item.reads), item.columns))


def _looked_up_by(table: Table, read: TableRead) -> list[str]:
    """Give the columns, in lower case, by which a query looks rows of a table up."""
    foreign = {key.columns[0].lower() for key in table.keys if key.kind is KeyKind.FOREIGN}
    led = [
        name
        for name, by in read.led_by.items()
        if name not in foreign and not all(_is_called_few_valued(column) for column in by)
    ]
    return [name for name in read.equals or ([] if read.ranges else led) if table.column(name) is not None]


def _absorb(groups: dict[frozenset[str], list[TableRead]]) -> None:
    """Let queries that compare fewer columns be served by the index of those that compare more, which may begin with them."""
    for names in sorted(groups, key=lambda item: (len(item), sorted(item))):
        wider = [other for other in groups if names < other]
        if wider:
            best = max(wider, key=lambda other: (len(groups[other]), sorted(other)))
            groups[best] += groups.pop(names)


def _proposal(table: Table, names: frozenset[str], wanting: Sequence[TableRead]) -> IndexProposal:
    asked = Counter(name for read in wanting for name in _looked_up_by(table, read) if name in names)
    equal = sorted(names, key=lambda name: (-asked[name], _has_few_values(table, name), name))
    # One bounded column can follow those that are compared for equality; else the order that the rows are wanted in.
    ranges = Counter(read.ranges[0] for read in wanting if read.ranges and read.ranges[0] not in names)
    orders = Counter(read.orders[0] for read in wanting if read.orders and read.orders[0] not in names)
    last = [
        name for name, count in (ranges or orders).most_common(1) if count * 2 >= len(wanting) and table.column(name)
    ]
    columns = (*equal, *last)
    rest = {name for read in wanting for name in read.columns} - set(columns)
    covers = not any(read.star or read.maybe or read.verb != "select" for read in wanting)
    covers = covers and all(_is_short(table, name) for name in rest)
    included = tuple(sorted(rest)) if covers and 0 < len(rest) <= _MOST_INCLUDED else ()
    return IndexProposal(
        columns=tuple(_written(table, name) for name in columns),
        compared=tuple(_written(table, name) for name in equal),
        by_some=tuple(_written(table, name) for name in equal if asked[name] < len(wanting)),
        included=tuple(_written(table, name) for name in included),
        reads=tuple(wanting),
    )


def _has_few_values(table: Table, name: str) -> bool:
    column = table.column(name)
    kind = (column.type or "").upper() if column is not None else ""
    return (
        kind.startswith(_FEW_VALUED_TYPES)
        or family(kind, table.dialect) is TypeFamily.ENUM
        or _is_called_few_valued(name)
    )


def _is_called_few_valued(name: str) -> bool:
    said = words_of(name)
    return bool(_FEW_VALUES & set(said)) or not _INDICATORS.isdisjoint(said[-1:]) or name.startswith(("is_", "has_"))


def _is_short(table: Table, name: str) -> bool:
    """Say whether an index may carry a column's values: those of any length would make it as large as the table."""
    column = table.column(name)
    if column is None or column.type is None:
        return False
    kind = family(column.type, table.dialect)
    if kind is TypeFamily.TEXT:
        return (length(column.type) or _LONG) < _LONG
    return kind not in {TypeFamily.JSON, TypeFamily.BINARY, TypeFamily.OTHER, None}


def _written(table: Table, name: str) -> str:
    column = table.column(name)
    return column.name if column is not None else name


def _lower(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


# Indexes that are there


@record(frozen=True, slots=True)
class IndexUse:
    """What the project's queries can make of an index: how many read its table, filter by its first column, by a later one.

    `later` are the reads that compare `column`, the first later column that any of them does, and not the first one.
    `files` is how many files hold the queries.
    """

    queries: int
    first: int
    later: tuple[TableRead, ...] = ()
    column: str = ""
    files: int = 0


def index_use(table: Table, index: Index, reads: Iterable[TableRead]) -> IndexUse | None:
    """Say what queries can make of an index; None where its columns are expressions, or a key, or not known to be used.

    An index that a foreign key begins with serves the deletes of the table that it references, whatever is queried. What an
    object mapper asks of a table that a class of it declares is not known either.
    """
    columns = _lower(index.columns)
    if any(origin == Origin.MODEL for origin, _ in table.origins):
        return None
    if not columns or any(table.column(name) is None for name in columns) or index.unique or _holds_key(table, columns):
        return None
    if (index.method or "btree").lower() not in {"btree", "hash", "brin"}:
        return None
    queries = [read for read in daily(table, reads) if read.verb != "insert"]
    rest = [read for read in queries if columns[0] not in read.touched and columns[0] not in read.maybe]
    first = len(queries) - len(rest)
    files = len({read.location.path for read in queries})
    for name in columns[1:]:
        later = tuple(read for read in rest if name in read.filters)
        if later:
            return IndexUse(len(queries), first, later, name, files)
    return IndexUse(len(queries), first, files=files)


def _holds_key(table: Table, columns: tuple[str, ...]) -> bool:
    return any(_begins(columns, key) for key in table.keys)


def _begins(columns: tuple[str, ...], key: Key) -> bool:
    wanted = _lower(key.columns)
    return set(columns[: len(wanted)]) == set(wanted) if key.kind is KeyKind.FOREIGN else columns == wanted
