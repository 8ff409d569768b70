"""The tables of a project by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from leaktight.catalog.change import AddEnumValue, CreateEnum, RenameEnum, TableChange, TypeChange
from leaktight.catalog.clearings import CLEARED, Clearing, Clearings
from leaktight.catalog.declaration import Declaration
from leaktight.catalog.enums import EnumHistory, enum_history
from leaktight.catalog.fold import fold_tables
from leaktight.catalog.meant import Name, most_alike, stands_in, tables_of, the_one
from leaktight.catalog.merge import Contradiction, merged
from leaktight.catalog.names import compatible, depth, in_scope
from leaktight.catalog.openings import Made, Opening, Openings
from leaktight.catalog.order import home
from leaktight.catalog.search_path import NOWHERE, SearchPath
from leaktight.catalog.star import PLAIN, StarNames
from leaktight.catalog.table import Index, Table, TableName, same_end
from leaktight.catalog.told import Told
from leaktight.catalog.view import View

IN_PROJECT = "\r"
"""What a question about all tables begins with, in `Catalog.asked`; no name of a table does."""
HOW_MANY = "\x1c"
"""What a question begins with for how many tables a fact is told of."""
IN_FILE = "\n"
"""What a question for the tables of one file begins with, in `Catalog.asked`; no name of a table does."""
REFERRING = "\x1d"
"""What a question for the columns that refer to a table begins with."""
IN_SCHEMA = "\t"
"""What a question for the names of the tables of one schema begins with."""
IN_SCOPE = "\f"
"""What the question begins with whether a file stands in a project of dbt that has models."""
ANYTHING = "\v"
"""The question whether there is any table."""
MADE = "\a"
"""What a question for tables that are made at run time begins with."""


class Catalog:
    """Looks tables up by name, and remembers which names were asked for, and which of them it did not know.

    A name matches a table when one's parts end with the other's: `orders` and `shop.orders` mean `prod.shop.orders` as
    long as only one table does.
    """

    def __init__(
        self,
        tables: Iterable[Table] = (),
        contradictions: Iterable[Contradiction] = (),
        enums: EnumHistory | None = None,
        views: Iterable[View] = (),
        star: StarNames = PLAIN,
        search_path: SearchPath = NOWHERE,
        openings: Openings | None = None,
        clearings: Clearings | None = None,
    ) -> None:
        self._openings, self._clearings = openings or Openings(), clearings or Clearings()
        self._tables: list[Table] = list(tables)
        self._enums = enums or {}
        self.contradictions = tuple(contradictions)
        self._disputed: dict[str, list[Contradiction]] = {}
        for contradiction in self.contradictions:
            self._disputed.setdefault(contradiction.table.folded[-1], []).append(contradiction)
        self.star = star
        """How the project calls facts, dimensions and their columns."""
        self.search_path = search_path
        """Where names without a schema are looked for where no statement says it."""
        self._told = Told(self._tables)
        self._by_path: dict[str, list[Table]] | None = None
        self._by_schema: dict[str, tuple[Table, ...]] | None = None
        self._referring: dict[str, frozenset[str]] | None = None
        self._indexed: dict[str, list[tuple[Table, Index]]] = {}
        self._by_name: dict[str, list[Name]] = {}
        self._by_end: dict[tuple[str, ...], list[Name]] = {}
        self._temporary: set[str] = set()
        """The last parts of the names of temporary tables, which come before those of any schema."""
        self._path = ""
        self._answers: dict[tuple[object, ...], tuple[Table | None, bool]] = {}
        """What was asked for in the file at `_path`, and the answers."""
        self._scopes: set[str] = set()
        self.asked: set[str] = set()
        self.views = tuple(views)
        self._views: dict[str, list[View]] = {}
        for view in self.views:
            self._views.setdefault(view.name.folded[-1], []).append(view)
        self.missed: set[str] = set()
        for table in self._tables:
            self._name(Name(table, table.name, table.name.folded, table.scope, own=True))
            if table.temporary:
                self._temporary.add(table.name.folded[-1])
            for alias in table.aliases:
                self._name(Name(table, alias.name, alias.name.folded, alias.scope, own=False))

    def _name(self, name: Name) -> None:
        self._by_name.setdefault(name.folded[-1], []).append(name)
        self._by_end.setdefault(name.folded[-2:], []).append(name)
        if name.scope and len(name.folded) == 1:
            self._scopes.add(name.scope)

    def with_tables(self, tables: Iterable[Table], contradictions: Iterable[Contradiction]) -> Catalog:
        """Give a catalog with other tables and contradictions, and all else as it is here."""
        around = (self._enums, self.views, self.star, self.search_path, self._openings, self._clearings)
        return Catalog(tables, contradictions, *around)

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    @property
    def is_empty(self) -> bool:
        """Whether no table is known: a question like any other, which `len` is not."""
        self.asked.add(ANYTHING)
        return not self._tables

    def table(
        self,
        name: TableName,
        dialect: str = "",
        path: str = "",
        *,
        is_reference: bool = False,
        searched: SearchPath = NOWHERE,
    ) -> Table | None:
        """Give the one table that a name means in a dialect and a file; None when there is none, or more than one.

        Case counts as it does in the engine (see `casing`). Of several tables, one of the same file comes first, then those
        of the same dialect, then those of the engine's default schema, then the one that stands nearest in the folders.
        Tables that are declared more than once but with the same columns are one table. A temporary table is
        known in its own file alone; of a dbt project the models come first in the files of that project, and are not
        meant by a bare name in any other. `is_reference` says that a name of one part stands in `ref()`: it means nothing
        but a model where the file's project has any. `searched` is where the engine looks for a name without a schema: the
        first schema that has such a table counts, and where none has, a table whose schema nobody names.
        """
        self.asked.add(name.folded[-1])
        if is_reference:
            self.asked.add(IN_SCOPE + path)
        if not searched and not is_reference:
            searched = self.search_path
        if path != self._path:
            self._path, self._answers = path, {}
        question = name, dialect, is_reference, searched.schemas, searched.database
        if question not in self._answers:
            self._answers[question] = self._meant(name, dialect, path, searched, is_reference=is_reference)
        table, missed = self._answers[question]
        if missed:
            self.missed.add(name.folded[-1])
        return table

    def _meant(
        self, name: TableName, dialect: str, path: str, searched: SearchPath, *, is_reference: bool
    ) -> tuple[Table | None, bool]:
        """Give the one table that a name means, and whether there is none at all."""
        last, found = name.folded[-1], None
        if last in self._temporary:
            found = self._found(name, dialect, path, is_reference=is_reference)
        if found is None or not any(one.table.temporary for one in found):
            for fuller in searched.names(name):
                there = self._found(fuller, dialect, path, is_reference=False)
                there = [one for one in there if len(one.folded) > len(name.parts)]
                if there:
                    return the_one(tables_of(there), fuller, dialect, path), False
        if found is None:
            found = self._found(name, dialect, path, is_reference=is_reference)
        if searched.schemas and len(name.parts) == 1 and not any(one.table.temporary for one in found):
            found = [one for one in found if len(one.folded) == 1 or one.scope or not one.own]
        return (the_one(tables_of(found), name, dialect, path), False) if found else (None, True)

    def _found(self, name: TableName, dialect: str, path: str, *, is_reference: bool) -> list[Name]:
        """Give the names that one may mean."""
        folded = name.folded
        found = [
            one
            for one in self._ending(folded)
            if one.means(folded, path) and (not one.table.temporary or stands_in(one.table, path))
        ]
        if len(folded) == 1:
            inner = max((one.scope for one in found), key=depth, default="")
            if inner or (is_reference and self._has_models(path)):
                found = [one for one in found if one.scope and one.scope == inner]
        else:
            found = [one for one in found if one.scope and one.folded == folded and in_scope(path, one.scope)] or found
        exact = [one for one in found if one.folded == folded]
        if not exact:
            # `shop.orders` is `orders` of a script that names no schema only where both are of one engine.
            found = [one for one in found if len(one.folded) > len(folded) or compatible(one.table.dialect, dialect)]
        return most_alike(exact or found, name, dialect)

    def _ending(self, folded: tuple[str, ...]) -> list[Name]:
        """Give the names that end as one does, or that it ends as."""
        if len(folded) == 1:
            return self._by_name.get(folded[-1], [])
        return [*self._by_end.get(folded[-1:], ()), *self._by_end.get(folded[-2:], ())]

    def _has_models(self, path: str) -> bool:
        return any(in_scope(path, scope) for scope in self._scopes)

    def view(self, name: TableName, path: str = "") -> View | None:
        """Give the one view that a name in a file means, if the project writes it once: one written anew may be another."""
        self.asked.add(name.folded[-1])
        found = [
            view
            for view in self._views.get(name.folded[-1], ())
            if same_end(view.name.folded, name.folded)
            and (view.scope is None or (len(name.parts) == 1 and path.startswith(view.scope)))
        ]
        return found[0] if len(found) == 1 else None

    def declared_in(self, path: str) -> tuple[Table, ...]:
        """Give the tables that are declared in a file, as they stand in the end."""
        found = self._places()[0].get(path, ())
        self.asked.add(IN_FILE + path)
        self.asked.update(table.name.folded[-1] for table in found)
        return tuple(found)

    def says(self, fact: str, least: float = 0.0, *, folder: str = "*") -> bool:
        """Say whether the project tells a fact of any table at all, and of the share `least` of those that it concerns.

        `Told` names the facts. With `folder`, which ends with a slash but for the top of the project, only the tables are
        asked that are declared in its own files.
        """
        self.asked.add(f"{IN_PROJECT}{fact} {least} {folder}")
        told, concerned = self._told.of(fact, folder)
        return told > 0 and told >= least * concerned

    def told(self, fact: str, *, folder: str = "*") -> tuple[int, int]:
        """Give how many tables the project tells a fact of, as in `says`, and how many the fact concerns."""
        self.asked.add(f"{HOW_MANY}{fact} {folder}")
        return self._told.of(fact, folder)

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
        if asked.startswith(IN_PROJECT):
            fact, least, folder = asked.removeprefix(IN_PROJECT).split(" ", 2)
            return repr(self.says(fact, float(least), folder=folder))
        if asked.startswith(HOW_MANY):
            fact, folder = asked.removeprefix(HOW_MANY).split(" ", 1)
            return repr(self._told.of(fact, folder))
        if asked.startswith(IN_FILE):
            by_path, indexes = self._places()
            path = asked.removeprefix(IN_FILE)
            names = (*by_path.get(path, ()), *(table for table, _ in indexes.get(path, ())))
            return repr(sorted({table.name.parts for table in names}))
        if asked.startswith(IN_SCHEMA):
            beside = self._in_schema(asked.removeprefix(IN_SCHEMA))
            return repr([(table.name, table.origins, table.location) for table in beside])
        if asked.startswith(IN_SCOPE):
            return repr(self._has_models(asked.removeprefix(IN_SCOPE)))
        if asked == ANYTHING:
            return repr(self.is_empty)
        if asked.startswith(CLEARED):
            return repr(self._clearings.answer(asked))
        if asked.startswith(MADE):
            return repr(self._openings.made(TableName(tuple(asked.removeprefix(MADE).split(MADE)))))
        if asked.startswith(REFERRING):
            return repr(sorted(self.referring(asked.removeprefix(REFERRING))))
        disputed = self._disputed.get(asked)
        tables = sorted(self.named(asked), key=lambda table: table.name.parts)
        views = self._views.get(asked)
        return repr((tables, disputed, views)) if disputed or views else repr(tables)

    def named(self, name: str) -> tuple[Table, ...]:
        """Give all tables whose last part, or that of a further name, is `name`."""
        self.asked.add(name.lower())
        return tuple({id(one.table): one.table for one in self._by_name.get(name.lower(), ())}.values())

    def referring(self, name: str) -> frozenset[str]:
        """Give the columns, in lower case, by which foreign keys of one column refer to a table whose last part is `name`."""
        if self._referring is None:
            found: dict[str, set[str]] = {}
            keys = (key for table in self._tables for key in table.keys)
            for key in keys:
                if key.references is not None and len(key.columns) == 1:
                    found.setdefault(key.references.folded[-1], set()).add(key.columns[0].lower())
            self._referring = {last: frozenset(columns) for last, columns in found.items()}
        self.asked.add(REFERRING + name.lower())
        return self._referring.get(name.lower(), frozenset())

    def enum(self, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Give the values that a type of that last part had one after the other, each with the path that set them."""
        self.asked.add(name.lower())
        return self._enums.get(name.lower(), ())

    def in_schema(self, schema: str) -> tuple[Table, ...]:
        """Give all lasting tables whose last part but one is `schema`, and with an empty one those named without any."""
        self.asked.add(IN_SCHEMA + schema.lower())
        return self._in_schema(schema.lower())

    def _in_schema(self, schema: str) -> tuple[Table, ...]:
        if self._by_schema is None:
            by_schema: dict[str, list[Table]] = {}
            for table in self._tables:
                if not table.temporary:
                    by_schema.setdefault(table.name.folded[-2] if len(table.name.parts) > 1 else "", []).append(table)
            self._by_schema = {name: tuple(tables) for name, tables in by_schema.items()}
        return self._by_schema.get(schema, ())

    def made(self, name: TableName) -> Made:
        """Say whether a table that nothing declares may be made at run time, under a name that is put together then."""
        self.asked.add(MADE + MADE.join(name.folded))
        return self._openings.made(name)

    def cleared(self, path: str, name: str) -> tuple[Clearing, ...]:
        """Give what empties a table whose last part is `name`, in lower case, in the folder of the file at `path`."""
        asked = self._clearings.question(path, name)
        self.asked.add(asked)
        return self._clearings.answer(asked)

    def disputed(self, table: TableName, fact: str, column: str | None = None) -> bool:
        """Say whether sources contradict one another on a fact of a table, or of one of its columns.

        The fact `columns` is which columns there are: without `column`, whether any is in dispute.
        """
        self.asked.add(table.folded[-1])
        return any(
            one.fact == fact
            and same_end(one.table.folded, table.folded)
            and (one.column or "").lower() == (column if column is not None else one.column or "").lower()
            for one in self._disputed.get(table.folded[-1], ())
        )


def catalog_of(
    changes: Iterable[TableChange | TypeChange],
    declarations: Iterable[Declaration] = (),
    home: Callable[[str], str] = home,
    views: Iterable[View] = (),
    star: StarNames = PLAIN,
    search_path: SearchPath = NOWHERE,
    openings: Iterable[Opening] = (),
    clearings: Iterable[Clearing] = (),
) -> Catalog:
    """Give the catalog that changes, in order, lead to, with what else describes its tables; `home` as in `fold_tables`."""
    tables: list[TableChange] = []
    types: list[TypeChange] = []
    for change in changes:
        if isinstance(change, (CreateEnum, AddEnumValue, RenameEnum)):
            types.append(change)
        else:
            tables.append(change)
    folded = merged(*fold_tables(tables, home), declarations)
    return Catalog(*folded, enum_history(types), views, star, search_path, Openings(openings), Clearings(clearings))
