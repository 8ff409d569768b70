"""Reads a statement word by word: for DDL, of which every engine has its own and no one grammar knows all.

A `Reader` stands somewhere in a list of words and takes names, bracketed groups and expressions from it. It never fails:
what is not there is None or empty, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from leaktight.catalog.table import TableName
from leaktight.languages.sql.dialects import dialect_named
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.statements import Statement, parse, split
from leaktight.languages.sql.tokens import tokenise
from leaktight.source import HoleKind, NotAnalysable
from leaktight.text import Span

_STRINGS = frozenset(
    {
        TokenType.STRING,
        TokenType.BYTE_STRING,
        TokenType.RAW_STRING,
        TokenType.NATIONAL_STRING,
        TokenType.UNICODE_STRING,
        TokenType.HEREDOC_STRING,
    }
)
_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")
_NESTING_TYPES = frozenset({"ARRAY", "STRUCT", "MAP", "TABLE", "RANGE"})


class Word(NamedTuple):
    """One word or mark of a statement. `upper` is empty for what is quoted, so that no keyword is seen in it.

    `text` has its quotes off; `span` is in the region; `token` is the index of its token in the document.
    """

    text: str
    upper: str
    span: Span
    token: int
    quoted: bool = False
    string: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it may name something: a quoted name, or a word that begins like an identifier."""
        return self.quoted or (not self.string and (self.text[:1].isidentifier() or self.text[:1] in "@$#"))


def statement_words(document: SqlDocument, statement: Statement) -> list[Word]:
    """Give the words of a statement; what the tokenizer swallowed whole (`RENAME …`) is read once more.

    Those of CREATE end at the first SELECT, for the query behind it is for the parser; not so those of CREATE SCHEMA, which may
    hold further CREATEs.
    """
    tokens = document.tokens[statement.first : statement.last]
    if statement.keyword == "CREATE" and not (len(tokens) > 1 and tokens[1].text.upper() == "SCHEMA"):
        for index, token in enumerate(tokens):
            if token.token_type is TokenType.SELECT:
                tokens = tokens[: index + 1]
                break
    if (len(tokens) == 2 and tokens[0].token_type is TokenType.COMMAND) or (
        len(tokens) == 2 and tokens[0].text.upper() == "RENAME"
    ):
        start = document.text.find(tokens[1].text, tokens[0].end + 1)
        if start >= 0:
            try:
                rest = tokenise(tokens[1].text, dialect_named(document.dialect))
            except NotAnalysable:
                return []
            head = _words(document.text, tokens[:1], statement.first, 0)
            return [*head, *_words(document.text, rest, statement.first + 1, start)]
    return _words(document.text, tokens, statement.first, 0)


def block_words(document: SqlDocument, statement: Statement) -> Iterator[list[Word]]:
    """Yield the words of each statement in the body of `DO $$ … $$`, which runs where it stands."""
    dialect = dialect_named(document.dialect)
    for index in range(statement.first, statement.last):
        body = document.tokens[index]
        if body.token_type is not TokenType.HEREDOC_STRING:
            continue
        start = document.text.find(body.text, body.start)
        try:
            tokens = tokenise(body.text, dialect)
        except NotAnalysable:
            continue
        for first, last in split(body.text, tokens, document.dialect):
            # A query behind CREATE TABLE is read from the document's own tokens, among which those of the body are not.
            yield [word._replace(token=index) for word in _words(document.text, tokens[first:last], 0, start)]


def _words(text: str, tokens: Iterable[Token], first: int, shift: int) -> list[Word]:
    words: list[Word] = []
    strings, quoted = _STRINGS, TokenType.IDENTIFIER
    for index, token in enumerate(tokens, first):
        written, kind = token.text, token.token_type
        if not written and kind not in strings and kind is not quoted:
            continue
        span = Span(token.start + shift, token.end + 1 + shift)
        if kind is quoted:
            words.append(Word(written, "", span, index, True))
        elif kind in strings:
            words.append(Word(written, "", span, index, False, True))
        elif " " in written or "\n" in written or "\t" in written:
            at = span.start
            for piece in text[span.start : span.end].split():
                at = text.find(piece, at)
                words.append(Word(piece, piece.upper(), Span(at, at + len(piece)), index))
                at += len(piece)
        else:
            words.append(Word(written, written.upper(), span, index))
    return words


