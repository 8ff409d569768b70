"""Tells the SQL dialect of a text by what only some dialects have, or by the driver that runs it.

Signs are looked for outside strings and comments. The parse is the judge where signs mislead: `judge`
is to be asked when a text does not parse in the dialect that `detect` gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from leaktight.embedding.dialect_signs import MARKS, SIGNS_BY_GATE, WORDS, Sign
from leaktight.lazy import regex

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

GENERIC = ""
OFFSHOOT = "redshift"
"""A dialect that has most of its words from others, so that few of its files show that they are not of those."""
_OF_EXTENSION = {".hql": "hive"}
_KIN = {"hive": ("hive", "spark", "databricks")}
_FALL_BACK = (GENERIC, "postgres", "bigquery", "snowflake", "mysql", "databricks", "tsql", "duckdb")
_PREFERENCE = (
    "postgres bigquery snowflake mysql tsql redshift databricks spark duckdb sqlite oracle trino athena hive clickhouse"
    " teradata presto"
).split()
_ENGINES = {
    "postgres": "postgres", "postgresql": "postgres", "pg": "postgres", "cockroach": "postgres", "cockroachdb": "postgres",
    "mysql": "mysql", "mariadb": "mysql",
    "sqlite": "sqlite", "sqlite3": "sqlite", "duckdb": "duckdb", "bigquery": "bigquery", "snowflake": "snowflake",
    "redshift": "redshift", "oracle": "oracle", "mssql": "tsql", "sqlserver": "tsql", "tsql": "tsql", "trino": "trino",
    "clickhouse": "clickhouse", "databricks": "databricks", "athena": "athena", "hive": "hive", "teradata": "teradata",
}  # fmt: skip
"""Names of folders, and first words of files' names, that are those of an engine."""
_PATH_POINTS = 5
_ENOUGH = 64_000
_JUDGED = 400_000
_FEW_TRIALS = 6
_OCCURRENCES = 60
_COMMAND_COST = 0.5
_PLAIN_LEAD = 12
_FAINT_LEAD = 2

_DBT = regex(r"\{\{-?\s*(?:ref|source|config)\s*\(")
_NOT_IN_DBT = frozenset(("mysql", "sqlite", "oracle", "teradata"))
_WORD = regex(r"[a-z_]\w*")
_PARTED = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
"""What parts the words of plain text."""
# Before Python 3.11.5 a possessive loop over a group with a look-ahead ends wrongly; an atomic group does not.
_QUOTES = regex(
    r"--[^\r\n]*+"
    r"|/(?>\*[^*]*(?:\*(?!/)[^*]*)*)(?:\*/|\Z)"
    r"|\#(?<=^\#)[^\r\n]*+"
    r"|'(?:[^'\\]|\\.|'')*+(?:'|\Z)"
    r'|"(?:[^"\\]|\\.|"")*+(?:"|\Z)'
    r"|\{(?>#[^#]*(?:#(?!\})[^#]*)*)(?:#\}|\Z)"
    r"|\{(?>%[^%]*(?:%(?!\})[^%]*)*)(?:%\}|\Z)"
    r"|\{(?>\{[^}]*(?:\}(?!\})[^}]*)*)(?:\}\}|\Z)",
    re.DOTALL | re.MULTILINE,
)

_DISPATCHED = regex(r"\bmacro\s+([a-z]+)__")


def detect(text: str, path: str = "") -> str:
    """Give sqlglot's name of the dialect that `text` is most likely written in; `""` when nothing speaks.

    Jinja may stand in the text; it is overlooked. `path` is the file's, with slashes: its folders may name an engine.
    """
    return next((name for name, _ in scores(text, path)), GENERIC)


def is_of_several(text: str) -> bool:
    """Say whether a file has macros of more than one dialect, among which dbt chooses by its adapter: `bigquery__day`."""
    return "__" in text and len({found[1] for found in _DISPATCHED.finditer(text)}) > 1


def of_extension(path: str) -> str | None:
    """Give the dialect that a file's extensions alone say: `.hql` is Hive, `.sql.postgres` and `.mysql.up.sql` their engine's."""
    pieces = path.lower().rpartition("/")[2].split(".")
    if "sql" in pieces[1:]:
        engine = next((_ENGINES[piece] for piece in pieces[1:] if piece in _ENGINES), None)
        if engine is not None:
            return engine
    return next((name for ending, name in _OF_EXTENSION.items() if path.lower().endswith(ending)), None)


def named_in(path: str) -> str:
    """Give the dialect that a path names, the nearest first: `db/postgres/orders.sql`, `duckdb_tables.sql`; else `""`."""
    for part in reversed(path.lower().split("/")):
        name = _ENGINES.get(part.partition(".")[0].replace("-", "_").partition("_")[0])
        if name is not None:
            return name
    return GENERIC


def scores(text: str, path: str = "") -> list[tuple[str, int]]:
    """Give the dialects that signs in `text` and the file's path speak for, with their points, best first."""
    points = _points(text)
    named = named_in(path)
    if named:
        points[named] = points.get(named, 0) + _PATH_POINTS
    return sorted(points.items(), key=lambda item: (-item[1], _PREFERENCE.index(item[0])))


def is_open(points: Sequence[tuple[str, int]]) -> bool:
    """Say whether what `scores` gave for another dialect may as well be Redshift's: `x::date` is PostgreSQL's first of all."""
    return bool(points) and points[0][0] != OFFSHOOT and 2 * dict(points).get(OFFSHOOT, 0) >= points[0][1]


