"""Column definitions and table constraints: what stands in the brackets of CREATE TABLE and after ALTER TABLE … ADD."""

from __future__ import annotations

from dataclasses import field, replace
from itertools import pairwise

from leaktight.catalog.table import Column, Index, Key, KeyKind, TableName
from leaktight.diagnostics import Location, locate
from leaktight.languages.sql.ddl import Reader, Word
from leaktight.lazy import record
from leaktight.text import Span

UNENFORCED = frozenset(
    {"bigquery", "snowflake", "redshift", "databricks", "spark", "spark2", "hive", "athena", "trino"}
)
"""Dialects whose engines take a key as a promise and do not check it."""

_ATTRIBUTES = frozenset(
    """NOT NULL DEFAULT PRIMARY UNIQUE REFERENCES CHECK CONSTRAINT COLLATE GENERATED AS COMMENT OPTIONS AUTO_INCREMENT
    AUTOINCREMENT IDENTITY ENCODE DISTKEY SORTKEY ON CODEC TTL MATERIALIZED ALIAS EPHEMERAL KEY MASKING WITH TAG STORAGE
    COMPRESSION VISIBLE INVISIBLE FIRST AFTER USING CHARSET SPARSE ROWGUIDCOL FORMAT TITLE COMPRESS VIRTUAL STORED
    ENFORCED DEFERRABLE INITIALLY RELY NORELY PROJECTION MASKED HIDDEN PERSISTED CLUSTERED NONCLUSTERED""".split()
)
_SERIAL = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "SERIAL2"})
_SERIAL_IS_UNIQUE = frozenset({"mysql", "singlestore"})
"""Dialects in which SERIAL stands for BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE."""
_CONSTRAINT_STARTS = frozenset({"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"})


@record(frozen=True, slots=True)
class ColumnPlace:
    """Where a column's name and its type stand in the region; `type` is None where none is written."""

    name: Span
    type: Span | None = None


@record(slots=True)
class Columns:
    """What a list of definitions declares.

    `computed` holds the expressions of generated columns, `like` is a table whose columns are taken over.
    """

    columns: dict[str, Column] = field(default_factory=dict)
    places: dict[str, ColumnPlace] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    sort_columns: list[str] = field(default_factory=list)
    computed: dict[str, Reader] = field(default_factory=dict)
    like: TableName | None = None
    like_all: bool = False
    complete: bool = True

    def add(self, column: Column, place: ColumnPlace) -> None:
        """Take a column in; the first of one name stays."""
        self.columns.setdefault(column.name.lower(), column)
        self.places.setdefault(column.name.lower(), place)


def location(reader: Reader, span: Span) -> Location:
    """Give the place in the file of a span of the reader's region."""
    document = reader.document
    return locate(document.source, document.region.map.to_file(span))


def read_definitions(group: Reader) -> Columns:
    """Read the comma-separated definitions of CREATE TABLE."""
    found = Columns()
    for item in group.items():
        read_definition(item, found)
    for key in found.keys:
        if key.kind is KeyKind.PRIMARY:
            for name in key.columns:
                column = found.columns.get(name.lower())
                if column is not None:
                    found.columns[name.lower()] = replace(column, nullable=False)
    return found


def read_definition(item: Reader, found: Columns) -> None:
    """Read one definition, a column or a constraint, into `found`."""
    first = item.peek()
    if first is None:
        return
    if item.accept("LIKE"):
        named = item.name()
        if named is not None:
            found.like = named[0]
            words = {word.upper for word in item.words[item.at : item.end]}
            found.like_all = bool(words & {"ALL", "INDEXES", "CONSTRAINTS"})
    elif read_constraint(item, found):
        return
    elif first.is_name and item.hole(first.span) is None:
        read_column(item, found)
    else:
        found.complete = False


