"""Where a value that becomes SQL text comes from."""

from __future__ import annotations

from enum import IntEnum

from leaktight.lazy import record


class Doubt(IntEnum):
    """How sure it is that a value may hold anything."""

    SAFE = 0
    """A constant, a number, a date, placeholders, a checked or quoted value, configuration."""
    UNKNOWN = 1
    ARGUMENT = 2
    """A parameter of a function that anybody may call."""
    OUTSIDE = 3
    """A request, an event, the command line, what a user types."""


@record(frozen=True, slots=True)
class Origin:
    """Where a value comes from, with words that follow it: `a parameter of load`.

    `trusted` says that it is given by whoever runs the program.
    """

    doubt: Doubt
    reason: str = ""
    trusted: bool = False


SAFE = Origin(Doubt.SAFE)
UNKNOWN = Origin(Doubt.UNKNOWN)

OUTSIDE_WORDS = frozenset("request req event argv input payload form headers cookies".split())
"""Names that handlers give to what comes from outside."""
SETTING_WORDS = frozenset("settings config conf cfg constants const env environ options secrets".split())
NUMBER_WORDS = frozenset(
    "limit offset count size num number n batch chunk page top days hours minutes seconds weeks months year threshold "
    "max min length timeout interval retries port lag lookback percent ratio".split()
)
"""Words of names that hold numbers."""
RUNNER_WORDS = frozenset(
    "date day ds dt since until start end from to period partition table schema dataset project".split()
)
"""Words of names that a scheduler or an operator of the program fills."""
ESCAPERS = (
    "quote",
    "escape",
    "sanitize",
    "sanitise",
    "literal",
    "adapt",
    "mogrify",
    "validate",
    "check",
    "safe",
    "ident",
)
"""Parts of the names of functions that make a value fit for SQL text, or refuse it."""


def worst(*origins: Origin) -> Origin:
    """Give the least safe of some origins."""
    return max(origins, key=lambda origin: origin.doubt, default=SAFE)


def is_escaper(name: str) -> bool:
    """Say whether a function's name says that it quotes or checks."""
    return any(part in name.lower() for part in ESCAPERS)
