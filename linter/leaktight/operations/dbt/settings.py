"""What the configuration of a dbt model, seed or snapshot says of its table, wherever it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from leaktight.catalog.table import Alias, Clustering, Index, Key, KeyKind, Partitioning, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import regex


class Setting(NamedTuple):
    """A value of the configuration, literal as far as it is known, and its place."""

    value: object
    place: Location | None = None


Settings = Mapping[str, Setting]

NAMES = frozenset(
    "materialized partition_by partitioned_by cluster_by liquid_clustered_by sort order_by unique_key tags meta indexes "
    "require_partition_filter incremental_strategy contract enabled column_types hours_to_expiration "
    "partition_expiration_days alias schema".split()
)
"""The settings that are read."""

SET_NAME = "?set"
"""The scope of the name that is set for a model, a schema and an alias of which one may be empty."""

INGESTION = ("_PARTITIONTIME", "_PARTITIONDATE")
_PLAIN_NAME = regex(r"[^\W\d][\w$]*")
_CALL = regex(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)
_UNITS = {
    "hour": "hour", "hours": "hour", "tostartofhour": "hour", "day": "day", "days": "day", "date": "day",
    "todate": "day", "toyyyymmdd": "day", "tostartofday": "day", "month": "month", "months": "month",
    "toyyyymm": "month", "tostartofmonth": "month", "year": "year", "years": "year", "toyear": "year",
}  # fmt: skip
_MANY_ROWS = frozenset({"append", "insert_overwrite", "microbatch"})
"""Strategies of an incremental model that do not look at its unique key."""
_PERSONAL = frozenset({"pii", "contains_pii", "has_pii", "is_pii", "personal_data"})
_CLASSES = ("classification", "data_classification", "sensitivity", "sensitivity_level", "privacy")
_RETENTION = ("retention", "retention_period", "data_retention", "retention_days")


def is_plain(name: object) -> bool:
    """Say whether a text is a column's name, and no expression."""
    return isinstance(name, str) and _PLAIN_NAME.fullmatch(name) is not None


def names_in(value: object) -> tuple[str, ...]:
    """Give the texts of a value that is one, or a list of such."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def with_settings(table: Table, settings: Settings) -> Table:
    """Give a table with what its configuration says of it; what is known already stays."""
    facts: dict[str, object] = {}
    places = dict(table.places)

    def put(fact: str, value: object, place: Location | None) -> None:
        if value is not None and getattr(table, fact) is None and fact not in facts:
            facts[fact] = value
            if place is not None:
                places[fact] = place

    tags = list(table.tags)
    for name, (value, place) in settings.items():
        match name:
            case "materialized" if isinstance(value, str):
                put("materialized", value, place)
            case "incremental_strategy" if isinstance(value, str):
                put("strategy", value, place)
            case "partition_by" | "partitioned_by":
                put("partitioning", _partitioning(value, settings, place), place)
            case "cluster_by" | "liquid_clustered_by" | "sort" | "order_by":
                columns = tuple(
                    part.strip('`"[] ')
                    for item in names_in(value)
                    if item.lower() not in ("auto", "tuple()")
                    for part in _parts(item)
                )
                put("clustering", Clustering(columns, place) if columns else None, place)
            case "tags":
                tags += names_in(value)
            case "meta" if isinstance(value, dict):
                put("owner", owner_in(value), place)
                put("retention", retention_in(value), place)
            case _:
                continue
    for name, unit in (("hours_to_expiration", "hours"), ("partition_expiration_days", "days")):
        days = settings.get(name)
        if days is not None and isinstance(days.value, int) and not isinstance(days.value, bool):
            put("retention", f"{days.value} {unit}", days.place)
    named = tuple(_text(settings.get(name)) for name in ("schema", "alias"))
    return replace(
        table,
        aliases=(*table.aliases, Alias(TableName(named), SET_NAME)) if any(named) else table.aliases,
        keys=(*table.keys, *_unique_keys(table, settings)),
        indexes=(*table.indexes, *_indexes(settings.get("indexes"))),
        tags=tuple(dict.fromkeys(tags)),
        places=places,
        **facts,  # type: ignore[arg-type]  # each is of its field
    )


def _parts(text: str) -> list[str]:
    """Give the columns of ClickHouse's `'(day, id)'`; of anything else the text itself."""
    inner = text.strip()
    if inner.startswith("(") and inner.endswith(")") and inner.count("(") == 1:
        return inner[1:-1].split(",")
    return [text]


def _text(setting: Setting | None) -> str:
    value = setting.value if setting is not None else None
    return value if isinstance(value, str) and "{" not in value else ""


