"""The SQL words around a place of a masked text, strings and comments left out of sight."""

from __future__ import annotations

import re
from bisect import bisect_right

from leaktight.embedding.jinja.words import BACKSLASH_DIALECTS, HASH_COMMENT_DIALECTS
from leaktight.lazy import regex

STRING = "'"
QUOTED_NAME = '"'
HOLE = "\0hole"
OPERAND = "\0operand"

_ENOUGH = 4000
_UNCLOSED = 10
_WINDOWS = (32, 1024, 65536)
_NEXT = regex(r"\s*+(?:([^\W\d]\w*)|(\d[\w.]*)|(::|\|\||<=|>=|<>|!=|\S))")
_AFTER_ESCAPED_QUOTE = r"(?=\s*(?:[,);]|\s|$))"


def _pattern(backslash: str) -> re.Pattern[str]:
    return regex(
        r"--[^\r\n]*+"
        r"|/(?>\*[^*]*(?:\*(?!/)[^*]*)*)(?:\*/|\Z)"
        r"|\#(?:(?<=[\s,(;]\#)|(?<=^\#))(?![>\-#])[^\r\n]*+"
        r'|"""(?:[^"\\]|\\.|"(?!""))*+"""'
        r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
        rf"|'(?:[^'\\]|''|{backslash})*+'"
        rf'|"(?:[^"\\]|""|{backslash})*+"'
        r"|`[^`]*+`"
        r"|\$(?:[^\W\d]\w*)?\$"
        r"|['\"`]",
        re.DOTALL | re.MULTILINE,
    )


_PATTERNS = {
    "backslash": _pattern(r"\\."),
    "plain": _pattern(r"\\"),
    "either": _pattern(rf"\\(?='{_AFTER_ESCAPED_QUOTE})|\\(?=\"{_AFTER_ESCAPED_QUOTE})|\\."),
}


class Context:
    """A masked text with comments blanked and strings made opaque, in which `mark` stands at open holes.

    Offsets are those of the text. `quoted` are the spans of strings, quoted names and comments, with
    the character that opens them: `-` for a comment.
    """

    def __init__(self, text: str, mark: str, dialect: str | None) -> None:
        self.mark = mark
        self.quoted: list[tuple[int, int, str]] = []
        self.text = self._without_quotes(text, dialect)
        self._open: dict[int, int] = {}
        self._written: dict[int, tuple[str, int]] = {}
        self._blanks: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._starts = [start for start, _, _ in self.quoted]

    def _without_quotes(self, text: str, dialect: str | None) -> str:
        escapes = "either" if dialect is None else "backslash" if dialect in BACKSLASH_DIALECTS else "plain"
        pattern = _PATTERNS[escapes]
        hashes = dialect is None or dialect in HASH_COMMENT_DIALECTS
        pieces: list[str] = []
        done = 0
        at = 0
        unclosed = 0
        while unclosed < _UNCLOSED and (match := pattern.search(text, at)) is not None:
            start, end = match.span()
            found = text[start]
            if found == "$":
                close = text.find(match.group(), end)
                at = end
                if close < 0:
                    continue
                end = close + len(match.group())
            elif found == "#" and not hashes:
                at = start + 1
                continue
            elif end == start + 1 and found != "#":
                unclosed += 1
                at = end
                continue
            comment = found in "-/#"
            pieces.append(text[done:start])
            pieces.append((" " if comment else STRING if found in "'$" else QUOTED_NAME) * (end - start))
            self.quoted.append((start, end, "-" if comment else found))
            done = at = end
        pieces.append(text[done:])
        return "".join(pieces)

    def wait(self, start: int, end: int) -> None:
        """Note a hole that waits for its text."""
        self._open[start] = end
        self._ends[end] = start

    def settle(self, start: int, end: int, word: str) -> None:
        """Note that a hole got its text: its last word as `before` shall give it, or nothing but blanks."""
        self._open.pop(start, None)
        if word:
            self._written[start] = (word, end)
        else:
            self._blanks[start] = end
        self._ends[end] = start

    def put(self, start: int, text: str) -> None:
        """Write `text` over what stands at `start`."""
        self.text = self.text[:start] + text + self.text[start + len(text) :]

    def around(self, offset: int) -> str:
        """Give the character that opens the string, quoted name or comment at `offset`, or nothing."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self.quoted[index][1]:
            return self.quoted[index][2]
        return ""

    def before(self, end: int) -> tuple[str, int]:
        """Give the word or sign that ends before `end`, lower case, and where it starts.

        `STRING`, `QUOTED_NAME` and `OPERAND` stand for what has no word; the start of the text is empty.
        """
        text = self.text
        while True:
            end = _without_blanks(text, end)
            if not end:
                return "", 0
            if text[end - 1] != self.mark:
                break
            start = self._ends.get(end, end - 1)
            if start not in self._blanks:
                return self._written.get(start, (HOLE, 0))[0], start
            end = start
        last = text[end - 1]
        start = end - 1
        if last in (STRING, QUOTED_NAME):
            while start and text[start - 1] == last:
                start -= 1
            return last, start
        if last.isalnum() or last in "_$":
            while start and (text[start - 1].isalnum() or text[start - 1] in "_$@"):
                start -= 1
            return text[start:end].lower(), start
        if end > 1 and text[end - 2 : end] in ("::", "||", "<=", ">=", "<>", "!="):
            start -= 1
        return text[start:end], start

    def after(self, start: int) -> tuple[str, int]:
        """Give the word or sign that begins after `start`, lower case, and where it ends; empty at the end."""
        while True:
            match = _NEXT.match(self.text, start)
            if match is None:
                return "", len(self.text)
            found = match.group(match.lastindex or 0)
            if found != self.mark:
                break
            at = match.start(match.lastindex or 0)
            if at not in self._blanks:
                return (HOLE, self._open[at]) if at in self._open else self._written.get(at, (OPERAND, at + 1))
            start = self._blanks[at]
        end = match.end()
        if found in (STRING, QUOTED_NAME):
            while end < len(self.text) and self.text[end] == found:
                end += 1
        return found.lower(), end

    def owner(self, offset: int, window: int = 4000) -> tuple[str, int]:
        """Give the word before the bracket that stands open at `offset`, and where the bracket is; or nothing."""
        depth = 0
        for index in range(offset - 1, max(offset - window, 0) - 1, -1):
            character = self.text[index]
            if character == ")":
                depth += 1
            elif character == "(":
                if not depth:
                    return self.before(index)[0], index
                depth -= 1
            elif character == ";" and not depth:
                break
        return "", -1

    def statement(self, offset: int) -> str:
        """Give what stands before `offset` in its statement, lower case; the middle of a long one is left out."""
        start = self.text.rfind(";", 0, offset) + 1
        if offset - start > 2 * _ENOUGH:
            found = f"{self.text[start : start + _ENOUGH]} {self.text[offset - _ENOUGH : offset]}"
        else:
            found = self.text[start:offset]
        return found.replace(self.mark, " ").strip().lower()


def _without_blanks(text: str, end: int) -> int:
    """Give the end of what stands before `end` once blanks are taken off."""
    width = 0
    while end:
        start = max(end - _WINDOWS[width], 0)
        kept = text[start:end].rstrip()
        if kept:
            return start + len(kept)
        end = start
        width = min(width + 1, len(_WINDOWS) - 1)
    return 0
