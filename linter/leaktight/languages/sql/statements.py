"""Cuts SQL into statements by its tokens and parses each alone, so that one that fails costs only itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from leaktight.source import NotAnalysable
from leaktight.text import Span

# sqlglot logs a warning for each statement that it keeps as an opaque command; stderr is ours.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

MAX_NESTING = 240
"""Brackets deeper than this are refused: the compiled parser recurses on the C stack and dies of some thousands."""
MAX_CHAIN = 12_000
"""Operators in one statement: each is a level of the tree that nodes climb one by one."""
MAX_SUBSCRIPTS = 500
"""Subscripts that follow one another (`a[1][2]`) in one statement: the parser copies the tree at each."""


@dataclass(eq=False, slots=True)
class Statement:
    """One statement. `tree` is None when it is not understood; `problem` then says why.

    `first` and `last` are indexes into the document's tokens, `last` exclusive. `control` marks what carries
    no query (`BEGIN`, `GRANT`, `SET`): it needs no tree to count as understood.
    """

    span: Span
    first: int
    last: int
    keyword: str
    tree: exp.Expr | None = None
    problem: str | None = None
    problem_span: Span | None = None
    control: bool = False

    @property
    def understood(self) -> bool:
        """Whether a tree stands for it, or none is needed."""
        return self.control or (self.tree is not None and self.problem is None)


_CONTROL = frozenset(
    """BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE START END GRANT REVOKE SET RESET SHOW USE ANALYZE VACUUM EXPLAIN
    DESCRIBE DESC CALL DECLARE RAISE RETURN LEAVE BREAK CONTINUE ITERATE PRAGMA LOCK UNLOCK LISTEN NOTIFY
    DEALLOCATE PREPARE CLOSE OPEN FETCH PRINT EXEC EXECUTE CHECKPOINT CLUSTER REINDEX DISCARD ASSERT DO SECURITY
    COMMENT REFRESH SIGNAL GO DELIMITER INSTALL LOAD ATTACH DETACH EXPORT IMPORT UNDROP LIST LS REMOVE RM PUT GET
    KILL FLUSH OPTIMIZE MSCK REPAIR CACHE UNCACHE CLEAR ADD UNLOAD PURGE AUDIT WHENEVER SPOOL PROMPT ACCEPT DEFINE
    UNDEFINE EXIT QUIT REM REMARK THROW GOTO WAITFOR""".split()
)
"""First words of statements that carry no query of their own that a rule would read."""

_OTHER_OBJECTS = frozenset(
    """SNAPSHOT POLICY ROLE USER EXTENSION SEQUENCE TYPE DOMAIN PUBLICATION SUBSCRIPTION MODEL SERVER OPERATOR CAST RULE
    COLLATION LANGUAGE SCHEMA DATABASE TABLESPACE STAGE FILE PIPE STREAM WAREHOUSE INTEGRATION RESERVATION CAPACITY
    ASSIGNMENT SYNONYM LOGIN CERTIFICATE AGGREGATE STATISTICS CONNECTION SHARE CATALOG VOLUME MASKING ROW SEARCH VECTOR
    DICTIONARY GROUP DEFAULT SYSTEM SESSION PROFILE INDEX TRIGGER PROCEDURE FUNCTION""".split()
)
"""What CREATE, ALTER and DROP also work on; the catalog holds none of it."""

_ROUTINE = frozenset({"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE", "TASK"})
_ENDS = frozenset({"IF", "LOOP", "WHILE", "FOR", "REPEAT", "CASE"})
_TRANSACTION = frozenset(
    {"TRANSACTION", "WORK", "TRAN", "ISOLATION", "READ", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "CONCURRENT"}
)


@lru_cache(maxsize=64)
def _tokenizer(dialect: Dialect) -> Tokenizer:
    """Give the dialect's tokenizer, but for one habit: it would swallow all after `WHILE` or `CALL` as one string."""
    plain: type[Tokenizer] = dialect.tokenizer_class
    return type("Tokenizer", (plain,), {"COMMANDS": set[TokenType]()})(dialect=dialect)  # type: ignore[no-any-return]


def tokenise(text: str, dialect: Dialect) -> list[Token]:
    """Give the tokens of `text`.

    Raises `NotAnalysable` where the text ends inside a string or comment, or nests too deeply.
    """
    try:
        tokens: list[Token] = _tokenizer(dialect).tokenize(text)
    except TokenError as error:
        raise NotAnalysable(_sentence(str(error))) from None
    depth = deepest = 0
    for token in tokens:
        kind = token.token_type
        if kind in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif kind in _CLOSING:
            depth -= 1
        elif kind is TokenType.SEMICOLON:
            depth = 0
    if deepest > MAX_NESTING:
        raise NotAnalysable(f"brackets nest {deepest} deep; leaktight reads at most {MAX_NESTING}")
    return tokens


_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})