def _unique_keys(table: Table, settings: Settings) -> Iterable[Key]:
    # A snapshot has a row for each state of what its key tells apart; a table that is built anew never looks at its key.
    key = settings.get("unique_key")
    made = settings.get("materialized")
    strategy = settings.get("incremental_strategy")
    if (
        key is None
        or table.kind == "snapshot"
        or (made is not None and made.value != "incremental")
        or (strategy is not None and isinstance(strategy.value, str) and strategy.value in _MANY_ROWS)
    ):
        return
    columns = names_in(key.value)
    written = len(key.value) if isinstance(key.value, list | tuple) else 1
    if columns and len(columns) == written and all(map(is_plain, columns)):
        yield Key(KeyKind.UNIQUE, columns, enforced=False, location=key.place)


def _indexes(setting: Setting | None) -> Iterable[Index]:
    """Give the indexes that Postgres' adapter makes."""
    for item in setting.value if setting is not None and isinstance(setting.value, list | tuple) else ():
        columns = names_in(item.get("columns")) if isinstance(item, dict) else ()
        if setting is not None and columns:
            method = item.get("type")
            yield Index(
                None,
                columns,
                unique=item.get("unique") is True,
                method=method if isinstance(method, str) else None,
                location=setting.place,
            )


def _partitioning(value: object, settings: Settings, place: Location | None) -> Partitioning | None:
    if isinstance(value, dict):
        required = settings.get("require_partition_filter")
        return _bigquery(value, place, required=required is not None and required.value is True)
    written = names_in(value)
    if not written or (isinstance(value, list | tuple) and len(written) != len(value)):
        return None
    columns: list[str] = []
    granularity = None
    transforms = False
    for text in written:
        call = _CALL.fullmatch(text)
        if call is None:
            columns.append(text.strip('`" '))
            continue
        transforms = True
        inner = [part.strip("`\"' ") for part in call[2].split(",")]
        columns += [part for part in inner if is_plain(part) and part.lower() not in _UNITS]
        units = [_UNITS[part.lower()] for part in (call[1], *inner) if part.lower() in _UNITS]
        granularity = granularity or (units[-1] if units else None)
    if not all(map(is_plain, columns)) or not columns:
        return None
    return Partitioning(
        tuple(dict.fromkeys(columns)), ", ".join(written), "transform" if transforms else "hive", granularity,
        location=place,
    )  # fmt: skip


def _bigquery(value: Mapping[object, object], place: Location | None, *, required: bool) -> Partitioning | None:
    field = value.get("field")
    if not isinstance(field, str):
        return None
    kind = str(value.get("data_type") or "date").lower()
    unit = str(value.get("granularity") or "day").lower()
    if value.get("time_ingestion_partitioning") is True:
        return Partitioning(INGESTION, "_PARTITIONTIME", "ingestion", unit, required, place)
    if kind in ("int64", "int", "integer"):
        return Partitioning((field,), _range(field, value.get("range")), "integer", None, required, place)
    if kind == "date":
        expression = field if unit == "day" else f"DATE_TRUNC({field}, {unit.upper()})"
    else:
        expression = f"DATE({field})" if unit == "day" else f"{kind.upper()}_TRUNC({field}, {unit.upper()})"
    return Partitioning((field,), expression, "time", unit, required, place)


def _range(field: str, bounds: object) -> str:
    said = [bounds.get(name) for name in ("start", "end", "interval")] if isinstance(bounds, dict) else []
    if len(said) != 3 or any(item is None for item in said):
        return field
    return f"RANGE_BUCKET({field}, GENERATE_ARRAY({', '.join(map(str, said))}))"


# What people write under `meta`


def owner_in(meta: Mapping[object, object]) -> str | None:
    """Give who owns a table: `owner: sales`, or `owner: {name: …, email: …}`."""
    for name in ("owner", "data_owner", "owners"):
        value = meta.get(name)
        if isinstance(value, dict):
            value = value.get("name") or value.get("email")
        if isinstance(value, list | tuple) and value:
            value = ", ".join(item for item in value if isinstance(item, str))
        if isinstance(value, str) and value.strip():
            return value
    return None


def retention_in(meta: Mapping[object, object]) -> str | None:
    """Give how long rows are kept, in the words of the file."""
    for name in _RETENTION:
        value = meta.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value:
            return f"{value} days" if isinstance(value, int) and name != "retention" else str(value)
    return None


def classification_in(meta: Mapping[object, object], tags: Iterable[str]) -> str | None:
    """Give the kind of data that a column holds: `pii` where it is called so, else the class in the words of the file."""
    for name, value in meta.items():
        if (
            isinstance(name, str)
            and name.lower() in _PERSONAL
            and (value is True or str(value).lower() in ("true", "yes"))
        ):
            return "pii"
    for name in _CLASSES:
        value = meta.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return "pii" if any(tag.lower() in _PERSONAL for tag in tags) else None
