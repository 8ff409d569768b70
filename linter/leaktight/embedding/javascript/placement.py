"""What an unknown piece of SQL is, by the text before and after it, and what stands in for it."""

from __future__ import annotations

import re

from leaktight.embedding.looks import names_clause
from leaktight.lazy import record, regex
from leaktight.source import HoleKind

_TOKEN = regex(r"\s+|--|/\*|'|\"|`|\$\w*\$|[A-Za-z_][\w$]*|\d[\w.]*|[$:@]\w+|::|<=|>=|<>|!=|\|\||.", re.DOTALL)
_FIRST_WORD = regex(r"\s*([A-Za-z_]\w*|.)?", re.DOTALL)
_LAST_NAME = regex(r"[A-Za-z_]\w*(?=\W*$)")

_NAME_AFTER = frozenset(
    "from join into update table view index schema database only truncate overwrite using references column constraint"
    " rename describe use call trigger sequence function procedure exists add as type analyze vacuum"
    " concurrently returns language extension policy".split()
)
_CLAUSES = frozenset(
    "select from where group order having limit offset set values on into update delete insert returning union join"
    " window qualify merge using".split()
)
_OPERATORS = frozenset(
    "= < > <= >= <> != + - * / % || ( , like ilike rlike between limit offset top interval then else case is in values"
    " not and or where on having when by select distinct all any set returning".split()
)
_CONDITION_AFTER = frozenset("where and or on having when not".split())
_COMPARES = frozenset("= < > <= >= <> != ! in like ilike is between not".split())
_AFTER_CONDITIONS = frozenset("group order limit offset having union returning window for fetch ) ;".split()) | {""}
_GLUED_TO = frozenset("values in where and or by limit offset set from into join on select having".split())
_STARTS = frozenset("select with insert update delete merge create alter drop".split())


@record(slots=True)
class _Frame:
    """What is known inside one pair of parentheses."""

    clause: str = ""
    opened_after: str = ""
    where: bool = False


