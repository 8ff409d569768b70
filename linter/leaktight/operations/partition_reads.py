"""Where SQL reads partitioned tables, and which predicates bound what is read.

Each FROM is looked at on its own; a filter that a query further out puts on a column that passes through counts as one in
it, for every engine pushes it down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from weakref import WeakKeyDictionary

from sqlglot import exp

from leaktight.catalog.names import compatible
from leaktight.catalog.pruning import Against, Bound, is_partitioned
from leaktight.catalog.table import Partitioning, Table
from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.predicates import COMPARISONS
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record
from leaktight.operations.outer_filters import NOT, VALUE, OuterFilters
from leaktight.text import Span

_OPERAND_ENDS = frozenset(
    """= < > <= >= <> != == <=> BETWEEN IN LIKE ILIKE RLIKE REGEXP SIMILAR IS NOT AND OR , ; GROUP ORDER LIMIT HAVING QUALIFY
    WINDOW UNION EXCEPT INTERSECT JOIN LEFT RIGHT INNER FULL CROSS WHERE THEN ON WHEN ELSE END RETURNING FETCH OFFSET ~ !~
    ESCAPE""".split()
)
_UNITS = frozenset({"HOUR", "DAY", "WEEK", "MONTH", "YEAR", "QUARTER", "ISOWEEK", "ISOYEAR", "MINUTE"})


@record(frozen=True, slots=True, eq=False)
class ReadBound:
    """A comparison of a partition column. `operand` is the column with all that stands around it, `other` the far side.

    `bounds` is False where it leaves all but a part (`<> x`, `IS NOT NULL`); `sure` where names tell that the column is
    the partitioned table's. `through` are the relations whose columns it is compared with.
    """

    node: exp.Expr
    operand: exp.Expr
    operand_span: Span
    other: tuple[exp.Expr, ...]
    bound: Bound
    bounds: bool = True
    sure: bool = True
    through: tuple[Relation, ...] = ()


@record(slots=True, eq=False)
class PartitionRead:
    """A partitioned table in a FROM, or as what an UPDATE, DELETE or MERGE works on.

    `span` is the table's name. `open` says that something only known at run time may filter it, or that nobody reads the
    CTE it stands in; `pushed` that a query further out, or whoever reads the view, can filter it, `pushed_value` that it
    does so other than through a join. `touches_data` is False where nothing but the partition column
    is read.
    """

    scope: Scope
    relation: Relation
    table: Table
    partitioning: Partitioning
    span: Span
    found: list[ReadBound] = field(default_factory=list)
    open: bool = False
    pushed: bool = False
    pushed_value: bool = False
    touches_data: bool = True


_known: WeakKeyDictionary[SqlDocument, tuple[PartitionRead, ...]] = WeakKeyDictionary()


def partition_reads(document: SqlDocument) -> tuple[PartitionRead, ...]:
    """Give the reads of partitioned tables in a document, as far as the catalog knows them."""
    found = _known.get(document)
    if found is None:
        found = _known[document] = tuple(_Reads(document).all())
    return found


class _Reads:
    def __init__(self, document: SqlDocument) -> None:
        self.document = document
        self.outer = OuterFilters(document)

    def all(self) -> Iterator[PartitionRead]:
        # Of a string that no call is seen to run, and that does not say it, nobody knows which engine reads it.
        if self.document.region.embedded and not self.document.host_sink and not self.document.dialect_is_told:
            return
        for scope in self.document.scopes:
            for relation in scope.relations:
                table = self.document.relation_table(relation)
                if table is None or table.partitioning is None or not is_partitioned(table):
                    continue
                # A table of another engine that has the same name: what is copied into the lake is read in MySQL.
                if not compatible(table.dialect, self.document.dialect):
                    continue
                yield self._read(scope, relation, table, table.partitioning)

    def _read(self, scope: Scope, relation: Relation, table: Table, partitioning: Partitioning) -> PartitionRead:
        read = PartitionRead(scope, relation, table, partitioning, self.document.name_span(relation.node))
        columns = frozenset(name.lower() for name in partitioning.columns)
        for condition in scope.conditions():
            read.found += self._predicates(read, condition.node, columns)
        if isinstance(scope.node, exp.Merge) and relation is scope.relations[0]:
            self._branches(read, scope.node, columns)
        for join in scope.joins():
            for name in clauses.join_using(join):
                if name.name.lower() in columns:
                    read.found.append(self._by_using(read, join, name))
        read.open = read.open or self.outer.open(scope) or self.outer.unread(scope)
        read.touches_data = read.touches_data and self._touches_data(scope, relation, columns)
        pushed = self.outer.pushed(scope, self.outer.leaving(scope, relation, columns), 0)
        read.pushed, read.pushed_value = pushed != NOT, pushed == VALUE
        return read

    # Predicates

    def _predicates(self, read: PartitionRead, condition: exp.Expr, columns: frozenset[str]) -> list[ReadBound]:
        """Give the predicates on the partition columns of the relation that is read."""
        found: dict[int, ReadBound] = {}
        for column in clauses.descendants(condition):
            if isinstance(column, exp.Column):
                taken = self._take(read, condition, column, columns)
                if taken is not None:
                    found[id(column)] = taken
        bounding = predicates.bounding(condition, found, self.outer.is_open) if found else ()
        return [replace(item, bounds=key in bounding) for key, item in found.items()]

    def _branches(self, read: PartitionRead, merge: exp.Merge, columns: frozenset[str]) -> None:
        """Note the predicates of a MERGE's branches, which bound its target where each has one."""
        branches = predicates.changing_branches(merge)
        on = predicates.merge_condition(merge)
        if not branches and on is not None and predicates.constant_truth(on) is False:
            read.touches_data = False  # it inserts only, and looks for no row
            return
        found = [self._predicates(read, branch, columns) if branch is not None else [] for branch in branches]
        if all(any(item.bounds for item in items) for items in found):
            read.found += [item for items in found for item in items]

    def _take(
        self, read: PartitionRead, condition: exp.Expr, column: exp.Column, columns: frozenset[str]
    ) -> ReadBound | None:
        """Give the predicate of a column if it is a partition column of the relation that is read."""
        if clauses.column_name(column, read.relation.name).lower() not in columns:
            return None
        ours = self._ours(read, column)
        if ours is None:
            return None
        around: list[str] = []
        node: exp.Expr = column
        while node is not condition and node.parent is not None and not isinstance(node.parent, COMPARISONS):
            node = node.parent
            if isinstance(node, (exp.Window, exp.AggFunc)):
                return None  # chosen among all rows after they are read
            if isinstance(node, clauses.QUERY):
                read.open = True  # a correlated subquery: the filter may arrive through it
                return None
            called = "" if isinstance(node, (exp.Paren, exp.Tuple)) else self._called(node)
            around += [called] if called else []
        comparison = node.parent if node is not condition else None
        if comparison is None or not isinstance(comparison, COMPARISONS):
            read.open = True
            return None
        outer: exp.Expr | None = comparison
        while outer is not None and outer is not condition:
            outer = outer.parent
            ours = ours and isinstance(outer, (exp.And, exp.Or, exp.Paren, exp.Not))
        others = tuple(child for child in clauses.children(comparison) if child is not node)
        against, through = self._against(read, others)
        span = self._operand_span(node)
        text = self.document.slice(span)
        bound = Bound(column.name, against, tuple(around), text, self._unit(span, column) if around else None)
        return ReadBound(comparison, node, span, others, bound, sure=ours, through=through)

    def _operand_span(self, node: exp.Expr) -> Span:
        """Give the place of a whole operand: types of casts and intervals, which have no place of their own, too."""
        span = self.document.span(node)
        if isinstance(node, exp.Column):
            return span
        depth = 0
        end = span.end
        limit = self.document.statement_of(node).span.end
        for token in self.document.tokens_in(Span(span.end, limit)):
            # A string's text stands without its quotes.
            word = token.text.upper() if token.end - token.start + 1 == len(token.text) else ""
            if depth == 0 and word in _OPERAND_ENDS:
                break
            depth += (word == "(") - (word == ")")
            if depth < 0:
                break
            end = token.end + 1
        return Span(span.start, end)

    def _ours(self, read: PartitionRead, column: exp.Column) -> bool | None:
        """Say whether a column is the relation's: True, False where it may be another's too, None where it is not."""
        scope = self.document.scope(column) or read.scope
        if scope is not read.scope and not scope.is_qualified(column):
            return None
        owner = scope.owner(column)
        if owner is not None:
            return True if owner[1] is read.relation else None
        for relation in read.scope.relations:
            if relation is read.relation or relation.kind is RelationKind.FUNCTION:
                continue
            table = self.document.relation_table(relation)
            if table is None or not table.complete or table.column(column.name) is not None:
                return False
        return True

    def _called(self, node: exp.Expr) -> str:
        """Name what stands around a column, as written: `DATE`, `CAST DATE`, `+`; nothing for what nobody wrote."""
        if isinstance(node, exp.Cast):
            return f"CAST {str(node.to).upper()}".replace("TIMESTAMPTZ", "TIMESTAMP")
        if isinstance(node, exp.Func):
            head, bracket, _ = self.document.text_of(node).partition("(")
            head = head.strip().upper()
            if not bracket and isinstance(node.this, exp.Column):
                return ""  # sqlglot reads the `ts` of `YEAR(ts)` as a conversion of it
            return head if head.replace("_", "").replace(".", "").isalnum() else type(node).__name__.upper()
        return type(node).__name__.upper()

    def _unit(self, operand: Span, column: exp.Column) -> str | None:
        inside = self.document.span(column)
        for token in self.document.tokens_in(operand):
            if token.text.upper() in _UNITS and not inside.start <= token.start < inside.end:
                return token.text.lower()
        return None

    def _against(self, read: PartitionRead, others: tuple[exp.Expr, ...]) -> tuple[Against, tuple[Relation, ...]]:
        through: list[Relation] = []
        parameter = False
        for other in others:
            for node in clauses.descendants(other):
                if isinstance(node, clauses.QUERY) and clauses.from_item(node) is not None:
                    return Against.QUERY, ()
                if isinstance(node, exp.Column):
                    owner = read.scope.owner(node)
                    if owner is not None and owner[1] is not read.relation:
                        through.append(owner[1])
                    elif owner is None:
                        through += [item for item in read.scope.relations if item is not read.relation]
                    else:
                        parameter = True
                elif isinstance(node, (exp.Placeholder, exp.Parameter, exp.SessionParameter)):
                    parameter = True
        if through:
            return Against.COLUMN, tuple(dict.fromkeys(through))
        return (Against.PARAMETER if parameter else Against.CONSTANT), ()

    def _by_using(self, read: PartitionRead, join: exp.Join, name: exp.Expr) -> ReadBound:
        others = tuple(item for item in read.scope.relations if item is not read.relation)
        return ReadBound(join, name, self.document.span(name), (), Bound(name.name, Against.COLUMN), through=others)

    def _touches_data(self, scope: Scope, relation: Relation, columns: frozenset[str]) -> bool:
        """Say whether a scope reads more of a relation than its partition column and the count of its rows."""
        if not isinstance(scope.node, exp.Select):
            return True
        for item in clauses.projections(scope.node):
            if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
                return True
        for column in scope.columns:
            owner = scope.owner(column)
            if owner is not None and owner[1] is not relation:
                continue
            if clauses.column_name(column, relation.name).lower() not in columns:
                return True
        return False
