"""Gives `NOT IN (SELECT …)` back where sqlglot has made `<> ALL (SELECT …)` of it, as it does for Snowflake alone.

Both mean the same. What asks for one of them in a tree would else be blind on one engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

_ALL = frozenset({TokenType.ALL, TokenType.ANY, TokenType.SOME})


def restored(trees: Iterable[exp.Expr | None], tokens: Sequence[Token]) -> None:
    """Make each `NOT IN` of a Snowflake statement one in its trees again; where `<> ALL` is written too, none is."""
    if not _stands(tokens, TokenType.NOT, {TokenType.IN}) or _stands(tokens, TokenType.NEQ, _ALL):
        return
    for tree in trees:
        for node in list(tree.find_all(exp.NEQ)) if tree is not None else ():
            compared = node.expression
            if isinstance(compared, exp.All):
                query = exp.Subquery(this=compared.this)
                node.replace(exp.Not(this=exp.In(this=node.this, query=query)))


def _stands(tokens: Sequence[Token], kind: TokenType, after: Iterable[TokenType]) -> bool:
    return any(
        token.token_type is kind and tokens[index].token_type in after for index, token in enumerate(tokens[:-1], 1)
    )
