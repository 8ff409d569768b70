"""Reads of what is new in a table since the last time: `WHERE created_at > :last_run`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.context import path_context
from leaktight.languages.sql import clauses, predicates
from leaktight.lazy import record, regex
from leaktight.operations.table_write import WriteMethod
from leaktight.text import names_in, words_of

if TYPE_CHECKING:
    from leaktight.catalog.table import Table
    from leaktight.languages.sql.document import SqlDocument
    from leaktight.languages.sql.scope import Relation, Scope
    from leaktight.operations.file import FileView
    from leaktight.operations.hosted_sql import HostedSql
    from leaktight.operations.project import Project
    from leaktight.operations.table_read import TableRead
    from leaktight.operations.table_write import TableWrite

_CREATED = frozenset({"created", "inserted", "creation", "added", "registered", "placed", "ordered", "submitted"})
_MAY_READ = regex(rb"(?:creat|insert|add|regist|plac|order|submit)\w*[\"`\]]?\s*>")
_WATERMARK = frozenset({"last", "watermark", "checkpoint", "previous", "prev", "max", "cursor", "hwm", "bookmark"})
_DEFAULTS = frozenset({"public", "dbo", "main"})
"""Schemas that a table is in whose name has none."""
_FILLS = frozenset({WriteMethod.INSERT, WriteMethod.UPSERT, WriteMethod.APPEND})


def may_read_new(data: bytes) -> bool:
    """Say of the bytes of a file whether they may ask for rows that were created after some time."""
    return _MAY_READ.search(data.lower()) is not None


@record(frozen=True, slots=True, eq=False)
class IncrementalRead:
    """A SELECT that takes of a table what was created after the rows that were taken before.

    `column` is the creation time in its condition. `named` says that what it is compared with says by its name, or as a
    maximum, how far the load before has come; else `fills` is the write of the same load that puts rows into another table.
    """

    document: SqlDocument
    column: exp.Column
    table: Table
    project: Project
    named: bool
    fills: TableWrite | None = None

    @property
    def updates(self) -> tuple[TableRead, ...]:
        """The writes of the project that change rows of the table; the rule must ask for reads.

        Migrations, tests and fixtures are left out, and what names a schema that the table is not known to be in.
        """
        depth = len(self.table.name.parts)
        found = []
        for read in self.project.reads_of(self.table):
            path = path_context(read.location.path)
            if read.verb not in {"update", "merge"} or path.test or path.fixture or path.migration:
                continue
            known = len(read.name.parts) <= depth or read.name.folded[-depth - 1] in _DEFAULTS
            if known and read.sets:
                found.append(read)
        return tuple(found)


def incremental_reads(view: FileView) -> Iterator[IncrementalRead]:
    """Yield the reads of a file that take what is new of a table that the project knows; tests and fixtures do not count."""
    if view.path.test or view.path.fixture:
        return
    hosted = {id(document): call for call in view.calls for document in call.sql}
    for document in view.sql:
        for scope in document.scopes:
            if isinstance(scope.node, exp.Select):
                yield from _of_scope(view, document, scope, hosted.get(id(document)))


def _of_scope(
    view: FileView, document: SqlDocument, scope: Scope, hosted: HostedSql | None
) -> Iterator[IncrementalRead]:
    for condition in scope.conditions():
        node = condition.node
        column = node.this if isinstance(node, (exp.GT, exp.GTE)) else None
        if condition.clause != "where" or not isinstance(column, exp.Column):
            continue
        if _CREATED.isdisjoint(words_of(column.name)):
            continue
        value = predicates.unparenthesised(node.expression)
        named = _is_maximum(value) or (_gives_rows(scope) and _is_named(document, value, hosted))
        if not named and (not _gives_rows(scope) or not _is_bound(document, value) or _ends(scope, column)):
            continue
        relation = scope.relation_of(column)
        table = document.relation_table(relation) if relation is not None else None
        if table is None:
            continue
        fills = _filled(view, scope, document, hosted, relation) if not named else None
        if named or fills is not None:
            yield IncrementalRead(document, column, table, view.project, named, fills)


def _is_bound(document: SqlDocument, value: exp.Expr) -> bool:
    return isinstance(value, (exp.Placeholder, exp.Parameter)) or document.has_hole(value)


def _is_maximum(value: exp.Expr) -> bool:
    return any(isinstance(node, exp.Max) for node in (value, *clauses.descendants(value)))


def _gives_rows(scope: Scope) -> bool:
    """Say whether a SELECT gives rows as they are, and not how many there are, which is a report, or the next one alone."""
    items = clauses.projections(scope.node)
    counts = any(isinstance(node, exp.AggFunc) for item in items for node in item.walk())
    limit = clauses.limit(scope.node)
    next_one = limit is not None and any(node.name == "1" for node in limit.find_all(exp.Literal))
    return not counts and not next_one and clauses.group(scope.node) is None


def _is_named(document: SqlDocument, value: exp.Expr, hosted: HostedSql | None) -> bool:
    """Say whether a value that is put in is called how far the load before has come."""
    if not _is_bound(document, value):
        return False
    said = [document.text_of(value), *(hole.host for hole in document.holes(document.span(value)))]
    if hosted is not None and not _holds_name(document.text_of(value)):
        said += [argument.text for argument in hosted.call.arguments]
    return any(not _WATERMARK.isdisjoint(words_of(name)) for text in said for name in names_in(text))


def _holds_name(text: str) -> bool:
    """Say whether a parameter has a name of its own, and is not the next of several: `:last_run`, not `%s`."""
    return any(len(name) > 1 for name in names_in(text))


def _ends(scope: Scope, column: exp.Column) -> bool:
    """Say whether another condition says up to when rows are taken: that is a period."""
    for condition in scope.conditions():
        node = condition.node
        until = node.this if isinstance(node, (exp.LT, exp.LTE, exp.Between)) else None
        if isinstance(until, exp.Column) and until.name.lower() == column.name.lower():
            return True
    return False


def _filled(
    view: FileView, scope: Scope, document: SqlDocument, hosted: HostedSql | None, relation: Relation | None
) -> TableWrite | None:
    """Give the write by which the load that a read is part of fills another table: around it, or in the same file."""
    own = clauses.table_name(relation.node) if relation is not None else None
    for write in view.writes:
        itself = own is not None and write.target is not None and write.target.folded == own.folded
        if write.method not in _FILLS or itself:
            continue
        around = (
            write.document is document and write.node is not None and scope.node.find_ancestor(exp.Insert) is write.node
        )
        if around or (hosted is not None and (write.load is not None or _is_of_many(write))):
            return write
    return None


def _is_of_many(write: TableWrite) -> bool:
    """Say whether a call writes row after row; what writes a row once however often it runs has no other sign of a load."""
    call = write.call.call if write.call is not None else None
    return call is not None and (call.many or (call.loop is not None and call.varies))
