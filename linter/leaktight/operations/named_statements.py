"""The statements that make, change, drop and fill a table, found by its name: in a document, and in the calls beside it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from sqlglot import exp

from leaktight.catalog.table import TableName
from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.ddl.create import DeclaredTable
from leaktight.operations.table_changes import declared_tables

_One = TypeVar("_One")
_Named = tuple[TableName | None, _One]
_Found = tuple[int, SqlDocument, _One]
"""The call that something stands in, by its number, the document, and what it is."""


class _ByName(Generic[_One]):
    """What stands in the documents of several calls by the name of a table, which the end of a name may mean as well."""

    def __init__(
        self, calls: Sequence[Sequence[SqlDocument]], read: Callable[[SqlDocument], Iterable[_Named[_One]]]
    ) -> None:
        self._by_last: dict[str, list[tuple[TableName, _Found[_One]]]] = {}
        self._answers: dict[tuple[str, ...], list[_Found[_One]]] = {}
        for number, documents in enumerate(calls):
            for document in documents:
                for name, one in read(document):
                    if name is not None:
                        self._by_last.setdefault(name.folded[-1], []).append((name, (number, document, one)))

    def of(self, name: TableName) -> list[_Found[_One]]:
        """Give all of a name, call by call."""
        folded = name.folded
        if folded not in self._answers:
            known = self._by_last.get(folded[-1], ())
            self._answers[folded] = [found for other, found in known if other.same(name)]
        return self._answers[folded]


class _Statements:
    """The statements of all calls of one function, of which `first` is any document; each is read once."""

    def __init__(self, first: SqlDocument) -> None:
        self._calls = first.company.calls

    @cached_property
    def made(self) -> _ByName[DeclaredTable]:
        return _ByName(self._calls, lambda document: ((one.table.name, one) for one in declared_tables(document)))

    @cached_property
    def dropped(self) -> _ByName[int]:
        return _ByName(self._calls, _dropped)

    @cached_property
    def filled(self) -> _ByName[int]:
        return _ByName(self._calls, _filled)

    @cached_property
    def altered(self) -> _ByName[exp.Alter]:
        return _ByName(self._calls, lambda document: ((_target(one), one) for one in document.find(exp.Alter)))


class NamedStatements:
    """Answers for one document. What stands above and below it is what the same function of a host runs in other calls."""

    def __init__(self, document: SqlDocument) -> None:
        calls, self._at, self._of_file = document.company
        self._document = document
        self._all = next(one for call in calls for one in call).remembered(_Statements)

    def made(self, name: TableName) -> list[DeclaredTable]:
        """Give the tables and views that the document creates under a name, in their order."""
        return self._own(self._all.made.of(name))

    def made_above(self, name: TableName) -> Iterator[DeclaredTable]:
        """Yield those that calls above create."""
        return (one for at, _, one in self._all.made.of(name) if at < self._at)

    def dropped(self, name: TableName) -> list[int]:
        """Give where a table's name stands in the DROPs of it: the offsets in the region, the first one first."""
        return sorted(self._own(self._all.dropped.of(name)))

    def is_dropped_above(self, name: TableName) -> bool:
        """Say whether a call above drops a table."""
        found = self._all.dropped.of(name)
        return bool(found) and found[0][0] < self._at

    def is_of_host(self, name: TableName) -> bool:
        """Say whether the host's file makes and drops a table, in any of its functions: it lasts as long as the program runs."""
        dropped = (other for one in self._of_file for other, _ in _dropped(one))
        if not any(other is not None and other.same(name) for other in dropped):
            return False
        return any(made.table.name.same(name) for one in self._of_file for made in declared_tables(one))

    def declares(self, name: TableName, column: str) -> bool:
        """Say whether any CREATE of the host's file gives a table of this name a column: it may be made on two connections."""
        made = (one.table for document in self._of_file for one in declared_tables(document))
        return any(table.name.same(name) and table.column(column) is not None for table in made)

    def filled(self, name: TableName) -> list[int]:
        """Give where the statements begin that INSERT, COPY or MERGE into a table: the offsets, the first one first."""
        return sorted(self._own(self._all.filled.of(name)))

    def is_filled_below(self, name: TableName) -> bool:
        """Say whether a call below fills a table."""
        found = self._all.filled.of(name)
        return bool(found) and found[-1][0] > self._at

    def altered(self, name: TableName) -> list[exp.Alter]:
        """Give the ALTERs of a table."""
        return self._own(self._all.altered.of(name))

    def altered_above(self, name: TableName) -> Iterator[exp.Alter]:
        """Yield those of calls above."""
        return (one for at, _, one in self._all.altered.of(name) if at < self._at)

    def _own(self, found: list[_Found[_One]]) -> list[_One]:
        first = bisect_left(found, self._at, key=lambda one: one[0])
        last = bisect_left(found, self._at + 1, key=lambda one: one[0])
        return [one for _, document, one in found[first:last] if document is self._document]


def named_statements(document: SqlDocument) -> NamedStatements:
    """Give the statements of a document, and of those beside it, by the tables that they name."""
    return document.remembered(NamedStatements)


def _target(statement: exp.Expr) -> TableName | None:
    return clauses.table_name(clauses.target(statement))


def _dropped(document: SqlDocument) -> Iterator[_Named[int]]:
    for drop in document.find(exp.Drop):
        for node in clauses.dropped_tables(drop):
            yield clauses.table_name(node), document.span(node).start


def _filled(document: SqlDocument) -> Iterator[_Named[int]]:
    for fill in document.find(exp.Insert, exp.Copy, exp.Merge):
        yield _target(fill), document.statement_of(fill).span.start
