"""What is noted while the value of a call is followed through the code, in either language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from leaktight.lazy import record
from leaktight.text import Span, words_of

RESPONSE, ITEMS, ITEM, PAGES = "response", "items", "item", "pages"
"""What is followed: an answer that holds items, the items, one of them, an iterator of answers."""
FURTHEST, DEEPEST = 2000, 100
"""How many places one value is followed to at most, and how many one after another; beyond, it has left sight."""
_LOGS = frozenset("log logs logger loggers logging loguru structlog syslog logfire".split())


def logs(name: str, receiver: str) -> bool:
    """Say whether a call prints or logs what it is given: `print`, `logger.info`, `console.log`."""
    if not receiver:
        return name == "print"
    return receiver == "console" or not _LOGS.isdisjoint(words_of(receiver))


@record(frozen=True, slots=True)
class Made:
    """Code that sets an attribute itself: the statement, and the block that runs with it from first to last."""

    statement: Span
    block: Span


@record(slots=True)
class Notes:
    """What was seen of one value so far.

    `members` are what is read of the answer itself, `attributes` what is read of its items, each with the first place
    found; `reads` has all places. `whole` is where the answer leaves sight, `items` where an item does. `many` is where
    more than the first item is used. `written` are the expressions in which an item is handed on. `modelled` is where an
    object is made of an item: `Order(**row)`.
    """

    members: dict[str, Span] = field(default_factory=dict)
    attributes: dict[str, Span] = field(default_factory=dict)
    reads: dict[str, list[Span]] = field(default_factory=dict)
    made: dict[str, list[Made]] = field(default_factory=dict)
    written: set[Span] = field(default_factory=set)
    whole: Span | None = None
    items: Span | None = None
    many: Span | None = None
    modelled: Span | None = None
    steps: int = 0
    depth: int = 0

    def member(self, name: str, span: Span) -> None:
        """Note that a member of the answer is read."""
        self.members.setdefault(name, span)

    def attribute(self, name: str, span: Span) -> None:
        """Note that an attribute of an item is read."""
        self.attributes.setdefault(name, span)
        self.reads.setdefault(name, []).append(span)

    def makes(self, name: str, made: Made) -> None:
        """Note that the code sets an attribute of an item."""
        self.made.setdefault(name, []).append(made)

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
        """Count a step; say, and note, when the value was followed far enough."""
        self.steps += 1
        if self.steps > FURTHEST or self.depth > DEEPEST:
            self.leaves(kind, span)
            return True
        return False

    def given(self) -> tuple[str, ...] | None:
        """Give the attributes that the call itself must give, in the order of the source.

        Those are left out that the code sets before it reads them. None when an item leaves sight, when no attribute is
        read, and when it is not sure which came first.
        """
        if self.whole is not None or self.items is not None or self.modelled is not None:
            return None
        first: Mapping[str, Span] = {name: min(spans) for name, spans in self.reads.items()}
        names: list[str] = []
        for name in sorted(first, key=lambda name: first[name]):
            made = self.made.get(name)
            if made is None or first[name].start < min(one.statement.end for one in made):
                names.append(name)
            elif not any(self._always(name, one) for one in made):
                return None
        return tuple(names) or None

    def becomes_objects(self) -> bool:
        """Say whether each item that is handed on becomes an object, which takes all of it."""
        return self.modelled is not None and self.whole is None and self.items is None

    def _always(self, name: str, made: Made) -> bool:
        """Say whether each read of an attribute comes after it was set."""
        return all(made.block.contains(span) and span.start >= made.statement.end for span in self.reads[name])
