"""Not read yet."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.declaration import Declaration
from leaktight.operations.file import FileView


def read(view: FileView) -> Iterator[Declaration]:  # noqa: ARG001
    """Yield nothing."""
    yield from ()
