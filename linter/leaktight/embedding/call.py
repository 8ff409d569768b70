"""What an embedding answers, whatever the host language: SQL with the call that runs it.

All spans are in the host document's region. Nothing here holds a tree.
"""

from __future__ import annotations

from leaktight.lazy import record
from leaktight.source import Region
from leaktight.text import Span, names_in, shortened


@record(frozen=True, slots=True)
class Loop:
    """The innermost loop that a call stands in, lexically or through a helper of the same module."""

    head: Span
    """The characters `for order in orders`, or the callback's receiver `orders.forEach`."""
    kind: str
    """`for`, `while`, `comprehension` or `callback`."""
    variables: frozenset[str]
    """The names that the loop binds anew each time."""
    iterates: str
    """The text of what it walks over: `orders`, `range(10)`, `batched(rows, 500)`."""
    helper: Span | None = None
    """When the loop calls a helper that holds the call: the place of that call."""
    literal_items: int | None = None
    """How many items a loop over a literal has."""
    counted: bool = False
    """Whether a `for` of JavaScript counts up to something: `iterates` is its condition, `i < n`."""

    @property
    def each(self) -> str:
        """What a turn stands for, in words: each of `orders`, each turn of `i < n`."""
        return f"each {'turn ' if self.counted else ''}of `{shortened(self.iterates)}`"


@record(frozen=True, slots=True)
class Argument:
    """An argument of a host call, other than the SQL itself."""

    text: str
    span: Span
    keyword: str | None = None


@record(frozen=True, slots=True)
class Function:
    """The function that a place stands in. `name` is dotted: `Loader.load`."""

    name: str
    span: Span
    decorators: tuple[str, ...] = ()
    """The text of each decorator, without `@`."""
    parameters: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class SqlCall:
    """SQL in a host and the call that runs it."""

    region: Region
    """The SQL; its holes are typed, and their `host` is the host's expression."""
    sink: str
    """The callee's last name or the keyword: `execute`, `read_sql`, `sql=`; empty when no call was found."""
    receiver: str
    """The text before the last dot: `cursor`, `self.db`; empty for a plain function."""
    span: Span
    """The whole call; the string itself when `sink` is empty."""
    name: Span
    """The callee's last name, `execute`; the string itself when `sink` is empty."""
    sql: Span
    """The argument that holds the SQL."""
    arguments: tuple[Argument, ...] = ()
    function: Function | None = None
    loop: Loop | None = None
    transaction: Span | None = None
    """The head of the innermost block that is one transaction: `with engine.begin() as conn`, `with conn:`."""
    many: bool = False
    """Whether one call runs the statement for many rows: `executemany`, `execute_values`."""
    driver: str | None = None
    """The database driver or library of the receiver where it is known: `psycopg2`, `sqlite3`, `pyspark`, `pg`."""
    reverses: bool = False
    """Whether it is run only to take a migration back: `RunSQL(…, reverse_sql="…")`."""

    @property
    def certain(self) -> bool:
        """Whether a call says that this is SQL; without one, only a whole parse may."""
        return bool(self.sink)

    @property
    def varies(self) -> bool:
        """Whether its parameters or holes name something that the loop binds."""
        if self.loop is None:
            return False
        words = {word for argument in self.arguments for word in names_in(argument.text)}
        words |= {word for segment in self.region.map.segments if segment.hole for word in names_in(segment.host)}
        return bool(words & self.loop.variables)


@record(frozen=True, slots=True)
class Unfolded:
    """A SQL sink whose text could not be known; counted, shown on request, never guessed."""

    span: Span
    reason: str


@record(frozen=True, slots=True)
class Embedded:
    """All SQL of one host document."""

    calls: tuple[SqlCall, ...] = ()
    unfolded: tuple[Unfolded, ...] = ()
