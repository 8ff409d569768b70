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

    `trusted` says that it is given by whoever runs the program; `computed` of a parameter that each call in the file gives it
    what the file itself computes or reads.
    """

    doubt: Doubt
    reason: str = ""
    trusted: bool = False
    computed: bool = False


SAFE = Origin(Doubt.SAFE)
UNKNOWN = Origin(Doubt.UNKNOWN)
COMMAND_LINE = Origin(Doubt.ARGUMENT, "taken from the command line", trusted=True)
WIDGET = Origin(Doubt.ARGUMENT, "taken from a widget", trusted=True)
TYPED_IN = Origin(Doubt.OUTSIDE, "is typed in by a user")

DEEPEST = 8
"""How many steps a value is followed backwards."""
MOST_BINDINGS = 8
"""How many of the places that may give a name its value are looked at."""

_OUTSIDE_WORDS = frozenset("request req event argv input payload form headers cookies".split())
"""Names that handlers give to what comes from outside."""
_REQUEST_PARTS = frozenset("args body data form headers input json params payload query".split())
SERVER_PARTS = frozenset(
    "user session auth authorizer identity app application tenant locals requestContext request_context state me account "
    "currentUser current_user authUser claims".split()
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
AIRFLOWS = frozenset(
    "ds ds_nodash ts ts_nodash execution_date logical_date data_interval_start data_interval_end run_id dag_run".split()
)
"""What Airflow calls the parameters that it gives a task itself."""
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
"""Parts of the names of functions that give a value that is fit for SQL text, or refuse it."""
_CHECKS = frozenset(
    "validate validates check checks ensure ensures assert asserts verify verifies require requires enforce guard invariant "
    "reject".split()
)
"""Words of functions that look at what they are given, and raise or say what is wrong with it."""
_CONDITIONS = frozenset({"assert", "ensure", "invariant", "require"})
"""Functions that look whether something is true, and at no more: `assert(name)`."""
_PRESENCE = frozenset("null none nil defined undefined empty blank present set exists".split())
"""Words of functions that look whether there is a value at all."""
_PRAISES = frozenset(
    "valid safe allowed permitted supported known whitelisted allowlisted identifier ident alphanumeric alnum numeric "
    "number integer uuid guid date".split()
)
_BLAMES = frozenset("invalid unsafe unknown unsupported forbidden illegal disallowed malicious suspicious".split())
LEAVING_CALLS = frozenset(
    "exit _exit quit abort fail skip die panic unreachable notFound redirect permanentRedirect".split()
)
"""Functions that do not come back."""


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


def of_parameter(parameter: str, function: str, *, chosen: bool = False, computed: bool = False) -> Origin:
    """Give the origin of a parameter of which nothing more is known; `function` is empty for a function without name.

    `chosen` says that it has a constant for its default, so that the program itself mostly fills it; `computed` that each call
    in the file does, with what it computes.
    """
    reason = f"a parameter of `{function}`" if function else "a parameter"
    trusted = chosen or not _RUNNER_WORDS.isdisjoint(words_of(parameter))
    return Origin(Doubt.ARGUMENT, reason, trusted, computed)


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


@record(frozen=True, slots=True)
class Cleared:
    """On which answers of a test a value may be pasted: when it holds, when it does not hold."""

    holds: bool = False
    fails: bool = False

    def __invert__(self) -> Cleared:
        """Give what the negated test clears."""
        return Cleared(self.fails, self.holds)

    def __and__(self, other: Cleared) -> Cleared:
        """Give what both tests together clear: `a and b`."""
        return Cleared(self.holds or other.holds, self.fails and other.fails)

    def __or__(self, other: Cleared) -> Cleared:
        """Give what either of the tests clears: `a or b`."""
        return Cleared(self.holds and other.holds, self.fails or other.fails)


NEVER = Cleared()
WHEN_IT_HOLDS = Cleared(holds=True)
WHEN_IT_FAILS = Cleared(fails=True)
EITHER_WAY = Cleared(holds=True, fails=True)
"""For a test of which it cannot be seen whether it asks for good or for bad values."""


def takes_test(name: str) -> bool:
    """Say whether a function of this name raises where a test that it is given does not hold: `assert`, `checkArgument`."""
    return not _CHECKS.isdisjoint(words_of(name))


def is_checker(name: str) -> bool:
    """Say whether a function's name says that it looks at its argument and raises: `validate`, `assert_safe`."""
    return takes_test(name) and name not in _CONDITIONS and _PRESENCE.isdisjoint(words_of(name))


def cleared_by_answer(name: str) -> Cleared:
    """Give on which answer of a function of this name its argument may be pasted: `is_valid`, `isInvalid`, `validate`."""
    words = words_of(name)
    if not _BLAMES.isdisjoint(words):
        return WHEN_IT_FAILS
    if is_checker(name):
        return EITHER_WAY
    return NEVER if _PRAISES.isdisjoint(words) else WHEN_IT_HOLDS


def cleared_by_pattern(pattern: str | None) -> Cleared:
    """Give on which outcome of a search for a regular expression the text may be pasted; None is one not known."""
    if pattern is None:
        return EITHER_WAY
    wanted = pattern.startswith("^") or ("'" not in pattern and not pattern.startswith(("[^", "\\W", "\\D")))
    return WHEN_IT_HOLDS if wanted else WHEN_IT_FAILS


def is_escaper(name: str) -> bool:
    """Say whether a function's name says that what it gives is quoted or checked."""
    return any(part in name.lower() for part in _ESCAPERS)
