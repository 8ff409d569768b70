"""What is known of the whole project, gathered from every file in a first pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from leaktight.catalog.applied import Applied
from leaktight.catalog.catalog import Catalog
from leaktight.catalog.chain import Revision
from leaktight.catalog.change import CreateTable, TableChange, TypeChange
from leaktight.catalog.clearings import Clearing
from leaktight.catalog.declaration import Container, Declaration, Listing, Origin
from leaktight.catalog.names import is_row_store, nearest_to
from leaktight.catalog.openings import Opening
from leaktight.catalog.plan import Plan
from leaktight.catalog.produced import Produced
from leaktight.catalog.search_path import NOWHERE, SearchPath
from leaktight.catalog.star import PLAIN, StarNames
from leaktight.catalog.table import Table, TableName
from leaktight.catalog.view import View
from leaktight.diagnostics import Location
from leaktight.lazy import record
from leaktight.operations.dbt.projects import DbtFile
from leaktight.operations.dialects import folders_of
from leaktight.operations.table_read import TableRead, TableReads
from leaktight.report import NotAnalysed

DEFAULT_TENANT_KEYS = ("channel_id", "tenant_id", "org_id", "account_id")
FROM_ENVIRONMENT = "env:"
"""What a table's reference begins with where the code takes the name from an environment variable."""

_ANY_TABLE = frozenset({"table", "tablename", "dynamodbtable", "dynamodbtablename", "ddbtable", "ddbtablename"})


@record(frozen=True, slots=True)
class DynamodbTable:
    """A DynamoDB table as the project's infrastructure declares it.

    `logical` is the name of the resource (`StreamsTable`), `name` its literal table name if it has one. `keys` are
    (partition key, sort key or None); `indexes` maps an index's name to its keys. `narrow_indexes` are those that do
    not hold all attributes.
    """

    logical: str
    name: str | None
    keys: tuple[str, str | None]
    indexes: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    ttl: str | None = None
    location: Location | None = None
    narrow_indexes: frozenset[str] = frozenset()

    @property
    def identity(self) -> str:
        """What tells it from every other table of the project: the path of its template and its logical name."""
        return f"{self.location.path if self.location is not None else ''}#{self.logical}"

    @property
    def key_attributes(self) -> frozenset[str]:
        """The attributes that are a key of the table or of one of its indexes."""
        pairs = (self.keys, *self.indexes.values())
        return frozenset(name for pair in pairs for name in pair if name)


@record(frozen=True, slots=True)
class TableVariable:
    """An environment variable that the infrastructure in `path` sets to a table: its logical or literal name."""

    variable: str
    table: str
    path: str


@record(frozen=True, slots=True)
class TableUse:
    """That a file sends a DynamoDB request to a table: for rules that ask who else touches it.

    `table` is a reference: a literal name, or `env:STREAMS_TABLE`. `names` are the attributes that its keys,
    conditions and filters name. `attributes` are those of the item that a Put writes, None where not all are known.
    """

    table: str
    operation: str
    location: Location
    function: str = ""
    names: frozenset[str] = frozenset()
    attributes: frozenset[str] | None = None
    declared: str = ""
    """Which declared table that is, once all files are known: the path of its template and its logical name."""


