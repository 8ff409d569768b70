"""The kind of rule that reads what a load takes as new of a table."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.diagnostics import Finding
from leaktight.rule import Rule

if TYPE_CHECKING:
    from leaktight.operations.file import FileView
    from leaktight.operations.incremental import IncrementalRead


class IncrementalReadRule(Rule, kind=True):
    """Reads a SELECT that takes of a table what was created since the last time."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[IncrementalRead]:
        """Yield the reads of a file that take what is new of a table."""
        from leaktight.operations.incremental import incremental_reads, may_read_new

        if may_read_new(view.source.text.encode("utf-8", "replace")):
            yield from incremental_reads(view)

    @abstractmethod
    def check(self, read: IncrementalRead, /) -> Iterator[Finding]:
        """Yield what is wrong with a read."""
