"""Files of queries by name, each of which an application runs alone."""

from __future__ import annotations

from leaktight.languages.sql.document import SqlDocument
from leaktight.lazy import regex

_NAMES_QUERY = regex(r"(?:--|/\*+)\s*+(?:name:|:name\s|@name\s|BLOCK\s)\s*+[\w-]")
_OF_SQLC = regex(r"(?:--|/\*+)\s*+name:\s*+\w+\s++:(?:one|many|exec|batch|copyfrom)")


def names_queries(document: SqlDocument) -> bool:
    """Say whether a `.sql` file is a collection of queries by name, each run alone by an application: `-- name: add_order`.

    So do sqlc, aiosql and PgTyped (`@name`), HugSQL and yesql (`:name`), and loaders of a project's own (`-- BLOCK add_order`).
    """
    if _NAMES_QUERY.search(document.text) is None:
        return False
    return any(_NAMES_QUERY.match(document.slice(span)) for span, _ in document.comments())


def is_of_sqlc(document: SqlDocument) -> bool:
    """Say whether sqlc makes code of a file's queries (`-- name: AddOrder :one`): a `*` of theirs becomes a list of columns."""
    if " :" not in document.text:
        return False
    return any(_OF_SQLC.match(document.slice(span)) for span, _ in document.comments())
