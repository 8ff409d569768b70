"""`[tool.leaktight]` of a `pyproject.toml` into values with the lines of their keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from leaktight.config.value import ConfigurationError, Value
from leaktight.lazy import regex

_HEADER = regex(r"\[\[?([^\[\]#]+)\]\]?\s*(?:#.*)?\Z")
_PART = r"""(?:"[^"\\]*"|'[^']*'|[\w-]+)"""
_KEY = regex(rf"({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_MOST_PARTS = 50
_TOO_MANY_PARTS = regex(
    rf"""(?<![\w-])(?:(?:"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|[\w-]++)[ \t]*+\.[ \t]*+){{{_MOST_PARTS}}}"""
)
"""A key that tomllib, whose time grows with the square of a key's parts, would read for minutes."""


def read_toml(text: str, path: str) -> Value | None:
    """Give the values of `[tool.leaktight]`, or None when the file has no such table. Raises `ConfigurationError`."""
    endless = _TOO_MANY_PARTS.search(text)
    if endless:
        line = text.count("\n", 0, endless.start()) + 1
        raise ConfigurationError.of(path, f"This key has more than {_MOST_PARTS} parts.", line)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        reason = re.sub(r"\s*\(at [^)]*\)", "", str(error))
        raise ConfigurationError.of(path, f"This is not TOML: {reason}.", int(at[1]) if at else 0) from None
    except (RecursionError, ValueError) as error:
        raise ConfigurationError.of(path, f"This is not TOML: {error}.") from None
    tool = document.get("tool")
    table = tool.get("leaktight") if isinstance(tool, dict) else None
    if table is None:
        return None
    return _value(table, ("tool", "leaktight"), _lines(text), 0)


def _value(data: Any, keys: tuple[str, ...], lines: Mapping[tuple[str, ...], int], outer: int) -> Value:
    line = lines.get(keys, outer)
    if isinstance(data, dict):
        return Value({name: _value(item, (*keys, name), lines, line) for name, item in data.items()}, line, line)
    if isinstance(data, list):
        return Value(tuple(_value(item, (), {}, line) for item in data), line, line)
    if data is None or isinstance(data, (str, int, float, bool)):
        return Value(data, line, line)
    return Value(str(data), line, line)


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Give the line of each key that begins a line; tomllib reads keys but does not say where they stand."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        header = _HEADER.match(stripped)
        if header:
            table = _dotted(header[1]) or table
            found.setdefault(table, number)
            continue
        key = _KEY.match(stripped)
        name = _dotted(key[1]) if key else ()
        for length in range(1, len(name) + 1):
            found.setdefault((*table, *name[:length]), number)
    return found


def _dotted(key: str) -> tuple[str, ...]:
    try:
        tree = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(tree, dict):
        ((name, tree),) = tree.items()
        names.append(name)
    return tuple(names)
