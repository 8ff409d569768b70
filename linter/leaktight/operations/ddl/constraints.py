"""Keys, references and indexes: what stands among column definitions and is none."""

from __future__ import annotations

from itertools import pairwise

from leaktight.catalog.names import engine
from leaktight.catalog.table import Check, Index, Key, KeyKind
from leaktight.languages.sql.ddl import Reader, Word
from leaktight.operations.ddl.definitions import Columns

UNENFORCED = frozenset(
    {"bigquery", "snowflake", "redshift", "databricks", "spark", "spark2", "hive", "athena", "trino"}
)
"""Dialects whose engines take a key as a promise and do not check it."""

_CONSTRAINT_STARTS = frozenset({"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"})


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
            read_reference(item, found, columns, name, start)
    elif item.upper() == "CHECK" and item.upper(1) == "(":
        read_check(item, found, name)
    elif item.upper() == "EXCLUDE" and item.upper(1) in {"(", "USING"}:
        _exclusion(item, found, name, start)
    elif item.upper() in {"KEY", "INDEX", "FULLTEXT", "SPATIAL"} and _is_index(item):
        _index(item, found, start)
    else:
        item.at = start
        return item.upper() == "CONSTRAINT" or _is_no_column(item)
    return True


def _is_no_column(item: Reader) -> bool:
    """Say whether an item declares what is neither a column nor a key, though its first word may name a column."""
    first, second = item.upper(), item.upper(1)
    if (first, second) in _NO_COLUMNS:
        return True
    if item.dialect == "clickhouse":
        words = {word.upper for word in item.words[item.at : item.end]}
        return first == "PROJECTION" or (first == "INDEX" and "TYPE" in words)
    return first == "PROJECTION" and item.upper(3) in {"SELECT", "WITH"}


_NO_COLUMNS = frozenset({("PERIOD", "FOR"), ("SUPPLEMENTAL", "LOG"), ("SHARD", "KEY"), ("SORT", "KEY")})


def _constrains(item: Reader) -> bool:
    """Say whether UNIQUE begins a constraint, not a column of that name."""
    after = item.upper(1)
    if after in {"(", "KEY", "INDEX", "NULLS", "CLUSTERED", "NONCLUSTERED", "WITHOUT"}:
        return True
    return item.upper(2) == "(" and _may_be_mysql(item) and not _number(item.peek(3))


def _may_be_mysql(item: Reader) -> bool:
    return not item.dialect or engine(item.dialect) == "mysql"


def _is_index(item: Reader) -> bool:
    """Say whether KEY, INDEX and their kin begin an index, not a column of that name."""
    if engine(item.dialect) == "tsql":
        return item.upper() == "INDEX"
    if item.dialect == "snowflake":  # a hybrid table's
        return item.upper() == "INDEX" and item.upper(2) == "(" and not _number(item.peek(3))
    if not _may_be_mysql(item):
        return False
    if item.upper() in {"FULLTEXT", "SPATIAL"}:
        return item.upper(1) in {"KEY", "INDEX", "("} or item.upper(2) == "("
    if item.upper(1) == "(":
        return not _number(item.peek(2))
    at = 4 if item.upper(2) == "USING" else 2
    return item.upper(at) == "(" and not _number(item.peek(at + 1))


def _index(item: Reader, found: Columns, start: int) -> None:
    method = item.accept_any({"FULLTEXT", "SPATIAL"}).lower() or None
    item.accept_any({"KEY", "INDEX"})
    name = None if item.upper() in {"(", "USING"} else item.next()
    unique = item.accept("UNIQUE")
    while item.accept_any({"CLUSTERED", "NONCLUSTERED", "COLUMNSTORE", "HASH"}):
        pass
    if item.accept("USING"):
        item.next()
    listed = item.at
    columns = column_names(item.group())
    elements = index_elements(item, listed)
    if columns:
        place = item.document.location(Reader(item.document, item.words, start, item.at).span)
        predicate = item.expression(_AFTER_PREDICATE).text if item.accept("WHERE") else None
        text = name.text if name is not None else None
        found.indexes.append(Index(text, columns, unique, predicate, method, location=place, elements=elements))


_AFTER_PREDICATE = frozenset({"WITH", "ON", "INCLUDE"})


def _number(word: Word | None) -> bool:
    return word is not None and not word.quoted and word.text[:1].isdigit()


def _skip_name(item: Reader) -> None:
    while not item.done and item.upper() != "(":
        item.next()


