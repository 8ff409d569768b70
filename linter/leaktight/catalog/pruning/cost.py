"""What reading too much of a table costs, in units."""

from __future__ import annotations

from leaktight.catalog.table import Partitioning, Statistics
from leaktight.diagnostics import Cost
from leaktight.lazy import record
from leaktight.text import in_bytes


@record(frozen=True, slots=True)
class Reading:
    """A read of all of a table: in words, as far as statistics tell, and what of it could be spared."""

    words: str
    cost: Cost


def reading(
    statistics: Statistics | None, cut: Partitioning, engine: str, *, needed: int | None, exact: bool
) -> Reading:
    """Give what reading all of a table is, where `needed` partitions would do; None where nobody knows how many.

    `exact` says that all columns are read: a column store reads less of a table otherwise. The words are empty where there
    are no statistics.
    """
    known = statistics or Statistics()
    count = known.partitions if cut.kind != "sorted" else None
    words = [f"{count:,} of {count:,} partitions"] if count is not None else []
    avoidable: int | None = None
    if known.bytes is not None:
        about = "about" if exact else "up to"
        size = f"{about} {in_bytes(known.bytes)}"
        if count and needed is not None:
            least = known.bytes * min(needed, count) // count
            avoidable = known.bytes - least
            if avoidable:
                size += f" instead of {in_bytes(least)}" + (" for one" if needed == 1 else "")
        words.append(size)
    elif known.rows is not None:
        words.append(f"about {known.rows:,} rows")
    return Reading(", ".join(words), Cost(engine, avoidable))
