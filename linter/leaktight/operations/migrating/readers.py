"""Who reads what a migration takes away, renames or changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leaktight.diagnostics import Location
    from leaktight.operations.project import Project
    from leaktight.operations.schema_change import SchemaChange


def readers(change: SchemaChange, project: Project) -> Sequence[Location]:  # noqa: ARG001  # nothing keeps the reads yet
    """Give the places of the project's queries that read the table or column of a change, in the order of their paths.

    Nothing yet: the project does not keep the reads of its files.
    """
    return ()
