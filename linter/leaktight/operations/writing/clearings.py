"""What the steps of a script empty, told to the other files of its folder, and what is filled in there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leaktight.catalog.clearings import Clearing
from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.table_write import WriteMethod
from leaktight.operations.writing.sql import sql_steps
from leaktight.source import HoleKind

_WHOLE = frozenset({WriteMethod.TRUNCATE, WriteMethod.DELETE, WriteMethod.OVERWRITE})


def cleared(document: SqlDocument) -> Iterator[Clearing]:
    """Yield what the statements of a document empty; the body of a routine is left out, for it is not run with them."""
    for step in sql_steps(document, (0,), None, (0, 0), reads=False):
        if step.target is None or step.node is None or step.temporary:
            continue
        if document.statement_of(step.node).routine:
            continue
        if any(hole.hole is HoleKind.RELATION for hole in document.holes(step.target_span)):
            continue  # what the template calls is another table in each file
        place = document.location(step.span)
        replaced = isinstance(step.node, exp.Create) and clauses.replaces(step.node)
        if step.whole and (replaced or step.method in _WHOLE):
            yield Clearing(step.target.key, place)
        elif step.method is WriteMethod.DELETE and step.window and (given := _window(document, step.node)):
            yield Clearing(step.target.key, place, tuple(sorted(given)))


def _window(document: SqlDocument, delete: exp.Expr) -> set[str]:
    """Give what is filled in where a DELETE says which rows it takes: in conditions that each of its rows passes."""
    found: set[str] = set()
    for part in predicates.conjuncts(clauses.where(delete)):
        if isinstance(part, (exp.EQ, exp.Between, exp.In, exp.Or)):
            found |= filled_in(document, part)
    return found


def filled_in(document: SqlDocument, node: exp.Expr) -> set[str]:
    """Give the names of what a host, a template or a caller fills in somewhere in a node."""
    span = document.span(node)
    holes = document.holes(span) if document.region.templated else []
    found = {hole.host.strip().lstrip("$").strip("{} ").lower() for hole in holes}
    found |= {
        part.name.lower()
        for part in clauses.descendants(node)
        if isinstance(part, (exp.Placeholder, exp.Parameter)) and part.name
    }
    return found - {""}
