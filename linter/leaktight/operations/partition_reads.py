"""Where SQL reads partitioned tables, and which predicates bound what is read.

Each FROM is looked at on its own; a filter that a query further out puts on a column that passes through counts as one in
it, for every engine pushes it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from weakref import WeakKeyDictionary

from sqlglot import exp

from leaktight.catalog.names import compatible
from leaktight.catalog.pruning import Against, Bound, cut_of
from leaktight.catalog.table import Partitioning, Table, TableName
from leaktight.catalog.view import View
from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.predicates import COMPARISONS
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record
from leaktight.operations.operands import Operands
from leaktight.operations.outer_filters import JOIN, NOT, VALUE, OuterFilters
from leaktight.operations.passing import Passed
from leaktight.operations.view_columns import Within, table_within
from leaktight.text import Span


@record(frozen=True, slots=True, eq=False)
class ReadBound:
    """A comparison of a partition column. `operand` is the column with all that stands around it, `other` the far side.

    `bounds` is False where it leaves all but a part (`<> x`, `IS NOT NULL`); `sure` where names tell that the column is
    the partitioned table's. `through` are the relations whose columns it is compared with. `column` is the column as it
    stands there: further out it may go by another name.
    """

    node: exp.Expr
    operand: exp.Expr
    operand_span: Span
    other: tuple[exp.Expr, ...]
    bound: Bound
    bounds: bool = True
    sure: bool = True
    through: tuple[Relation, ...] = ()
    column: exp.Column | None = None


@record(slots=True, eq=False)
class PartitionRead:
    """A partitioned table in a FROM, or as what an UPDATE, DELETE or MERGE works on.

    `span` is the table's name. `names` are what the query calls the partition columns: those of the `view` where it reads
    the table through one. `open` says that something only known at run time may filter it, or that nobody reads the
    CTE it stands in; `pushed` that a query further out, or whoever reads the view, can filter it, `pushed_value` that it
    does so other than through a join; `outer` are those filters where they are all known. `blocker` is what keeps a filter
    further out from reaching in: LIMIT, a window function, an aggregate. `touches_data` is False where nothing but the
    partition column is read.
    """

    scope: Scope
    relation: Relation
    table: Table
    partitioning: Partitioning
    span: Span
    names: tuple[str, ...] = ()
    view: View | None = None
    found: list[ReadBound] = field(default_factory=list)
    open: bool = False
    pushed: bool = False
    pushed_value: bool = False
    outer: tuple[ReadBound, ...] = ()
    blocker: exp.Expr | None = None
    touches_data: bool = True


_known: WeakKeyDictionary[SqlDocument, dict[bool, tuple[tuple[PartitionRead, ...], set[str]]]] = WeakKeyDictionary()
"""Of each document its reads, and the tables that nobody knows: they are missed by every rule that asks for the reads."""


def partition_reads(document: SqlDocument, *, sorting: bool = False) -> tuple[PartitionRead, ...]:
    """Give the reads of partitioned tables in a document, as far as the catalog knows them.

    Tables that are sorted, not partitioned, are among them where they are large, and with `sorting` all are.
    """
    catalog = document.catalog
    known = _known.setdefault(document, {})
    found = known.get(sorting)
    if found is None:
        before, catalog.missed = catalog.missed, set()
        found = known[sorting] = tuple(_Reads(document, sorting=sorting).all()), catalog.missed
        catalog.missed = before
    reads, missed = found
    catalog.missed |= missed
    return reads


_BY_DAY = frozenset({"events_*", "events_intraday_*", "ga_sessions_*", "pseudonymous_users_*", "users_*"})
"""What Google Analytics exports to BigQuery: a table a day, read through a wildcard."""


def _wildcard(relation: Relation) -> Table | None:
    """Give BigQuery's tables that a wildcard stands for, as one that `_TABLE_SUFFIX` cuts."""
    if relation.kind is not RelationKind.TABLE or not relation.node.name.endswith("*"):
        return None
    name = clauses.table_name(relation.node)
    if name is None or len(name.name) < 2:
        return None
    step = "day" if name.name.lower() in _BY_DAY else None
    cut = Partitioning(("_TABLE_SUFFIX",), "_TABLE_SUFFIX", "suffix", step)
    return Table(TableName(name.parts), partitioning=cut, complete=False, dialect="bigquery")


