"""The names that a Python file calls, seen from its bytes without parsing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leaktight.lazy import regex

_END = 4
"""How many bytes before a bracket are looked at first."""
_DEFINES = regex(rb"\b(?:def|class)[ \t]+\w*\Z")
_LONGEST_NAME = 100
_BRACKET = regex(rb"[\s\\]*\(")
_FILLED_BRACKET = regex(rb"[\s\\]*\((?![\s\\]*\))")
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class Names:
    """Names to look for, prepared once. `empty` says that a call without arguments counts."""

    def __init__(self, names: Iterable[str], *, empty: bool = False) -> None:
        self.empty = empty
        ends: dict[bytes, set[bytes]] = {}
        for name in names:
            encoded = name.encode()
            for end in _ends(encoded):
                ends.setdefault(end, set()).add(encoded)
        self.ends: Mapping[bytes, set[bytes]] = ends


def _ends(name: bytes) -> Iterable[bytes]:
    """Yield what the bytes before the bracket may be, with few blanks between name and bracket."""
    yield from {(name + blank)[-_END:] for blank in (b"", b" ", b"  ", b"   ", b"\t", b"\n", b"\r\n", b"\\")}
    if len(name) < _END:
        yield from (bytes((byte,)) + name for byte in range(256) if byte not in _WORD)


class Called:
    """The names before the brackets of a file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ends = {part[-_END:] for part in data.split(b"(")}

    def any_of(self, names: Names) -> bool:
        """Say whether one of the names seems to be called; a `def` of that name is no call."""
        return any(self._calls(name, names, whole=True) for name in self._near(names))

    def any_ends_with(self, ends: Names) -> bool:
        """Say whether a name that ends with one of those given seems to be called."""
        return any(self._calls(end, ends, whole=False) for end in self._near(ends))

    def _near(self, names: Names) -> set[bytes]:
        return {name for end in self._ends & names.ends.keys() for name in names.ends[end]}

    def _calls(self, name: bytes, names: Names, *, whole: bool) -> bool:
        data, opens = self._data, _BRACKET if names.empty else _FILLED_BRACKET
        start = data.find(name)
        while start >= 0:
            if (
                opens.match(data, start + len(name))
                and not (whole and start and data[start - 1] in _WORD)
                and not _DEFINES.search(data, max(0, start - _LONGEST_NAME), start)
            ):
                return True
            start = data.find(name, start + 1)
        return False
