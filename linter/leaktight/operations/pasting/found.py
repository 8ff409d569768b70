"""The holes of a call's SQL that are filled with text, each with the origin of what fills it."""

from __future__ import annotations

from leaktight.embedding.call import SqlCall
from leaktight.languages.document import Document
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.pasting.origin import Doubt, Origin
from leaktight.operations.pasting.pasted import Pasted
from leaktight.operations.pasting.python import origin_in_python
from leaktight.source import HoleKind, Segment
from leaktight.text import Span

_BOUND = ("%", ":", "?", "$", "@")


def pasted_into(document: Document, call: SqlCall) -> list[Pasted]:
    """Give what becomes part of the text of a call's SQL, in its order; harmless values are left out."""
    if call.sink.endswith("`"):
        return []
    found: list[Pasted] = []
    places = _Places(call.region.text)
    for segment in call.region.map.segments:
        if (
            segment.hole not in (HoleKind.VALUE, HoleKind.IDENTIFIER)
            or segment.host.startswith(_BOUND)
            or not segment.host
        ):
            continue
        inside = places.at(segment.region.start)
        if inside in ("--", "/*"):
            continue
        span = _in_host(document, segment.file)
        origin = _origin(document, call, span, segment.host) if span is not None else None
        if span is None or origin is None or origin.doubt is Doubt.SAFE or _is_formatted_number(document, span):
            continue
        outside = origin.doubt is Doubt.OUTSIDE
        quoted = inside == "'" or (inside == '"' and call.region.dialect in _DOUBLE_QUOTED)
        value = (quoted and not _names_file(call, segment)) or (
            segment.hole is HoleKind.VALUE and _stands_as_value(call, segment)
        )
        host = segment.host.strip()
        found.append(Pasted(span, host, value, quoted, origin.reason, outside, origin.trusted, origin.computed))
    return found


def _origin(document: Document, call: SqlCall, span: Span, host: str) -> Origin | None:
    if isinstance(document, PythonDocument):
        return origin_in_python(document, call, host)
    from leaktight.languages.javascript.document import JavascriptDocument
    from leaktight.operations.pasting.javascript import origin_in_javascript

    return origin_in_javascript(document, span) if isinstance(document, JavascriptDocument) else None


def _is_formatted_number(document: Document, span: Span) -> bool:
    """Say whether a field of an f-string writes a number, `{month:02d}`, which fails on anything else."""
    field = document.slice(span)
    if not isinstance(document, PythonDocument) or not field.startswith("{") or not field.endswith("}"):
        return False
    spec = field[1:-1].rpartition(":")[2]
    return len(spec) < len(field) - 2 and spec[-1:] in _NUMBERS and set(spec[:-1]) <= _WIDTHS


_NUMBERS = frozenset("dfFgGeExXob%")
_WIDTHS = frozenset("0123456789.,_+- #<>=^")


def _in_host(document: Document, file: Span) -> Span | None:
    """Give the span of the host document that a stretch of the file stands at."""
    for segment in document.region.map.segments:
        if segment.verbatim and segment.file.contains(file):
            return file.shift(segment.region.start - segment.file.start)
    return None


_DOUBLE_QUOTED = frozenset({"bigquery", "mysql", "spark", "databricks", "hive"})
"""Dialects that write a string in double quotes as well."""


class _Places:
    """Says what offsets of SQL text stand in; they are asked for from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._reached = 0
        self._inside = ""

    def at(self, offset: int) -> str:
        """Give what an offset stands in: `'`, `"`, a backtick, `--`, `/*`, or nothing."""
        text, index, inside = self._text, self._reached, self._inside
        while index < offset:
            if inside:
                closing = {"--": "\n", "/*": "*/"}.get(inside, inside)
                end = text.find(closing, index, offset)
                index, inside = (end + len(closing), "") if end >= 0 else (offset, inside)
            elif text.startswith(("--", "/*"), index):
                inside, index = text[index : index + 2], index + 2
            else:
                inside = text[index] if text[index] in "'\"`" else ""
                index += 1
        self._reached, self._inside = index, inside
        return inside


def _names_file(call: SqlCall, segment: Segment) -> bool:
    """Say whether a quoted hole is a file that is read or written: DuckDB's `FROM '{path}'`, `read_parquet('{path}')`."""
    before = call.region.text[: segment.region.start].rstrip()[:-1].rstrip().lower()
    word = before.removesuffix("(").rpartition(" ")[2].rpartition("\n")[2]
    return word.rpartition("(")[2] in _BEFORE_FILES if not before.endswith("(") else word.startswith(_FILE_FUNCTIONS)


_BEFORE_FILES = frozenset({"from", "join", "to", "location", "bulk"})
_FILE_FUNCTIONS = (
    "read_",
    "postgres_scan",
    "sqlite_scan",
    "parquet_scan",
    "csv_scan",
    "delta_scan",
    "iceberg_scan",
    "glob",
    "sniff_csv",
)


def _stands_as_value(call: SqlCall, segment: Segment) -> bool:
    """Say whether a hole is compared, or in a list after IN: there alone an unquoted hole is surely a value."""
    before = call.region.text[: segment.region.start].rstrip().lower()
    return before.endswith(("=", "<", ">", "like", "in (", "in(", "between"))
