"""All writes to tables of one file: the SQL of its `.sql` text, of its host calls, and its frames' and operators' calls.

The door to `writing`: here the steps are laid into units, within which their order is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from leaktight.context import PathContext
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.hosted_sql import HostedSql
from leaktight.operations.project import Project
from leaktight.operations.table_write import TableWrite, WriteMethod
from leaktight.operations.writing.connections import join_transactions
from leaktight.operations.writing.evidence import host_load, names_queries, sql_file_load
from leaktight.operations.writing.frames import frame_steps
from leaktight.operations.writing.host import commits_alone, commits_of, commits_together, in_memory
from leaktight.operations.writing.named import is_chosen_by_caller
from leaktight.operations.writing.order import writes_in_order
from leaktight.operations.writing.sql import reads_tables, sql_steps
from leaktight.operations.writing.steps import Step, StepKind, Unit
from leaktight.text import Span

_ADDS = (exp.Insert, exp.Copy, exp.LoadData, exp.MultitableInserts)


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
    units = [*_file_units(own, path), *_host_units(calls, pythons, path)]
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
        reads = any(True for _ in document.find(*_ADDS))
        unit.steps = sql_steps(document, (0,), None, (0, number), reads=reads)
        for step in unit.steps:
            if step.kind is StepKind.WRITE and step.method is WriteMethod.INSERT:
                selects = reads_tables(document, step.node)
                step.load = sql_file_load(path, selects=selects and not names_queries(document))
            elif step.kind is StepKind.WRITE and step.method is WriteMethod.APPEND:
                step.load = sql_file_load(path, selects=step.dialect not in _LOCAL_COPIES, does="loads the same files")
        yield unit


def _host_units(calls: Sequence[HostedSql], pythons: Sequence[PythonDocument], path: PathContext) -> Iterator[Unit]:
    frames = [(document, step, info) for document in pythons for step, info in frame_steps(document, path)]
    writing = [call for call in calls if any(document.writes for document in call.sql)]
    if not frames and not writing:
        return
    reads = bool(frames) or any(True for call in writing for document in call.sql for _ in document.find(*_ADDS))
    units: dict[tuple[int, Span | None], Unit] = {}
    for number, call in enumerate(calls):
        unit = _unit_of(call, units)
        for document in call.sql:
            place = (call.call.span.start, call.call.sql.start)
            steps = sql_steps(document, place, call, (number + 1, document.region.variant), reads=reads)
            for step in steps:
                _settle(step, document, call, path)
            unit.steps += steps
    for python, step, info in frames:
        span = info.span if info is not None else None
        key = (id(python), step.target_span if info is None and step.via.endswith("Operator") else span)
        unit = units.setdefault(key, Unit(info.name if info is not None else "", python, span))
        step.in_memory = in_memory(python, Span(step.at[0], step.at[0]))
        unit.steps.append(step)
    for python in pythons:
        _add_commits(python, units)
        for unit in units.values():
            if unit.host is python:
                join_transactions(python, unit.steps)
    yield from units.values()


def _unit_of(call: HostedSql, units: dict[tuple[int, Span | None], Unit]) -> Unit:
    function = call.call.function
    operator = call.call.sink.endswith("=") and call.document.slice(call.call.name).endswith(
        ("Operator", "OperatorAsync")
    )
    span = call.call.span if operator else function.span if function is not None else None
    key = (id(call.document), span)
    unit = units.get(key)
    if unit is None:
        name = function.name if function is not None else ""
        unit = units[key] = Unit(f"{name}@{call.call.span.start}" if operator else name, call.document, span, operator)
    return unit


def _settle(step: Step, document: SqlDocument, call: HostedSql, path: PathContext) -> None:
    """Say of a step of a host call what the host tells: its transaction, and whether it is part of a load."""
    if step.kind is not StepKind.WRITE:
        return
    block = call.call.transaction
    if block is not None and "autocommit=True" not in call.document.slice(block):
        step.block = f"block {block.start}"
    step.commits, step.alone = commits_alone(call), commits_together(call)
    if isinstance(call.document, PythonDocument):
        step.in_memory = in_memory(call.document, call.call.span)
    if step.method in (WriteMethod.INSERT, WriteMethod.APPEND):
        selects = step.method is WriteMethod.APPEND or reads_tables(document, step.node)
        if not is_chosen_by_caller(call.document, step.target, call.call.function):
            step.load = host_load(call.document, path, call.call.function, call=call, selects=selects)


def _add_commits(python: PythonDocument, units: dict[tuple[int, Span | None], Unit]) -> None:
    for span, node in commits_of(python):
        function = python.function(node)
        unit = units.get((id(python), function.span if function is not None else None))
        if unit is not None:
            unit.steps.append(Step(StepKind.COMMIT, python, span, (span.start,)))
