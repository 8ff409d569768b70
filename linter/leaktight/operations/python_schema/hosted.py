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
    from leaktight.operations.file import FileView
    from leaktight.operations.hosted_sql import HostedSql


class HostedChanges:
    """The changes that the SQL of a document's calls makes, call by call. `hint` is the dialect of its files, `""` if unknown."""

    def __init__(self, view: FileView, document: PythonDocument) -> None:
        self._view = view
        self._document = document
        self.hint = view.configured_dialect or view.project.dialect_hint(view.source.path)

    @cached_property
    def _calls(self) -> dict[Span, HostedSql]:
        return {hosted.call.span: hosted for hosted in self._view.calls if hosted.document is self._document}

    def call(self, node: ast.Call) -> HostedSql | None:
        """Give the call with its SQL, None where it runs none that is known."""
        return self._calls.get(self._document.span(node))

    def of(self, node: ast.Call) -> Iterator[TableChange | TypeChange]:
        """Yield the changes that the SQL of a call makes."""
        hosted = self.call(node)
        if hosted is None:
            return
        from leaktight.operations.table_changes import table_changes

        for document in hosted.sql:
            if document.region.variant == 0:
                yield from table_changes(document)
