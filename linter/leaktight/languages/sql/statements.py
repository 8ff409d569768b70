"""Cuts SQL into statements by its tokens and parses each alone, so that one that fails costs only itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql.arrows import read_arrows
from leaktight.languages.sql.batches import batches
from leaktight.languages.sql.chains import excess_of, joins_in
from leaktight.languages.sql.first_words import CONTROL, DDL, is_read_by_words, is_sqlmesh
from leaktight.languages.sql.negations import restored
from leaktight.languages.sql.problems import problem_of
from leaktight.languages.sql.rewording import reworded, with_parameters
from leaktight.languages.sql.routines import BATCHES, ENDS, TRANSACTION, routine_body, routine_end, routine_kind
from leaktight.languages.sql.tokens import CLOSING, OPENING, closing, separates, separators
from leaktight.languages.sql.unnesting import parsed
from leaktight.lazy import record
from leaktight.text import Span

# sqlglot logs a warning for each statement that it keeps as an opaque command; stderr is ours.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


@record(eq=False, slots=True)
class Statement:
    """One statement. `tree` is None when it is not understood; `problem` then says why.

    `first` and `last` are indexes into the document's tokens, `last` exclusive. `control` marks what carries
    no query (`BEGIN`, `GRANT`, `SET`): it needs no tree to count as understood. `routine` is the kind of the routine
    (`PROCEDURE`, `TRIGGER`, …) that it creates or that it stands in the body of: it runs when that is called, not here.
    """

    span: Span
    first: int
    last: int
    keyword: str
    tree: exp.Expr | None = None
    problem: str | None = None
    problem_span: Span | None = None
    control: bool = False
    routine: str = ""

    @property
    def understood(self) -> bool:
        """Whether a tree stands for it, or none is needed."""
        return self.control or (self.tree is not None and self.problem is None)


@record(frozen=True, slots=True)
class Cut:
    """What a text was cut into: its tokens, and its statements, of which some may not have been parsed."""

    tokens: Sequence[Token]
    statements: Sequence[Statement]

    def parsed(self) -> dict[tuple[int, int], Statement]:
        """Give the statements that were parsed, by the range of their tokens."""
        return {(s.first, s.last): s for s in self.statements if s.tree is not None or s.problem is not None}


def split(text: str, tokens: Sequence[Token], dialect_name: str) -> Iterator[tuple[int, int]]:
    """Yield the token ranges of the statements, blocks of scripting taken apart into what they hold."""
    if dialect_name in BATCHES:
        yield from batches(text, tokens, dialect_name)
        return
    if separators(dialect_name).isdisjoint([token.text for token in tokens]):
        yield from _at_semicolons(tokens)
        return
    start = 0
    depth = 0
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind in OPENING:
            depth += 1
        elif kind in CLOSING:
            depth = max(depth - 1, 0)
        elif kind is TokenType.SEMICOLON or separates(text, token, dialect_name):
            yield from _unwrap(tokens, start, index)
            start = index + 1
            depth = 0
    yield from _unwrap(tokens, start, len(tokens))


def _at_semicolons(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    start = 0
    semicolon = TokenType.SEMICOLON
    for index in [index for index, token in enumerate(tokens) if token.token_type is semicolon]:
        yield from _unwrap(tokens, start, index)
        start = index + 1
    yield from _unwrap(tokens, start, len(tokens))


def _unwrap(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the statements of one piece between semicolons: block words before them are taken off."""
    while start < end:
        word = tokens[start].text.upper()
        after = tokens[start + 1].text.upper() if start + 1 < end else ""
        if word == "BEGIN" and start + 1 < end and after not in TRANSACTION:
            start += 1
        elif word == "END" and (after in ENDS or start + 1 == end):
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
        elif word in {"CREATE", "ALTER"} and (body := routine_body(tokens, start, end)) is not None:
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
        if kind in OPENING:
            depth += 1
        elif kind in CLOSING:
            depth -= 1
        elif kind is TokenType.CASE:
            cases += 1
        elif cases and kind is TokenType.END:
            cases -= 1
        elif depth == 0 and cases == 0 and index > start and tokens[index].text.upper() in words:
            return index
    return None


