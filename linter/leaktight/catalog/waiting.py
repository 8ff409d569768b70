"""Changes whose table is not made yet: they wait until all files have made theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from leaktight.catalog.change import CreateTable, DropIndex, RenameIndex, TableChange
from leaktight.catalog.table import TableName, same_end


class Waiting:
    """The changes that wait, in their order, but for those that have become void.

    `home` gives what tells the tables of one path from those of another.
    """

    def __init__(self, home: Callable[[str], str]) -> None:
        self._home = home
        self._changes: list[TableChange] = []
        self._of_home: dict[tuple[str, str], list[tuple[TableName, TableChange]]] = {}
        self._void: set[int] = set()

    def __iter__(self) -> Iterator[TableChange]:
        return (change for change in self._changes if id(change) not in self._void)

    def append(self, change: TableChange) -> None:
        """Let a change wait."""
        self._changes.append(change)
        if isinstance(change, CreateTable):
            return
        name = change.table if isinstance(change, DropIndex | RenameIndex) else change.name
        if name is not None:
            self._of_home.setdefault((self._home(change.path), name.folded[-1]), []).append((name, change))

    def forget(self, change: TableChange) -> None:
        """Forget what one home changes of a table before it makes it: `pg_dump --clean` first takes down what stood there."""
        if not isinstance(change, CreateTable) or change.if_not_exists or not change.path:
            return
        of = change.table.name.folded
        for name, earlier in self._of_home.get((self._home(change.path), of[-1]), ()):
            if same_end(name.folded, of):
                self._void.add(id(earlier))
