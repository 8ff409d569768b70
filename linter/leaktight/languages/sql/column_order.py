"""Columns that are matched by position, and whose names say that the positions are wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def exchanged(wanted: Sequence[str], given: Sequence[str]) -> tuple[int, int] | None:
    """Give the places of two names in `given` each of which stands where the other one is wanted, whatever their case.

    None where there are no such two. A name that stands twice in one of the lists is passed over, as a column without one
    (an empty name) is. Both lists are of one length.
    """
    ours, theirs = [name.lower() for name in wanted], [name.lower() for name in given]
    often = [Counter(ours), Counter(theirs)]
    places = {name: at for at, name in enumerate(ours) if name and all(counts[name] == 1 for counts in often)}
    for at, name in enumerate(theirs):
        other = places.get(name) if name else None
        if other is not None and other > at and theirs[other] == ours[at] and ours[at] in places:
            return at, other
    return None
