"""Columns that are matched by position, and whose names say that the positions are wrong."""

from __future__ import annotations

from collections.abc import Sequence


def exchanged(wanted: Sequence[str], given: Sequence[str]) -> tuple[int, int] | None:
    """Give the places of two names in `given` each of which stands where the other one is wanted, whatever their case.

    None where there are no such two, and where names are not told apart: one stands twice, or a column has no name (an
    empty one). Both lists are of one length.
    """
    ours, theirs = [name.lower() for name in wanted], [name.lower() for name in given]
    if any(len(set(filter(None, names))) < len([name for name in names if name]) for names in (ours, theirs)):
        return None
    places = {name: at for at, name in enumerate(ours) if name}
    for at, name in enumerate(theirs):
        other = places.get(name) if name else None
        if other is not None and other > at and theirs[other] == ours[at]:
            return at, other
    return None
