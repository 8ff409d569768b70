"""A change of the schema as it stands in a file, whatever writes it: SQL, an operation of Alembic or of Django."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from leaktight.lazy import record

if TYPE_CHECKING:
    from leaktight.catalog.change import TableChange
    from leaktight.catalog.table import Table, TableName
    from leaktight.languages.document import Document
    from leaktight.text import Span


class How(StrEnum):
    """How a change is made, as its words say."""

    CONCURRENTLY = "concurrently"
    IF_EXISTS = "if exists"
    IF_NOT_EXISTS = "if not exists"
    NOT_VALID = "not valid"
    USING_INDEX = "using index"
    CASCADE = "cascade"
    ONLINE = "online"
    """`ONLINE` of SQL Server and Oracle, `ALGORITHM=INPLACE|INSTANT` or `LOCK=NONE` of MySQL."""


@record(frozen=True, slots=True, eq=False)
class SchemaChange:
    """One change of a table, index or column.

    `document` holds it, `span` is the least that says it, in the document's region: `DROP COLUMN total`,
    `op.drop_column("orders", "total")`; `name_span` the name of what is changed, where it stands by itself.
    `table` is the table as it was known before, None where it is not. `fresh` says that the table was created earlier in this
    file, so that nobody uses it yet; `in_transaction` whether a transaction is open around it, None where that is not known.
    `is_migration` says that the file is one of the changes of something live.
    """

    document: Document
    span: Span
    change: TableChange
    name: TableName
    dialect: str
    name_span: Span | None = None
    how: frozenset[How] = frozenset()
    table: Table | None = None
    fresh: bool = False
    in_transaction: bool | None = None
    is_migration: bool = False
