"""The columns that a query produces, by the names that it gives them, as far as its text and its template tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.catalog.produced import StarOf
from leaktight.catalog.table import Column
from leaktight.languages.sql import clauses, identifiers
from leaktight.languages.sql.places import leaves
from leaktight.languages.sql.scope import Relation, RelationKind, relations_of
from leaktight.source import HoleKind, Segment
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument

Items = tuple[Column | StarOf, ...]

_DEEPEST = 60
_MOST_ITEMS = 5000
_HARMLESS = frozenset({"if", "elif", "else", "endif", "set"})
"""The tags between columns that add none: the views of a template show each branch of an `if`."""


def columns_produced(sql: SqlDocument) -> Items | None:
    """Give what the one query of a document produces, in order; None where a name is not known, or there are more queries."""
    queries = [statement for statement in sql.statements if not statement.control]
    if len(queries) != 1 or queries[0].tree is None or queries[0].problem is not None:
        return None
    tree = queries[0].tree
    return _Producing(sql).query(tree) if isinstance(tree, clauses.QUERY) else None


def columns_of(sql: SqlDocument, query: exp.Expr) -> Items | None:
    """Give what one query among others of a document produces, in order; None where a name is not known."""
    return _Producing(sql).query(query)


class _Producing:
    def __init__(self, sql: SqlDocument) -> None:
        self._sql = sql
        self._known: dict[int, Items | None] = {}

    def query(self, query: exp.Expr, depth: int = 0) -> Items | None:
        """Give what a query produces: of a set operation what its first arm does."""
        if id(query) in self._known:
            return self._known[id(query)]
        self._known[id(query)] = None  # what a recursive CTE finds of itself
        found = self._select(clauses.arms(query), depth) if depth < _DEEPEST else None
        if any(isinstance(one, clauses.SET_OPERATIONS) and one.args.get("by_name") for one in _chain(query)):
            found = None
        self._known[id(query)] = found
        return found

    def _select(self, arms: Sequence[exp.Expr], depth: int) -> Items | None:
        select = arms[0]
        if not isinstance(select, exp.Select) or select.args.get("kind") or not self._is_plain(select):
            return None
        items: list[Column | StarOf] = []
        for projection in clauses.projections(select):
            star = projection.this if isinstance(projection, exp.Column) else projection
            found = (
                self._starred(select, projection, star, depth)
                if isinstance(star, exp.Star)
                else self._named(projection)
            )
            if found is None or len(items) > _MOST_ITEMS:
                return None
            items += found
        return tuple(items) or None

    # Names

    def _named(self, projection: exp.Expr) -> Items | None:
        name = identifiers.output_name(projection)
        placed = leaves(name) if name is not None else None
        if name is None or placed is None:
            return None
        span = Span(placed.start, placed.end)
        if self._sql.region.templated and self._sql.holes(span):
            return None
        return (Column(name.name, location=self._sql.location(span), quoted=identifiers.is_quoted(name)),)

    # Stars

    def _starred(self, select: exp.Expr, projection: exp.Expr, star: exp.Star, depth: int) -> Items | None:
        if star.args.get("ilike"):
            return None
        relations = list(relations_of(select, ctes=True))
        if isinstance(projection, exp.Column):
            called = clauses.column_qualifier(projection).lower()
            relations = [one for one in relations if one.name.lower() == called][:1]
        else:
            relations = [one for one in relations if not _only_filters(one)]
        found: list[Column | StarOf] = []
        for relation in relations:
            of_it = self._relation(relation, depth)
            if of_it is None:
                return None
            found += of_it
            if len(found) > _MOST_ITEMS:
                return None
        return _changed(found, star) if found else None

    def _relation(self, relation: Relation, depth: int) -> Items | None:
        node = relation.node
        if node.args.get("pivots"):
            return None
        if relation.query is not None:
            items = self.query(relation.query, depth + 1)
            renamed = clauses.alias_columns(relation.cte) if relation.cte is not None else []
            return _renamed(items, renamed or clauses.alias_columns(node))
        name = clauses.table_name(node) if relation.kind is RelationKind.TABLE else None
        if name is None or clauses.alias_columns(node):
            return None
        span = self._sql.name_span(node)
        holes = self._sql.holes(span)
        if any(hole.hole is not HoleKind.RELATION or hole.host.strip("{}-+ ").startswith("this") for hole in holes):
            return None
        is_reference = bool(holes) and len(name.parts) == 1
        return (StarOf(name, is_reference, location=self._sql.location(span)),)

    # Holes

    def _is_plain(self, select: exp.Select) -> bool:
        """Say whether a template can neither add a column nor take one away: what it fills in stands within named ones."""
        sql = self._sql
        listed = clauses.projections(select)
        if not sql.region.templated or not listed:
            return bool(listed)
        span = Span(sql.keyword(listed[0], "SELECT").end, sql.tail(listed[-1]).end)
        holes = [hole for hole in sql.region.map.holes(span) if not self._is_harmless(hole)]
        if not holes:
            return True
        inside = [sql.span(one) for one in listed if isinstance(one, exp.Column)]
        for one in listed:
            name = one.args.get("alias") if isinstance(one, exp.Alias) else None
            if isinstance(name, exp.Identifier):
                # What a template fills in is as long as its tag, blanks after it included.
                inside.append(Span(sql.span(one.this).start, max(sql.span(one.this).end, sql.span(name).start)))
        return all(any(one.contains(hole.region) for one in inside) for hole in holes)

    def _is_harmless(self, hole: Segment) -> bool:
        if hole.hole is HoleKind.ESCAPE:
            return True
        text = self._sql.source.text[hole.file.start : hole.file.end].strip()
        if not text or text.startswith(("{#", "--", "/*")):
            return True
        word = text.removeprefix("{%").lstrip("-+ ").partition(" ")[0]
        return text.startswith("{%") and word in _HARMLESS and " for " not in text


def _chain(query: exp.Expr) -> Iterator[exp.Expr]:
    seen = 0
    node: object = query
    while isinstance(node, exp.Expr) and seen < _MOST_ITEMS:
        yield node
        node, seen = node.this, seen + 1


def _only_filters(relation: Relation) -> bool:
    join = relation.join
    return join is not None and ({clauses.join_kind(join), clauses.join_side(join)} & {"SEMI", "ANTI"}) != set()


def _renamed(items: Items | None, names: Sequence[str]) -> Items | None:
    """Give columns by the names that `AS t (a, b)` gives them."""
    if items is None or not names:
        return items
    columns = [item for item in items if isinstance(item, Column)]
    if not len(items) == len(names) == len(columns):
        return None
    return tuple(replace(column, name=name) for column, name in zip(columns, names, strict=True))


def _changed(items: Sequence[Column | StarOf], star: exp.Star) -> Items | None:
    """Give the columns of a star without those of EXCEPT, and with the names of RENAME. REPLACE keeps the names."""
    without = {name.lower() for key in ("except_", "except", "exclude") for name in _names(star.args.get(key))}
    renames = star.args.get("rename") or []
    if renames:
        return None
    found: list[Column | StarOf] = []
    for item in items:
        if isinstance(item, StarOf):
            found.append(replace(item, without=item.without | without) if without else item)
        elif item.name.lower() not in without:
            found.append(item)
    return tuple(found)


def _names(listed: object) -> Iterable[str]:
    return [item.name for item in listed if isinstance(item, exp.Expr)] if isinstance(listed, list) else []
