"""Who answers for a table and how long its rows are kept, as far as the options of its DDL say it."""

from __future__ import annotations

from leaktight.languages.sql.ddl import Reader
from leaktight.lazy import record

_OWNERS = frozenset({"owner", "data_owner", "team", "steward", "owned_by"})
_RETENTIONS = frozenset({"retention", "retention_period", "data_retention"})


@record(frozen=True, slots=True)
class Keeping:
    """The owner and the retention of a table, each in the words of its DDL; None where it does not say."""

    owner: str | None = None
    retention: str | None = None


def read_keeping(options: Reader | None) -> Keeping:
    """Read BigQuery's OPTIONS (…): the labels `owner` and `retention`, and when rows or the table expire."""
    owner = retention = None
    for item in options.items() if options is not None else ():
        if item.accept("LABELS", "="):
            labels = _labels(item)
            owner = next((value for name, value in labels if name in _OWNERS), owner)
            retention = next((value for name, value in labels if name in _RETENTIONS), retention)
        elif item.accept("PARTITION_EXPIRATION_DAYS", "="):
            retention = retention or f"{item.text} days"
        elif item.accept("EXPIRATION_TIMESTAMP", "="):
            retention = retention or f"until {item.text}"
    return Keeping(owner, retention)


def _labels(item: Reader) -> list[tuple[str, str]]:
    found = []
    listed = item.group()
    for pair in listed.items() if listed is not None else ():
        inner = pair.group()
        name = inner.next() if inner is not None else None
        value = inner.next() if inner is not None and inner.accept(",") else None
        if name is not None and value is not None and name.string and value.string:
            found.append((name.text.lower(), value.text))
    return found
