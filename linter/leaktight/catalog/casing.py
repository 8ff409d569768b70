"""Whether two names that differ in case or quotes are one name, as each engine decides it.

- PostgreSQL makes a name without quotes lower case, one in quotes stays as it is
  (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS). Redshift makes both lower case
  (https://docs.aws.amazon.com/redshift/latest/dg/r_names.html).
- Snowflake and Oracle make a name without quotes upper case
  (https://docs.snowflake.com/en/sql-reference/identifiers-syntax).
- BigQuery and ClickHouse take names of tables as they are written
  (https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#case_sensitivity).
- MySQL does so on Linux alone, unless a setting says otherwise
  (https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html).
- All others take no heed of case: SQLite, DuckDB, SQL Server with its usual collations, Spark, Hive, Trino.
"""

from __future__ import annotations

from enum import Enum, IntEnum

from leaktight.catalog.table import Column, Table, TableName


class Casing(Enum):
    """What an engine makes of the letters of a table's name."""

    LOWER = "lower"
    UPPER = "upper"
    EXACT = "exact"
    BY_SERVER = "by server"
    """Exact or not, as the server's settings and its disk have it."""
    NONE = "none"
    """Case never counts."""
    UNKNOWN = "unknown"
    """No engine is named: quotes may count or not."""


_CASINGS = {
    dialect: casing
    for casing, dialects in {
        Casing.LOWER: "postgres materialize risingwave",
        Casing.UPPER: "snowflake oracle exasol",
        Casing.EXACT: "bigquery clickhouse",
        Casing.BY_SERVER: "mysql singlestore starrocks doris",
        Casing.UNKNOWN: " ",
    }.items()
    for dialect in (dialects.split() or [""])
}


def casing(dialect: str) -> Casing:
    """Give what the engine of a dialect makes of the letters of names of tables."""
    return _CASINGS.get(dialect, Casing.NONE)


class Likeness(IntEnum):
    """How surely two names that read alike in lower case are one, the surest last."""

    NONE = 0
    POSSIBLE = 1
    SURE = 2


def likeness(one: TableName, other: TableName, dialect: str, other_dialect: str | None = None) -> Likeness:
    """Say whether two names, one the end of the other but for case, mean one thing in the engines of their dialects.

    Where it is not known of a name whether it was in quotes, they may.
    """
    if one.parts == other.parts and one.quoted == other.quoted:
        return Likeness.SURE
    rule = casing(dialect)
    if other_dialect is not None and other_dialect != dialect:
        theirs = casing(other_dialect)
        rule = rule if theirs in (rule, Casing.UNKNOWN) else theirs if rule is Casing.UNKNOWN else Casing.NONE
    if rule is Casing.NONE:
        return Likeness.SURE
    shared = min(len(one.parts), len(other.parts))
    quotes = zip(_quotes(one)[-shared:], _quotes(other)[-shared:], strict=True)
    parts = zip(one.parts[-shared:], other.parts[-shared:], quotes, strict=True)
    return min(_of_parts(a, b, quoted, rule) for a, b, quoted in parts)


def _of_columns(dialect: str) -> Casing:
    """Give what an engine makes of the letters of a column's name, where these may count at all."""
    rule = casing(dialect)
    return rule if rule in (Casing.LOWER, Casing.UPPER) or dialect == "clickhouse" else Casing.NONE


def same_column(one: Column, other: Column, dialect: str) -> bool:
    """Say whether two names of columns of one declaration are one to the engine."""
    return stored_column(one, dialect) == stored_column(other, dialect)


def stored_column(column: Column, dialect: str) -> str:
    """Give a column's name as an engine keeps it, in lower case where case does not count."""
    return stored(column.name, _of_columns(dialect), quoted=column.quoted)


def read_otherwise(name: str, dialect: str, table: Table, column: Column, *, quoted: bool) -> tuple[str, str] | None:
    """Give what an engine makes of a name, and of the column's own, where these are two though they read alike; else None.

    PostgreSQL looks for `createdat` where a query says `createdAt`, and does not find `"createdAt"`. None too where it is not
    known how a column is spelt in the database: an object mapper's, one of a contract.
    """
    rule = _of_columns(dialect)
    if rule is Casing.NONE or casing(table.dialect) is not rule or (table.origins and not column.quoted):
        return None
    read = stored(name, rule, quoted=quoted)
    alike = (one for one in table.columns.values() if one.name.lower() == name.lower())
    kept = [stored(one.name, rule, quoted=one.quoted) for one in alike]
    return (read, stored_column(column, dialect)) if read not in kept else None


def _quotes(name: TableName) -> tuple[bool | None, ...]:
    return name.quoted if len(name.quoted) == len(name.parts) else (None,) * len(name.parts)


def _of_parts(one: str, other: str, quoted: tuple[bool | None, bool | None], rule: Casing) -> Likeness:
    known, their_known = quoted
    if known is None or their_known is None:
        return Likeness.SURE if one == other else Likeness.POSSIBLE
    if stored(one, rule, quoted=known) == stored(other, rule, quoted=their_known):
        return Likeness.SURE
    return Likeness.POSSIBLE if rule in (Casing.BY_SERVER, Casing.UNKNOWN) else Likeness.NONE


def stored(name: str, rule: Casing, *, quoted: bool) -> str:
    """Give a name as an engine keeps it."""
    match rule:
        case Casing.LOWER:
            return name if quoted else name.lower()
        case Casing.UPPER:
            return name if quoted else name.upper()
        case Casing.UNKNOWN:
            # In some engine `"orders"`, in another `"ORDERS"` is the same as `orders`; `"Orders"` is so where case never counts.
            return name if quoted and name not in (name.lower(), name.upper()) else name.lower()
        case Casing.NONE:
            return name.lower()
        case _:
            return name
