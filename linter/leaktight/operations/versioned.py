"""Writes to tables that keep the versions of their rows (SCD2): which of them close a version, open one, overwrite one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog import star
from leaktight.catalog.star import Versions
from leaktight.catalog.table import Column, Table, TableName
from leaktight.languages.sql import clauses, holding, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.lazy import record
from leaktight.operations.table_read import Adds
from leaktight.operations.table_reads import adds_of
from leaktight.operations.table_write import TableWrite, WriteMethod

if TYPE_CHECKING:
    from leaktight.catalog.catalog import Catalog
    from leaktight.diagnostics import Location
    from leaktight.operations.file import FileView
    from leaktight.operations.project import Project
    from leaktight.operations.table_read import TableRead

_OPENS = (WriteMethod.INSERT, WriteMethod.APPEND, WriteMethod.UPSERT, WriteMethod.OVERWRITE, WriteMethod.CREATE)


@record(frozen=True, slots=True, eq=False)
class VersionedWrite:
    """A write of SQL to a table that keeps versions.

    `node` is its tree, `table` the table as far as the catalog, or the statement itself, tells its columns.
    """

    write: TableWrite
    document: SqlDocument
    node: exp.Expr
    table: Table
    versions: Versions
    project: Project

    @property
    def catalog(self) -> Catalog:
        """The project's tables."""
        return self.project.catalog

    @cached_property
    def inserted(self) -> dict[str, exp.Expr | None]:
        """The value of each column, in lower case, that a new row is given; empty where none is inserted or not all are known."""
        insert = self.node if isinstance(self.node, exp.Insert) else None
        return inserted(insert, self.table) if insert is not None else {}

    @cached_property
    def branches(self) -> list[dict[str, exp.Expr]]:
        """The assignments by column, in lower case: one mapping of an UPDATE, one of each branch of a MERGE that updates."""
        return assignments(self.node)

    @cached_property
    def closes(self) -> bool:
        """Whether it ends the version that holds now."""
        return any(self._closing(branch) for branch in self.branches)

    @cached_property
    def opens(self) -> bool:
        """Whether it inserts rows as the version that holds from now on."""
        values = self.inserted
        if not values or not self.versions.columns & set(values):
            return False
        current, end = self.versions.current, self.versions.end
        if current is not None and current in values and not _is_open(values[current], current=True):
            return False
        return end is None or end not in values or _is_open(values[end], current=False)

    @property
    def starts_at_a_constant(self) -> bool:
        """Whether it inserts versions that all start at a time which is written out, as the first load of a table does."""
        start = self.versions.start
        value = self.inserted.get(start) if start is not None else None
        return value is not None and isinstance(holding.bare(value), exp.Literal)

    @cached_property
    def adds_only_absent(self) -> bool:
        """Whether it inserts only what the table does not hold yet: it asks for no row there, and for nothing that differs."""
        source = clauses.insert_source(self.node) if isinstance(self.node, exp.Insert) else None
        nodes = list(clauses.descendants(source)) if source is not None else []
        if any(isinstance(node, (exp.NEQ, exp.NullSafeNEQ)) for node in nodes) or not self._is_read(nodes):
            return False
        return any(
            (isinstance(node, (exp.Exists, exp.In)) and predicates.is_negated(node))
            or (isinstance(node, exp.Is) and isinstance(node.expression, exp.Null) and not predicates.is_negated(node))
            for node in nodes
        )

    def _is_read(self, nodes: list[exp.Expr]) -> bool:
        """Say whether the table itself is among what the nodes read."""
        names = (clauses.table_name(node) for node in nodes if isinstance(node, exp.Table))
        return any(name is not None and name.same(self.table.name) for name in names)

    @cached_property
    def _adds(self) -> Adds:
        return adds_of(self.node) if isinstance(self.node, (exp.Insert, exp.Merge)) else Adds.NONE

    @property
    def adds_unmatched(self) -> bool:
        """Whether it is a MERGE that inserts, and only what its ON finds nothing for."""
        return self._adds is Adds.UNMATCHED

    @cached_property
    def is_for_changes(self) -> bool:
        """Whether it asks for rows that have changed: a value of one is compared, or a table of changes is read."""
        from leaktight.operations.changed_rows import reads_changes

        return reads_changes(self) or any(isinstance(node, exp.Except) or self.differs(node) for node in self.nodes)

    @cached_property
    def is_for_staged(self) -> bool:
        """Whether it is for each row that is staged, chosen by nothing but its key: those come since they have changed."""
        from leaktight.operations.changed_rows import is_for_staged

        return is_for_staged(self)

    def differs(self, node: exp.Expr) -> bool:
        """Say whether a node compares a value of a row with another, neither of which is a key or tells versions apart."""
        from leaktight.operations.changed_rows import differs

        return differs(self, node)

    @cached_property
    def nodes(self) -> list[exp.Expr]:
        """All nodes of its tree."""
        return list(clauses.descendants(self.node))

    @cached_property
    def may_be_opened(self) -> bool:
        """Whether anything may insert the new version of a row that this closes; only for rules that ask for reads."""
        near = (*self.write.before, *self.write.after)
        return (
            self._adds is Adds.ROWS
            or any(_may_open(one) for one in near)
            or any(self._may_open(read) for read in self.reads)
        )

    def _may_open(self, read: TableRead) -> bool:
        """Say whether a write may: rows written out are no version of another, and a MERGE that finds one inserts none."""
        if read.verb == "insert":
            return read.adds is not Adds.WRITTEN_OUT
        if read.verb != "merge" or read.adds is Adds.NONE or read.location == self._place:
            return False
        return read.adds is Adds.ROWS or not read.touched or not read.touched <= {*star.natural_keys(self.table)}

    @cached_property
    def _place(self) -> Location | None:
        target = clauses.target(self.node)
        return self.document.location(self.document.name_span(target)) if target is not None else None

    @cached_property
    def others(self) -> frozenset[str]:
        """The last names, in lower case, of the tables that it reads besides its own."""
        nodes = [node for node in clauses.descendants(self.node) if isinstance(node, exp.Table)]
        names = (clauses.table_name(node) for node in nodes)
        return frozenset(name.folded[-1] for name in names if name is not None and not name.same(self.table.name))

    @cached_property
    def reads(self) -> tuple[TableRead, ...]:
        """What the project's SQL does with the table; only for rules that ask for reads."""
        known = self.write.table
        return self.project.reads_of(known if known is not None else self.table)

    def same(self, write: TableWrite) -> VersionedWrite | None:
        """Give another write to the table, seen in the same way; None of what is no SQL."""
        return _seen(write, self.project, self.table, self.versions)

    def may_follow(self, write: TableWrite) -> bool:
        """Whether one run may go through both: they do not stand in two arms of one `if` of the code around them."""
        ours, other = self.write.call, write.call
        if ours is None or other is None or ours.document is not other.document:
            return True
        from leaktight.operations.writing.arms import in_other_arms

        return not in_other_arms(ours.document, ours.call.span, other.call.span)

    def _closing(self, assigned: dict[str, exp.Expr]) -> bool:
        current, end = self.versions.current, self.versions.end
        if self.versions.start in assigned:
            return False  # a version that is written whole, as a copy of the source's history is
        if current is not None and current in assigned:
            return not holding.says_true(assigned[current])
        return end is not None and end in assigned and not holding.is_no_end(assigned[end])


