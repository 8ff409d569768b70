"""Views as the project writes them: kept as text, and read only when a query reads one over a table that is cut."""

from __future__ import annotations

from leaktight.catalog.table import TableName
from leaktight.lazy import record


@record(frozen=True, slots=True)
class View:
    """A view, or a model of dbt that is one. `text` is all of its file, `path` that file's.

    `scope` is, for a model, the folder, with a slash at its end, in whose files its bare name means it; None for a view.
    """

    name: TableName
    path: str
    text: str
    dialect: str = ""
    scope: str | None = None
