"""Which classes of nodes are below which: trees have some hundred, and every document is asked for the same few of them."""

from __future__ import annotations


class _Kin(dict[type, bool]):
    """Says of classes whether they are a kind or below it, each asked once."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def __missing__(self, found: type) -> bool:
        known = self[found] = issubclass(found, self._kind)
        return known


_KIN: dict[type, _Kin] = {}


def kin_of(kind: type) -> dict[type, bool]:
    """Give what says of any class whether it is a kind or below it."""
    kin = _KIN.get(kind)
    if kin is None:
        kin = _KIN[kind] = _Kin(kind)
    return kin
