"""What the words of a clause say of how a change is made: `CONCURRENTLY`, `IF EXISTS`, `NOT VALID`, `ONLINE`."""

from __future__ import annotations

from leaktight.languages.sql.ddl import Reader
from leaktight.operations.schema_change import How


def manner(reader: Reader) -> frozenset[How]:
    """Give what the words of a clause say of how it is done; the words inside brackets are those of other things."""
    found: set[How] = set()
    depth = 0
    words = reader.words[reader.at : reader.end]
    for index, word in enumerate(words):
        mark = word.upper
        depth += (mark in "([{" and bool(mark)) - (mark in ")]}" and bool(mark))
        after = [other.upper for other in words[index + 1 : index + 3]]
        follows = words[index - 1].upper if index else ""
        if depth == 0 and not (mark == "CASCADE" and follows in {"DELETE", "UPDATE"}):
            found |= _told(mark, after)
        elif mark == "ONLINE" and after == ["=", "ON"]:
            found.add(How.ONLINE)
    return frozenset(found)


def _told(mark: str, after: list[str]) -> set[How]:
    match (mark, *after):
        case ("CONCURRENTLY", *_):
            return {How.CONCURRENTLY}
        case ("CASCADE", *_):
            return {How.CASCADE}
        case ("ONLINE", *_):
            return {How.ONLINE}
        case ("IF", "EXISTS", *_):
            return {How.IF_EXISTS}
        case ("IF", "NOT", "EXISTS"):
            return {How.IF_NOT_EXISTS}
        case ("NOT", "VALID", *_) | ("ENABLE" | "WITH", "NOVALIDATE", *_):
            return {How.NOT_VALID}
        case ("NOT", "ENFORCED", *_):
            return {How.NOT_VALID}
        case ("USING", "INDEX", *_):
            return {How.USING_INDEX}
        case ("ALGORITHM", "=", "INPLACE" | "INSTANT" | "NOCOPY") | ("LOCK", "=", "NONE"):
            return {How.ONLINE}
        case ("ALGORITHM", "INPLACE" | "INSTANT" | "NOCOPY", *_) | ("LOCK", "NONE", *_):
            return {How.ONLINE}
        case ("ALGORITHM", "=", "COPY") | ("LOCK", "=", "SHARED" | "EXCLUSIVE"):
            return {How.LOCKING}
        case ("ALGORITHM", "COPY", *_) | ("LOCK", "SHARED" | "EXCLUSIVE", *_):
            return {How.LOCKING}
        case _:
            return set()


_SERIAL = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL2", "SERIAL4", "SERIAL8"})
_COUNTING = frozenset({"IDENTITY", "AUTO_INCREMENT", "AUTOINCREMENT"})


def column_manner(words: Reader) -> frozenset[How]:
    """Say whether an added column is numbered by the engine, or worked out and kept."""
    said = [word.upper for word in words.words[words.at : words.end]]
    found = set()
    if not _COUNTING.isdisjoint(said) or not _SERIAL.isdisjoint(said[1:4]):
        found.add(How.COUNTED)
    if not {"STORED", "PERSISTED"}.isdisjoint(said):
        found.add(How.STORED)
    return frozenset(found)
