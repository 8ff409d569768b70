"""A column's type from a row of `information_schema.columns`, in the words of its engine's DDL."""

from __future__ import annotations

from leaktight.operations.sources.dump_rows import Row

_WITH_PRECISION = frozenset({"NUMERIC", "DECIMAL", "NUMBER", "DEC", "BIGNUMERIC"})
_UNBOUNDED = 16_777_216
"""The length that Snowflake gives to text without one."""


def type_of(row: Row, dialect: str) -> str | None:
    """Give the type with its length or precision; None where the row does not say."""
    whole = row.text("full_data_type", "column_type")
    kind = (whole or row.text("data_type") or "").upper()
    if whole or "(" in kind or "<" in kind:
        return kind or None
    element = (row.text("udt_name") or "").upper()
    if kind == "ARRAY" and element:
        return f"{_INTERNAL.get(element.removeprefix('_'), element.removeprefix('_'))}[]"
    if kind in ("USER-DEFINED", "") and element:
        return element
    length = row.number("character_maximum_length", "char_length", "data_length")
    if dialect == "snowflake" and kind == "TEXT":
        return "VARCHAR" if length in (None, _UNBOUNDED) else f"VARCHAR({length})"
    if length is not None and ("CHAR" in kind or kind.endswith("BINARY")):
        return f"{kind}(MAX)" if length < 0 else f"{kind}({length})"
    precision = row.number("numeric_precision", "data_precision")
    if kind in _WITH_PRECISION and precision is not None:
        scale = row.number("numeric_scale", "data_scale")
        return f"{kind}({precision})" if scale is None else f"{kind}({precision}, {scale})"
    return kind or None


_INTERNAL = {"INT2": "SMALLINT", "INT4": "INTEGER", "INT8": "BIGINT", "FLOAT4": "REAL", "FLOAT8": "DOUBLE PRECISION",
             "BOOL": "BOOLEAN", "BPCHAR": "CHAR"}  # fmt: skip
"""Postgres's own names of types."""

_NUMBERS = ("::smallint", "::integer", "::bigint", "::numeric", "::real", "::double precision")
"""A negative number is kept as a text with a cast: `'-1'::integer`."""


def plain_default(default: str) -> str:
    """Give `'open'` for `'open'::character varying`: the cast to the column's own type is the catalog's addition."""
    if not default.startswith("'"):
        return default
    at = 1
    while True:
        at = default.find("'", at)
        if at < 0:
            return default
        if default.startswith("''", at):
            at += 2
            continue
        break
    literal, rest = default[: at + 1], default[at + 1 :]
    cast = rest.removeprefix("::")
    if rest.startswith(_NUMBERS) and "'" not in rest:
        return literal[1:-1]
    plain = rest.startswith("::") and all(c.isalnum() or c in '_ ."()[],:' for c in cast)
    return literal if plain or not rest else default
