"""Secrets in SQL: of users that are created, of COPY and stages that read a bucket, of foreign servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql.document import SqlDocument
from leaktight.lazy import regex
from leaktight.operations.credentials.secret import Credential, in_url, is_secret
from leaktight.text import Span

_NAMES = frozenset(
    """PASSWORD SECRET_ACCESS_KEY AWS_SECRET_KEY AWS_SECRET_ACCESS_KEY AZURE_SAS_TOKEN SECRET_KEY SESSION_TOKEN AWS_TOKEN
    MASTER_KEY PRIVATE_KEY SECRET CLIENT_SECRET ACCOUNT_KEY MASTER_SYMMETRIC_KEY""".split()
)
_GATE = ("password", "identified", "secret", "token", "credentials", "private_key", "account_key", "master_", "://")
_INSIDE = regex(r"(?:aws_secret_access_key|password|secret|account_key|sas_token)\s*=\s*'?([^;'\s]+)", re.IGNORECASE)
"""`name=value` in the text of a string: what Redshift's CREDENTIALS and the connection string of dblink hold."""
_CONNECTION = frozenset({"CREDENTIALS", "DBLINK", "DBLINK_CONNECT", "DBLINK_EXEC"})
_PLUGIN = ["IDENTIFIED", "WITH"]
_BETWEEN = frozenset({"=", "(", "AS", "BY", "=>", ":"})


def credentials_in_sql(document: SqlDocument) -> Iterator[Credential]:
    """Yield the secrets of a SQL document, each where its value stands."""
    folded = document.text.lower()
    if not any(word in folded for word in _GATE):
        return
    tokens = document.tokens
    for index, token in enumerate(tokens):
        if token.token_type is not TokenType.STRING:
            continue
        span = _inside(document, token)
        if span is None or (document.region.templated and document.holes(span)):
            continue
        value = document.slice(span)
        name = _name_before(tokens, index)
        if name in _CONNECTION:
            for found in _INSIDE.finditer(value):
                if is_secret(found[1]):
                    yield Credential(
                        Span(span.start + found.start(1), span.start + found.end(1)),
                        found[0].partition("=")[0].strip().lower(),
                    )
        elif name and is_secret(value) and not (name == "PASSWORD" and _is_users_name(tokens, index, value)):
            yield Credential(span, name.lower())
        elif (placed := in_url(value)) is not None:
            yield Credential(Span(span.start + placed[0], span.start + placed[1]), "password", placed[2])


def _inside(document: SqlDocument, token: Token) -> Span | None:
    start, end = token.start, token.end + 1
    text = document.text
    if end - start < 3 or text[start] not in "'\"" or text[end - 1] != text[start]:
        return None
    return Span(start + 1, end - 1)


def _name_before(tokens: Sequence[Token], index: int) -> str:
    """Give the word that says what a string is: `PASSWORD` of `PASSWORD = 'x'`, of `IDENTIFIED BY 'x'` too."""
    at = index - 1
    steps = 0
    while at >= 0 and steps < 3 and tokens[at].text.upper() in _BETWEEN:
        at -= 1
        steps += 1
    if at < 0:
        return ""
    word = tokens[at].text.upper()
    if word == "IDENTIFIED" and steps:
        return "PASSWORD"
    # `IDENTIFIED WITH caching_sha2_password BY 'x'`
    if tokens[index - 1].text.upper() == "BY" and [one.text.upper() for one in tokens[at - 2 : at]] == _PLUGIN:
        return "PASSWORD"
    # `ALTER USER a SET PASSWORD = …`, and no column of that name: one is compared in a query.
    if word == "PASSWORD" and _in_query(tokens, at):
        return ""
    # DuckDB's `ATTACH … (SECRET lake_secret)` names a secret that `CREATE SECRET` has made.
    if word == "SECRET" and any(token.text.upper() == "ATTACH" for token in _since_semicolon(tokens, at)):
        return ""
    return word if word in _NAMES or word in _CONNECTION else ""


def _is_users_name(tokens: Sequence[Token], index: int, value: str) -> bool:
    """Say whether a password is the user's name, which only stands in for one: `CREATE USER shop PASSWORD 'shop'`."""
    before = [token.text.strip("'\"`").lower() for token in tokens[max(0, index - 12) : index]]
    named = {after for word, after in pairwise(before) if word in {"user", "role", "login"}}
    return value.lower() in named


def _since_semicolon(tokens: Sequence[Token], at: int) -> Iterator[Token]:
    """Yield the tokens of a statement before a place, the nearest first, as far as they are near."""
    return takewhile(lambda token: token.text != ";", reversed(tokens[max(0, at - 60) : at]))


def _in_query(tokens: Sequence[Token], at: int) -> bool:
    for token in _since_semicolon(tokens, at):
        word = token.text.upper()
        if word in {"SELECT", "WHERE", "VALUES", "INSERT", "UPDATE", "ON", "AND", "HAVING"}:
            return True
        if word in {"CREATE", "ALTER", "COPY", "OPTIONS", "GRANT"}:
            return False
    return False
