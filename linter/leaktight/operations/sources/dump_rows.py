"""The rows of a dumped query, in JSON, newline-delimited JSON or CSV, each with its place and without a whole tree."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO

from leaktight.catalog.table import TableName
from leaktight.diagnostics import Location, locate
from leaktight.lazy import record, regex
from leaktight.source import NotAnalysable, Source
from leaktight.text import Span

_BLANK = regex(r"[\s,]*")
_SECTIONS = frozenset(
    """columns tables key_column_usage table_constraints referential_constraints statistics table_options
    constraint_column_usage""".split()
)
"""The views of `information_schema` that are read; an object whose first list has another name is no dump of them."""


@record(frozen=True, slots=True)
class Row:
    """One row: its values by column, in lower case, and where it stands. `section` is the view it is of."""

    values: Mapping[str, object]
    span: Span
    section: str = "columns"

    def text(self, *names: str) -> str | None:
        """Give the first of some columns that has a value, as text without blanks around it."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, str):
                value = value.strip()
                if value and value not in _NULLS:
                    return value
            elif isinstance(value, bool):
                return "YES" if value else "NO"
            elif isinstance(value, (int, float)):
                return str(int(value)) if value == value // 1 else str(value)
        return None

    def number(self, *names: str) -> int | None:
        """Give the first of some columns as a whole number."""
        text = (self.text(*names) or "").removesuffix(".0")
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None

    def flag(self, *names: str) -> bool | None:
        """Give the first of some columns as a truth value."""
        return _FLAGS.get((self.text(*names) or "").upper())


def table_name(row: Row) -> TableName | None:
    """Give the name of the table that a row is of."""
    last = row.text("table_name")
    if last is None:
        return None
    above = (row.text("table_catalog", "database_name"), row.text("table_schema", "schema_name", "owner"))
    # MySQL calls the catalog of everything `def`, and the schema is what it calls a database.
    return TableName((*(part for part in above if part and part != "def"), last))


def place_in(source: Source, row: Row, name: str) -> Location:
    """Give the place of a name in a row, in quotes rather than not; that of the row where it is spelled otherwise."""
    start, end = row.span
    quoted = source.text.find(f'"{name}"', start, end) if name else -1
    at = quoted + 1 if quoted >= 0 else source.text.find(name, start, end) if name else -1
    return locate(source, Span(at, at + len(name)) if at >= 0 else Span(start, start))


_NULLS = frozenset({"NULL", "null", "\\N", "None"})
_FLAGS = {
    **dict.fromkeys(("YES", "Y", "TRUE", "T", "1"), True),
    **dict.fromkeys(("NO", "N", "FALSE", "F", "0"), False),
}


class _Json:
    """A place in a JSON text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._decoder = json.JSONDecoder()

    def blank(self) -> str:
        """Pass over blanks and commas, and give the character behind them."""
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found is not None else self.at
        return self.text[self.at : self.at + 1]

    def value(self) -> object:
        start = self.at
        try:
            value, self.at = self._decoder.raw_decode(self.text, start)
        except json.JSONDecodeError as problem:
            at = min(problem.pos, len(self.text))
            raise NotAnalysable(f"not valid JSON: {problem.msg[:1].lower()}{problem.msg[1:]}", Span(at, at)) from None
        except RecursionError:
            raise NotAnalysable("the JSON nests too deeply", Span(start, start), code="nesting") from None
        except ValueError as problem:
            raise NotAnalysable(f"not valid JSON: {problem}", Span(start, start)) from None
        return value


def json_rows(text: str) -> Iterator[Row]:
    """Yield the rows of a dump; nothing where the text is something else. Raises `NotAnalysable` where it breaks off."""
    place = _Json(text)
    first = place.blank()
    if first == "[":
        place.at += 1
        yield from _list(place, "columns")
    elif first == "{":
        if text.find('"', place.at) < 0:
            return
        if _head(text, place.at) in _SECTIONS:
            yield from _object(place)
            return
        while place.blank() == "{":
            start = place.at
            yield from _row(place.value(), Span(start, place.at), "columns")
        if place.blank():
            raise NotAnalysable("not valid JSON: something else stands after the rows", Span(place.at, place.at))


def _head(text: str, at: int) -> str:
    """Give the name of an object's first list."""
    found = _KEY.match(text, at + 1)
    while found is not None and found[2] is not None:
        found = _KEY.match(text, found.end())
    return _section(found[1]) if found is not None else ""


