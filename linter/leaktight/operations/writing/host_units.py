"""The steps of host calls, frames and operators, laid into units: a function, a script, the task of an operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leaktight.context import PathContext
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.hosted_sql import HostedSql
from leaktight.operations.table_write import WriteMethod
from leaktight.operations.writing.connections import join_transactions
from leaktight.operations.writing.evidence import host_load
from leaktight.operations.writing.frames import frame_steps
from leaktight.operations.writing.host import commits_alone, commits_of, commits_together, in_memory
from leaktight.operations.writing.named import is_chosen_by_caller
from leaktight.operations.writing.sql import ADDS, reads_tables, sql_steps
from leaktight.operations.writing.steps import Step, StepKind, Unit
from leaktight.text import Span


def host_units(calls: Sequence[HostedSql], pythons: Sequence[PythonDocument], path: PathContext) -> Iterator[Unit]:
    """Yield the units of a host's file, each with its steps."""
    frames = [(document, step, info) for document in pythons for step, info in frame_steps(document, path)]
    writing = [call for call in calls if any(document.writes for document in call.sql)]
    if not frames and not writing:
        return
    reads = bool(frames) or any(True for call in writing for document in call.sql for _ in document.find(*ADDS))
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
