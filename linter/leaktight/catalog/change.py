"""Changes of tables, as DDL makes them: what the catalog is folded from.

Each says where it stands (`location`) and in which dialect: two scripts that change tables of one name may mean two
databases.
"""

from __future__ import annotations

from collections.abc import Mapping

from leaktight.catalog.table import Check, Clustering, Column, Index, Key, KeyKind, Partitioning, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import record


@record(frozen=True, slots=True, kw_only=True)
class Change:
    """What every change says of itself."""

    location: Location | None = None
    dialect: str = ""

    @property
    def path(self) -> str:
        """The path of the file that it stands in; empty where that is not known."""
        return self.location.path if self.location is not None else ""


@record(frozen=True, slots=True)
class CreateTable(Change):
    """`CREATE TABLE` or `CREATE VIEW`, with what it declares.

    `like` is the table whose columns it takes, with keys and partitioning if `like_all`; `partition_of` the parent of a
    Postgres partition. `inherits` are the tables whose columns it has too, and of which its rows are rows as well.
    """

    table: Table
    if_not_exists: bool = False
    like: TableName | None = None
    like_all: bool = False
    partition_of: TableName | None = None
    inherits: tuple[TableName, ...] = ()

    @property
    def models(self) -> tuple[TableName, ...]:
        """The tables whose columns it takes, in their order; that of which it takes all comes last."""
        shape = self.partition_of or self.like
        return (*self.inherits, shape) if shape is not None else self.inherits


@record(frozen=True, slots=True)
class DropTable(Change):
    """`DROP TABLE` or `DROP VIEW`."""

    name: TableName


@record(frozen=True, slots=True)
class RenameTable(Change):
    """`ALTER TABLE … RENAME TO …`. A `to` of one part stays in the schema of the table.

    Where only an object mapper's name for it is changed, `model` is that name from now on; see `Table`.
    """

    name: TableName
    to: TableName
    model: str | None = None


@record(frozen=True, slots=True)
class AddColumn(Change):
    """`ALTER TABLE … ADD COLUMN …`. It comes `after` a column, first where that is empty, last where it is None."""

    name: TableName
    column: Column
    keys: tuple[Key, ...] = ()
    after: str | None = None


@record(frozen=True, slots=True)
class DropColumn(Change):
    """`ALTER TABLE … DROP COLUMN …`."""

    name: TableName
    column: str


@record(frozen=True, slots=True)
class RenameColumn(Change):
    """`ALTER TABLE … RENAME COLUMN … TO …`; `quoted` says whether the new name stands in quotes.

    `field` is what an object mapper calls the column from now on. Where that is None and `column` is a field, `to` is the
    field's new name; the column's follows.
    """

    name: TableName
    column: str
    to: str
    quoted: bool = False
    field: str | None = None


@record(frozen=True, slots=True)
class AlterColumn(Change):
    """A column's new type, nullability, default or comment; None leaves a fact as it was, an empty text takes it off.

    `generated` is as in `Column`; `after` is where it goes to, as in `AddColumn`, None where it stays.
    """

    name: TableName
    column: str
    type: str | None = None
    nullable: bool | None = None
    default: str | None = None
    comment: str | None = None
    generated: bool | None = None
    after: str | None = None


@record(frozen=True, slots=True)
class AddKey(Change):
    """`ALTER TABLE … ADD PRIMARY KEY / UNIQUE / FOREIGN KEY`; with `index`, the key is of that index's columns, and takes it."""

    name: TableName
    key: Key
    index: str | None = None


@record(frozen=True, slots=True)
class AddCheck(Change):
    """`ALTER TABLE … ADD CHECK (…)`."""

    name: TableName
    check: Check


@record(frozen=True, slots=True)
class AddExclusion(Change):
    """`ALTER TABLE … ADD CONSTRAINT … EXCLUDE (…)`; `exclusion` where it lets no row in twice."""

    name: TableName
    constraint: str | None = None
    exclusion: Check | None = None


