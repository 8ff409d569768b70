"""A host call that runs SQL, with the documents of its SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from leaktight.catalog.search_path import NOWHERE, SearchPath
from leaktight.context import PathContext
from leaktight.embedding.call import SqlCall
from leaktight.languages.document import Document
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.hosted_document import Company
from leaktight.languages.sql.used_rows import UsedRows
from leaktight.lazy import record
from leaktight.operations.pasting.pasted import Pasted
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.operations.table_write import TableWrite


@record(frozen=True, slots=True, eq=False)
class HostedSql:
    """A call in Python or JavaScript that runs SQL.

    `document` is the host's: the spans of `call` and of a rule's findings are in it. `sql` holds a document for each
    variant of the SQL; it is empty when the SQL is not understood. `writes` are the table writes that the call makes;
    they are filled in when the writes of the file are read.
    """

    call: SqlCall
    document: Document
    sql: tuple[SqlDocument, ...]
    path: PathContext
    writes: list[TableWrite] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        for document in self.sql:
            document.ask_host = self._find_used_rows
            document.ask_given = partial(self._is_given, document.dialect)
            document.ask_refilled = self._is_refilled
            document.host_sink = self.call.sink
            document.host_function = self.call.function.name if self.call.function is not None else ""

    @property
    def used_columns(self) -> tuple[str, ...] | None:
        """The columns that the host reads by name of the rows that the call gives, in the order of its code.

        None when the rows leave sight or are used whole, and when no column is read by name.
        """
        return self.sql[0].used_rows.columns if self.sql else None

    @property
    def takes_back(self) -> bool:
        """Whether it is of the half of a migration that takes it back: `downgrade()`, `exports.down = …`, `reverse_sql`."""
        function = self.call.function
        if self.call.reverses:
            return True
        return function is not None and not _UNDOES.isdisjoint(function.name.split("."))

    def _find_used_rows(self) -> UsedRows:
        from leaktight.operations.following.used import used_rows

        return used_rows(self.document, self.call)

    def _is_given(self, dialect: str, name: str) -> bool:
        from leaktight.operations.following.given_tables import is_given

        return is_given(self.document, self.call, dialect, name)

    def _is_refilled(self, name: str) -> bool:
        from leaktight.operations.following.refilled import is_refilled

        return is_refilled(self.document, self.call, name)

    def stands_among(self, companies: Companies, number: int, chosen: ChosenSchemas) -> None:
        """Let the documents know all calls of their file, of which this is the one at `number`."""
        for document in self.sql:
            document.ask_company = partial(companies.of, number)
            document.ask_arm = partial(companies.in_other_arm, number)
            document.ask_chosen = partial(chosen.before, number)

    def pasted(self) -> list[Pasted]:
        """Give the values and names that become part of the SQL text, those known to be harmless left out.

        What a driver binds (`%s`, `?`, a tagged template) is no part of the text.
        """
        from leaktight.operations.pasting.found import pasted_into

        return pasted_into(self.document, self.call)


class Companies:
    """The SQL that each function of a file, or its script, runs."""

    def __init__(self, calls: Sequence[HostedSql]) -> None:
        self._calls = calls

    def of(self, number: int) -> Company:
        """Give the SQL of the function that the call at `number` stands in."""
        return self._all[number]

    def in_other_arm(self, number: int, other: int) -> bool:
        """Say whether a run makes the call at `number` or the one at `other` in its company, and never both."""
        from leaktight.operations.writing.arms import in_other_arms

        mine = self._calls[number]
        place = _function(mine.call)
        beside = [one for one in self._calls if one.document is mine.document and _function(one.call) == place]
        return in_other_arms(mine.document, mine.call.span, beside[other].call.span)

    @cached_property
    def _all(self) -> list[Company]:
        places: list[tuple[tuple[int, Span | None], int]] = []
        by_place: dict[tuple[int, Span | None], list[tuple[SqlDocument, ...]]] = {}
        for call in self._calls:
            place = (id(call.document), _function(call.call))
            together = by_place.setdefault(place, [])
            places.append((place, len(together)))
            together.append(call.sql)
        whole = {place: tuple(together) for place, together in by_place.items()}
        of_file = tuple(one for call in self._calls for one in call.sql)
        return [Company(whole[place], at, of_file) for place, at in places]


class ChosenSchemas:
    """The search paths that the calls of a file leave to those below them in the same function: a connection keeps them."""

    def __init__(self, text: str, calls: Sequence[HostedSql]) -> None:
        self._text = text
        self._calls = calls

    def before(self, number: int) -> SearchPath:
        """Give what holds before the call at `number`."""
        return self._before[number] if self._before else NOWHERE

    @cached_property
    def _before(self) -> list[SearchPath]:
        from leaktight.languages.sql.search_paths import may_choose_in_host, search_paths

        if not may_choose_in_host(self._text):
            return []
        paths: dict[tuple[int, Span | None], SearchPath] = {}
        found: list[SearchPath] = []
        for call in self._calls:
            place = (id(call.document), _function(call.call))
            path = paths.get(place, NOWHERE)
            found.append(path)
            for document in call.sql:
                chosen = search_paths(document, path)
                path = chosen[-1][1] if chosen else path
            paths[place] = path
        return found


_UNDOES = frozenset({"down", "downgrade", "backward", "backwards", "rollback", "revert"})


def _function(call: SqlCall) -> Span | None:
    """Give the place of the function that a call stands in; None for one of the script itself."""
    return call.function.span if call.function is not None else None
