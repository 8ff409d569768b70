"""Which filters reach a FROM from outside: from queries further out, from whoever reads a view, from holes of a template."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.source import HoleKind
from leaktight.text import Span

NOT, JOIN, VALUE = range(3)
"""How a column that leaves a query is filtered further out: not at all, through a join, by a value."""


class OuterFilters:
    """Answers for the scopes of one document."""

    def __init__(self, document: SqlDocument) -> None:
        self.document = document
        self._consumers: dict[int, list[tuple[Scope, Relation]]] | None = None

    def open(self, scope: Scope) -> bool:
        """Say whether a hole stands where a whole filter may come from: not inside a comparison or a table's name."""
        document = self.document
        if not document.region.map.segments[1:] or not scope.relations:
            return False
        whole = Span(document.span(scope.relations[0].node).start, document.tail(scope.node).end)
        holes = document.clause_holes(whole)
        if not holes:
            return False
        harmless = [document.name_span(relation.node) for relation in scope.relations]
        for condition in scope.conditions():
            harmless += [
                document.span(node)
                for node in clauses.descendants(condition.node, into_queries=False)
                if isinstance(node, predicates.COMPARISONS)
            ]
        for clause in (clauses.limit(scope.node), clauses.group(scope.node), clauses.order(scope.node)):
            if clause is not None:
                harmless.append(document.span(clause))
        inner = [document.span(relation.node) for relation in scope.relations if relation.kind is RelationKind.SUBQUERY]
        return any(
            hole.hole is HoleKind.BLANK or not any(span.overlaps(hole.region) for span in [*harmless, *inner])
            for hole in holes
        )

    def is_open(self, condition: exp.Expr) -> bool:
        """Say whether a part of a condition is for the program to decide, as `@day IS NULL` is: it asks no column."""
        columns = [node for node in clauses.descendants(condition) if isinstance(node, exp.Column)]
        if not columns:
            return predicates.constant_truth(condition) is not True
        return all(self.document.has_hole(column) for column in columns)

    def leaving(self, scope: Scope, relation: Relation, columns: frozenset[str]) -> frozenset[str]:
        """Give the names under which the partition column leaves a query, in lower case."""
        if not isinstance(scope.node, exp.Select):
            return frozenset()
        names: set[str] = set()
        items = clauses.projections(scope.node)
        first = self._first_arm(scope.node)
        for position, item in enumerate(items):
            if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
                names |= columns
                continue
            for column in clauses.descendants(item):
                if isinstance(column, exp.Column) and clauses.column_name(column, relation.name).lower() in columns:
                    names.add(item.alias_or_name.lower())
                    if len(first) == len(items):
                        names.add(first[position].alias_or_name.lower())
        return frozenset(names)

    def _first_arm(self, node: exp.Expr) -> list[exp.Expr]:
        """Give the select list that names the columns of a set operation that a query is an arm of."""
        whole = node
        while (around := whole.parent) is not None:
            bracketed = isinstance(around, (exp.Subquery, exp.Paren)) and isinstance(
                around.parent, clauses.SET_OPERATIONS
            )
            if not bracketed and not isinstance(around, clauses.SET_OPERATIONS):
                break
            whole = around
        return clauses.projections(whole)

    def pushed(self, scope: Scope, names: frozenset[str], depth: int) -> int:
        """Say how queries around this one filter a column that passes through, or the readers of a view may."""
        if not names or depth > 40:
            return VALUE if names else NOT
        if self._is_view(scope):
            return VALUE
        most = NOT
        for consumer, relation in self._consumers_of(scope.node):
            if clauses.alias_columns(relation.cte if relation.cte is not None else relation.node):
                return VALUE
            if self.open(consumer):
                return VALUE
            most = max(most, self._filtered_in(consumer, relation, names))
            most = max(most, self.pushed(consumer, self.leaving(consumer, relation, names), depth + 1))
            if most == VALUE:
                break
        return most

    def _filtered_in(self, consumer: Scope, relation: Relation, names: frozenset[str]) -> int:
        most = NOT
        for condition in consumer.conditions():
            columns = [node for node in clauses.descendants(condition.node) if isinstance(node, exp.Column)]
            ours = [
                column
                for column in columns
                if clauses.column_name(column, relation.name).lower() in names
                and ((owner := consumer.owner(column)) is None or owner[1] is relation)
            ]
            bounding = predicates.bounding(condition.node, {id(column) for column in ours}, self.is_open)
            for column in ours:
                if id(column) not in bounding:
                    continue
                others = [
                    other for other in columns if other is not column and consumer.relation_of(other) is not relation
                ]
                most = max(most, JOIN if others else VALUE)
        used = {name.name.lower() for join in consumer.joins() for name in clauses.join_using(join)}
        return max(most, JOIN) if used & names else most

    def unread(self, scope: Scope) -> bool:
        """Say whether a scope stands in a CTE that nothing reads, as far as this variant of a template shows."""
        node: exp.Expr | None = scope.node
        while node is not None and not isinstance(node, exp.CTE):
            node = node.parent
        if node is None:
            return False
        inner = clauses.cte_query(node)
        return not any(self._consumers_of(arm) for arm in clauses.arms(inner))

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
        while node is not None and isinstance(node.parent, (*clauses.SET_OPERATIONS, exp.Subquery, exp.Paren)):
            node = node.parent
        parent = node.parent if node is not None else None
        if isinstance(parent, exp.Create):
            return clauses.created_kind(parent) == "VIEW"
        if parent is not None or isinstance(scope.node, (exp.Update, exp.Delete, exp.Merge)):
            return False
        relations = any(segment.hole is HoleKind.RELATION for segment in self.document.region.map.segments)
        return relations and self.document.region.templated
