"""What a list of a table's properties says of it: BigQuery's OPTIONS, the TBLPROPERTIES of Spark and Hive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from leaktight.diagnostics import Location
from leaktight.languages.sql.ddl import Reader, Word
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
    places: Mapping[str, Location] = field(default_factory=dict)
    """The place of each fact, by its name."""


def read_properties_of_table(group: Reader | None) -> Properties:
    """Read `description = 'x', labels = [('owner', 'sales')]` or `'comment' = 'x', 'owner' = 'sales'`."""
    said: dict[str, Word] = {}
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
            said.setdefault(key, word)
    if group is None or not said:
        return Properties()
    required = said.get("require_partition_filter", said.get("require_hive_partition_filter"))
    comment = said.get("description", said.get("comment"))
    owner = _first(said, "owner", *(f"label.{name}" for name in _OWNERS))
    labelled = _first(said, *(f"label.{name}" for name in _RETENTIONS))
    expires = said.get("partition_expiration_days") or said.get("expiration_timestamp")
    words = {"comment": comment, "owner": owner, "retention": labelled or expires}
    return Properties(
        comment.text if comment is not None else None,
        owner.text if owner is not None else None,
        labelled.text if labelled is not None else _expires(said),
        required.text.lower() == "true" if required is not None else None,
        {fact: group.document.location(word.span) for fact, word in words.items() if word is not None},
    )


def _first(said: dict[str, Word], *keys: str) -> Word | None:
    return next((said[key] for key in keys if key in said and said[key].text), None)


def _expires(said: dict[str, Word]) -> str | None:
    lasts, until = said.get("partition_expiration_days"), said.get("expiration_timestamp")
    days = lasts.text.removesuffix(".0") if lasts is not None else ""
    if days.replace(".", "", 1).isdigit():
        return f"{days} days"
    return f"until {until.text}" if until is not None and until.text else None


def _labels(item: Reader) -> list[tuple[str, Word]]:
    group = item.group()
    found = []
    for pair in group.items() if group is not None else ():
        inner = pair.group()
        words = [one.next() for one in inner.items()] if inner is not None else []
        texts = [word for word in words if word is not None and word.string]
        if len(texts) == 2:
            found.append((texts[0].text.lower(), texts[1]))
    return found
