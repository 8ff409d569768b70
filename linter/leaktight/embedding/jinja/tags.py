"""Cuts a template into text and tags. Reads Jinja as its own lexer does, and goes on where that would give up.

A variable of Hive, Spark or Flyway, `${day}` or `${hiveconf:day}`, is a tag that writes its value, and so is `{day}`, which a
program fills in when it has read the file: no engine has a word alone in braces. Right behind a quote it is text,
as in Postgres' array `'{day}'`.

Nothing here knows SQL; nothing is ever rendered, compiled or executed.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from leaktight.lazy import regex


class TagKind(Enum):
    """What a piece of a template is."""

    TEXT = "text"
    OUTPUT = "output"
    """`{{ … }}`, `${…}`, `{…}`."""
    STATEMENT = "statement"
    """`{% … %}`."""
    COMMENT = "comment"
    """`{# … #}`."""


class Tag(NamedTuple):
    """A piece of a template: its place, and for a tag what stands between the delimiters.

    `code` starts at offset `at` of the template; `word` is the statement's keyword, else empty.
    """

    kind: TagKind
    start: int
    end: int
    code: str = ""
    word: str = ""
    at: int = 0


_FILLED = r"\{ ?[^\W\d]\w* ?\}(?!\})"
"""`{day}`, `{ day }`."""
_NOT_BEFORE = r"(?<!['${#%@\\])"
_OPENING = regex(rf"\{{[{{%#]|(?<!\$)\$\{{(?=[^\W\d])|{_NOT_BEFORE}(?={_FILLED})")
_VARIABLE = regex(r"\$\{(?:[^\W\d]\w*:)?([^\W\d][\w.-]*)\}|\{ ?(\w*) ?\}")
_FILLED_IN = regex(_NOT_BEFORE + _FILLED)
_STARTS_EXPRESSION = regex(r"[-+]?\s*[\w\"'(\[{~-]")
_STATEMENT = regex(r"[-+]?\s*([^\W\d]\w*)")
_END_RAW = regex(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_INSIDE = regex(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
    r"|'[^'\\]*+(?:\\.[^'\\]*+)*+'"
    r"|[\[({]|[\])]|%?\}",
    re.DOTALL,
)
_FAILED_SCANS = 8


def has_template(text: str) -> bool:
    """Say whether a template tag may stand in `text`."""
    if "{{" in text or "{%" in text or "{#" in text or "${" in text:
        return True
    return "{" in text and _FILLED_IN.search(text) is not None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.limit = len(text)
        self.failures = 0
        self._found: dict[tuple[str, int], tuple[int, int]] = {}

    def find(self, mark: str, start: int) -> int:
        """Give the offset of the next `mark` before the limit, or -1; a text is searched once for one that is not there."""
        key = (mark, self.limit)
        asked, found = self._found.get(key, (self.limit + 1, -1))
        if asked > start or 0 <= found < start:
            found = self.text.find(mark, start, self.limit)
            self._found[key] = (start, found)
        return found

    def end_of(self, start: int, closing: str) -> int:
        """Give the offset of the `closing` that ends the tag opened at `start`, or -1."""
        if self.failures < _FAILED_SCANS:
            depth = 0
            for match in _INSIDE.finditer(self.text, start + 2, self.limit):
                found = match.group()
                if found in "([{":
                    depth += 1
                elif found in ")]":
                    depth = max(depth - 1, 0)
                elif found == "%}" and closing == "%}" and not depth:
                    return match.start()
                elif found in ("}", "%}"):
                    brace = match.end() - 1
                    if depth:
                        depth -= 1
                    elif closing == "}}":
                        return brace if self.text.startswith("}}", brace, self.limit) else -1
            self.failures += 1
        return self.find(closing, start + 2)

    def tag(self, start: int) -> Tag | None:
        """Read the tag that opens at `start`; None when it is only text that looks like one."""
        text = self.text
        opening = text[start + 1]
        if text[start] == "$" or opening not in "{%#":
            variable = _VARIABLE.match(text, start, self.limit)
            if variable is None:
                return None
            name = variable.lastindex or 1
            return Tag(TagKind.OUTPUT, start, variable.end(), variable[name], "", variable.start(name))
        if opening == "#":
            end = self.find("#}", start + 2)
            return Tag(TagKind.COMMENT, start, end + 2) if end >= 0 else None
        if opening == "{":
            if not _STARTS_EXPRESSION.match(text, start + 2):
                return None
            end = self.end_of(start, "}}")
            return self._cut(TagKind.OUTPUT, start, end, "") if end >= 0 else None
        word = _STATEMENT.match(text, start + 2)
        if word is None:
            return None
        end = self.end_of(start, "%}")
        return self._cut(TagKind.STATEMENT, start, end, word.group(1)) if end >= 0 else None

    def _cut(self, kind: TagKind, start: int, end: int, word: str) -> Tag:
        first, last = start + 2, end
        if first < last and self.text[first] in "-+":
            first += 1
        if first < last and self.text[last - 1] in "-+":
            last -= 1
        return Tag(kind, start, end + 2, self.text[first:last], word, first)


def scan(text: str) -> list[Tag]:
    """Cut `text` into pieces that follow each other without a gap.

    What is opened and never closed is text. Between `raw` and `endraw` tags are cut too: there the template
    writes a template, whose output is the SQL.
    """
    scanner = _Scanner(text)
    tags: list[Tag] = []
    done = 0
    raw: re.Match[str] | None = None
    ends_raw = True
    at = _OPENING.search(text)
    while at is not None or raw is not None:
        if raw is not None and (at is None or at.start() >= raw.start()):
            tag: Tag | None = Tag(TagKind.STATEMENT, raw.start(), raw.end(), "endraw", "endraw", raw.start())
            raw = None
            scanner.limit = len(text)
        elif at is not None:
            tag = scanner.tag(at.start())
        if tag is None:
            at = _OPENING.search(text, at.start() + 1) if at is not None else None
            continue
        if tag.start > done:
            tags.append(Tag(TagKind.TEXT, done, tag.start))
        tags.append(tag)
        done = tag.end
        if tag.word == "raw" and raw is None and ends_raw:
            raw = _END_RAW.search(text, done)
            ends_raw = raw is not None
            scanner.limit = raw.start() if raw else len(text)
        at = _OPENING.search(text, done)
    if done < len(text):
        tags.append(Tag(TagKind.TEXT, done, len(text)))
    return tags
