"""The tables and indexes that a file declares, as they stand once every change of the project is made.

The catalog says where each was declared. That place is led back to the document it stands in: the SQL it was read from, or,
for the class of an ORM, for a model of dbt, whose `config()` no SQL shows, and for a snapshot of a database, the file as such. Of
other data, such as dbt's properties, no table is a declaration: it describes what is made elsewhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.catalog import wording
from leaktight.catalog.names import is_row_store
from leaktight.catalog.table import Column, Index, Key, Table
from leaktight.diagnostics import Finding, Fix, Location, Related, Severity
from leaktight.languages.document import Document
from leaktight.lazy import record
from leaktight.operations.snapshot_format import is_snapshot
from leaktight.operations.twins import is_told_elsewhere
from leaktight.source import Language, Region, Segment
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.catalog.catalog import Catalog
    from leaktight.context import PathContext
    from leaktight.operations.file import FileView
    from leaktight.operations.project import Project
    from leaktight.operations.table_read import TableRead

_REMARKS = ("--", "/*", "//", "#")
_MODELLED = frozenset(
    {"dim", "dims", "dimension", "fact", "facts", "fct", "ft", "mart", "dwh", "olap", "agg", "rollup"}
)
_PASSING_FOLDERS = frozenset({"raw", "landing", "quarantine"})


class _Places:
    """Leads places of a file back into a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._segments: list[Segment] = sorted(document.region.map.segments, key=lambda segment: segment.file)
        self._starts = [segment.file.start for segment in self._segments]

    def span(self, file: Span) -> Span | None:
        first = self._at(file.start)
        last = first if first is not None and file.end <= first.file.end else self._at(max(file.end - 1, file.start))
        if first is None or last is None:
            return None
        start, end = first.region.start, last.region.end
        if first.verbatim:
            start += file.start - first.file.start
        if last.verbatim:
            end = last.region.start + file.end - last.file.start
        return Span(start, end) if start <= end else None

    def _at(self, offset: int) -> Segment | None:
        at = bisect_right(self._starts, offset) - 1
        return self._segments[at] if at >= 0 and offset < self._segments[at].file.end else None


