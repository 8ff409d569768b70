"""A parse error in words for whoever wrote the statement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.errors import ParseError
from sqlglot.tokenizer_core import Token

from leaktight.languages.sql.tokens import sentence
from leaktight.text import Span


def problem_of(error: ParseError, tokens: Sequence[Token], text: str) -> tuple[str, Span | None]:
    """Give what is wrong with a statement in a few words, and where, as far as the parser tells."""
    details = error.errors[0] if error.errors else {}
    message = str(details.get("description") or error)
    token = _blamed(details, tokens, text)
    if token is None:
        return sentence(message), None
    if message.startswith("Invalid expression"):
        message = f"unexpected `{token.text}`" if token.text else "unexpected end of the statement"
    elif message.startswith("Required keyword"):
        message = f"something is missing at `{token.text}`" if token.text else "something is missing at its end"
    return sentence(message), Span(token.start, token.end + 1)


def _blamed(details: dict[str, object], tokens: Sequence[Token], text: str) -> Token | None:
    """Give the token that a parse error names by its line and the column of its end."""
    line, column = details.get("line"), details.get("col")
    for token in tokens:
        if token.line == line and token.col == column:
            return token
    return tokens[-1] if tokens and text else None
