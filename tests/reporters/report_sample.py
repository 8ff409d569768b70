"""One report with everything in it that a format may trip over: emoji, CRLF, BOM, tabs, notebooks, bidi, blanks in names."""

from __future__ import annotations

from dataclasses import replace

from leaktight.diagnostics import (
    Applicability,
    Diagnostic,
    FileEdit,
    FileFix,
    Location,
    RelatedLocation,
    Severity,
    locate,
)
from leaktight.report import NotAnalysed, Report, Summary
from leaktight.source import Language, Source
from leaktight.text import Span

TEXTS = {
    "ddl/events.sql": "create table events (\n\tid bigint,\n\tcreated_at timestamp\n)\npartition by date(created_at);\n",
    "etl/bom.sql": "select *\nfrom t\n",
    "etl/crlf file.sql": "select '漢字 😀', a = null\r\nfrom t\r\nwhere a in (\r\n  1,\r\n  2,\r\n  3,\r\n  4\r\n)\r\n",
    "etl/hostile \x1b[31m.sql": "select a -- \u202e\x1b[2J\tx\u200b\nfrom t;\n",
    "etl/long.sql": "select " + ", ".join(f"column_{n}" for n in range(60)) + ", *, " + "x" * 400 + "\nfrom t\n",
    "nb.ipynb": '{"cells": [\n {"cell_type": "code", "source": [\n  "%%sql\\n",\n  "select * from t"\n ]}\n]}\n',
    "jobs/load é.py": 'def load(day):\n\tcursor.execute(f"""\n\t\tdelete from sales where day = \'{day}\'\n\t""")\n',
}
BOMS = frozenset({"etl/bom.sql"})
SOURCES = {
    path: Source(path, text, Language.PYTHON if path.endswith("py") else Language.SQL, bom=path in BOMS)
    for path, text in TEXTS.items()
}
URL = "https://github.com/leaktight/leaktight/blob/main/docs/rules/"


def at(path: str, needle: str, nth: int = 0) -> Location:
    """Give the place of the nth `needle` of a file; a `|` in it parts the start from the end of a longer stretch."""
    text = TEXTS[path]
    first, _, last = needle.partition("|")
    start = -1
    for _ in range(nth + 1):
        start = text.index(first, start + 1)
    end = text.index(last, start) + len(last) if last else start + len(first)
    return locate(SOURCES[path], Span(start, end))


def found(rule: str, severity: Severity, message: str, place: Location, **more: object) -> Diagnostic:
    return Diagnostic(rule, severity, "query", message, place, url=f"{URL}{rule}.md", **more)  # type: ignore[arg-type]


def fix(title: str, applicability: Applicability, *edits: tuple[Location, str]) -> FileFix:
    return FileFix(title, applicability, tuple(FileEdit(place, content) for place, content in edits))


def report() -> Report:
    star = at("etl/bom.sql", "*")
    notebook = replace(at("nb.ipynb", "*"), cell=1, cell_line=2)
    insertion = at("jobs/load é.py", "\tcursor")
    insertion = locate(SOURCES["jobs/load é.py"], Span(insertion.span.start, insertion.span.start))
    diagnostics = [
        found(
            "select-star",
            Severity.NOTE,
            "`*` selects every column",
            star,
            fix=fix("name the columns", Applicability.UNSAFE, (star, "id, total")),
        ),
        found(
            "null-comparison",
            Severity.ERROR,
            "`= null` is never true",
            at("etl/crlf file.sql", "= null"),
            fix=fix("write `is null`", Applicability.SAFE, (at("etl/crlf file.sql", "= null"), "is null")),
        ),
        found("long-list", Severity.WARNING, "this list is long", at("etl/crlf file.sql", "in (|\r\n)")),
        found(
            "hidden-text",
            Severity.WARNING,
            "a \x1b[31mred\x1b[0m\u202e word",
            at("etl/hostile \x1b[31m.sql", "x\u200b"),
        ),
        found("select-star", Severity.NOTE, "`*` selects every column", at("etl/long.sql", "*")),
        found(
            "missing-partition-filter",
            Severity.WARNING,
            "`events` is read without a filter on `created_at`",
            at("etl/bom.sql", "t", 1),
            related=(
                RelatedLocation(at("ddl/events.sql", "date(created_at)"), "`events` is partitioned by `created_at`"),
                RelatedLocation(at("ddl/events.sql", "events"), "`events` holds 12 TB"),
            ),
            fix=fix("filter on `created_at`", Applicability.DISPLAY),
        ),
        found(
            "sql-injection",
            Severity.ERROR,
            "`day` is put into the text of the statement",
            at("jobs/load é.py", "{day}"),
            fix=fix(
                "pass it as a parameter",
                Applicability.UNSAFE,
                (at("jobs/load é.py", "'{day}'"), "%s"),
                (insertion, "\tcheck(day)\n"),
            ),
        ),
        found("select-star", Severity.NOTE, "`*` selects every column", notebook),
    ]
    diagnostics.sort(key=lambda d: d.sort_key)
    broken = at("etl/crlf file.sql", "漢字 😀")
    return Report(
        diagnostics=tuple(diagnostics),
        not_analysed=(
            NotAnalysed("etl/crlf file.sql", "syntax", "unexpected `😀`", broken),
            NotAnalysed("etl/utf16.sql", "encoding", "the file is not UTF-8"),
        ),
        dynamic=(NotAnalysed("jobs/load é.py", "unfolded", "`sql` is built elsewhere", at("jobs/load é.py", "load")),),
        summary=Summary(files=1234, statements=56, dynamic=1, suppressed=2),
        sources=TEXTS,
    )
