"""From the steps of a file's units to its writes: what an earlier or later step makes of each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import same_end
from leaktight.context import PathContext
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.following.python_reads import reads_of
from leaktight.operations.table_write import Evidence, Guard, TableWrite, WriteMethod
from leaktight.operations.writing.clearings import filled_in
from leaktight.operations.writing.guards import removes_duplicates
from leaktight.operations.writing.host import host_guard, runs_before
from leaktight.operations.writing.steps import Step, StepKind, Unit
from leaktight.operations.writing.target import Target

_ADDS = (WriteMethod.INSERT, WriteMethod.APPEND)
_MOST = 64
"""How many steps on one table are looked at before and after a write."""
_KEPT = 16
"""How many earlier writes a write remembers, the first one among them."""
_TRUNCATE_COMMITS = {"mysql": "MySQL", "oracle": "Oracle", "redshift": "Redshift"}
_ALONE = {
    "bigquery": "BigQuery", "snowflake": "Snowflake", "databricks": "Databricks", "spark": "Spark", "hive": "Hive (like Spark)",
    "athena": "Athena", "trino": "Trino", "presto": "Presto", "clickhouse": "ClickHouse",
}  # fmt: skip


def writes_in_order(units: Sequence[Unit], catalog: Catalog, path: PathContext) -> list[TableWrite]:
    """Give the writes of a file's units, each unit's in the order in which they are made."""
    around = _Around()
    for unit in units:
        unit.steps.sort(key=lambda step: step.at)
        for step in unit.steps:
            if step.target is not None:
                around.add(unit, step, step.target.key[-1])
    return [write for unit in units for write in _Order(unit, around, catalog, path).writes()]


class _Around:
    """What all units of a file do to a table, by the last part of its name: what may guard a write of another unit."""

    def __init__(self) -> None:
        self.temporary: set[str] = set()
        self.guards: dict[str, list[tuple[Unit, Step]]] = {}

    def add(self, unit: Unit, step: Step, name: str) -> None:
        """Take in one step."""
        if step.temporary:
            self.temporary.add(name)
        if step.method not in _ADDS:
            self.guards.setdefault(name, []).append((unit, step))


class _Order:
    """One unit, seen with those around it."""

    def __init__(self, unit: Unit, around: _Around, catalog: Catalog, path: PathContext) -> None:
        self._unit = unit
        self._around = around
        self._catalog = catalog
        self._path = path
        self._by_name: dict[str, list[Step]] = {}
        for step in unit.steps:
            if step.target is not None and not (step.method in _ADDS and step.kind is StepKind.WRITE):
                self._by_name.setdefault(step.target.key[-1], []).append(step)

    def writes(self) -> Iterator[TableWrite]:
        """Yield the unit's writes."""
        done: dict[str, list[tuple[Step, TableWrite]]] = {}
        opened: str | None = None
        count = 0
        for step in self._unit.steps:
            if step.kind is StepKind.BEGIN:
                count += 1
                opened = f"{self._unit.name}#{count}"
            elif step.kind is StepKind.COMMIT:
                count += 1
                opened = None
            if step.kind is not StepKind.WRITE or step.target is None or step.method is None:
                continue
            commits = self._commits(step, opened)
            transaction = None if commits is not None else opened or step.block or f"{self._unit.name}#{count}"
            if step.alone is not None and commits is step.alone:
                transaction = f"call {step.at[0]}"
            earlier = done.setdefault(step.target.key[-1], [])
            write = self._write(step, transaction, commits, earlier)
            for one in write.before:
                one.after.append(write)
            earlier.append((step, write))
            del earlier[1 : 1 - _KEPT]
            yield write

    def _commits(self, step: Step, opened: str | None) -> Evidence | None:
        if step.method is WriteMethod.TRUNCATE and step.dialect in _TRUNCATE_COMMITS:
            return Evidence(
                f"`TRUNCATE` commits at once in {_TRUNCATE_COMMITS[step.dialect]}", step.document.location(step.span)
            )
        if opened is not None or step.block is not None:
            return None
        if step.commits is not None or step.alone is not None:
            return step.commits or step.alone
        if step.call is None and step.via == "sql" and step.dialect in _ALONE:
            return Evidence(f"{_ALONE[step.dialect]} commits each statement on its own")
        return None

    def _write(
        self,
        step: Step,
        transaction: str | None,
        commits: Evidence | None,
        earlier: list[tuple[Step, TableWrite]],
    ) -> TableWrite:
        assert step.target is not None
        assert step.method is not None
        target = step.target
        table = self._catalog.table(target.name, step.dialect, self._path.path) if target.name is not None else None
        lasting = not (
            target.is_staging
            or step.temporary
            or step.in_memory
            or target.key[-1] in self._around.temporary
            or (table is not None and table.temporary)
        )
        guard = step.guard
        if guard is None and step.method in _ADDS:
            guard = self._guard(step, target)
            if guard is None and (called := target.as_called) is not None:
                guard = self._guard(step, called)
            if guard is None and lasting and step.load is not None:
                guard = self._beside(step, target)
        return TableWrite(
            step.document,
            step.span,
            step.method,
            target.name,
            step.target_span,
            self._path,
            written=target.written,
            via=step.via,
            table=table,
            guard=guard,
            lasting=lasting,
            unit=self._unit.name,
            transaction=transaction,
            commits=commits,
            load=step.load,
            before=tuple(
                write
                for other, write in earlier
                if _follows(other, step) and other.target and other.target.same(target)
            ),
            node=step.node,
            call=step.call,
            dialect=step.dialect,
        )

    # Guards

    def _guard(self, step: Step, target: Target) -> Guard | None:
        near = self._by_name.get(target.key[-1], [])  # in the order of the unit's steps
        first, last = (side(near, step.at, key=lambda other: other.at) for side in (bisect_left, bisect_right))
        for other in near[max(first - _MOST, 0) : first]:
            reason = self._before(other)
            if reason is not None and _concerns(other, step, target):
                return Guard(reason, other.document.location(other.span))
        for other in near[last : last + _MOST]:
            reason = _after(other)
            if reason is not None and _concerns(other, step, target):
                return Guard(reason, other.document.location(other.span))
        if self._unit.function is None and step.document.source.is_notebook:
            above = self._cell_above(step, target)
            if above is not None:
                return above
        if self._unit.host is None:
            return None
        found = self._elsewhere(step, target)
        if found is not None:
            return found
        if step.call is None:
            return None
        host = self._unit.host
        node = reads_of(host).call_at(step.call.call.span) if isinstance(host, PythonDocument) else None
        return host_guard(host, node) if isinstance(host, PythonDocument) and node is not None else None

    def _before(self, other: Step) -> str | None:
        """Give why an earlier step of the unit makes a write safe to run again."""
        if other.kind is StepKind.READ:
            return "the target's rows are looked up first" if self._unit.host is not None else None
        return _clears(other)

    def _cell_above(self, step: Step, target: Target) -> Guard | None:
        """Give what a cell above of the notebook does to the whole table: a run of the notebook begins with it."""
        start = step.document.location(step.span).span.start
        for unit, other in self._around.guards.get(target.key[-1], ())[:_MOST]:
            if unit is self._unit or unit.function is not None or other.target is None or not other.target.same(target):
                continue
            place = other.document.location(other.span)
            whole = other.kind is StepKind.DROP or other.whole
            reason = _clears(other) if whole and place.span.start < start else None
            if reason is not None:
                return Guard(reason, place)
        return None

    def _elsewhere(self, step: Step, target: Target) -> Guard | None:
        """Give what another task or function of the file does to the table first."""
        for unit, other in self._around.guards.get(target.key[-1], ()):
            if unit is self._unit or other.target is None or not other.target.same(target):
                continue
            if unit.task and self._unit.task:
                reason = _clears(other)
            elif other.kind is StepKind.READ:
                reason = "the target's rows are looked up first" if self._runs_first(unit, step) else None
            else:
                reason = _clears(other)
                emptied = other.whole and other.kind is StepKind.WRITE
                if reason is not None and not emptied and not self._runs_first(unit, step):
                    reason = None
            if reason is not None:
                return Guard(reason, other.document.location(other.span))
        return None

    def _beside(self, step: Step, target: Target) -> Guard | None:
        """Give what another script of the folder does to empty the table, or the window that this write fills."""
        path = self._path.path
        for one in self._catalog.cleared(path, target.key[-1]):
            if one.location.path == path or not same_end(one.key, target.key):
                continue
            if not one.given or self._fills(step, one.given):
                return Guard("another script of the folder empties the table", one.location)
        return None

    def _fills(self, step: Step, given: Sequence[str]) -> bool:
        """Say whether what is filled in where a window is emptied is filled in here too."""
        document = step.document
        if step.node is None or not isinstance(document, SqlDocument):
            return False
        return filled_in(document, step.node).issuperset(given)

    def _runs_first(self, unit: Unit, step: Step) -> bool:
        """Say whether the function of another unit is called before a step is made."""
        host = self._unit.host
        place = step.call.call.span if step.call is not None else step.span
        return (
            isinstance(host, PythonDocument)
            and bool(unit.name)
            and runs_before(host, unit.name, self._unit.name, place)
        )


