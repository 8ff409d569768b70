"""Rows that are looked up by a value: of what is called like a key, or as the one constant that a subquery gives."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.scope import Relation, Scope
from leaktight.text import words_of

_KEY_WORDS = frozenset("id key name code slug label version uuid".split())
"""Last words of columns whose value picks one row or few."""

_OF_MANY = frozenset(
    "status state type kind category class level role phase group day date week month year time country".split()
)
"""Last words of columns of which many rows have the same value."""
_FEW = 2
"""How many columns a subquery shows that looks something up."""


def looks_one_up(relation: Relation) -> bool:
    """Say whether a subquery picks by a value of a column that is called like a key: `(SELECT n FROM totals WHERE id = 1)`.

    One or two columns of one table are looked up by a value of any column: `(SELECT basket FROM baskets WHERE topic = 'zoning')`.
    """
    query = relation.query
    if not isinstance(query, exp.Select) or clauses.joins(query) or clauses.group(query):
        return False
    if _is_constant(query):
        return True
    for node in predicates.conjuncts(clauses.where(query)):
        if isinstance(node, exp.EQ) and not predicates.is_negated(node):
            for side, other in ((node.this, node.expression), (node.expression, node.this)):
                words = words_of(side.name) if isinstance(side, exp.Column) else []
                given = not any(isinstance(part, exp.Column) for part in clauses.descendants(other))
                if words and words[-1] in _KEY_WORDS and given:
                    return True
    return False


def _is_constant(query: exp.Select) -> bool:
    """Say whether a query shows one or two columns of the row that a name picks: `SELECT basket … WHERE topic = 'zoning'`."""
    shown = clauses.projections(query)
    if len(shown) > _FEW or not all(isinstance(item.unalias(), exp.Column) and not item.is_star for item in shown):
        return False
    for node in predicates.conjuncts(clauses.where(query)):
        if isinstance(node, exp.EQ) and isinstance(node.this, exp.Column) and not predicates.is_negated(node):
            value = node.expression
            given = isinstance(value, (exp.Placeholder, exp.Parameter))
            named = given or (value.is_string and not value.name[:1].isdigit())
            if named and _OF_MANY.isdisjoint(words_of(node.this.name)[-1:]):
                return True
    return False


def counts_up(scope: Scope) -> bool:
    """Say whether a table of digits is joined with itself to count: `SELECT t.n * 10 + o.n FROM digits t, digits o`."""
    names = [clauses.table_name(relation.node) for relation in scope.relations]
    first = names[0]
    if first is None or not all(name is not None and name.same(first) for name in names):
        return False
    return any(
        isinstance(item.unalias(), exp.Add)
        and len({column.table for column in item.find_all(exp.Column)}) == len(names)
        for item in clauses.projections(scope.node)
    )


def are_lists(relations: list[Relation]) -> bool:
    """Say whether each is a subquery of one table that picks rows by their names, and no two have a column in common."""
    seen: set[str] = set()
    for relation in relations:
        query = relation.query
        if not isinstance(query, exp.Select) or clauses.joins(query) or not _picks_by_name(query):
            return False
        names = {item.alias_or_name.lower() for item in clauses.projections(query)}
        if names & (seen | {"", "*"}):
            return False
        seen |= names
    return True


def _picks_by_name(query: exp.Expr) -> bool:
    return any(
        isinstance(node, (exp.EQ, exp.In))
        and isinstance(node.this, exp.Column)
        and not _KEY_WORDS.isdisjoint(words_of(node.this.name)[-1:])
        and not predicates.is_negated(node)
        and _is_given(node, node.this)
        for node in predicates.conjuncts(clauses.where(query))
    )


def _is_given(node: exp.Expr, side: exp.Column) -> bool:
    """Say whether a predicate compares a column with values that stand there, and with no other column or query."""
    return not any(
        isinstance(part, (exp.Column, *clauses.QUERY)) and part is not side for part in clauses.descendants(node)
    )


def is_picked(scope: Scope, relation: Relation) -> bool:
    """Say whether WHERE picks rows of a table by given values of what is called like a key: `r.name IN ('admin')`."""
    for node in predicates.conjuncts(clauses.where(scope.node)):
        side = node.this if isinstance(node, (exp.EQ, exp.In)) else None
        if not isinstance(side, exp.Column) or words_of(side.name)[-1:] == [] or predicates.is_negated(node):
            continue
        qualifiers = [part.lower() for part in clauses.column_qualifiers(side)]
        named = words_of(side.name)[-1] in _KEY_WORDS and bool(qualifiers) and relation.answers_to(qualifiers)
        if named and _is_given(node, side):
            return True
    return False


def is_looked_up(relation: Relation, on: exp.Expr | None) -> bool:
    """Say whether ON picks rows of the table by a given value (`ON c.key = 'rate'`), which is one row if it is a key."""
    for node in predicates.conjuncts(on):
        if isinstance(node, exp.EQ):
            for side, other in ((node.this, node.expression), (node.expression, node.this)):
                if isinstance(side, exp.Column) and not any(
                    isinstance(n, exp.Column) for n in clauses.descendants(other)
                ):
                    qualifiers = [part.lower() for part in clauses.column_qualifiers(side)]
                    if qualifiers and relation.answers_to(qualifiers):
                        return True
    return False


def is_a_switch(join: exp.Join) -> bool:
    """Say whether a LEFT JOIN does no more than compare columns with given values: `ON o.kind = 'DEBIT'` turns a table on."""
    nodes = predicates.conjuncts(clauses.join_on(join))
    return (
        clauses.join_side(join) == "LEFT"
        and bool(nodes)
        and all(
            isinstance(node, (exp.EQ, exp.In)) and isinstance(node.this, exp.Column) and _is_given(node, node.this)
            for node in nodes
        )
    )