def versioned_writes(view: FileView) -> Iterator[VersionedWrite]:
    """Yield the writes of a file's SQL to tables that keep versions."""
    if not view.writes:
        return
    speaks = star.speaks_of_versions(view.source.text.lower(), view.project.star)
    for write in view.writes:
        if not speaks and write.table is None:
            continue
        if isinstance(write.node, (exp.Insert, exp.Update, exp.Merge)) and write.target is not None and write.lasting:
            found = _seen(write, view.project)
            if found is not None:
                yield found


def inserted(insert: exp.Insert, table: Table) -> dict[str, exp.Expr | None]:
    """Give the value of each column that INSERT gives a row; of several rows, or arms of a UNION, the first one's."""
    columns = [item.name.lower() for item in clauses.insert_columns(insert)]
    if not columns:
        columns = list(table.columns) if table.complete else []
    source = clauses.insert_source(insert)
    while isinstance(source, (exp.SetOperation, exp.Subquery, exp.Paren)) and isinstance(source.this, exp.Expr):
        source = source.this
    values: list[exp.Expr] = []
    if isinstance(source, exp.Select):
        values = [item.this if isinstance(item, exp.Alias) else item for item in clauses.projections(source)]
    elif isinstance(source, exp.Values) and source.expressions:
        first = source.expressions[0]
        values = list(first.expressions) if isinstance(first, exp.Tuple) else [first]
    if len(values) != len(columns):
        return dict.fromkeys(columns) if clauses.insert_columns(insert) else {}
    return dict(zip(columns, values, strict=True))