def read_constraint(item: Reader, found: Columns) -> bool:
    """Read a table constraint or an index of MySQL's; False when the item is a column."""
    start = item.at
    name = None
    if item.upper() == "CONSTRAINT":
        item.next()
        if item.upper() not in _CONSTRAINT_STARTS or item.upper(1) in _CONSTRAINT_STARTS:
            word = item.next()
            name = word.text if word is not None else None
    if item.accept("PRIMARY", "KEY"):
        _key(item, found, KeyKind.PRIMARY, name, start)
    elif item.upper() == "UNIQUE" and _constrains(item):
        item.next()
        _key(item, found, KeyKind.UNIQUE, name, start)
    elif item.accept("FOREIGN", "KEY"):
        _skip_name(item)
        columns = column_names(item.group())
        if item.accept("REFERENCES"):
            _reference(item, found, columns, name, start)
    elif item.upper() in {"CHECK", "EXCLUDE"} and item.upper(1) in {"(", "USING"}:
        return True
    elif item.upper() in {"KEY", "INDEX", "FULLTEXT", "SPATIAL"} and _is_index(item):
        method = item.accept_any({"FULLTEXT", "SPATIAL"}).lower() or None
        item.accept_any({"KEY", "INDEX"})
        index_name = None if item.upper() in {"(", "USING"} else item.next()
        _using(item)
        columns = column_names(item.group())
        place = location(item, Reader(item.document, item.words, start, item.at).span)
        text = index_name.text if index_name is not None else None
        found.indexes.append(Index(text, columns, method=method, location=place))
    else:
        item.at = start
        return item.upper() in {"PROJECTION", "PERIOD", "CONSTRAINT"}
    return True


def _constrains(item: Reader) -> bool:
    """Say whether UNIQUE begins a constraint, not a column of that name."""
    after = item.upper(1)
    if after in {"(", "KEY", "INDEX", "NULLS", "CLUSTERED", "NONCLUSTERED", "WITHOUT"}:
        return True
    return item.upper(2) == "(" and item.dialect in {"mysql", "", "singlestore"} and not _number(item.peek(3))


def _is_index(item: Reader) -> bool:
    if item.upper() in {"FULLTEXT", "SPATIAL"}:
        return item.upper(1) in {"KEY", "INDEX", "("} or item.upper(2) == "("
    if item.upper(1) == "(":
        return not _number(item.peek(2))
    if item.dialect in {"postgres", "redshift", "bigquery", "snowflake", "sqlite", "oracle", "duckdb"}:
        return False
    at = 4 if item.upper(2) == "USING" else 2
    return item.upper(at) == "(" and not _number(item.peek(at + 1))


def _number(word: Word | None) -> bool:
    return word is not None and not word.quoted and word.text[:1].isdigit()


def _skip_name(item: Reader) -> None:
    while not item.done and item.upper() != "(":
        item.next()


def _using(item: Reader) -> None:
    if item.accept("USING"):
        item.next()


def _key(item: Reader, found: Columns, kind: KeyKind, name: str | None, start: int) -> None:
    while not item.done and item.upper() != "(":
        word = item.next()
        if word is not None and (word.quoted or word.upper not in _KEY_WORDS) and name is None:
            name = word.text
    columns = column_names(item.group())
    if not columns or (item.dialect == "clickhouse" and kind is KeyKind.PRIMARY):
        return
    place = location(item, Reader(item.document, item.words, start, item.at).span)
    found.keys.append(Key(kind, columns, enforced=_enforced(item), name=name, location=place))


_KEY_WORDS = frozenset("KEY INDEX CLUSTERED NONCLUSTERED USING BTREE HASH NULLS NOT DISTINCT".split())


def _enforced(item: Reader) -> bool:
    rest = item.words[item.at : item.end]
    unenforced = any(a.upper == "NOT" and b.upper == "ENFORCED" for a, b in pairwise(rest))
    return item.dialect not in UNENFORCED and not unenforced


def _reference(item: Reader, found: Columns, columns: tuple[str, ...], name: str | None, start: int) -> None:
    target = item.name()
    if target is None:
        return
    referenced = column_names(item.group())
    place = location(item, Reader(item.document, item.words, start, item.at).span)
    enforced = item.dialect not in UNENFORCED
    found.keys.append(Key(KeyKind.FOREIGN, columns, target[0], referenced, enforced, name=name, location=place))


def column_names(group: Reader | None) -> tuple[str, ...]:
    """Give the columns of a bracketed list: names without ASC, DESC, lengths; an expression stands as its text."""
    if group is None:
        return ()
    names = []
    for item in group.items():
        word = item.peek()
        plain = word is not None and word.is_name and item.upper(1) not in {"(", ".", "::", "+", "-", "||", "->>"}
        prefix = item.upper(1) == "(" and _number(item.peek(2)) and item.upper(3) == ")"
        if word is not None and (plain or prefix):
            names.append(word.text)
        else:
            names.append(item.expression(_ORDERING).text)
    return tuple(names)


_ORDERING = frozenset({"ASC", "DESC", "NULLS"})


