"""Finds comments between the tokens of SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot.tokenizer_core import Token

from leaktight.text import Span


def _between(text: str, start: int, end: int) -> Iterator[tuple[Span, str]]:
    """Yield the comments of a stretch in which no token stands, each with its place, marks included."""
    while start < end:
        marks = [at for mark in ("--", "/*", "#", "//") if (at := text.find(mark, start, end)) >= 0]
        if not marks:
            return
        at = min(marks)
        if text.startswith("/*", at):
            close = text.find("*/", at + 2)
            stop = close + 2 if close >= 0 else end
        else:
            newline = text.find("\n", at)
            stop = newline if newline >= 0 else len(text)
            if text[stop - 1 : stop] == "\r":
                stop -= 1
        yield Span(at, stop), text[at:stop]
        start = max(stop, at + 1)


def comments_of(text: str, tokens: Iterable[Token]) -> Iterator[tuple[Span, str]]:
    """Yield the comments of a text that was cut into tokens, each with its place, marks included."""
    previous = 0
    for token in tokens:
        yield from _between(text, previous, token.start)
        previous = max(previous, token.end + 1)
    yield from _between(text, previous, len(text))
