"""The inside of Python string literals, as the source spells it.

`ast` gives the value of a literal and the place of the whole of it (and, before Python 3.12, wrong places
inside f-strings). This gives each piece: text that stands as such, escapes, and replacement fields.
"""

from __future__ import annotations

import re

from leaktight.lazy import record
from leaktight.text import Span


@record(frozen=True, slots=True)
class Piece:
    """One piece of a literal. `span` is in the text that was read.

    `value` is the text it stands for, None for a replacement field; then `field` is the span of the
    expression and `spec` the text of conversion and format (`!r:>10`). `verbatim` says that each
    character stands for itself. `quote` is the delimiter; `raw` and `formatted` tell the prefix.
    """

    span: Span
    value: str | None
    verbatim: bool
    quote: str
    raw: bool = False
    formatted: bool = False
    field: Span | None = None
    spec: str = ""


class MalformedLiteral(ValueError):
    """The text is no run of string literals."""


_PREFIX = frozenset("rRbBuUfFtT")
_SIMPLE = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_HEX = {"x": 2, "u": 4, "U": 8}
_OCTAL = frozenset("01234567")


def literal_pieces(text: str, span: Span) -> list[Piece]:
    """Give the pieces of the literals in `span`, which may be several, joined by standing side by side.

    Raises `MalformedLiteral` when anything but literals, blanks, comments and joined lines stands there.
    """
    pieces: list[Piece] = []
    at = span.start
    while at < span.end:
        character = text[at]
        if character.isspace():
            at += 1
        elif character == "#":
            at = _line_end(text, at)
        elif character == "\\" and text[at + 1 : at + 2] in ("\n", "\r"):
            at += 2
        else:
            at = _Literal(text, at).read(pieces)
    return pieces


def _line_end(text: str, at: int) -> int:
    while at < len(text) and text[at] not in "\r\n":
        at += 1
    return at


_OF_NOTE = {False: re.compile(r"[\\\"'\r\n]"), True: re.compile(r"[\\\"'\r\n{}]")}
"""What does not stand for itself in a literal, or ends it; by whether it is an f-string."""


class _Literal:
    """Reads one literal from its prefix to its closing quote."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        at = start
        while at < len(text) and text[at] in _PREFIX and at - start < 3:
            at += 1
        prefix = text[start:at].lower()
        if text[at : at + 1] not in ("'", '"'):
            raise MalformedLiteral(f"no string literal at offset {start}")
        self.raw = "r" in prefix
        self.formatted = "f" in prefix or "t" in prefix
        triple = text[at] * 3
        self.quote = triple if text.startswith(triple, at) else text[at]
        self.body = at + len(self.quote)

    def _piece(self, start: int, end: int, value: str | None, *, verbatim: bool) -> Piece:
        return Piece(Span(start, end), value, verbatim, self.quote, self.raw, self.formatted)

    def read(self, pieces: list[Piece]) -> int:
        """Append the pieces; give the offset after the closing quote."""
        text, quote = self.text, self.quote
        at = run = self.body
        next_of_note = _OF_NOTE[self.formatted].search
        while True:
            found = next_of_note(text, at)
            at = found.start() if found is not None else len(text)
            character = text[at : at + 1]
            if not character or (len(quote) == 1 and character in "\r\n"):
                raise MalformedLiteral(f"the literal before offset {at} does not end")
            if character == quote[0] and text.startswith(quote, at):
                break
            if character == "\\":
                end, value = self._escape(at)
                if value is None:
                    at = end
                    continue
                after: list[Piece] = [self._piece(at, end, value, verbatim=False)]
            elif self.formatted and character in "{}":
                if text.startswith(character * 2, at):
                    end = at + 2
                    after = [self._piece(at, end, character, verbatim=False)]
                else:
                    end, field = self._field(at)
                    after = [field]
            else:
                at += 1
                continue
            if run < at:
                pieces.append(self._piece(run, at, text[run:at], verbatim=True))
            pieces += after
            at = run = end
        if run < at:
            pieces.append(self._piece(run, at, text[run:at], verbatim=True))
        return at + len(quote)

    def _escape(self, at: int) -> tuple[int, str | None]:
        """Give the end of what starts with a backslash and its value; None where it stands for itself."""
        text = self.text
        follower = text[at + 1 : at + 2]
        if self.raw:
            # A raw f-string may put a field right behind a backslash.
            return (at + 1, None) if self.formatted and follower in ("{", "}") else (at + 2, None)
        if follower in _SIMPLE:
            return at + 2, _SIMPLE[follower]
        if follower == "\r" and text[at + 2 : at + 3] == "\n":
            return at + 3, ""
        if follower in ("\n", "\r"):
            return at + 2, ""
        if follower in _HEX:
            end = at + 2 + _HEX[follower]
            try:
                return end, chr(int(text[at + 2 : end], 16))
            except (ValueError, OverflowError):
                raise MalformedLiteral(f"bad escape at offset {at}") from None
        if follower in _OCTAL:
            end = at + 2
            while end < at + 4 and text[end : end + 1] in _OCTAL:
                end += 1
            return end, chr(int(text[at + 1 : end], 8))
        if follower == "N" and text[at + 2 : at + 3] == "{":
            return self._named(at)
        return (at + 1, None) if follower in ("{", "}") else (at + 2, None)

    def _named(self, at: int) -> tuple[int, str]:
        import unicodedata

        close = self.text.find("}", at)
        try:
            return close + 1, unicodedata.lookup(self.text[at + 3 : close])
        except KeyError:
            raise MalformedLiteral(f"unknown character name at offset {at}") from None

    def _field(self, start: int) -> tuple[int, Piece]:
        """Read a replacement field from its brace; give its end and its piece."""
        text = self.text
        end = _expression_end(text, start + 1)
        expression = Span(start + 1, end)
        inner = text[start + 1 : end].rstrip()
        if inner.endswith("=") and not inner.endswith(("==", "!=", "<=", ">=")):
            expression = Span(start + 1, start + len(inner))
        spec_start = at = end
        if text[at : at + 1] == "!":
            at += 1
            while text[at : at + 1].isalnum():
                at += 1
        if text[at : at + 1] == ":":
            at = self._spec_end(at + 1)
        if text[at : at + 1] != "}":
            raise MalformedLiteral(f"the replacement field at offset {start} does not end")
        lead = len(text[expression.start : expression.end]) - len(text[expression.start : expression.end].lstrip())
        body = text[expression.start : expression.end].strip()
        expression = Span(expression.start + lead, expression.start + lead + len(body))
        piece = Piece(
            Span(start, at + 1), None, False, self.quote, self.raw, True, field=expression, spec=text[spec_start:at]
        )
        return at + 1, piece

    def _spec_end(self, at: int) -> int:
        text = self.text
        while at < len(text) and text[at] != "}":
            at = self._field(at)[0] if text[at] == "{" else at + 1
        return at


_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")


def _expression_end(text: str, at: int) -> int:
    """Give the offset of the `}`, `:` or `!` that ends the expression of a replacement field."""
    depth = 0
    size = len(text)
    while at < size:
        character = text[at]
        if character in "'\"":
            at = _Literal(text, _prefix_start(text, at)).read([])
            continue
        if character == "#":
            at = _line_end(text, at)
            continue
        if depth == 0 and (character in "}:" or (character == "!" and text[at + 1 : at + 2] != "=")):
            return at
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        at += 1
    raise MalformedLiteral("a replacement field does not end")


def _prefix_start(text: str, quote: int) -> int:
    at = quote
    while at > 0 and quote - at < 2 and text[at - 1] in _PREFIX:
        at -= 1
    return quote if at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_") else at
