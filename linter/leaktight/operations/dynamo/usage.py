"""What the response of a DynamoDB request is made of, and what was noted of one, in either language."""

from __future__ import annotations

from leaktight.operations.dynamodb import Response
from leaktight.operations.following.notes import ITEM, ITEMS, Notes

CURSOR = "LastEvaluatedKey"
_LISTS = frozenset({"Items"})
_SINGLE = frozenset({"Item", "Attributes"})


def kind_of(member: str) -> str | None:
    """Give what a member of a response holds: items, one item; None for what is not followed."""
    if member in _LISTS:
        return ITEMS
    return ITEM if member in _SINGLE else None


def response_of(notes: Notes) -> Response:
    """Give what was noted of a response."""
    return Response(notes.members, notes.whole, notes.attributes, notes.items, notes.many, frozenset(notes.written))
