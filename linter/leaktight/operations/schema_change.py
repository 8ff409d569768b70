"""A change of the schema as it stands in a file, whatever writes it: SQL, an operation of Alembic or of Django."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from leaktight.catalog import wording
from leaktight.diagnostics import Related, Severity
from leaktight.lazy import record
from leaktight.operations.schema_step import SchemaStep
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.catalog.locks import Deed, Fact
    from leaktight.catalog.table import Check, Table, TableName
    from leaktight.diagnostics import Location
    from leaktight.languages.document import Document
    from leaktight.operations.migrating.timeline import Timeline
    from leaktight.operations.project import Project


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
    LOCKING = "locking"
    """`ALGORITHM=COPY`, `LOCK=SHARED` or `LOCK=EXCLUSIVE` of MySQL."""
    COUNTED = "counted"
    """The added column numbers the rows: `SERIAL`, `IDENTITY`, `AUTO_INCREMENT`."""
    STORED = "stored"
    """The added column is worked out from others and kept: `GENERATED ALWAYS AS (…) STORED`."""
    NARROWED = "narrowed"
    """An UPDATE has a filter that may leave rows out."""
    FORGETTING = "forgetting"
    """Alembic says all of a column anew and, for want of `existing_nullable`, that it may be NULL."""


_OUTSIDE = {
    "goose": "in a file of its own with `-- +goose NO TRANSACTION`",
    "dbmate": "in a file of its own that begins with `-- migrate:up transaction:false`",
    "liquibase": "in a changeset of its own with `runInTransaction:false`",
    "flyway": "in a file of its own, which Flyway then runs outside a transaction",
    "prisma": "as the only statement of its `migration.sql`",
    "golang-migrate": "as the only statement of its file",
    "alembic": "inside `with op.get_context().autocommit_block():`",
    "django": "in a migration with `atomic = False`",
    "knex": "in a migration with `exports.config = { transaction: false }`",
    "node-pg-migrate": "after `pgm.noTransaction()`",
    "typeorm": "in a migration with `transaction = false`",
}


@record(frozen=True, slots=True)
class ReadPlace:
    """A place in the project that uses what a migration changes: `verb` is `select`, `insert`, `update`, `delete`, `merge`, or
    `declare` for the class of an object mapper that still has it.

    `sure` says that the column is this table's without a doubt.
    """

    location: Location
    verb: str = "select"
    sure: bool = True


@record(frozen=True, slots=True)
class ReadPlaces:
    """Who uses what a migration changes: `places` has the sure ones first, each of them by path."""

    places: tuple[ReadPlace, ...] = ()

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def count(self) -> int:
        """How many places use it without a doubt."""
        return sum(place.sure for place in self.places)

    @property
    def breaks(self) -> str:
        """What a change breaks, in words: `the 3 places that use it`, or `code that still names it`."""
        if not self.count:
            return "code that still names it"
        return "the place that uses it" if self.count == 1 else f"the {self.count} places that use it"

    @property
    def severity(self) -> Severity | None:
        """How much it matters: an error where it is used for sure, as the rule says where it may be, else a note."""
        if self.count:
            return Severity.ERROR
        return None if self.places else Severity.NOTE

    def related(self, what: str) -> tuple[Related, ...]:
        """Give the places, each with what it does with `what`."""
        return tuple(
            Related(place.location, f"{what} {'is' if place.sure else 'may be'} {_DONE.get(place.verb, 'used')} here")
            for place in self.places
        )


_DONE = {"select": "read", "insert": "written", "update": "updated", "declare": "declared"}


@record(frozen=True, slots=True)
class Narrowed:
    """A column that may hold less than before: the `values` that are gone, and the check that let it have them."""

    column: str
    values: tuple[str, ...]
    before: Check


@record(frozen=True, slots=True, eq=False)
class Migration:
    """A file that changes what is live.

    `tool` is what runs it, `""` if that does not show; `lock_timeout` says that it sets `lock_timeout` or
    `statement_timeout`; `statements` is how many statements it holds; `concurrently` says that one is made `CONCURRENTLY`.
    """

    project: Project
    path: str
    timeline: Timeline
    tool: str = ""
    lock_timeout: bool = False
    statements: int = 0
    concurrently: bool = False

    @property
    def changes(self) -> Sequence[SchemaChange]:
        """All its changes in their order."""
        return self.timeline.changes

    @property
    def outside(self) -> str:
        """How its tool runs a file outside a transaction, in words."""
        return _OUTSIDE.get(self.tool, "in a migration of its own that runs outside a transaction")


@record(frozen=True, slots=True, eq=False)
class SchemaChange:
    """One change of a table, index or column.

    `document` holds it, `span` is the least that says it, in the document's region: `DROP COLUMN total`,
    `op.drop_column("orders", "total")`; `name_span` the name of what is changed, where it stands by itself; `statement` all of
    its statement, which `alone` says does nothing else. `kind` is the word for what is changed: `table`, `view`, `index`, ….
    `table` is the table as the project leaves it, None where it is not known: its type and columns may have changed since.
    `fresh` says that the table was created earlier in this file, or beside it in a folder that makes the database from
    nothing, so that nobody uses it yet; `fresh_column` that the column was; `in_transaction` whether a transaction is open
    around it, None where that is not known. `dialect` is `""` where the engine is not known. `using` is the expression that
    makes the values of a column's new type. `table_span` is the name of the altered table; `begin` is the statement by which
    the file itself has begun the transaction, and `nested` says that its tool had one open already.
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
    table_span: Span | None = None
    begin: Span | None = None
    nested: bool = False

    @property
    def begun(self) -> bool:
        """Whether the file itself has begun the transaction that is open around it."""
        return self.begin is not None

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
        if self.migration is None or self.fresh:
            return False
        if self.table is not None and (self.table.temporary or self.table.role == "staging"):
            return False
        return not wording.has_word(self.name.parts, _PASSING)

    @property
    def place(self) -> Span:
        """The least that says what is changed: its name, or all of the change."""
        return self.name_span or self.span

    def earlier(self) -> Sequence[SchemaChange]:
        """Give the changes of the file that are made before this one, as far as they are near."""
        return self.migration.timeline.earlier(self) if self.migration is not None else ()

    def later(self) -> Sequence[SchemaChange]:
        """Give the changes of the file that are made after this one, as far as they are near."""
        return self.migration.timeline.later(self) if self.migration is not None else ()

    @property
    def deed(self) -> Deed | None:
        """What the change is to the engine; None where it has no name for it, or is made in the way that locks little."""
        from leaktight.operations.migrating.deeds import deed

        return deed(self)

    @property
    def replaces(self) -> bool:
        """Whether the statement says `OR REPLACE` or `OR ALTER`."""
        start = self.document.slice(self.statement or self.span)[:60].upper().split()
        return start[1:3] in (["OR", "REPLACE"], ["OR", "ALTER"])

    def lock(self, deed: Deed | None = None) -> Fact | None:
        """Give what the engine locks and rewrites for the change; None where that is not known, or nobody is blocked.

        With `deed`, for one thing of several that the change does.
        """
        from leaktight.catalog.locks import fact

        doing = deed or self.deed
        return fact(self.dialect, doing, self.project.engine_versions) if doing and self.project is not None else None

    @property
    def takes(self) -> str:
        """What the engine locks for the change, in words that follow a message: `, and takes a … lock, which blocks …`."""
        fact = self.lock()
        return f", and {fact.says(str(self.name))}" if fact is not None else ""

    def version(self) -> tuple[int, ...]:
        """Give the version of the engine, as configured or assumed; empty where none is known."""
        from leaktight.catalog.locks import version_of

        return version_of(self.dialect, self.project.engine_versions if self.project is not None else {})

    @property
    def former_type(self) -> str | None:
        """The type that a column had before this change gives it another; None where that is not known."""
        from leaktight.operations.migrating.deeds import former_type

        return former_type(self)

    @property
    def forgets_not_null(self) -> bool:
        """Whether a new definition lets a column be NULL for the only reason that it does not repeat its NOT NULL."""
        from leaktight.operations.migrating.deeds import forgets_not_null

        return forgets_not_null(self)

    @property
    def drops_not_null(self) -> bool:
        """Whether it says itself that a column may be NULL from now on, and nobody knows that it might be before."""
        from leaktight.operations.migrating.deeds import drops_not_null

        return drops_not_null(self)

    @property
    def explained(self) -> bool:
        """Whether a comment above it, in the same paragraph, says why it is made; what tools write says nothing."""
        from leaktight.operations.migrating.explained import is_explained

        return is_explained(self)

    @property
    def remarked(self) -> bool:
        """Whether a comment of somebody stands above it, in the same paragraph, or behind it on its line."""
        from leaktight.operations.migrating.explained import is_commented

        return is_commented(self)

    @property
    def loses(self) -> str:
        """What a drop loses, in words before what it breaks; empty where the file has copied it before."""
        from leaktight.operations.migrating.copies import is_copied

        return "" if is_copied(self) else "loses its data and "

    @property
    def lost_values(self) -> tuple[str, ...] | None:
        """The values that a type, made anew, has no more; None where its values before this file are not known."""
        from leaktight.catalog.enums import values_after, values_before

        states = self.project.catalog.enum(self.name.name) if self.project is not None else ()
        before, after = values_before(states, self.path), values_after(states, self.path)
        return tuple(value for value in before if value not in after) if before and after else None

    @property
    def narrowed(self) -> Narrowed | None:
        """The values that a check lets a column have no more; None where it keeps all, or what it let before is not known."""
        from leaktight.operations.migrating.narrowed import narrowed

        return narrowed(self)

    def still_held(self, values: Iterable[str], column: str = "", since: str = "") -> tuple[str, ...]:
        """Give those of some values that nothing before the change takes from the rows, as far as the project shows.

        With `column`, other migrations count that write it after the file at the path `since`; for that, as for `readers`,
        the rule must ask for reads.
        """
        from leaktight.operations.migrating.narrowed import still_held

        return still_held(self, values, column, since)

    def together(self) -> Sequence[SchemaChange]:
        """Give all changes of the same statement, this one among them."""
        return self.migration.timeline.together(self) if self.migration is not None else (self,)

    def of_table(self, changes: Sequence[SchemaChange]) -> Sequence[SchemaChange]:
        """Give those of some changes that are made to the same table."""
        last = self.name.name.lower()
        return [one for one in changes if one.name.name.lower() == last and one.name.same(self.name)]

    def like(self, told: Callable[[SchemaChange], bool], *, of_table: bool = False) -> Sequence[SchemaChange] | None:
        """Give the changes near after it that are to be told of with it, or None where one near before it speaks for it.

        Those are the ones in its document for which `told` holds, with `of_table` of the same table alone.
        """
        return self.migration.timeline.like(self, told, of_table=of_table) if self.migration is not None else ()

    def head(self, *words: str) -> Span:
        """Give the change up to one of some keywords, with `KEY` after it: `ADD CONSTRAINT c FOREIGN KEY`."""
        from leaktight.languages.sql.document import SqlDocument

        document, last = self.document, self.word(*words, *(f"{word} KEY" for word in words))
        if last is None or not isinstance(document, SqlDocument) or not self.span.contains(last):
            return self.place
        key = document.token_after(last.end, "KEY", before=last.end + 8)
        return Span(self.span.start, key.end if key is not None and self.span.contains(key) else last.end)

    def word(self, *words: str) -> Span | None:
        """Give the place of the first of some keywords (upper case) from the change to the end of its statement.

        From the statement's first word on where the change is no action of an ALTER.
        """
        from leaktight.languages.sql.document import SqlDocument

        if not isinstance(self.document, SqlDocument) or self.statement is None:
            return None
        start = self.statement.start if self.table_span is None else self.span.start
        return self.document.token_after(start, *words, before=self.statement.end)

    def readers(self) -> ReadPlaces:
        """Give the places of the project's queries that use what is changed.

        Empty but for rules that set `asks_for_reads`.
        """
        from leaktight.operations.migrating.readers import readers

        return readers(self, self.project) if self.project is not None else ReadPlaces()

    @property
    def path(self) -> str:
        """The path of the file; empty where it is no migration."""
        return self.migration.path if self.migration is not None else ""
