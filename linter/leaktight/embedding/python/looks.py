"""Whether a text of Python looks like a whole statement of SQL, without parsing it."""

from __future__ import annotations

import re

from leaktight.embedding.looks import beginning, starts_as_sql
from leaktight.lazy import regex

_LONGEST = 20_000
"""How many characters of a text are looked at."""
_NAME = r"[\w.$`\"\[\]{}@:-]+"
_ALIAS = r"(?: (?:AS )?\w+)?"
_INSERT = rf"(?:INSERT|REPLACE|UPSERT) (?:OVERWRITE |IGNORE |OR \w+ )?(?:INTO |OVERWRITE )?(?:TABLE )?{_NAME} ?"
_INSERTED = r"(?:\(|VALUES\b|SELECT\b|WITH\b|PARTITION\b|DEFAULT VALUES|(?:AS )?\w+ ?\()"
_MADE = r"(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|EXTERNAL|UNLOGGED|TRANSIENT|UNIQUE|MATERIALIZED|SECURE|FOREIGN|LIVE) )*"
_MADE_OF = r"(?:\(|AS\b|ON\b|USING\b|LIKE\b|CLONE\b|PARTITION\b)"
_ALTERED = r"(?:ADD|DROP|ALTER|RENAME|MODIFY|SET|CHANGE|ATTACH|SWAP|OWNER)\b"
_SHAPES = tuple(
    regex(shape, re.IGNORECASE)
    for shape in (
        r"SELECT\b(?P<list>.+?)\bFROM (?P<from>[\w.$`\"\[{(@:]+)",
        r"WITH (?:RECURSIVE )?" + _NAME + r" ?(?:\([^)]*\) ?)?AS (?:NOT )?(?:MATERIALIZED )?\(",
        r"WITH (?:RECURSIVE )?hole (?:SELECT\b.+?\bFROM|INSERT INTO|UPDATE|DELETE FROM|MERGE INTO) [\w.$`\"\[{(@:]",
        _INSERT + _INSERTED,
        rf"UPDATE (?:ONLY )?{_NAME}{_ALIAS} SET {_NAME} ?=",  # noqa: S608 - a pattern, no query
        rf"DELETE (?:\w+ )?FROM (?:ONLY )?{_NAME}(?: ?;|$|{_ALIAS} (?:WHERE|USING)\b)",
        rf"MERGE (?:INTO )?{_NAME}{_ALIAS} USING\b",
        rf"CREATE (?:OR (?:REPLACE|REFRESH) )?{_MADE}(?:TABLE|VIEW|INDEX) (?:CONCURRENTLY )?(?:IF NOT EXISTS )?{_NAME}"
        r" ?" + _MADE_OF,
        rf"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{_NAME} {_ALTERED}",
        rf"DROP (?:TABLE|VIEW|MATERIALIZED VIEW) (?:IF EXISTS )?{_NAME} ?(?:;|$|CASCADE\b|,)",
        rf"TRUNCATE TABLE (?:IF EXISTS )?{_NAME} ?(?:;|$)",
        rf"COPY (?:INTO )?{_NAME} ?(?:\([^)]*\) ?)?(?:FROM|TO) ['@{{(s]",
        r"UNLOAD ?\(",
        r"(?:GRANT|REVOKE) [A-Z, ]+? ON ",
        r"SET (?:(?:LOCAL|SESSION) )?search_path ?(?:=|TO\b)",
        r"RESET search_path ?(?:;|$)",
        r"EXPLAIN (?:ANALYZE )?(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b",
    )
)
_ARTICLES = frozenset("the a an your this that these those our my his her their its each any one".split())
_LIST_WORDS = frozenset(
    "distinct as case when then else end and or not in is null top all over partition by order between like count sum "
    "select from where join on filter within group cast true false struct array except interval date timestamp desc "
    "asc".split()
)
_PUNCTUATION = regex(r"[*=(,;]")
_WORD = regex(r"[A-Za-z_]+")


def looks_like_sql(text: str) -> bool:
    """Say whether a text has the shape of a whole statement with a clause, and not of an English sentence."""
    if not starts_as_sql(text):
        return False
    start = beginning(text)
    said = " ".join(text[start : start + _LONGEST].split())
    if said[0].isupper() and said[1:2].islower() and not _PUNCTUATION.search(said):
        return False
    for shape in _SHAPES:
        match = shape.match(said)
        if match is not None:
            return not (match.re.groups and _is_sentence(match, said))
    return False


def _is_sentence(match: re.Match[str], text: str) -> bool:
    """Say whether `select … from …` is prose: an article where a name belongs, or words in a row."""
    groups = match.groupdict()
    listed, source = groups.get("list") or "", (groups.get("from") or "").lower()
    if source in _ARTICLES:
        return True
    run = 0
    article = False
    for part in re.split(r"([^\w\s]+|\s+)", listed):
        word = part.lower()
        if not part or part.isspace():
            continue
        if not _WORD.fullmatch(part) or word in _LIST_WORDS:
            run, article = 0, False
            continue
        run += 1
        if article or run >= 3:
            return True
        article = word in _ARTICLES
    # "Select items from stock." is prose; SQL has more to say or no full stop.
    return text.rstrip().endswith((".", "!", "?", "…")) and not _PUNCTUATION.search(text)