def read_column(item: Reader, found: Columns) -> Column | None:
    """Read a column's name, type and attributes into `found`."""
    word = item.next()
    if word is None:
        return None
    name = word.text
    while item.accept(".") and (inner := item.next()) is not None:
        name = inner.text  # `ADD COLUMN record.field` of a nested column
    written = read_type(item)
    kind = upper_type(written)
    column = Column(name, kind or None, nullable_by_type(item, kind), location=location(item, word.span))
    if kind.split("(", 1)[0] in _SERIAL:
        column = replace(column, nullable=False, generated=True)
        if item.dialect in _SERIAL_IS_UNIQUE:
            found.keys.append(Key(KeyKind.UNIQUE, (name,), location=column.location))
    column = read_attributes(item, column, found)
    found.add(column, ColumnPlace(word.span, None if written.done else written.span))
    return column


def nullable_by_type(item: Reader, kind: str) -> bool | None:
    """Say whether a column of this type may hold NULL when nothing else is said."""
    if item.dialect == "clickhouse":
        return kind.startswith(("NULLABLE", "LOWCARDINALITY(NULLABLE"))
    return True if kind else None


def read_type(item: Reader) -> Reader:
    """Take the words of a type."""
    start = item.at
    piece = item.expression(_ATTRIBUTES)
    while not item.done:
        zoned = item.upper() == "WITH" and (item.upper(1) == "TIME" or item.upper(1) == "LOCAL")
        if not zoned:
            break
        item.next()
        piece = item.expression(_ATTRIBUTES)
    words = item.words
    for index in range(start + 1, piece.end):
        if words[index].upper == "CHARACTER" and index + 1 < piece.end and words[index + 1].upper == "SET":
            item.at = index
            return Reader(item.document, words, start, index)
    return Reader(item.document, words, start, piece.end)


def upper_type(written: Reader) -> str:
    """Give a type as written, in upper case but for the strings in it."""
    pieces = []
    for index in range(written.at, written.end):
        word = written.words[index]
        if index > written.at and written.words[index - 1].span.end < word.span.start:
            pieces.append(" ")
        pieces.append(f"'{word.text}'" if word.string else word.text.upper())
    return "".join(pieces)


def read_attributes(item: Reader, column: Column, found: Columns) -> Column:
    """Read what follows a column's type: nullability, default, keys, comment."""
    name = column.name
    constraint = None
    while (word := item.next()) is not None:
        match word.upper:
            case "CONSTRAINT":
                named = item.next()
                constraint = named.text if named is not None else None
            case "NOT":
                if item.accept("NULL"):
                    column = replace(column, nullable=False)
            case "NULL":
                column = replace(column, nullable=True)
            case "DEFAULT":
                column = replace(column, default=item.expression(_ATTRIBUTES, at_least=1).text or None)
            case "PRIMARY":
                item.accept("KEY")
                column = replace(column, nullable=False)
                if item.dialect != "clickhouse":
                    found.keys.append(_inline(item, KeyKind.PRIMARY, name, constraint, word))
            case "UNIQUE":
                item.accept("KEY")
                found.keys.append(_inline(item, KeyKind.UNIQUE, name, constraint, word))
            case "REFERENCES":
                _reference(item, found, (name,), constraint, item.at - 1)
            case "AUTO_INCREMENT" | "AUTOINCREMENT" | "IDENTITY":
                column = replace(column, nullable=False, generated=True)
                item.group()
            case "GENERATED":
                column = _generated(item, column, found)
            case "AS" | "MATERIALIZED" | "ALIAS":
                column = replace(column, generated=True, nullable=None)
                item.expression(_ATTRIBUTES, at_least=1)
            case "COMMENT":
                text = item.next()
                column = replace(column, comment=text.text if text is not None and text.string else None)
            case "OPTIONS":
                column = replace(column, comment=described(item.group()))
            case "SORTKEY":
                found.sort_columns.append(name)
            case "(" | "[":
                item.at -= 1
                item.group()
            case _:
                continue
    return column


def _inline(item: Reader, kind: KeyKind, column: str, name: str | None, word: Word) -> Key:
    return Key(kind, (column,), enforced=_enforced(item), name=name, location=location(item, word.span))


def _generated(item: Reader, column: Column, found: Columns) -> Column:
    words = item.expression(frozenset({"AS"}))
    item.accept("AS")
    if item.accept("IDENTITY"):
        item.group()
        return replace(column, nullable=False, generated=True)
    by_default = any(word.upper == "DEFAULT" for word in words.words[words.at : words.end])
    expression = item.group()
    if expression is not None:
        found.computed[column.name.lower()] = expression
    return replace(column, generated=True, nullable=column.nullable if by_default else None)


def described(options: Reader | None) -> str | None:
    """Give the `description` of BigQuery's OPTIONS (…)."""
    for item in options.items() if options is not None else ():
        if item.accept("DESCRIPTION", "="):
            word = item.next()
            return word.text if word is not None and word.string else None
    return None
