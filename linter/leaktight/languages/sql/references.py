"""Tables that a template names: `{{ ref('orders') }}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog.table import TableName
from leaktight.source import HoleKind

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument


def is_reference(sql: SqlDocument, node: exp.Expr | None, name: TableName) -> bool:
    """Say whether `ref()` names a table: a model, whatever else of its name there is."""
    if len(name.parts) > 1 or not sql.region.templated or not isinstance(node, exp.Table):
        return False
    return any(hole.hole is HoleKind.RELATION for hole in sql.region.map.holes(sql.name_span(node)))
