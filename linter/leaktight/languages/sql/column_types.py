"""Whether two types of a column mean the same, in the words of one engine: `INT4` and `INTEGER`, `DECIMAL` and `NUMERIC`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

_SAME = {
    "SERIAL": "INT", "BIGSERIAL": "BIGINT", "SMALLSERIAL": "SMALLINT", "TIMESTAMPNTZ": "TIMESTAMP", "BPCHAR": "CHAR",
    "NCHAR": "CHAR", "NVARCHAR": "VARCHAR", "LONGTEXT": "TEXT", "MEDIUMTEXT": "TEXT", "TINYTEXT": "TEXT",
    "LONGBLOB": "VARBINARY", "MEDIUMBLOB": "VARBINARY", "TINYBLOB": "VARBINARY", "BLOB": "VARBINARY",
    "DATETIME2": "TIMESTAMP",
}  # fmt: skip
_SAME_IN: dict[str, dict[str, str]] = {
    "mysql": {"BOOLEAN": "TINYINT", "MEDIUMTEXT": "MEDIUMTEXT", "TINYTEXT": "TINYTEXT", "LONGTEXT": "JSON"},
    "sqlite": {
        **dict.fromkeys(("TINYINT", "SMALLINT", "MEDIUMINT", "BIGINT", "INT"), "INT"),
        **dict.fromkeys(("FLOAT", "DOUBLE"), "DOUBLE"),
    },
    "snowflake": dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "INT128"), "DECIMAL"),
}
"""What is another word for a type in one engine alone. JSON of MariaDB is a LONGTEXT with a check."""
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "UTINYINT", "USMALLINT", "UMEDIUMINT", "UINT", "UBIGINT"}
)
_TIMES = frozenset({"TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPLTZ", "DATETIME"})
_TEXTS = frozenset({"VARCHAR", "TEXT"})
_DECIMALS = {"mysql": ("10", "0"), "snowflake": ("38", "0"), "redshift": ("18", "0"), "duckdb": ("18", "3")}
_FRACTIONS = {"mysql": "0", "snowflake": "9"}
_UNLIMITED = {"snowflake": frozenset({"16777216", "134217728"}), "redshift": frozenset({"65535"})}
_SINGLE_PRECISION = 24

_Canonical = tuple[object, ...]


def same_type(one: str, other: str, dialect: str) -> bool:
    """Say whether two types, as the same engine or the standard writes them, are one.

    What the engine takes for granted counts as written: `DECIMAL` of MySQL is `DECIMAL(10,0)`. A type that is not known is
    the same as itself alone, whatever its case and blanks.
    """
    if one == other:
        return True
    return _canonical(one, dialect) == _canonical(other, dialect)


@lru_cache(maxsize=4096)
def _canonical(text: str, dialect: str) -> _Canonical:
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    folded = "".join(text.upper().replace('"', "").split())
    if folded == "FLOAT" and dialect in {"postgres", "redshift"}:
        return ("DOUBLE",)
    try:
        found = exp.DataType.build(text, dialect=dialect or None)
    except (SqlglotError, ValueError, RecursionError):
        return (folded,)
    return _of(found, dialect) if isinstance(found, exp.DataType) else (folded,)


def _of(item: exp.DataType, dialect: str) -> _Canonical:
    from sqlglot import exp

    kind = item.this.value if isinstance(item.this, exp.DType) else str(item.this).upper()
    parts: list[object] = []
    for part in item.expressions:
        if isinstance(part, exp.DataType):
            parts.append(_of(part, dialect))
        elif isinstance(part, exp.ColumnDef) and isinstance(part.kind, exp.DataType):
            parts.append((part.name.lower(), _of(part.kind, dialect)))
        else:
            parts.append(part.name or part.sql())
    kind = _SAME_IN.get(dialect, {}).get(kind) or _SAME.get(kind, kind)
    if kind in _INTEGERS:
        return (kind,)  # a number behind it is MySQL's width of display
    if kind == "DECIMAL":
        return (kind, *_precision(item, parts, dialect))
    if kind in _TIMES:
        usual = _FRACTIONS.get(dialect, "6")
        return (kind, *(part for part in parts if part != usual))
    if kind in _TEXTS:
        if not parts and dialect == "redshift":
            return ("VARCHAR", "256")
        unlimited = not parts or parts[0] in _UNLIMITED.get(dialect, frozenset()) or str(parts[0]).upper() == "MAX"
        return ("TEXT",) if unlimited else ("VARCHAR", *parts)
    if kind == "CHAR":
        return (kind, *(parts or ["1"]))
    if kind == "FLOAT" and parts:
        long = str(parts[0]).isdigit() and int(str(parts[0])) > _SINGLE_PRECISION
        return ("DOUBLE",) if long else ("FLOAT",)
    return (kind, *parts)


def _precision(item: exp.DataType, parts: list[object], dialect: str) -> tuple[object, ...]:
    from sqlglot import exp

    if item.this is not exp.DType.DECIMAL or not parts:  # an integer of Snowflake, or the engine's own measure
        return _DECIMALS.get(dialect, ())
    return (*parts, "0") if len(parts) == 1 else tuple(parts)
