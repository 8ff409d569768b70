"""Where a routine's body begins and ends in plain tokens: `CREATE PROCEDURE … BEGIN … END`.

What stands in a body runs when the routine is called, not when the script does.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql.tokens import CLOSING, OPENING, separates

_ROUTINES = frozenset({"PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE", "TASK"})
_OTHERS = frozenset({"TABLE", "VIEW", "INDEX", "SCHEMA", "DATABASE", "TYPE", "ROLE", "USER", "SEQUENCE", "STATISTICS"})
_MOST_WORDS = 9
"""How far the kind of what is created stands at most: `CREATE OR REPLACE DEFINER = root @ localhost PROCEDURE`."""
ENDS = frozenset({"IF", "LOOP", "WHILE", "FOR", "REPEAT", "CASE"})
"""What stands after END where it ends no BEGIN."""
TRANSACTION = frozenset(
    {"TRANSACTION", "WORK", "TRAN", "ISOLATION", "READ", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "CONCURRENT"}
)
"""What stands after BEGIN where it begins a transaction."""
BATCHES = frozenset({"tsql", "fabric"})
"""Dialects in which a routine is alone in its batch, and no semicolon has to stand between statements."""


def routine_kind(tokens: Sequence[Token], start: int, end: int) -> str:
    """Give the kind of routine that a CREATE, ALTER or DROP at `start` works on; empty for all else."""
    for index in range(start + 1, min(start + _MOST_WORDS, end)):
        word = tokens[index].text.upper()
        if word in _ROUTINES:
            return "PROCEDURE" if word == "PROC" else word
        if word in _OTHERS or tokens[index].token_type is TokenType.L_PAREN:
            return ""
    return ""


def routine_body(tokens: Sequence[Token], start: int, end: int) -> int | None:
    """Give where the body of a routine that is created at `start` begins, if it has one in plain tokens."""
    if not routine_kind(tokens, start, end):
        return None
    depth = 0
    for index in range(start, end):
        kind = tokens[index].token_type
        if kind in OPENING:
            depth += 1
        elif kind in CLOSING:
            depth -= 1
        elif depth == 0 and tokens[index].text.upper() == "BEGIN":
            return index
    return None


def routine_end(text: str, tokens: Sequence[Token], start: int, dialect_name: str) -> int:
    """Give the index of the token after the routine that is created at `start`."""
    if dialect_name in BATCHES:
        return next((at for at in range(start, len(tokens)) if separates(text, tokens[at], dialect_name)), len(tokens))
    semicolon = _semicolon(tokens, start)
    if routine_kind(tokens, start, semicolon) == "PACKAGE":
        return _after_block(tokens, start + 1, 1)
    body = routine_body(tokens, start, semicolon)
    if body is None and _declares(tokens, start, semicolon, dialect_name):
        body = _begin_after(tokens, semicolon)
    return _after_block(tokens, body, 0) if body is not None else semicolon


def _semicolon(tokens: Sequence[Token], start: int) -> int:
    return next((at for at in range(start, len(tokens)) if tokens[at].token_type is TokenType.SEMICOLON), len(tokens))


def _declares(tokens: Sequence[Token], start: int, end: int, dialect_name: str) -> bool:
    """Say whether variables are declared before the body: `AS DECLARE n INT; BEGIN`, Oracle's `IS n NUMBER; BEGIN`."""
    words = {token.text.upper() for token in tokens[start:end]}
    return "DECLARE" in words or (dialect_name == "oracle" and bool(words & {"IS", "AS"}))


def _begin_after(tokens: Sequence[Token], start: int) -> int | None:
    for at in range(start, len(tokens)):
        word = tokens[at].text.upper()
        if word == "BEGIN":
            return at
        if word == "CREATE":
            return None
    return None


def _after_block(tokens: Sequence[Token], start: int, depth: int) -> int:
    """Give the index after the END of the block that begins at `start`, inside `depth` others."""
    at = start
    while at < len(tokens):
        word = tokens[at].text.upper() if tokens[at].token_type is not TokenType.IDENTIFIER else ""
        if word not in _BLOCKS or (at > 0 and tokens[at - 1].token_type is TokenType.DOT):
            at += 1
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        follows = after.text.upper() if after is not None else ""
        if word == "CREATE":
            if routine_kind(tokens, at, len(tokens)):
                return at
        elif word == "CASE" or (word == "BEGIN" and follows != ";" and follows not in TRANSACTION):
            depth += 1
        elif word == "END" and (follows == "CASE" or follows not in ENDS):
            depth -= 1
            at += follows == "CASE"
        at += 1
        if depth <= 0:
            return at
    return at


_BLOCKS = frozenset({"BEGIN", "END", "CASE", "CREATE"})
