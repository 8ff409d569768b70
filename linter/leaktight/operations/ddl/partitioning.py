"""How a table is cut and sorted: PARTITION BY, PARTITIONED BY, CLUSTER BY, SORTKEY, ORDER BY of a MergeTree."""

from __future__ import annotations

from dataclasses import field

from leaktight.catalog.table import Clustering, Partitioning
from leaktight.languages.sql.ddl import Reader, Word
from leaktight.languages.sql.dialects import dialect_named
from leaktight.languages.sql.tokens import tokenise
from leaktight.lazy import record
from leaktight.operations.ddl.columns import read_definition
from leaktight.operations.ddl.constraints import column_names
from leaktight.operations.ddl.definitions import Columns
from leaktight.source import NotAnalysable
from leaktight.text import Span

INGESTION = ("_PARTITIONTIME", "_PARTITIONDATE")
"""The pseudo-columns of a BigQuery table that is partitioned by the time of loading."""

_UNITS = {
    "HOUR": "hour", "HOURS": "hour", "TOSTARTOFHOUR": "hour",
    "DAY": "day", "DAYS": "day", "DATE": "day", "TODATE": "day", "TO_DATE": "day", "TO_DAYS": "day", "TOYYYYMMDD": "day",
    "TOSTARTOFDAY": "day", "DATE_HOUR": "hour",
    "WEEK": "week", "TOMONDAY": "week", "TOSTARTOFWEEK": "week",
    "MONTH": "month", "MONTHS": "month", "TOYYYYMM": "month", "TOSTARTOFMONTH": "month",
    "YEAR": "year", "YEARS": "year", "TOYEAR": "year", "TOSTARTOFYEAR": "year",
}  # fmt: skip
_STRATEGIES = frozenset({"RANGE", "LIST", "HASH", "KEY"})
_PLACING = frozenset({"BUCKET", "HASH", "RANDOM", "ROUNDROBIN", "MURMUR3", "CITYHASH64", "SIPHASH64", "INTHASH32"})
_NOT_COLUMNS = frozenset("AS NULL TRUE FALSE FROM AND OR NOT CASE WHEN THEN ELSE END".split())
_SELDOM_COLUMNS = frozenset(
    """HOUR DAY WEEK MONTH YEAR QUARTER ISOWEEK ISOYEAR MINUTE DATE TIMESTAMP DATETIME TIME TEXT VARCHAR INT INTEGER BIGINT
    AT ZONE INTERVAL""".split()
)
"""Types, units and words of expressions, which name columns too."""
_CLAUSES = frozenset(
    """CLUSTER OPTIONS AS PARTITION PARTITIONED ORDER PRIMARY SAMPLE TTL SETTINGS COMMENT LOCATION STORED ROW WITH
    TBLPROPERTIES USING TABLESPACE ENGINE SORTKEY DISTKEY DISTSTYLE COMPOUND INTERLEAVED CLUSTERED PARTITIONS DEFAULT
    SUBPARTITION INTERVAL ( WHERE FORMAT AUTO_REFRESH FILE_FORMAT PATTERN ON INHERITS SERVER LIFECYCLE""".split()
)


@record(slots=True)
class _Parts:
    """What the elements of a partition clause add up to."""

    columns: list[str] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    granularity: str | None = None
    transforms: bool = False


def read_partitioning(reader: Reader, columns: Columns | None) -> Partitioning | None:
    """Read what follows PARTITION BY or PARTITIONED BY; typed partition columns of Hive are added to `columns`."""
    start = reader.at
    reader.accept("LINEAR")
    strategy = ""
    if reader.upper() in _STRATEGIES and reader.upper(1) in {"(", "COLUMNS"}:
        strategy = reader.accept_any(_STRATEGIES)
        reader.accept("COLUMNS")
    group = reader.group()
    if group is not None:
        items = group.items()
        stop = reader.at
    else:
        items = _bare(reader)
        stop = reader.at
    whole = Reader(reader.document, reader.words, start, stop)
    parts = _Parts()
    for item in items:
        _element(item, parts, columns)
    if columns is not None and reader.dialect in _DERIVES_FILTERS:
        # Delta makes a filter on a generated partition column from one on the column that it is computed of.
        for name in tuple(parts.columns):
            computed = columns.computed.get(name.lower())
            parts.columns += [base for base in (_names(computed) if computed else ()) if base not in parts.columns]
    return _partitioning(whole, strategy, parts)


