"""The star of a select list: where it stands, what is read through it, and the columns that could stand instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from leaktight.languages.sql import clauses
from leaktight.languages.sql.scope import Relation, RelationKind, Scope
from leaktight.lazy import record
from leaktight.source import HoleKind
from leaktight.text import Span, names_in

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument


@record(frozen=True, slots=True, eq=False)
class Star:
    """A `*` or `o.*` of a select list.

    `span` is its place, without the EXCEPT after it. `relations` are those that it stands for, `tables` the real tables
    among them: neither CTEs and subqueries, nor temporary tables, nor tables about tables.
    """

    scope: Scope
    item: exp.Expr
    span: Span
    relations: list[Relation]
    tables: list[Relation]

    @property
    def copies(self) -> bool:
        """Whether a table is made of the rows: `CREATE TABLE … AS SELECT *` without a join."""
        parent = self.scope.node.parent
        made = isinstance(parent, exp.Create) and clauses.created_kind(parent) == "TABLE"
        return made and not clauses.joins(self.scope.node)


def stars(sql: SqlDocument) -> Iterator[Star]:
    """Yield the stars that stand in the text of a document; `TABLE orders` has none."""
    for scope in sql.scopes:
        for item in clauses.projections(scope.node) if isinstance(scope.node, exp.Select) else ():
            star = item.this if isinstance(item, exp.Column) else item
            span = _place(sql, item) if isinstance(star, exp.Star) else None
            if span is None:
                continue
            relations = scope.relations
            if isinstance(item, exp.Column):
                named = scope.relation(clauses.column_qualifier(item))
                relations = [named] if named is not None else []
            yield Star(scope, item, span, relations, [one for one in relations if _is_table(sql, one)])


def _is_table(sql: SqlDocument, relation: Relation) -> bool:
    # `#t` is a temporary table of SQL Server's, `__t` what a program calls its own intermediate steps.
    name = clauses.table_name(relation.node)
    if (
        relation.kind is not RelationKind.TABLE
        or relation.is_metadata
        or (name is not None and name.name.startswith(("#", "__")))
    ):
        return False
    known = sql.relation_table(relation)
    return not (known is not None and known.temporary) and not _is_hidden(sql, relation)


def _is_hidden(sql: SqlDocument, relation: Relation) -> bool:
    """Say whether a name may be that of a CTE which a hole before it brings: `WITH a AS (…), ${more} SELECT * FROM b`.

    So may a branch of the template that this view leaves out, and a loop of it: `, found_{{ shop }} AS (…)`.
    """
    name = clauses.table_name(relation.node)
    if name is None or len(name.parts) > 1 or sql.table(relation.node) is not None:
        return False
    if sql.region.templated and any(_may_be_called(sql, cte, name.name.lower()) for cte in sql.find(exp.CTE)):
        return True
    place = sql.span(relation.node).start
    before = sql.token_before(sql.statement_of(relation.node).span.start)
    start = before.end if before is not None else 0
    for hole in sql.clause_holes(Span(start, place)):
        if hole.hole is not HoleKind.BLANK:
            if not sql.slice(hole.region).strip():
                return True
        elif name.parts[0].lower() in names_in(sql.source.text[hole.file.start : hole.file.end].lower()):
            return True
    return False


def _may_be_called(sql: SqlDocument, cte: exp.Expr, name: str) -> bool:
    """Say whether a template may give a CTE a name: it writes the end of one that begins so."""
    alias = cte.args.get("alias")
    span = sql.span(alias) if isinstance(alias, exp.Expr) else None
    if span is None:
        return False
    filled = (one.region.start for one in sql.region.map.segments if not one.verbatim and span.overlaps(one.region))
    written = sql.text[span.start : max(next(filled, span.start), span.start)].lower()
    return bool(written) and name.startswith(written)


def _place(sql: SqlDocument, item: exp.Expr) -> Span | None:
    """Give the place of `*` or `o.*`, without the EXCEPT or REPLACE after it; None when none is written: `TABLE orders`."""
    span = sql.span(item)
    star = sql.token_after(span.start, "*", before=span.end)
    return Span(span.start, star.end) if star is not None else None


def columns_instead(sql: SqlDocument, found: Star) -> list[str]:
    """Give the columns to list instead of a star, as they are written: those that the queries around read, or all known.

    Empty where the list is not known or would change the query.
    """
    item, relations, select = found.item, found.relations, found.scope.node
    star = item.this if isinstance(item, exp.Column) else item
    if len(relations) != 1 or clauses.star_except(star) or relations[0].node.args.get("pivots"):
        return []
    table = sql.relation_table(relations[0])
    known = table if table is not None and sql.resolver.complete(table) else None
    if isinstance(select.parent, (exp.CTE, exp.Subquery)):
        used = sql.columns_read(found.scope)
        if not used or clauses.distinct(select):
            return []
        made = {other.alias_or_name.lower() for other in clauses.projections(select) if other is not item}
        taken = {name: quoted for name, quoted in used.items() if name.lower() not in made}
        if known is not None and any(known.column(name) is None for name in taken):
            return []
        names = [sql.written(name, exact=quoted) for name, quoted in taken.items()]
    else:
        names = [sql.written(column) for column in known.columns.values()] if known is not None else []
    prefix = sql.slice(found.span)[:-1] if isinstance(item, exp.Column) else ""
    return [f"{prefix}{name}" for name in names]


def read_through(sql: SqlDocument, found: Star) -> dict[str, str]:
    """Give the columns that the host's code reads through a star of the outermost SELECT, each as the query would list it.

    Empty where the host's code is not seen to read columns by name alone,
    where it is not known whose column one is, and where the select list may not be changed.
    """
    select, item, relations = found.scope.node, found.item, found.relations
    if sql.ask_host is None or select.parent is not None or len(sql.statements) != 1:
        return {}
    if not _order_is_free(select) or not _sources_are_known(sql, select, relations):
        return {}
    star = item.this if isinstance(item, exp.Column) else item
    others = [other for other in clauses.projections(select) if other is not item]
    if clauses.star_except(star) or any(isinstance(other.find(exp.Star), exp.Star) for other in others):
        return {}
    made = {other.alias_or_name.lower() for other in others}
    span = sql.span(item)
    qualifier = sql.slice(span).rpartition("*")[0] if isinstance(item, exp.Column) else ""
    columns: dict[str, str] = {}
    for name in sql.used_rows.columns or ():
        if name.lower() in made:
            continue
        owner = _owner(sql, relations, name)
        if owner is None:
            return {}
        prefix = f"{owner.name}." if len(relations) > 1 else qualifier
        columns[name] = f"{prefix}{sql.written(name, exact=True)}"
    return columns


def _order_is_free(select: exp.Expr) -> bool:
    """Say whether the select list may be changed: no DISTINCT looks at all of it, no number counts in it."""
    if clauses.distinct(select) or clauses.into(select):
        return False
    terms = [clauses.order(select), clauses.group(select)]
    return not any(isinstance(part, exp.Literal) for term in terms if term for part in _ordinals(term))


def _ordinals(clause: exp.Expr) -> list[exp.Expr]:
    return [part.this if isinstance(part, exp.Ordered) else part for part in clause.expressions]


def _sources_are_known(sql: SqlDocument, select: exp.Expr, relations: Sequence[Relation]) -> bool:
    """Say whether no hole stands where it may hold a further table, or the CTE that a table is."""
    start = max((sql.span(relation.node).end for relation in relations), default=0)
    clauses_after = (clauses.where(select), clauses.group(select), clauses.order(select), clauses.limit(select))
    end = min((sql.span(clause).start for clause in clauses_after if clause is not None), default=len(sql.text))
    if end > start and sql.holes(Span(start, end)):
        return False
    ctes = [sql.span(cte) for cte in select.ctes] if isinstance(select, exp.Select) else []
    return not any(hole.region.contains(cte) for cte in ctes for hole in sql.holes(cte))


def _owner(sql: SqlDocument, relations: Sequence[Relation], name: str) -> Relation | None:
    """Give the relation that a column is of; of several only if the catalog knows all their columns."""
    known = [sql.relation_table(relation) for relation in relations]
    if len(relations) == 1:
        table = known[0]
        certain = table is not None and table.complete and table.columns
        return relations[0] if not certain or (table is not None and table.column(name) is not None) else None
    if not all(table is not None and table.complete for table in known):
        return None
    owners = [r for r, table in zip(relations, known, strict=True) if table is not None and table.column(name)]
    return owners[0] if len(owners) == 1 else None
