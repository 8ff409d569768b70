"""What one library call writes, before it is laid into a unit."""

from __future__ import annotations

import ast

from leaktight.lazy import record
from leaktight.operations.table_write import Guard, WriteMethod
from leaktight.text import Span


@record(frozen=True, slots=True)
class Written:
    """A write by a call. `span` are the words that decide it, the call's name where its default does.

    `target` is the expression that names the table, None where the call has none. `task` marks an operator, `streams` a
    call that is made for single events as well as for loads. `schema` is the expression that names the table's schema
    beside it, `connection` the one of the connection that the rows are sent on.
    """

    method: WriteMethod
    span: Span
    target: ast.expr | None
    via: str
    guard: Guard | None = None
    task: bool = False
    streams: bool = False
    dialect: str = ""
    schema: ast.expr | None = None
    connection: ast.expr | None = None