_DERIVES_FILTERS = frozenset({"databricks", "spark"})


def read_folder_columns(reader: Reader, columns: Columns) -> Partitioning | None:
    """Read what follows BigQuery's WITH PARTITION COLUMNS: `(year INT64, month INT64)`, or nothing, where the folders tell."""
    start = reader.at
    group = reader.group()
    if group is None:
        return None
    names = []
    for item in group.items():
        name = item.peek()
        if name is not None:
            names.append(name.text)
            read_definition(item, columns)
    whole = Reader(reader.document, reader.words, start, reader.at)
    listed = ", ".join(names)
    return Partitioning(tuple(names), listed, "hive", location=reader.document.location(whole.span)) if names else None


def _bare(reader: Reader) -> list[Reader]:
    """Take elements without brackets around them: `DATE(ts)`, `dt, hour`."""
    items = []
    while not reader.done:
        start = reader.at
        reader.expression(_CLAUSES | {","}, at_least=1)
        reader.group()
        items.append(Reader(reader.document, reader.words, start, reader.at))
        if not reader.accept(","):
            break
    return items


def _element(item: Reader, parts: _Parts, columns: Columns | None) -> None:
    first = item.peek()
    if first is None:
        return
    if item.end - item.at > 1 and item.upper(1) not in {"(", ".", "::"} and first.is_name and columns is not None:
        definition = Reader(item.document, item.words, item.at, item.end)
        if _typed(definition):
            read_definition(definition, columns)
            parts.columns.append(first.text)
            return
    names = _names(item)
    function = first.upper if item.upper(1) == "(" else ""
    if function in _PLACING:
        parts.placed += names
        return
    if function:
        parts.transforms = True
        parts.granularity = parts.granularity or _granularity(item)
    parts.columns += [name for name in names if name not in parts.columns]


def _typed(item: Reader) -> bool:
    """Say whether an element is `dt STRING`: a name and a type, no operator."""
    return not any(
        word.upper in {"+", "-", "%", "/", "||", "::", "ASC", "DESC"} for word in item.words[item.at : item.end]
    )


def _names(item: Reader) -> list[str]:
    """Give the columns that an expression reads: names that call nothing and are no unit, type or literal."""
    names: list[str] = []
    for index in range(item.at, item.end):
        word = item.words[index]
        after = item.words[index + 1].upper if index + 1 < item.end else ""
        if not word.is_name or after in {"(", "."} or word.upper in _NOT_COLUMNS or word.text in names:
            continue
        if word.upper not in _SELDOM_COLUMNS or not _is_syntax(item, index, after, first=not names):
            names.append(word.text)
    return names


def _is_syntax(item: Reader, index: int, after: str, *, first: bool) -> bool:
    """Say whether a word is a type, a unit or a part of an operator where it stands; `first` that no column stands before it."""
    before = item.words[index - 1] if index > item.at else None
    behind = item.words[index + 1] if index + 1 < item.end else None
    word = item.words[index].upper
    if (
        (behind is not None and (behind.string or after.isdigit()))
        or after == "FROM"
        or (word, after) == ("AT", "TIME")
    ):
        return True
    if before is None:
        return False
    if before.string or before.upper.isdigit() or before.upper in {"AS", "::"}:
        return True
    if (before.upper, word) in {("AT", "TIME"), ("TIME", "ZONE")}:
        return True
    return before.upper == "," and after == ")" and not first


def _granularity(item: Reader) -> str | None:
    for index in range(item.end - 1, item.at - 1, -1):
        word = item.words[index]
        unit = _UNITS.get(word.text.upper() if word.string else word.upper)
        if unit is not None and (word.string or index == item.at or item.words[index - 1].upper == ","):
            return unit
    return None


