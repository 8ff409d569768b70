"""The macro of a dbt project that says what its schemas are called."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.embedding.jinja import takes_schemas_as_they_are
from leaktight.operations.dbt.projects import DbtSchemaNames
from leaktight.operations.file import FileView


def read(view: FileView) -> Iterator[DbtSchemaNames]:
    """Yield that the project calls a schema as it is set."""
    if takes_schemas_as_they_are(view.source.text):
        yield DbtSchemaNames(view.source.path)
