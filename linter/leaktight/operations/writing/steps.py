"""What is done in one unit, a function, a task or a file, step by step, before the steps are read as writes."""

from __future__ import annotations

from dataclasses import field
from enum import Enum, auto

from sqlglot import exp

from leaktight.languages.document import Document
from leaktight.lazy import record
from leaktight.operations.hosted_sql import HostedSql
from leaktight.operations.table_write import Evidence, Guard, WriteMethod
from leaktight.operations.writing.target import Target
from leaktight.text import Span

_NOWHERE = Span(0, 0)


class StepKind(Enum):
    """What a step does."""

    WRITE = auto()
    READ = auto()
    """A query of the target's rows, before they are written."""
    MAKE = auto()
    """CREATE TABLE without rows."""
    DROP = auto()
    SWAP = auto()
    """A rename, clone or exchange that puts one table in the place of another."""
    BEGIN = auto()
    COMMIT = auto()


@record(slots=True, eq=False)
class Step:
    """One step. `at` orders the steps of a unit: the call's place, then the place within its SQL.

    `fresh` marks a table that is made anew in each run (`CREATE OR REPLACE`, or one that would fail if it existed);
    `commits` says that the statement commits on its own, `alone` that the statements of its call do so together.
    `connection` is the text of the connection that a library's call is given, whose transaction it may join.
    `whole` marks a write that leaves no old row (TRUNCATE, DELETE without WHERE). `variant` numbers the view of a
    template; steps of two views of one text never follow each other. `in_memory` marks what a database in memory takes.
    """

    kind: StepKind
    document: Document
    span: Span
    at: tuple[int, ...]
    target: Target | None = None
    method: WriteMethod | None = None
    target_span: Span = field(default=_NOWHERE)
    via: str = "sql"
    guard: Guard | None = None
    load: Evidence | None = None
    commits: Evidence | None = None
    alone: Evidence | None = None
    block: str | None = None
    connection: str | None = None
    temporary: bool = False
    in_memory: bool = False
    fresh: bool = False
    whole: bool = False
    window: bool = True
    node: exp.Expr | None = None
    call: HostedSql | None = None
    dialect: str = ""
    variant: tuple[int, int] = (0, 0)


@record(slots=True, eq=False)
class Unit:
    """A function, task or file with its steps. `task` marks an operator's call, which other tasks may come before."""

    name: str
    host: Document | None = None
    function: Span | None = None
    task: bool = False
    steps: list[Step] = field(default_factory=list)
