"""The steps of a SQL document: its writes, what they read first, the tables it makes and drops, its transactions."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.statements import Statement
from leaktight.operations.hosted_sql import HostedSql
from leaktight.operations.table_write import Guard, WriteMethod
from leaktight.operations.writing.guards import copy_guard, insert_guard, is_retention
from leaktight.operations.writing.steps import Step, StepKind
from leaktight.operations.writing.target import target_of
from leaktight.text import Span

ADDS = (exp.Insert, exp.Copy, exp.LoadData, exp.MultitableInserts)
"""What adds rows."""
_BEGINS = frozenset({"BEGIN", "START"})
_ENDS = frozenset({"COMMIT", "ROLLBACK", "END"})
_VALUES_INTO_VARIABLES = frozenset({"mysql", "oracle", "bigquery", "snowflake"})
_INTERESTING = (
    exp.Insert, exp.Merge, exp.Update, exp.Delete, exp.TruncateTable, exp.Create, exp.Copy, exp.LoadData, exp.Drop,
    exp.Alter, exp.Select, exp.MultitableInserts,
)  # fmt: skip


def sql_steps(
    document: SqlDocument, at: tuple[int, ...], call: HostedSql | None, variant: tuple[int, int], *, reads: bool
) -> list[Step]:
    """Give the steps of a document in its order; `at` is the place of the call that runs it.

    Without `reads` its queries are left out: they only matter where the file adds rows to a table.
    """
    reader = _Reader(document, at, call, variant, reads)
    return [step for statement in document.statements for step in reader.statement(statement)]


class _Reader:
    def __init__(
        self, document: SqlDocument, at: tuple[int, ...], call: HostedSql | None, variant: tuple[int, int], reads: bool
    ) -> None:
        self._document = document
        self._at = at
        self._call = call
        self._variant = variant
        self._reads = reads

    def _step(self, kind: StepKind, span: Span, place: int) -> Step:
        document = self._document
        return Step(
            kind, document, span, (*self._at, place), call=self._call, dialect=document.dialect, variant=self._variant
        )

    def statement(self, statement: Statement) -> Iterator[Step]:
        """Yield the steps of one statement; the body of a trigger has none."""
        tree, keyword = statement.tree, statement.keyword.split(" ", 1)[0]
        if statement.routine == "TRIGGER" or (keyword in {"CREATE", "ALTER"} and self._words(statement, "RULE")):
            return
        if keyword in _BEGINS and self._is_transaction(statement):
            yield self._step(StepKind.BEGIN, statement.span, statement.span.start)
        elif keyword in _ENDS:
            yield self._step(StepKind.COMMIT, statement.span, statement.span.start)
        elif tree is not None and statement.problem is None:
            yield from self._tree(statement, tree)
        elif keyword == "RENAME":
            yield self._step(StepKind.SWAP, statement.span, statement.span.start)

    def _words(self, statement: Statement, *wanted: str) -> bool:
        last = min(statement.first + 6, statement.last)
        return any(token.text.upper() in wanted for token in self._document.tokens[statement.first : last])

    def _is_transaction(self, statement: Statement) -> bool:
        return statement.last - statement.first == 1 or self._words(
            statement, "TRANSACTION", "WORK", "TRAN", "IMMEDIATE"
        )

    def _tree(self, statement: Statement, tree: exp.Expr) -> Iterator[Step]:
        if isinstance(tree, exp.IfBlock):
            for node in clauses.descendants(tree):
                if isinstance(node, exp.Insert):
                    yield from self._node(statement, node)
            return
        for cte in clauses.ctes(tree):
            inner = clauses.cte_query(cte)
            if isinstance(inner, (exp.Insert, exp.Update, exp.Delete)):
                yield from self._node(statement, inner)
        if isinstance(tree, (*_INTERESTING, *clauses.QUERY)):
            yield from self._node(statement, tree)

    def _node(self, statement: Statement, node: exp.Expr) -> Iterator[Step]:
        match node:
            case exp.Insert():
                yield from self._insert(statement, node)
            case exp.MultitableInserts():
                for item in node.expressions:
                    if isinstance(item.this, exp.Insert):
                        yield from self._insert(statement, item.this)
            case exp.Merge() if clauses.merge_deletes(node):
                for step in self._write(statement, node, WriteMethod.DELETE, "MERGE"):
                    step.window = True
                    yield step
            case exp.Merge():
                for step in self._write(statement, node, WriteMethod.UPSERT, "MERGE"):
                    step.guard = Guard("`MERGE` writes a row once", self._document.location(step.span))
                    yield step
            case exp.Update():
                yield from self._write(statement, node, WriteMethod.UPDATE, "UPDATE")
            case exp.Delete():
                yield from self._delete(statement, node)
            case exp.TruncateTable():
                for table in node.expressions:
                    yield from self._write(statement, node, WriteMethod.TRUNCATE, "TRUNCATE", table)
            case exp.Create():
                yield from self._create(statement, node)
            case exp.Copy() if clauses.copies_in(node):
                for step in self._write(statement, node, WriteMethod.APPEND, "COPY"):
                    step.via, step.guard = "COPY", copy_guard(self._document, node)
                    yield step
            case exp.LoadData():
                over = clauses.load_overwrites(node)
                for step in self._write(statement, node, WriteMethod.OVERWRITE if over else WriteMethod.APPEND, "LOAD"):
                    step.via = "LOAD DATA"
                    yield step
            case exp.Drop():
                for table in clauses.dropped_tables(node):
                    yield from self._plain(StepKind.DROP, statement, table)
            case exp.Alter():
                yield from self._alter(statement, node)
            case exp.Select() | exp.SetOperation():
                yield from self._query(statement, node)

    def _plain(self, kind: StepKind, statement: Statement, table: object) -> Iterator[Step]:
        target = target_of(self._document, table) if isinstance(table, exp.Expr) else None
        if target is not None:
            step = self._step(kind, statement.span, statement.span.start)
            step.target = target
            yield step

    def _write(
        self, statement: Statement, node: exp.Expr, method: WriteMethod, word: str, table: exp.Expr | None = None
    ) -> Iterator[Step]:
        document = self._document
        named = table if table is not None else clauses.target(node)
        target = target_of(document, named)
        if target is None or named is None:
            return
        place = document.span(named)
        start = document.token_before(
            place.start, word, f"{word} INTO", f"{word} OVERWRITE", after=statement.span.start
        )
        if start is None:
            start = document.token_after(statement.span.start, word, before=statement.span.end) or document.head(node)
        step = self._step(StepKind.WRITE, start, start.start)
        step.target, step.method, step.node = target, method, node
        step.target_span = document.name_span(named)
        step.whole = method is WriteMethod.TRUNCATE
        yield step

    def _insert(self, statement: Statement, node: exp.Insert) -> Iterator[Step]:
        for step in self._write(statement, node, WriteMethod.INSERT, "INSERT"):
            assert step.target is not None
            step.guard = insert_guard(self._document, node, step.target)
            if clauses.insert_conflict(node) is not None or clauses.insert_ignores(node):
                step.method = WriteMethod.UPSERT
            elif clauses.insert_overwrites(node):
                step.method = WriteMethod.OVERWRITE
                step.whole = clauses.insert_partition(node) is None
            yield step

    def _delete(self, statement: Statement, node: exp.Delete) -> Iterator[Step]:
        document = self._document
        target, condition = clauses.target(node), clauses.where(node)
        if isinstance(target, exp.Table) and document.scope(node) is not None:
            # `DELETE d FROM t AS d …`: the name is an alias.
            scope = document.scope(node)
            relation = scope.relation(target.name) if scope is not None else None
            if relation is not None and isinstance(relation.node, exp.Table):
                target = relation.node
        for step in self._write(statement, node, WriteMethod.DELETE, "DELETE", target):
            bounded = condition is not None or clauses.joins(node) or clauses.bounded_by(node) or clauses.limit(node)
            step.whole = not bounded
            step.window = not is_retention(condition)
            yield step

    def _create(self, statement: Statement, node: exp.Create) -> Iterator[Step]:
        if clauses.created_kind(node) != "TABLE":
            return
        document = self._document
        query = clauses.created_query(node)
        clones = clauses.is_clone(node)
        kind = StepKind.WRITE if query is not None or clones else StepKind.MAKE
        for step in self._write(statement, node, WriteMethod.CREATE, "TABLE"):
            step.kind = kind
            step.temporary = clauses.is_temporary(node)
            step.fresh = clauses.replaces(node) or not clauses.if_not_exists(node)
            step.span = document.head(node)
            if clauses.replaces(node) and query is not None:
                step.method = WriteMethod.OVERWRITE
            step.whole = step.fresh
            yield step

    def _alter(self, statement: Statement, node: exp.Alter) -> Iterator[Step]:
        for action in clauses.alter_actions(node):
            if isinstance(action, (exp.AlterRename, exp.SwapTable)):
                for table in (node.this, action.this):
                    yield from self._plain(StepKind.SWAP, statement, table)
            elif isinstance(action, exp.ReplacePartition):
                yield from self._plain(StepKind.SWAP, statement, node.this)
            elif isinstance(action, exp.DropPartition):
                yield from self._write(statement, node, WriteMethod.DELETE, "ALTER")

    def _query(self, statement: Statement, node: exp.Expr) -> Iterator[Step]:
        document = self._document
        into = clauses.into(node) if isinstance(node, exp.Select) else None
        if into is not None and document.dialect not in _VALUES_INTO_VARIABLES and isinstance(into.this, exp.Table):
            for step in self._write(statement, node, WriteMethod.CREATE, "INTO", into.this):
                step.temporary = clauses.is_temporary(into) or into.this.name.startswith("#")
                step.fresh = step.whole = True
                yield step
        for table in clauses.descendants(node) if self._reads else ():
            if isinstance(table, exp.Table) and not document.is_cte(table):
                target = target_of(document, table)
                if target is not None:
                    step = self._step(StepKind.READ, document.span(table), statement.span.start)
                    step.target = target
                    yield step


def reads_tables(document: SqlDocument, insert: exp.Expr | None) -> bool:
    """Say whether an INSERT takes its rows from tables, and not from values or a bare SELECT of values."""
    if not isinstance(insert, exp.Insert):
        return False
    source = clauses.insert_source(insert)
    if source is None or isinstance(source, exp.Values):
        return False
    queries = [source, *(clauses.cte_query(cte) for cte in clauses.ctes(insert))]
    return any(
        isinstance(node, exp.Table) and not isinstance(node.this, exp.Func) and not document.is_cte(node)
        for query in queries
        for node in clauses.descendants(query)
    )
