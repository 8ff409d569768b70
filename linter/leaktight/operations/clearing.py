"""Which scripts may empty tables, and which of their statements: looked at before anything is parsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import Token

from leaktight.catalog.change import CreateTable, DropTable, TableChange, TypeChange
from leaktight.catalog.clearings import Clearing
from leaktight.lazy import regex
from leaktight.source import Language
from leaktight.text import words_of

if TYPE_CHECKING:
    from leaktight.operations.file import FileView

CLEARS = (r"delete\s+from\s", r"truncate\s", r"create\s+or\s+replace\s[^;]{0,80}?\btable\b")
"""What stands, in lower case, in every SQL file that empties a table, but for those that drop it and make it anew."""
_CLEARS = tuple(regex(pattern) for pattern in CLEARS)
_MOST = 2_000
"""How many tables of one script are told."""
_TAKES_BACK = frozenset(
    "rollback rollbacks undo undoes revert reverts down downgrade teardown uninstall test tests".split()
)


def is_clearing(tokens: Sequence[Token]) -> bool:
    """Say whether a statement may empty a table, so that its tree is asked for."""
    words = [token.text.upper() for token in tokens[:6]]
    return words[0] in {"DELETE", "TRUNCATE"} or (words[:3] == ["CREATE", "OR", "REPLACE"] and "TABLE" in words)


def clearings(view: FileView, changes: Iterable[TableChange | TypeChange]) -> Iterator[Clearing]:
    """Yield what a script empties, each table once; `changes` are those that it makes of tables.

    A test, a migration, the description of a schema, and what takes a load back tell nothing: no load begins with them.
    """
    if view.source.language is not Language.SQL or view.is_test or view.path.migration:
        return
    if view.path.fixture or view.path.schema:
        return
    stem = view.source.path.rpartition("/")[2].rpartition(".")[0]
    if not _TAKES_BACK.isdisjoint(words_of(stem)):
        return
    seen: set[tuple[object, ...]] = set()
    for one in _found(view, changes):
        told = one.key, one.given
        if told not in seen and len(seen) < _MOST:
            seen.add(told)
            yield one


def _found(view: FileView, changes: Iterable[TableChange | TypeChange]) -> Iterator[Clearing]:
    yield from _remade(changes)
    text = view.source.text.lower()
    if any(pattern.search(text) for pattern in _CLEARS):
        from leaktight.operations.writing.clearings import cleared

        for document in view.sql:
            if document.region.variant == 0:
                yield from cleared(document)


def _remade(changes: Iterable[TableChange | TypeChange]) -> Iterator[Clearing]:
    """Yield the tables that a script drops and makes anew."""
    dropped: set[tuple[str, ...]] = set()
    for change in changes:
        if isinstance(change, DropTable):
            dropped.add(change.name.folded)
        elif isinstance(change, CreateTable) and change.table.kind == "table" and change.location is not None:
            name = change.table.name.folded
            if name in dropped and not change.table.temporary:
                yield Clearing(name, change.location)
