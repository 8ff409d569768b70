"""An operation of a migration in Python: the change that it makes, and how the code says it."""

from __future__ import annotations

import ast

from leaktight.catalog.change import TableChange
from leaktight.lazy import record
from leaktight.operations.schema_change import How


@record(frozen=True, slots=True, eq=False)
class Operation:
    """One operation in the order that a migration runs them.

    `change` is None for a call that runs SQL, whose statements stand elsewhere. `call` is the call that says it, `name` the
    literal that names what is changed. `implied` marks what the framework does beside what the code names: an index that
    comes with a foreign key. `in_transaction` is None where the migration does not say.
    `filled` says that the rows that are there are given a value of an added column, though no default of it is known: by the
    framework, or by a default of the database that is only known at run time.
    """

    change: TableChange | None
    call: ast.Call
    name: ast.expr | None = None
    how: frozenset[How] = frozenset()
    in_transaction: bool | None = None
    implied: bool = False
    filled: bool = False
