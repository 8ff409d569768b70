"""What a source says of a table, other than by changing it: a model, a contract, a snapshot of a database."""

from __future__ import annotations

from enum import StrEnum

from leaktight.catalog.table import Table
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

    `table.complete` says that the source names all of its columns.
    """

    table: Table
    origin: Origin
