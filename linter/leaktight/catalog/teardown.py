"""Scripts that take away all that the migrations of their folder make: for a test's database, or to begin anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from leaktight.catalog.change import Change, CreateTable, DropTable, RenameTable

_LEAST = 3
"""How many tables a script must drop: the one that made two may well give both up."""
_FORGOTTEN = 10
"""Of so many tables such a script may have been told of all but one."""


def teardowns(scripts: Iterable[tuple[str, Iterable[Change]]], home: Callable[[str], str]) -> frozenset[str]:
    """Give the paths of scripts that do nothing but drop all tables of their home, and after which none is made.

    `scripts` are paths with their changes, in the order that they apply in. Were such a script a migration, it would leave
    nothing to migrate.
    """
    standing: dict[str, set[str]] = {}
    last: dict[str, str] = {}
    for path, changes in scripts:
        at, changes = home(path), list(changes)
        tables = standing.setdefault(at, set())
        if at == path or not changes:
            continue
        dropped = {change.name.folded[-1] for change in changes if isinstance(change, DropTable)}
        whole = len(tables & dropped) >= _LEAST and len(tables - dropped) <= len(tables) // _FORGOTTEN
        if whole and all(isinstance(change, DropTable) for change in changes):
            last[at] = path
            continue
        for change in changes:
            if isinstance(change, CreateTable):
                tables.add(change.table.name.folded[-1])
                last.pop(at, None)
            elif isinstance(change, DropTable):
                tables.discard(change.name.folded[-1])
            elif isinstance(change, RenameTable):
                tables.discard(change.name.folded[-1])
                tables.add(change.to.folded[-1])
    return frozenset(last.values())
