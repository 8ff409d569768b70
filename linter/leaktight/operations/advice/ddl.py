"""The statements that change tables as rules propose, ready to run in the engine that the table stands in.

Each gives whole statements without their semicolon; none where the engine has no statement for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from leaktight.catalog.column_types import TypeFamily, family
from leaktight.catalog.table import Column, Index, Table, TableName
from leaktight.languages.sql.identifiers import written

_POSTGRES = frozenset({"postgres", "materialize", "risingwave"})
_INDEX_OF_TABLE = frozenset({"mysql", "singlestore", "tsql"})
"""Dialects in which an index is named within its table."""
_INCLUDES = frozenset({"postgres", "tsql"})
_CLUSTERS = frozenset({"snowflake", "databricks"})
_NAME_LENGTH = 63


def table_name(name: TableName, dialect: str) -> str:
    """Give a table's name as statements write it."""
    if dialect == "bigquery" and any("-" in part for part in name.parts):
        return f"`{'.'.join(name.parts)}`"
    quotes = name.quoted or (None,) * len(name.parts)
    # Some engine reserves the word, and none as the name of the schema that it makes by itself.
    return ".".join(
        part if part.lower() == "public" else _written(part, dialect, quoted)
        for part, quoted in zip(name.parts, quotes, strict=True)
    )


def _written(name: str, dialect: str, quoted: bool | None) -> str:
    """Give a name as statements write it. None for `quoted` says that an object mapper puts all in quotes that need them."""
    return written(name, dialect, exact=quoted is None, quoted=quoted is True)


def _column(table: Table, column: Column) -> str:
    return _written(column.name, table.dialect, _quoted(table, column))


def _quoted(table: Table, part: Column | Index) -> bool | None:
    """Say whether the name of a part of a table is declared in quotes; None where an object mapper declares all of it."""
    return part.quoted or (False if table.name.quoted else None)


def names(table: Table, columns: Sequence[str]) -> str:
    """Give columns of a table as a list of names; what is no column of it, as an expression, stands as it is."""
    return ", ".join(_column(table, found) if (found := table.column(name)) is not None else name for name in columns)


