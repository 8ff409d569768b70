"""A database's tables as records, sorted: what a snapshot is written of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import import_module

from leaktight.catalog.table import Table
from leaktight.database.address import Address, DatabaseUnread
from leaktight.database.connection import opened
from leaktight.lazy import record
from leaktight.text import nearest


@record(frozen=True, slots=True)
class Pulled:
    """What was read: the dialect, the database's name, its tables."""

    engine: str
    database: str
    tables: tuple[Table, ...]


def pulled(address: Address, schemas: Sequence[str] = ()) -> Pulled:
    """Read a database, only the named schemas if any are named. Raises `DatabaseUnread`, whatever fails."""
    with opened(address) as session:
        tables: list[Table] = import_module(f"leaktight.database.{address.engine}").read(session)
    if not tables:
        raise DatabaseUnread(f"No table is to be seen in {address.shown}: it has none, or its user may see none.")
    chosen = _of_schemas(tables, schemas, address)
    database = address.database or _only_schema(chosen)
    return Pulled(address.engine, database, tuple(replace(table, dialect=address.engine) for table in chosen))


def _only_schema(tables: Iterable[Table]) -> str:
    schemas = {table.name.parts[0] for table in tables}
    return schemas.pop() if len(schemas) == 1 else ""


def _of_schemas(tables: list[Table], wanted: Sequence[str], address: Address) -> list[Table]:
    if not wanted:
        return tables
    there = {table.name.parts[-2] for table in tables if len(table.name.parts) > 1}
    for name in wanted:
        if name not in there:
            near = nearest(name, there)
            hint = (
                f"did you mean `{near}`?"
                if near
                else f"there {'is only' if len(there) == 1 else 'are'} {', '.join(f'`{s}`' for s in sorted(there)) or 'none'}."
            )
            raise DatabaseUnread(f"There is no schema `{name}` with tables in {address.shown}; {hint}")
    return [table for table in tables if len(table.name.parts) > 1 and table.name.parts[-2] in wanted]
