"""Says a statement in other words where sqlglot does not know the form that an engine does: tokens in, tokens out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql.tokens import CLOSING, OPENING, closing


def reworded(given: Sequence[Token]) -> list[Token] | None:
    """Give the tokens of a statement that did not parse in a form that may; None where nothing is to be said otherwise.

    `ML.EVALUATE(MODEL m, …)` loses `MODEL`, BigQuery's `CREATE TABLE` its `WITH CONNECTION a.b`, Spark's `INSERT OVERWRITE
    DIRECTORY '…' USING csv OPTIONS (…)` what follows the directory, its `CREATE TABLE t WITH a AS (…) SELECT …` gains an
    `AS`, and `'it''s'` of Hive, two strings, is one.
    Postgres' `CREATE MATERIALIZED VIEW v TABLESPACE s AS … WITH NO DATA` loses the tablespace and the end, its `text ARRAY` the
    second word; BigQuery's `SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (…) …` loses the clause; `\\?` and `\\:`, with which knex
    and SQLAlchemy are told that no parameter is meant, lose the backslash. SQL Server's `a += 1` loses the sign,
    `t WITH (TABLOCK)` the hints, `DELETE FROM t FROM …` its first FROM, and an `INSERT … EXEC p`, whose rows only the procedure
    knows, gets `DEFAULT VALUES`. MySQL's `PARTITION BY RANGE COLUMNS (d)` loses `COLUMNS`, and its `LESS THAN MAXVALUE` gets the
    brackets that may be left out.
    """
    found: list[Token] = []
    tokens = _without_procedure(given)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        before = tokens[index - 1] if index else None
        if token.token_type is TokenType.STRING and before is not None and _touches(before, token):
            index += 1
            continue
        word = token.text.upper()
        if [one.text for one in tokens[index : index + 4]] == ["\\", ":", "\\", ":"]:
            found.append(Token(TokenType.DCOLON, "::", token.line, token.col, token.start, tokens[index + 3].end))
            index += 4
            continue
        skipped = _skipped(tokens, index, word)
        if skipped:
            index += skipped
            continue
        if word == "MODEL" and before is not None and before.token_type is TokenType.L_PAREN:
            index += 1
            continue
        if word == "USING" and index > 1 and tokens[index - 2].text.upper() == "DIRECTORY":
            behind = _behind_options(tokens, index)
            if behind is not None:
                index = behind
                continue
        if word == "WITH" and before is not None and _connects(tokens, index):
            index += 3
            while index + 1 < len(tokens) and tokens[index].token_type is TokenType.DOT:
                index += 2
            continue
        if word == "WITH" and before is not None and _begins_query(tokens, index):
            found.append(Token(TokenType.ALIAS, "AS", token.line, token.col, token.start, token.start - 1))
        bare = word == "MAXVALUE" and before is not None and before.text.upper() == "THAN"
        found += _bracketed(token) if bare else [token]
        index += 1
    return found if [id(token) for token in found] != [id(token) for token in given] else None


def _bracketed(token: Token) -> list[Token]:
    opened = Token(TokenType.L_PAREN, "(", token.line, token.col, token.start, token.start - 1)
    closed = Token(TokenType.R_PAREN, ")", token.line, token.col, token.end + 1, token.end)
    return [opened, token, closed]


def _skipped(tokens: Sequence[Token], index: int, word: str) -> int:
    """Give how many tokens from here on say nothing that matters, 0 for none."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    before = tokens[index - 1] if index else None
    if after is None or before is None:
        return 0
    if word == "FROM" and index == 1 and tokens[0].token_type is TokenType.DELETE:
        return int(_is_said_twice(tokens))
    if word == "\\":
        return int(after.text[:1] in {"?", ":"} and after.start == tokens[index].end + 1)
    if word in _COMPOUND and after.text == "=":
        return int(after.start == tokens[index].end + 1)
    if word == "WITH" and after.text == "(" and tokens[0].text.upper() not in {"CREATE", "ALTER", "WITH"}:
        end = closing(tokens, index + 1)
        return end + 1 - index if end is not None else 0
    if tokens[1].text.upper() == "MATERIALIZED":
        if word == "TABLESPACE":
            return 2
        if word == "WITH":
            rest = [one.text.upper() for one in tokens[index + 1 :][:3]]
            return len(rest) + 1 if rest in (["DATA"], ["NO", "DATA"]) else 0
    if word == "COLUMNS" and before.text.upper() in {"RANGE", "LIST"}:
        return int(after.text == "(")
    if word == "NULLS" and before.text.upper() == "UNIQUE" and after.text.upper() == "DISTINCT":
        return 2
    if word == "ARRAY" and tokens[0].text.upper() in {"CREATE", "ALTER"}:
        return int(before.token_type not in _BEFORE_ARRAY and after.token_type in _AFTER_ARRAY)
    if word == "WITH" and before.token_type is TokenType.SELECT:
        end = index + 2
        if end < len(tokens) and tokens[end].text.upper() == "OPTIONS":
            closed = closing(tokens, end + 1)
            end = end if closed is None else closed + 1
        return end - index
    return 0