def assignments(node: exp.Expr) -> list[dict[str, exp.Expr]]:
    """Give what each updating branch of a write assigns, by column in lower case."""
    return [{one.this.name.lower(): one.expression for one in items if _sets(one)} for items in clauses.assigned(node)]


def _sets(item: exp.Expr) -> bool:
    return isinstance(item, exp.EQ) and isinstance(item.this, exp.Column)


def _seen(
    write: TableWrite, project: Project, table: Table | None = None, versions: Versions | None = None
) -> VersionedWrite | None:
    node, document = write.node, write.document
    if node is None or not isinstance(document, SqlDocument) or write.target is None:
        return None
    if table is None or versions is None:
        table = write.table
        if table is None or not table.columns:
            table = _told(write.target, node, [*write.before, *write.after])
        versions = star.keeps_history(table, project.star)
    return VersionedWrite(write, document, node, table, versions, project) if versions is not None else None


def _told(name: TableName, node: exp.Expr, others: list[TableWrite]) -> Table:
    """Give a table with the columns that writes to it name."""
    names: dict[str, str] = {}
    for one in (node, *(other.node for other in others[:8])):
        if isinstance(one, exp.Insert):
            names |= {item.name.lower(): item.name for item in clauses.insert_columns(one)}
        if one is not None and isinstance(one, (exp.Insert, exp.Update, exp.Merge)):
            for items in clauses.assigned(one):
                names |= {item.this.name.lower(): item.this.name for item in items if _sets(item)}
        if isinstance(one, exp.Update):
            where = clauses.where(one)
            for item in (where, *clauses.descendants(where)) if where is not None else ():
                if isinstance(item, exp.Column):
                    names.setdefault(item.name.lower(), item.name)
    return replace(Table(name, {key: Column(spelt) for key, spelt in names.items()}), complete=False)


def _may_open(one: TableWrite) -> bool:
    """Say whether a write nearby may insert a new version; a MERGE is judged by what is read of it."""
    if one.method not in _OPENS or isinstance(one.node, exp.Merge):
        return False
    if not isinstance(one.node, exp.Insert) or not isinstance(one.document, SqlDocument):
        return True
    return one.document.has_hole(one.node) or adds_of(one.node) is not Adds.WRITTEN_OUT


def _is_open(value: exp.Expr | None, *, current: bool) -> bool:
    """Say whether a value may be that of a version which holds now: no end, or a flag that is set."""
    if value is None:
        return True
    value = holding.bare(value)
    if current:
        return not holding.says_false(value)
    if isinstance(value, exp.Column):
        return value.name.startswith("@")
    return isinstance(value, (exp.Placeholder, exp.Parameter)) or holding.is_no_end(value)
