"""Which kind of thing an unknown piece is, by the SQL around it, and what may stand in for it.

The SQL is read character by character, only far enough to know quotes, comments, brackets and the
clause: what follows is unknown, so that no parser can be asked yet.
"""

from __future__ import annotations

import re
from dataclasses import field

from leaktight.embedding.looks import names_clause
from leaktight.lazy import record, regex
from leaktight.source import HoleKind

_TOKEN = regex(r"\s+|[A-Za-z_][\w$]*|\d[\w.]*|.", re.DOTALL)
_CLAUSES = frozenset(
    "SELECT FROM JOIN INTO VALUES WHERE SET ON HAVING GROUP ORDER LIMIT OFFSET USING WITH UPDATE TABLE VIEW "
    "QUALIFY RETURNING PARTITION CALL COPY INDEX IN".split()
)
_NAMES_FOLLOW = frozenset(
    "FROM JOIN INTO UPDATE TABLE VIEW INDEX SCHEMA DATABASE EXISTS TRUNCATE DESCRIBE DESC USE ANALYZE USING WITH "
    "COPY CALL TO SELECT DISTINCT BY WHERE AND OR ON HAVING NOT WHEN SET COLUMN CONSTRAINT KEY REFERENCES ADD DROP "
    "RENAME OVERWRITE ONLY FUNCTION PROCEDURE ROLE USER VACUUM OPTIMIZE UNLOAD STAGE WAREHOUSE OWNER ALL LATERAL "
    "QUALIFY RETURNING OVER PARTITION IF MATERIALIZED SEQUENCE TYPE EXTENSION OF REPLACE CASE".split()
)
_VALUES_FOLLOW = frozenset(
    "IN LIKE ILIKE RLIKE BETWEEN LIMIT OFFSET THEN ELSE VALUES INTERVAL IS TOP FETCH NEXT FIRST SIMILAR REGEXP "
    "DEFAULT ESCAPE RETURN DIV MOD".split()
)
_QUOTED_FOLLOWS = frozenset("DATE TIMESTAMP TIMESTAMPTZ DATETIME TIME".split())
_STATEMENT_STARTS = frozenset(("", ";"))
_QUERY_FOLLOWS = frozenset("UNION EXCEPT INTERSECT EXPLAIN MINUS".split())
_MAIN = frozenset("SELECT INSERT UPDATE DELETE".split())
"""What a statement whose CTEs a hole holds goes on with."""
_OPERATORS = frozenset("=<>+-*/|%^&!~")