_COMPOUND = frozenset("+-*/%&|^")
_BEFORE_ARRAY = OPENING | {TokenType.COMMA, TokenType.EQ, TokenType.DEFAULT, TokenType.ALIAS}
_AFTER_ARRAY = frozenset(
    {TokenType.NOT, TokenType.NULL, TokenType.DEFAULT, TokenType.COMMA, TokenType.R_PAREN, TokenType.SEMICOLON}
)


_ARGUMENTS = frozenset({"arg", "narg", "slice"})


def with_parameters(tokens: list[Token]) -> list[Token]:
    """Give the tokens of a statement with sqlc's words for its parameters, `sqlc.arg(day)`, in those of an engine: `:day`."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        words = [token.text.lower() for token in tokens[index : index + 6]]
        if [*words[:2], *words[3:4], *words[5:]] == ["sqlc", ".", "(", ")"] and words[2] in _ARGUMENTS:
            at, name = tokens[index], tokens[index + 4]
            found.append(Token(TokenType.COLON, ":", at.line, at.col, at.start, at.end))
            found.append(Token(TokenType.VAR, name.text, name.line, name.col, name.start, name.end))
            index += 6
            continue
        found.append(tokens[index])
        index += 1
    return found


def _touches(before: Token, token: Token) -> bool:
    return before.token_type is TokenType.STRING and before.end + 1 == token.start


def _is_said_twice(tokens: Sequence[Token]) -> bool:
    """Say whether a DELETE has a FROM for its target and another for what is joined to it."""
    depth = froms = 0
    for token in tokens:
        depth += (token.token_type in OPENING) - (token.token_type in CLOSING)
        froms += depth == 0 and token.token_type is TokenType.FROM
    return froms > 1


def _without_procedure(tokens: Sequence[Token]) -> Sequence[Token]:
    """Give `INSERT INTO t EXEC p …` as `INSERT INTO t DEFAULT VALUES`."""
    if tokens[0].token_type is not TokenType.INSERT:
        return tokens
    for index, token in enumerate(tokens):
        kind, word = token.token_type, token.text.upper()
        if kind is TokenType.SELECT:
            return tokens
        if word in {"EXEC", "EXECUTE"} and kind is not TokenType.IDENTIFIER:
            last = tokens[-1]
            made = [
                Token(kind, text, token.line, token.col, token.start, last.end)
                for kind, text in ((TokenType.DEFAULT, "DEFAULT"), (TokenType.VALUES, "VALUES"))
            ]
            return [*tokens[:index], *made]
    return tokens


def _behind_options(tokens: Sequence[Token], using: int) -> int | None:
    """Give the index behind `USING csv OPTIONS (…)`; None where its bracket is not closed."""
    index = using + 2
    if index + 1 >= len(tokens) or tokens[index].text.upper() != "OPTIONS":
        return index
    closed = closing(tokens, index + 1)
    return closed + 1 if closed is not None else None


def _connects(tokens: Sequence[Token], index: int) -> bool:
    """Say whether the WITH of a CREATE names the connection of a table of files."""
    follows = tokens[index + 1].text.upper() if index + 2 < len(tokens) else ""
    return tokens[0].text.upper() == "CREATE" and follows == "CONNECTION"


def _begins_query(tokens: Sequence[Token], index: int) -> bool:
    """Say whether the WITH of a CREATE begins a query without an `AS` before it: `CREATE TABLE t WITH a AS (…`."""
    if tokens[0].text.upper() != "CREATE" or tokens[index - 1].token_type is TokenType.ALIAS:
        return False
    marks = [token.text.upper() for token in tokens[index + 2 : index + 4]]
    return marks == ["AS", "("] and tokens[index - 1].token_type is not TokenType.L_PAREN
