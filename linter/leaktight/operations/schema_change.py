"""A change of the schema as it stands in a file, whatever writes it: SQL, an operation of Alembic or of Django."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from leaktight.catalog import wording
from leaktight.catalog.change import Change, TableChange
from leaktight.lazy import record

if TYPE_CHECKING:
    from leaktight.catalog.locks import Deed, Fact
    from leaktight.catalog.table import Table, TableName
    from leaktight.diagnostics import Location
    from leaktight.languages.document import Document
    from leaktight.operations.project import Project
    from leaktight.text import Span


_PASSING = (*wording.STAGING, "backup", "bak", "old", "copy")


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
    COUNTED = "counted"
    """The added column numbers the rows: `SERIAL`, `IDENTITY`, `AUTO_INCREMENT`."""
    STORED = "stored"
    """The added column is worked out from others and kept: `GENERATED ALWAYS AS (…) STORED`."""
    NARROWED = "narrowed"
    """An UPDATE has a filter that may leave rows out."""


@record(frozen=True, slots=True)
class AddCheck(Change):
    """`ADD CONSTRAINT … CHECK (…)`; `exclusion` says that it is `EXCLUDE`. `expression` is its text as written."""

    name: TableName
    constraint: str | None = None
    expression: str = ""
    exclusion: bool = False


@record(frozen=True, slots=True)
class ValidateConstraint(Change):
    """`VALIDATE CONSTRAINT`."""

    name: TableName
    constraint: str


@record(frozen=True, slots=True)
class DropObject(Change):
    """A DROP of what is no table: `kind` is its word in lower case, `database`, `schema`, `type`, `view`, …"""

    name: TableName
    kind: str


@record(frozen=True, slots=True)
class EmptyTable(Change):
    """`TRUNCATE`, or a DELETE of all rows."""

    name: TableName


@record(frozen=True, slots=True)
class FillRows(Change):
    """An UPDATE that sets `columns`."""

    name: TableName
    columns: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class AlterEnum(Change):
    """A type with a list of values is changed: values `removed` or `renamed`, or the whole type `remade` in another's place."""

    name: TableName
    removed: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    remade: bool = False


SchemaStep = TableChange | AddCheck | ValidateConstraint | DropObject | EmptyTable | FillRows | AlterEnum


@record(frozen=True, slots=True, eq=False)
class Migration:
    """A file that changes what is live, with all its changes in their order.

    `tool` is what runs it, `""` if that does not show; `lock_timeout` says that it sets `lock_timeout` or
    `statement_timeout`; `statements` is how many statements it holds.
    """

    project: Project
    path: str
    changes: Sequence[SchemaChange] = field(default_factory=list)
    tool: str = ""
    lock_timeout: bool = False
    statements: int = 0


@record(frozen=True, slots=True, eq=False)
class SchemaChange:
    """One change of a table, index or column.

    `document` holds it, `span` is the least that says it, in the document's region: `DROP COLUMN total`,
    `op.drop_column("orders", "total")`; `name_span` the name of what is changed, where it stands by itself; `statement` all of
    its statement, which `alone` says does nothing else. `kind` is the word for what is changed: `table`, `view`, `index`, ….
    `table` is the table as the project leaves it, None where it is not known: its type and columns may have changed since.
    `fresh` says that the table was created earlier in this file, so that nobody uses it yet; `fresh_column` that the column
    was; `in_transaction` whether a transaction is open around it, None where that is not known. `dialect` is `""` where the
    engine is not known. `using` is the expression that makes the values of a column's new type.
    `migration` is the file, None where the file is not one of the changes of something live.
    """

    document: Document
    span: Span
    change: SchemaStep
    name: TableName
    dialect: str
    name_span: Span | None = None
    how: frozenset[How] = frozenset()
    table: Table | None = None
    fresh: bool = False
    in_transaction: bool | None = None
    migration: Migration | None = None
    statement: Span | None = None
    alone: bool = True
    kind: str = "table"
    using: str = ""
    fresh_column: bool = False

    @property
    def is_migration(self) -> bool:
        """Whether the file is one of the changes of something live."""
        return self.migration is not None

    @property
    def project(self) -> Project | None:
        """The project, where the file is a migration of it."""
        return self.migration.project if self.migration is not None else None

    @property
    def live(self) -> bool:
        """Whether it changes what is live: no table of this very file, no temporary one, none that is put aside or staged."""
        if self.migration is None or self.fresh or (self.table is not None and self.table.temporary):
            return False
        return not wording.has_word(self.name.parts, _PASSING)

    def earlier(self) -> Sequence[SchemaChange]:
        """Give the changes of the file that are made before this one."""
        return self._beside(lambda at, all_of: all_of[:at])

    def later(self) -> Sequence[SchemaChange]:
        """Give the changes of the file that are made after this one."""
        return self._beside(lambda at, all_of: all_of[at + 1 :])

    def _beside(
        self, part: Callable[[int, Sequence[SchemaChange]], Sequence[SchemaChange]]
    ) -> Sequence[SchemaChange]:
        changes = self.migration.changes if self.migration is not None else ()
        at = next((index for index, change in enumerate(changes) if change is self), None)
        return part(at, changes) if at is not None else ()

    def lock(self, deed: Deed) -> Fact | None:
        """Give what the engine does to make a change of this kind; None where it is not known, or blocks nobody."""
        from leaktight.catalog.locks import fact

        versions = self.project.engine_versions if self.project is not None else {}
        return fact(self.dialect, deed, versions)

    def readers(self) -> Sequence[Location]:
        """Give the places of the project that read what is changed, as far as they are known."""
        from leaktight.operations.migrating.readers import readers

        return readers(self, self.project) if self.project is not None else ()
