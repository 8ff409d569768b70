"""What a source says of a table, other than by changing it: a model, a contract, a snapshot of a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from leaktight.catalog.table import Column, Table, TableName
from leaktight.lazy import record


class Origin(StrEnum):
    """A kind of source. They are in order: where two sources say different things of a table, the first one counts.

    The repository's own DDL comes before a snapshot of a database, for the queries that are checked will run when its
    migrations have. Whoever merely describes a table comes after what made it.
    """

    CONFIGURATION = "configuration"
    DDL = "ddl"
    """`CREATE`, `ALTER`, … and the migrations of Alembic and Django, replayed."""
    MODEL = "model"
    """Classes of SQLAlchemy and Django."""
    SNAPSHOT = "snapshot"
    """What was pulled from a database, or dumped from its `information_schema`; dbt's `catalog.json`."""
    INFRASTRUCTURE = "infrastructure"
    """Terraform."""
    DBT = "dbt"
    """`schema.yml`, the `config()` of models, `manifest.json`."""
    SQLMESH = "sqlmesh"
    """The headers of SQLMesh's models, and what it is told of external ones."""
    CONTRACT = "contract"
    """Data contracts."""
    DERIVED = "derived"
    """The columns that a model's own query produces, the header of a seed."""

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return _RANKS[self]


_RANKS = {origin: rank for rank, origin in enumerate(Origin)}


@record(frozen=True, slots=True)
class Declaration:
    """A table as one source describes it; what the source does not say is None, empty, or left at its default.

    `table.complete` says that the source names all of its columns. Some of it may stand in another file: `columns_in` is
    the path of a `Listing`, `within` the key of the `Container` whose name stands before the table's.
    """

    table: Table
    origin: Origin
    columns_in: str = ""
    within: str = ""


@record(frozen=True, slots=True)
class Listing:
    """A file at `path` that lists columns and does not say of which table: that is for another one."""

    path: str
    columns: Mapping[str, Column]
    complete: bool


SLOT = "\0"
"""What stands on both sides of a key in a name of which another file of the folder says that part."""
LONGEST_NAME = 1000
"""How many characters a name has at most; what is longer is none."""
_MOST_STEPS = 40


@record(frozen=True, slots=True)
class Container:
    """What a schema, or a part of a name, that other files refer to by a key is called."""

    key: str
    name: str


def joined(declarations: Iterable[Declaration], elsewhere: Iterable[Listing | Container]) -> Iterator[Declaration]:
    """Yield declarations with what other files say of them; none of a table whose own name no file says."""
    listings: dict[str, Listing] = {}
    containers: dict[str, str] = {}
    for item in elsewhere:
        if isinstance(item, Listing):
            listings[item.path] = item
        else:
            containers.setdefault(item.key, item.name)
    slots = _Slots(containers)
    for declaration in declarations:
        table = declaration.table
        listing = listings.get(declaration.columns_in)
        above = containers.get(declaration.within)
        if listing is not None and not table.columns:
            table = replace(table, columns=listing.columns, complete=listing.complete)
        if above is not None and len(table.name.parts) == 1:
            table = replace(table, name=TableName((above, *table.name.parts)))
        if any(SLOT in part for part in table.name.parts):
            parts = slots.known_parts(table.name, table.path.rpartition("/")[0])
            if not parts:
                continue
            table = replace(table, name=TableName(parts))
        yield declaration if table is declaration.table else replace(declaration, table=table)


class _Slots:
    """Fills the slots of names with what the files of a folder say; what a key comes to is worked out once."""

    def __init__(self, containers: Mapping[str, str]) -> None:
        self._containers = containers
        self._known: dict[str, str | None] = {}

    def known_parts(self, name: TableName, folder: str) -> tuple[str, ...]:
        """Give the parts of a name up to the first, from the end, that no file says."""
        found: list[str] = []
        for part in reversed(name.parts):
            said = self._filled(part, folder, 0)
            if not said:
                break
            found.insert(0, said)
        return tuple(found)

    def _filled(self, text: str, folder: str, depth: int) -> str | None:
        pieces = text.split(SLOT)
        length = 0
        for at, piece in enumerate(pieces):
            said = self._said(f"{folder}/{piece}", folder, depth) if at % 2 else piece
            length += len(said or "")
            if said is None or length > LONGEST_NAME:
                return None
            pieces[at] = said
        return "".join(pieces)

    def _said(self, key: str, folder: str, depth: int) -> str | None:
        if key not in self._known:
            self._known[key] = None  # what a name that is made of itself comes to
            text = self._containers.get(key)
            if text is not None and depth < _MOST_STEPS:
                self._known[key] = self._filled(text, folder, depth + 1)
        return self._known[key]
