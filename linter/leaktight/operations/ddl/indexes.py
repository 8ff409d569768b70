"""CREATE INDEX."""

from __future__ import annotations

from leaktight.catalog.change import AddIndex
from leaktight.catalog.table import Index
from leaktight.languages.sql.ddl import Reader
from leaktight.operations.ddl.constraints import column_names, index_elements


def read_index(reader: Reader, modifiers: set[str]) -> AddIndex | None:
    """Read what follows CREATE … INDEX; `modifiers` are the words between the two."""
    start = reader.at
    reader.accept("CONCURRENTLY")
    reader.accept("IF", "NOT", "EXISTS")
    named = reader.name() if reader.upper() != "ON" else None
    name = named[0].name if named is not None else None
    quoted = named is not None and named[0].quoted[-1:] == (True,)
    method = next((word.lower() for word in ("BITMAP", "FULLTEXT", "SPATIAL") if word in modifiers), None)
    method = _method(reader) or method
    if not reader.accept("ON"):
        return None
    reader.accept("ONLY")
    target = reader.name()
    if target is None:
        return None
    method = _method(reader) or method
    listed = reader.at
    columns = column_names(reader.group())
    elements = index_elements(reader, listed)
    distinct = True
    included: tuple[str, ...] = ()
    predicate = None
    while not reader.done:
        if reader.accept("INCLUDE"):
            included = column_names(reader.group())
        elif reader.accept("NULLS", "NOT", "DISTINCT"):
            distinct = False
        elif reader.accept("WHERE"):
            predicate = reader.expression(_AFTER_PREDICATE).text
        else:
            method = _method(reader) or method
            reader.next()
    place = reader.document.location(Reader(reader.document, reader.words, start, reader.end).span)
    if not columns:
        return None
    unique = "UNIQUE" in modifiers
    index = Index(
        name, columns, unique, predicate, method, included, place, elements, nulls_distinct=distinct, quoted=quoted
    )
    return AddIndex(target[0], index, location=place, dialect=reader.dialect)


_AFTER_PREDICATE = frozenset({"WITH", "TABLESPACE", "INCLUDE"})


def _method(reader: Reader) -> str | None:
    if not reader.accept("USING"):
        return None
    word = reader.next()
    return word.text.lower() if word is not None else None
