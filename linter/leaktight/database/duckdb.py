"""What DuckDB's own tables of its catalog say."""

from __future__ import annotations

from collections.abc import Sequence

from leaktight.catalog.table import Column, Index, Key, KeyKind, Statistics, Table, TableName
from leaktight.database.connection import Row, Session, by_table
from leaktight.operations.declared import declared_index

_HERE = "database_name = current_database() AND NOT internal"
_TABLES = f"""
SELECT schema_name AS table_schema, table_name, 'table' AS kind, comment, estimated_size AS row_count
FROM duckdb_tables() WHERE {_HERE} AND NOT temporary
UNION ALL
SELECT schema_name, view_name, 'view', comment, NULL FROM duckdb_views() WHERE {_HERE} AND NOT temporary
"""  # noqa: S608  # no value of a user is in it
_COLUMNS = f"""
SELECT schema_name AS table_schema, * FROM duckdb_columns() WHERE {_HERE}
ORDER BY schema_name, table_name, column_index
"""  # noqa: S608
_CONSTRAINTS = """
SELECT schema_name AS table_schema, * FROM duckdb_constraints()
WHERE database_name = current_database() AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
"""
_INDEXES = """
SELECT schema_name AS table_schema, table_name, index_name AS name, is_unique, sql AS ddl
FROM duckdb_indexes() WHERE database_name = current_database() AND NOT is_primary
"""
_KINDS = {"PRIMARY KEY": KeyKind.PRIMARY, "UNIQUE": KeyKind.UNIQUE, "FOREIGN KEY": KeyKind.FOREIGN}


def read(session: Session) -> list[Table]:
    """Give all tables and views of the file."""
    tables = session.rows(_TABLES, "the tables")
    columns = by_table(session.rows(_COLUMNS, "the columns"))
    constraints = by_table(session.rows(_CONSTRAINTS, "the keys"))
    indexes = by_table(session.rows(_INDEXES, "the indexes"))
    found = []
    for row in tables:
        at = (row["table_schema"], row["table_name"])
        view = row["kind"] == "view"
        found.append(
            Table(
                TableName(at),
                {column.name: column for column in _columns(columns.get(at, ()), view=view)},
                keys=tuple(_key(key) for key in constraints.get(at, ())),
                indexes=tuple(index for item in indexes.get(at, ()) if (index := _index(item)) is not None),
                kind=row["kind"],
                comment=row["comment"],
                statistics=None if view else Statistics(row["row_count"]),
            )
        )
    return found


def _columns(rows: Sequence[Row], *, view: bool) -> list[Column]:
    found = []
    for row in rows:
        generated = bool(row.get("is_generated"))
        default = row["column_default"]
        counts = default is not None and default.lower().startswith("nextval(")
        found.append(
            Column(
                row["column_name"],
                row["data_type"],
                nullable=None if view else bool(row["is_nullable"]),
                default=None if generated or counts else default,
                comment=row["comment"],
                generated=generated or counts,
            )
        )
    return found


def _key(row: Row) -> Key:
    kind = _KINDS[row["constraint_type"]]
    other = row.get("referenced_table")
    return Key(
        kind,
        tuple(row["constraint_column_names"]),
        # A foreign key of DuckDB never leaves its schema.
        references=TableName((row["table_schema"], other)) if kind is KeyKind.FOREIGN and other else None,
        referenced_columns=tuple(row.get("referenced_column_names") or ()) if kind is KeyKind.FOREIGN else (),
        name=row.get("constraint_name"),
    )


def _index(row: Row) -> Index | None:
    said = declared_index(row["ddl"] or "", "duckdb")
    return Index(row["name"], said.columns, bool(row["is_unique"]), said.predicate) if said is not None else None
