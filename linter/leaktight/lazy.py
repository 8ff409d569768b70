"""Data classes and regular expressions that are made when they are first used.

A start defines hundreds of both and uses a few dozen; each costs up to a millisecond, because the one compiles source
text and the other compiles a pattern. Nothing else about them is different.
"""

from __future__ import annotations

from _thread import RLock

__all__ = ["record", "regex"]

TYPE_CHECKING = False  # type checkers read what follows; importing `typing` would cost what this module saves
if TYPE_CHECKING:
    from dataclasses import dataclass as record
    from re import compile as regex
else:
    _waiting: dict[type, dict[str, bool]] = {}
    _lock = RLock()  # a class that two threads use first must be made once

    def record(cls: type | None = None, /, **options: bool) -> object:
        """Make a class a data class, as `dataclasses.dataclass` does, but when its first instance is made.

        `slots` is accepted and means nothing: a class with slots would have to be made at once.
        """
        if cls is None:
            return lambda cls: record(cls, **options)
        options.pop("slots", None)
        _waiting[cls] = options
        for name, stub in _STUBS.items():
            if name not in cls.__dict__ and (options.get("eq", True) or name not in ("__eq__", "__hash__")):
                setattr(cls, name, stub)
        return cls

    def _make(kind: type) -> None:
        """Make what is waiting of a class and the classes it inherits from."""
        with _lock:
            for cls in reversed(kind.__mro__):
                options = _waiting.pop(cls, None)
                if options is None:
                    continue
                for name, stub in _STUBS.items():
                    if cls.__dict__.get(name) is stub:
                        delattr(cls, name)
                from dataclasses import dataclass

                dataclass(**options)(cls)

    def _init(self: object, *args: object, **kwargs: object) -> None:
        _make(type(self))
        type(self).__init__(self, *args, **kwargs)

    def _repr(self: object) -> str:
        _make(type(self))
        return repr(self)

    def _eq(self: object, other: object) -> bool:
        _make(type(self))
        return type(self).__eq__(self, other)

    def _hash(self: object) -> int:
        _make(type(self))
        return hash(self)

    class _Attribute:
        """Stands for a class attribute that only a made class has."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __get__(self, instance: object, owner: type) -> object:
            _make(owner)
            return getattr(owner, self._name)

    _STUBS = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _eq,
        "__hash__": _hash,
        **{name: _Attribute(name) for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__")},
    }

    class regex:  # noqa: N801  # stands for `re.compile`
        """Compile a regular expression, as `re.compile` does, but when it is first used."""

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self._given = (text, flags)

        def __getattr__(self, name: str) -> object:
            import re

            compiled = re.compile(*self._given)
            for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split"):
                setattr(self, method, getattr(compiled, method))
            return getattr(compiled, name)
