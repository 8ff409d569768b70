"""The SQL that a migration's calls run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.catalog.change import TableChange, TypeChange
from leaktight.languages.python.document import PythonDocument
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument
    from leaktight.operations.file import FileView
    from leaktight.operations.hosted_sql import HostedSql


class HostedChanges:
    """The changes that the SQL of a document's calls makes, call by call. `hint` is the dialect of its files, `""` if unknown."""

    def __init__(self, view: FileView, document: PythonDocument) -> None:
        self._view = view
        self._document = document
        self.hint = view.configured_dialect or view.project.dialect_hint(view.source.path)

    @cached_property
    def _calls(self) -> dict[Span, list[HostedSql]]:
        found: dict[Span, list[HostedSql]] = {}
        for hosted in self._view.calls:
            if hosted.document is self._document:
                found.setdefault(hosted.call.span, []).append(hosted)
        return found

    def sql(self, node: ast.Call) -> Iterator[SqlDocument]:
        """Yield the SQL that a call runs, statement by statement where it is given a list; none where none is known."""
        for hosted in self._calls.get(self._document.span(node), ()):
            yield from (document for document in hosted.sql if document.region.variant == 0)

    def of(self, node: ast.Call) -> Iterator[TableChange | TypeChange]:
        """Yield the changes that the SQL of a call makes."""
        from leaktight.operations.table_changes import table_changes

        for document in self.sql(node):
            yield from table_changes(document)