class _Reads:
    def __init__(self, document: SqlDocument, *, sorting: bool) -> None:
        self.document = document
        self.sorting = sorting
        self.outer = OuterFilters(document)
        self.operands = Operands(document)

    def all(self) -> Iterator[PartitionRead]:
        # Of a string that no call is seen to run, and that does not say it, nobody knows which engine reads it.
        if self.document.region.embedded and not self.document.host_sink and not self.document.dialect_is_told:
            return
        for scope in self.document.scopes:
            for relation in scope.relations:
                table = self.document.relation_table(relation)
                if table is None and self.document.dialect == "bigquery" and not self.document.has_hole(relation.node):
                    table = _wildcard(relation)
                within = self._within(relation, table)
                if within is not None:
                    table = within.table
                cut = cut_of(table, sorting=self.sorting) if table is not None else None
                if table is None or cut is None:
                    continue
                # A table of another engine that has the same name: what is copied into the lake is read in MySQL.
                if not compatible(table.dialect, self.document.dialect):
                    continue
                if self.document.dialect == "clickhouse" and self._is_fed(scope, relation):
                    continue
                yield self._read(scope, relation, table, cut, within)

    def _is_fed(self, scope: Scope, relation: Relation) -> bool:
        """Say whether rows are handed over as they are inserted: ClickHouse's views keep what is read of the first table."""
        create = scope.node.root()
        if relation.join is not None or not isinstance(create, exp.Create) or clauses.created_kind(create) != "VIEW":
            return False
        head = Span(self.document.statement_of(create).span.start, self.document.span(scope.node).start)
        words = {token.text.upper() for token in self.document.tokens_in(head)}
        return "MATERIALIZED" in words and "REFRESH" not in words

    def _within(self, relation: Relation, table: Table | None) -> Within | None:
        """Give the table that a view reads, if it is a view."""
        if relation.kind is not RelationKind.TABLE or (table is not None and table.kind not in {"view", "model"}):
            return None
        name = clauses.table_name(relation.node)
        if name is None:
            return None
        return table_within(self.document.catalog, name, self.document.dialect, self.document.source.path)

    def _read(
        self, scope: Scope, relation: Relation, table: Table, partitioning: Partitioning, within: Within | None
    ) -> PartitionRead:
        columns = {name.lower(): Passed(name, name) for name in partitioning.columns}
        columns = dict(within.columns) if within is not None else columns
        names = tuple(columns) if within is not None else partitioning.columns
        span = self.document.name_span(relation.node)
        read = PartitionRead(scope, relation, table, partitioning, span, names, within.view if within else None)
        for condition in scope.conditions():
            read.found += self._predicates(read, condition.node, columns)
        if isinstance(scope.node, exp.Merge) and relation is scope.relations[0]:
            self._branches(read, scope.node, columns)
        for join in scope.joins():
            for name in clauses.join_using(join):
                if name.name.lower() in columns:
                    read.found.append(self._by_using(read, join, name))
        read.open = read.open or self.outer.open(scope) or self.outer.unread(scope)
        read.touches_data = read.touches_data and self._touches_data(scope, relation, frozenset(columns))
        self._outside(read, columns)
        return read

    def _outside(self, read: PartitionRead, columns: dict[str, Passed]) -> None:
        """Note what queries further out make of the partition columns."""
        passing = self.outer.passing
        passing.blockers.clear()
        pushed = self.outer.pushed(read.scope, passing.leaving(read.scope, read.relation, columns))
        read.pushed, read.pushed_value = pushed.most != NOT, pushed.most == VALUE
        if pushed.most == NOT and passing.blockers:
            blocker = passing.blockers[0]
            freely = passing.leaving(read.scope, read.relation, columns, freely=True)
            beyond = self.outer.pushed(read.scope, freely, freely=True)
            if beyond.found and beyond.most == VALUE:
                read.blocker = blocker
        if pushed.vague or pushed.most in (NOT, JOIN):
            return
        outer: list[ReadBound] = []
        for found in pushed.found:
            outside = PartitionRead(found.scope, found.relation, read.table, read.partitioning, read.span)
            taken = self._take(outside, found.condition, found.column, found.passed)
            if taken is None or outside.open:
                return
            outer.append(taken)
        read.outer = tuple(outer)

    # Predicates

    def _predicates(self, read: PartitionRead, condition: exp.Expr, columns: Mapping[str, Passed]) -> list[ReadBound]:
        """Give the predicates on the partition columns of the relation that is read."""
        found: dict[int, ReadBound] = {}
        for column in clauses.descendants(condition):
            if not isinstance(column, exp.Column):
                continue
            passed = columns.get(clauses.column_name(column, read.relation.name).lower())
            taken = self._take(read, condition, column, passed) if passed is not None else None
            if taken is not None:
                found[id(column)] = taken
        bounding = predicates.bounding(condition, found, self.outer.is_open) if found else ()
        return [replace(item, bounds=key in bounding) for key, item in found.items()]

    def _branches(self, read: PartitionRead, merge: exp.Merge, columns: Mapping[str, Passed]) -> None:
        """Note the predicates of a MERGE's branches, which bound its target where each has one."""
        branches = predicates.changing_branches(merge)
        on = predicates.merge_condition(merge)
        if not branches and on is not None and predicates.constant_truth(on) is False:
            read.touches_data = False  # it inserts only, and looks for no row
            return
        found = [self._predicates(read, branch, columns) if branch is not None else [] for branch in branches]
        if all(any(item.bounds for item in items) for items in found):
            read.found += [item for items in found for item in items]

    def _take(self, read: PartitionRead, condition: exp.Expr, column: exp.Column, passed: Passed) -> ReadBound | None:
        """Give the predicate of a column if it is the relation's; `passed` says what it is of the partitioned table."""
        ours = self._ours(read, column)
        if ours is None:
            return None
        around = list(passed.around)
        node: exp.Expr = column
        while node is not condition and node.parent is not None and not isinstance(node.parent, COMPARISONS):
            node = node.parent
            if isinstance(node, (exp.Window, exp.AggFunc)):
                return None  # chosen among all rows after they are read
            if isinstance(node, clauses.QUERY):
                read.open = True  # a correlated subquery: the filter may arrive through it
                return None
            plain = isinstance(node, (exp.Paren, exp.Tuple)) or (not around and self._is_no_cast(read.table, node))
            called = "" if plain else self.operands.called(node)
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
        span = self.operands.span(node)
        text = self.outer.passing.substituted(span, column, passed.text) or self.document.slice(span)
        unit = passed.unit or (self.operands.unit(span, column) if around else None)
        equality = isinstance(comparison, (exp.EQ, exp.In, exp.NullSafeEQ))
        bound = Bound(passed.column, against, tuple(around), text, unit, equality)
        return ReadBound(comparison, node, span, others, bound, sure=ours, through=through, column=column)

    def _is_no_cast(self, table: Table, node: exp.Expr) -> bool:
        """Say whether a cast gives a column the type that it has: engines leave it out."""
        if not isinstance(node, exp.Cast) or not isinstance(node.this, exp.Column):
            return False
        known = table.column(node.this.name)
        return known is not None and known.type is not None and _named(known.type) == _named(str(node.to))

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

    def _against(self, read: PartitionRead, others: tuple[exp.Expr, ...]) -> tuple[Against, tuple[Relation, ...]]:
        through: list[Relation] = []
        parameter = volatile = False
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
                elif _is_volatile(node):
                    volatile = True
        if volatile:
            return Against.VOLATILE, ()
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


def _is_volatile(node: exp.Expr) -> bool:
    """Say whether a function gives another value for each row."""
    if isinstance(node, exp.Anonymous):
        return node.name.upper() in {"CLOCK_TIMESTAMP", "TIMEOFDAY"}
    return isinstance(node, (exp.Rand, exp.Randn, exp.Uuid))


_NAMES_OF_TYPES = {
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "INT": "INTEGER",
    "INT4": "INTEGER",
    "INT8": "BIGINT",
    "CHARACTER VARYING": "TEXT",
    "VARCHAR": "TEXT",
    "STRING": "TEXT",
}


def _named(kind: str) -> str:
    """Give a type without its length, under one of its names."""
    plain = " ".join(kind.upper().partition("(")[0].split())
    return _NAMES_OF_TYPES.get(plain, plain)
