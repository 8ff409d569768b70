"""Where SQL reads partitioned tables, and which predicates bound what is read.

Each FROM is looked at on its own; a filter that a query further out puts on a column that passes through counts as one in
it, for every engine pushes it down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlglot import exp

from leaktight.catalog.pruning import Against, Bound, is_partitioned
from leaktight.catalog.table import Partitioning, Table
from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.scope import Condition, Relation, RelationKind, Scope
from leaktight.source import HoleKind
from leaktight.text import Span

COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.NullSafeEQ,
    exp.Between,
    exp.In,
    exp.Like,
    exp.ILike,
    exp.RegexpLike,
    exp.SimilarTo,
    exp.Is,
)
_UNITS = frozenset({"HOUR", "DAY", "WEEK", "MONTH", "YEAR", "QUARTER", "ISOWEEK", "ISOYEAR", "MINUTE"})


@dataclass(frozen=True, slots=True, eq=False)
class ReadBound:
    """A comparison of a partition column. `operand` is the column with all that stands around it, `other` the far side.

    `bounds` is False where it leaves all but a part (`<> x`, `IS NOT NULL`); `sure` where names tell that the column is
    the partitioned table's. `through` are the relations whose columns it is compared with.
    """

    node: exp.Expr
    operand: exp.Expr
    other: tuple[exp.Expr, ...]
    bound: Bound
    bounds: bool = True
    sure: bool = True
    through: tuple[Relation, ...] = ()


@dataclass(slots=True, eq=False)
class PartitionRead:
    """A partitioned table in a FROM, or as what an UPDATE, DELETE or MERGE works on.

    `span` is the table's name. `open` says that something only known at run time may filter it; `pushed` that a query
    further out, or whoever reads the view, can filter it. `touches_data` is False where nothing but the partition column
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
        self._consumers: dict[int, list[tuple[Scope, Relation]]] | None = None

    def all(self) -> Iterator[PartitionRead]:
        for scope in self.document.scopes:
            for relation in scope.relations:
                table = self.document.relation_table(relation)
                if table is None or table.partitioning is None or not is_partitioned(table):
                    continue
                yield self._read(scope, relation, table, table.partitioning)

    def _read(self, scope: Scope, relation: Relation, table: Table, partitioning: Partitioning) -> PartitionRead:
        read = PartitionRead(scope, relation, table, partitioning, self._name_span(relation))
        columns = frozenset(name.lower() for name in partitioning.columns)
        for condition in scope.conditions():
            for column in clauses.descendants(condition.node):
                if isinstance(column, exp.Column):
                    self._take(read, condition, column, columns)
        for join in scope.joins():
            for name in clauses.join_using(join):
                if name.name.lower() in columns:
                    read.found.append(self._by_using(read, join, name))
        read.open = read.open or self._open(scope)
        read.touches_data = self._touches_data(scope, relation, columns)
        read.pushed = self._pushed(scope, self._leaving(scope, relation, columns), 0)
        return read

    def _name_span(self, relation: Relation) -> Span:
        node = relation.node
        if not isinstance(node, exp.Table):
            return self.document.span(node)
        parts = [self.document.span(part) for part in node.parts]
        return parts[0].cover(parts[-1]) if parts else self.document.span(node)

    # Predicates

    def _take(self, read: PartitionRead, condition: Condition, column: exp.Column, columns: frozenset[str]) -> None:
        """Note a predicate if its column is a partition column of the relation that is read."""
        if clauses.column_name(column, read.relation.name).lower() not in columns:
            return
        ours = self._ours(read, column)
        if ours is None:
            return
        around: list[str] = []
        node: exp.Expr = column
        negated = False
        while node is not condition.node and node.parent is not None and not isinstance(node.parent, COMPARISONS):
            node = node.parent
            if isinstance(node, clauses.QUERY):
                read.open = True  # a correlated subquery: the filter may arrive through it
                return
            if not isinstance(node, (exp.Paren, exp.Tuple)):
                around.append(self._called(node))
        comparison = node.parent if node is not condition.node else None
        if comparison is None or not isinstance(comparison, COMPARISONS):
            read.open = True
            return
        outer: exp.Expr | None = comparison
        while outer is not None and outer is not condition.node:
            outer = outer.parent
            negated = negated or isinstance(outer, exp.Not)
            ours = ours and isinstance(outer, (exp.And, exp.Or, exp.Paren, exp.Not))
        others = tuple(child for child in clauses.children(comparison) if child is not node)
        against, through = self._against(read, others)
        bounds = not negated and not isinstance(comparison, exp.NEQ) and not clauses.is_negated(comparison)
        text = self.document.text_of(node)
        bound = Bound(column.name, against, tuple(around), text, self._unit(node, column) if around else None)
        read.found.append(ReadBound(comparison, node, others, bound, bounds, ours, through))

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
        """Name what stands around a column, as written: `DATE`, `CAST DATE`, `+`."""
        if isinstance(node, exp.Cast):
            return f"CAST {str(node.to).upper()}".replace("TIMESTAMPTZ", "TIMESTAMP")
        if isinstance(node, exp.Func):
            head = self.document.text_of(node).partition("(")[0].strip().upper()
            return head if head.replace("_", "").replace(".", "").isalnum() else type(node).__name__.upper()
        return type(node).__name__.upper()

    def _unit(self, operand: exp.Expr, column: exp.Column) -> str | None:
        inside = self.document.span(column)
        for token in self.document.tokens_in(self.document.span(operand)):
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
        return ReadBound(join, name, (), Bound(name.name, Against.COLUMN), through=others)

    # What is not in sight

    def _open(self, scope: Scope) -> bool:
        """Say whether a hole stands where a whole filter may come from: not inside a comparison or a table's name."""
        document = self.document
        if not document.region.map.segments[1:] or not scope.relations:
            return False
        start = document.span(scope.relations[0].node).start
        whole = Span(start, max(document.span(scope.node).end, self._end(scope)))
        harmless = [self._name_span(relation) for relation in scope.relations]
        for condition in scope.conditions():
            harmless += [
                document.span(node)
                for node in clauses.descendants(condition.node, into_queries=False)
                if isinstance(node, COMPARISONS)
            ]
        for clause in (clauses.limit(scope.node), clauses.group(scope.node), clauses.order(scope.node)):
            if clause is not None:
                harmless.append(document.span(clause))
        inner = [
            document.span(relation.node) for relation in scope.relations if relation.kind is RelationKind.SUBQUERY
        ]
        for hole in document.region.map.holes(whole):
            if hole.hole is HoleKind.BLANK:
                words = document.source.text[hole.file.start : hole.file.end].lower()
                if "if" in words or "where" in words or "for" in words:
                    return True
            elif hole.hole in {HoleKind.VALUE, HoleKind.IDENTIFIER} and not any(
                span.contains(hole.region) or span.overlaps(hole.region) for span in [*harmless, *inner]
            ):
                return True
        return False

    def _end(self, scope: Scope) -> int:
        """Give where a scope's text may end: its statement's end for an outermost one, else its own."""
        if scope.node.parent is None:
            return self.document.statement_of(scope.node).span.end
        return 0

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

    # Filters further out

    def _leaving(self, scope: Scope, relation: Relation, columns: frozenset[str]) -> frozenset[str]:
        """Give the names under which the partition column leaves a query, in lower case."""
        if not isinstance(scope.node, exp.Select):
            return frozenset()
        names: set[str] = set()
        for item in clauses.projections(scope.node):
            if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
                names |= columns
                continue
            for column in clauses.descendants(item):
                if isinstance(column, exp.Column) and clauses.column_name(column, relation.name).lower() in columns:
                    names.add(item.alias_or_name.lower())
        return frozenset(names)

    def _pushed(self, scope: Scope, names: frozenset[str], depth: int) -> bool:
        """Say whether a query around this one filters a column that passes through, or a reader of the view may."""
        if not names or depth > 40:
            return bool(names)
        if self._is_view(scope):
            return True
        for consumer, relation in self._consumers_of(scope.node):
            if clauses.alias_columns(relation.cte if relation.cte is not None else relation.node):
                return True
            if self._open(consumer):
                return True
            for condition in consumer.conditions():
                for column in clauses.descendants(condition.node):
                    if not isinstance(column, exp.Column):
                        continue
                    if clauses.column_name(column, relation.name).lower() not in names:
                        continue
                    owner = consumer.owner(column)
                    if (owner is None or owner[1] is relation) and not _negative(column, condition.node):
                        return True
            if self._pushed(consumer, self._leaving(consumer, relation, names), depth + 1):
                return True
        return False

    def _consumers_of(self, node: exp.Expr) -> list[tuple[Scope, Relation]]:
        if self._consumers is None:
            self._consumers = {}
            for scope in self.document.scopes:
                for relation in scope.relations:
                    if relation.query is not None:
                        for arm in clauses.arms(relation.query):
                            self._consumers.setdefault(id(arm), []).append((scope, relation))
        return self._consumers.get(id(node), [])

    def _is_view(self, scope: Scope) -> bool:
        """Say whether a query's rows are what a view gives, or a template's model, which is a view as often as not."""
        node: exp.Expr | None = scope.node
        while node is not None and isinstance(
            node.parent, (*clauses.SET_OPERATIONS, exp.Subquery, exp.Paren)
        ):
            node = node.parent
        parent = node.parent if node is not None else None
        if isinstance(parent, exp.Create):
            return clauses.created_kind(parent) == "VIEW"
        if parent is not None or isinstance(scope.node, (exp.Update, exp.Delete, exp.Merge)):
            return False
        relations = any(segment.hole is HoleKind.RELATION for segment in self.document.region.map.segments)
        return relations and self.document.region.templated


def _negative(column: exp.Expr, root: exp.Expr) -> bool:
    node: exp.Expr | None = column
    while node is not None:
        if isinstance(node, (exp.Not, exp.NEQ)) or (isinstance(node, exp.Is) and clauses.is_negated(node)):
            return True
        if node is root:
            return False
        node = node.parent
    return False