def _points(text: str) -> dict[str, int]:
    points: dict[str, int] = {}
    for sign in _signs(text):
        for name, weight in sign.weights.items():
            points[name] = points.get(name, 0) + weight
    if points and "{{" in text and _DBT.search(text[:_ENOUGH].lower()):
        for name in _NOT_IN_DBT & points.keys():
            del points[name]
    return {name: sum_of for name, sum_of in points.items() if sum_of > 0}


def _signs(text: str) -> list[Sign]:
    lowered = text[:_ENOUGH].lower()
    if is_of_several(lowered):
        return []
    gates = [mark for mark in MARKS if mark in lowered]
    words = lowered.translate(_PARTED).split() if lowered.isascii() else _WORD.findall(lowered)
    gates.extend(WORDS.intersection(words))
    found = {id(sign): sign for gate in gates for sign in SIGNS_BY_GATE[gate]}
    if not found:
        return []
    bare = _QUOTES.sub(_placeholder, lowered)
    return [sign for sign in found.values() if _shows(bare, sign)]


def _shows(bare: str, sign: Sign) -> bool:
    literal = sign.literal
    at = bare.find(literal)
    if at < 0:
        return False
    begins_word = literal[0].isalnum() or literal[0] == "_"
    matches = sign.pattern.match
    for _ in range(_OCCURRENCES):
        before = bare[at - 1 : at]
        if not (begins_word and (before.isalnum() or before == "_")) and matches(bare, at):
            return True
        at = bare.find(literal, at + 1)
        if at < 0:
            return False
    return False


def _placeholder(match: re.Match[str]) -> str:
    found = match.group()
    if found[0] == "'":
        return "''"
    if found[0] == '"':
        return '""'
    if found.startswith("/*!"):  # MySQL runs what stands in such a comment.
        return "/*! "
    return "x" if found.startswith("{{") else " "


def ranked(text: str, *, first: str | None = None, path: str = "") -> tuple[str, ...]:
    """Give the dialects worth trying on `text`, likeliest first: `first`, by signs, then common ones.

    Where the file's extension says the dialect, those alone that are near to it.
    """
    said = of_extension(path)
    if said is not None:
        return _KIN.get(said, (said,))
    names = [name for name, _ in scores(text, path)]
    if first is not None:
        names.insert(0, first)
    return tuple(dict.fromkeys([*names[:_FEW_TRIALS], *_FALL_BACK]))


def speaks_for(text: str, dialect: str, other: str, path: str = "") -> bool:
    """Say whether signs in `text` speak so plainly for a dialect that what is lost of it in another one says nothing."""
    points = dict(scores(text, path))
    return points.get(dialect, 0) - points.get(other, 0) >= _PLAIN_LEAD


def may_be(text: str, dialect: str, path: str = "") -> bool:
    """Say whether a dialect has every sign in `text` that speaks for the likeliest one, which leads it but faintly."""
    points = scores(text, path)
    own, best = dict(points).get(dialect, 0), points[0] if points else (GENERIC, 0)
    if not own or best[1] - own > _FAINT_LEAD:
        return False
    shown = [sign for sign in _signs(text) if sign.weights.get(best[0], 0) > 0]
    return bool(shown) and all(dialect in sign.weights for sign in shown)


def judge(text: str, dialects: Iterable[str]) -> str:
    """Give the dialect in which the fewest words of `text` are lost; the earlier one of equals.

    Stops at the first in which none is. The words of a statement that only parses as an opaque command count as half
    lost. `text` must not hold a template any more. `""` when `dialects` is empty.
    """
    best, least = GENERIC, float("inf")
    speaks = _points(text).keys()
    for name in dialects:
        lost = _lost(text[:_JUDGED], name, least, shown=name in speaks)
        if lost < least:
            best, least = name, lost
        if not lost:
            break
    return best


def _lost(text: str, name: str, limit: float, *, shown: bool) -> float:
    """Count the words of `text` in statements that dialect `name` loses; gives up at `limit`.

    Only where the text is `shown` to be of SQL Server may its statements end without a semicolon, which makes most texts parse.
    """
    from sqlglot import exp

    from leaktight.languages.sql.chains import excess_of, joins_in
    from leaktight.languages.sql.dialects import dialect_named
    from leaktight.languages.sql.routines import BATCHES
    from leaktight.languages.sql.statements import readings, split
    from leaktight.languages.sql.tokens import tokenise
    from leaktight.source import NotAnalysable

    dialect = dialect_named(name)
    try:
        tokens = tokenise(text, dialect)
    except NotAnalysable:
        return float(text.count(" ") + 1)
    ranges = split(text, tokens, name) if shown or name not in BATCHES else _statements(tokens)
    lost = 0.0
    joins = joins_in(text, tokens)
    for statement in readings(text, tokens, dialect, name, ranges):
        if excess_of(tokens, statement.first, statement.last, joins) is None:
            words = statement.last - statement.first
            if statement.tree is None or statement.problem is not None:
                lost += words
            elif isinstance(statement.tree, exp.Command):
                lost += _COMMAND_COST * words
        if lost >= limit:
            break
    return lost


def _statements(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Give the ranges of tokens between semicolons."""
    first = 0
    for index, token in enumerate(tokens):
        if token.text == ";":
            if index > first:
                yield first, index
            first = index + 1
    if first < len(tokens):
        yield first, len(tokens)
