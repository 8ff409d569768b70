"""What an ALTER TABLE does, action by action."""

from __future__ import annotations

from leaktight.catalog.change import AddColumn, TableChange
from leaktight.catalog.table import TableName
from leaktight.languages.sql.ddl import Reader
from leaktight.lazy import record
from leaktight.operations.ddl.definitions import ColumnPlace
from leaktight.text import Span


@record(frozen=True, slots=True)
class AddedColumn:
    """A column that ALTER TABLE adds, and where its name and type stand in the document's region."""

    change: AddColumn
    place: ColumnPlace


@record(frozen=True, slots=True)
class AlterAction:
    """One action of an ALTER TABLE or VIEW, with what it does to the catalog.

    `words` are all of the action but for a verb that is said once for a list; `kind` is `TABLE` or `VIEW`.
    """

    table: TableName
    table_span: Span
    kind: str
    verb: str
    words: Reader
    if_exists: bool
    changes: tuple[TableChange | AddedColumn, ...]
