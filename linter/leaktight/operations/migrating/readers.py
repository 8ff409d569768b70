"""Who reads what a migration takes away, renames or changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.catalog.change import DropColumn, DropTable, RenameColumn, RenameTable
from leaktight.catalog.declaration import Origin
from leaktight.catalog.names import compatible
from leaktight.catalog.table import same_end
from leaktight.context import path_context
from leaktight.operations.migrating.convention import is_migration
from leaktight.operations.schema_change import ReadPlace, ReadPlaces
from leaktight.operations.schema_step import RenameSchema

if TYPE_CHECKING:
    from leaktight.catalog.table import Table
    from leaktight.operations.project import Project
    from leaktight.operations.schema_change import SchemaChange
    from leaktight.operations.table_read import TableRead


_PROMISING = frozenset({Origin.MODEL, Origin.DBT, Origin.CONTRACT})
_DESCRIBING = _PROMISING | {Origin.SNAPSHOT}
"""Sources that go on telling of a table that is gone. Of the models of dbt, which make tables, there are derived columns too."""


def readers(change: SchemaChange, project: Project) -> ReadPlaces:
    """Give the places of the project's queries that use the table or column of a change.

    A migration, a test and a fixture are no readers: what they say was true when it was written. None are given for a name
    that the project's tables have at the end all the same, for a later migration has made it anew. A class of an object
    mapper that still declares what is gone uses it in each query that it writes; dbt's source and a contract promise it.
    """
    found = {reader.location: reader for reader in reversed(list(_all(change, project)))}
    order = sorted(found.values(), key=lambda one: (not one.sure, one.location.path, one.location.span))
    return ReadPlaces(tuple(order))


def _all(change: SchemaChange, project: Project) -> Iterator[ReadPlace]:
    if isinstance(change.change, RenameSchema):
        yield from _of_schema(change, project)
        return
    whole = isinstance(change.change, (DropTable, RenameTable))
    column = getattr(change.change, "column", None)
    known = project.catalog.table(change.name, change.dialect, change.path) if whole else None
    if known is not None and not _is_only_described(known):
        return
    yield from _of_classes(change, project, known)
    if not whole and not isinstance(column, str):
        return
    gone = isinstance(change.change, (DropColumn, RenameColumn))
    if gone and change.table is not None and change.table.column(column or "") is not None:
        return
    for read in project.reads.of(change.name):
        if not _means(read, change, project):
            continue
        if whole:
            yield ReadPlace(read.location, read.verb)
        elif isinstance(column, str):
            yield from _of_column(read, column.lower())


def _of_schema(change: SchemaChange, project: Project) -> Iterator[ReadPlace]:
    """Yield the places that name a table with the schema before it."""
    for read in project.reads.in_schema(change.name.name):
        if compatible(read.dialect, change.dialect) and _outlives(read.location.path, change):
            yield ReadPlace(read.location, read.verb)


def _is_only_described(table: Table) -> bool:
    """Say whether nothing that makes a table tells of it: a migration has dropped it, or none makes it."""
    return bool(table.origins) and all(origin in _DESCRIBING for origin, _ in table.origins)


def _of_classes(change: SchemaChange, project: Project, known: Table | None) -> Iterator[ReadPlace]:
    """Yield the classes and files that still declare the table, as `known`, or the column that a change takes away or renames."""
    if known is not None:
        places = [place for origin, place in known.origins if origin in _PROMISING]
    elif isinstance(change.change, (DropColumn, RenameColumn)) and change.table is not None:
        modelled = {
            place.path for origin, place in change.table.origins if origin == Origin.MODEL and place is not None
        }
        column = change.change.column.lower()
        # Django's migrations call a reference by its field, `owner`, of which the column is `owner_id`.
        names = {column, f"{column}_id"} if change.migration and change.migration.tool == "django" else {column}
        places = [
            one.other_at
            for one in project.catalog.contradictions
            if one.fact == "columns"
            and one.kept is None
            and (one.column or "").lower() in names
            and one.table.folded == change.table.name.folded
            and one.other_at is not None
            and one.other_at.path in modelled
        ]
    else:
        return
    for place in places:
        if place is not None and _outlives(place.path, change):
            yield ReadPlace(place, "declare")


def _outlives(path: str, change: SchemaChange) -> bool:
    """Say whether a file is code that is there when the migration has run."""
    context = path_context(path)
    told = path == change.path or context.test or context.fixture or is_migration(path)
    return not told and not _accompanies(path, change.path)


def _accompanies(path: str, deployed: str) -> bool:
    """Say whether a script stands in Sqitch's `verify/` or `revert/` to a change in `deploy/`: it runs with some change alone."""
    folders, others = deployed.split("/")[:-1], path.split("/")[:-1]
    return any(
        folder == "deploy" and others[:at] == folders[:at] and others[at : at + 1] in (["verify"], ["revert"])
        for at, folder in enumerate(folders)
    )


def _of_column(read: TableRead, column: str) -> Iterator[ReadPlace]:
    if column in read.columns:
        yield ReadPlace(read.columns[column], read.verb)
    elif column in read.maybe:
        yield ReadPlace(read.maybe[column], read.verb, sure=False)


def _means(read: TableRead, change: SchemaChange, project: Project) -> bool:
    """Say whether a read is of the very table, in code that outlives the migration."""
    path = read.location.path
    if not compatible(read.dialect, change.dialect) or not _outlives(path, change):
        return False
    known = project.catalog.table(read.name, read.dialect, path)
    if known is None:
        return True
    if change.table is None:
        return same_end(known.name.folded, change.name.folded)
    return known.name.folded == change.table.name.folded
