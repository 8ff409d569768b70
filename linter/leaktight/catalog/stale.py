"""Snapshots of a database that do not know what the project's DDL has made of it since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.names import compatible
from leaktight.catalog.table import Table
from leaktight.diagnostics import Location

_SHOWN = 3


def stale_snapshots(catalog: Catalog, declarations: Iterable[Declaration]) -> list[tuple[str, str]]:
    """Give the path of each stale snapshot, with what it does not know as the end of a sentence."""
    by_path: dict[str, list[Table]] = {}
    for item in declarations:
        if item.origin is Origin.SNAPSHOT and item.table.location is not None:
            by_path.setdefault(item.table.location.path, []).append(item.table)
    found = []
    for path, tables in sorted(by_path.items()):
        missing = [*_columns(catalog, tables, path), *_tables(catalog, tables)]
        if missing:
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            found.append((path, f"it does not know {', '.join(missing[:_SHOWN])}{more}"))
    return found


def _columns(catalog: Catalog, tables: Iterable[Table], path: str) -> Iterator[str]:
    for table in tables:
        known = catalog.table(table.name, table.dialect, path) if table.complete else None
        if known is None:
            continue
        for key, column in known.columns.items():
            if key not in table.columns and _of_ddl(column.location):
                yield f"the column `{column.name}` of `{table.name}` ({_place(column.location)})"


def _of_ddl(place: Location | None) -> bool:
    return place is not None and place.path.endswith((".sql", ".ddl"))


def _tables(catalog: Catalog, tables: list[Table]) -> Iterator[str]:
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
            yield f"the table `{table.name}` ({_place(table.location)})"


def _place(location: Location | None) -> str:
    return f"{location.path}:{location.start.line}" if location is not None else "its place is not known"
