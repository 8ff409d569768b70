"""The changes of the schema that a file makes, in its order, each with what is true before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from leaktight.catalog.change import AddColumn, AddIndex, CreateTable, DropIndex, RenameColumn, RenameTable
from leaktight.catalog.table import TableName, same_end
from leaktight.lazy import regex
from leaktight.operations.migrating.convention import Convention, convention
from leaktight.operations.migrating.timeline import Timeline
from leaktight.operations.schema_change import How, Migration, SchemaChange
from leaktight.operations.schema_step import RebuildTable
from leaktight.source import Language

if TYPE_CHECKING:
    from leaktight.languages.document import Document
    from leaktight.languages.sql.document import SqlDocument
    from leaktight.operations.file import FileView
    from leaktight.operations.migrating.statements import Step
    from leaktight.text import Span

_WORDS = (
    ("alter", regex(r"alter\s+(?:table|type|view|foreign|domain|schema)")),
    ("drop", regex(r"drop\s+\w")),
    ("create", regex(r"create\s[^;]{0,80}?\bindex\b")),
    ("truncate", regex(r"truncate")),
    ("rename", regex(r"rename\s+table")),
    ("sp_rename", regex(r"sp_rename")),
    ("update", regex(r"update\s")),
    ("reindex", regex(r"\breindex\b")),
    ("vacuum", regex(r"\bvacuum\b")),
    ("cluster", regex(r"\bcluster\s")),
)
"""What stands, in lower case, in every file that changes what is there: a word, and what begins with it."""
_OF_PYTHON = (("alembic", regex(r"\bupgrade\b")), ("django", regex(r"\bmigrations\.")))
"""What stands in the migrations of Alembic and Django, whose operations are no SQL: a word, and another behind it."""
_BEHIND = frozenset({"schema_migrations", "flyway_schema_history", "alembic_version", "schema_version", "migrations"})
"""Tables in which a tool keeps what it has run."""
_FROM_NOTHING = frozenset(
    "init initdb initdb.d docker-entrypoint-initdb.d docker-initdb bootstrap baseline initial".split()
)
"""Folders whose files, run one after the other, make a database where there is none."""


def _may_hold(text: str, words: Sequence[tuple[str, re.Pattern[str]]]) -> bool:
    """Say whether one of the words stands in a text, and what its pattern wants there or behind it."""
    return any((at := text.find(word)) >= 0 and wanted.search(text, at) for word, wanted in words)


def schema_changes(view: FileView) -> list[SchemaChange]:
    """Give the changes that a file makes to the schema, in its order.

    What a migration undoes in its other half, and what the bodies of routines do, is left out.
    """
    in_python = view.source.language is Language.PYTHON and _may_hold(view.source.text, _OF_PYTHON)
    if not in_python and not _may_hold(view.source.text.lower(), _WORDS):
        return []
    from leaktight.operations.migrating.statements import Mark, Marked

    documents = list(_groups(view, in_python=in_python))
    if not any(group.steps for group in documents):
        return []
    how = convention(view)
    if how is not None and how.tool == "flyway" and _only_concurrent(documents):
        how = Convention(how.tool, transaction=False)
    changes: list[SchemaChange] = []
    migration = None
    if how is not None:
        migration = Migration(
            view.project,
            view.source.path,
            Timeline(changes),
            how.tool,
            lock_timeout=any(
                isinstance(step, Marked) and step.mark is Mark.TIMEOUT for group in documents for step in group.steps
            ),
            concurrently=any(
                isinstance(step, SchemaChange) and How.CONCURRENTLY in step.how
                for group in documents
                for step in group.steps
            ),
            statements=sum(group.statements for group in documents),
        )
    story = _Story(view, how, migration)
    for group in documents:
        changes.extend(story.read(group))
    return changes


def _is_initial(view: FileView) -> bool:
    """Say whether a migration of Django is one of those that make the tables of its app: `initial = True`."""
    from leaktight.operations.python_schema.django_operations import is_initial

    return any(map(is_initial, view.python))


class _Group(NamedTuple):
    """Steps that follow one another in one document; `inside` says whether its host has a transaction open, if it does say."""

    document: Document
    steps: list[Step]
    statements: int = 0
    inside: bool | None = None


def _groups(view: FileView, *, in_python: bool) -> Iterator[_Group]:
    from leaktight.operations.migrating.statements import steps

    new: set[tuple[str, str]] = set()

    def of_sql(document: SqlDocument, inside: bool | None = None) -> _Group:
        count = sum(not statement.routine for statement in document.statements)
        return _Group(document, list(steps(document, new)), count, inside)

    run: set[int] = set()
    if in_python:
        from leaktight.operations.migrating.python_steps import python_steps

        for made in python_steps(view):
            if isinstance(made.step, SchemaChange):
                yield _Group(made.step.document, [made.step], 1, made.in_transaction)
            else:
                run.add(id(made.step))
                yield of_sql(made.step, made.in_transaction)
    for document in _documents(view):
        if id(document) not in run:
            yield of_sql(document)


def _only_concurrent(groups: Iterable[_Group]) -> bool:
    """Say whether a file changes nothing but what is made `CONCURRENTLY`: Flyway runs such a one outside a transaction."""
    changes = [step for group in groups for step in group.steps if isinstance(step, SchemaChange)]
    return all(How.CONCURRENTLY in change.how for change in changes)


def _documents(view: FileView) -> Iterator[SqlDocument]:
    """Yield the SQL of a file, once, but for that of the half that takes a migration back."""
    undone = {id(document) for call in view.calls if call.takes_back for document in call.sql}
    for document in view.sql:
        if document.region.variant == 0 and id(document) not in undone:
            yield document


class _Story:
    """What is known of tables while the statements of a file run one after the other."""

    def __init__(self, view: FileView, how: Convention | None, migration: Migration | None) -> None:
        self.view = view
        self.how = how
        self.migration = migration
        self.made: dict[str, set[tuple[str, ...]]] = {}
        """The names of the tables that were made, by their last parts."""
        self.columns: set[tuple[str, str]] = set()
        self.indexes: set[str] = set()
        self.begun: bool | None = None
        self.begin: tuple[Document, Span] | None = None
        self.nested = False
        self.initial = how is not None and how.tool == "django" and _is_initial(view)

    def read(self, group: _Group) -> Iterator[SchemaChange]:
        """Yield the changes of a group, each with what is known before it."""
        from leaktight.operations.migrating.statements import Mark, Marked

        for step in group.steps:
            if isinstance(step, Marked):
                if step.mark is not Mark.TIMEOUT:
                    self.begun = step.mark is Mark.BEGIN
                    self.begin = (group.document, step.span) if self.begun else None
                    self.nested = self.begun and group.inside is None and self._is_wrapped(group, step.span)
            elif step.name.name.lower() not in _BEHIND:
                settled = self._settled(group, step)
                self._remember(settled)
                yield settled

    def _settled(self, group: _Group, step: SchemaChange) -> SchemaChange:
        table = self.view.project.catalog.table(step.name, step.dialect, self.view.source.path)
        dialect = step.dialect or (table.dialect if table is not None else "")
        around = self.begun if self.begun is not None else group.inside
        if around is None:
            around = self._around(group, step.statement or step.span)
        column = getattr(step.change, "column", None)
        name = column.lower() if isinstance(column, str) else ""
        return replace(
            step,
            table=table,
            dialect=dialect,
            fresh=self._is_fresh(step),
            fresh_column=bool(name) and (step.name.name.lower(), name) in self.columns,
            in_transaction=around,
            begin=self.begin[1] if self.begin is not None and self.begin[0] is step.document else None,
            nested=self.nested,
            migration=self.migration,
        )

    def _around(self, group: _Group, span: Span) -> bool | None:
        """Say whether the tool has a transaction open around a place, which is in the region of the group."""
        if self.how is None or self.migration is None:
            return None
        place = group.document.region.map.to_file(span)
        return self.how.around(self.view.source.text, place, self.migration.statements)

    def _is_wrapped(self, group: _Group, span: Span) -> bool:
        """Say whether the tool has begun a transaction by itself; one that sends a file whole has begun none."""
        return self.how is not None and self.how.transaction is True and self._around(group, span) is True

    def _is_fresh(self, step: SchemaChange) -> bool:
        if isinstance(step.change, DropIndex):
            on = step.change.table
            return step.change.index.lower() in self.indexes or (on is not None and self._is_made(on))
        if isinstance(step.change, RebuildTable) and step.kind == "index":
            return step.name.name.lower() in self.indexes
        return not isinstance(step.change, CreateTable) and (
            self.initial or self._is_made(step.name) or self._is_made_beside(step.name)
        )

    def _is_made_beside(self, name: TableName) -> bool:
        """Say whether the folder makes the database from nothing, and another of its files the table.

        So does one with `create_orders.sql` beside `alter_orders.sql`, the steps of a build.
        """
        *folders, file = self.view.source.path.split("/")
        first = next((at for at, folder in enumerate(folders) if folder.lower() in _FROM_NOTHING), None)
        builds = file.lower().startswith("alter")
        if first is None and not builds:
            return False
        for table in self.view.project.catalog.named(name.name):
            *beside, maker = table.location.path.split("/") if table.location is not None else ("",)
            if first is not None and beside[: first + 1] == folders[: first + 1]:
                return True
            if builds and beside == folders and maker.lower().startswith("create"):
                return True
        return False

    def _is_made(self, name: TableName) -> bool:
        folded = name.folded
        return any(same_end(made, folded) for made in self.made.get(folded[-1], ()))

    def _make(self, name: TableName) -> None:
        folded = name.folded
        self.made.setdefault(folded[-1], set()).add(folded)

    def _remember(self, step: SchemaChange) -> None:
        change = step.change
        if isinstance(change, CreateTable):
            self._make(change.table.name)
        elif isinstance(change, AddIndex) and change.index.name is not None:
            self.indexes.add(change.index.name.lower())
        elif isinstance(change, RenameTable) and step.fresh:
            self._make(change.to)
        elif isinstance(change, AddColumn):
            self.columns.add((step.name.name.lower(), change.column.name.lower()))
        elif isinstance(change, RenameColumn) and step.fresh_column:
            self.columns.add((step.name.name.lower(), change.to.lower()))
