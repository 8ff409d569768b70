"""The changes of one file in their order: what stands before and after each, and in one statement with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leaktight.operations.schema_change import SchemaChange
    from leaktight.text import Span

_NEAR = 400
"""How many changes before and after one are looked at: a file of many thousands must not be read as many times."""


class Timeline:
    """Finds the place of a change among all of its file, which are all there when the first is asked for."""

    def __init__(self, changes: Sequence[SchemaChange]) -> None:
        self.changes = changes
        self._places: dict[int, int] = {}
        self._statements: dict[tuple[int, Span | None], list[SchemaChange]] = {}

    def earlier(self, change: SchemaChange) -> Sequence[SchemaChange]:
        """Give those that are made before a change, as far as they are near."""
        at = self._place(change)
        return self.changes[max(0, at - _NEAR) : at] if at is not None else ()

    def later(self, change: SchemaChange) -> Sequence[SchemaChange]:
        """Give those that are made after a change, as far as they are near."""
        at = self._place(change)
        return self.changes[at + 1 : at + 1 + _NEAR] if at is not None else ()

    def together(self, change: SchemaChange) -> Sequence[SchemaChange]:
        """Give all of the same statement, the change itself among them."""
        self._place(change)
        return self._statements.get((id(change.document), change.statement), (change,))

    def _place(self, change: SchemaChange) -> int | None:
        if len(self._places) != len(self.changes):
            self._places = {id(one): index for index, one in enumerate(self.changes)}
            self._statements = {}
            for one in self.changes:
                self._statements.setdefault((id(one.document), one.statement), []).append(one)
        return self._places.get(id(change))
