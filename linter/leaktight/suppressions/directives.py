"""The words of a suppression: `leaktight: ignore[select-star, missing-where] reason`, behind any comment mark."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.lazy import record
from leaktight.text import Span

MARK = "leaktight:"
LINE, FILE, START, END = KINDS = ("ignore", "ignore-file", "ignore-start", "ignore-end")

_OPENERS = ("--", "//", "#", "/*", "/**", "{#", "{#-")
_CLOSERS = ("*/", "-#}", "#}")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@record(frozen=True, slots=True)
class Name:
    """A rule's name as a suppression writes it. `span` is where it stands in the file."""

    text: str
    span: Span


@record(frozen=True, slots=True)
class Directive:
    """One suppression. All spans are in the file.

    `head` covers `leaktight: ignore`, `span` runs to the end of the reason, and `brackets` covers `[…]`. `kind` is the
    word that stands there, whether or not it is one of `KINDS`; `brackets` is None where none stand.
    """

    kind: str
    head: Span
    span: Span
    brackets: Span | None = None
    names: tuple[Name, ...] = ()
    closed: bool = True

    @property
    def valid(self) -> bool:
        """Whether it says what to silence."""
        return self.kind in KINDS and bool(self.names) and self.closed


def directives_in(text: str, comment: Span) -> Iterator[Directive]:
    """Yield the suppressions of a comment: `comment` is its span in the file's `text`, marks included.

    One stands where a line of the comment begins, or behind a further mark: `# noqa: S608  # leaktight: ignore[…]`.
    """
    at = text.find(MARK, comment.start, comment.end)
    while at >= 0:
        line_start = max(text.rfind("\n", 0, at) + 1, comment.start)
        end = min(_line_end(text, at), comment.end)
        if _opens(text[line_start:at].rstrip(), whole=line_start > comment.start):
            yield _read(text, at, end)
        at = text.find(MARK, at + len(MARK), comment.end)


def _line_end(text: str, at: int) -> int:
    ends = [end for mark in "\r\n" if (end := text.find(mark, at)) >= 0]
    return min(ends, default=len(text))


def _opens(before: str, *, whole: bool) -> bool:
    """Say whether what stands before a `leaktight:` lets it be a suppression; `whole` lines are inside a block."""
    if before.endswith(_OPENERS):
        return True
    return whole and before.strip() in ("", "*")


def _read(text: str, at: int, end: int) -> Directive:
    for closer in _CLOSERS:
        if text[at:end].rstrip().endswith(closer):
            end = at + text[at:end].rstrip().rindex(closer)
    further = [
        next_mark for opener in ("# ", "-- ", "// ") if (next_mark := text.find(f"{opener}{MARK}", at, end)) >= 0
    ]
    end = min(further, default=end)
    end = at + len(text[at:end].rstrip())
    start = _skip_blanks(text, at + len(MARK), end)
    stop = start
    while stop < end and text[stop] in _WORD:
        stop += 1
    kind, head = text[start:stop], Span(at, stop)
    opening = _skip_blanks(text, stop, end)
    if opening >= end or text[opening] != "[":
        return Directive(kind, head, Span(at, end))
    closing = text.find("]", opening, end)
    if closing < 0:
        return Directive(kind, head, Span(at, end), Span(opening, end), closed=False)
    names = tuple(_names(text, Span(opening + 1, closing)))
    return Directive(kind, head, Span(at, end), Span(opening, closing + 1), names)


def _skip_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " \t":
        at += 1
    return at


def _names(text: str, inside: Span) -> Iterator[Name]:
    at = inside.start
    for piece in text[inside.start : inside.end].split(","):
        name = piece.strip()
        if name:
            start = at + piece.index(name)
            yield Name(name, Span(start, start + len(name)))
        at += len(piece) + 1