@record(frozen=True, slots=True, eq=False)
class TableDeclaration:
    """A table whose declaration stands in this file, with all that the project says of it.

    `document` holds the declaration: a SQL document, or the whole file where it is no SQL. `span` is the table's name in the
    document's region, or the least that stands for it. `beside` are all declarations of the document, itself among them.
    """

    document: Document
    table: Table
    span: Span
    path: PathContext
    project: Project
    places: _Places
    beside: list[TableDeclaration]

    @property
    def catalog(self) -> Catalog:
        """The project's tables."""
        return self.project.catalog

    @property
    def is_first(self) -> bool:
        """Whether it is the first of its document: there a rule looks at all of them, to tell of them together."""
        return self is self.beside[0]

    @cached_property
    def reads(self) -> tuple[TableRead, ...]:
        """Give what the project's SQL reads of the table; only for rules that ask for reads."""
        return self.project.reads_of(self.table)

    def place(self, location: Location | None) -> Span | None:
        """Give the span of a place in the document's region; None where it stands in no or in another document."""
        if location is None or location.path != self.document.source.path:
            return None
        return self.places.span(location.span)

    def at(self, location: Location | None) -> Span:
        """Give the span of a place, or of the table's name where it stands elsewhere."""
        found = self.place(location)
        return self.span if found is None else found

    def spans(self, facts: Iterable[Column | Key]) -> tuple[Span, ...]:
        """Give the spans of columns or keys that stand in the document."""
        return tuple(span for fact in facts if (span := self.place(fact.location)) is not None)

    def added_elsewhere(self, *columns: Column) -> tuple[Related, ...]:
        """Say where columns stand that are not in the document, for a finding that stands at the table's name."""
        return tuple(
            Related(column.location, f"`{column.name}` is added here")
            for column in columns
            if column.location is not None and self.place(column.location) is None
        )

    def is_remarked(self, column: Column) -> bool:
        """Whether a comment stands behind a column in its line, or alone in the line above."""
        place, text = column.location, self.document.source.text
        if place is None or place.path != self.document.source.path:
            return False
        start = text.rfind("\n", 0, place.span.start) + 1
        end = text.find("\n", place.span.end)
        above = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : start].strip()
        behind = text[place.span.end : end if end >= 0 else len(text)]
        return above.startswith(_REMARKS) or above.endswith("*/") or any(mark in behind for mark in _REMARKS)

    def passes_on(self, column: Column) -> bool:
        """Whether a `*` of the query that makes the table is all that says the column: it is named where that reads it from."""
        place, text = column.location, self.document.source.text
        if place is None or place.path != self.document.source.path or self.table.location == place:
            return False
        if self.is_of_mapper:  # The field `customer` of a class is the column `customer_id`.
            return False
        return column.name.lower() not in text[place.span.start : place.span.end].lower()

    @cached_property
    def tells_keys(self) -> bool:
        """Whether what tells of the table would tell its keys and indexes: a snapshot may be made of columns alone."""
        return not self.document.source.language.is_data or any(
            one.table.keys or one.table.indexes for one in self.beside
        )

    @property
    def folder(self) -> str:
        """The folder of its file, with a slash at the end; empty at the top of the project."""
        return self.path.path[: self.path.path.rfind("/") + 1]

    @property
    def is_of_mapper(self) -> bool:
        """Whether Python code declares it beside no SQL: a class of an object mapper, or a call of its migrations."""
        return self.document.region.language is Language.PYTHON

    @cached_property
    def is_row_store(self) -> bool:
        """Whether it stands in a database for transactions, as far as its dialect, its role and its name say.

        What an object mapper keeps its objects in is one unless the code or the project names another engine.
        """
        table = self.table
        if table.role is not None:
            return table.role == "oltp"
        stands = is_row_store(table.dialect) or (not table.dialect and self.is_of_mapper)
        return stands and not wording.has_word(table.name.parts, _MODELLED)

    @cached_property
    def passes(self) -> bool:
        """Whether it does not last, keeps rows as they were delivered, or is a framework's: its name or its folder says so."""
        table = self.table
        return (
            table.temporary
            or table.role == "staging"
            or not _PASSING_FOLDERS.isdisjoint(self.folder.lower().split("/"))
            or wording.has_word(table.name.parts, (*wording.STAGING, *wording.PUT_ASIDE))
            or wording.is_in_framework(table.name.parts)
        )


@record(frozen=True, slots=True, eq=False)
class IndexDeclaration:
    """An index that stands in this file, and its table, which may be declared in another. `span` is in `document`."""

    document: Document
    table: Table
    index: Index
    span: Span
    path: PathContext
    project: Project

    @property
    def catalog(self) -> Catalog:
        """The project's tables."""
        return self.project.catalog

    @property
    def is_of_mapper(self) -> bool:
        """Whether an object mapper or its migrations declare it, beside no SQL: what the mapper asks is not read."""
        return self.document.region.language is Language.PYTHON

    @cached_property
    def reads(self) -> tuple[TableRead, ...]:
        """Give what the project's SQL reads of the table; only for rules that ask for reads."""
        return self.project.reads_of(self.table)


def table_declarations(view: FileView, *, models: bool = False) -> Iterator[TableDeclaration]:
    """Yield the tables that a file declares and that lasted, in its order; views are none, and models of dbt only if asked for.

    A model that dbt builds nothing for is left out; one that is a view tells so itself.
    """
    if not _declares(view):
        return
    catalog, source = view.project.catalog, view.source
    found_here = [
        table
        for table in catalog.declared_in(source.path)
        if not is_told_elsewhere(catalog, table, source.path, source.text)
    ]
    tables = [table for table in found_here if table.kind in _TABLES]
    if models and (made := [one for one in found_here if one.kind in _MODELS and one.materialized != "ephemeral"]):
        dialect = next((document.dialect for document in view.sql), "")
        tables += [table if table.dialect else replace(table, dialect=dialect) for table in made]
    documents = _Documents(view) if tables else None
    together: dict[int, list[TableDeclaration]] = {}
    declared = []
    for table in sorted(tables, key=lambda table: _start(table.location)):
        found = documents.of(table.location, whole=table.kind in _MODELS) if documents is not None else None
        if found is not None:
            places, span = found
            beside = together.setdefault(id(places), [])
            beside.append(TableDeclaration(places.document, table, span, view.path, view.project, places, beside))
            declared.append(beside[-1])
    yield from declared