@record(slots=True)
class Placing:
    """Reads SQL from left to right and says what may stand at a hole."""

    quote: str = ""
    """The quote or comment that the text stands in: `'`, `"`, a backtick, `--`, `/*`, or nothing."""
    word: str = ""
    """The last token that is no blank, in upper case."""
    before: str = ""
    """The token before that."""
    glued: bool = False
    """Whether no blank has been read since the last token."""
    clause: str = ""
    brackets: list[tuple[str, str]] = field(default_factory=list)
    """For each open bracket the word before it and the clause it stands in."""
    _numbers: dict[str, int] = field(default_factory=dict)

    def read(self, text: str) -> None:
        """Take in text that stands before the next hole."""
        at = 0
        while at < len(text):
            if self.quote:
                at = self._leave_quote(text, at)
                continue
            match = _TOKEN.match(text, at)
            if match is None:
                return
            piece = match[0]
            at = match.end()
            if piece in ("'", '"', "`"):
                self.quote = piece
            elif piece == "-" and text.startswith("-", at):
                self.quote, at = "--", at + 1
            elif piece == "#" and text[at : at + 1] in (" ", "#"):
                self.quote = "--"
            elif piece == "/" and text.startswith("*", at):
                self.quote, at = "/*", at + 1
            elif piece.isspace():
                self.glued = False
            else:
                self._take(piece.upper())

    def _leave_quote(self, text: str, at: int) -> int:
        closing = {"--": "\n", "/*": "*/"}.get(self.quote, self.quote)
        end = text.find(closing, at)
        if end < 0:
            return len(text)
        if self.quote in ("'", '"', "`"):
            self.before, self.word, self.glued = self.word, "'x'" if self.quote == "'" else "X", True
        else:
            self.glued = False
        self.quote = ""
        return end + len(closing)

    def _take(self, piece: str) -> None:
        if piece == "(":
            self.brackets.append((self.word, self.clause))
            if self.word == "IN":
                self.clause = "IN"
        elif piece == ")":
            if self.brackets:
                self.clause = self.brackets.pop()[1]
        elif piece == ";":
            self.clause = ""
            self.brackets.clear()
        elif piece in _CLAUSES:
            self.clause = piece
        self.before, self.word, self.glued = self.word, piece, True

    def place(self, host: str, after: str, wants: str) -> tuple[str, HoleKind]:
        """Give the stand-in and the kind of a hole that `host` fills; `after` is the known text behind it."""
        name = f"hole_{self._number(host)}"
        if self.quote:
            kind = HoleKind.IDENTIFIER if self.quote in ('"', "`") else HoleKind.VALUE
            return name, kind
        stand_in, kind = self._outside(name, host, after, wants)
        if stand_in.strip():
            self._take("?" if kind is HoleKind.VALUE else name.upper())
        return stand_in, kind

    def _number(self, host: str) -> int:
        return self._numbers.setdefault(host, len(self._numbers) + 1)

    def _outside(self, name: str, host: str, after: str, wants: str) -> tuple[str, HoleKind]:
        follower = after[:1]
        value = "? " if follower and not (follower.isspace() or follower in ",;)") else "?"
        if wants == "value":
            return (
                "'" + name + "'" if self.word in _QUOTED_FOLLOWS and not self._is_column() else value
            ), HoleKind.VALUE
        if wants != "name" and self.glued and names_clause(host) and not self._in_name(follower, glued=False):
            self.glued = self.word[-1:] in "_.$@:"  # `f"FROM orders o{where}"`: the piece brings its own blank
        if self._in_name(follower, glued=self.glued) or wants == "name":
            return name, HoleKind.IDENTIFIER
        word = self.word
        if word == "::" or (word == ":" and self.before == ":"):
            return "int", HoleKind.IDENTIFIER
        if word == "AS":
            return self._after_as(name)
        if word in _QUOTED_FOLLOWS and not self._is_column():
            return f"'{name}'", HoleKind.VALUE
        if word in _STATEMENT_STARTS or word in _QUERY_FOLLOWS or (word == "ALL" and self.before == "UNION"):
            return f"select 1 as {name} ", HoleKind.VALUE
        if word == "WITH" and after.lstrip()[:6].upper() in _MAIN:
            return f"{name} as (select 1) ", HoleKind.VALUE
        if word in _NAMES_FOLLOW:
            return name, HoleKind.IDENTIFIER
        if word in _VALUES_FOLLOW or word in _OPERATORS or word == "[":
            return value, HoleKind.VALUE
        if word == "(":
            return self._after_bracket(name, value)
        if word == ",":
            names = self.clause in ("SELECT", "FROM", "GROUP", "ORDER", "INTO", "TABLE", "WITH", "USING", "PARTITION")
            return (name, HoleKind.IDENTIFIER) if names else (value, HoleKind.VALUE)
        # Behind a whole expression: a clause, or nothing. A blank keeps the rest readable.
        if self.clause == "INTO" and not after.strip():
            return f" select 1 as {name} ", HoleKind.VALUE
        return " ", HoleKind.VALUE

    def _in_name(self, follower: str, *, glued: bool) -> bool:
        if follower and (follower.isalnum() or follower in "_.$"):
            return True
        return glued and bool(self.word) and (self.word[-1].isalnum() or self.word[-1] in "_.$@:")

    def _is_column(self) -> bool:
        """Say whether DATE, TIME, … is a column's name or type here rather than the start of a literal."""
        return self.before in (".", "AS", ":") or self.clause == "TABLE"

    def _after_as(self, name: str) -> tuple[str, HoleKind]:
        opener = self.brackets[-1][0] if self.brackets else ""
        if opener in ("CAST", "TRY_CAST", "SAFE_CAST"):
            return "int", HoleKind.IDENTIFIER
        if self.clause in ("TABLE", "VIEW") and not self.brackets:
            return f"select 1 as {name} ", HoleKind.VALUE
        return name, HoleKind.IDENTIFIER

    def _after_bracket(self, name: str, value: str) -> tuple[str, HoleKind]:
        opener, clause = self.brackets[-1] if self.brackets else ("", "")
        if opener == "AS" or (opener in _STATEMENT_STARTS):
            return f"select 1 as {name} ", HoleKind.VALUE
        if opener in ("IN", "VALUES", "LIMIT", ",") or clause in ("VALUES", "LIMIT", "SET", "WHERE", "ON", "HAVING"):
            if opener in ("AND", "OR", "NOT", "WHERE", "ON"):
                return name, HoleKind.IDENTIFIER
            return value, HoleKind.VALUE
        if opener in _OPERATORS:
            return value, HoleKind.VALUE
        return name, HoleKind.IDENTIFIER
