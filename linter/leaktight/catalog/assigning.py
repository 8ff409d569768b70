"""What becomes of a value that goes into a column which cannot hold all of it: one table of facts, from the engines' manuals.

PostgreSQL: https://www.postgresql.org/docs/current/sql-createcast.html (casts for assignments, of which `timestamp` to `date` is
one), datatype-numeric.html (a greater scale is rounded), datatype-character.html (a longer text is an error).
Redshift: https://docs.aws.amazon.com/redshift/latest/dg/r_Examples_with_datetime_types.html ("the time portion is ignored"),
r_Numeric_types201.html (a greater scale is rounded).
MySQL: https://dev.mysql.com/doc/refman/8.4/en/date-and-time-type-conversion.html (fractions of a second are rounded first, so
that the last half second of a day goes to the next), precision-math-rounding.html, char.html (an error in strict mode, else cut).
SQL Server: https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql (implicit conversions; `numeric` to
`int` is cut, `numeric` to `numeric` rounded; a longer text is an error).
Snowflake: https://docs.snowflake.com/en/sql-reference/data-type-conversion (`TIMESTAMP` is coerced to `DATE`; numbers are
rounded).
BigQuery: https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules (no coercion of `TIMESTAMP` or `DATETIME`
to `DATE`, or of `NUMERIC` to `INT64`) and data-types#parameterized_data_types (a greater scale is rounded).
Spark, Databricks: https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html#store-assignment.
DuckDB: tried; a length behind VARCHAR is read and not kept (https://duckdb.org/docs/stable/sql/data_types/text).
SQLite: https://www.sqlite.org/datatype3.html (lengths, precisions and scales are not kept).

Oracle is left out of times of day, for its DATE has one.
"""

from __future__ import annotations

from enum import StrEnum


class Lost(StrEnum):
    """What a column cannot hold of a value."""

    TIME = "the time of day"
    """Of a timestamp in a DATE."""
    FRACTION = "digits after the point"
    """Of a number in one with fewer of them."""
    FRACTION_OF_WHOLE = "all digits after the point"
    """Of a number in an integer."""
    TEXT = "characters"
    """Of a text in a shorter one."""
    RANGE = "large numbers"
    """Of a number in one of fewer bits, or with fewer digits before the point."""


class Becomes(StrEnum):
    """What an engine makes of it."""

    DROPPED = "dropped"
    ROUNDED = "rounded off"
    REFUSED = "refused"
    KEPT = "kept"
    """The column holds what its type does not promise."""


_D, _R, _N, _K = Becomes.DROPPED, Becomes.ROUNDED, Becomes.REFUSED, Becomes.KEPT
_FACTS: dict[str, tuple[Becomes, Becomes, Becomes, Becomes, Becomes]] = {
    "postgres": (_D, _R, _R, _N, _N),
    "redshift": (_D, _R, _R, _N, _N),
    "mysql": (_D, _R, _R, _N, _N),
    "tsql": (_D, _R, _D, _N, _N),
    "fabric": (_D, _R, _D, _N, _N),
    "snowflake": (_D, _R, _R, _N, _N),
    "bigquery": (_N, _R, _N, _N, _N),
    "spark": (_D, _R, _D, _N, _N),
    "databricks": (_D, _R, _D, _N, _N),
    "duckdb": (_D, _R, _R, _K, _N),
    "sqlite": (_K, _K, _K, _K, _K),
}


def becomes(dialect: str, lost: Lost) -> Becomes | None:
    """Say what an engine makes of what is lost when a column is assigned to; None where that is not known."""
    facts = _FACTS.get(dialect)
    return facts[list(Lost).index(lost)] if facts is not None else None
