"""Notebooks: the cells of `.ipynb` files and of Databricks source files, as regions.

JSON is scanned for the places of its strings, which `json` does not tell. All Python of a notebook is one
region, so that what one cell imports or sets is known in the next; each SQL cell is a region of its own.
Nothing is run: magics are masked.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import IntEnum

from leaktight.embedding.notebook_cells import CellScan, Code, Line, cut
from leaktight.languages.python import parse_python
from leaktight.lazy import record, regex
from leaktight.source import HoleKind, Language, NotAnalysable, Region, RegionBuilder, Source
from leaktight.text import Span


@record(frozen=True, slots=True)
class Cell:
    """One cell: its number from 1, and the stretch of the file that its text covers."""

    number: int
    span: Span


@record(frozen=True, slots=True)
class SkippedCell:
    """A code cell that is in no region, and why."""

    number: int
    span: Span
    reason: str


@record(frozen=True, slots=True)
class Notebook:
    """The regions of a notebook: at most one of Python, and one for each SQL cell or `%sql` line."""

    regions: tuple[Region, ...] = ()
    cells: tuple[Cell, ...] = ()
    skipped: tuple[SkippedCell, ...] = ()

    def cell_at(self, offset: int) -> int | None:
        """Give the number of the cell that holds an offset of the file."""
        at = bisect_right([cell.span.start for cell in self.cells], offset) - 1
        return self.cells[at].number if at >= 0 and offset <= self.cells[at].span.end else None

    def placed(self, region: Region) -> Region:
        """Give a region of this notebook with the cell it begins in."""
        if region.cell is not None or not region.map.segments:
            return region
        return replace(region, cell=self.cell_at(region.map.segments[0].file.start))


_SQL_MAGICS = {
    "sql": None, "bigquery": "bigquery", "bqsql": "bigquery", "sparksql": "spark", "duckdb": "duckdb", "dql": "duckdb",
    "sqlite": "sqlite", "snowflake": "snowflake", "athena": "athena", "redshift": "redshift", "hive": "hive",
}  # fmt: skip
_PYTHON_MAGICS = frozenset("time timeit capture python python3 prun memit pyspark spark local configure".split())
_CELL_MAGIC = regex(r"\s*%%(\w+)[ \t]*(.*)")
_LINE_MAGIC = regex(r"(\s*)(?:[\w, ]+=\s*)?%(\w+)[ \t]*")
_TIMING = regex(
    r"(\s*)%(?:time|timeit|memit|prun)[ \t]+(?:-[lsTD][ \t]*\S+[ \t]+|-[a-zA-Z][ \t]*\d*[ \t]+)*(?=[^\s!%?-])"
)
"""A line magic that runs the Python behind it, with its options."""
_SHELL = regex(r"(\s*)([\w, ]+=\s*)?(?=[!%?])|(\s*)(?=[\w.]+\?{1,2}\s*$)")
_VERB = regex(
    r"\s*(?:select|with|insert|update|delete|merge|create|alter|drop|truncate|show|describe)\b", re.IGNORECASE
)
_PARAMETER = regex(r"\$?\{[A-Za-z_]\w*\}")


def read_notebook(source: Source) -> Notebook:
    """Give the regions of an `.ipynb` file.

    Raises `NotAnalysable` when it is no JSON, or no notebook. A notebook of another language than Python
    has its SQL cells alone.
    """
    try:
        content = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        raise NotAnalysable(f"the notebook is no JSON: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise NotAnalysable("the notebook has no cells")
    scan = CellScan(source.text)
    return _notebook(source, scan.code_cells(), python=scan.language in ("", "python", "python3", "ipython"))


def _notebook(source: Source, cells: Sequence[Code], *, python: bool) -> Notebook:
    base = Region.whole(source)
    regions: list[Region] = []
    skipped: list[SkippedCell] = []
    joined = RegionBuilder(base)
    for cell in cells:
        first = _first(cell)
        magic = _CELL_MAGIC.match(first) or _databricks_magic(cell, first)
        if magic is not None and magic[1] in _SQL_MAGICS:
            regions += _sql_cell(base, cell, magic)
            continue
        if not python or (magic is not None and magic[1] not in _PYTHON_MAGICS):
            continue
        for line in cell.lines:
            regions += _sql_line(base, cell, line)
        found = _masking(source, base, cell)
        if isinstance(found, SkippedCell):
            skipped.append(found)
        else:
            _append_python(joined, cell, found)
    if joined.length:
        regions.append(joined.build(Language.PYTHON))
    return Notebook(tuple(regions), tuple(Cell(cell.number, cell.span) for cell in cells), tuple(skipped))


def _first(cell: Code) -> str:
    """Give the first line of a cell that says something: Colab's `#@title` may stand before a magic."""
    return next((line.text for line in cell.lines if _says(line)), "")


