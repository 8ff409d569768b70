"""What a column's type is, told from its words as they are written: one vocabulary for the engines and for all rules."""

from __future__ import annotations

from enum import StrEnum


class TypeFamily(StrEnum):
    """What a type holds, whatever its engine calls it."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    UUID = "uuid"
    DATE = "date"
    INSTANT = "instant"
    """A date with a time of day, with or without a zone."""
    JSON = "json"
    BINARY = "binary"
    ENUM = "enum"
    OTHER = "other"


_FAMILIES = {
    word: family
    for family, words in {
        TypeFamily.TEXT: """TEXT VARCHAR VARCHAR2 NVARCHAR NVARCHAR2 CHAR NCHAR CHARACTER STRING BPCHAR TINYTEXT MEDIUMTEXT
            LONGTEXT NTEXT CLOB NCLOB CITEXT FIXEDSTRING SYSNAME""",
        TypeFamily.INTEGER: """INT INTEGER BIGINT SMALLINT TINYINT MEDIUMINT INT2 INT4 INT8 INT16 INT32 INT64 UINT8 UINT16
            UINT32 UINT64 BYTEINT LONG SERIAL BIGSERIAL SMALLSERIAL SERIAL2 SERIAL4 SERIAL8 HUGEINT""",
        TypeFamily.DECIMAL: "NUMERIC DECIMAL DEC NUMBER BIGNUMERIC BIGDECIMAL MONEY SMALLMONEY",
        TypeFamily.FLOAT: "FLOAT REAL DOUBLE FLOAT4 FLOAT8 FLOAT32 FLOAT64 BINARY_FLOAT BINARY_DOUBLE",
        TypeFamily.BOOLEAN: "BOOLEAN BOOL",
        TypeFamily.UUID: "UUID UNIQUEIDENTIFIER",
        TypeFamily.DATE: "DATE DATE32",
        TypeFamily.INSTANT: """TIMESTAMP TIMESTAMPTZ TIMESTAMP_NTZ TIMESTAMP_TZ TIMESTAMP_LTZ DATETIME DATETIME2 DATETIME64
            SMALLDATETIME DATETIMEOFFSET""",
        TypeFamily.JSON: "JSON JSONB VARIANT SUPER",
        TypeFamily.BINARY: """BYTEA BLOB TINYBLOB MEDIUMBLOB LONGBLOB BINARY VARBINARY IMAGE BYTES RAW BFILE""",
        TypeFamily.ENUM: "ENUM ENUM8 ENUM16",
    }.items()
    for word in words.split()
}
_WRAPPERS = ("NULLABLE(", "LOWCARDINALITY(")
_BITS = {
    "SMALLINT": 16, "INT2": 16, "SMALLSERIAL": 16, "SERIAL2": 16, "INT16": 16, "MEDIUMINT": 24, "INT": 32, "INTEGER": 32,
    "INT4": 32, "SERIAL": 32, "SERIAL4": 32, "INT32": 32, "BIGINT": 64, "INT8": 64, "BIGSERIAL": 64, "SERIAL8": 64,
    "INT64": 64, "TINYINT": 8,
}  # fmt: skip
_WIDE_INTEGERS = frozenset({"sqlite", "bigquery", "snowflake", "oracle"})
"""Dialects in which every word for an integer means one of 64 bits or more."""


def family(kind: str | None, dialect: str = "") -> TypeFamily | None:
    """Give what a type holds; None where no type is known. `TINYINT(1)` and `BIT` hold a boolean."""
    if not kind:
        return None
    written = bare(kind)
    if "[]" in kind or written.endswith("]") or written in {"ARRAY", "STRUCT", "MAP", "SET"}:
        return TypeFamily.OTHER
    if (written == "TINYINT" and length(kind) == 1) or (written == "BIT" and (length(kind) or 1) == 1):
        return TypeFamily.BOOLEAN
    if written == "LONG" and dialect == "oracle":
        return TypeFamily.TEXT
    return _FAMILIES.get(written, TypeFamily.OTHER)


def bare(kind: str) -> str:
    """Give the first word of a type, without what ClickHouse wraps round it, a length or a schema: `VARCHAR` of `VARCHAR(20)`."""
    text = kind.strip().upper()
    while text.startswith(_WRAPPERS):
        text = text.partition("(")[2].removesuffix(")").strip()
    head = text.partition("(")[0].split()
    return head[0].rpartition(".")[2].strip('`"[]') if head and not head[0].endswith("]") else text


def length(kind: str) -> int | None:
    """Give the first number in a type's brackets: 20 of `VARCHAR(20)`; None where none stands."""
    inside = kind.partition("(")[2].partition(")")[0].partition(",")[0].split()
    return int(inside[0]) if inside and inside[0].isdecimal() and len(inside[0]) < 10 else None


def bits(kind: str | None, dialect: str = "") -> int | None:
    """Give how many bits an integer type has; None for any other type."""
    if not kind or family(kind, dialect) is not TypeFamily.INTEGER:
        return None
    if dialect in _WIDE_INTEGERS:
        return 64
    word = bare(kind)
    if dialect in {"mysql", "singlestore"} and word == "SERIAL":
        return 64
    if dialect == "clickhouse" and word in {"INT8", "INT2"}:
        return 8 if word == "INT8" else None
    return _BITS.get(word)


def same_type(one: str, other: str, dialect: str = "") -> bool:
    """Say whether two sources may mean the same type: `INT8` and `BIGINT`, `STRING` and `VARCHAR(20)`, but not two lengths.

    What one of them does not say, a length or a zone, the other may.
    """
    first, second = "".join(one.upper().split()), "".join(other.upper().split())
    if first == second:
        return True
    families = {family(one, dialect), family(other, dialect)}
    if None in families or TypeFamily.OTHER in families:
        return False
    if families == {TypeFamily.INTEGER, TypeFamily.DECIMAL}:
        return any(text.endswith(",0)") for text in (first, second))
    if len(families) > 1:
        return False
    if families == {TypeFamily.INTEGER}:
        sizes = {bits(one, dialect), bits(other, dialect)}
        return None in sizes or len(sizes) == 1
    inside = [text.partition("(")[2] for text in (first, second)]
    if families == {TypeFamily.INSTANT}:
        return _zoned(first) is None or _zoned(second) is None or _zoned(first) is _zoned(second)
    if families == {TypeFamily.TEXT} and inside.count("") == 1 and bare((first, second)[inside.index("")]) in _ENDLESS:
        return False
    return "" in inside or inside[0] == inside[1]


_ENDLESS = frozenset({"TEXT", "MEDIUMTEXT", "LONGTEXT", "NTEXT", "CLOB", "NCLOB", "CITEXT"})
"""Words for texts of any length: where no length stands, none is left open."""


def _zoned(text: str) -> bool | None:
    """Say whether an instant has a zone; None where the word alone does not tell, as `TIMESTAMP` does not."""
    if "WITHOUTTIMEZONE" in text or "NTZ" in text or text.startswith(("DATETIME2", "SMALLDATETIME")):
        return False
    return True if "TIMESTAMPTZ" in text or "_TZ" in text or "_LTZ" in text or "WITHTIMEZONE" in text else None
