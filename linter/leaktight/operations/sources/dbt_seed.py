"""The seeds of dbt: a CSV file is a table, its header the columns. Types stand in the project's configuration, if anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Column
from leaktight.diagnostics import locate
from leaktight.lazy import regex
from leaktight.operations.dbt.projects import table_of
from leaktight.operations.file import FileView
from leaktight.source import Source
from leaktight.text import Span

_DELIMITERS = ",;\t|"
_MOST_COLUMNS = 5000
_LONGEST = 500_000
"""How many characters a first line may have: one with a quote that nothing closes goes on to the end of the file."""
_VALUE = regex(r"[-+]?[\d.,:/ T-]+Z?|true|false|null|none|[^@\s]+@[^@\s]+\.\w+")
"""What is a value rather than a name: a number, a date, a truth, an address."""


def read(view: FileView) -> Iterator[Declaration]:
    """Yield the table that a file is. One whose first line is no header has columns that are not known."""
    source = view.source
    name = source.path.rpartition("/")[2].rpartition(".")[0]
    cells = _header(source)
    if not name or not cells:
        return
    columns = {cell.lower(): Column(cell, location=locate(source, span)) for cell, span in cells}
    end = max(span.end for _, span in cells)
    is_header = len(columns) == len(cells) and not any(not cell or _VALUE.fullmatch(cell.lower()) for cell, _ in cells)
    table = table_of(name, "seed", locate(source, Span(0, end)), role="olap")
    if is_header:
        table = table_of(name, "seed", locate(source, Span(0, end)), role="olap", columns=columns, complete=True)
    yield Declaration(table, Origin.DERIVED)


def _header(source: Source) -> list[tuple[str, Span]]:
    """Give the cells of the first line, each with its place, cut at whichever delimiter stands there most."""
    text = source.text[: _LONGEST + 1]
    end = len(text)
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n":
            end = at
            break
        elif not quoted and character in counts:
            counts[character] += 1
    if end > _LONGEST:
        return []
    # As a comma is what dbt expects, another one counts only where there is none.
    delimiter = "," if counts[","] else max(_DELIMITERS, key=lambda sign: counts[sign])
    cells: list[tuple[str, Span]] = []
    start, quoted = 0, False
    for at in range(end + 1):
        character = text[at] if at < end else delimiter
        if character == '"':
            quoted = not quoted
        elif character == delimiter and (not quoted or at == end):
            if len(cells) >= _MOST_COLUMNS:
                return []
            cells.append(_cell(text, start, at))
            start = at + 1
    return cells if any(cell for cell, _ in cells) else []


def _cell(text: str, start: int, end: int) -> tuple[str, Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start > 1 and text[start] == text[end - 1] == '"':
        return text[start + 1 : end - 1].replace('""', '"').strip(), Span(start, end)
    return text[start:end], Span(start, end)
