"""Tables into the text of a snapshot: sorted, one line a fact that changes alone, the same for the same tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from leaktight.catalog.table import Column, Index, Key, KeyKind, Partitioning, Table
from leaktight.operations.snapshot_format import HEADER, VERSION, written_name

_KEY_ORDER = {kind: at for at, kind in enumerate(KeyKind)}
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that YAML takes for something else than text."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ().'")


def snapshot_text(engine: str, database: str, tables: Iterable[Table], *, statistics: bool = True) -> str:
    """Give the text of a snapshot; without `statistics` two pulls of one database give the same text."""
    lines = [f"{HEADER}: {VERSION}", f"engine: {_scalar(engine)}"]
    if database:
        lines.append(f"database: {_scalar(database)}")
    ordered = sorted(tables, key=lambda table: (table.name.folded, table.name.parts))
    lines.append("tables:" if ordered else "tables: {}")
    for table in ordered:
        lines += _table(table, statistics=statistics)
    return "\n".join(lines) + "\n"


def _table(table: Table, *, statistics: bool) -> Iterator[str]:
    facts: list[tuple[str, Any]] = [
        ("kind", table.kind if table.kind != "table" else None),
        ("complete", False if table.columns and not table.complete else None),
        ("comment", table.comment),
        ("owner", table.owner),
        ("retention", table.retention),
        ("role", table.role),
        ("tags", table.tags),
    ]
    counted = table.statistics
    if statistics and counted is not None:
        numbers = [("rows", counted.rows), ("bytes", counted.bytes), ("partitions", counted.partitions)]
        facts.append(("statistics", dict(numbers)))
    if table.partitioning is not None:
        facts.append(("partitioning", _partitioning(table.partitioning)))
    if table.clustering is not None:
        facts.append(("clustering", {"columns": table.clustering.columns}))
    body = [f"    {key}: {_flow(value)}" for key, value in facts if _says(value)]
    if table.columns:
        body.append("    columns:")
        body += [f"      {_scalar(column.name)}: {_flow(_column(column))}" for column in table.columns.values()]
    keys = sorted(table.keys, key=lambda key: (_KEY_ORDER[key.kind], key.columns, key.name or ""))
    if keys:
        body.append("    keys:")
        body += [f"      - {_flow(_key(key))}" for key in keys]
    if table.indexes:
        body.append("    indexes:")
        body += [
            f"      - {_flow(_index(index))}"
            for index in sorted(table.indexes, key=lambda index: (index.name or "", index.columns))
        ]
    yield f"  {_scalar(written_name(table.name.parts))}:" + ("" if body else " {}")
    yield from body


def _column(column: Column) -> dict[str, Any]:
    return {
        "type": column.type,
        "nullable": column.nullable,
        "default": column.default,
        "generated": column.generated or None,
        "comment": column.comment,
        "classification": column.classification,
        "tags": column.tags,
    }


def _key(key: Key) -> dict[str, Any]:
    return {
        "kind": key.kind.value,
        "name": key.name,
        "columns": key.columns,
        "references": written_name(key.references.parts) if key.references is not None else None,
        "referenced-columns": key.referenced_columns,
        "enforced": None if key.enforced else False,
    }


def _index(index: Index) -> dict[str, Any]:
    return {
        "name": index.name,
        "columns": index.columns,
        "unique": index.unique or None,
        "where": index.predicate,
        "method": index.method,
        "included": index.included,
    }


def _partitioning(item: Partitioning) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "columns": item.columns,
        "expression": item.expression,
        "granularity": item.granularity,
        "required": item.required or None,
    }


def _says(value: object) -> bool:
    if isinstance(value, dict):
        return any(_says(item) for item in value.values())
    return value is not None and value != ()


def _flow(value: object) -> str:
    """Give a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items() if _says(item)) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return str(value) if isinstance(value, int) else _scalar(str(value))


def _scalar(text: str) -> str:
    """Give a text as YAML: as it is where that cannot be misread, else in double quotes."""
    plain = text[:1].isascii() and (text[:1].isalpha() or text[:1] == "_") and _PLAIN.issuperset(text)
    if plain and text == text.strip() and text.lower() not in _WORDS:
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character)
    if short is not None:
        return short
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # half a pair, which no file can hold
        return "\\ufffd"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
