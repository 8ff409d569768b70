"""Reads what stands inside a tag: its words, its literals, its calls. Evaluates nothing but literals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from leaktight.lazy import regex


class Token(NamedTuple):
    """A word of a Jinja expression. `kind` is `string`, `number`, `name` or `sign`."""

    kind: str
    text: str
    start: int
    end: int


class NotLiteral(ValueError):
    """The expression is not made of literals alone."""


_TOKEN = regex(
    r'\s*+(?:(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"|\'[^\'\\]*+(?:\\.[^\'\\]*+)*+\')'
    r"|(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>==|!=|<=|>=|//|\*\*|\S))",
    re.DOTALL,
)
_ESCAPE = regex(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_WORDS: dict[str, object] = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}
_DEEPEST = 40
_OPENS = frozenset("([{")
_CLOSES = frozenset(")]}")


@lru_cache(maxsize=4096)
def tokens_of(code: str) -> tuple[Token, ...]:
    """Give the words of an expression; offsets count from the start of `code`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "sign"
        start, end = match.span(kind)
        found.append(Token(kind, code[start:end], start, end))
    return tuple(found)


def string_value(token: Token) -> str:
    """Give the value of a string token."""
    inner = token.text[1:-1]
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match.group(1), match.group(1)), inner)


def read_literal(tokens: Sequence[Token], at: int, depth: int = 0) -> tuple[object, int]:
    """Read the literal at `tokens[at]`; give it and the index after it.

    Strings, numbers, booleans, none, lists, tuples and dicts (as `dict`) of such. Raises `NotLiteral`.
    """
    if at >= len(tokens) or depth > _DEEPEST:
        raise NotLiteral
    token = tokens[at]
    if token.kind == "string":
        text, at = string_value(token), at + 1
        while at < len(tokens) and (tokens[at].kind == "string" or _joins(tokens, at)):
            at += 1 if tokens[at].text == "~" else 0
            text, at = text + string_value(tokens[at]), at + 1
        return text, at
    if token.kind == "number":
        return _number(token.text), at + 1
    if token.kind == "name" and token.text in _WORDS:
        return _WORDS[token.text], at + 1
    if token.text == "-" and at + 1 < len(tokens) and tokens[at + 1].kind == "number":
        value = _number(tokens[at + 1].text)
        return -value, at + 2
    if token.text in ("[", "("):
        items, at, single = _items(tokens, at + 1, "]" if token.text == "[" else ")", depth)
        if token.text == "[":
            return items, at
        return (items[0] if single else tuple(items)), at
    if token.text == "{":
        return _mapping(tokens, at + 1, depth)
    raise NotLiteral


def _joins(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].text == "~" and at + 1 < len(tokens) and tokens[at + 1].kind == "string"


def _number(text: str) -> int | float:
    plain = text.replace("_", "")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        return float(plain)
    except ValueError:
        raise NotLiteral from None


def _items(tokens: Sequence[Token], at: int, closing: str, depth: int) -> tuple[list[object], int, bool]:
    items: list[object] = []
    comma = False
    while at < len(tokens) and tokens[at].text != closing:
        value, at = read_literal(tokens, at, depth + 1)
        items.append(value)
        comma = at < len(tokens) and tokens[at].text == ","
        at += comma
        if not comma:
            break
    if at >= len(tokens) or tokens[at].text != closing:
        raise NotLiteral
    return items, at + 1, len(items) == 1 and not comma


def _mapping(tokens: Sequence[Token], at: int, depth: int) -> tuple[dict[object, object], int]:
    found: dict[object, object] = {}
    while at < len(tokens) and tokens[at].text != "}":
        key, at = read_literal(tokens, at, depth + 1)
        if at >= len(tokens) or tokens[at].text != ":" or not isinstance(key, str | int | float):
            raise NotLiteral
        found[key], at = read_literal(tokens, at + 1, depth + 1)
        if at < len(tokens) and tokens[at].text == ",":
            at += 1
        else:
            break
    if at >= len(tokens) or tokens[at].text != "}":
        raise NotLiteral
    return found, at + 1


def whole_literal(tokens: Sequence[Token]) -> object:
    """Read tokens that are one literal and nothing else. Raises `NotLiteral`."""
    value, at = read_literal(tokens, 0)
    if at != len(tokens):
        raise NotLiteral
    return value


def closing_of(tokens: Sequence[Token], at: int) -> int:
    """Give the index of the bracket that closes the one at `tokens[at]`, or the length without one."""
    depth = 0
    for index in range(at, len(tokens)):
        text = tokens[index].text
        if text in _OPENS:
            depth += 1
        elif text in _CLOSES:
            depth -= 1
            if depth <= 0:
                return index
    return len(tokens)


def arguments_of(tokens: Sequence[Token], at: int) -> Iterator[tuple[str | None, Sequence[Token]]]:
    """Give name, if any, and tokens of each argument of the call whose bracket is `tokens[at]`."""
    end = closing_of(tokens, at)
    first = index = at + 1
    while index <= end:
        text = tokens[index].text if index < end else ","
        if text in _OPENS:
            index = closing_of(tokens, index)
        elif text == "," and first < index:
            part = tokens[first:index]
            named = len(part) > 2 and part[0].kind == "name" and part[1].text == "="
            yield (part[0].text, part[2:]) if named else (None, part)
            first = index + 1
        elif text == ",":
            first = index + 1
        index += 1


def calls_of(tokens: Sequence[Token], names: frozenset[str]) -> Iterator[int]:
    """Give the indexes of the names in `names` that are called, and are not an attribute."""
    for index in range(len(tokens) - 1):
        if tokens[index].text in names and tokens[index].kind == "name" and tokens[index + 1].text == "(":
            if index and tokens[index - 1].text in (".", "macro"):
                continue
            yield index
