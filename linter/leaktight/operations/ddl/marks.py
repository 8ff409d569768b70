"""The comments by which migration tools part a file: what takes back, what is for another engine, what is not applied."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from leaktight.catalog.names import compatible
from leaktight.lazy import regex
from leaktight.text import Span

_MARK = regex(
    r"^[ \t]*+(?:--|#|//)[ \t]*+(?:-*+[ \t]*+!|(?://[ \t]*+)?@|\+)?[ \t]*+(?:migrate|goose|migration|rambler)?[ \t:]*+"
    r"(?P<way>ups?|downs?|undo)\b(?:[ \t]+migration[ \t]*\r?$)?",
    re.IGNORECASE | re.MULTILINE,
)
_LIQUIBASE = regex(
    r"^[ \t]*--[ \t]*(?:(?P<set>changeset)[ \t]+(?P<said>[^\n]*)|ignorelines:[ \t]*(?P<lines>start|end|\d{1,6})[^\n]*)\n?",
    re.IGNORECASE | re.MULTILINE,
)
_DBMS = regex(r"\bdbms:[ \t]*(\"[^\"\n]*\"|[^\s\"]+)", re.IGNORECASE)
_IGNORED = regex(r"\bignore:[ \t]*\"?true\b", re.IGNORECASE)
_DIALECTS = {
    "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "mssql": "tsql", "sqlserver": "tsql",
    "oracle": "oracle", "sqlite": "sqlite", "snowflake": "snowflake", "bigquery": "bigquery", "redshift": "redshift",
    "databricks": "databricks", "duckdb": "duckdb", "clickhouse": "clickhouse",
}  # fmt: skip
"""The dialects of what Liquibase calls a `dbms`."""


class Undone:
    """The stretches of a script that are no part of what stands.

    They follow `-- migrate:down`, `-- +goose Down` and the like, or Liquibase's `--changeset` for another engine.
    """

    def __init__(self, text: str, dialect: str) -> None:
        self._spans = not_applied(text, dialect)

    def holds(self, statement: Span) -> bool:
        """Say whether a statement stands in one of them."""
        at = bisect_right(self._spans, statement.start, key=lambda span: span.start) - 1
        return at >= 0 and self._spans[at].contains(statement)


def not_applied(text: str, dialect: str) -> list[Span]:
    """Give the stretches of a script that are no part of what stands, sorted and apart from one another."""
    folded = text.lower()
    spans = list(_taken_back(text)) if "down" in folded or "undo" in folded else []
    if "liquibase formatted sql" in folded[:1000]:
        spans += _not_run(text, dialect)
    return _merged(spans)


def _merged(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = found[-1].cover(span)
        else:
            found.append(span)
    return found


def _taken_back(text: str) -> Iterator[Span]:
    start: int | None = None
    for mark in _MARK.finditer(text):
        if not _marks_section(mark[0]):
            continue
        if mark["way"].lower().startswith("up"):
            if start is not None:
                yield Span(start, mark.start())
            start = None
        elif start is None:
            start = mark.end()
    if start is not None:
        yield Span(start, len(text))


def _marks_section(line: str) -> bool:
    """Say whether a comment is a marker of a migration tool, not a sentence that begins with such a word."""
    folded = line.lower().rstrip()
    return folded.endswith("migration") or any(
        sign in folded for sign in ("migrate:", "migration:", "rambler", "!", "@", "+")
    )


def _not_run(text: str, dialect: str) -> Iterator[Span]:
    """Yield what Liquibase passes over: the change sets of other engines, and lines it is told to ignore."""
    start: int | None = None
    ignored: int | None = None
    passed = 0
    for mark in _LIQUIBASE.finditer(text):
        if mark["set"]:
            if start is not None:
                yield Span(start, mark.start())
            start = None if _runs(mark["said"], dialect) else mark.end()
        elif mark["lines"].lower() == "start":
            ignored = mark.end()
        elif mark["lines"].lower() == "end":
            if ignored is not None:
                yield Span(ignored, mark.start())
            ignored = None
        elif mark.start() >= passed:
            end = mark.end()
            for _ in range(int(mark["lines"])):
                after = text.find("\n", end)
                if after < 0:
                    end = len(text)
                    break
                end = after + 1
            passed = end
            yield Span(mark.end(), end)
    if start is not None:
        yield Span(start, len(text))


def _runs(said: str, dialect: str) -> bool:
    if _IGNORED.search(said):
        return False
    found = _DBMS.search(said)
    if found is None or not dialect:
        return True
    names = [name.strip().lower() for name in found[1].strip('"').split(",")]
    refused = [name[1:] for name in names if name.startswith("!")]
    wanted = [name for name in names if name and not name.startswith("!")]
    if any(_same(name, dialect) for name in refused) or "none" in wanted:
        return False
    return not wanted or "all" in wanted or any(_same(name, dialect) for name in wanted)


def _same(name: str, dialect: str) -> bool:
    return name in _DIALECTS and compatible(_DIALECTS[name], dialect)