def split(text: str, tokens: Sequence[Token], dialect_name: str) -> Iterator[tuple[int, int]]:
    """Yield the token ranges of the statements, blocks of scripting taken apart into what they hold."""
    start = 0
    depth = 0
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth = max(depth - 1, 0)
        elif kind is TokenType.SEMICOLON or _separates(text, token, dialect_name):
            yield from _unwrap(tokens, start, index)
            start = index + 1
            depth = 0
        elif (
            dialect_name in _NO_SEMICOLON
            and depth == 0
            and index > start
            and kind in _STARTS
            and _begins_line(text, token)
            and _ends_before(tokens[index - 1])
            and _fresh_start(tokens, start, index)
        ):
            yield from _unwrap(tokens, start, index)
            start = index
    yield from _unwrap(tokens, start, len(tokens))


_NO_SEMICOLON = frozenset({"tsql", "fabric"})
_STARTS = frozenset(
    {
        TokenType.INSERT,
        TokenType.UPDATE,
        TokenType.DELETE,
        TokenType.CREATE,
        TokenType.DROP,
        TokenType.ALTER,
        TokenType.TRUNCATE,
    }
)


def _ends_before(previous: Token) -> bool:
    return previous.token_type not in {TokenType.COMMA, TokenType.L_PAREN, TokenType.ALIAS, TokenType.THEN} and (
        previous.text.upper() not in {"ON", "FOR", "AFTER", "OF", "OR", "INSTEAD", "THEN", "AND", "NO", "GRANT"}
    )


def _fresh_start(tokens: Sequence[Token], start: int, index: int) -> bool:
    """Say whether the statement so far may end here: a CTE, MERGE or trigger goes on with such a word."""
    first = tokens[start].text.upper()
    if first in {"WITH", "MERGE", "GRANT", "REVOKE", "DENY"}:
        return False
    return not any(token.text.upper() in _ROUTINE for token in tokens[start : min(start + 6, index)])


def _begins_line(text: str, token: Token) -> bool:
    at = token.start
    while at > 0 and text[at - 1] in " \t":
        at -= 1
    return at == 0 or text[at - 1] in "\r\n"


def _ends_line(text: str, token: Token) -> bool:
    at = token.end + 1
    while at < len(text) and text[at] in " \t":
        at += 1
    return at == len(text) or text[at] in "\r\n"


def _separates(text: str, token: Token, dialect_name: str) -> bool:
    word = token.text
    if word not in {"/", "GO", "go", "Go"}:
        return False
    if word == "/" and dialect_name not in {"oracle", ""}:
        return False
    return _begins_line(text, token) and _ends_line(text, token)


