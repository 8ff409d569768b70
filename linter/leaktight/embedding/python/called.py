"""The names that a Python file calls, seen from its bytes without parsing it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from leaktight.lazy import regex

_END = 4
"""How many bytes before a bracket are looked at first."""
_DEFINES = regex(rb"\b(?:def|class)[ \t]+\w*\Z")
_LONGEST_NAME = 100
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
        data = self._data
        for match in _pattern(name, empty=names.empty).finditer(data):
            start = match.start()
            if whole and start and data[start - 1] in _WORD:
                continue
            if not _DEFINES.search(data, max(0, start - _LONGEST_NAME), start):
                return True
        return False


@lru_cache(maxsize=256)
def _pattern(name: bytes, *, empty: bool) -> re.Pattern[bytes]:
    return re.compile(re.escape(name) + rb"[\s\\]*\(" + (rb"" if empty else rb"(?![\s\\]*\))"))