def _concerns(other: Step, step: Step, target: Target) -> bool:
    return other.target is not None and other.target.same(target) and _follows(other, step)


def _follows(other: Step, step: Step) -> bool:
    """Say whether two steps may follow each other: not those of two views of one text."""
    return other.variant[0] != step.variant[0] or other.variant[1] == step.variant[1]


def _clears(step: Step) -> str | None:
    """Give why rows that an earlier run wrote are gone after a step."""
    if step.kind is StepKind.DROP:
        return "the table is dropped first"
    if step.kind is StepKind.MAKE:
        return "the table is made anew first" if step.fresh else None
    if step.kind is not StepKind.WRITE:
        return None
    match step.method:
        case WriteMethod.TRUNCATE:
            return "the table is emptied first"
        case WriteMethod.DELETE:
            return "the rows are deleted first" if step.window else None
        case WriteMethod.OVERWRITE:
            return "the table is overwritten first"
        case WriteMethod.CREATE:
            return "the table is made anew first" if step.fresh else None
    return None


def _after(step: Step) -> str | None:
    """Give why rows that a write adds do not stay twice after a later step of the unit."""
    if step.kind is StepKind.SWAP:
        return "the table is swapped in afterwards"
    if step.kind is StepKind.DROP:
        return "the table is dropped afterwards"
    if step.kind is StepKind.WRITE:
        if step.method is WriteMethod.TRUNCATE or (step.method is WriteMethod.DELETE and step.whole):
            return "the table is emptied afterwards"
        if step.method is WriteMethod.OVERWRITE and step.whole:
            return "the table is overwritten afterwards"
        if step.method is WriteMethod.DELETE and step.node is not None and removes_duplicates(step.node):
            return "duplicates are deleted afterwards"
    return None
