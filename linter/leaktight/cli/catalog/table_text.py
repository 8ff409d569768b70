"""A table of the catalog in lines for people: what is known on the left, where it was read from on the right."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from leaktight.reporters.display import visible
from leaktight.reporters.paint import Paint

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_THOUSAND = 1000
_WIDEST = 72
_WIDEST_OVERVIEW = 110
_WIDEST_CELLS = (48, 30)
"""What is longer does not move all that stands behind it to the right."""

_Line = tuple[str, str | None]


def table_text(table: dict[str, Any], paint: Paint) -> str:
    """Give all that `table_values` knows, a fact a line, each with its place."""
    (title, place), *rest = _facts(table)
    return _aligned([(title, place), *rest], paint, bold=table["name"])


def overview_text(tables: Iterable[dict[str, Any]], paint: Paint) -> str:
    """Give a line for each table."""
    rows = [(item["name"], _about(item), _brief(item), item["place"]) for item in tables]
    widths = [
        max((len(row[at]) for row in rows if len(row[at]) <= widest), default=0)
        for at, widest in enumerate(_WIDEST_CELLS)
    ]
    lines = [
        (f"{name:<{widths[0]}}  {about:<{widths[1]}}  {brief}".rstrip(), place) for name, about, brief, place in rows
    ]
    width = _width(lines, _WIDEST_OVERVIEW)
    return "".join(_aligned([line], paint, bold=row[0], width=width) for line, row in zip(lines, rows, strict=True))


def _width(lines: Iterable[_Line], widest: int = _WIDEST) -> int:
    return max((len(text) for text, place in lines if place and len(text) <= widest), default=0)


def _aligned(lines: list[_Line], paint: Paint, *, bold: str, width: int | None = None) -> str:
    width = _width(lines) if width is None else width
    found = []
    for at, (text, place) in enumerate(lines):
        shown = visible(text)
        blank = " " * (width - len(shown)) if place else ""
        if at == 0 and shown.startswith(visible(bold)):
            shown = paint("bold", visible(bold)) + shown[len(visible(bold)) :]
        found.append(shown + blank + (f"  {paint('dim', f'-- {visible(place)}')}" if place else ""))
    return "".join(f"{line}\n" for line in found)


def _about(table: dict[str, Any]) -> str:
    about = [table["kind"], *([table["dialect"]] if table["dialect"] else [])]
    if table["temporary"]:
        about.append("temporary")
    if not table["complete"]:
        about.append("not all columns known")
    return f"({', '.join(about)})"


def _brief(table: dict[str, Any]) -> str:
    count = len(table["columns"])
    words = [f"{count:,} column{'' if count == 1 else 's'}"]
    words += [f"primary key ({', '.join(item['columns'])})" for item in table["keys"] if item["kind"] == "primary"]
    if table["partitioning"]:
        words.append("partitioned")
    words += [counted] if (counted := _counted(table["statistics"])) else []
    return ", ".join(words)


def _facts(table: dict[str, Any]) -> Iterator[_Line]:
    yield f"{table['name']}  {_about(table)}", table["place"]
    for fact in ("comment", "owner", "retention", "role"):
        if table[fact]:
            yield f"  {fact}: {table[fact]}", table["places"].get(fact, table["place"])
    if table["tags"]:
        yield f"  tags: {', '.join(table['tags'])}", None
    counted = _counted(table["statistics"])
    if counted:
        yield f"  holds {counted}", table["statistics"]["place"]
    wide = min(max((len(item["name"]) for item in table["columns"]), default=0), 40)
    for item in table["columns"]:
        elsewhere = {fact: place for fact, place in item["places"].items() if place != item["place"]}
        yield f"  {item['name'].ljust(wide)}  {_column_words(item, elsewhere)}".rstrip(), item["place"]
        told = sorted(elsewhere, key=lambda fact: _FACTS.index(fact) if fact in _FACTS else len(_FACTS))
        for place in dict.fromkeys(elsewhere.values()):
            there = [_fact_words(item, fact) for fact in told if elsewhere[fact] == place]
            if any(there):
                yield f"  {' ' * wide}  {' '.join(filter(None, there))}", place
    for item in table["keys"]:
        yield f"  {_key_words(item)}", item["place"]
    for item in table["indexes"]:
        yield f"  {_index_words(item)}", item["place"]
    if table["partitioning"]:
        yield f"  {_partitioning_words(table['partitioning'])}", table["partitioning"]["place"]
    if table["clustering"]:
        yield f"  clustered by {', '.join(table['clustering']['columns'])}", table["clustering"]["place"]
    origins = table["origins"]
    if len(origins) > 1 or origins[0]["source"] != "ddl":
        for number, item in enumerate(origins):
            yield f"  {'known from' if number == 0 else '      then'} {_SOURCES[item['source']]}", item["place"]


_FACTS = ("type", "nullable", "default", "generated", "classification", "comment")
"""The facts of a column that may stand elsewhere than it does, in the order in which they are told."""

_SOURCES = {
    "configuration": "the configuration",
    "ddl": "DDL",
    "model": "a model class",
    "snapshot": "a snapshot of a database",
    "infrastructure": "infrastructure",
    "dbt": "dbt",
    "sqlmesh": "SQLMesh",
    "contract": "a data contract",
    "derived": "a query or a file's header",
}


def _column_words(column: dict[str, Any], elsewhere: Container[str]) -> str:
    facts = [fact for fact in ("type", "nullable", "default") if fact not in elsewhere]
    words = [_fact_words(column, fact) for fact in facts]
    if column["generated"] and "generated" not in elsewhere:
        words.append("generated")
    about = [column["classification"]] if "classification" not in elsewhere else []
    about = [text for text in (*about, *column["tags"]) if text]
    if about:
        words.append(f"[{', '.join(about)}]")
    if "comment" not in elsewhere:
        words.append(_fact_words(column, "comment"))
    return " ".join(part for part in words if part)


def _fact_words(column: dict[str, Any], fact: str) -> str:
    value = column[fact]
    match fact:
        case "type":
            return value or "?"
        case "nullable":
            return {None: "", True: "null", False: "not null"}[value]
        case "default":
            return f"default {value}" if value else ""
        case "comment":
            return '"' + " ".join(value.split()) + '"' if value else ""
        case "classification":
            return f"[{value}]" if value else ""
        case "generated":
            return "generated" if value else ""
        case _:
            return f"{fact}: {value}"


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


def _partitioning_words(item: dict[str, Any]) -> str:
    expression = item["expression"]
    inner = expression[1:-1]
    bare = inner if expression == f"({inner})" and not {"(", ")"} & set(inner) else expression
    words = f"partitioned by {bare}"
    if item["granularity"] and not bare.lower().startswith(item["granularity"]):
        words += f", by {item['granularity']}"
    elif not expression.lower().startswith(item["kind"]) and item["kind"] not in ("time", "transform"):
        words += f" ({item['kind']})"
    return words + (", a filter is required" if item["required"] else "")


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
