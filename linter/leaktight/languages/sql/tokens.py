"""Cuts SQL into tokens, and refuses what would cost the parser its stack or its time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import ClassVar

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import TokenError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from leaktight.lazy import regex
from leaktight.source import NotAnalysable

MAX_NESTING = 240
"""Brackets deeper than this are refused: the compiled parser recurses on the C stack and dies of some thousands."""
MAX_SUBSCRIPTS = 500
"""Subscripts that follow one another (`a[1][2]`): the parser copies the tree at each."""
MAX_TYPE_NESTING = 14
"""Brackets after names of types (`struct(struct(…))`): the parser tries each as a type first, twice the work a level."""


_LIQUIBASE = regex(r"\s{0,99}--[ \t]*liquibase formatted sql", re.IGNORECASE)
_DIRECTIVE = regex(r"^([ \t]*--)[a-zA-Z]", re.MULTILINE)
"""`--changeset` is no comment to MySQL, which wants a blank there, but Liquibase takes it away before MySQL sees it."""


_CONDITIONAL = regex(r"(/\*!\d{5,6})(\s{1,9}PARTITION\s{1,9}BY\b[^*]*(?:\*(?!/)[^*]*)*)\*/", re.IGNORECASE)
"""How `mysqldump` writes partitions: a comment to other engines, and code to MySQL."""


class _WithoutCommands:
    """Takes one habit from a tokenizer: it would swallow all after `WHILE` or `CALL` as one string."""

    __slots__ = ()
    COMMANDS: ClassVar[set[TokenType]] = set()

    def __init_subclass__(cls) -> None:
        """Leave the tables of the tokenizer as they are: its own hook would make them anew, all the same."""


@lru_cache(maxsize=64)
def _tokenizer(dialect: Dialect) -> Tokenizer:
    plain: type[Tokenizer] = dialect.tokenizer_class
    return type("Tokenizer", (_WithoutCommands, plain), {})(dialect=dialect)  # type: ignore[no-any-return]


def tokenise(text: str, dialect: Dialect) -> list[Token]:
    """Give the tokens of `text`.

    Raises `NotAnalysable` where the text ends inside a string or comment, or nests too deeply.
    """
    if "/*!" in text:
        text = _CONDITIONAL.sub(lambda found: f"{' ' * len(found[1])}{found[2]}  ", text)
    if _LIQUIBASE.match(text):
        text = _DIRECTIVE.sub(r"\1 ", text)
    try:
        tokens: list[Token] = _tokenizer(dialect).tokenize(text)
    except TokenError as error:
        raise NotAnalysable(sentence(str(error))) from None
    if text.count("(") + text.count("[") + text.count("{") > MAX_NESTING:
        deepest = _deepest(tokens)
        if deepest > MAX_NESTING:
            raise NotAnalysable(f"brackets nest {deepest} deep; leaktight reads at most {MAX_NESTING}", code="nesting")
    if _bracket_range(text) > MAX_TYPE_NESTING:
        deepest = _deepest_types(tokens)
        if deepest > MAX_TYPE_NESTING:
            raise NotAnalysable(
                f"types nest {deepest} deep; leaktight reads at most {MAX_TYPE_NESTING}", code="nesting"
            )
    if text.count("][") > MAX_SUBSCRIPTS and _chained_subscripts(tokens) > MAX_SUBSCRIPTS:
        raise NotAnalysable(f"more than {MAX_SUBSCRIPTS} subscripts nest in one another", code="nesting")
    return tokens


def _bracket_range(text: str) -> int:
    """Give how deep brackets nest at most, those in strings and comments taken for brackets."""
    depths = list(accumulate(map(_STEPS.__getitem__, _BRACKETS.findall(text))))
    return max(depths, default=0) - min(0, min(depths, default=0))


def _deepest_types(tokens: Sequence[Token]) -> int:
    """Give how deep brackets that follow a type's name nest: `struct(array[date(…)])` is three deep."""
    opened: list[bool] = []
    depth = deepest = 0
    previous = TokenType.SEMICOLON
    for token in tokens:
        kind = token.token_type
        if kind in OPENING:
            opened.append(previous in Parser.TYPE_TOKENS)
            depth += opened[-1]
            deepest = max(deepest, depth)
        elif kind in CLOSING and opened:
            depth -= opened.pop()
        previous = kind
    return deepest


def _chained_subscripts(tokens: Sequence[Token]) -> int:
    pair = (TokenType.R_BRACKET, TokenType.L_BRACKET)
    return sum(1 for one, other in pairwise(tokens) if (one.token_type, other.token_type) == pair)


_BRACKETS = regex(r"[()\[\]]")
_STEPS = {"(": 1, "[": 1, ")": -1, "]": -1}


def _deepest(tokens: Sequence[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        kind = token.token_type
        if kind in OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif kind in CLOSING:
            depth -= 1
        elif kind is TokenType.SEMICOLON:
            depth = 0
    return deepest


OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})


def closing(tokens: Sequence[Token], opening: int, end: int | None = None) -> int | None:
    """Give the index of the bracket that closes the one at `opening`; None where none before `end` does, or none opens."""
    depth = 0
    for index in range(opening, len(tokens) if end is None else end):
        kind = tokens[index].token_type
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth <= 0:
            return index if depth == 0 and index > opening else None
    return None


def sentence(message: str) -> str:
    """Give the first line of a message of the parser as a reason: lower case, no period."""
    first = message.strip().split("\n", 1)[0].rstrip(".")
    for mark in (" but got <Token", ". Line ", " for <class"):
        first = first.split(mark, 1)[0]
    return first[:1].lower() + first[1:] if first[1:2].islower() else first


_GO = frozenset({"GO", "go", "Go"})
_GO_AND_SLASH = _GO | {"/"}


def separators(dialect_name: str) -> frozenset[str]:
    """Give what parts statements where it stands alone on a line: SQL Server's `GO`, and Oracle's `/`."""
    return _GO_AND_SLASH if dialect_name in {"oracle", ""} else _GO


def separates(text: str, token: Token, dialect_name: str) -> bool:
    """Say whether a token is one of the `separators` of a dialect, and stands where it is one; a string `'GO'` never is."""
    word = token.text
    if word not in separators(dialect_name) or token.end - token.start + 1 != len(word):
        return False
    return begins_line(text, token) and _ends_line(text, token)


def begins_line(text: str, token: Token) -> bool:
    """Say whether nothing but blanks stands before a token on its line."""
    at = token.start
    while at > 0 and text[at - 1] in " \t":
        at -= 1
    return at == 0 or text[at - 1] in "\r\n"


def _ends_line(text: str, token: Token) -> bool:
    at = token.end + 1
    while at < len(text) and text[at] in " \t":
        at += 1
    return at == len(text) or text[at] in "\r\n"
