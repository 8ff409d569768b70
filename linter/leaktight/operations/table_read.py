"""What the project's SQL reads of a table: what indexes and partitions are judged by, and who breaks when it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from leaktight.catalog.table import TableName, same_end
from leaktight.diagnostics import Location
from leaktight.lazy import record


class Adds(StrEnum):
    """What rows an INSERT or a MERGE adds."""

    NONE = ""
    ROWS = "rows"
    WRITTEN_OUT = "written out"
    """Rows whose values all stand in the statement, as those for what is unknown."""
    UNMATCHED = "unmatched"
    """What its ON finds nothing for, of rows that come once."""


@record(frozen=True, slots=True)
class TableRead:
    """A table in a FROM, a JOIN, or as what a write works on.

    Columns are in lower case. `equals`, `ranges` and `joins` are those that stand bare in a predicate which every row must
    pass: compared for equality with something of no other table, bounded, or compared with another table's column. `orders`
    are those that the result is ordered by, in order, as far as they stand bare; `touched` all that stand anywhere in a
    condition, an order or a group; `columns` all that are used, each with its first place. `maybe` are columns without a
    qualifier that may as well be another table's. `star` says that all are read. `verb` is `select`, `insert`, `update`,
    `delete` or `merge`. `document_keys` are the keys at the top of a JSON document that rows are chosen, sorted or grouped
    by, as (column in lower case, key as written), each with its first place. `adds` says what a write inserts, `sets` what
    an UPDATE or a MERGE assigns, None where that is not all known.
    `led_by` has, of columns in `joins`, what the rows on the other side are chosen by: its `equals`.
    """

    name: TableName
    location: Location
    dialect: str = ""
    verb: str = "select"
    equals: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    touched: frozenset[str] = frozenset()
    columns: Mapping[str, Location] = field(default_factory=dict)
    maybe: Mapping[str, Location] = field(default_factory=dict)
    star: bool = False
    document_keys: Mapping[tuple[str, str], Location] = field(default_factory=dict)
    adds: Adds = Adds.NONE
    sets: frozenset[str] | None = None
    led_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def filters(self) -> tuple[str, ...]:
        """The columns that choose rows: compared for equality, bounded, or joined on."""
        return tuple(dict.fromkeys((*self.equals, *self.ranges, *self.joins)))


_IN_SCHEMA = "\t"
"""What stands before the name of a schema; no name of a table begins with it."""


class TableReads:
    """All reads of a project, by table; remembers which names were asked for."""

    def __init__(self, reads: Iterable[TableRead] = ()) -> None:
        self._by_name: dict[str, list[TableRead]] = {}
        self.asked: set[str] = set()
        for read in reads:
            folded = read.name.folded
            self._by_name.setdefault(folded[-1], []).append(read)
            if len(folded) > 1:
                self._by_name.setdefault(_IN_SCHEMA + folded[-2], []).append(read)

    def named(self, name: str) -> tuple[TableRead, ...]:
        """Give the reads of every table whose last part is `name`."""
        self.asked.add(name.lower())
        return tuple(self._by_name.get(name.lower(), ()))

    def in_schema(self, schema: str) -> tuple[TableRead, ...]:
        """Give the reads that name a schema."""
        return self.named(_IN_SCHEMA + schema)

    def of(self, name: TableName) -> tuple[TableRead, ...]:
        """Give the reads whose table may be the one of that name: the shorter name is the end of the longer."""
        return tuple(read for read in self.named(name.name) if same_end(read.name.folded, name.folded))
