"""Tables that two files of a project declare alike: what is wrong with one is told once, where people change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.catalog.names import compatible
from leaktight.catalog.table import Table
from leaktight.context import path_context
from leaktight.operations.recorded import is_dump

if TYPE_CHECKING:
    from leaktight.catalog.catalog import Catalog


def is_told_elsewhere(catalog: Catalog, table: Table, path: str, text: str) -> bool:
    """Say whether another file declares a table with the same columns, and is the one to tell of it.

    A dump that lies beside the migrations is made of them, and a table's own file (`tables/orders.sql`) is what the migrations
    beside it lead to.
    """
    migration = path_context(path).migration
    if not migration and not is_dump(text):
        return False
    for twin in catalog.named(table.name.name):
        other = twin.location.path if twin.location is not None else path
        if twin is table or other == path or twin.columns.keys() != table.columns.keys():
            continue
        if not compatible(twin.dialect, table.dialect):
            continue
        around = path_context(other)
        stem = other.rpartition("/")[2].partition(".")[0]
        of_its_own = not around.migration and stem.lower() == table.name.name.lower()
        if (of_its_own if migration else around.migration) and not (around.test or around.fixture):
            return True
    return False
