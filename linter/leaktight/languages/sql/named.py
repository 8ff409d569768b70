"""What the catalog knows of the tables that a document names, asked once of each, where its statements have them looked for."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog.search_path import NOWHERE, SearchPath
from leaktight.catalog.table import Table, TableName
from leaktight.languages.sql import clauses
from leaktight.languages.sql.references import is_reference

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument


class Named:
    """Remembers which table each node of a document names."""

    def __init__(self, document: SqlDocument) -> None:
        self._document = document
        # The node stands beside its answer, for another could come to live at its address.
        self._known: dict[int, tuple[exp.Expr | None, Table | None, str]] = {}

    def table(self, node: exp.Expr | None) -> Table | None:
        """Give the table that a node names; each question counts as one that the catalog could not answer, if it cannot."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = (node, *self._asked(node))
        if known[2]:
            self._document.catalog.missed.add(known[2])
        return known[1]

    def _asked(self, node: exp.Expr | None) -> tuple[Table | None, str]:
        document = self._document
        name = clauses.table_name(node)
        if name is None or (isinstance(node, exp.Table) and document.is_cte(node)):
            return None, ""
        reference = is_reference(document, node, name)
        if node is not None and document.has_hole(node):
            name = TableName(name.parts)
        table = document.catalog.table(
            name,
            document.dialect,
            document.source.path,
            is_reference=reference,
            searched=NOWHERE if reference else self.search_path(node),
        )
        return table, "" if table is not None else name.folded[-1]

    # Where names without a schema are

    @cached_property
    def _search_paths(self) -> list[tuple[int, SearchPath]]:
        from leaktight.languages.sql.search_paths import search_paths

        document = self._document
        path = document.ask_chosen() if document.ask_chosen is not None else NOWHERE
        return [*([(0, path)] if path else []), *search_paths(document, path)]

    def search_path(self, place: exp.Expr | int | None) -> SearchPath:
        """Give where names are looked for at an offset, or at a node."""
        paths = self._search_paths
        if not paths or place is None:
            return NOWHERE
        offset = self._document.span(place).start if isinstance(place, exp.Expr) else place
        at = bisect_right(paths, offset, key=lambda item: item[0])
        return paths[at - 1][1] if at else NOWHERE