def index_declarations(view: FileView) -> Iterator[IndexDeclaration]:
    """Yield the indexes that stand in a file, in its order; those of a snapshot where it alone declares their table."""
    if not _declares(view):
        return
    indexes: Sequence[tuple[Table, Index]] = view.project.catalog.indexes_in(view.source.path)
    if view.source.language.is_data:
        indexes = [
            (table, index)
            for table, index in indexes
            if table.location is not None and table.location.path == view.source.path
        ]
    documents = _Documents(view) if indexes else None
    catalog, source = view.project.catalog, view.source
    for table, index in sorted(indexes, key=lambda item: _start(item[1].location)):
        found = documents.of(index.location) if documents is not None else None
        if found is not None and not is_told_elsewhere(catalog, table, source.path, source.text):
            places, span = found
            yield IndexDeclaration(places.document, table, index, span, view.path, view.project)


def _declares(view: FileView) -> bool:
    return is_snapshot(view.source.text) if view.source.language.is_data else not view.is_recorded


def told_beside(declared: TableDeclaration, fact: str) -> str:
    """Give how many of the tables of its folder a fact is told of, to end a clause with that says it lacks; empty for none."""
    told, concerned = declared.catalog.told(fact, folder=declared.folder)
    return f", which {told} of the {concerned} tables of its folder {'has' if told == 1 else 'have'}" if told else ""


def told_together(
    found: Sequence[TableDeclaration],
    message: str,
    fix: Fix,
    *,
    notes: Sequence[str] = (),
    severity: Severity | None = None,
) -> Finding:
    """Give one finding for one or more tables of a document: it stands at the first, shows some of the others and covers all.

    `notes` has what is said of each of them behind its name, of the first too.
    """
    shown = range(1, min(len(found), 1 + _MOST_SHOWN))
    related = tuple(
        Related(found[at].span, f"`{found[at].table.name}`" + (f" {notes[at]}" if notes else "")) for at in shown
    )
    return Finding(found[0].span, message, related, fix, severity, covers=tuple(one.span for one in found[1:]))


_MOST_SHOWN = 5
_TABLES = frozenset({"table", "partition", "external", "foreign"})
_MODELS = frozenset({"model", "snapshot"})
_STRETCH = 2048


def _start(location: Location | None) -> int:
    return location.span.start if location is not None else 0


class _Documents:
    """The documents of a file that a table may be declared in."""

    def __init__(self, view: FileView) -> None:
        self._view = view
        self._near: dict[int, dict[_Places, None]] = {}
        """The documents of which something stands in each stretch of the file, in their order."""
        for document in view.sql:
            if document.region.variant == 0:
                places = _Places(document)
                for segment in document.region.map.segments:
                    for stretch in range(segment.file.start // _STRETCH, segment.file.end // _STRETCH + 1):
                        self._near.setdefault(stretch, {})[places] = None

    @cached_property
    def _whole(self) -> _Places:
        source = self._view.source
        return _Places(Document(Region.whole(source), source))

    def of(self, location: Location | None, *, whole: bool = False) -> tuple[_Places, Span] | None:
        """Give the document that a place stands in, or the `whole` file, ready to lead others into it, and its span there."""
        if location is None:
            return None
        if whole:
            return self._whole, location.span
        for places in self._near.get(location.span.start // _STRETCH, ()):
            span = places.span(location.span)
            if span is not None:
                return places, span
        if self._view.source.language is Language.SQL or self._view.source.language is Language.NOTEBOOK:
            return None
        return self._whole, location.span
