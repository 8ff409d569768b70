"""Blanks what stands in SQL files for the client and not for the engine."""

from __future__ import annotations

from leaktight.lazy import regex

# Each pattern is bounded or possessive: a file may hold a hundred thousand beginnings and no end.
_COPY = regex(r"(?im)^copy\s(?:[^;\n]*\n){0,8}?[^;\n]*?\bfrom\s+stdin\b[^;\n]*;[^\n]*\n")
_META_COMMAND = regex(r"(?m)^[ \t]*+\\[a-zA-Z!?][^\n]*$")
_SENDS = regex(r"(?m)(?:^|(?<=\s))\\(?:g|gx|gset|gexec|gdesc|watch|crosstabview)\b[^\n]*$")
_SENDING = ("\\g", "\\watch", "\\crosstabview")
_PSQL_VARIABLE = regex(r"(?<=[ \t\r\n=<>(,]):(?=(['\"])\w+\1)")
_SQLCMD = regex(
    r"(?im)^[ \t]*+:(?:setvar|connect|on[ \t]+error|r|out|error|exit|quit|list|reset|serverlist|listvar|perftrace|xml|help|ed)\b"
    r"[^\n]*$"
)
_DOT_COMMAND = regex(r"(?m)^\.[a-z]+\b[^\n]*$")
_BARE_COMMAND = regex(r"(?im)^(?:warnings|nowarning)\s*;?[ \t]*$")
_DELIMITER = regex(r"(?im)^[ \t]*+delimiter[ \t]+(?P<mark>[^\s'\"]+)[ \t]*$")
_NOT_NEWLINE = regex(r"[^\r\n]")
_MOST_MARKS = 8


def blank_client_commands(text: str) -> str:
    """Blank what is for the client and not for the engine, length for length.

    psql's backslash commands (`\\gexec` and its like end a statement), the colon before its quoted variables
    (`:'name'`), sqlcmd's lines (`:setvar name value`), the rows of `COPY … FROM stdin`, the dot-commands of SQLite and DuckDB,
    MySQL's `warnings` and its `DELIMITER` with the mark it sets. A mark in quotes (`DELIMITER ','`) is an option of COPY.
    """
    if "\\" in text:
        if "\n\\." in text and ("stdin" in text or "STDIN" in text):
            text = _without_rows(text)
        if any(command in text for command in _SENDING):
            text = _SENDS.sub(lambda m: ";" + _blank(m[0][1:]), text)
        text = _META_COMMAND.sub(lambda m: _blank(m[0]), text)
    if ":'" in text or ':"' in text:
        text = _PSQL_VARIABLE.sub(" ", text)
    if ":" in text and ("\n:" in text or text[:1] == ":"):
        text = _SQLCMD.sub(lambda m: _blank(m[0]), text)
    if text.startswith(".") or "\n." in text:
        text = _DOT_COMMAND.sub(lambda m: _blank(m[0]), text)
    if "arning" in text or "ARNING" in text:
        text = _BARE_COMMAND.sub(lambda m: _blank(m[0]), text)
    if "delimiter" in text or "DELIMITER" in text:
        marks = dict.fromkeys(m["mark"] for m in _DELIMITER.finditer(text) if m["mark"] != ";")
        text = _DELIMITER.sub(lambda m: _blank(m[0]), text)
        for mark in sorted(list(marks)[:_MOST_MARKS], key=len, reverse=True):
            text = text.replace(mark, ";".ljust(len(mark)))
    return text


def _without_rows(text: str) -> str:
    """Blank the rows that follow each `COPY … FROM stdin`, with the `\\.` that ends them."""
    pieces: list[str] = []
    done = 0
    while (copy := _COPY.search(text, done)) is not None:
        end = text.find("\n\\.", copy.end() - 1)
        if end < 0:
            break
        line = text.find("\n", end + 1)
        stop = line if line >= 0 else len(text)
        pieces += (text[done : copy.end()], _blank(text[copy.end() : stop]))
        done = stop
    return "".join([*pieces, text[done:]])


def _blank(text: str) -> str:
    return _NOT_NEWLINE.sub(" ", text)