def _partitioning(whole: Reader, strategy: str, parts: _Parts) -> Partitioning | None:
    columns = parts.columns or parts.placed
    place = whole.document.location(whole.span) if not whole.done else None
    folded = {name.upper() for name in columns}
    if not columns:
        return None
    dialect = whole.dialect
    granularity = parts.granularity
    if not parts.columns or strategy in {"HASH", "KEY"}:
        kind = "hash"
    elif strategy:
        kind = strategy.lower()
    elif folded & set(INGESTION):
        return Partitioning(INGESTION, whole.text, "ingestion", granularity or "day", location=place)
    elif whole.upper() == "RANGE_BUCKET":
        kind = "integer"
    elif dialect == "bigquery":
        kind, granularity = "time", granularity or "day"
    elif parts.transforms:
        kind = "transform"
    elif dialect in {"clickhouse", "postgres", "mysql", "oracle", "duckdb"}:
        kind = "list"
    else:
        kind = "hive"
    return Partitioning(tuple(columns), whole.text, kind, granularity, location=place)


def read_clustering(reader: Reader) -> Clustering | None:
    """Read what follows CLUSTER BY, SORTKEY or ORDER BY: a bracketed list, or names up to the next clause."""
    start = reader.at
    reader.accept("LINEAR")
    group = reader.group()
    if group is not None:
        keys = [item.expression(_ORDERING) for item in group.items()]
        names = [name for key in keys for name in (_names(key) or [key.text])]
    else:
        names = [name for item in _bare(reader) for name in _names(item.expression(_ORDERING))]
    names = [name for name in dict.fromkeys(names) if name.upper() not in {"AUTO", "NONE", "TUPLE"}]
    if not names:
        return None
    span = Reader(reader.document, reader.words, start, reader.at).span
    return Clustering(tuple(names), location=reader.document.location(span))


_ORDERING = frozenset({"ASC", "DESC", "NULLS"})


def read_properties(group: Reader) -> Partitioning | None:
    """Read the partitioning in Trino's and Athena's WITH (…): `partitioned_by`, `partitioning`."""
    for item in group.items():
        start = item.at
        key = item.next()
        if key is None or key.text.lower() not in {"partitioned_by", "partitioning"} or not item.accept("="):
            continue
        item.accept("ARRAY")
        listed = item.group()
        parts = _Parts()
        for element in listed.items() if listed is not None else ():
            word = element.peek()
            inner = _words_of_string(element, word) if word is not None and word.string else None
            if inner is not None:
                _element(inner, parts, None)
        whole = Reader(item.document, item.words, start, item.at)
        found = _partitioning(whole, "", parts)
        if found is not None:
            return found
    return None


def _words_of_string(reader: Reader, word: Word) -> Reader | None:
    """Give a reader of the expression that stands in a string: `'day(ts)'`."""
    try:
        tokens = tokenise(word.text, dialect_named(reader.dialect))
    except NotAnalysable:
        return None
    shift = word.span.start + 1
    words = [
        Word(token.text, token.text.upper(), Span(token.start + shift, token.end + 1 + shift), word.token)
        for token in tokens
    ]
    return Reader(reader.document, words)


def read_bounds(reader: Reader) -> str:
    """Give what a partition says of the rows it holds, `FROM … TO …`, `IN …`, `WITH …` or `DEFAULT`; the reader stays."""
    ahead = Reader(reader.document, reader.words, reader.at, reader.end)
    while not ahead.done:
        if ahead.accept("FOR", "VALUES"):
            return ahead.expression(_AFTER_BOUNDS, at_least=1).text
        if ahead.accept("DEFAULT"):
            return "DEFAULT"
        if ahead.group() is None:
            ahead.next()
    return ""


_AFTER_BOUNDS = frozenset({"PARTITION", "TABLESPACE", "SERVER", "USING"})


def scheme_partitioning(reader: Reader) -> Partitioning | None:
    """Read SQL Server's `ON scheme (column)` after a table's columns."""
    start = reader.at
    if reader.next() is None:
        return None
    names = column_names(reader.group())
    whole = Reader(reader.document, reader.words, start, reader.at)
    return Partitioning(names, whole.text, "range", location=whole.document.location(whole.span)) if names else None
