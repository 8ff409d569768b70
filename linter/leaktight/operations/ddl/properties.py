"""What a list of a table's properties says of it: BigQuery's OPTIONS, the TBLPROPERTIES of Spark and Hive."""

from __future__ import annotations

from leaktight.languages.sql.ddl import Reader
from leaktight.lazy import record

_OWNERS = ("owner", "data_owner", "team", "steward", "owned_by")
_RETENTIONS = ("retention", "retention_period", "data_retention")


@record(frozen=True, slots=True)
class Properties:
    """The properties that tell something of a table; what they do not say is None."""

    comment: str | None = None
    owner: str | None = None
    retention: str | None = None
    required: bool | None = None


def read_properties_of_table(group: Reader | None) -> Properties:
    """Read `description = 'x', labels = [('owner', 'sales')]` or `'comment' = 'x', 'owner' = 'sales'`."""
    said: dict[str, str] = {}
    for item in group.items() if group is not None else ():
        key = ""
        while not item.done and item.upper() != "=":
            word = item.next()
            key += word.text.lower() if word is not None else ""
        if not item.accept("="):
            continue
        if key == "labels":
            said |= {f"label.{name}": value for name, value in _labels(item)}
            continue
        word = item.next()
        if word is not None and item.done:
            said.setdefault(key, word.text)
    required = said.get("require_partition_filter")
    return Properties(
        said.get("description", said.get("comment")),
        _first(said, "owner", *(f"label.{name}" for name in _OWNERS)),
        _first(said, *(f"label.{name}" for name in _RETENTIONS)) or _expires(said),
        required.lower() == "true" if required is not None else None,
    )


def _first(said: dict[str, str], *keys: str) -> str | None:
    return next((said[key] for key in keys if said.get(key)), None)


def _expires(said: dict[str, str]) -> str | None:
    days = (said.get("partition_expiration_days") or "").removesuffix(".0")
    if days.replace(".", "", 1).isdigit():
        return f"{days} days"
    until = said.get("expiration_timestamp")
    return f"until {until}" if until else None


def _labels(item: Reader) -> list[tuple[str, str]]:
    group = item.group()
    found = []
    for pair in group.items() if group is not None else ():
        inner = pair.group()
        words = [one.next() for one in inner.items()] if inner is not None else []
        texts = [word.text for word in words if word is not None and word.string]
        if len(texts) == 2:
            found.append((texts[0].lower(), texts[1]))
    return found
