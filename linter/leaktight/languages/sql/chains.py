"""Refuses statements whose operators or joins follow one another for longer than the parser and its tree can bear."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql.tokens import CLOSING, OPENING

MAX_CHAIN = 12_000
"""Operators of one rank that follow one another: each is a level of the tree that nodes climb one by one."""
MAX_OPEN_JOINS = 14
"""Joins that wait for their ON: the parser tries each as the start of a nested join first, twice the work a join."""


def joins_in(text: str, tokens: Sequence[Token]) -> Sequence[int]:
    """Give the indexes of the joins among the tokens of `text`; none at all where they are few enough for any statement."""
    if text.upper().count("JOIN") <= MAX_OPEN_JOINS:
        return ()
    join = TokenType.JOIN
    return [index for index, token in enumerate(tokens) if token.token_type is join]


def excess_of(tokens: Sequence[Token], first: int, last: int, joins: Sequence[int]) -> str | None:
    """Say what a statement has more of than the parser can take; `joins` is what `joins_in` says of all tokens."""
    joined = bisect_left(joins, last) - bisect_left(joins, first) if joins else 0
    if joined > MAX_OPEN_JOINS and _open_joins(tokens[first:last]) > MAX_OPEN_JOINS:
        return f"more than {MAX_OPEN_JOINS} joins in a row without a condition"
    if last - first > MAX_CHAIN and _longest_chain(tokens[first:last]) > MAX_CHAIN:
        return f"more than {MAX_CHAIN} operators in one statement"
    return None


def _longest_chain(tokens: Sequence[Token]) -> int:
    """Give the most operators of one rank that stand between the same brackets and commas.

    Set operations are counted from bracket to bracket: the commas of their select lists part nothing.
    """
    longest = 0
    stack: list[dict[int, int]] = []
    counts: dict[int, int] = {}
    for token in tokens:
        kind = token.token_type
        rank = _RANKS.get(kind)
        if rank is not None:
            count = counts[rank] = counts.get(rank, 0) + 1
            longest = max(longest, count)
        elif kind in OPENING:
            stack.append(counts)
            counts = {}
        elif kind in CLOSING:
            counts = stack.pop() if stack else {}
        elif kind in _PARTING and counts:
            arms = counts.get(_ARMS, 0)
            counts.clear()
            counts[_ARMS] = arms
    return longest


def _open_joins(tokens: Sequence[Token]) -> int:
    """Give the most joins between the same brackets that wait for an ON or USING at once."""
    most = waiting = 0
    stack: list[int] = []
    previous = TokenType.SEMICOLON
    for token in tokens:
        kind = token.token_type
        if kind is TokenType.JOIN:
            waiting += previous not in _WITHOUT_CONDITION
            most = max(most, waiting)
        elif kind is TokenType.ON or kind is TokenType.USING:
            waiting = max(waiting - 1, 0)
        elif kind is TokenType.SELECT:
            waiting = 0
        elif kind in OPENING:
            stack.append(waiting)
            waiting = 0
        elif kind in CLOSING:
            waiting = stack.pop() if stack else 0
        previous = kind
    return most


_ARMS = 0
_RANKS: dict[TokenType, int] = {
    kind: rank
    for rank, kinds in enumerate(
        (
            Parser.SET_OPERATIONS,
            Parser.DISJUNCTION,
            Parser.CONJUNCTION,
            Parser.EQUALITY,
            Parser.COMPARISON,
            Parser.RANGE_PARSERS,
            (*Parser.BITWISE, TokenType.DPIPE),
            Parser.TERM,
            Parser.FACTOR,
            Parser.COLUMN_OPERATORS,
        )
    )
    for kind in kinds
}
"""Binary operators by what binds alike; set operations come first."""
_PARTING = frozenset({TokenType.COMMA, TokenType.WHEN, TokenType.THEN, TokenType.ELSE})
_WITHOUT_CONDITION = frozenset({TokenType.CROSS, TokenType.NATURAL})