@record(frozen=True, slots=True)
class FileFacts:
    """What one file tells the project: picklable, cached by the file's content."""

    changes: tuple[TableChange | TypeChange, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    plans: tuple[Plan, ...] = ()
    revision: Revision | None = None
    """What the file says of its place in a chain of migrations."""
    elsewhere: tuple[Listing | Container, ...] = ()
    views: tuple[View, ...] = ()
    dynamodb_tables: tuple[DynamodbTable, ...] = ()
    dynamodb_uses: tuple[TableUse, ...] = ()
    table_variables: tuple[TableVariable, ...] = ()
    airflow: tuple[int, ...] | None = None
    dbt: tuple[DbtFile, ...] = ()
    produced: tuple[Produced, ...] = ()
    openings: tuple[Opening, ...] = ()
    clearings: tuple[Clearing, ...] = ()
    unread: NotAnalysed | None = None
    """Why the file tells nothing, or not all, where it could not be read."""

    @property
    def changes_tables(self) -> bool:
        """Whether it makes or changes a table of interest to who judges it by its queries.

        Most DDL of a warehouse makes views, and tables that have neither keys nor cuts. Classes of an ORM declare tables of
        databases for transactions; a model of dbt may be cut into partitions.
        """
        return any(_is_of_interest(change) for change in self.changes) or any(
            one.origin is Origin.MODEL or (one.table.kind == "model" and one.table.partitioning is not None)
            for one in self.declarations
        )

    @property
    def makes_a_schema(self) -> bool:
        """Whether it makes more tables than it changes of others, and several."""
        made = {change.table.name.folded[-1] for change in self.changes if isinstance(change, CreateTable)}
        names = (getattr(change, "name", None) for change in self.changes)
        others = {name.folded[-1] for name in names if isinstance(name, TableName)} - made
        return len(made) > 1 and len(made) > len(others)


def _is_of_interest(change: TableChange | TypeChange) -> bool:
    if not isinstance(change, CreateTable):
        return True
    table = change.table
    return table.kind not in {"view", "materialized"} and (
        table.partitioning is not None or is_row_store(change.dialect)
    )


@record(frozen=True, slots=True)
class Project:
    """The project: its catalog, its DynamoDB tables, and the configured facts that rules ask for.

    `tenant_keys` are the attributes that tell one tenant's items from another's, `shared_tables` the DynamoDB tables
    that hold no tenant's items. `airflow` is the version as far as known: `(2, 9)`. `dialect_hints` are the dialects that
    folders are written in, for files that do not say. `engine_versions` are the configured versions of the engines that the
    project's databases run on. `outdated` are the files that describe the project as it was. `star` is how
    it calls facts, dimensions and their columns. `search_path` is where names without a schema are looked for where no
    statement says it.
    """

    catalog: Catalog = field(default_factory=Catalog)
    declared: tuple[Declaration, ...] = ()
    """What the configuration says of tables."""
    dynamodb_tables: tuple[DynamodbTable, ...] = ()
    dynamodb_uses: tuple[TableUse, ...] = ()
    table_variables: tuple[TableVariable, ...] = ()
    tenant_keys: tuple[str, ...] = DEFAULT_TENANT_KEYS
    shared_tables: tuple[str, ...] = ()
    airflow: tuple[int, ...] | None = None
    dialect_hints: Mapping[str, str] = field(default_factory=dict)
    engine_versions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    outdated: tuple[NotAnalysed, ...] = ()
    star: StarNames = PLAIN
    search_path: SearchPath = NOWHERE
    reads: TableReads = field(default_factory=TableReads)
    """What the project's SQL reads of each table; empty but for rules that ask for it."""
    start_after: tuple[str, ...] = ()
    """The last migrations that have run, as the configuration names them."""
    applied: Applied = field(default_factory=Applied)
    whole_schemas: frozenset[str] = frozenset()
    """Files that make, or drop, all tables at once and lie among migrations with numbers: they are no migration."""
    programs: frozenset[str] = frozenset()
    """The languages of its programs that are not read, by name: `Ruby`. What these ask of the tables is not known."""

    def has_run(self, path: str) -> bool:
        """Say whether a file is a migration that has run everywhere, as the configuration says."""
        if not self.start_after:
            return False
        from leaktight.operations.migrating.convention import is_migration

        return (path in self.applied.links or is_migration(path)) and self.applied.holds(path)

    def reads_of(self, table: Table) -> tuple[TableRead, ...]:
        """Give every read of a table in the project's SQL, those left out that mean another table of the same name."""
        return tuple(
            read
            for read in self.reads.of(table.name)
            if (known := self.catalog.table(read.name, read.dialect, read.location.path)) is None
            or known.name.folded == table.name.folded
        )

    def dialect_hint(self, path: str) -> str:
        """Give the dialect of the nearest folder above a file that has one, `""` if none has."""
        return next((hint for folder in folders_of(path) if (hint := self.dialect_hints.get(folder))), "")

    @property
    def tenants_configured(self) -> bool:
        """Whether the configuration names the tenant keys, other than by its default."""
        return bool(self.tenant_keys) and self.tenant_keys != DEFAULT_TENANT_KEYS

    def dynamodb_table(self, reference: str, path: str = "") -> DynamodbTable | None:
        """Give the DynamoDB table that a reference in the file `path` means, if just one does.

        A reference is a literal name, a logical name, or `env:NAME`. Where several templates declare it, the one in
        the file's own folder or nearest above it holds.
        """
        names = {reference}
        if reference.startswith(FROM_ENVIRONMENT):
            variable = reference.removeprefix(FROM_ENVIRONMENT)
            set_here = [
                one for one in self.table_variables if one.variable == variable and _tells(variable, path, one.path)
            ]
            names = {one.table for one in nearest_to(path, [(one.path, one) for one in set_here])}
            if len(names) != 1:
                return None
        declared = [
            (table.location.path if table.location is not None else "", table)
            for table in self.dynamodb_tables
            if table.logical in names or (table.name is not None and table.name in names)
        ]
        found = nearest_to(path, declared)
        return found[0] if len(found) == 1 else None

    def uses_of(self, reference: str, path: str) -> list[TableUse]:
        """Give all requests of the project to the table that a reference in the file `path` means."""
        if not reference:
            return []
        table = self.dynamodb_table(reference, path)
        name = reference.removeprefix(FROM_ENVIRONMENT)
        found = []
        declared = table.identity if table is not None else ""
        for use in self.dynamodb_uses:
            if declared and use.declared:
                same = use.declared == declared
            else:
                same = use.table == reference and _tells(name, path, use.location.path)
            if same:
                found.append(use)
        return found

    def with_declared_uses(self) -> Project:
        """Give the project with each of its requests told which declared table it goes to."""
        uses = []
        for use in self.dynamodb_uses:
            table = self.dynamodb_table(use.table, use.location.path)
            uses.append(replace(use, declared=table.identity) if table is not None else use)
        return replace(self, dynamodb_uses=tuple(uses))


def _tells(name: str, path: str, other: str) -> bool:
    """Say whether one name means one table in two files: `TABLE` only tells it inside one part of the project."""
    if name.replace("_", "").replace("-", "").lower() not in _ANY_TABLE:
        return True
    return "/" not in other or path.split("/")[0] == other.split("/")[0]