class Placement:
    """Reads SQL text from left to right and says what fits where it stops."""

    def __init__(self) -> None:
        self._frames = [_Frame()]
        self._quote = ""
        self._last = ""
        self._before_last = ""
        self._end = ""
        self._verb = ""
        self._after_if = False

    @property
    def quote(self) -> str:
        """The quote or comment that is open: `'`, `"`, a backtick, `--`, `/*`; empty outside."""
        return self._quote

    def feed(self, text: str) -> None:
        """Read text that follows what was read so far."""
        if not text:
            return
        at = 0
        while at < len(text):
            if self._quote:
                at = self._leave_quote(text, at)
                continue
            match = _TOKEN.match(text, at)
            if match is None:
                break
            at = match.end()
            self._take(match.group())
        self._end = text[-1]

    def _leave_quote(self, text: str, at: int) -> int:
        close = {"--": "\n", "/*": "*/"}.get(self._quote, self._quote)
        end = text.find(close, at)
        if end < 0:
            return len(text)
        if self._quote not in ("--", "/*"):
            self._push("''")
        self._quote = ""
        return end + len(close)

    def _take(self, token: str) -> None:
        if token.isspace():
            return
        if token in ("'", '"', "`", "--", "/*") or (len(token) > 1 and token[0] == token[-1] == "$"):
            self._quote = token
            return
        word = token.lower()
        frame = self._frames[-1]
        if word == "(":
            self._frames.append(_Frame("", self._opener()))
        elif word == ")":
            if len(self._frames) > 1:
                self._frames.pop()
        elif word == ";":
            self._frames = [_Frame()]
            self._verb = ""
        elif word in _CLAUSES and self._end_char_allows():
            if word in ("select", "union", "insert", "delete") or (word == "update" and not frame.clause):
                frame.where = False
            frame.where = frame.where or word == "where"
            frame.clause = word
        if not self._verb and word.isalpha():
            self._verb = word
        self._push(word)

    def _end_char_allows(self) -> bool:
        return self._last != "."

    def _opener(self) -> str:
        if self._last in ("in", "values", "and", "or", "where", "on", "using", "from", "join", "as", "any"):
            return self._last
        frame = self._frames[-1]
        if frame.clause == "into" and self._last not in ("", ","):
            return "columns"
        if frame.clause == "values" or self._last == ",":
            return "values"
        return "call" if self._last.isidentifier() or self._last == ")" else ""

    def _push(self, word: str) -> None:
        self._after_if = word == "if" or (self._after_if and word in ("not", "exists"))
        self._before_last, self._last = self._last, word

    def fill(self, host: str, after: str, *, bound: bool) -> tuple[HoleKind, str]:
        """Give the kind of the hole that stands here, and its stand-in, and read the stand-in.

        `after` is the text that follows, `bound` says that the value is sent apart from the text.
        """
        apart = self._end.isalnum() and not after[:1].isalnum() and after[:1] not in ("_", ".") and names_clause(host)
        if apart and not self._quote and self._last not in _GLUED_TO:
            # `"FROM orders o" + where`: the piece brings its own blank.
            self._end = " "
            kind, stand_in = self._choose(_name(host), after, bound)
            self.feed(stand_in := f" {stand_in}")
            return kind, stand_in
        kind, stand_in = self._choose(_name(host), after, bound)
        self.feed(stand_in)
        return kind, stand_in

    def _choose(self, name: str, after: str, bound: bool) -> tuple[HoleKind, str]:
        if self._quote:
            return self._inside_quote(name)
        following = after[:1]
        if self._end == "$":
            return HoleKind.VALUE, "1"
        if self._end == ":" and self._last == "::":
            return HoleKind.IDENTIFIER, name
        if self._end in (":", "@"):
            return HoleKind.VALUE, name
        if self._last in _GLUED_TO and self._end.isalpha() and not self._quote:
            # `VALUES${rows}`: the piece brings its own blank.
            self._end = " "
            kind, stand_in = self._choose(name, after, bound)
            return kind, " " + stand_in
        value = "? " if following in (":", "?") and following else "?"
        if bound and self._last not in _NAME_AFTER and self._end != ".":
            return self._bound(name, after, value)
        glued = self._end.isalnum() or self._end in ("_", ".") or following == "." or following == "_"
        if (self._end and glued) or following.isalnum():
            return HoleKind.IDENTIFIER, name
        word = _word(after)
        if self._last in _NAME_AFTER or (self._last in ("role", "user") and self._verb in ("alter", "create", "drop")):
            return self._after_name_word(name, word)
        if self._last == "" or self._last == ";":
            return HoleKind.IDENTIFIER, " " if word in _STARTS else name
        if self._last == self._verb == "with":
            return (
                (HoleKind.VALUE, f"{name} AS (SELECT 1)")
                if word in _STARTS or word == "?"
                else (HoleKind.IDENTIFIER, name)
            )
        if self._last in _OPERATORS:
            return self._operand(name, word, value)
        return self._after_operand(name, word)

    def _inside_quote(self, name: str) -> tuple[HoleKind, str]:
        if self._quote in ("--", "/*"):
            return HoleKind.BLANK, "x"
        if self._quote in ('"', "`"):
            return HoleKind.IDENTIFIER, name
        return HoleKind.VALUE, "x"

    def _bound(self, name: str, after: str, value: str) -> tuple[HoleKind, str]:
        if self._last in ("values", "in"):
            return HoleKind.VALUE, "(?)"
        if self._last in _OPERATORS or not self._last:
            if self._last == "set" and _word(after) != "=":
                return HoleKind.VALUE, f"{name} = ?"
            if _word(after) in _STARTS and not self._last:
                return HoleKind.VALUE, " "
            return HoleKind.VALUE, value
        kind, stand_in = self._after_operand(name, _word(after))
        return (HoleKind.VALUE if kind is HoleKind.IDENTIFIER else kind), stand_in

    def _after_name_word(self, name: str, word: str) -> tuple[HoleKind, str]:
        if self._last == "update" and self._before_last in ("for", "do", "on", "key"):
            return HoleKind.IDENTIFIER, " "
        if self._last == "exists" and not self._after_if:
            return HoleKind.VALUE, "(select 1)"
        if self._last == "as" and word == "" and self._frames[-1].clause == "":
            return HoleKind.IDENTIFIER, "select 1"
        return HoleKind.IDENTIFIER, name

    def _operand(self, name: str, word: str, value: str) -> tuple[HoleKind, str]:
        frame = self._frames[-1]
        if self._last in ("values", "in"):
            return HoleKind.VALUE, "(?)"
        if self._last == "is":
            return HoleKind.VALUE, "NULL"
        if self._last == "set" or (self._last == "," and frame.clause == "set"):
            return (HoleKind.IDENTIFIER, name) if word == "=" else (HoleKind.VALUE, f"{name} = ?")
        if self._last in _CONDITION_AFTER:
            return (HoleKind.IDENTIFIER if word in _COMPARES else HoleKind.VALUE), name
        if self._last in ("select", "distinct", "all", "by", "returning"):
            return HoleKind.IDENTIFIER, name
        if self._last in ("(", ","):
            if frame.opened_after == "columns" or frame.clause in ("select", "from", "group", "order", "returning"):
                return HoleKind.IDENTIFIER, name
            if self._last == "(" and frame.opened_after in ("from", "join", "as", "") and word == ")":
                return HoleKind.VALUE, "select 1"
            if self._last == "," and self._verb == "with" and not frame.clause and word in _STARTS:
                return HoleKind.VALUE, f"{name} AS (SELECT 1)"
            if self._last == "(" and word in _COMPARES:
                return HoleKind.IDENTIFIER, name
        return HoleKind.VALUE, value

    def _after_operand(self, name: str, word: str) -> tuple[HoleKind, str]:
        frame = self._frames[-1]
        clause = frame.clause
        if clause == "order" and (word in _AFTER_CONDITIONS or word in (",", "nulls")):
            return HoleKind.IDENTIFIER, "ASC"
        if clause in ("where", "having"):
            if word in _AFTER_CONDITIONS or word in ("and", "or"):
                return HoleKind.VALUE, f"AND {name}"
            return HoleKind.IDENTIFIER, "="
        if clause in ("from", "join", "on", "set", "delete") and word in _AFTER_CONDITIONS:
            filters = not frame.where and self._verb in ("select", "with", "update", "delete")
            return (HoleKind.VALUE, f" WHERE {name}") if filters else (HoleKind.IDENTIFIER, " ")
        if clause == "on" and word not in ("where", "join", "left", "inner", "right", "full", "cross", "and", "or"):
            return HoleKind.IDENTIFIER, "="
        return HoleKind.IDENTIFIER, " "


def _name(host: str) -> str:
    match = _LAST_NAME.search(host[-80:])
    return "__" + match.group()[:30] if match is not None and match.group().isascii() else "__hole"


def _word(after: str) -> str:
    match = _FIRST_WORD.match(after)
    return (match.group(1) or "").lower() if match is not None else ""
