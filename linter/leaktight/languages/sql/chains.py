"""Refuses statements whose operators or joins follow one another for longer than the parser and its tree can bear."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql.tokens import CLOSING, OPENING

MAX_CHAIN = 12_000
"""Operators of one rank that follow one another: each is a level of the tree that nodes climb one by one."""
MAX_OPEN_JOINS = 14
"""Joins that wait for their ON: the parser tries each as the start of a nested join first, twice the work a join."""


def has_many_joins(text: str) -> bool:
    """Say at a glance whether some statement of a text may have more open joins than are read."""
    return text.upper().count("JOIN") > MAX_OPEN_JOINS


def excess_of(tokens: Sequence[Token], *, joined: bool) -> str | None:
    """Say what a statement has more of than the parser can take; `joined` is what `has_many_joins` says of its text."""
    if joined and _open_joins(tokens) > MAX_OPEN_JOINS:
        return f"more than {MAX_OPEN_JOINS} joins in a row without a condition"
    if len(tokens) > MAX_CHAIN and _longest_chain(tokens) > MAX_CHAIN:
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