def create_index(table: Table, columns: Sequence[str], *, included: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the statement that makes an index, without blocking writes where the engine can: Postgres no partitioned table's."""
    name = "_".join((table.name.name, *columns, "idx")).lower()[:_NAME_LENGTH]
    name = "".join(letter if letter.isalnum() else "_" for letter in name)
    concurrently = "CONCURRENTLY " if table.dialect in _POSTGRES and table.partitioning is None else ""
    carried = f" INCLUDE ({names(table, included)})" if included and table.dialect in _INCLUDES else ""
    on = table_name(table.name, table.dialect)
    name = written(name, table.dialect)
    return (f"CREATE INDEX {concurrently}{name} ON {on} ({names(table, columns)}){carried}",)


def drop_index(table: Table, index: Index) -> tuple[str, ...]:
    """Give the statement that drops an index; none for one without a name."""
    if not index.name:
        return ()
    name = _written(index.name, table.dialect, _quoted(table, index))
    if table.dialect in _INDEX_OF_TABLE:
        return (f"DROP INDEX {name} ON {table_name(table.name, table.dialect)}",)
    if table.dialect in _POSTGRES:
        # An index lives in its table's schema, and is found by the search path alone where that is not named.
        above = TableName(table.name.parts[:-1][-1:], table.name.quoted[:-1][-1:])
        name = f"{table_name(above, table.dialect)}.{name}" if above.parts else name
        return (f"DROP INDEX {'CONCURRENTLY ' if table.partitioning is None else ''}{name}",)
    return (f"DROP INDEX {name}",)


def set_type(table: Table, column: Column, kind: str) -> tuple[str, ...]:
    """Give the statement that gives a column another type, with how its values are led over.

    None where the engine refuses it: Snowflake and BigQuery lead no text over into a date, SQL Server changes no column that a
    key or an index holds, Postgres none by which the table is partitioned. None either for a column that is worked out from
    others, whose expression has the type.
    """
    if column.computed is not None:
        return ()
    on, name, dialect = table_name(table.name, table.dialect), _column(table, column), table.dialect
    required = " NOT NULL" if table.nullable(column.name) is False else ""
    if dialect in _POSTGRES:
        if table.partitioning is not None and column.name.lower() in _lower(table.partitioning.columns):
            return ()
        altered = f"ALTER COLUMN {name} TYPE {kind}{_using(column, name, kind)}"
        if column.default and "::" in altered:
            # A default is cast along only where a value would be without USING.
            default = f"ALTER COLUMN {name} SET DEFAULT {_recast(column.default, kind)}"
            altered = f"ALTER COLUMN {name} DROP DEFAULT, {altered}, {default}"
        return (f"ALTER TABLE {on} {altered}", *_widened(table, column, kind))
    if dialect in {"mysql", "singlestore"}:
        if column.generated and family(column.type, dialect) is not TypeFamily.INTEGER:
            return ()  # it does not count up, so it is worked out from others
        return (f"ALTER TABLE {on} MODIFY COLUMN {name} {kind}{required}{_kept(column)}",)
    if dialect == "oracle":
        return (f"ALTER TABLE {on} MODIFY ({name} {kind})",)
    if dialect == "tsql":
        return () if _is_held(table, column) else (f"ALTER TABLE {on} ALTER COLUMN {name} {kind}{required}",)
    if dialect in {"snowflake", "bigquery"} and family(column.type, dialect) is family(kind, dialect):
        return (f"ALTER TABLE {on} ALTER COLUMN {name} SET DATA TYPE {kind}",)
    return ()


def _using(column: Column, name: str, kind: str) -> str:
    """Give Postgres' USING where it casts no value by itself, and where it would read naive times in the session's zone."""
    before, after = family(column.type, "postgres"), family(kind, "postgres")
    if before is TypeFamily.INSTANT and after is TypeFamily.INSTANT:
        return f" USING {name} AT TIME ZONE 'UTC'"
    if before is TypeFamily.TEXT and after is not TypeFamily.TEXT:
        return f" USING {name}::{kind}"
    return ""


def _recast(default: str, kind: str) -> str:
    """Give a default as one of another type, the cast of its own taken off: `'x'::text`."""
    value, cast, own = default.rpartition("::")
    plain = value if cast and "'" not in own else default
    return f"({plain})::{kind}"


def _widened(table: Table, column: Column, kind: str) -> tuple[str, ...]:
    """Give what makes the sequence of a Postgres `SERIAL` count on: it ends where the column's first type does."""
    if column.type not in {"SERIAL", "SERIAL4", "SMALLSERIAL", "SERIAL2"}:
        return ()
    name, quoted = table.name, table.name.quoted
    of_table = name.name.lower() if quoted[-1:] == (False,) else name.name
    of_column = column.name.lower() if quoted and not column.quoted else column.name
    parts = (*name.parts[:-1], f"{of_table}_{of_column}_seq")
    sequence = TableName(parts, (*quoted[:-1], True) if quoted else ())
    return (f"ALTER SEQUENCE {table_name(sequence, table.dialect)} AS {kind}",)


def _is_held(table: Table, column: Column) -> bool:
    held = [*(key.columns for key in table.keys), *(index.columns for index in table.indexes)]
    return any(column.name.lower() in _lower(columns) for columns in held)


def _lower(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in columns)


def _kept(column: Column) -> str:
    """Give what MySQL's MODIFY forgets of a column unless it is said again."""
    default = f" DEFAULT {column.default}" if column.default and not column.generated else ""
    comment = " COMMENT '" + column.comment.replace("\\", "\\\\").replace("'", "''") + "'" if column.comment else ""
    return f"{default}{' AUTO_INCREMENT' if column.generated else ''}{comment}"


def set_not_null(table: Table, column: Column) -> tuple[str, ...]:
    """Give the statements that make a column required; on Postgres they look through the table without blocking writes."""
    on, name, dialect = table_name(table.name, table.dialect), _column(table, column), table.dialect
    if dialect in _POSTGRES:
        check = written(f"{table.name.name}_{column.name}_not_null"[:_NAME_LENGTH], dialect)
        return (
            f"ALTER TABLE {on} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID",
            f"ALTER TABLE {on} VALIDATE CONSTRAINT {check}",
            f"ALTER TABLE {on} ALTER COLUMN {name} SET NOT NULL",
            f"ALTER TABLE {on} DROP CONSTRAINT {check}",
        )
    if dialect in {"mysql", "singlestore", "tsql"} and column.type:
        if dialect == "tsql":
            return (f"ALTER TABLE {on} ALTER COLUMN {name} {column.type} NOT NULL",)
        return (f"ALTER TABLE {on} MODIFY COLUMN {name} {column.type} NOT NULL{_kept(column)}",)
    if dialect == "oracle":
        return (f"ALTER TABLE {on} MODIFY ({name} NOT NULL)",)
    if dialect in {"sqlite", "bigquery"}:
        return ()
    return (f"ALTER TABLE {on} ALTER COLUMN {name} SET NOT NULL",)


def add_column_of_key(table: Table, column: Column, key: str) -> tuple[str, ...]:
    """Give the statement that makes a column of a key at the top of JSON documents, worked out by the engine.

    None where the key is no plain word, and for engines that add no such column. Postgres writes the whole table anew for it.
    """
    dialect = table.dialect
    if not key.isidentifier() or not key.isascii():
        return ()
    on, name, new = table_name(table.name, dialect), _column(table, column), written(key.lower(), dialect)
    if dialect == "postgres":
        return (f"ALTER TABLE {on} ADD COLUMN {new} TEXT GENERATED ALWAYS AS ({name} ->> '{key}') STORED",)
    if dialect == "mysql":
        return (f"ALTER TABLE {on} ADD COLUMN {new} VARCHAR(255) GENERATED ALWAYS AS ({name} ->> '$.{key}') VIRTUAL",)
    return ()


def set_options(table: Table, option: str) -> tuple[str, ...]:
    """Give BigQuery's statement that sets an option of a table, `name = value`."""
    return (f"ALTER TABLE {table_name(table.name, table.dialect)} SET OPTIONS ({option})",)


def add_foreign_key(table: Table, column: Column, other: Table, key: str) -> tuple[str, ...]:
    """Give the statements that make a column reference another table's key; on Postgres without blocking writes."""
    dialect, on = table.dialect, table_name(table.name, table.dialect)
    target = f"{table_name(other.name, dialect)} ({names(other, (key,))})"
    if dialect == "sqlite":
        return ()
    if dialect in _POSTGRES:
        name = written(f"{table.name.name}_{column.name}_fkey"[:_NAME_LENGTH], dialect)
        foreign = f"FOREIGN KEY ({names(table, (column.name,))}) REFERENCES {target}"
        if table.partitioning is not None:
            # Before version 18 those of a partitioned table cannot be checked later.
            return (f"ALTER TABLE {on} ADD CONSTRAINT {name} {foreign}",)
        return (
            f"ALTER TABLE {on} ADD CONSTRAINT {name} {foreign} NOT VALID",
            f"ALTER TABLE {on} VALIDATE CONSTRAINT {name}",
        )
    return (f"ALTER TABLE {on} ADD FOREIGN KEY ({names(table, (column.name,))}) REFERENCES {target}",)


def arrange_by(table: Table, column: Column) -> tuple[str, ...]:
    """Give the statements that lay a table out by a column: clusters and sort keys in place, partitions as a new table.

    A table that is cut by other partitions is written anew beside the old one; to put it in the old one's place is left to
    who knows what writes to it meanwhile.
    """
    dialect, on = table.dialect, table_name(table.name, table.dialect)
    name = _column(table, column)
    if dialect in _CLUSTERS:
        return (f"ALTER TABLE {on} CLUSTER BY ({name})",)
    if dialect == "redshift":
        return (f"ALTER TABLE {on} ALTER SORTKEY ({name})",)
    new = TableName((*table.name.parts[:-1], f"{table.name.name}_by_{column.name.lower()}"), table.name.quoted)
    new_name = table_name(new, dialect)
    kind = family(column.type, dialect)
    rows = f"SELECT * FROM {on}"  # noqa: S608  # shown to the user, run by nobody
    if dialect == "bigquery":
        if kind not in {TypeFamily.DATE, TypeFamily.INSTANT}:
            return (f"CREATE TABLE {new_name} CLUSTER BY {name} AS {rows}",)
        cut = name if kind is TypeFamily.DATE else f"DATE({name})"
        option = " OPTIONS (require_partition_filter = TRUE)"
        return (f"CREATE TABLE {new_name} PARTITION BY {cut}{option} AS {rows}",)
    if dialect in {"spark", "spark2"}:
        return (f"CREATE TABLE {new_name} USING delta CLUSTER BY ({name}) AS {rows}",)
    if dialect in _POSTGRES:
        return (
            f"CREATE TABLE {new_name} (LIKE {on} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE ({name})",
            f"CREATE TABLE {_default(new_name)} PARTITION OF {new_name} DEFAULT",
            f"INSERT INTO {new_name} {rows}",
        )
    return ()


def _default(name: str) -> str:
    return name[:-1] + '_default"' if name.endswith('"') else f"{name}_default"
