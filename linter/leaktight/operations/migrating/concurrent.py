"""What is offered where PostgreSQL can make a change beside the queries of others, with the word `CONCURRENTLY`."""

from __future__ import annotations

from leaktight.diagnostics import Fix
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.schema_change import SchemaChange


def concurrently(what: str, title: str, *places: tuple[SchemaChange, int]) -> Fix:
    """Offer to write `CONCURRENTLY` at an offset in each of some changes, behind a word.

    `title` says what the edits do. It is a hint, of `what` is to be written and how it gets outside a transaction, where one is
    open, where a statement does more than that one change, and where the change is no SQL.
    """
    edits = []
    for change, offset in places:
        document = change.document
        alone = change.alone and len(change.together()) == 1
        if change.in_transaction or not alone or not isinstance(document, SqlDocument):
            outside = f", {change.migration.outside}" if change.migration is not None else ""
            return Fix.hint(f"`{what}`{outside}")
        first = document.slice(change.statement or change.span).split()[0]
        edits.append(document.insert(offset, " concurrently" if first.islower() else " CONCURRENTLY"))
    return Fix.unsafe(title, *edits)
