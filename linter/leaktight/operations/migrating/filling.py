"""UPDATE and DELETE as a migration writes them: which rows they reach."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.schema_step import EmptyTable, FillRows, RemoveRows


def read_write(
    document: SqlDocument, tree: exp.Update | exp.Delete
) -> tuple[FillRows | RemoveRows | EmptyTable, bool] | None:
    """Give what an UPDATE or DELETE does to its table, and whether a filter or limit may leave many rows out.

    A filter narrows nothing where it only asks for what is still NULL or compares columns: `WHERE total IS NULL`,
    `WHERE o.id = c.id`.
    """
    target = clauses.target(tree)
    name = clauses.table_name(target)
    if name is None or (target is not None and document.has_hole(target)):
        return None
    place = document.location(document.name_span(target)) if target is not None else None
    narrowed = clauses.limit(tree) is not None or bool(clauses.bounded_by(tree)) or bool(clauses.ctes(tree))
    where = clauses.where(tree)
    if where is not None and predicates.constant_truth(where) is not True:
        narrowed = narrowed or not all(_keeps_most(item) for item in predicates.conjuncts(where))
    if isinstance(tree, exp.Delete):
        if where is not None or narrowed:
            return RemoveRows(name, _about(document, tree), location=place, dialect=document.dialect), narrowed
        return EmptyTable(name, location=place, dialect=document.dialect), False
    columns = tuple(
        item.this.name
        for item in clauses.assignments(tree)
        if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column)
    )
    about = _about(document, tree)
    return FillRows(name, columns, about, location=place, dialect=document.dialect), narrowed


def _about(document: SqlDocument, tree: exp.Update | exp.Delete) -> frozenset[str] | None:
    """Give the literals of a statement; None where rows that hold any other value may be meant too.

    That is so unless its filter, or a CASE, compares with literals alone, by `=` and `IN`.
    """
    where = clauses.where(tree)
    choosing = [where] if where is not None else list(tree.find_all(exp.Case))
    if document.has_hole(tree) or not choosing:
        return None
    for node in choosing:
        comparisons = [one for one in node.walk() if isinstance(one, predicates.COMPARISONS) and not _is_null(one)]
        if not comparisons or any(isinstance(one, exp.Query) for one in node.walk()):
            return None
        for one in comparisons:
            if not isinstance(one, (exp.EQ, exp.In)) or predicates.is_negated(one) or not _is_of_literals(one):
                return None
    return frozenset(one.name for one in tree.find_all(exp.Literal, exp.National))


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null) and not predicates.is_negated(node)


def _is_of_literals(comparison: exp.Expr) -> bool:
    others = comparison.expressions if isinstance(comparison, exp.In) else [comparison.expression]
    return bool(others) and all(any(True for _ in one.find_all(exp.Literal, exp.National)) for one in others)


def _keeps_most(item: exp.Expr) -> bool:
    """Say whether a condition is no filter to count on: `IS NULL`, or two columns that are equal."""
    if isinstance(item, exp.Is):
        return isinstance(item.this, exp.Column) and _is_null(item)
    return isinstance(item, exp.EQ) and isinstance(item.this, exp.Column) and isinstance(item.expression, exp.Column)
