"""Values that say of a version of a row whether it holds now: a flag that is set, an end that nobody will see."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses

_FALSE = frozenset({"0", "n", "no", "false", "f", "inactive", "expired", "old"})
_TRUE = frozenset({"1", "y", "yes", "true", "t", "active", "current"})
_FAR = ("9999", "2999", "2099", "2199", "2100", "3000", "2262", "2200", "8888", "infinity", "max")


def says_true(value: exp.Expr) -> bool:
    """Say whether a value is that of a flag which is set: `true`, `1`, `'Y'`."""
    return _is_word(value, _TRUE)


def says_false(value: exp.Expr) -> bool:
    """Say whether a value is that of a flag which is not set: `false`, `0`, `'expired'`."""
    return _is_word(value, _FALSE)


def is_no_end(value: exp.Expr) -> bool:
    """Say whether a value is no end: NULL, or a day that nobody will see."""
    value = bare(value)
    if isinstance(value, exp.Null):
        return True
    first = next((node for node in (value, *clauses.descendants(value)) if isinstance(node, exp.Literal)), None)
    return first is not None and first.name.lower().startswith(_FAR)


def bare(value: exp.Expr) -> exp.Expr:
    """Give what brackets, casts and an alias stand around."""
    while isinstance(value, (exp.Cast, exp.Alias, exp.Paren)):
        value = value.this
    return value


def _is_word(value: exp.Expr, words: frozenset[str]) -> bool:
    value = bare(value)
    if isinstance(value, exp.Boolean):
        return ("true" if value.this else "false") in words
    return isinstance(value, exp.Literal) and value.name.strip().lower() in words