@record(frozen=True, slots=True)
class DropKey(Change):
    """`ALTER TABLE … DROP CONSTRAINT key`, or, with `kind`, `DROP PRIMARY KEY` and `DROP UNIQUE (…)`.

    What is dropped by its name may be a check or an exclusion too. `unnamed` leaves those keys alone that have a name and,
    without `columns`, those of one column.
    """

    name: TableName
    key: str | None = None
    kind: KeyKind | None = None
    columns: tuple[str, ...] = ()
    unnamed: bool = False


@record(frozen=True, slots=True)
class AddIndex(Change):
    """`CREATE INDEX`."""

    name: TableName
    index: Index


@record(frozen=True, slots=True)
class DropIndex(Change):
    """`DROP INDEX`; `table` where the statement names it.

    An empty `index` means one without a name over these `columns`, or all such over several columns where none are given.
    """

    index: str
    table: TableName | None = None
    columns: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class RenameIndex(Change):
    """`ALTER INDEX … RENAME TO …`; where the statement names its `table`, it may be a constraint that is renamed."""

    index: str
    to: str
    table: TableName | None = None


@record(frozen=True, slots=True)
class SetPartitioning(Change):
    """A table's partitioning or clustering, given after it was created; `required` as `require_partition_filter`.

    One of either without columns takes away the one that there is.
    """

    name: TableName
    partitioning: Partitioning | None = None
    clustering: Clustering | None = None
    required: bool | None = None


@record(frozen=True, slots=True)
class ChangePartitionFields(Change):
    """Iceberg's `ADD`, `DROP` and `REPLACE PARTITION FIELD`: the text of the field that goes, and what the one that comes is."""

    name: TableName
    dropped: str = ""
    added: Partitioning | None = None


@record(frozen=True, slots=True)
class ReplaceColumns(Change):
    """`ALTER TABLE … REPLACE COLUMNS (…)`: all columns but Hive's partition columns, by their lower-case names."""

    name: TableName
    columns: Mapping[str, Column]


@record(frozen=True, slots=True)
class AttachPartition(Change):
    """`ALTER TABLE … ATTACH PARTITION …`: the table `partition` becomes a part of `name`; `bounds` as in `Table`."""

    name: TableName
    partition: TableName
    bounds: str = ""


@record(frozen=True, slots=True)
class DetachPartition(Change):
    """`ALTER TABLE … DETACH PARTITION …`: the table `partition` is no longer a part of `name`."""

    name: TableName
    partition: TableName


@record(frozen=True, slots=True)
class CommentTable(Change):
    """`COMMENT ON TABLE … IS …`."""

    name: TableName
    comment: str | None


@record(frozen=True, slots=True)
class UnknownChange(Change):
    """A change of which only the table is known: its columns are not all known from here on."""

    name: TableName


@record(frozen=True, slots=True)
class CreateEnum(Change):
    """`CREATE TYPE … AS ENUM (…)`."""

    name: TableName
    values: tuple[str, ...]


@record(frozen=True, slots=True)
class AddEnumValue(Change):
    """`ALTER TYPE … ADD VALUE …`, wherever among the others it stands; with `instead`, the value that it takes the place of."""

    name: TableName
    value: str
    instead: str | None = None


@record(frozen=True, slots=True)
class RenameEnum(Change):
    """`ALTER TYPE … RENAME TO …`."""

    name: TableName
    to: str


TypeChange = CreateEnum | AddEnumValue | RenameEnum

TableChange = (
    CreateTable
    | DropTable
    | RenameTable
    | AddColumn
    | DropColumn
    | RenameColumn
    | AlterColumn
    | AddKey
    | AddCheck
    | AddExclusion
    | DropKey
    | AddIndex
    | DropIndex
    | RenameIndex
    | SetPartitioning
    | ChangePartitionFields
    | ReplaceColumns
    | AttachPartition
    | DetachPartition
    | CommentTable
    | UnknownChange
)
