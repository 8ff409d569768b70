"""The kind of rule that reads writes to tables which keep the versions of their rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.diagnostics import Finding
from leaktight.rule import Rule

if TYPE_CHECKING:
    from leaktight.operations.file import FileView
    from leaktight.operations.versioned import VersionedWrite


class VersionedWriteRule(Rule, kind=True):
    """Reads a write of SQL to a table that keeps the versions of its rows (SCD2)."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[VersionedWrite]:
        """Yield the writes of a file to tables that keep versions; migrations and fixtures fill them otherwise."""
        if not (view.path.migration or view.path.fixture):
            yield from view.versioned

    @abstractmethod
    def check(self, write: VersionedWrite, /) -> Iterator[Finding]:
        """Yield what is wrong with a write."""
