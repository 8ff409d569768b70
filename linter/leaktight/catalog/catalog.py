"""The tables of a project by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from leaktight.catalog.change import AddEnumValue, CreateEnum, RenameEnum, TableChange, TypeChange
from leaktight.catalog.declaration import Declaration
from leaktight.catalog.enums import EnumHistory, enum_history
from leaktight.catalog.fold import fold_tables
from leaktight.catalog.merge import Contradiction, merged
from leaktight.catalog.names import compatible, nearest
from leaktight.catalog.order import home
from leaktight.catalog.table import Index, Table, TableName, same_end

IN_FILE = "\n"
"""What a question for the tables of one file begins with, in `Catalog.asked`; no name of a table does."""


class Catalog:
    """Looks tables up by name, and remembers which names were asked for.

    A name matches a table when one's parts end with the other's: `orders` and `shop.orders` mean `prod.shop.orders` as
    long as only one table does.
    """

    def __init__(
        self,
        tables: Iterable[Table] = (),
        contradictions: Iterable[Contradiction] = (),
        enums: EnumHistory | None = None,
    ) -> None:
        self._tables: list[Table] = list(tables)
        self._enums = enums or {}
        self.contradictions = tuple(contradictions)
        self._by_path: dict[str, list[Table]] | None = None
        self._indexed: dict[str, list[tuple[Table, Index]]] = {}
        self._by_name: dict[str, list[Table]] = {}
        self.asked: set[str] = set()
        for table in self._tables:
            self._by_name.setdefault(table.name.folded[-1], []).append(table)

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def table(self, name: TableName, dialect: str = "", path: str = "") -> Table | None:
        """Give the one table that a name means in a dialect and a file; None when there is none, or more than one.

        Of several, one of the same file comes first, then those of the same dialect, then the one that stands nearest in
        the folders. Tables that are declared more than once but with the same columns are one table. A temporary table is
        known in its own file alone; of a dbt project the models come first in the files of that project, and are not
        meant by a bare name in any other.
        """
        folded = name.folded
        self.asked.add(folded[-1])
        found = [
            table
            for table in self._by_name.get(folded[-1], ())
            if same_end(table.name.folded, folded)
            and (not table.temporary or _stands_in(table, path))
            and (not table.scope or path.startswith(table.scope) or (len(folded) > 1 and table.name.folded == folded))
        ]
        if not found:
            return None
        if any(table.scope for table in found) and len(folded) == 1:
            found = [table for table in found if table.scope]
        exact = [table for table in found if table.name.folded == folded]
        if not exact:
            # `shop.orders` is `orders` of a script that names no schema only where both are of one engine.
            found = [t for t in found if len(t.name.parts) > len(folded) or compatible(t.dialect, dialect)]
        return _one(exact or found, dialect, path)

    def declared_in(self, path: str) -> tuple[Table, ...]:
        """Give the tables that are declared in a file, as they stand in the end."""
        found = self._places()[0].get(path, ())
        self.asked.add(IN_FILE + path)
        self.asked.update(table.name.folded[-1] for table in found)
        return tuple(found)

    def indexes_in(self, path: str) -> tuple[tuple[Table, Index], ...]:
        """Give the indexes that stand in a file, each with its table."""
        found = self._places()[1].get(path, ())
        self.asked.add(IN_FILE + path)
        self.asked.update(table.name.folded[-1] for table, _ in found)
        return tuple(found)

    def _places(self) -> tuple[dict[str, list[Table]], dict[str, list[tuple[Table, Index]]]]:
        if self._by_path is None:
            self._by_path = {}
            for table in self._tables:
                if table.location is not None:
                    self._by_path.setdefault(table.location.path, []).append(table)
                for index in table.indexes:
                    if index.location is not None:
                        self._indexed.setdefault(index.location.path, []).append((table, index))
        return self._by_path, self._indexed

    def answer(self, asked: str) -> str:
        """Give what the answer to one of the questions in `asked` rests on, as text that tells it from any other."""
        if asked.startswith(IN_FILE):
            tables, indexes = self._places()
            path = asked.removeprefix(IN_FILE)
            names = (*tables.get(path, ()), *(table for table, _ in indexes.get(path, ())))
            return repr(sorted({table.name.parts for table in names}))
        return repr(sorted(self.named(asked), key=lambda table: table.name.parts))

    def named(self, name: str) -> tuple[Table, ...]:
        """Give all tables whose last part is `name`."""
        self.asked.add(name.lower())
        return tuple(self._by_name.get(name.lower(), ()))

    def enum(self, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Give the values that a type of that last part had one after the other, each with the path that set them."""
        self.asked.add(name.lower())
        return self._enums.get(name.lower(), ())


def _stands_in(table: Table, path: str) -> bool:
    return table.location is not None and table.location.path == path


def _one(tables: list[Table], dialect: str, path: str) -> Table | None:
    narrower: tuple[Callable[[Table], bool], ...] = (
        lambda table: _stands_in(table, path),
        lambda table: bool(dialect) and table.dialect == dialect,
        lambda table: compatible(table.dialect, dialect),
    )
    for keep in narrower:
        if len(tables) > 1:
            tables = [table for table in tables if keep(table)] or tables
    if len(tables) > 1 and path:
        tables = nearest(tables, path)
    if len(tables) > 1 and len({frozenset(table.columns) for table in tables}) == 1 and tables[0].columns:
        return tables[-1]
    return tables[0] if len(tables) == 1 else None


def catalog_of(
    changes: Iterable[TableChange | TypeChange],
    declarations: Iterable[Declaration] = (),
    home: Callable[[str], str] = home,
) -> Catalog:
    """Give the catalog that changes, in order, lead to, with what else describes its tables; `home` as in `fold_tables`."""
    tables: list[TableChange] = []
    types: list[TypeChange] = []
    for change in changes:
        if isinstance(change, (CreateEnum, AddEnumValue, RenameEnum)):
            types.append(change)
        else:
            tables.append(change)
    return Catalog(*merged(*fold_tables(tables, home), declarations), enum_history(types))
