"""Data classes and regular expressions that are made when they are first used.

A start defines hundreds of both and uses a few dozen; each costs up to a millisecond, because the one compiles source
text and the other compiles a pattern. Nothing else about them is different.
"""

from __future__ import annotations

from _thread import RLock
from operator import attrgetter
from reprlib import recursive_repr

__all__ = ["record", "regex"]

TYPE_CHECKING = False  # type checkers read what follows; importing `typing` would cost what this module saves
if TYPE_CHECKING:
    from dataclasses import Field
    from dataclasses import dataclass as record
    from re import compile as regex
else:
    _waiting: dict[type, dict[str, bool]] = {}
    _lock = RLock()  # a class that two threads use first must be made once

    def record(cls: type | None = None, /, **options: bool) -> object:
        """Make a class a data class, as `dataclasses.dataclass` does, but when its first instance is made.

        `slots` is accepted and means nothing: a class with slots would have to be made at once. `order` is not.
        """
        if cls is None:
            return lambda cls: record(cls, **options)
        frozen, eq = options.get("frozen", False), options.pop("eq", True)
        options.pop("slots", None)
        _waiting[cls] = options
        methods = {"__init__": _init, "__repr__": _repr, **_ATTRIBUTES}
        if eq:
            methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(cls, name, method)
        return cls

    def _make(kind: type) -> None:
        """Make what is waiting of a class and the classes it inherits from."""
        with _lock:
            for cls in reversed(kind.__mro__):
                options = _waiting.pop(cls, None)
                if options is None:
                    continue
                for name, stub in _ATTRIBUTES.items():
                    if cls.__dict__.get(name) is stub:
                        delattr(cls, name)
                from dataclasses import dataclass, fields

                # Its methods are source text that is compiled one by one, and most are never called: they are made here.
                # `dataclass` would compile the methods of a frozen one too, and takes no other below one.
                frozen = options.pop("frozen", False)
                above = [base.__dataclass_params__ for base in cls.__mro__[1:] if hasattr(base, "__dataclass_params__")]
                were = [params.frozen for params in above]
                for params in above:
                    params.frozen = False
                dataclass(init=False, repr=False, eq=False, **options)(cls)
                for params, was in zip(above, were, strict=True):
                    params.frozen = was
                cls.__dataclass_params__.frozen = frozen
                compared = tuple(item.name for item in fields(cls) if item.compare)
                for name, make in (("__eq__", _equality), ("__hash__", _hashing)):
                    if cls.__dict__.get(name) in (_eq, _hash):
                        setattr(cls, name, make(_values_of(compared)))
                if cls.__dict__.get("__init__") is _init:
                    cls.__init__ = _initialiser(cls, fields(cls))

    def _initialiser(cls: type, found: tuple[Field, ...]) -> object:
        """Give the `__init__` of a class with these fields."""
        from dataclasses import MISSING

        frozen = cls.__setattr__ is _refuse_to_set
        given = {"_set": object.__setattr__, "_missing": MISSING}
        plain, named, body = [], [], []
        for item in found:
            name = value = item.name
            parameter = name
            if item.default_factory is not MISSING:
                given[f"_make_{name}"] = item.default_factory
                parameter = f"{name}=_missing"
                value = f"_make_{name}() if {name} is _missing else {name}"
            elif item.default is not MISSING:
                given[f"_default_{name}"] = item.default
                parameter = f"{name}=_default_{name}"
            (named if item.kw_only else plain).append(parameter)
            body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append("self.__post_init__()")
        parameters = ", ".join(["self", *plain, *(["*", *named] if named else [])])
        exec(f"def __init__({parameters}):\n " + "\n ".join(body or ["pass"]), given)  # noqa: S102  # as `dataclass` does
        made = given["__init__"]
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    def _init(self: object, *args: object, **kwargs: object) -> None:
        _make(type(self))
        type(self).__init__(self, *args, **kwargs)

    @recursive_repr()
    def _repr(self: object) -> str:
        from dataclasses import fields

        values = (f"{item.name}={getattr(self, item.name)!r}" for item in fields(self) if item.repr)
        return f"{type(self).__qualname__}({', '.join(values)})"

    def _values_of(names: tuple[str, ...]) -> object:
        return attrgetter(*names) if names else lambda _: ()

    def _equality(values: object) -> object:
        def equals(self: object, other: object) -> bool:
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return equals

    def _hashing(values: object) -> object:
        def hashed(self: object) -> int:
            return hash(values(self))

        return hashed

    def _eq(self: object, other: object) -> bool:
        _make(type(self))
        return type(self).__eq__(self, other)

    def _hash(self: object) -> int:
        _make(type(self))
        return hash(self)

    def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001  # the method's signature
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001  # the method's signature
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    class _Attribute:
        """Stands for a class attribute that only a made class has."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __get__(self, instance: object, owner: type) -> object:
            _make(owner)
            return getattr(owner, self._name)

    _ATTRIBUTES = {
        name: _Attribute(name) for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
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
