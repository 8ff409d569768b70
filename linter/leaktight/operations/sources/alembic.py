"""Migrations of Alembic: the operations of `upgrade()` in their order, the SQL that they run among them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight.catalog.chain import Revision
from leaktight.catalog.change import TableChange, TypeChange
from leaktight.operations.file import FileView
from leaktight.operations.python_schema.alembic_operations import alembic_operations
from leaktight.operations.python_schema.code import Code
from leaktight.operations.python_schema.hosted import HostedChanges


def read(view: FileView) -> Iterator[TableChange | TypeChange | Revision]:
    """Yield what a migration does, and which it comes after."""
    for document in view.python:
        code = Code.of_module(document)
        revision = _revision(code)
        if revision is None:
            continue
        yield revision
        hosted = HostedChanges(view, document)
        for operation in alembic_operations(document, hosted.hint):
            if operation.change is not None:
                yield operation.change
            else:
                yield from hosted.of(operation.call)


def _revision(code: Code) -> Revision | None:
    """Give what the module's `revision` and `down_revision` say; None where it is no migration."""
    name = code.text(code.names.get("revision"))
    if not name or "down_revision" not in code.names:
        return None
    after = (*_names(code, "down_revision"), *_names(code, "depends_on"))
    return Revision(name, tuple(dict.fromkeys(after)))


def _names(code: Code, variable: str) -> tuple[str, ...]:
    node: ast.expr | None = code.names.get(variable)
    text = code.text(node)
    return (text,) if text else code.texts(node) or ()
