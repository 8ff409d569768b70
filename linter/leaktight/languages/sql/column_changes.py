"""Whether a statement makes a table, or changes which columns it has and of what type: read from its words, for any engine."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from sqlglot.tokenizer_core import Token, TokenType

_HEAD = 12
"""How far the name of what is changed stands at most: `ALTER TABLE IF EXISTS ONLY shop.orders`."""
_MADE = frozenset({"TABLE", "VIEW"})
_NO_COLUMN = frozenset(
    """CONSTRAINT PRIMARY UNIQUE FOREIGN INDEX KEY CHECK FULLTEXT SPATIAL PARTITION EXCLUDE GENERATED DEFAULT NOT IDENTITY
    EXPRESSION STATISTICS POLICY TRIGGER""".split()
)
"""What may follow ADD and DROP where no column comes or goes."""
_NAMES = frozenset({TokenType.IDENTIFIER, TokenType.STRING})
_ALWAYS = frozenset({"RENAME", "MODIFY", "CHANGE", "REPLACE", "SWAP", "EXCHANGE"})
_KEPT = frozenset({"DEFAULT", "NOT", "STATISTICS", "STORAGE", "COMPRESSION", "GENERATED", "EXPRESSION", "COMMENT"})
"""What SET may be followed by where the type of a column stays."""


class Touch(Enum):
    """What a statement does to a table."""

    NOTHING = "nothing"
    MADE = "made"
    CHANGED = "changed"


def touched(tokens: Sequence[Token]) -> tuple[Touch, frozenset[str]]:
    """Say what a CREATE, ALTER, RENAME or EXEC, as its tokens, does, and to which tables: their last parts, in lower case.

    Of a statement that changes columns, all words near its beginning are given: one of them is the table.
    """
    words = [
        word
        for token in tokens
        # `PRIMARY KEY` is one token, and so is `"order lines"`.
        for word in ([token.text.upper()] if token.token_type in _NAMES else token.text.upper().split())
    ]
    if words[:1] == ["CREATE"]:
        made = _created(words)
        return (Touch.MADE, frozenset({made.lower()})) if made else (Touch.NOTHING, frozenset())
    if words[:1] == ["ALTER"] and not _changes_columns(words[_after_name(words) :]):
        return Touch.NOTHING, frozenset()
    return Touch.CHANGED, frozenset(word.lower() for word in words[:_HEAD])


def _after_name(words: Sequence[str]) -> int:
    """Give where the actions of an ALTER begin, behind the name of what it changes."""
    at = next((at for at, word in enumerate(words[:_HEAD]) if word in _MADE), 0) + 1
    while at < len(words) and words[at] in {"IF", "EXISTS", "ONLY"}:
        at += 1
    while at + 2 < len(words) and words[at + 1] == ".":
        at += 2
    return at + 1


def _created(words: Sequence[str]) -> str:
    """Give the last part of the name of the table or view that a CREATE makes; empty where it makes something else."""
    at = next((at for at, word in enumerate(words[:_HEAD]) if word in _MADE or word in {"(", "ON", "AS"}), 0)
    if not at or words[at] not in _MADE:
        return ""
    at += 1
    while at < len(words) and words[at] in {"IF", "NOT", "EXISTS"}:
        at += 1
    while at + 2 < len(words) and words[at + 1] == ".":
        at += 2
    return words[at].rpartition(".")[2] if at < len(words) else ""


def _changes_columns(words: Sequence[str]) -> bool:
    depth = 0
    for at, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth:
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        if word in _ALWAYS or (word in {"ADD", "DROP"} and after not in _NO_COLUMN):
            return True
        if word == "SET" and after == "SCHEMA":
            return True
        if word == "ALTER":
            column = at + 1 + (after == "COLUMN")
            done = words[column + 1] if column + 1 < len(words) else ""
            if done not in {"SET", "DROP", "ADD", "RESET", "RESTART"}:
                return True
            if done == "SET" and words[column + 2 : column + 3] and words[column + 2] not in _KEPT:
                return True
    return False