def _key(item: Reader, found: Columns, kind: KeyKind, name: str | None, start: int) -> None:
    distinct = True
    while not item.done and item.upper() != "(":
        distinct = distinct and item.upper() != "DISTINCT"
        word = item.next()
        if word is not None and (word.quoted or word.upper not in _KEY_WORDS) and name is None:
            name = word.text
    columns = column_names(item.group())
    if not columns or (item.dialect == "clickhouse" and kind is KeyKind.PRIMARY):
        return
    place = item.document.location(Reader(item.document, item.words, start, item.at).span)
    found.keys.append(Key(kind, columns, enforced=_enforced(item), name=name, location=place, nulls_distinct=distinct))


def taken_index(item: Reader) -> tuple[Key, str] | None:
    """Take PostgreSQL's `[CONSTRAINT name] PRIMARY KEY USING INDEX index`: the key without its columns, and the index."""
    ahead = Reader(item.document, item.words, item.at, item.end)
    name = ahead.next() if ahead.accept("CONSTRAINT") else None
    kind = ahead.accept_any({"UNIQUE", "PRIMARY"})
    ahead.accept("KEY")
    index = ahead.next() if kind and ahead.accept("USING", "INDEX") else None
    if index is None:
        return None
    place = item.document.location(item.span)
    of_kind = KeyKind.PRIMARY if kind == "PRIMARY" else KeyKind.UNIQUE
    return Key(of_kind, (), name=name.text if name is not None else None, location=place), index.text


def _exclusion(item: Reader, found: Columns, name: str | None, start: int) -> None:
    """Read PostgreSQL's EXCLUDE into `found` where it lets no row in twice: it compares all rows, by `=` and `&&` alone."""
    _skip_name(item)
    group = item.group()
    if group is None or any(word.upper == "WHERE" for word in item.words[item.at : item.end]):
        return
    text = group.text
    if text and all(element.words[element.end - 1].text in {"=", "&&"} for element in group.items()):
        place = item.document.location(Reader(item.document, item.words, start, item.at).span)
        found.exclusions.append(Check(text, name, place))


_KEY_WORDS = frozenset("KEY INDEX CLUSTERED NONCLUSTERED USING BTREE HASH NULLS NOT DISTINCT".split())


def _enforced(item: Reader) -> bool:
    rest = item.words[item.at : item.end]
    unenforced = any(a.upper == "NOT" and b.upper == "ENFORCED" for a, b in pairwise(rest))
    return item.dialect not in UNENFORCED and not unenforced


def read_reference(item: Reader, found: Columns, columns: tuple[str, ...], name: str | None, start: int) -> None:
    """Read what follows REFERENCES into `found`: `columns` point at a table's; `start` is where the whole begins."""
    target = item.name()
    if target is None:
        return
    referenced = column_names(item.group())
    place = item.document.location(Reader(item.document, item.words, start, item.at).span)
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


def index_elements(reader: Reader, at: int) -> tuple[str, ...]:
    """Give the elements of the bracketed list at a place as `Index.elements` has them; the reader stays where it is."""
    group = Reader(reader.document, reader.words, at, reader.end).group()
    if group is None:
        return ()
    found = []
    bare = True
    for item in group.items():
        text = item.text.lower()
        found.append(text.removesuffix(" asc"))
        bare = bare and item.end - item.at == 1
    return () if bare else tuple(found)


def read_check(item: Reader, found: Columns, name: str | None) -> None:
    """Read a CHECK into `found`."""
    start = item.at
    item.accept("CHECK")
    condition = item.group()
    if condition is not None and not condition.done:
        text = condition.text
        place = item.document.location(Reader(item.document, item.words, start, item.at).span)
        found.checks.append(Check(text, name, place))


def inline_key(item: Reader, kind: KeyKind, column: str, name: str | None, word: Word) -> Key:
    """Give the key that stands in the definition of a column, at `word`.

    SQL Server lets a constraint of the table follow a column without a comma; it names its columns itself.
    """
    item.accept_any({"CLUSTERED", "NONCLUSTERED"})
    columns = column_names(item.group()) if item.upper() == "(" else ()
    place = item.document.location(word.span)
    return Key(kind, columns or (column,), enforced=_enforced(item), name=name, location=place)


def read_unparted_reference(item: Reader, found: Columns, name: str | None) -> None:
    """Read the rest of a FOREIGN KEY of the table that follows a column without a comma."""
    start = item.at - 1
    if item.accept("KEY") and item.upper() == "(":
        columns = column_names(item.group())
        if item.accept("REFERENCES"):
            read_reference(item, found, columns, name, start)