def _says(line: Line) -> bool:
    text = line.text.strip()
    return bool(text) and not text.startswith("#")


class _Masking(IntEnum):
    """What becomes of lines that look like magics or shell lines."""

    NONE = 0
    """Nothing: a line that continues an expression may begin with `%` as well."""
    TIMED = 1
    """The word `%time` goes and what it times stays."""
    ALL = 2


def _masking(source: Source, base: Region, cell: Code) -> _Masking | SkippedCell:
    """Give the least masking with which a cell is Python; the cell is skipped where there is none."""
    masked = any(_SHELL.match(line.text) for line in cell.lines)
    for masking in _Masking if masked else (_Masking.NONE,):
        alone = RegionBuilder(base)
        _append_python(alone, cell, masking)
        region = alone.build(Language.PYTHON)
        try:
            parse_python(region, source)
        except NotAnalysable as error:
            place = region.map.to_file(error.span) if error.span is not None else cell.span
            skipped = SkippedCell(cell.number, place, error.reason)
        else:
            return masking
    return skipped


def _databricks_magic(cell: Code, first: str) -> re.Match[str] | None:
    """Match `%sql` that stands alone on its line: in Databricks all that follows is SQL."""
    match = re.match(r"\s*%(\w+)[ \t]*(\r?\n?)$", first)
    return match if match is not None and match[1] in _SQL_MAGICS and len(cell.lines) > 1 else None


def _sql_cell(base: Region, cell: Code, magic: re.Match[str]) -> Iterator[Region]:
    builder = RegionBuilder(base)
    started = False
    for line in cell.lines:
        if not started:
            started = _says(line)
            if not started or not _VERB.match(magic[2]):
                continue
            _append(builder, _from(line, magic.start(2)), cell)
            continue
        _append(builder, line, cell, parameters=True)
    if builder.text.strip():
        yield builder.build(Language.SQL, dialect=_SQL_MAGICS[magic[1]], cell=cell.number)


def _sql_line(base: Region, cell: Code, line: Line) -> Iterator[Region]:
    magic = _LINE_MAGIC.match(line.text)
    if magic is None or magic[2] not in _SQL_MAGICS or not _VERB.match(line.text, magic.end()):
        return
    builder = RegionBuilder(base)
    _append(builder, _from(line, magic.end()), cell, parameters=True)
    yield builder.build(Language.SQL, dialect=_SQL_MAGICS[magic[2]], cell=cell.number)


def _append_python(builder: RegionBuilder, cell: Code, masking: _Masking) -> None:
    """Append a cell; magics and shell lines that are masked become `pass`, or `None` behind `=`."""
    skip_first = _CELL_MAGIC.match(_first(cell)) is not None
    quoted = ""
    for line in cell.lines:
        text = line.text
        match = None if quoted or masking is _Masking.NONE else _SHELL.match(text)
        timed = _TIMING.match(text) if match is not None and masking is _Masking.TIMED else None
        if skip_first and _says(line):
            skip_first = False
            continue
        quoted = _open_quote(text, quoted)
        if match is None or not text.strip():
            _append(builder, line, cell)
            continue
        if timed is not None:
            _append(builder, _until(line, timed.end(1)), cell)
            _append(builder, _from(line, timed.end()), cell)
            continue
        _append(builder, _until(line, match.end()), cell)
        rest = _from(line, match.end())
        if rest.pieces:
            place = rest.pieces[0][0].cover(rest.pieces[-1][0])
            builder.hole(place, "None\n" if match[2] else "pass\n", HoleKind.BLANK)
    if builder.text and not builder.text.endswith("\n"):
        builder.hole(Span(cell.span.end, cell.span.end), "\n", HoleKind.BLANK)


