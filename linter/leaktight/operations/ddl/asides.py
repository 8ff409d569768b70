"""What stands in an ALTER TABLE beside its actions: how it is to be done."""

from __future__ import annotations

from leaktight.languages.sql.ddl import Reader

_HINTS = frozenset({"ALGORITHM", "LOCK"})
_HINTED = frozenset("= DEFAULT INPLACE INSTANT COPY NOCOPY NONE SHARED EXCLUSIVE".split())


def is_hint(item: Reader) -> bool:
    """Say whether an item is MySQL's `ALGORITHM = …` or `LOCK = …`."""
    return item.upper() in _HINTS and item.upper(1) in _HINTED


def without_settings(reader: Reader) -> Reader:
    """Give what comes before ClickHouse's `SETTINGS name = value, …`, which is no action."""
    if reader.dialect == "clickhouse":
        words = reader.words
        for index in range(reader.at + 1, reader.end - 2):
            if words[index].upper == "SETTINGS" and words[index + 2].text == "=":
                return Reader(reader.document, words, reader.at, index)
    return reader
