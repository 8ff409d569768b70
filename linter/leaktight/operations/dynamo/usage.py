"""What is noted while a response is followed through the code, in either language."""

from __future__ import annotations

from dataclasses import dataclass, field

from leaktight.operations.dynamodb import Assigned, Response
from leaktight.text import Span

RESPONSE, ITEMS, ITEM, PAGES = "response", "items", "item", "pages"
LISTS = frozenset({"Items"})
SINGLE = frozenset({"Item", "Attributes"})
CURSOR = "LastEvaluatedKey"
FURTHEST = 400
"""How many places one response is followed to at most; beyond, it has left sight."""


@dataclass(slots=True)
class Notes:
    """What was seen of one response so far."""

    members: dict[str, Span] = field(default_factory=dict)
    attributes: dict[str, Span] = field(default_factory=dict)
    written: set[Span] = field(default_factory=set)
    whole: Span | None = None
    items: Span | None = None
    many: Span | None = None
    statement: Assigned | None = None
    steps: int = 0

    def member(self, name: str, span: Span) -> None:
        """Note that a member of the response is read."""
        self.members.setdefault(name, span)

    def attribute(self, name: str, span: Span) -> None:
        """Note that an attribute of an item is read."""
        self.attributes.setdefault(name, span)

    def leaves(self, kind: str, span: Span) -> None:
        """Note that what is followed leaves sight: it is returned, or handed to code that is not read."""
        if kind in (RESPONSE, PAGES):
            self.whole = self.whole or span
            return
        self.items = self.items or span
        self.written.add(span)
        if kind == ITEMS:
            self.many = self.many or span

    def all_items(self, span: Span) -> None:
        """Note that more than the first item is used."""
        self.many = self.many or span

    def tired(self, kind: str, span: Span) -> bool:
        """Count a step; say, and note, when the response was followed far enough."""
        self.steps += 1
        if self.steps > FURTHEST:
            self.leaves(kind, span)
            return True
        return False

    def response(self) -> Response:
        """Give what was noted."""
        return Response(
            self.members, self.whole, self.attributes, self.items, self.many, frozenset(self.written), self.statement
        )