_KEY = regex(r'\s*"([^"\\]{0,200})"\s*:\s*(?:("[^"\\]{0,2000}"|[-\d.eE+]{1,40}|true|false|null)\s*,|\[)')


def _section(name: str) -> str:
    return name.lower().rpartition(".")[2]


def _object(place: _Json) -> Iterator[Row]:
    place.at += 1
    while place.blank() == '"':
        name = _section(str(place.value()))
        if place.blank() != ":":
            raise NotAnalysable("not valid JSON: expecting ':'", Span(place.at, place.at))
        place.at += 1
        if place.blank() == "[" and name in _SECTIONS:
            place.at += 1
            yield from _list(place, name)
        else:
            place.value()
    if place.blank() != "}":
        raise NotAnalysable("not valid JSON: the object breaks off", Span(place.at, place.at))


def _list(place: _Json, section: str) -> Iterator[Row]:
    while place.blank() not in ("]", ""):
        start = place.at
        yield from _row(place.value(), Span(start, place.at), section)
    if not place.blank():
        raise NotAnalysable("not valid JSON: the list breaks off", Span(place.at, place.at))
    place.at += 1


def _row(value: object, span: Span, section: str) -> Iterator[Row]:
    """Yield a row, and those that it holds in a list of columns."""
    if not isinstance(value, dict):
        return
    values = {str(name).lower(): item for name, item in value.items()}
    yield Row(values, span, "tables" if "columns" in values and "column_name" not in values else section)
    inner = values.pop("columns", None)
    for column in inner if isinstance(inner, list) else ():
        if isinstance(column, dict):
            named = {name: values[name] for name in _TABLE if name in values}
            yield Row({**named, **{str(name).lower(): item for name, item in column.items()}}, span, "columns")


_TABLE = ("table_catalog", "table_schema", "table_name", "database_name", "schema_name")


def csv_rows(text: str, needed: Iterable[str] = ("table_name", "column_name")) -> Iterator[Row]:
    """Yield the rows of a dump in CSV that has the columns `needed`. Raises `NotAnalysable` where it breaks off."""
    lines = StringIO(text, newline="")
    head = lines.readline()
    lines.seek(0)
    delimiter = max(",;\t|", key=head.count)
    if delimiter == "\t" and _is_one_row_a_line(text, head.count("\t")):
        yield from _tabbed_rows(text, needed)
        return
    reader = csv.reader(lines, delimiter=delimiter)
    names: list[str] | None = None
    start = 0
    try:
        for cells in reader:
            if names is None:
                names = [cell.strip().lower() for cell in cells]
                if not set(needed).issubset(names):
                    return
            elif cells:
                yield Row(dict(zip(names, cells, strict=False)), Span(start, lines.tell()))
            start = lines.tell()
    except csv.Error as problem:
        raise NotAnalysable(f"not valid CSV: {problem}", Span(start, start)) from None


def _is_one_row_a_line(text: str, tabs: int) -> bool:
    """Say whether no cell has a tab or a line's end in it: then a quote is one, as `mysql --batch` writes it."""
    return all(line.count("\t") == tabs for line in StringIO(text) if line.strip())


def _tabbed_rows(text: str, needed: Iterable[str]) -> Iterator[Row]:
    names: list[str] | None = None
    start = 0
    for line in StringIO(text, newline="\n"):
        cells = [_cell(cell) for cell in line.rstrip("\r\n").split("\t")]
        if names is None:
            names = [cell.strip().lower() for cell in cells]
            if not set(needed).issubset(names):
                return
        elif line.strip():
            values: dict[str, object] = dict(zip(names, cells, strict=False))
            if values.get("dialect") == "mysql":
                values = {name: _ESCAPED.sub(_unescaped, str(value)) for name, value in values.items()}
            yield Row(values, Span(start, start + len(line)))
        start += len(line)


def _cell(written: str) -> str:
    """Give a cell without the quotes around all of it, if it has such."""
    inner = written[1:-1]
    quoted = len(written) > 1 and written[0] == written[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else written


_ESCAPED = regex(r"\\([\\nt0])")


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "0": "\0"}.get(found[1], found[1])
