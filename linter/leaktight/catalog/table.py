"""What is known of a table, fact by fact, with the place each fact was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from leaktight.diagnostics import Location
from leaktight.lazy import record


def same_end(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether the shorter of two folded names is the end of the longer one."""
    shared = min(len(one), len(other))
    return one[-shared:] == other[-shared:]


@record(frozen=True, slots=True)
class TableName:
    """A table's name as written: `parts` from the outside in (`project`, `dataset`, `orders`), quotes off.

    `quoted` says of each part whether it was quoted, which decides case folding (see `casing`); it is empty where nobody
    knows: an object mapper's name, one of a template.
    """

    parts: tuple[str, ...]
    quoted: tuple[bool, ...] = ()

    @property
    def name(self) -> str:
        """The last part."""
        return self.parts[-1]

    @property
    def folded(self) -> tuple[str, ...]:
        """The parts in lower case, for comparing names of one project."""
        return tuple(map(str.lower, self.parts))

    def within(self, above: TableName) -> TableName:
        """Give the name with the parts of `above` before its own."""
        known = len(self.quoted) == len(self.parts) and len(above.quoted) == len(above.parts)
        return TableName((*above.parts, *self.parts), (*above.quoted, *self.quoted) if known else ())

    def beside(self, other: TableName) -> TableName:
        """Give the name in the schema of another, where it has none of its own."""
        above = TableName(other.parts[:-1], other.quoted[:-1])
        return self.within(above) if len(self.parts) == 1 and above.parts else self

    def same(self, other: TableName) -> bool:
        """Say whether two names of one file may mean the same table: the shorter one is the end of the longer."""
        return same_end(self.folded, other.folded)

    def __str__(self) -> str:
        return ".".join(self.parts)


@record(frozen=True, slots=True)
class Alias:
    """A further name of a table, which counts in the files below `scope` alone, in all where that is empty.

    Of dbt's `source('raw', 'orders')` it is `raw.orders`, whatever the table is called; of a model its relation's name.
    """

    name: TableName
    scope: str = ""


@record(frozen=True, slots=True)
class Column:
    """A column. `type` is the type in words as written (`TIMESTAMP WITH TIME ZONE`), upper case; None if unknown.

    `nullable` is None where no source says so. `generated` says that the engine fills it in: identity, serial,
    AUTO_INCREMENT, a computed expression. `quoted` says that its declaration quotes the name, whose case then counts.
    `computed` is the expression, as written, that a generated column is worked out by.
    `classification` is the kind of data in the words of its source (`pii`, `restricted`), `tags` are further words of it.
    `field` is what an object mapper's code calls the column, where that is another name: `customer` for `customer_id`.
    `chosen` says that the mapper's code lists the values that it may hold.
    `preset` is the code by which the mapper fills it in where nobody says a value, as written: `dict`, `datetime.utcnow`.
    `places` has the place of each fact, by the name of its field, that was not read at `location`. `former` has the places
    of the changes that gave it another type or nullability, each with those that it had before.
    """

    name: str
    type: str | None = None
    nullable: bool | None = None
    default: str | None = None
    comment: str | None = None
    location: Location | None = None
    generated: bool = False
    quoted: bool = False
    classification: str | None = None
    tags: tuple[str, ...] = ()
    places: Mapping[str, Location] = field(default_factory=dict)
    field: str | None = None
    chosen: bool = False
    former: tuple[tuple[Location | None, str | None, bool | None], ...] = ()
    computed: str | None = None
    preset: str | None = None

    def place_of(self, fact: str) -> Location | None:
        """Give the place that a fact, named as its field is, was read from."""
        return self.places.get(fact, self.location)


class KeyKind(StrEnum):
    """What a key promises."""

    PRIMARY = "primary"
    UNIQUE = "unique"
    FOREIGN = "foreign"


@record(frozen=True, slots=True)
class Key:
    """A primary, unique or foreign key over columns, in their order.

    `enforced` is False where the engine takes it as a promise (BigQuery, Snowflake, Redshift). `nulls_distinct` is False
    where a unique key counts two NULLs as equal (`NULLS NOT DISTINCT`). `again` are the names of further constraints that
    say the same: dropping one of them leaves the key.
    """

    kind: KeyKind
    columns: tuple[str, ...]
    references: TableName | None = None
    referenced_columns: tuple[str, ...] = ()
    enforced: bool = True
    location: Location | None = None
    name: str | None = None
    nulls_distinct: bool = True
    again: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Check:
    """A CHECK constraint: its condition as written."""

    condition: str
    name: str | None = None
    location: Location | None = None


@record(frozen=True, slots=True)
class Part:
    """A partition that is a table of its own, or named in the table's definition; `bounds` as in `Table`."""

    name: TableName
    bounds: str
    location: Location | None = None


@record(frozen=True, slots=True)
class Index:
    """An index. An element that is an expression stands in `columns` as its text.

    `elements` has each element as written, in lower case and without ASC (`created_at desc`, `name text_pattern_ops`); it
    is empty where every element is the bare column. `nulls_distinct` is as in `Key`, `quoted` as in `Column`.
    """

    name: str | None
    columns: tuple[str, ...]
    unique: bool = False
    predicate: str | None = None
    method: str | None = None
    included: tuple[str, ...] = ()
    location: Location | None = None
    elements: tuple[str, ...] = ()
    nulls_distinct: bool = True
    quoted: bool = False


