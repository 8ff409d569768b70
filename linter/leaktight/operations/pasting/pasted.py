"""An expression of a host that becomes part of SQL text."""

from __future__ import annotations

from leaktight.lazy import record
from leaktight.text import Span


@record(frozen=True, slots=True)
class Pasted:
    """A host's expression that becomes part of SQL text.

    `span` is its place in the host document, braces of a template included; `host` is its text. `value` says whether it
    stands where a value may stand, `quoted` whether quotes of the SQL stand around it. `source` says where it comes from
    in words that follow it, empty when that is not known; `outside` that it is a request, an event or a user's input;
    `trusted` that it comes from whoever runs the program: its command line, a parameter that is called like a date;
    `computed` that it is a parameter which each call in the file gives what the file computes or reads.
    """

    span: Span
    host: str
    value: bool
    quoted: bool
    source: str = ""
    outside: bool = False
    trusted: bool = False
    computed: bool = False