def _unwrap(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the statements of one piece between semicolons: block words before them are taken off."""
    while start < end:
        word = tokens[start].text.upper()
        after = tokens[start + 1].text.upper() if start + 1 < end else ""
        if word == "BEGIN" and start + 1 < end and after not in _TRANSACTION:
            start += 1
        elif word == "END" and (after in _ENDS or start + 1 == end):
            return
        elif word in {"ELSE", "LOOP", "REPEAT", "TRY", "CATCH"} and after != "=":
            start += 1
        elif word == "END" and after in {"TRY", "CATCH"}:
            start += 2
        elif word in {"IF", "ELSEIF", "ELSIF", "WHEN", "CASE"} and (
            (then := _at(tokens, start + (word == "CASE"), end, "THEN")) is not None
        ):
            start = then + 1
        elif word in {"WHILE", "FOR"} and (then := _at(tokens, start, end, "DO", "LOOP")) is not None:
            inner = _parenthesised(tokens, start, then)
            if inner is not None:
                yield inner
            start = then + 1
        elif word == "EXCEPTION" and (then := _at(tokens, start, end, "THEN")) is not None:
            start = then + 1
        elif word in {"UNTIL", "EXIT"}:
            return
        elif word in {"CREATE", "ALTER"} and _routine_body(tokens, start, end) is not None:
            body = _routine_body(tokens, start, end)
            assert body is not None
            yield start, body
            start = body
        elif (
            start + 2 < end
            and tokens[start + 1].token_type is TokenType.COLON
            and tokens[start].token_type is TokenType.VAR
        ):
            start += 2
        elif _is_label(tokens, start, end):
            start += 5
        else:
            yield start, end
            return


def _is_label(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Say whether `<<name>>` stands here."""
    marks = [token.text for token in tokens[start : min(start + 5, end)]]
    return marks[:2] == ["<", "<"] and marks[3:] == [">", ">"]


def _at(tokens: Sequence[Token], start: int, end: int, *words: str) -> int | None:
    depth = cases = 0
    for index in range(start, end):
        kind = tokens[index].token_type
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= 1
        elif kind is TokenType.CASE:
            cases += 1
        elif cases and kind is TokenType.END:
            cases -= 1
        elif depth == 0 and cases == 0 and index > start and tokens[index].text.upper() in words:
            return index
    return None


def _parenthesised(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """Give the query of `FOR row IN (SELECT …) DO`."""
    for index in range(start, end - 1):
        if tokens[index].token_type is TokenType.L_PAREN and tokens[index + 1].text.upper() in {"SELECT", "WITH"}:
            return index + 1, end - 1
    return None


def _routine_body(tokens: Sequence[Token], start: int, end: int) -> int | None:
    """Give where the body of `CREATE PROCEDURE … BEGIN` starts, if it has one in plain tokens."""
    if not any(token.text.upper() in _ROUTINE for token in tokens[start : min(start + 6, end)]):
        return None
    depth = 0
    for index in range(start, end):
        kind = tokens[index].token_type
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= 1
        elif depth == 0 and tokens[index].text.upper() == "BEGIN":
            return index
    return None


def parse(
    text: str,
    tokens: Sequence[Token],
    dialect: Dialect,
    dialect_name: str,
    wanted: Callable[[Sequence[Token]], bool] | None = None,
) -> list[Statement]:
    """Give the statements of `text`, each parsed alone.

    `wanted` says by the tokens of a statement whether its tree is asked for; the others are given without one.
    """
    parser = dialect.parser(error_level=ErrorLevel.IMMEDIATE)
    statements: list[Statement] = []
    for first, last in split(text, tokens, dialect_name):
        span = Span(tokens[first].start, tokens[last - 1].end + 1)
        keyword = tokens[first].text.upper()
        statement = Statement(span, first, last, keyword, control=keyword.partition(" ")[0] in _CONTROL)
        statements.append(statement)
        if (
            any(token.text.upper() in _ROUTINE for token in tokens[first + 1 : min(first + 6, last)])
            and keyword in _DDL
        ):
            statement.control = True
        if wanted is not None and not wanted(tokens[first:last]):
            continue
        if (excess := _too_long(tokens, first, last)) is not None:
            statement.problem = excess
            statement.control = False
            continue
        try:
            trees = parser.parse(list(tokens[first:last]), text)
        except ParseError as error:
            statement.problem, statement.problem_span = _problem(error, tokens[first:last], text)
        except RecursionError:
            statement.problem = "nests too deeply"
        # sqlglot's builders trip over arguments they do not expect; such a statement is not understood, no more.
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            statement.problem = f"the parser failed: {type(error).__name__}"
        else:
            statement.tree = trees[0] if trees else None
            if (
                isinstance(statement.tree, exp.Command)
                and not statement.control
                and not _other_object(tokens, first, last)
            ):
                statement.problem = f"`{keyword}` statement in a form that is not understood"
    return statements


def _other_object(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Say whether a statement makes or changes what holds no rows, or is a COPY, whose forms are without number."""
    words = [token.text.upper() for token in tokens[first : min(first + 5, last)]]
    if words[0] == "COPY":
        return True
    return words[0] in _DDL and any(word in _OTHER_OBJECTS for word in words[1:])


_DDL = frozenset({"CREATE", "ALTER", "DROP"})
_OPERATORS = frozenset(
    {TokenType.AND, TokenType.OR, TokenType.PLUS, TokenType.DPIPE, TokenType.DASH, TokenType.STAR, TokenType.UNION}
)


def _too_long(tokens: Sequence[Token], first: int, last: int) -> str | None:
    """Say what a statement has more of than the parser can take."""
    if last - first < MAX_SUBSCRIPTS:
        return None
    kinds = [token.token_type for token in tokens[first:last]]
    if kinds.count(TokenType.R_BRACKET) > MAX_SUBSCRIPTS:
        chained = sum(1 for pair in pairwise(kinds) if pair == (TokenType.R_BRACKET, TokenType.L_BRACKET))
        if chained > MAX_SUBSCRIPTS:
            return f"more than {MAX_SUBSCRIPTS} chained subscripts in one statement"
    if len(kinds) > MAX_CHAIN and sum(1 for kind in kinds if kind in _OPERATORS) > MAX_CHAIN:
        return f"more than {MAX_CHAIN} operators in one statement"
    return None


def _problem(error: ParseError, tokens: Sequence[Token], text: str) -> tuple[str, Span | None]:
    details = error.errors[0] if error.errors else {}
    message = str(details.get("description") or error)
    token = _blamed(details, tokens, text)
    if token is None:
        return _sentence(message), None
    if message.startswith("Invalid expression"):
        message = f"unexpected `{token.text}`" if token.text else "unexpected end of the statement"
    elif message.startswith("Required keyword"):
        message = f"something is missing at `{token.text}`" if token.text else "something is missing at its end"
    return _sentence(message), Span(token.start, token.end + 1)


def _blamed(details: dict[str, object], tokens: Sequence[Token], text: str) -> Token | None:
    """Give the token that a parse error names by its line and the column of its end."""
    line, column = details.get("line"), details.get("col")
    for token in tokens:
        if token.line == line and token.col == column:
            return token
    return tokens[-1] if tokens and text else None


def _sentence(message: str) -> str:
    first = message.strip().split("\n", 1)[0].rstrip(".")
    for mark in (" but got <Token", ". Line ", " for <class"):
        first = first.split(mark, 1)[0]
    return first[:1].lower() + first[1:] if first[1:2].islower() else first
