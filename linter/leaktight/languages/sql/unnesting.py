"""Spares sqlglot the work of looking for `FROM orders AS o, o.items` where no table stands that could be a column.

In BigQuery and Redshift a table of FROM may be an array of a table before it. To tell, the parser copies every table and
subquery of every FROM, those in them again, and brings the copies' names to one case: a third of the whole parse. The
tokens tell sooner that no name of a table begins with another's name.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

_SWITCH = "SUPPORTS_IMPLICIT_UNNEST"


def parsed(parser: Parser, tokens: list[Token], text: str) -> list[exp.Expr | None]:
    """Give the trees of `tokens`, as `parser.parse` does."""
    kind = type(parser)
    if not getattr(kind, _SWITCH, False) or may_unnest(tokens):
        return parser.parse(tokens, text)
    setattr(kind, _SWITCH, False)
    try:
        return parser.parse(tokens, text)
    finally:
        setattr(kind, _SWITCH, True)


def may_unnest(tokens: Sequence[Token]) -> bool:
    """Say whether some table that is joined may be a column of one before it: `o.items`, where another is called `o`.

    Says so too often rather than too seldom.
    """
    kinds = [token.token_type for token in tokens]
    if TokenType.FROM not in kinds:
        return False
    first = kinds.index(TokenType.FROM)
    lists_tables = [False]
    """For each open bracket, whether a comma in it may stand between tables."""
    called: set[str] = set()
    for index, kind in enumerate(kinds[first:], first):
        if kind not in _TOLD:
            continue
        if kind is TokenType.L_PAREN:
            lists_tables.append(lists_tables[-1] and kinds[index - 1] in _BEFORE_TABLES)
        elif kind is TokenType.R_PAREN:
            # Around the bracket that the first FROM stands in no FROM has been.
            lists_tables[-2:] = [lists_tables[-2]] if lists_tables[1:] else [False]
        elif kind is TokenType.FROM:
            compares = kinds[index - 1] is TokenType.DISTINCT and kinds[index - 2] in _COMPARES
            lists_tables[-1] = lists_tables[-1] or not compares
        elif kind in _ENDS_TABLES:
            lists_tables[-1] = False
        elif kind is TokenType.JOIN or lists_tables[-1]:
            holder = _holder(tokens, kinds, index + 1)
            if holder is None:
                return True
            if holder:
                called = called or _called(tokens, kinds)
                if holder in called:
                    return True
    return False


def _holder(tokens: Sequence[Token], kinds: Sequence[TokenType], at: int) -> str | None:
    """Give what a table's name begins with, in lower case; nothing for a single word or a query, None where unclear."""
    if at >= len(kinds):
        return ""
    kind, text = kinds[at], tokens[at].text.lower()
    after = kinds[at + 1] if at + 1 < len(kinds) else None
    if after is TokenType.DOT or (kind in _NAMES and "." in text):
        return text.partition(".")[0]
    if kind is TokenType.UNNEST or (kind in _NAMES and after is not TokenType.DASH):
        return ""
    return "" if kind is TokenType.L_PAREN and after in _QUERIES else None


def _called(tokens: Sequence[Token], kinds: Sequence[TokenType]) -> set[str]:
    """Give every word, in lower case, that a table may be called by: all but those with a dot behind them."""
    dot = TokenType.DOT
    words = {token.text for token, after in zip(tokens, [*kinds[1:], None], strict=True) if after is not dot}
    return {word.rpartition(".")[2].lower() for word in words}


_NAMES = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
_COMPARES = frozenset({TokenType.IS, TokenType.NOT})
"""What stands before `DISTINCT FROM` where two values are compared."""
_QUERIES = frozenset({TokenType.SELECT, TokenType.WITH})
_BEFORE_TABLES = frozenset({TokenType.FROM, TokenType.JOIN, TokenType.COMMA, TokenType.L_PAREN})
_ENDS_TABLES = frozenset(
    {
        TokenType.SELECT,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.HAVING,
        TokenType.QUALIFY,
        TokenType.ORDER_BY,
        TokenType.LIMIT,
    }
)
_TOLD = (
    frozenset({TokenType.L_PAREN, TokenType.R_PAREN, TokenType.FROM, TokenType.COMMA, TokenType.JOIN}) | _ENDS_TABLES
)
