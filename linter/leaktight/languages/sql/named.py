"""What the catalog knows of the tables that a document names, asked once of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog.table import Table
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
        table = document.catalog.table(name, document.dialect, document.source.path, is_reference=reference)
        return table, "" if table is not None else name.folded[-1]
