"""Migrations of Django: their operations in order, the SQL that they run among them."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.chain import Revision
from leaktight.catalog.change import TableChange, TypeChange
from leaktight.operations.file import FileView
from leaktight.operations.python_schema.code import Code
from leaktight.operations.python_schema.django_operations import app_of, django_operations, migration_of
from leaktight.operations.python_schema.hosted import HostedChanges


def read(view: FileView) -> Iterator[TableChange | TypeChange | Revision]:
    """Yield what a migration does, and which it comes after."""
    for document in view.python:
        migration = migration_of(document)
        if migration is None:
            continue
        code = Code.of_module(document).in_body(migration.body)
        app = app_of(view.source.path)
        name = view.source.path.rpartition("/")[2].removesuffix(".py")
        yield Revision(
            f"{app}/{name}", _named(code, "dependencies"), _named(code, "replaces"), _named(code, "run_before")
        )
        hosted = HostedChanges(view, document)
        for operation in django_operations(document, hosted.hint):
            if operation.change is not None:
                yield operation.change
            else:
                yield from hosted.of(operation.call)


def _named(code: Code, variable: str) -> tuple[str, ...]:
    """Give the migrations that a list of pairs names."""
    pairs = [code.texts(item) for item in code.items(code.names.get(variable)) or ()]
    return tuple(f"{pair[0].lower()}/{pair[1]}" for pair in pairs if pair is not None and len(pair) == 2)