def _parenthesised(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """Give the query of `FOR row IN (SELECT …) DO` or `WHILE (SELECT …) > 0 DO`."""
    for index in range(start, end - 1):
        if tokens[index].token_type is TokenType.L_PAREN and tokens[index + 1].text.upper() in {"SELECT", "WITH"}:
            closed = closing(tokens, index, end)
            return index + 1, end if closed is None else closed
    return None


@lru_cache(maxsize=64)
def _parser(dialect: Dialect) -> Parser:
    return dialect.parser(error_level=ErrorLevel.IMMEDIATE)


def parse(
    text: str,
    tokens: Sequence[Token],
    dialect: Dialect,
    dialect_name: str,
    wanted: Callable[[Sequence[Token]], bool] | None = None,
    ready: Mapping[tuple[int, int], Statement] = MappingProxyType({}),
) -> list[Statement]:
    """Give the statements of `text`, each parsed alone.

    `wanted` says by the tokens of a statement whether its tree is asked for; the others are given without one. `ready`
    has statements that were parsed before, by the ranges of their tokens.
    """
    found = _Found(text, tokens, dialect, dialect_name)
    for first, last in split(text, tokens, dialect_name):
        statement = found.add(first, last)
        if (first, last) in ready:
            found.statements[-1] = ready[first, last]
        elif wanted is None or wanted(tokens[first:last]):
            found.understand(statement)
    return found.statements


def readings(
    text: str, tokens: Sequence[Token], dialect: Dialect, dialect_name: str, ranges: Iterable[tuple[int, int]]
) -> Iterator[Statement]:
    """Yield the statements of some ranges of tokens, each of them parsed when it is asked for."""
    found = _Found(text, tokens, dialect, dialect_name)
    for first, last in ranges:
        statement = found.add(first, last)
        found.understand(statement)
        yield statement


class _Found:
    """The statements of a text, as far as they are found, and the routine that the next one may stand in."""

    def __init__(self, text: str, tokens: Sequence[Token], dialect: Dialect, dialect_name: str) -> None:
        self.text, self.tokens, self.dialect_name = text, tokens, dialect_name
        self.dialect, self.parser = dialect, _parser(dialect)
        self.joins = joins_in(text, tokens)
        self.statements: list[Statement] = []
        self.routine, self.until = "", 0
        self.named = "sqlc." in text

    def add(self, first: int, last: int) -> Statement:
        """Add the statement of a range of tokens, not yet parsed."""
        tokens = self.tokens
        keyword = tokens[first].text.upper()
        control = keyword.partition(" ")[0] in CONTROL or is_sqlmesh(tokens, first, last)
        span = Span(tokens[first].start, tokens[last - 1].end + 1)
        statement = Statement(span, first, last, keyword, control=control)
        self.statements.append(statement)
        if keyword in DDL and (kind := routine_kind(tokens, first, last)):
            statement.control = True
            if keyword != "DROP":
                self.routine = kind
                if first >= self.until:
                    self.until = routine_end(self.text, tokens, first, self.dialect_name)
        if first < self.until:
            statement.routine = self.routine
        return statement

    def understand(self, statement: Statement) -> None:
        """Parse a statement, or say of it why that cannot be done."""
        tokens, first, last = self.tokens, statement.first, statement.last
        if (excess := excess_of(tokens, first, last, self.joins)) is not None:
            statement.problem = excess
            statement.control = False
            return
        try:
            parsable = _parsable(tokens, first, last)
            trees = _trees(self.parser, with_parameters(parsable) if self.named else parsable, self.text)
            if self.dialect_name == "snowflake":
                restored(trees, tokens[first:last])
        except ParseError as error:
            statement.problem, statement.problem_span = problem_of(error, tokens[first:last], self.text)
        except RecursionError:
            statement.problem = "nests too deeply"
        # sqlglot's builders trip over arguments they do not expect, and it cuts the name of a type into tokens anew; such a
        # statement is not understood, no more.
        except (
            SqlglotError,
            ArithmeticError,
            AssertionError,
            ValueError,
            TypeError,
            AttributeError,
            KeyError,
            IndexError,
        ) as error:
            statement.problem = f"the parser failed: {type(error).__name__}"
        else:
            statement.tree = trees[0] if trees else None
            if statement.tree is not None and statement.tree.parent is not None:
                # sqlglot takes the query of `WITH … (SELECT …)` out of its brackets, and lets it point at them still.
                statement.tree.parent, statement.tree.arg_key = None, None
            if statement.tree is not None and any(token.token_type is TokenType.ARROW for token in tokens[first:last]):
                read_arrows(statement.tree, self.dialect, self.dialect_name)
            opaque = isinstance(statement.tree, exp.Command) and not statement.control
            if opaque and not is_read_by_words(tokens, first, last):
                statement.problem = f"`{statement.keyword}` statement in a form that is not understood"


def _trees(parser: Parser, tokens: list[Token], text: str) -> list[exp.Expr | None]:
    """Parse one statement, in a form that sqlglot does not know once more in other words."""
    try:
        trees = parsed(parser, tokens, text)
    except ParseError:
        plain = reworded(tokens)
        if plain is None:
            raise
        return parsed(parser, plain, text)
    if trees and isinstance(trees[0], exp.Command) and (plain := reworded(tokens)) is not None:
        return parsed(parser, plain, text)
    return trees


def _parsable(tokens: Sequence[Token], first: int, last: int) -> list[Token]:
    """Give the tokens of a statement as sqlglot can read them: it knows `INSERT OR REPLACE` and not `REPLACE INTO`."""
    if first + 1 < last and tokens[first].text.upper() == "REPLACE" and tokens[first + 1].text.upper() == "INTO":
        word = tokens[first]
        made = [
            Token(kind, text, word.line, word.col, word.start, word.end)
            for kind, text in ((TokenType.INSERT, "INSERT"), (TokenType.OR, "OR"), (TokenType.REPLACE, "REPLACE"))
        ]
        return [*made, *tokens[first + 1 : last]]
    return list(tokens[first:last])
