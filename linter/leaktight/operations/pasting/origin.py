"""Where a value that becomes SQL text comes from."""

from __future__ import annotations

from enum import IntEnum

from leaktight.lazy import record
from leaktight.text import words_of


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
COMMAND_LINE = Origin(Doubt.ARGUMENT, "taken from the command line", trusted=True)
TYPED_IN = Origin(Doubt.OUTSIDE, "is typed in by a user")

DEEPEST = 8
"""How many steps a value is followed backwards."""
MOST_BINDINGS = 8
"""How many of the places that may give a name its value are looked at."""

_OUTSIDE_WORDS = frozenset("request req event argv input payload form headers cookies".split())
"""Names that handlers give to what comes from outside."""
_REQUEST_PARTS = frozenset("args body data form headers input json params payload query".split())
SERVER_PARTS = frozenset(
    "user session auth authorizer identity app application tenant locals requestContext request_context state".split()
)
"""What a server hangs onto a request itself: whoever sends the request does not choose it."""
SETTING_WORDS = frozenset("settings config conf cfg constants const env environ options secrets".split())
NUMBER_WORDS = frozenset(
    "limit offset count size num number n batch chunk page top days hours minutes seconds weeks months year threshold "
    "max min length timeout interval retries port lag lookback percent ratio".split()
)
"""Words of names that hold numbers."""
PLACEHOLDER_WORDS = frozenset("placeholder placeholders marks bindings".split())
"""Words of names that hold the marks of parameters: `?, ?, ?`."""
_RUNNER_WORDS = frozenset(
    "date day ds dt since until start end from to period partition table schema dataset project".split()
)
"""Words of names that a scheduler or an operator of the program fills."""
_ESCAPERS = (
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


def is_outside(name: str) -> bool:
    """Say whether a variable's name says that it holds what comes from outside: `event`, `httpRequest`, `req_body`.

    An `event_id` or a `request_count` is something else: the last word tells.
    """
    words = words_of(name)
    if not words:
        return False
    return words[-1] in _OUTSIDE_WORDS or (words[0] in ("request", "req", "event") and words[-1] in _REQUEST_PARTS)


def outside(name: str) -> Origin:
    """Give the origin of what comes from outside by this name."""
    return Origin(Doubt.OUTSIDE, f"comes from `{name}`")


def of_parameter(parameter: str, function: str) -> Origin:
    """Give the origin of a parameter of which nothing more is known; `function` is empty for a function without name."""
    reason = f"a parameter of `{function}`" if function else "a parameter"
    return Origin(Doubt.ARGUMENT, reason, trusted=not _RUNNER_WORDS.isdisjoint(words_of(parameter)))


def of_calls(given: list[Origin]) -> Origin | None:
    """Give the origin of a parameter by what the module's own calls hand over; None where that says nothing."""
    if not given:
        return None
    if all(origin.doubt is Doubt.SAFE for origin in given):
        return SAFE
    told = worst(*given)
    return told if any(origin.doubt is Doubt.OUTSIDE or origin.trusted for origin in given) else None


def of_part(whole: Origin) -> Origin:
    """Give the origin of a part of a value: what an argument holds inside is not known, what is outside stays it."""
    return UNKNOWN if whole.doubt is Doubt.ARGUMENT and not whole.trusted else whole


def is_escaper(name: str) -> bool:
    """Say whether a function's name says that it quotes or checks."""
    return any(part in name.lower() for part in _ESCAPERS)