def _open_quote(text: str, quoted: str) -> str:
    """Give the triple quote that is open behind a line, so that a `%` in a long string is no magic."""
    for match in re.finditer(r"\"\"\"|'''", text):
        quoted = "" if quoted == match[0] else quoted or match[0]
    return quoted


def _append(builder: RegionBuilder, line: Line, cell: Code, *, parameters: bool = False) -> None:
    for span, text, verbatim in line.pieces:
        if not verbatim:
            builder.hole(span, text, HoleKind.ESCAPE)
            continue
        at = 0
        for match in _PARAMETER.finditer(text) if parameters else ():
            builder.copy(Span(span.start + at, span.start + match.start()), forbidden=cell.forbidden)
            place = Span(span.start + match.start(), span.start + match.end())
            builder.hole(place, "hole_" + match[0].strip("${}"), HoleKind.IDENTIFIER)
            at = match.end()
        builder.copy(Span(span.start + at, span.end), forbidden=cell.forbidden)


def _until(line: Line, offset: int) -> Line:
    return cut(line, 0, offset)


def _from(line: Line, offset: int) -> Line:
    return cut(line, offset, len(line.text))


# Databricks source files

_HEADERS = {"# Databricks notebook source": "#", "-- Databricks notebook source": "--"}


def read_databricks(source: Source) -> Notebook | None:
    """Give the magic cells of a Databricks source file; None when it is none.

    The file's own language is the file itself: its cells in another language are comments there. So a
    `.py` file answers its `%sql` cells, a `.sql` file its `%python` cells, as one region.
    """
    mark = next((mark for header, mark in _HEADERS.items() if source.text.startswith(header)), None)
    if mark is None:
        return None
    cells: list[Cell] = []
    code: list[Code] = []
    for number, span in enumerate(_databricks_spans(source.text, mark), 1):
        cells.append(Cell(number, span))
        lines = _magic_lines(source.text, span, f"{mark} MAGIC")
        if lines:
            code.append(Code(number, span, lines, "\r\n"))
    made = _notebook(source, _with_python_magic(code), python=source.language is Language.SQL)
    return replace(made, cells=tuple(cells))


def _with_python_magic(code: list[Code]) -> list[Code]:
    """Take `%python` off its cells, and cells of other languages out."""
    found: list[Code] = []
    for cell in code:
        first = re.match(r"\s*%(\w+)\s*", cell.lines[0].text)
        if first is None:
            continue
        if first[1] == "python":
            found.append(replace(cell, lines=[_from(cell.lines[0], first.end()), *cell.lines[1:]]))
        elif first[1] in _SQL_MAGICS:
            lines = cell.lines
            rest = _from(lines[0], first.end())
            head = Line([(lines[0].pieces[0][0], f"%{first[1]}\n", False)])
            found.append(replace(cell, lines=[head, *([rest] if rest.text.strip() else []), *lines[1:]]))
    return found


def _databricks_spans(text: str, mark: str) -> Iterator[Span]:
    start = len(text) if "\n" not in text else text.index("\n") + 1
    for match in re.finditer(rf"^{mark} COMMAND -+[ \t]*\r?$", text, re.MULTILINE):
        if match.start() > start:
            yield Span(start, match.start())
        start = min(match.end() + 1, len(text))
    if start < len(text):
        yield Span(start, len(text))


def _magic_lines(text: str, span: Span, prefix: str) -> list[Line]:
    lines: list[Line] = []
    at = span.start
    while at < span.end:
        end = text.find("\n", at, span.end)
        end = span.end if end < 0 else end + 1
        if text.startswith(prefix, at):
            begin = at + len(prefix)
            begin += text[begin : begin + 1] == " "
            if begin < end:
                lines.append(Line([(Span(begin, end), text[begin:end], True)]))
        at = end
    return lines
