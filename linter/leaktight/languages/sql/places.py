"""Where the nodes of a SQL tree stand in its text: places of leaves from sqlglot, the words between them from the tokens.

sqlglot 30 places only leaves: identifiers, stars, literals, names of functions. What has no place of its own (`CASE`,
`NULL`, `CAST(… AS int)`, `?`, a bracket) is found in the tokens beside the leaves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql import clauses
from leaktight.text import Span

_OPEN = frozenset("([")
_CLOSE = frozenset(")]")
_WORDS: dict[type, tuple[str, ...]] = {
    exp.Null: ("NULL",),
    exp.Placeholder: ("?", ":", "@", "%S", "SQLC"),
    exp.Parameter: ("@", "$", ":"),
    exp.Star: ("*",),
    exp.Distinct: ("DISTINCT",),
    exp.Interval: ("INTERVAL",),
}
_MARKS = frozenset({":", "@", "$"})
_ARROWS = frozenset({"->", "->>", "#>", "#>>"})
_BRACKETED = (exp.Paren, exp.Tuple, exp.Subquery)
_WITH_WORDS = (*_BRACKETED, exp.Case, exp.Bracket, exp.Interval, exp.JSONExtract, exp.JSONExtractScalar)
_NO_CALLS = (exp.Binary, exp.Connector, exp.Case)
_BEFORE_BRACKETS = frozenset(
    "IN AND OR NOT WHERE ON WHEN THEN ELSE SELECT AS VALUES FROM BY HAVING USING OVER DISTINCT ALL JOIN WITH".split()
)
"""Words that a bracket follows and that call nothing."""
_CASTS = frozenset({"CAST", "TRY_CAST", "SAFE_CAST", "CONVERT", "TRY_CONVERT"})
_REACH = 12
"""How many tokens without a place may stand between a bracket or `CASE` and the first leaf after it."""
_DEEPEST = 12
"""How many nodes with words of their own may begin or end in one place: each costs a further walk of what is in it."""


class _Leaves(NamedTuple):
    start: int
    end: int
    first: exp.Expr
    last: exp.Expr


def leaves(node: exp.Expr) -> _Leaves | None:
    """Give the first and the last placed leaf at or below a node, with where one starts and the other ends."""
    start, end = 1 << 60, -1
    first = last = node
    stack = [node]
    while stack:
        current = stack.pop()
        meta = current._meta  # noqa: SLF001  # `meta` would create a dict on each node without one
        if meta and meta.get("start") is not None and meta.get("end") is not None:
            if meta["start"] < start:
                start, first = meta["start"], current
            if meta["end"] >= end:
                end, last = meta["end"] + 1, current
        for value in current.args.values():
            if isinstance(value, exp.Expr):
                stack.append(value)
            elif isinstance(value, list):
                stack.extend([item for item in value if isinstance(item, exp.Expr)])
    return _Leaves(start, end, first, last) if end >= 0 else None


class Places:
    """Places nodes among tokens, which begin at `starts`. `whole` gives the span of the statement that a node stands in."""

    def __init__(self, tokens: Sequence[Token], starts: Sequence[int], whole: Callable[[exp.Expr], Span]) -> None:
        self._tokens = tokens
        self._starts = starts
        self._whole = whole

    def span(self, node: exp.Expr) -> Span:
        """Give the stretch that a node covers; one without any placed leaf is given that of its nearest relative."""
        if node.__class__ is exp.Column:
            plain = _plain_column(node)
            if plain is not None:
                return plain
        elif node.__class__ is exp.Identifier or (node.__class__ is exp.Star and not any(node.args.values())):
            meta = node._meta or {}  # noqa: SLF001  # as in `leaves`
            start, end = meta.get("start", -1), meta.get("end", -1)
            token = self._tokens[min(bisect_left(self._starts, start), len(self._tokens) - 1)]
            if (token.start, token.end) == (start, end):
                return Span(start, end + 1)
        return self._span(node, 0)

    def _span(self, node: exp.Expr, depth: int) -> Span:
        placed = leaves(node)
        if placed is None:
            return self._beside(node)
        start, end = placed.start, placed.end
        opened, closed = _outermost(placed.first, node), _outermost(placed.last, node)
        if depth < _DEEPEST:
            begun = self._span(opened, depth + 1) if opened is not None else None
            ended = begun if closed is opened else self._span(closed, depth + 1) if closed is not None else None
            start = min(start, begun.start) if begun is not None else start
            end = max(end, ended.end) if ended is not None else end
        first, last = bisect_left(self._starts, start), bisect_right(self._starts, end - 1) - 1
        if first >= len(self._tokens) or last < first:
            return Span(start, end)
        first, last = self._own_words(node, first, self._last_word(node, last))
        first, last = self._balanced(node, first, last)
        return Span(min(start, self._tokens[first].start), max(end, self._tokens[last].end + 1))

    def brackets(self, query: exp.Expr) -> Span | None:
        """Give the round brackets that a subquery stands in, both included; None where none stand directly around it."""
        span = self.span(query)
        index = bisect_left(self._starts, span.start)
        while index > 0:
            # A query's span begins with its first leaf: the SELECT before that may be one of a query nested in it.
            if word(self._tokens[index]) in {"SELECT", "WITH"}:
                if self._tokens[index - 1].token_type is not TokenType.L_PAREN:
                    return None
                end = self._close(index - 1)
                if end is None:
                    return None
                if end > span.end:
                    return Span(self._tokens[index - 1].start, end)
            index -= 1
        return None

    def _close(self, index: int) -> int | None:
        """Give where the bracket closes that the token opens."""
        depth = 0
        for token in self._tokens[index:]:
            depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
            if depth == 0:
                return token.end + 1
        return None

    # What a node has of its own

    def _own_words(self, node: exp.Expr, first: int, last: int) -> tuple[int, int]:
        """Take in the words that a node of this kind begins and ends with."""
        after = self._text(last + 1)
        if isinstance(node, exp.Case):
            return self._case(first, last)
        if isinstance(node, _BRACKETED):
            bracket = self._bracket_before(first, 64 if isinstance(node, exp.Subquery) else _REACH)
            return (first if bracket is None else bracket), last
        if isinstance(node, exp.Cast) and after == "::":
            return first, self._type(last + 2)
        if isinstance(node, exp.In) and (after == "IN" or (after == "NOT" and self._text(last + 2) == "IN")):
            return first, last + (2 if after == "IN" else 3)
        if isinstance(node, exp.Bracket) and after == "[":
            return first, last + 1
        if isinstance(node, (exp.JSONExtract, exp.JSONExtractScalar)) and after in _ARROWS:
            return first, min(last + 2, len(self._tokens) - 1)
        if isinstance(node, exp.Interval):
            return self._interval(node, first, last)
        if _is_call(node):
            return self._call(node, first, last)
        return first, last

    def _case(self, first: int, last: int) -> tuple[int, int]:
        depth = 0
        for index in range(first - 1, max(first - _REACH, 0) - 1, -1):
            kind = self._tokens[index].token_type
            if kind is TokenType.CASE and depth == 0:
                break
            depth += (kind is TokenType.END) - (kind is TokenType.CASE)
        else:
            return first, last
        for end in range(index + 1, len(self._tokens)):
            kind = self._tokens[end].token_type
            if kind is TokenType.CASE:
                depth += 1
            elif kind is TokenType.END:
                if depth == 0:
                    return index, max(last, end)
                depth -= 1
        return index, last

    def _interval(self, node: exp.Expr, first: int, last: int) -> tuple[int, int]:
        unit = node.text("unit").upper()
        if first > 0 and self._text(first - 1) == "INTERVAL":
            first -= 1
        if unit and self._text(last + 1) in (unit, f"{unit}S"):
            last += 1
        return first, last

    def _call(self, node: exp.Expr, first: int, last: int) -> tuple[int, int]:
        """Take in the name and brackets of a function: sqlglot places the names of those that have no grammar of their own."""
        if node._meta and node._meta.get("start") is not None:  # noqa: SLF001  # as in `leaves`
            return first, last + (self._text(last + 1) == "(" and last == first)
        bracket = self._bracket_before(first, _REACH)
        if isinstance(node, (exp.Cast, exp.Convert)) and bracket and self._text(bracket - 1) not in _CASTS:
            bracket = self._bracket_before(bracket, _REACH)  # `CONVERT(varchar(10), a)`: the length is placed
        if bracket is None or bracket == 0:
            return first, last
        name = self._tokens[bracket - 1]
        if not name.text.isidentifier() or name.text.upper() in _BEFORE_BRACKETS or _names_ancestor(node, name):
            return first, last
        return bracket - 1, last

    def _bracket_before(self, first: int, reach: int) -> int | None:
        """Give the index of the bracket that is open before a token."""
        depth = 0
        for index in range(first - 1, max(first - reach, 0) - 1, -1):
            text = self._text(index)
            if text in _CLOSE:
                depth += 1
            elif text in _OPEN:
                if depth == 0:
                    return index
                depth -= 1
        return None

    def _type(self, index: int) -> int:
        """Give the index of the last token of the type that starts at a token."""
        last = min(index, len(self._tokens) - 1)
        if self._text(last + 1) in _OPEN:
            depth = 0
            for at in range(last + 1, len(self._tokens)):
                text = self._text(at)
                depth += (text in _OPEN) - (text in _CLOSE)
                if depth == 0:
                    last = at
                    break
        if self._text(last + 1) in {"WITH", "WITHOUT"} and self._text(last + 2) == "TIME":
            last += 3
        return last

    # What stands around the leaves

    def _last_word(self, node: exp.Expr, last: int) -> int:
        """Take in the words without a place that end a node: `= NULL`, `IS TRUE`, `= ?`, `= :id`."""
        ending = _last_unplaced(node)
        words = _words(ending) if ending is not None else ()
        found = [index for index in range(last + 1, min(last + 5, len(self._tokens))) if self._text(index) in words]
        if not found:
            return last
        if isinstance(ending, exp.Interval):
            return self._interval(ending, found[0], found[0] + 1)[1]
        return self._named(found[-1 if isinstance(node, exp.Between) else 0])

    def _named(self, index: int) -> int:
        """Take in the name that a mark (`:id`, `@id`) stands directly before."""
        token, after = self._tokens[index], self._tokens[index + 1 : index + 2]
        return index + 1 if token.text in _MARKS and after and after[0].start == token.end + 1 else index

    def _balanced(self, node: exp.Expr, first: int, last: int) -> tuple[int, int]:
        tokens = self._tokens
        depth = lowest = 0
        for index in range(first, last + 1):
            text = self._text(index)
            if text in _OPEN:
                depth += 1
            elif text in _CLOSE:
                depth -= 1
                lowest = min(lowest, depth)
        opened, closed = depth - lowest, -lowest
        while opened > 0 and last + 1 < len(tokens):
            last += 1
            text = self._text(last)
            opened += (text in _OPEN) - (text in _CLOSE)
        while closed > 0 and first > 0:
            first -= 1
            text = self._text(first)
            closed += (text in _CLOSE) - (text in _OPEN)
            adjacent = first > 0 and tokens[first - 1].end + 1 == tokens[first].start
            if closed == 0 and adjacent and isinstance(node, exp.Func):
                first -= 1
        return first, last

    def _beside(self, node: exp.Expr) -> Span:
        """Place a node that has no placed leaf (`NULL`, `TRUE`, `?`): the first of its words in or beside its parent."""
        parent = node.parent
        if parent is None:
            return self._whole(node)
        if isinstance(node, (exp.Not, exp.Paren)):
            return self._opened(self._beside(node.this), "NOT" if isinstance(node, exp.Not) else "(")
        while isinstance(parent, (exp.Not, exp.Paren)) and parent.parent is not None and leaves(parent) is None:
            parent = parent.parent
        placed = leaves(parent)
        around = Span(placed.start, placed.end) if placed is not None else self._beside(parent)
        words = _words(node)
        index = bisect_left(self._starts, around.start)
        if _is_left(node):
            for before in range(index - 1, max(index - _REACH, 0) - 1, -1):
                if self._text(before) in words:
                    return Span(self._tokens[before].start, self._tokens[self._named(before)].end + 1)
        while words and index < len(self._tokens) and self._tokens[index].start <= around.end + 64:
            if self._text(index) in words:
                return Span(self._tokens[index].start, self._tokens[self._named(index)].end + 1)
            index += 1
        return around

    def _opened(self, inner: Span, opening: str) -> Span:
        """Take in the word or bracket that stands before what has no placed leaf: `NOT FALSE`, `(TRUE)`."""
        first, last = bisect_left(self._starts, inner.start), bisect_right(self._starts, inner.end - 1) - 1
        if self._text(first - 1) != opening:
            return inner
        closed = opening == "(" and self._text(last + 1) == ")"
        return Span(self._tokens[first - 1].start, self._tokens[last + closed].end + 1)

    def _text(self, index: int) -> str:
        """Give a token's text in upper case, nothing for one that is quoted: a string `'('` is no bracket."""
        return word(self._tokens[index]) if 0 <= index < len(self._tokens) else ""


def word(token: Token) -> str:
    """Give the text of a token in upper case, nothing for a string or a quoted name."""
    text = token.text
    return text.upper() if token.end - token.start + 1 == len(text) else ""


def _plain_column(column: exp.Expr) -> Span | None:
    """Give the place of a column that is names and dots alone, as nearly all are."""
    start, end = 1 << 60, -1
    for part in column.args.values():
        if part is None:
            continue
        meta = part._meta if part.__class__ is exp.Identifier else None  # noqa: SLF001  # as in `leaves`
        if not meta or meta.get("start") is None or meta.get("end") is None:
            return None
        start, end = min(start, meta["start"]), max(end, meta["end"] + 1)
    return Span(start, end) if end >= 0 else None


def _outermost(leaf: exp.Expr, node: exp.Expr) -> exp.Expr | None:
    """Give the uppermost node between a leaf and a node above it that begins or ends with words of its own."""
    found = None
    current: exp.Expr | None = leaf
    while current is not None and current is not node:
        if isinstance(current, _WITH_WORDS) or _is_call(current):
            found = current
        current = current.parent
    return found if current is node else None


def _is_call(node: exp.Expr) -> bool:
    if isinstance(node, exp.If) and isinstance(node.parent, exp.Case):
        return False
    return isinstance(node, exp.Func) and not isinstance(node, _NO_CALLS)


def _names_ancestor(node: exp.Expr, name: Token) -> bool:
    """Say whether a word is the name of a function that a node stands in."""
    outer = node.parent
    while outer is not None:
        if outer._meta and outer._meta.get("start") == name.start:  # noqa: SLF001  # as in `leaves`
            return True
        outer = outer.parent
    return False


def _is_left(node: exp.Expr) -> bool:
    """Say whether a node stands on the left of the nearest thing with a place: `TRUE` of `(TRUE) OR a = 1`, `?` of `? < a`."""
    outer = node.parent
    while outer is not None and leaves(outer) is None:
        node, outer = outer, outer.parent
    return isinstance(outer, (exp.Binary, exp.Alias, exp.Between, exp.In)) and node is outer.this


def _words(node: exp.Expr) -> tuple[str, ...]:
    if isinstance(node, exp.Boolean):
        return ("TRUE",) if node.this else ("FALSE",)
    if isinstance(node, exp.Func) and not isinstance(node, _NO_CALLS):
        return tuple(node.sql_names())
    return _WORDS.get(type(node), ())


def _last_unplaced(node: exp.Expr) -> exp.Expr | None:
    """Give what ends a node without a place of its own, if such a thing does."""
    last: object = node
    while isinstance(last, (exp.Binary, exp.Not, exp.Between)):
        last = clauses.last_operand(last)
    endings = (exp.Null, exp.Boolean, exp.Placeholder, exp.Parameter, exp.Interval, exp.Func)
    return last if last is not node and isinstance(last, endings) and leaves(last) is None else None
