"""The shapes that values may have: each reads a value, says what is wrong with it, and gives its JSON schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any, Protocol

from leaktight.config.value import Problems, Value
from leaktight.globs import IgnorePatterns
from leaktight.lazy import record
from leaktight.text import nearest

Json = dict[str, Any]


def near(name: str, names: Iterable[str]) -> str:
    """Give ` Did you mean `x`?` for the name nearest to one that is wrong, or nothing."""
    found = nearest(name, names)
    return f" Did you mean `{found}`?" if found else ""


def listed(names: Iterable[str], joint: str = "or") -> str:
    """Give names in words: `a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"


class Shape(Protocol):
    """What a value may be. `read` gives None for a value that it has said a problem of."""

    def read(self, key: str, value: Value, problems: Problems) -> Any:
        """Give the value as the settings hold it."""

    def schema(self) -> Json:
        """Give the JSON schema of the shape."""


@record(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, key: str, value: Value, problems: Problems) -> str | None:
        """Give the word."""
        if isinstance(value.data, str) and value.data in self.words:
            return value.data
        hint = near(value.data, self.words) if isinstance(value.data, str) else ""
        problems.say(value.place, f"`{key}` must be {listed(self.words)}, not {value.kind}.{hint}")
        return None

    def schema(self) -> Json:
        """Give an enumeration."""
        return {"enum": list(self.words)}


@record(frozen=True)
class Text:
    """A string that `parse` turns into what the settings hold, or refuses with a sentence."""

    what: str
    parse: Callable[[str], Any]
    pattern: str = ""

    def read(self, key: str, value: Value, problems: Problems) -> Any:
        """Give the parsed string."""
        if not isinstance(value.data, str):
            quotes = " Write it in quotes." if isinstance(value.data, (int, float)) else ""
            problems.say(value.place, f"`{key}` must be {self.what}, not {value.kind}.{quotes}")
            return None
        try:
            return self.parse(value.data)
        except ValueError as error:
            problems.say(value.place, f"`{key}` must be {self.what}, not {value.kind}: {error}.")
            return None

    def schema(self) -> Json:
        """Give a string, with its pattern if it has one."""
        return {"type": "string", **({"pattern": self.pattern} if self.pattern else {})}


@record(frozen=True)
class Number:
    """A number that is not below zero. With `units`, a string may have one of them after it: `736 GB`; it is whole then."""

    what: str
    whole: bool = True
    units: Mapping[str, int] = field(default_factory=dict)

    def read(self, key: str, value: Value, problems: Problems) -> float | None:
        """Give the number, multiplied by its unit."""
        found = self._parsed(value.data)
        if found is None or found < 0 or not found < _TOO_MUCH or (self.whole and found != int(found)):
            problems.say(value.place, f"`{key}` must be {self.what}, not {value.kind}.")
            return None
        return int(found) if self.whole else found

    def _parsed(self, data: object) -> float | None:
        if isinstance(data, (int, float)) and not isinstance(data, bool):
            return data
        if not isinstance(data, str) or not self.units:
            return None
        number, _, unit = data.strip().partition(" ")
        try:
            return round(float(number) * self.units[unit.strip()])
        except (ValueError, KeyError, OverflowError):
            return None

    def schema(self) -> Json:
        """Give a number, or one with its unit."""
        number: Json = {"type": "integer" if self.whole else "number", "minimum": 0}
        return {"anyOf": [number, {"type": "string"}]} if self.units else number


_TOO_MUCH = 1e21


@record(frozen=True)
class Strings:
    """A list of strings; one string alone is a list of one. `check` says what is wrong with an item."""

    what: str
    check: Callable[[str], str] = lambda _: ""
    items: Callable[[], Json] = lambda: {"type": "string"}

    def read(self, key: str, value: Value, problems: Problems) -> tuple[str, ...] | None:
        """Give the strings."""
        items = value.data if isinstance(value.data, tuple) else (value,)
        found: list[str] = []
        for item in items:
            if not isinstance(item.data, str):
                problems.say(item.place, f"`{key}` must be a list of {self.what}, not {_within(value, item)}.")
                return None
            wrong = self.check(item.data)
            if wrong:
                problems.say(item.line or item.place, f"`{key}`: {wrong}")
            found.append(item.data)
        return tuple(found)

    def schema(self) -> Json:
        """Give a list, or one item alone."""
        item = self.items()
        return {"anyOf": [{"type": "array", "items": item, "uniqueItems": True}, item]}


def _within(value: Value, item: Value) -> str:
    return value.kind if value is item else f"one with {item.kind if item.data is not None else 'an empty item'}"


@record(frozen=True)
class Table:
    """A mapping with known keys: each a shape and what it does, in one sentence."""

    what: str
    keys: Mapping[str, tuple[Shape, str]]

    def read(self, key: str, value: Value, problems: Problems) -> dict[str, Any] | None:
        """Give the values of the keys that are there."""
        if value.data is None:
            return {}
        if not isinstance(value.data, Mapping):
            problems.say(value.place, f"`{key}` must be a mapping, not {value.kind}.")
            return None
        found: dict[str, Any] = {}
        for name, item in value.data.items():
            if name not in self.keys:
                hint = near(name, self.keys) or f" There are {listed(self.keys, 'and')}."
                problems.say(item.place, f"`{name}` is not {self.what}.{hint}")
            elif item.data is None:
                problems.say(item.place, f"`{name}` is empty; give it a value or take the key out.")
            else:
                read = self.keys[name][0].read(f"{key}.{name}" if key else name, item, problems)
                if read is not None:
                    found[name] = read
        return found

    def schema(self) -> Json:
        """Give an object with these properties and no others."""
        properties = {name: {"description": text, **shape.schema()} for name, (shape, text) in self.keys.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}


@record(frozen=True)
class ByGlob:
    """A mapping from globs to values of one shape, in the order written."""

    shape: Shape

    def read(self, key: str, value: Value, problems: Problems) -> tuple[tuple[str, Any], ...] | None:
        """Give pairs of glob and value."""
        if not isinstance(value.data, Mapping):
            problems.say(value.place, f"`{key}` must be a mapping from globs, not {value.kind}.")
            return None
        found: list[tuple[str, Any]] = []
        for glob, item in value.data.items():
            wrong = check_glob(glob)
            if wrong:
                problems.say(item.place, f"`{key}`: {wrong}")
            read = self.shape.read(f"{key}.{glob}", item, problems)
            if read is not None:
                found.append((glob, read))
        return tuple(found)

    def schema(self) -> Json:
        """Give an object whose properties all have the shape."""
        return {"type": "object", "additionalProperties": self.shape.schema()}


@record(frozen=True)
class ByName:
    """A mapping from names to values of one shape, in the order written. `check` says what is wrong with a name."""

    shape: Shape
    what: str = "names"
    check: Callable[[str], str] = lambda _: ""

    def read(self, key: str, value: Value, problems: Problems) -> tuple[tuple[str, Any], ...] | None:
        """Give pairs of name and value."""
        if not isinstance(value.data, Mapping):
            problems.say(value.place, f"`{key}` must be a mapping from {self.what}, not {value.kind}.")
            return None
        found: list[tuple[str, Any]] = []
        for name, item in value.data.items():
            wrong = self.check(name)
            if wrong:
                problems.say(item.place, f"`{key}`: {wrong}")
            read = self.shape.read(f"{key}.{name}", item, problems)
            if read is not None:
                found.append((name, read))
        return tuple(found)

    def schema(self) -> Json:
        """Give an object whose properties all have the shape."""
        return {"type": "object", "additionalProperties": self.shape.schema()}


def check_glob(glob: str) -> str:
    """Say what is wrong with a glob, or nothing."""
    if leaves(glob.removeprefix("!")) and not glob.removeprefix("!").startswith("/"):
        return f"The glob `{glob}` leaves the project."
    if not IgnorePatterns((glob,)):
        return f"The glob `{glob}` matches nothing."
    return ""


def leaves(path: str) -> bool:
    """Say whether a path leads out of the directory that it is relative to."""
    parts = path.replace("\\", "/").split("/")
    return path.startswith(("/", "\\", "~")) or ":" in parts[0] or ".." in parts
