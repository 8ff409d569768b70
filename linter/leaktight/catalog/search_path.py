"""In which schema or database an engine looks for a name that does not say it."""

from __future__ import annotations

from leaktight.catalog.table import TableName
from leaktight.diagnostics import Location
from leaktight.lazy import record

_DEFAULTS = {
    dialect: schema
    for schema, dialects in {
        "public": "postgres redshift materialize risingwave snowflake",
        "dbo": "tsql fabric",
        "main": "duckdb sqlite",
        "default": "spark spark2 databricks hive clickhouse",
    }.items()
    for dialect in dialects.split()
}
DEFAULT_SCHEMAS = frozenset(_DEFAULTS.values())
"""The schemas that some engine looks in unless it is told another."""


def default_schema(dialect: str) -> str:
    """Give the schema in which an engine looks for a name without one unless it is told another; empty where none is."""
    return _DEFAULTS.get(dialect, "")


@record(frozen=True, slots=True)
class SearchPath:
    """Where names are looked for from some statement on, as those before it say: `SET search_path`, `USE`.

    `schemas` are the schemas of a bare name, the first first, each with its database where that is said. `database` is that
    of a name with a schema. `location` is the statement that says so. Without any of them nothing is said.
    """

    schemas: tuple[TableName, ...] = ()
    database: TableName | None = None
    location: Location | None = None

    def __bool__(self) -> bool:
        return bool(self.schemas) or self.database is not None

    def names(self, name: TableName) -> tuple[TableName, ...]:
        """Give the fuller names that a name may stand for, the first that there is counts; none for one that is full."""
        if len(name.parts) == 1:
            return tuple(name.within(schema) for schema in self.schemas)
        return (name.within(self.database),) if self.database is not None and len(name.parts) == 2 else ()

    def created(self, name: TableName) -> TableName:
        """Give the name that something has which is created under `name`."""
        return next(iter(self.names(name)), name)

    def only(self, name: TableName) -> TableName:
        """Give the fuller name that a name stands for where there is but one, else the name."""
        names = self.names(name)
        return names[0] if len(names) == 1 else name

    def has(self, schema: str) -> bool:
        """Say whether a schema, in lower case, is among those that are searched."""
        return any(one.folded[-1] == schema for one in self.schemas)


NOWHERE = SearchPath()
"""The search path of which nothing is said."""
