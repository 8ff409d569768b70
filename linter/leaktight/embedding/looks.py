"""Whether a text begins as SQL does: the first word, behind comments and template tags, is one of its verbs."""

from __future__ import annotations

import re

from leaktight.lazy import regex
from leaktight.text import words_of

_LEAD = regex(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/|\{[%#].*?[%#]\}|\(|;)*", re.DOTALL)
_WORD = regex(r"[A-Za-z]+")
_VERBS = frozenset(
    "select with insert update delete merge create alter drop truncate replace copy grant revoke call explain set begin "
    "unload vacuum analyze refresh optimize show describe use declare msck load export pragma attach lock upsert values "
    "commit rollback release start execute exec reindex cluster rename from table install detach savepoint comment "
    "do reset discard".split()
)
_CLAUSES = frozenset(
    "sql where filter filters condition conditions clause clauses join joins having order orderby group groupby limit paging "
    "pagination predicate predicates".split()
)


def names_clause(host: str) -> bool:
    """Say whether what fills a hole is called like a part of a statement: `sqlWhere`, `order_by`, `joins`."""
    return not _CLAUSES.isdisjoint(words_of(host.strip()))


def beginning(text: str) -> int:
    """Give the offset at which a text begins, behind blanks, comments, template tags and opening brackets."""
    lead = _LEAD.match(text)
    return lead.end() if lead is not None else 0


def first_word(text: str) -> str:
    """Give the word that a text begins with, in lower case; empty where it begins with something else."""
    match = _WORD.match(text, beginning(text))
    return match.group().lower() if match is not None else ""


def starts_as_sql(text: str) -> bool:
    """Say whether a text begins with a verb of SQL."""
    return first_word(text) in _VERBS
