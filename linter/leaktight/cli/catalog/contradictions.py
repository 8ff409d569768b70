"""What two sources say differently of a table, as a sentence; what differs in words alone is left out."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.catalog.merge import Contradiction
from leaktight.catalog.table import Clustering, Partitioning
from leaktight.cli.catalog.table_values import PathOf, place
from leaktight.languages.sql.column_types import same_type


def contradicting(found: Iterable[Contradiction]) -> list[Contradiction]:
    """Give the contradictions that are such by their meaning, in the order of tables and places."""
    kept = {_identity(item): item for item in found if not _same(item)}
    return [kept[identity] for identity in sorted(kept)]


def _identity(item: Contradiction) -> tuple[object, ...]:
    at = (item.other_at.path, item.other_at.start.line) if item.other_at is not None else ("", 0)
    return (item.table.folded, *at, item.column or "", item.fact, str(item.other))


def _same(item: Contradiction) -> bool:
    kept, other = item.kept, item.other
    if item.fact == "type":
        return same_type(str(kept), str(other), item.dialect)
    if isinstance(kept, Partitioning) and isinstance(other, Partitioning):
        ours, theirs = (part.granularity for part in (kept, other))
        return _folded(kept.columns) == _folded(other.columns) and (ours == theirs or None in (ours, theirs))
    if isinstance(kept, Clustering) and isinstance(other, Clustering):
        return _folded(kept.columns) == _folded(other.columns)
    return isinstance(kept, str) and isinstance(other, str) and kept.strip().lower() == other.strip().lower()


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def sentence(item: Contradiction, path_of: PathOf) -> str:
    """Say what counts, and where something else stands."""
    kept_at = place(item.kept_at, path_of) or "the configuration"
    other_at = place(item.other_at, path_of) or "another source"
    subject = f"`{item.table}.{item.column}`" if item.column else f"`{item.table}`"
    if item.fact == "columns" and item.other is None:
        return f"{other_at}: `{item.table}` has no column `{item.column}` here, and has one in {kept_at}, which counts."
    if item.fact == "columns":
        return (
            f"{other_at}: `{item.table}` has a column `{item.column}` here that {kept_at}, which counts, does not have."
        )
    verb, kept, other = _words(item)
    return f"{other_at}: {subject} {verb} {other} here and {kept} in {kept_at}, which counts."


_NULLABLE = {True: "nullable", False: "NOT NULL"}


def _words(item: Contradiction) -> tuple[str, str, str]:
    kept, other = item.kept, item.other
    if item.fact == "nullable":
        return "is", _NULLABLE[bool(kept)], _NULLABLE[bool(other)]
    if isinstance(kept, Partitioning) and isinstance(other, Partitioning):
        return "is partitioned by", f"`{kept.expression}`", f"`{other.expression}`"
    if isinstance(kept, Clustering) and isinstance(other, Clustering):
        return "is clustered by", f"`{', '.join(kept.columns)}`", f"`{', '.join(other.columns)}`"
    verb = {
        "type": "is",
        "owner": "has the owner",
        "retention": "has the retention",
        "classification": "is classified as",
    }
    return verb.get(item.fact, f"has the {item.fact}"), f"`{kept}`", f"`{other}`"
