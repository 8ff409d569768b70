"""What is noted while a response is followed through the code, in either language."""

from __future__ import annotations

from dataclasses import dataclass, field

from leaktight.operations.dynamodb import Response
from leaktight.text import Span

RESPONSE, ITEMS, ITEM, PAGES = "response", "items", "item", "pages"
LISTS = frozenset({"Items"})
SINGLE = frozenset({"Item", "Attributes"})
CURSOR = "LastEvaluatedKey"
FURTHEST, DEEPEST = 2000, 100
"""How many places one response is followed to at most, and how many one after another; beyond, it has left sight."""


def logs(name: str, receiver: str) -> bool:
    """Say whether a call prints or logs what it is given: `print`, `logger.info`, `console.log`."""
    if not receiver:
        return name == "print"
    return receiver == "console" or "log" in receiver.lower()


@dataclass(slots=True)
class Notes:
    """What was seen of one response so far."""

    members: dict[str, Span] = field(default_factory=dict)
    attributes: dict[str, Span] = field(default_factory=dict)
    written: set[Span] = field(default_factory=set)
    whole: Span | None = None
    items: Span | None = None
    many: Span | None = None
    steps: int = 0
    depth: int = 0

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

    def shown(self, kind: str, span: Span) -> None:
        """Note that what is followed is printed or logged: its attributes are used, its next page is not."""
        if kind == RESPONSE:
            self.items = self.items or span
        else:
            self.leaves(kind, span)

    def all_items(self, span: Span) -> None:
        """Note that more than the first item is used."""
        self.many = self.many or span

    def tired(self, kind: str, span: Span) -> bool:
        """Count a step; say, and note, when the response was followed far enough."""
        self.steps += 1
        if self.steps > FURTHEST or self.depth > DEEPEST:
            self.leaves(kind, span)
            return True
        return False

    def response(self) -> Response:
        """Give what was noted."""
        return Response(self.members, self.whole, self.attributes, self.items, self.many, frozenset(self.written))
