"""UPDATE and DELETE as a migration writes them: which rows they reach."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.schema_step import EmptyTable, FillRows


def read_write(document: SqlDocument, tree: exp.Update | exp.Delete) -> tuple[FillRows | EmptyTable, bool] | None:
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
            return None
        return EmptyTable(name, location=place, dialect=document.dialect), False
    columns = tuple(
        item.this.name
        for item in clauses.assignments(tree)
        if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column)
    )
    return FillRows(name, columns, location=place, dialect=document.dialect), narrowed


def _keeps_most(item: exp.Expr) -> bool:
    """Say whether a condition is no filter to count on: `IS NULL`, or two columns that are equal."""
    if isinstance(item, exp.Is):
        bare = isinstance(item.this, exp.Column) and isinstance(item.expression, exp.Null)
        return bare and not predicates.is_negated(item)
    return isinstance(item, exp.EQ) and isinstance(item.this, exp.Column) and isinstance(item.expression, exp.Column)
