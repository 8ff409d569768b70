"""What SQLite says of its tables: its PRAGMAs, and its own text for what they leave out."""

from __future__ import annotations

from collections.abc import Sequence

from leaktight.catalog.table import Column, Index, Key, KeyKind, Table, TableName
from leaktight.database.connection import Row, Session, by_table
from leaktight.operations.declared import declared_index

_TABLES = """
SELECT l.name AS table_name, l.type AS kind
FROM pragma_table_list AS l
WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""
_FACTS = """c.name AS column_name, c.type AS data_type, c."notnull" AS not_null, c.dflt_value AS column_default,
       c.pk AS in_key, c.hidden AS hidden"""
_COLUMNS = f"""
SELECT '' AS table_schema, l.name AS table_name, {_FACTS}
FROM pragma_table_list AS l JOIN pragma_table_xinfo(l.name) AS c
WHERE l.schema = 'main' AND l.type = 'table'
ORDER BY l.name, c.cid
"""  # noqa: S608  # no value of a user is in it
_COLUMNS_OF_ONE = f"SELECT {_FACTS} FROM pragma_table_xinfo(:name) AS c ORDER BY c.cid"  # noqa: S608
_FOREIGN = """
SELECT '' AS table_schema, l.name AS table_name, f.id AS id, f."table" AS other_table, f."from" AS column_name,
       f."to" AS other_column
FROM pragma_table_list AS l JOIN pragma_foreign_key_list(l.name) AS f
WHERE l.schema = 'main' AND l.type = 'table'
ORDER BY l.name, f.id, f.seq
"""
_INDEXES = """
SELECT '' AS table_schema, l.name AS table_name, i.name AS name, i."unique" AS is_unique, i.origin AS origin,
       x.name AS column_name, m.sql AS ddl
FROM pragma_table_list AS l JOIN pragma_index_list(l.name) AS i JOIN pragma_index_xinfo(i.name) AS x
LEFT JOIN sqlite_schema AS m ON m.type = 'index' AND m.name = i.name
WHERE l.schema = 'main' AND l.type = 'table' AND x.key = 1
ORDER BY l.name, i.name, x.seqno
"""
_GENERATED = frozenset({2, 3})
_OF_MODULE = 1


def read(session: Session) -> list[Table]:
    """Give all tables of the file. A name has one part: a file is one schema."""
    tables = session.rows(_TABLES, "the tables")
    columns = by_table(session.rows(_COLUMNS, "the columns"))
    columns |= {("", row["table_name"]): _read_alone(session, row) for row in tables if row["kind"] != "table"}
    foreign = by_table(session.rows(_FOREIGN, "the foreign keys"))
    indexes = by_table(session.rows(_INDEXES, "the indexes"))
    primary = {name.lower(): tuple(row["column_name"] for row in _in_key(rows)) for (_, name), rows in columns.items()}
    found = []
    for row in tables:
        at = ("", row["table_name"])
        uniques, plain = _indexes(indexes.get(at, ()))
        own = primary.get(row["table_name"].lower())
        keys = [Key(KeyKind.PRIMARY, own)] if own else []
        keys += [Key(KeyKind.UNIQUE, names) for names in uniques]
        found.append(
            Table(
                TableName((row["table_name"],)),
                {column.name: column for column in _columns(columns.get(at, ()), row)},
                keys=(*keys, *_foreign(foreign.get(at, ()), primary)),
                indexes=tuple(plain),
                kind=row["kind"],
            )
        )
    return found


def _read_alone(session: Session, table: Row) -> list[Row]:
    """Give the columns of a view or a virtual table; none where it reads what is gone, or its module is not here."""
    from sqlalchemy.exc import DBAPIError

    try:
        return session.rows(_COLUMNS_OF_ONE, f"the columns of {table['table_name']}", {"name": table["table_name"]})
    except DBAPIError:
        return []


def _in_key(rows: Sequence[Row]) -> list[Row]:
    return sorted((row for row in rows if row["in_key"]), key=lambda row: row["in_key"])


def _columns(rows: Sequence[Row], table: Row) -> list[Column]:
    found = []
    alone = len(_in_key(rows)) == 1
    for row in rows:
        if row["hidden"] == _OF_MODULE:
            continue
        kind = (row["data_type"] or "").upper().removesuffix(" GENERATED ALWAYS") or None
        counts_up = alone and bool(row["in_key"]) and kind == "INTEGER"  # another name of the row's number
        nullable = not row["not_null"] and not row["in_key"]
        found.append(
            Column(
                row["column_name"],
                kind,
                nullable=nullable if table["kind"] == "table" else None,
                default=row["column_default"],
                generated=row["hidden"] in _GENERATED or counts_up,
            )
        )
    return found


def _foreign(rows: Sequence[Row], primary: dict[str, tuple[str, ...]]) -> list[Key]:
    """Give foreign keys; `primary` has the primary key of each table by its name in lower case."""
    by_id: dict[object, list[Row]] = {}
    for row in rows:
        by_id.setdefault(row["id"], []).append(row)
    found = []
    for group in by_id.values():
        other = group[0]["other_table"]
        to = tuple(row["other_column"] for row in group if row["other_column"]) or primary.get(other.lower(), ())
        names = tuple(row["column_name"] for row in group)
        found.append(Key(KeyKind.FOREIGN, names, references=TableName((other,)), referenced_columns=to))
    return found


def _indexes(rows: Sequence[Row]) -> tuple[list[tuple[str, ...]], list[Index]]:
    """Give the column sets of unique constraints, and the indexes that were created as such."""
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row["name"], []).append(row)
    uniques, plain = [], []
    for name, group in by_name.items():
        names = tuple(row["column_name"] for row in group)
        if group[0]["origin"] == "u":
            uniques.append(names)
        elif group[0]["origin"] == "c":
            said = declared_index(group[0]["ddl"] or "", "sqlite")
            if said is not None:
                plain.append(Index(name, said.columns, bool(group[0]["is_unique"]), said.predicate))
            elif all(names):
                plain.append(Index(name, names, bool(group[0]["is_unique"])))
    return uniques, plain
