"""The byte gate before the parser: whether a Python file may hold SQL that is found in it.

It may when it calls what takes SQL, or when one of its strings begins like a statement. Reading a file for one literal
costs little, but many literals cost as much as parsing it: so names are looked up among those that stand before a bracket,
and verbs where a string or a line of one begins.
"""

from __future__ import annotations

from leaktight.embedding.python.called import Called, Names
from leaktight.embedding.python.drivers import LIBRARIES
from leaktight.embedding.python.sinks import OPERATOR_ENDS, SINKS
from leaktight.lazy import regex

_OTHERS_TOO = frozenset(("fetch", "copy", "stream", "prepare", "iterate", "query", "run", "unload", "text", "DDL"))
"""Sinks whose names say nothing in a file that imports no database library."""
_TELLING_SINKS = Names(name for name in SINKS if name not in _OTHERS_TOO)
_OTHER_SINKS = Names(_OTHERS_TOO)
_OPERATORS = Names(OPERATOR_ENDS)
_OPERATOR_SQL = (b"ql=", b"ql =", b"qls=", b"query=", b"query =", b'"query"', b"'query'", b"operator=")
_IMPORT = regex(rb"import")
_LIBRARIES = tuple({name.partition(".")[0].lower().encode() for name in LIBRARIES})

_GAP = rb"(?:\s|\\|[\"'][\s\\+),]*[frbu]{0,2}[\"'])"
"""What parts a verb from the next word: a blank, an escape, or the end of one string and the start of the next."""
_AT_WORD = rb"(?:\b|\\[nrt])"


def _then(verbs: str, most: int, words: str) -> bytes:
    """Give the pattern of a verb that one of some words follows, at most so many bytes behind it."""
    return rb"(?:%b)\b(?![ \t]*=)%b[\s\S]{0,%d}?%b(?:%b)\b" % (verbs.encode(), _GAP, most, _AT_WORD, words.encode())


_STATEMENT = regex(
    b"|".join(
        (
            rb"select\b(?![ \t]*=)[\s\S]{1,20000}?" + _AT_WORD + rb"from\b",
            # No colon: Python's own `with` has one before it has a bracket behind `as`.
            rb"with\b[^;:]{1,1000}?" + _AT_WORD + rb"as\b(?:[^\w(]|\\[nrt]|\b(?:not|materialized|[nrtf]|fr|rf)\b)*\(",
            _then("insert|replace|upsert", 2_000, "values|select|with|partition|default|into|overwrite|table"),
            _then("update", 2_000, "set") + rb"[^=:]{1,400}=",
            _then("delete", 400, "from"),
            _then("merge", 2_000, "using"),
            _then("create", 400, "table|view|index"),
            _then("alter|truncate", 100, "table"),
            _then("drop", 100, "table|view"),
            _then("copy", 2_000, "from|to") + rb"(?:\s|\\[nrt]?|[\"'+]|\b[fr]{1,2}(?=[\"']))*[\"'@{(s]",
            rb"unload\b[\s\S]{0,40}?\(",
            _then("grant|revoke", 400, "on"),
            _then("explain", 100, "select|insert|update|delete|with"),
        )
    )
)
_VERB = (
    rb"(?=[siurdmcatgew])(?=se(?=lect)|wi(?=th)|in(?=sert)|re(?=place|voke)|up(?=sert|date)|de(?=lete)|me(?=rge)|"
    rb"cr(?=eate)|al(?=ter)|tr(?=uncate)|dr(?=op)|co(?=py)|un(?=load)|gr(?=ant)|ex(?=plain))"
)
_BEGINNINGS = tuple(
    # One pattern each: with a literal in front of it a search is several times as fast as with a choice.
    regex(before + rb"[ \t\f\v\r(;]*+" + _VERB)
    for before in (rb"\"", rb"'", rb"\}", rb"\*/", rb"\\[nrt]", rb"\n")
)


def may_hold_sql(data: bytes, called: Called) -> bool:
    """Say whether `embed` may find anything in a Python file; `called` are the names that it calls."""
    folded = data.lower()
    if called.any_of(_TELLING_SINKS) or _begins_statement(folded):
        return True
    if called.any_ends_with(_OPERATORS) and any(word in folded for word in _OPERATOR_SQL):
        return True
    return called.any_of(_OTHER_SINKS) and (b"hook" in folded or _imports_library(folded))


def _begins_statement(folded: bytes) -> bool:
    """Say whether a string, or a line of one, seems to begin like a statement that `looks_like_sql` may know."""
    for pattern in _BEGINNINGS:
        for match in pattern.finditer(folded):
            if _STATEMENT.match(folded, match.end()):
                return True
    return False


def _imports_library(folded: bytes) -> bool:
    for match in _IMPORT.finditer(folded):
        end = folded.find(b"\n", match.end())
        line = folded[folded.rfind(b"\n", 0, match.start()) + 1 : end if end >= 0 else len(folded)]
        if any(name in line for name in _LIBRARIES):
            return True
    return False
