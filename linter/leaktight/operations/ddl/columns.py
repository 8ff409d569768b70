"""Column definitions and table constraints: what stands in the brackets of CREATE TABLE and after ALTER TABLE … ADD."""

from __future__ import annotations

from dataclasses import replace

from leaktight.catalog.names import engine
from leaktight.catalog.table import Column, Key, KeyKind
from leaktight.languages.sql.ddl import Reader
from leaktight.operations.ddl.constraints import (
    inline_key,
    read_check,
    read_constraint,
    read_reference,
    read_unparted_reference,
)
from leaktight.operations.ddl.definitions import ColumnPlace, Columns

_ATTRIBUTES = frozenset(
    """NOT NULL DEFAULT PRIMARY UNIQUE REFERENCES CHECK CONSTRAINT COLLATE GENERATED AS COMMENT OPTIONS AUTO_INCREMENT
    AUTOINCREMENT IDENTITY ENCODE DISTKEY SORTKEY ON CODEC TTL MATERIALIZED ALIAS EPHEMERAL KEY MASKING WITH TAG STORAGE
    COMPRESSION VISIBLE INVISIBLE FIRST AFTER USING CHARSET SPARSE ROWGUIDCOL FORMAT TITLE COMPRESS VIRTUAL STORED
    SETTINGS ENFORCED DEFERRABLE INITIALLY RELY NORELY PROJECTION MASK MASKED ENCRYPTED HIDDEN PERSISTED CLUSTERED
    NONCLUSTERED""".split()
)
_SERIAL = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "SERIAL2"})
_SERIAL_IS_UNIQUE = frozenset({"mysql", "singlestore"})
"""Dialects in which SERIAL stands for BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE."""


def read_definitions(group: Reader) -> Columns:
    """Read the comma-separated definitions of CREATE TABLE."""
    found = Columns(group.dialect)
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


_FILLED_BY_TSQL = frozenset({"ROWVERSION", "TIMESTAMP"})


def read_column(item: Reader, found: Columns) -> Column | None:
    """Read a column's name, type and attributes into `found`."""
    word = item.peek()
    name = column_name(item)
    if word is None or name is None:
        return None
    written = read_type(item)
    kind = upper_type(written)
    place = item.document.location(word.span)
    column = Column(name, kind or None, nullable_by_type(item, kind), location=place, quoted=word.quoted)
    if kind.split("(", 1)[0] in _SERIAL:
        column = replace(column, nullable=False, generated=True)
        if item.dialect in _SERIAL_IS_UNIQUE:
            found.keys.append(Key(KeyKind.UNIQUE, (name,), location=column.location))
    if kind in _FILLED_BY_TSQL and engine(item.dialect) == "tsql":
        column = replace(column, generated=True)
    column = read_attributes(item, column, found)
    found.add(column, ColumnPlace(word.span, None if written.done else written.span))
    return column


def column_name(item: Reader) -> str | None:
    """Take a column's name; None where none stands, or that of a field inside a column (`address.city`)."""
    word = item.next()
    if word is None or not word.is_name:
        return None
    pieces = [word.text]
    while item.accept("."):
        inner = item.next()
        pieces.append(inner.text if inner is not None else "")
    # ClickHouse keeps the fields of a Nested column as columns of their own, with the dot in their names.
    return ".".join(pieces) if len(pieces) == 1 or item.dialect == "clickhouse" else None


def nullable_by_type(item: Reader, kind: str) -> bool | None:
    """Say whether a column of this type may hold NULL when nothing else is said."""
    if not kind:
        return None
    return item.dialect != "clickhouse" or kind.startswith(("NULLABLE", "LOWCARDINALITY(NULLABLE"))


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
                if item.accept("ON", "NULL"):
                    column = replace(column, nullable=False)
                column = replace(column, default=item.expression(_ATTRIBUTES, at_least=1).value or None)
            case "ON":
                # `ON DELETE SET NULL` says what becomes of a reference, nothing of the column.
                if item.accept_any({"DELETE", "UPDATE"}) and item.accept_any({"SET", "NO"}):
                    item.next()
            case "PRIMARY":
                item.accept("KEY")
                key = inline_key(item, KeyKind.PRIMARY, name, constraint, word)
                column = replace(column, nullable=False if name in key.columns else column.nullable)
                if item.dialect != "clickhouse":
                    found.keys.append(key)
            case "UNIQUE":
                item.accept("KEY")
                found.keys.append(inline_key(item, KeyKind.UNIQUE, name, constraint, word))
            case "FOREIGN":
                read_unparted_reference(item, found, constraint)
            case "CHECK":
                item.at -= 1
                read_check(item, found, constraint)
            case "REFERENCES":
                read_reference(item, found, (name,), constraint, item.at - 1)
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
            case "MASKING" | "MASKED" | "ENCRYPTED":
                column = replace(column, tags=(*column.tags, word.text.lower()))
                item.accept("POLICY")
                item.accept("WITH")
            case "TAG":
                column = replace(column, tags=(*column.tags, *_tags(item.group())))
            case "FIRST":
                found.after[name.lower()] = ""
            case "AFTER":
                found.after[name.lower()] = column_name(item) or ""
            case "SORTKEY":
                found.sort_columns.append(name)
            case "(" | "[":
                item.at -= 1
                item.group()
            case _:
                continue
    return column


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
    text = expression.text if expression is not None else None
    return replace(column, generated=True, nullable=column.nullable if by_default else None, computed=text)


def _tags(group: Reader | None) -> tuple[str, ...]:
    """Give the tags of `TAG (governance.pii = 'email')`, each as written."""
    return tuple(item.text for item in group.items()) if group is not None else ()


def described(options: Reader | None) -> str | None:
    """Give the `description` of BigQuery's OPTIONS (…)."""
    for item in options.items() if options is not None else ():
        if item.accept("DESCRIPTION", "="):
            word = item.next()
            return word.text if word is not None and word.string else None
    return None
