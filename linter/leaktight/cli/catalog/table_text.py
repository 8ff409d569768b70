"""A table of the catalog in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_THOUSAND = 1000


def table_lines(table: dict[str, Any], *, brief: bool) -> Iterator[str]:
    """Yield the lines of what `table_values` gives; with `brief` no line has the place of a column."""
    about = [table["kind"], *([table["dialect"]] if table["dialect"] else [])]
    if table["temporary"]:
        about.append("temporary")
    if not table["complete"]:
        about.append("not all columns known")
    yield _at(f"{table['name']}  ({', '.join(about)})", table["place"])
    for fact in ("comment", "owner", "retention", "role"):
        if table[fact]:
            yield _at(f"  {fact}: {table[fact]}", _place(table, fact))
    if table["tags"]:
        yield f"  tags: {', '.join(table['tags'])}"
    counted = _counted(table["statistics"])
    if counted:
        yield _at(f"  holds {counted}", table["statistics"]["place"])
    rows = [(item, _column_words(item)) for item in table["columns"]]
    wide = max((len(item["name"]) for item, _ in rows), default=0)
    for item, words in rows:
        yield _at(f"  {item['name'].ljust(wide)}  {words}".rstrip(), None if brief else item["place"])
    for item in table["keys"]:
        yield _at(f"  {_key_words(item)}", item["place"])
    for item in table["indexes"]:
        yield _at(f"  {_index_words(item)}", item["place"])
    if table["partitioning"]:
        item = table["partitioning"]
        required = ", a filter is required" if item["required"] else ""
        unit = f", by {item['granularity']}" if item["granularity"] else ""
        yield _at(f"  partitioned by {item['expression']} ({item['kind']}{unit}){required}", item["place"])
    if table["clustering"]:
        yield _at(f"  clustered by {', '.join(table['clustering']['columns'])}", table["clustering"]["place"])
    if len(table["origins"]) > 1 or table["origins"][0]["source"] != "ddl":
        known = [
            f"{item['source']} ({item['place']})" if item["place"] else item["source"] for item in table["origins"]
        ]
        yield f"  known from {', '.join(known)}"


def _place(table: dict[str, Any], fact: str) -> str | None:
    """Give the place of a fact where it is not the table's own."""
    found: str | None = table["places"].get(fact)
    return None if found == table["place"] else found


def _column_words(column: dict[str, Any]) -> str:
    nullable = {None: "", True: "null", False: "not null"}[column["nullable"]]
    default = f"default {column['default']}" if column["default"] else ""
    words = [column["type"] or "?", nullable, default]
    if column["generated"]:
        words.append("generated")
    about = [text for text in (column["classification"], *column["tags"]) if text]
    if about:
        words.append(f"[{', '.join(about)}]")
    return " ".join(part for part in words if part)


def _key_words(item: dict[str, Any]) -> str:
    name = f" {item['name']}" if item["name"] else ""
    words = f"{item['kind']} key{name} ({', '.join(item['columns'])})"
    if item["references"]:
        to = f" ({', '.join(item['referenced_columns'])})" if item["referenced_columns"] else ""
        words += f" references {item['references']}{to}"
    return words + ("" if item["enforced"] else ", not enforced")


def _index_words(item: dict[str, Any]) -> str:
    words = f"{'unique ' if item['unique'] else ''}index {item['name'] or ''}".rstrip()
    words += f" ({', '.join(item['columns'])})"
    if item["method"]:
        words += f" using {item['method']}"
    if item["included"]:
        words += f" include ({', '.join(item['included'])})"
    return words + (f" where {item['predicate']}" if item["predicate"] else "")


def _counted(statistics: dict[str, Any] | None) -> str:
    if statistics is None:
        return ""
    said = []
    if statistics["rows"] is not None:
        said.append(f"{statistics['rows']:,} row{'' if statistics['rows'] == 1 else 's'}")
    if statistics["bytes"] is not None:
        said.append(size_words(statistics["bytes"]))
    if statistics["partitions"] is not None:
        said.append(f"{statistics['partitions']:,} partition{'' if statistics['partitions'] == 1 else 's'}")
    return ", ".join(said)


def size_words(count: int) -> str:
    """Give a number of bytes as people say it: `736 GB`, in powers of a thousand, as warehouses bill."""
    value: float = count
    power = 0
    while value >= _THOUSAND and power < len(_UNITS) - 1:
        value /= _THOUSAND
        power += 1
    number = f"{value:.1f}" if power and value < 10 else f"{value:,.0f}"
    return f"{number} {_UNITS[power]}"


def _at(text: str, place: str | None) -> str:
    return f"{text}  -- {place}" if place else text
