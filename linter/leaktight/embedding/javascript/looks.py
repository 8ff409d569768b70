"""Whether a text of JavaScript is SQL by its clause, or by its whole shape where no call vouches for it."""

from __future__ import annotations

import re

from leaktight.embedding.looks import beginning, first_word
from leaktight.lazy import regex

_SECOND = {
    "select": r"\S[\s\S]*?\bfrom\s*[\w\"'`\[($?@#:{]|^\s*(?:\d|count|now|current_|version|pg_"
    r"|last_insert|set_config|nextval|setval|exists|@@|\$)",
    "insert": r"^\s*(?:into|ignore|overwrite|or\s+(?:replace|ignore)|low_priority|delayed)\b",
    "update": r"\bset\b",
    "delete": r"\bfrom\s*[\w\"'`\[($?@#:{]",
    "with": r"\bas\s*(?:not\s+materialized\s*|materialized\s*)?\("
    r"\s*(?>--[^\n]*\n\s*|/\*.*?\*/\s*)*+(?:select|with|insert|update|delete|values|[(?])"
    r"|^(?:\s*\?,?)+\s*(?:select|insert\s+into|update|delete\s+from)\b",
    "merge": r"^\s*into\b|\busing\b",
    "replace": r"^\s*into\b",
    "create": r"^\s*(?:or\s+replace\s+)?(?:\w+\s+){0,2}(?:table|view|index|schema|database|function|trigger|type"
    r"|extension|sequence|role|user|policy|procedure|stage|stream|task|model)\b",
    "alter": r"^\s*(?:table|view|index|schema|database|type|sequence|session|user|role|column|warehouse|system)\b",
    "drop": r"^\s*(?:\w+\s+)?(?:table|view|index|schema|database|function|trigger|type|sequence|column|user|role"
    r"|procedure|policy|extension)\b",
    "truncate": r"^\s*(?:table\s+)?[\w.\"`\[]+",
    "pragma": r"^\s*\w+",
    "explain": r"^\s*(?:analyze|query|select|insert|update|delete|with|\()",
    "copy": r"\b(?:from|to|into)\b",
}
_SECOND_PATTERNS = {verb: re.compile(pattern, re.IGNORECASE) for verb, pattern in _SECOND.items()}
_PROSE = regex(
    r"\b(?:from|into|update|delete)\s+(?:the|a|an|your|my|our|this|that|these|those|one|any|all|each|existing)\b",
    re.IGNORECASE,
)
_COMMENT = regex(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_FROM_STRING = regex(r"(?<!distinct\s)\bfrom\s+'", re.IGNORECASE)
_SHAPE = regex(r"[*=(?]|\$\d|\b\w+\.\w+\b|,\s*\w+")
_SECOND_REACH = 4_000


def has_clause(text: str) -> bool:
    """Say whether a text starts with a verb of SQL and goes on with the clause that belongs to it."""
    verb = first_word(text)
    pattern = _SECOND_PATTERNS.get(verb)
    if pattern is None:
        return False
    start = beginning(text) + len(verb)
    return pattern.search(text[start : start + _SECOND_REACH]) is not None


def is_statement(text: str) -> bool:
    """Say whether a text is a SQL statement though no call says so. Prose that begins with a verb is not."""
    if not has_clause(text):
        return False
    verb = first_word(text)
    if verb in ("pragma", "truncate", "copy", "explain", "replace"):
        return False
    start = beginning(text)
    written = text[start : start + len(verb)]
    said = _COMMENT.sub("", text)
    if verb == "select" and _FROM_STRING.search(said) is not None:
        # A rule of AWS IoT, which selects from a topic.
        return False
    if not (written.isupper() or written.islower()) or _PROSE.search(said) is not None:
        return False
    rest = text[start + len(verb) :]
    return written.isupper() or _SHAPE.search(rest) is not None
