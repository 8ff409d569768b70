"""What a host's code does with the rows of a query."""

from __future__ import annotations

from leaktight.lazy import record


@record(frozen=True, slots=True)
class UsedRows:
    """The columns that the host reads by name (None where that is not known), and whether an object is made of each row.

    `shown` says that a person is shown the rows, and nothing else is done with them: Spark's `.show()`. `kept` says that they
    go to a file, or into dicts of all that the cursor describes, and that no column is seen to be read by its name.
    """

    columns: tuple[str, ...] | None = None
    become_objects: bool = False
    shown: bool = False
    kept: bool = False
