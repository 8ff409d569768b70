"""What the `information_schema` of MySQL and MariaDB says, which differ in how they write a default."""

from __future__ import annotations

from collections.abc import Sequence

from leaktight.catalog.table import Column, Index, Key, KeyKind, Partitioning, Statistics, Table, TableName
from leaktight.database.connection import Row, Session, by_table
from leaktight.operations.declared import declared_partitioning

_SYSTEM = "('mysql', 'information_schema', 'performance_schema', 'sys')"
_OURS = f"table_schema NOT IN {_SYSTEM} AND (:base IS NULL OR table_schema = :base)"
_TABLES = f"""
SELECT table_schema, table_name, table_type, table_comment, table_rows, data_length, index_length
FROM information_schema.tables WHERE {_OURS} AND table_type <> 'SEQUENCE'
"""  # noqa: S608  # no value of a user is in it
_COLUMNS = f"""
SELECT table_schema, table_name, column_name, column_type, is_nullable, column_default, extra, column_comment
FROM information_schema.columns WHERE {_OURS} ORDER BY table_schema, table_name, ordinal_position
"""  # noqa: S608
_KEYS = f"""
SELECT c.table_schema, c.table_name, c.constraint_name, c.constraint_type, k.column_name,
       k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name
FROM information_schema.table_constraints AS c
JOIN information_schema.key_column_usage AS k
  ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name
 AND k.table_schema = c.table_schema AND k.table_name = c.table_name
WHERE c.constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
  AND c.table_schema NOT IN {_SYSTEM} AND (:base IS NULL OR c.table_schema = :base)
ORDER BY c.table_schema, c.table_name, c.constraint_name, k.ordinal_position
"""  # noqa: S608
_INDEXES = f"""
SELECT * FROM information_schema.statistics WHERE {_OURS}
ORDER BY table_schema, table_name, index_name, seq_in_index
"""  # noqa: S608
_PARTITIONS = f"""
SELECT table_schema, table_name, max(partition_method) AS method, max(partition_expression) AS expression,
       count(*) AS parts
FROM information_schema.partitions WHERE {_OURS} AND partition_name IS NOT NULL
GROUP BY table_schema, table_name
"""  # noqa: S608
_KINDS = {"PRIMARY KEY": KeyKind.PRIMARY, "UNIQUE": KeyKind.UNIQUE, "FOREIGN KEY": KeyKind.FOREIGN}
_USUAL_METHODS = frozenset({"BTREE", ""})


def read(session: Session) -> list[Table]:
    """Give all tables that the user may see, of the database that the URL names or of all."""
    about = session.rows("SELECT DATABASE() AS base, VERSION() AS version", "the version")[0]
    values = {"base": about["base"]}
    quotes = "mariadb" in str(about["version"]).lower()
    tables = session.rows(_TABLES, "the tables", values)
    columns = by_table(session.rows(_COLUMNS, "the columns", values))
    keys = by_table(session.rows(_KEYS, "the keys", values))
    indexes = by_table(session.rows(_INDEXES, "the indexes", values))
    parts = by_table(session.rows(_PARTITIONS, "the partitions", values))
    found = []
    for row in tables:
        at = (row["table_schema"], row["table_name"])
        view = row["table_type"] in {"VIEW", "SYSTEM VIEW"}
        own = _keys(keys.get(at, ()))
        cut = parts.get(at, [None])[0]
        found.append(
            Table(
                TableName(at),
                {column.name: column for column in _columns(columns.get(at, ()), view=view, quotes=quotes)},
                keys=tuple(own),
                indexes=tuple(_indexes(indexes.get(at, ()), {key.name for key in own})),
                partitioning=_partitioning(cut),
                kind="view" if view else "table",
                comment=None if view else row["table_comment"] or None,
                statistics=None if view else _statistics(row, cut),
            )
        )
    return found


def _columns(rows: Sequence[Row], *, view: bool, quotes: bool) -> list[Column]:
    found = []
    for row in rows:
        extra = (row["extra"] or "").upper()
        generated = "AUTO_INCREMENT" in extra or "VIRTUAL" in extra or "STORED" in extra or "PERSISTENT" in extra
        found.append(
            Column(
                row["column_name"],
                _upper(_text(row["column_type"])),
                nullable=None if view else row["is_nullable"] == "YES",
                default=None if generated else _default(row, extra, quotes=quotes),
                comment=_text(row["column_comment"]) or None,
                generated=generated,
            )
        )
    return found


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _upper(kind: str) -> str:
    """Give a type in upper case, but for the values of an ENUM or SET."""
    pieces = kind.split("'")
    return "'".join(piece if at % 2 else piece.upper() for at, piece in enumerate(pieces))


def _default(row: Row, extra: str, *, quotes: bool) -> str | None:
    """Give a default as an expression: MariaDB writes one, MySQL the bare value unless it is computed."""
    if row["column_default"] is None:
        return None
    default = _text(row["column_default"])
    if quotes:
        return None if default == "NULL" else default
    number = default.lstrip("-").replace(".", "", 1).isdigit()
    computed = "DEFAULT_GENERATED" in extra or default.upper().startswith(("CURRENT_TIMESTAMP", "B'"))
    return default if computed or number else "'" + default.replace("'", "''") + "'"


def _keys(rows: Sequence[Row]) -> list[Key]:
    by_name: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_name.setdefault((row["constraint_type"], row["constraint_name"]), []).append(row)
    found = []
    for (kind, name), group in by_name.items():
        foreign = kind == "FOREIGN KEY"
        other = (group[0]["referenced_table_schema"], group[0]["referenced_table_name"])
        found.append(
            Key(
                _KINDS[kind],
                tuple(row["column_name"] for row in group),
                references=TableName(other) if foreign else None,
                referenced_columns=tuple(row["referenced_column_name"] for row in group) if foreign else (),
                name=None if kind == "PRIMARY KEY" else name,
            )
        )
    return found


def _indexes(rows: Sequence[Row], constraints: set[str | None]) -> list[Index]:
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row["index_name"], []).append(row)
    found = []
    for name, group in by_name.items():
        unique = not int(group[0]["non_unique"])
        if name == "PRIMARY" or (unique and name in constraints):
            continue
        method = _text(group[0]["index_type"]).upper()
        columns = tuple(_element(row) for row in group)
        found.append(Index(name, columns, unique, method=None if method in _USUAL_METHODS else method.lower()))
    return found


def _element(row: Row) -> str:
    if row["column_name"] is None:
        return _text(row.get("expression"))
    return f"{row['column_name']}({row['sub_part']})" if row["sub_part"] else str(row["column_name"])


def _partitioning(row: Row | None) -> Partitioning | None:
    if row is None:
        return None
    method, expression = _text(row["method"]), _text(row["expression"])
    said = f"{method} ({expression})"
    return declared_partitioning(said.removeprefix("LINEAR "), "mysql") if expression else None


def _statistics(row: Row, cut: Row | None) -> Statistics:
    size = int(row["data_length"] or 0) + int(row["index_length"] or 0)
    rows = int(row["table_rows"]) if row["table_rows"] is not None else None
    return Statistics(rows, size, int(cut["parts"]) if cut is not None else None)
