"""Which columns leave a query, under which names, and which filters on them reach what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.scope import Relation, Scope
from leaktight.lazy import record
from leaktight.operations.operands import Operands
from leaktight.text import Span


@record(frozen=True, slots=True)
class Passed:
    """A table's column as it leaves a query: `text` is what it is of the table, `around` as in `Bound`.

    `DATE(ts) AS day` of the column `ts` has the text `DATE(ts)`, and `DATE` around it.
    """

    column: str
    text: str
    around: tuple[str, ...] = ()
    unit: str | None = None


class Passing:
    """Answers for the queries of one document. `blockers` are what has kept filters from passing, so far."""

    def __init__(self, document: SqlDocument) -> None:
        self.document = document
        self.operands = Operands(document)
        self.blockers: list[exp.Expr] = []

    def leaving(
        self, scope: Scope, relation: Relation, columns: Mapping[str, Passed], *, freely: bool = False
    ) -> dict[str, Passed]:
        """Give columns by the names, in lower case, under which they leave a query so that a filter on them reaches inside.

        None does after LIMIT, of a window function only what each partition is cut by. With `freely` all do that are still
        the column, or its least or greatest value.
        """
        if not isinstance(scope.node, exp.Select):
            return {}
        names: dict[str, Passed] = {}
        items = clauses.projections(scope.node)
        first = _first_arm(scope.node)
        for position, item in enumerate(items):
            if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
                star = item if isinstance(item, exp.Star) else item.this
                left_out, renamed = clauses.star_left_out(star), clauses.star_renamed(star)
                names.update((renamed.get(name, name), it) for name, it in columns.items() if name not in left_out)
                continue
            for column in clauses.descendants(item):
                if not isinstance(column, exp.Column):
                    continue
                before = columns.get(clauses.column_name(column, relation.name).lower())
                if before is None:
                    continue
                passed = self._passed(item, column, before, freely=freely)
                if passed is not None:
                    names[item.alias_or_name.lower()] = passed
                    if len(first) == len(items):
                        names[first[position].alias_or_name.lower()] = passed
        return names if freely or not names else self._unblocked(scope, names)

    def _passed(self, item: exp.Expr, column: exp.Column, before: Passed, *, freely: bool) -> Passed | None:
        """Give what a column has become in an item of the select list; None where it is chosen among rows."""
        around = list(before.around)
        node: exp.Expr = column
        while node is not item:
            parent = node.parent
            if parent is None:
                return None
            node = parent
            if isinstance(node, exp.Window):
                return None
            if isinstance(node, exp.AggFunc) and not (freely and isinstance(node, (exp.Min, exp.Max))):
                self.blockers.append(node)
                return None
            called = "" if isinstance(node, (exp.Paren, exp.Alias)) else self.operands.called(node)
            around += [called] if called else []
        span = self.operands.projected(item)
        unit = before.unit or (self.operands.unit(span, column) if around else None)
        return Passed(before.column, self.substituted(span, column, before.text), tuple(around), unit)

    def substituted(self, span: Span, column: exp.Column, text: str) -> str:
        """Give the text of a stretch with a column in it replaced."""
        inside = self.document.span(column)
        if not span.contains(inside):
            return ""
        before = self.document.slice(Span(span.start, inside.start))
        return f"{before}{text}{self.document.slice(Span(inside.end, span.end))}"

    def _unblocked(self, scope: Scope, names: dict[str, Passed]) -> dict[str, Passed]:
        limit = clauses.limit(scope.node) or clauses.offset(scope.node)
        if limit is not None:
            self.blockers.append(limit)
            return {}
        for blocker, kept in _choices(scope.node) if isinstance(scope.node, exp.Select) else ():
            columns = {
                node.name.lower() for item in kept for node in clauses.descendants(item) if isinstance(node, exp.Column)
            }
            lost = [
                name for name, passed in names.items() if passed.column.lower() not in columns and name not in columns
            ]
            if lost:
                self.blockers.append(blocker)
                names = {name: passed for name, passed in names.items() if name not in lost}
        return names


def _choices(select: exp.Select) -> Iterator[tuple[exp.Expr, list[exp.Expr]]]:
    """Yield what chooses among the rows of a query, window functions and DISTINCT ON, with what they cut the rows by."""
    distinct = clauses.distinct(select)
    if distinct is not None and clauses.distinct_on(distinct):
        yield distinct, list(clauses.children(distinct))
    tops = [*clauses.projections(select), clauses.qualify(select)]
    for top in tops:
        for node in clauses.descendants(top, into_queries=False) if top is not None else ():
            if isinstance(node, exp.Window) and not clauses.names_window(node):
                yield node, clauses.partition_by(node)


def _first_arm(node: exp.Expr) -> list[exp.Expr]:
    """Give the select list that names the columns of a set operation that a query is an arm of."""
    whole = node
    while (around := whole.parent) is not None:
        bracketed = isinstance(around, (exp.Subquery, exp.Paren)) and isinstance(around.parent, clauses.SET_OPERATIONS)
        if not bracketed and not isinstance(around, clauses.SET_OPERATIONS):
            break
        whole = around
    return clauses.projections(whole)