@record(frozen=True, slots=True)
class Partitioning:
    """How a table is cut into partitions.

    `columns` are those of which a filter must bound one, `expression` is the text as written (`DATE(created_at)`).
    `kind` is one of `range`, `list`, `hash` (Postgres, MySQL, Oracle, ClickHouse), `time`, `integer`, `ingestion`
    (BigQuery), `hive` (a column whose values are folders), `transform` (Iceberg's `days(ts)`, ClickHouse's
    `toYYYYMM(ts)`). `granularity` is `hour`, `day`, `month`, `year` or None.
    """

    columns: tuple[str, ...]
    expression: str
    kind: str
    granularity: str | None = None
    required: bool = False
    location: Location | None = None


@record(frozen=True, slots=True)
class Clustering:
    """The columns that rows are sorted by: cluster keys, sort keys, ORDER BY of a MergeTree."""

    columns: tuple[str, ...]
    location: Location | None = None


@record(frozen=True, slots=True)
class Statistics:
    """How much a table holds, as far as it was counted or estimated: rows, bytes on disk, partitions."""

    rows: int | None = None
    bytes: int | None = None
    partitions: int | None = None
    location: Location | None = None


@record(frozen=True, slots=True)
class Table:
    """A table or view of the project.

    `kind` is `table`, `view`, `materialized`, `external`, `foreign`, `virtual` (SQLite's, which a module keeps), for a
    part of another table `partition`, and for what dbt makes `model`, `seed` or `snapshot`.
    `complete` says that all columns are known.
    `dialect` is the sqlglot name of the dialect its DDL is written in.
    `role` is what kind of store it stands in: `oltp`, `olap`, `staging`. `owner` and `retention` are in the words of their
    source; `tags` are further words of it.
    `places` has the place of each fact, by the name of its field, that was not read at `location`. `origins` are the sources
    that declare the table, each with its place, those that count most first: `("ddl", …)`, `("dbt", …)`. `scope` is the
    folder, with a slash at its end, in whose files alone the name without a schema means this table, as a dbt model's does;
    `./` is all of the project. `aliases` are its further names. `materialized` is what dbt makes of a model: `table`,
    `view`, `incremental`, `ephemeral`; `strategy` is how an incremental one takes what is new. `digest` tells one text of the
    model's query from another.
    `model` is the name by which an object mapper's migrations mean the table, where that is another: `shop_order`.
    `parts` are the partitions that the project creates, and the tables that inherit from it, in its order; `bounds` says, of
    one that is a table of its own, which rows it holds, as written (`FROM ('2024-01-01') TO ('2024-02-01')`, `DEFAULT`).
    `former_checks` are all checks that it ever had, in the order that they were made in, where a change has made or dropped one;
    it is empty where `checks` says as much.
    `exclusions` are the EXCLUDE constraints that let no row in twice, with their elements as condition: no key, for nothing
    can refer to a row by one.
    `dropped` are the names, in lower case, of columns and their fields that the table had and that a change dropped or renamed.
    `derived` says that its columns are those of a query or of another table: `AS SELECT`, `LIKE`, `INHERITS`.
    """

    name: TableName
    columns: Mapping[str, Column] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    indexes: tuple[Index, ...] = ()
    partitioning: Partitioning | None = None
    clustering: Clustering | None = None
    kind: str = "table"
    temporary: bool = False
    complete: bool = True
    dialect: str = ""
    comment: str | None = None
    location: Location | None = None
    owner: str | None = None
    retention: str | None = None
    role: str | None = None
    statistics: Statistics | None = None
    tags: tuple[str, ...] = ()
    places: Mapping[str, Location] = field(default_factory=dict)
    origins: tuple[tuple[str, Location | None], ...] = ()
    scope: str = ""
    model: str | None = None
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Check, ...] = ()
    parts: tuple[Part, ...] = ()
    bounds: str = ""
    aliases: tuple[Alias, ...] = ()
    materialized: str | None = None
    strategy: str | None = None
    digest: str = ""
    dropped: frozenset[str] = frozenset()
    derived: bool = False
    former_checks: tuple[Check, ...] = ()

    def place_of(self, fact: str) -> Location | None:
        """Give the place that a fact, named as its field is, was read from."""
        return self.places.get(fact, self.location)

    @property
    def path(self) -> str:
        """The path of the file that declares it; empty where that is not known."""
        return self.location.path if self.location is not None else ""

    @property
    def primary_key(self) -> Key | None:
        """The primary key, if one is declared."""
        return next((key for key in self.keys if key.kind is KeyKind.PRIMARY), None)

    def column(self, name: str) -> Column | None:
        """Give a column by name, whatever its case."""
        return self.columns.get(name) or self.columns.get(name.lower())

    def unique_keys(self) -> tuple[tuple[str, ...], ...]:
        """Give the column sets that are unique: keys and unique indexes without predicate."""
        sets = [key.columns for key in self.keys if key.kind is not KeyKind.FOREIGN]
        sets += [index.columns for index in self.indexes if index.unique and index.predicate is None]
        return tuple(dict.fromkeys(sets))

    @property
    def leading_columns(self) -> frozenset[str]:
        """The columns, in lower case, that lead a key or an index which holds every row."""
        sets = [key.columns for key in self.keys if key.kind is not KeyKind.FOREIGN]
        sets += [index.columns for index in self.indexes if index.predicate is None]
        return frozenset(columns[0].lower() for columns in sets if columns)

    def nullable(self, column: str) -> bool | None:
        """Say whether a column may hold NULL; None when the column or the fact is unknown."""
        found = self.column(column)
        return None if found is None else found.nullable
