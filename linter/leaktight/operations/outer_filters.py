"""Which filters reach a FROM from outside: from queries further out, from whoever reads a view, from holes of a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from sqlglot import exp

from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record
from leaktight.operations.passing import Passed, Passing
from leaktight.source import HoleKind
from leaktight.text import Span

NOT, JOIN, VALUE = range(3)
"""How a column that leaves a query is filtered further out: not at all, through a join, by a value."""


@record(frozen=True, slots=True, eq=False)
class OuterFilter:
    """A column that a query further out compares: what it is of the table within, and where the comparison stands."""

    scope: Scope
    relation: Relation
    condition: exp.Expr
    column: exp.Column
    passed: Passed


@record(slots=True, eq=False)
class Pushed:
    """How a column is filtered further out: `most` is `NOT`, `JOIN` or `VALUE`.

    `found` are the filters, as far as one query alone reads each query on the way; `vague` says that there may be others.
    """

    most: int = NOT
    found: list[OuterFilter] = field(default_factory=list)
    vague: bool = False

    def say(self, how: int) -> None:
        """Note a filter that may be: nobody knows which."""
        self.most = max(self.most, how)
        self.vague = True


class OuterFilters:
    """Answers for the scopes of one document."""

    def __init__(self, document: SqlDocument) -> None:
        self.document = document
        self.passing = Passing(document)
        self._consumers: dict[int, list[tuple[Scope, Relation]]] | None = None

    def open(self, scope: Scope) -> bool:
        """Say whether a hole stands where a whole filter may come from: not inside a comparison or a table's name."""
        document = self.document
        if not document.region.map.segments[1:] or not scope.relations:
            return False
        if self._config.get("incremental_strategy") == "microbatch":
            return True  # dbt bounds what it reads by its `event_time`, one batch at a time
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
        last = document.span(scope.relations[-1].node).end
        for clause in (clauses.limit(scope.node), clauses.group(scope.node), clauses.order(scope.node)):
            # `LIMIT %s` holds no word of the query: its span is that of all around it.
            if clause is not None and (span := document.span(clause)).start >= last:
                harmless.append(span)
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

    def pushed(self, scope: Scope, names: Mapping[str, Passed], *, freely: bool = False) -> Pushed:
        """Say how queries around this one filter columns that leave it, or the readers of a view may.

        `names` are the columns by the names under which they leave; `freely` is as in `Passing.leaving`.
        """
        pushed = Pushed()
        self._push(scope, names, pushed, 0, freely=freely)
        return pushed

    def _push(self, scope: Scope, names: Mapping[str, Passed], pushed: Pushed, depth: int, *, freely: bool) -> None:
        if not names:
            return
        if depth > 40 or self._is_view(scope):
            pushed.say(VALUE)
            return
        consumers = self.consumers_of(scope.node)
        pushed.vague = pushed.vague or len(consumers) > 1
        for consumer, relation in consumers:
            renamed = clauses.alias_columns(relation.cte if relation.cte is not None else relation.node)
            if renamed or self.open(consumer):
                pushed.say(VALUE)
                return
            self._filtered_in(consumer, relation, names, pushed)
            inner = self.passing.leaving(consumer, relation, names, freely=freely)
            self._push(consumer, inner, pushed, depth + 1, freely=freely)

    def _filtered_in(self, consumer: Scope, relation: Relation, names: Mapping[str, Passed], pushed: Pushed) -> None:
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
                pushed.most = max(pushed.most, JOIN if others else VALUE)
                passed = names[clauses.column_name(column, relation.name).lower()]
                pushed.found.append(OuterFilter(consumer, relation, condition.node, column, passed))
        used = {name.name.lower() for join in consumer.joins() for name in clauses.join_using(join)}
        if not used.isdisjoint(names):
            pushed.say(JOIN)

    def unread(self, scope: Scope) -> bool:
        """Say whether a scope stands in a CTE that nothing reads, as far as this variant of a template shows."""
        node: exp.Expr | None = scope.node
        while node is not None and not isinstance(node, exp.CTE):
            node = node.parent
        if node is None:
            return False
        inner = clauses.cte_query(node)
        return not any(self.consumers_of(arm) for arm in clauses.arms(inner))

    def consumers_of(self, node: exp.Expr) -> list[tuple[Scope, Relation]]:
        """Give the queries of the document that read the rows of one, each with the item of FROM that it is there."""
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
        if self._is_said_to_be_view:
            return True
        relations = any(segment.hole is HoleKind.RELATION for segment in self.document.region.map.segments)
        return relations and self.document.region.templated and not self._is_stored

    @cached_property
    def _is_said_to_be_view(self) -> bool:
        """Say whether the file is a model of dbt that its own `config()` or the project's makes a view."""
        made = self.document.catalog.declared_in(self.document.source.path)
        return any(table.kind == "model" and table.materialized == "view" for table in made)

    @cached_property
    def _is_stored(self) -> bool:
        """Say whether the file is a model of dbt whose rows are stored: it is read whole when it is built."""
        return self._config.get("materialized") in {"table", "incremental"}

    @cached_property
    def _config(self) -> Mapping[str, object]:
        text = self.document.source.text
        if not self.document.region.templated or "config" not in text:
            return {}
        from leaktight.embedding.jinja import config_of

        return config_of(text)