class Reader:
    """A place in a list of words, between `at` and `end`."""

    def __init__(self, document: SqlDocument, words: Sequence[Word], at: int = 0, end: int | None = None) -> None:
        self.document = document
        self.words = words
        self.at = at
        self.end = len(words) if end is None else end

    @property
    def dialect(self) -> str:
        """The document's dialect."""
        return self.document.dialect

    @property
    def done(self) -> bool:
        """Whether no word is left."""
        return self.at >= self.end

    @property
    def span(self) -> Span:
        """The stretch that the words left cover."""
        if self.done:
            return Span(0, 0)
        return self.words[self.at].span.cover(self.words[self.end - 1].span)

    @property
    def text(self) -> str:
        """The words left as text: blanks and comments between them are one blank, strings stay as written."""
        return self._text(self.at, self.end)

    @property
    def value(self) -> str:
        """The words left as the text of a value; `""`, which no name is and MySQL and SQLite read as text, is `''`."""
        return self.text or ("" if self.done else "''")

    def _text(self, start: int, end: int) -> str:
        pieces: list[str] = []
        source = self.document.text
        for index in range(start, end):
            word = self.words[index]
            if pieces and self.words[index - 1].span.end < word.span.start:
                pieces.append(" ")
            pieces.append(word.text if word.quoted else source[word.span.start : word.span.end])
        return "".join(pieces)

    def peek(self, ahead: int = 0) -> Word | None:
        """Give the word `ahead` of this place."""
        index = self.at + ahead
        return self.words[index] if self.at <= index < self.end else None

    def upper(self, ahead: int = 0) -> str:
        """Give the word `ahead` in upper case; empty at the end, and for what is quoted."""
        word = self.peek(ahead)
        return word.upper if word is not None else ""

    def next(self) -> Word | None:
        """Take one word."""
        word = self.peek()
        if word is not None:
            self.at += 1
        return word

    def accept(self, *words: str) -> bool:
        """Take these words if they stand here one after the other."""
        for ahead, wanted in enumerate(words):
            if self.upper(ahead) != wanted:
                return False
        self.at += len(words)
        return True

    def accept_any(self, words: Iterable[str]) -> str:
        """Take one word if it is among these; give it in upper case, or nothing."""
        found = self.upper()
        if found and found in words:
            self.at += 1
            return found
        return ""

    def group(self) -> Reader | None:
        """Take a bracketed group and give a reader of what is inside; None when no bracket opens here."""
        if self.done or self.words[self.at].upper not in _OPEN:
            return None
        start = self.at + 1
        self.at = self._after_group(self.at)
        closed = self.at <= self.end and self.words[self.at - 1].upper in _CLOSE
        return Reader(self.document, self.words, start, self.at - 1 if closed else self.at)

    def _after_group(self, index: int) -> int:
        depth = 0
        while index < self.end:
            mark = self.words[index].upper
            depth += (mark in _OPEN) - (mark in _CLOSE)
            index += 1
            if depth <= 0:
                break
        return index

    def expression(self, stops: frozenset[str], *, at_least: int = 0) -> Reader:
        """Take words up to one of `stops` outside brackets and angle brackets of types, and give a reader of them."""
        start = self.at
        angles = 0
        while self.at < self.end:
            word = self.words[self.at]
            mark = word.upper
            if angles == 0 and mark in stops and self.at - start >= at_least:
                break
            if mark in _OPEN:
                self.at = self._after_group(self.at)
                continue
            if mark in _CLOSE:
                break
            if (mark == "<" and self.at > start and self.words[self.at - 1].upper in _NESTING_TYPES) or (
                angles and mark == "<"
            ):
                angles += 1
            elif angles and mark and not mark.strip(">"):
                angles = max(angles - len(mark), 0)
            self.at += 1
        return Reader(self.document, self.words, start, self.at)

    def items(self) -> list[Reader]:
        """Take all that is left, parted by commas outside brackets."""
        found: list[Reader] = []
        while not self.done:
            item = self.expression(_COMMA)
            if not item.done:
                found.append(item)
            if not self.accept(",") and not self.done:
                self.at += 1
        return found

    def hole(self, span: Span) -> HoleKind | None:
        """Give the kind of hole that stands in a span, if one does."""
        if len(self.document.region.map.segments) < 2:
            return None
        holes = self.document.holes(span)
        return holes[0].hole if holes else None

    def name(self) -> tuple[TableName, Span] | None:
        """Take a name with dots. None when none stands here or its last part is only known at run time.

        Parts up to and with one that is only known at run time (`{{ target }}.shop.orders`) are left off; so is what a host's
        code fills in when it has read the file (`{}.orders`, `%(schema)s.orders`).
        """
        if self.dialect == "snowflake" and self.upper() == "IDENTIFIER" and self.upper(1) == "(":
            self.at += 1
            inner = self.group()
            word = inner.next() if inner is not None else None
            if word is None or not word.string:
                return None
            return TableName(tuple(part.strip('"') for part in word.text.split("."))), word.span
        parts: list[tuple[str, bool, Span]] = []
        lost = False
        while True:
            filled = self._fill()
            part = self._part() if not filled else None
            if part is None and not filled:
                break
            if part is None or self._fill(part[2]) or self.hole(part[2]) in _UNKNOWN:
                parts, lost = [], True
            elif part[1] and self.dialect == "bigquery" and "." in part[0]:
                parts += [(piece, True, part[2]) for piece in part[0].split(".") if piece]
                lost = False
            else:
                parts.append(part)
                lost = False
            if not self.accept("."):
                break
            self.accept(".")
        if lost or not parts:
            return None
        name = TableName(tuple(part[0] for part in parts), tuple(part[1] for part in parts))
        return name, parts[0][2].cover(parts[-1][2])

    def _part(self) -> tuple[str, bool, Span] | None:
        sign = self.next() if self.upper() in {":", "#", "##"} else None
        if sign is not None and self.upper() == "#":
            self.at += 1
        word = self.peek()
        if word is None or not word.is_name:
            return None
        self.at += 1
        text, span = word.text, word.span
        if sign is not None:
            span = sign.span.cover(span)
            text = f"#{text}" if sign.upper.startswith("#") else f":{text}"
        while self.upper() == "-" and self.dialect == "bigquery" and self._touches(span):
            dash, after = self.next(), self.next()
            if dash is None or after is None:
                break
            text, span = f"{text}-{after.text}", span.cover(after.span)
        return text, word.quoted, span

    def _fill(self, before: Span | None = None) -> bool:
        """Take what a host fills in as a part of a name; `before` is the part that it must go on with, as in `raw_%s`."""
        found = False
        while (end := self._filled(before)) is not None:
            before, found = end, True
        return found

    def _filled(self, before: Span | None) -> Span | None:
        """Take `{}`, `{0}`, `%s` or `%(…)s` with the word that touches its end; give its place, None where none stands here."""
        start = self.at
        if self.upper() not in {"{", "%"} or (before is not None and not self._touches(before)):
            return None
        percent = self.accept("%")
        group = self.group()
        last = self.words[self.at - 1]
        after = self.peek()
        goes_on = after is not None and after.is_name and self._touches(last.span)
        if (group is not None and last.upper not in _CLOSE) or (percent and not goes_on):
            self.at = start
            return None
        self.at += goes_on
        return self.words[start].span.cover(self.words[self.at - 1].span)

    def _touches(self, span: Span) -> bool:
        word = self.peek()
        return word is not None and word.span.start == span.end

    def query(self) -> exp.Expr | None:
        """Parse what stands here up to the end of its bracket or statement as a query; None when it is not understood."""
        if self.done or self.document.tokens[self.words[self.at].token].token_type in _STRINGS:
            return None
        document = self.document
        first = last = self.words[self.at].token
        depth = 0
        while last < len(document.tokens):
            token = document.tokens[last]
            mark = token.text if token.token_type not in _STRINGS else ""
            depth += (mark in _OPEN) - (mark in _CLOSE)
            if depth < 0 or token.token_type in _AFTER_QUERY:
                break
            last += 1
        tokens = document.tokens[first:last]
        found = parse(document.text, tokens, dialect_named(document.dialect), document.dialect)
        return found[0].tree if len(found) == 1 else None


_AFTER_QUERY = frozenset({TokenType.SEMICOLON, TokenType.CREATE})
"""What ends a query: CREATE SCHEMA may hold several CREATEs."""
_COMMA = frozenset({","})
_UNKNOWN = frozenset({HoleKind.VALUE, HoleKind.IDENTIFIER})
