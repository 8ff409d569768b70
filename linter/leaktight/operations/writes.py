"""All writes to tables of one file: the SQL of its `.sql` text, of its host calls, and its frames' and operators' calls.

The door to `writing`: here the steps are laid into units, within which their order is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leaktight.context import PathContext
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.query_files import names_queries
from leaktight.operations.hosted_sql import HostedSql
from leaktight.operations.project import Project
from leaktight.operations.table_write import TableWrite, WriteMethod
from leaktight.operations.writing.evidence import sql_file_load
from leaktight.operations.writing.order import writes_in_order
from leaktight.operations.writing.sql import ADDS, reads_tables, sql_steps
from leaktight.operations.writing.steps import StepKind, Unit

_LOCAL_COPIES = frozenset({"postgres", "duckdb", "sqlite", ""})
"""Dialects whose COPY fills a new database from files beside it, once; elsewhere it reads a bucket, again and again."""


def table_writes(
    sql: Sequence[SqlDocument],
    calls: Sequence[HostedSql],
    pythons: Sequence[PythonDocument],
    project: Project,
    path: PathContext,
) -> list[TableWrite]:
    """Give the writes of a file in the order of its text.

    `sql` are all SQL documents, those of `calls` among them. The `writes` of each call are filled in.
    """
    hosted = {id(document) for call in calls for document in call.sql}
    own = [document for document in sql if id(document) not in hosted]
    units = list(_file_units(own, path))
    if calls or pythons:
        from leaktight.operations.writing.host_units import host_units

        units += host_units(calls, pythons, path)
    found = writes_in_order(units, project.catalog, path)
    for call in calls:
        call.writes.clear()
    for write in found:
        if write.call is not None:
            write.call.writes.append(write)
    found.sort(key=lambda write: write.document.region.map.to_file(write.span))
    return found


def _file_units(documents: Sequence[SqlDocument], path: PathContext) -> Iterator[Unit]:
    for number, document in enumerate(documents):
        if not document.writes:
            continue
        unit = Unit(path.path)
        reads = any(True for _ in document.find(*ADDS))
        unit.steps = sql_steps(document, (0,), None, (0, number), reads=reads)
        collection = names_queries(document)
        for step in unit.steps:
            if step.kind is StepKind.WRITE and step.method is WriteMethod.INSERT:
                selects = reads_tables(document, step.node)
                step.load = sql_file_load(path, selects=selects and not collection)
            elif step.kind is StepKind.WRITE and step.method is WriteMethod.APPEND:
                step.load = sql_file_load(path, selects=step.dialect not in _LOCAL_COPIES, does="loads the same files")
        yield unit
