"""The changes of one file in their order: what stands before and after each, and in one statement with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
        self._answers: dict[tuple[Callable[[SchemaChange], bool], int], bool] = {}

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

    def like(
        self, change: SchemaChange, told: Callable[[SchemaChange], bool], *, of_table: bool = False
    ) -> Sequence[SchemaChange] | None:
        """Give the changes near after a change, in its document, for which `told` holds, to be told of with it.

        None where it holds for one near before it, which speaks for this one too. With `of_table` those of the same table count
        alone. Each change is asked once.
        """

        def beside(changes: Sequence[SchemaChange]) -> Iterator[SchemaChange]:
            near = change.of_table(changes) if of_table else changes
            return (one for one in near if one.document is change.document and self._is_told(one, told))

        if next(beside(self.earlier(change)), None) is not None:
            return None
        return list(beside(self.later(change)))

    def _is_told(self, change: SchemaChange, told: Callable[[SchemaChange], bool]) -> bool:
        key = told, id(change)
        if key not in self._answers:
            self._answers[key] = told(change)
        return self._answers[key]

    def _place(self, change: SchemaChange) -> int | None:
        if len(self._places) != len(self.changes):
            self._places = {id(one): index for index, one in enumerate(self.changes)}
            self._statements = {}
            for one in self.changes:
                self._statements.setdefault((id(one.document), one.statement), []).append(one)
        return self._places.get(id(change))
