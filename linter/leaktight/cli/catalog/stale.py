"""Snapshots of a database that do not know what the project's DDL has made of it since."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.names import compatible
from leaktight.catalog.table import Table
from leaktight.cli.catalog.table_values import PathOf, place

_SHOWN = 3


def stale_snapshots(catalog: Catalog, declarations: Iterable[Declaration], path_of: PathOf) -> list[tuple[str, str]]:
    """Give each stale snapshot's path with a sentence that says what is missing in it."""
    by_path: dict[str, list[Table]] = {}
    for item in declarations:
        if item.origin is Origin.SNAPSHOT and item.table.location is not None:
            by_path.setdefault(item.table.location.path, []).append(item.table)
    found = []
    for path, tables in sorted(by_path.items()):
        missing = [*_columns(catalog, tables, path, path_of), *_tables(catalog, tables, path_of)]
        if missing:
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            shown = path_of(path)
            told = ", ".join(missing[:_SHOWN])
            found.append((shown, f"{shown} is stale: it does not know {told}{more}; pull or import it again."))
    return found


def _columns(catalog: Catalog, tables: Iterable[Table], path: str, path_of: PathOf) -> Iterable[str]:
    for table in tables:
        known = catalog.table(table.name, table.dialect, path) if table.complete else None
        for key, column in known.columns.items() if known is not None else ():
            if (
                key not in table.columns
                and column.location is not None
                and column.location.path.endswith((".sql", ".ddl"))
            ):
                yield f"the column `{column.name}` of `{table.name}` ({place(column.location, path_of)})"


def _tables(catalog: Catalog, tables: list[Table], path_of: PathOf) -> Iterable[str]:
    """Yield tables of DDL in a schema that the snapshot has all tables of."""
    schemas = {table.name.folded[:-1] for table in tables}
    names = {table.name.folded for table in tables}
    for table in catalog:
        folded = table.name.folded
        of_ddl = not table.origins or table.origins[0][0] == Origin.DDL.value
        if (
            of_ddl
            and len(folded) > 1
            and not table.temporary
            and folded[:-1] in schemas
            and folded not in names
            and compatible(table.dialect, tables[0].dialect)
        ):
            yield f"the table `{table.name}` ({place(table.location, path_of)})"
