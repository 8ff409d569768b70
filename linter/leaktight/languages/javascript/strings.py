"""What a string or template literal says: its text piece by piece, escapes read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.lazy import record, regex
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node


@record(frozen=True, slots=True)
class Piece:
    """A stretch of a literal's inside: copied as it stands, or an escape that says `text`."""

    span: Span
    text: str
    verbatim: bool = True


@record(frozen=True, slots=True)
class TemplatePart:
    """A part of a template literal: text at `span`, or a `${…}` at `span` with its expression."""

    span: Span
    expression: Node | None = None


_ESCAPE = regex(r"\\(?:u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|\r\n|[\s\S])")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_HIGHEST = 0x10FFFF


def pieces_of(text: str, span: Span) -> Iterator[Piece]:
    """Give the pieces of a literal's inside at `span` of `text`: stretches as they stand, and escapes."""
    at = span.start
    if text.find("\\", span.start, span.end) >= 0:
        for match in _ESCAPE.finditer(text, span.start, span.end):
            if match.start() > at:
                yield Piece(Span(at, match.start()), text[at : match.start()])
            at = match.end()
            yield Piece(Span(match.start(), at), _read_escape(match.group()), verbatim=False)
    if at < span.end:
        yield Piece(Span(at, span.end), text[at : span.end])


def _read_escape(escape: str) -> str:
    body = escape[1:]
    if body[0] in "\r\n\u2028\u2029":
        return ""
    if body[0] in "ux" and len(body) > 1:
        code = int(body[1:].strip("{}"), 16)
        return chr(code) if code <= _HIGHEST else "\ufffd"
    return _SIMPLE.get(body, body)
