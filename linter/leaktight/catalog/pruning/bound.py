"""A predicate on a partition column, and what an engine makes of it."""

from __future__ import annotations

from enum import StrEnum

from leaktight.lazy import record


class Against(StrEnum):
    """What a partition column is compared with."""

    CONSTANT = "constant"
    """A literal, or a function of literals that gives one value for the whole statement (`CURRENT_DATE`)."""
    PARAMETER = "parameter"
    """A value that is known when the statement runs: `%s`, `:day`, a script's variable."""
    QUERY = "query"
    """A scalar subquery: `(SELECT MAX(day) FROM …)`."""
    COLUMN = "column"
    """Another table's column: the filter arrives through a join."""
    VOLATILE = "volatile"
    """A function that gives another value for each row: `random()`, `clock_timestamp()`."""


class Form(StrEnum):
    """How a partition column stands in a predicate."""

    BARE = "bare"
    KEY = "key"
    """In just the expression that the table is partitioned by: `DATE(ts)`."""
    WRAPPED = "wrapped"
    """In a function, a cast or arithmetic."""


@record(frozen=True, slots=True)
class Bound:
    """A predicate on a partition column.

    `around` names, from the inside out and in upper case, what stands around the column: `DATE`, `EXTRACT`, `CAST DATE`,
    `+`, `||`. `expression` is the text of the column with all that, `unit` the unit of a truncation (`day`) if it has one.
    `equality` says that it is compared for equality: `=`, `IN`.
    """

    column: str
    against: Against
    around: tuple[str, ...] = ()
    expression: str = ""
    unit: str | None = None
    equality: bool = False


@record(frozen=True, slots=True)
class Verdict:
    """Whether an engine skips partitions by a predicate; `reason` says in half a sentence why it does not.

    True: it does. False: its manual says that it cannot. None: nothing sure is known, and a rule stays silent.
    """

    prunes: bool | None
    reason: str = ""
    source: str = ""
