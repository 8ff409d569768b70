"""The types of SQLAlchemy in the words of SQL."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from leaktight.catalog.names import engine
from leaktight.operations.python_schema.code import Arguments, Code

_PLAIN: Mapping[str, str] = {
    "Integer": "INTEGER", "INTEGER": "INTEGER", "INT": "INTEGER", "BigInteger": "BIGINT", "BIGINT": "BIGINT",
    "SmallInteger": "SMALLINT", "SMALLINT": "SMALLINT", "Boolean": "BOOLEAN", "BOOLEAN": "BOOLEAN", "Date": "DATE",
    "DATE": "DATE", "Text": "TEXT", "TEXT": "TEXT", "UnicodeText": "TEXT", "REAL": "REAL", "CLOB": "CLOB",
    "Double": "DOUBLE PRECISION", "DOUBLE": "DOUBLE", "DOUBLE_PRECISION": "DOUBLE PRECISION", "JSON": "JSON",
    "JSONB": "JSONB", "Uuid": "UUID", "UUID": "UUID", "BYTEA": "BYTEA", "BLOB": "BLOB", "INET": "INET",
    "CIDR": "CIDR", "MACADDR": "MACADDR", "MONEY": "MONEY", "OID": "OID", "HSTORE": "HSTORE", "TSVECTOR": "TSVECTOR",
    "TSQUERY": "TSQUERY", "REGCLASS": "REGCLASS", "CITEXT": "CITEXT", "Interval": "INTERVAL", "INTERVAL": "INTERVAL",
    "INT4RANGE": "INT4RANGE", "INT8RANGE": "INT8RANGE", "NUMRANGE": "NUMRANGE", "DATERANGE": "DATERANGE",
    "TSRANGE": "TSRANGE", "TSTZRANGE": "TSTZRANGE", "TINYTEXT": "TINYTEXT", "MEDIUMTEXT": "MEDIUMTEXT",
    "LONGTEXT": "LONGTEXT", "MEDIUMBLOB": "MEDIUMBLOB", "LONGBLOB": "LONGBLOB", "TINYBLOB": "TINYBLOB",
    "MEDIUMINT": "MEDIUMINT", "TINYINT": "TINYINT", "YEAR": "YEAR", "NTEXT": "NTEXT", "IMAGE": "IMAGE", "BIT": "BIT",
    "DATETIME2": "DATETIME2", "DATETIMEOFFSET": "DATETIMEOFFSET", "UNIQUEIDENTIFIER": "UNIQUEIDENTIFIER",
    "SUPER": "SUPER", "VARIANT": "VARIANT", "OBJECT": "OBJECT", "NUMBER": "NUMBER", "VARCHAR2": "VARCHAR2",
    "TIMESTAMP_NTZ": "TIMESTAMP_NTZ", "TIMESTAMP_LTZ": "TIMESTAMP_LTZ", "TIMESTAMP_TZ": "TIMESTAMP_TZ",
    "FLOAT64": "FLOAT64", "INT64": "INT64", "STRING": "STRING", "BYTES": "BYTES", "GEOGRAPHY": "GEOGRAPHY",
}  # fmt: skip
"""Types by the last name of their class."""
_SIZED: Mapping[str, str] = {
    "String": "VARCHAR", "VARCHAR": "VARCHAR", "Unicode": "VARCHAR", "AutoString": "VARCHAR", "CHAR": "CHAR",
    "NCHAR": "NCHAR", "NVARCHAR": "NVARCHAR", "VARBINARY": "VARBINARY", "BINARY": "BINARY", "VARCHAR2": "VARCHAR2",
    "BIT": "BIT",
}  # fmt: skip
_DECIMALS: Mapping[str, str] = {"Numeric": "NUMERIC", "NUMERIC": "NUMERIC", "DECIMAL": "DECIMAL", "NUMBER": "NUMBER"}
_ANNOTATED: Mapping[str, str] = {
    "int": "INTEGER", "str": "VARCHAR", "float": "FLOAT", "bool": "BOOLEAN", "bytes": "BYTEA", "date": "DATE",
    "time": "TIME", "timedelta": "INTERVAL", "Decimal": "NUMERIC", "UUID": "UUID",
}  # fmt: skip
_DEEPEST = 8


def sql_type(code: Code, node: ast.expr | None, dialect: str, depth: int = 0) -> str | None:
    """Give a type of SQLAlchemy, `sa.String(20)`, in the words of SQL; None where it is not known."""
    node = code.value(node)
    call = node if isinstance(node, ast.Call) else ast.Call(node, [], []) if node is not None else None
    if call is None or depth > _DEEPEST:
        return None
    name = code.last(call.func)
    if not name or name in code.classes:
        return None
    family = engine(dialect)
    if name in _SIZED:
        size = Arguments(code, call, ("length",)).get("length")
        return _with_numbers(code, _SIZED[name], [size] if size is not None and not code.is_none(size) else [])
    if name in _DECIMALS:
        found = Arguments(code, call, ("precision", "scale"))
        numbers = [item for item in (found.get("precision"), found.get("scale")) if item is not None]
        return _with_numbers(code, _DECIMALS[name], [item for item in numbers if not code.is_none(item)])
    match name:
        case "DateTime" | "TIMESTAMP":
            zoned = Arguments(code, call, ("timezone",)).get("timezone")
            if zoned is not None and code.flag(zoned) is None:
                return None
            if family == "mysql":
                return "DATETIME" if name == "DateTime" else "TIMESTAMP"
            return "TIMESTAMP WITH TIME ZONE" if zoned is not None and code.flag(zoned) else "TIMESTAMP"
        case "DATETIME":
            return "DATETIME"
        case "Time" | "TIME":
            return "TIME WITH TIME ZONE" if Arguments(code, call, ("timezone",)).flag("timezone") else "TIME"
        case "Float" | "FLOAT":
            size = Arguments(code, call, ("precision",)).get("precision")
            return _with_numbers(code, "FLOAT", [size] if size is not None and not code.is_none(size) else [])
        case "LargeBinary":
            return "BLOB" if family in {"mysql", "sqlite"} else "BYTEA"
        case "ARRAY":
            inner = sql_type(code, Arguments(code, call, ("item_type",)).get("item_type"), dialect, depth + 1)
            return f"{inner}[]" if inner is not None else None
        case "Enum" | "ENUM":
            return _enum(code, call, family)
    return _PLAIN.get(name)


def _with_numbers(code: Code, word: str, nodes: list[ast.expr]) -> str | None:
    numbers = [code.number(node) for node in nodes]
    if None in numbers:
        return None
    return f"{word}({','.join(str(number) for number in numbers)})" if numbers else word


def _enum(code: Code, call: ast.Call, family: str) -> str | None:
    found = Arguments(code, call)
    if found.get("native_enum") is not None and found.flag("native_enum") is not True:
        length = found.number("length")
        return f"VARCHAR({length})" if length is not None else None
    if family == "mysql":
        values = [code.text(item) for item in call.args]
        texts = [f"'{value}'" for value in values if value is not None]
        return f"ENUM({','.join(texts)})" if texts and len(texts) == len(values) else None
    if "name" in found:
        name = found.text("name")
        return name.upper() if name else None
    # An enumeration of Python gives the type its own name.
    only = call.args[0] if len(call.args) == 1 else None
    return code.last(only).upper() or None if isinstance(only, ast.Name | ast.Attribute) else None


def without_none(code: Code, node: ast.expr | None) -> tuple[ast.expr | None, bool]:
    """Give what an annotation allows beside None, `int` for `int | None`, and whether it allows None.

    The first is None where it allows several things.
    """
    node = unquoted(code, node)
    optional = False
    for _ in range(_DEEPEST):
        match node:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                sides = [unquoted(code, left), unquoted(code, right)]
            case ast.Subscript(value=value, slice=inner) if code.last(value) == "Optional":
                sides, optional = [unquoted(code, inner)], True
            case ast.Subscript(value=value, slice=ast.Tuple(elts=parts)) if code.last(value) == "Union":
                sides = [unquoted(code, part) for part in parts]
            case _:
                break
        kept = [side for side in sides if not code.is_none(side)]
        optional = optional or len(kept) < len(sides)
        if len(kept) != 1:
            return None, optional
        node = kept[0]
    return node, optional


def annotated_type(code: Code, node: ast.expr | None, *, dates: bool) -> str | None:
    """Give the type that an annotation stands for, `int`; `dates` says whether a `datetime` is known to have no time zone."""
    name = code.last(node) if isinstance(node, ast.Name | ast.Attribute) else ""
    if name == "datetime":
        return "TIMESTAMP" if dates else None
    found = code.classes.get(name)
    if found is not None:
        return name.upper() if any("Enum" in code.last(base) for base in found.bases) else None
    return _ANNOTATED.get(name)


def unquoted(code: Code, node: ast.expr | None) -> ast.expr | None:
    """Give an annotation that is written as a string as the expression that it holds."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
        try:
            return ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return code.value(node) if isinstance(node, ast.Name) and node.id not in code.classes else node
