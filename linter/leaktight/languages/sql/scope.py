"""Who is called what in a query: the relations of each FROM, and which of them a column belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from enum import StrEnum
from functools import cached_property

from sqlglot import exp

from leaktight.languages.sql import clauses, predicates
from leaktight.lazy import record


class RelationKind(StrEnum):
    """What an item of FROM is."""

    TABLE = "table"
    CTE = "cte"
    SUBQUERY = "subquery"
    FUNCTION = "function"
    """UNNEST, LATERAL, a table function, VALUES, PIVOT sources: rows that no table holds."""


_METADATA = frozenset(
    "information_schema pg_catalog sys sqlite_master sqlite_schema pragma account_usage performance_schema sysobjects "
    "syscolumns systables all_tables all_views all_tab_columns all_objects user_tables user_tab_columns user_objects "
    "dba_tables dba_tab_columns dba_objects".split()
)
_METADATA_PREFIXES = ("pg_", "svv_", "svl_", "svcs_", "stv_", "stl_", "v$", "gv$")


@record(eq=False, slots=True)
class Relation:
    """One item of FROM or JOIN. `name` is how its columns are qualified; `join` is None for the first item.

    `query` is what a CTE or subquery holds.
    """

    name: str
    node: exp.Expr
    kind: RelationKind
    join: exp.Join | None = None
    query: exp.Expr | None = None
    cte: exp.CTE | None = None

    def answers_to(self, qualifiers: Sequence[str]) -> bool:
        """Say whether a column with these qualifiers (lower case, from the outside in) names this relation.

        `o` of `o.address.city`, or `shop.orders` of `shop.orders.id`; not the `cpu` of `system.cpu.name`.
        """
        if qualifiers[0] == self.name.lower():
            return True
        if len(qualifiers) == 1 or not isinstance(self.node, exp.Table) or clauses.alias_of(self.node):
            return False
        name = clauses.table_name(self.node)
        return name is not None and name.folded[-len(qualifiers) :] == tuple(qualifiers)

    @property
    def is_metadata(self) -> bool:
        """Whether it is a table of the engine about tables: `information_schema.columns`, `pg_class`, `sys.tables`."""
        name = clauses.table_name(self.node) if self.kind is RelationKind.TABLE else None
        if name is None:
            return False
        # BigQuery's parser makes one name of `INFORMATION_SCHEMA.TABLES`.
        parts = [word for part in name.folded for word in part.split(".")]
        return not _METADATA.isdisjoint(parts) or (len(parts) == 1 and parts[0].startswith(_METADATA_PREFIXES))


@record(eq=False, slots=True)
class Condition:
    """A predicate that every row of the scope passes: one conjunct of WHERE, ON, HAVING or QUALIFY."""

    node: exp.Expr
    clause: str
    join: exp.Join | None = None


@record(eq=False)
class Scope:
    """One SELECT, UPDATE, DELETE or MERGE: its relations, its columns, and the scope around it.

    `parent` is the scope whose columns it may use when it is a subquery in an expression or LATERAL.
    `columns` are those written in this scope, not in queries nested in it.
    """

    node: exp.Expr
    relations: list[Relation]
    parent: Scope | None = None
    columns: list[exp.Column] = field(default_factory=list)

    @property
    def union(self) -> exp.SetOperation | None:
        """The outermost UNION, INTERSECT or EXCEPT that this query is an arm of, in brackets or not."""
        union = None
        outer = self.node.parent
        while isinstance(outer, exp.SetOperation | exp.Paren) or (isinstance(outer, exp.Subquery) and not outer.alias):
            union = outer if isinstance(outer, exp.SetOperation) else union
            outer = outer.parent
        return union

    def relation(self, name: str) -> Relation | None:
        """Give the relation of this scope that is called `name`, whatever its case."""
        folded = name.lower()
        return next((one for one in self._by_name.get(folded, ()) if one.name.lower() == folded), None)

    @cached_property
    def _by_name(self) -> dict[str, list[Relation]]:
        """The relations, in their order, by their names, and by the last part of a table that has no other."""
        found: dict[str, list[Relation]] = {}
        for relation in self.relations:
            found.setdefault(relation.name.lower(), []).append(relation)
            table = clauses.table_name(relation.node) if isinstance(relation.node, exp.Table) else None
            if table is not None and table.folded[-1] != relation.name.lower():
                found.setdefault(table.folded[-1], []).append(relation)
        return found

    def owner(self, column: exp.Column) -> tuple[Scope, Relation] | None:
        """Give the scope and relation that a column belongs to, as far as names alone tell.

        A qualified column belongs to the nearest relation of that name. One without qualifier, or whose qualifier names
        a nested column (`address.city`), belongs to the only relation of its scope. None when names do not tell.
        """
        named = self._named(column)
        if named is not None:
            return named
        if len(self.relations) == 1 and self.relations[0].kind is not RelationKind.FUNCTION:
            return self, self.relations[0]
        return None

    def is_qualified(self, column: exp.Column) -> bool:
        """Say whether a column names its relation: one of this scope or of one around it."""
        return self._named(column) is not None

    def _named(self, column: exp.Column) -> tuple[Scope, Relation] | None:
        qualifiers = [part.lower() for part in clauses.column_qualifiers(column)]
        scope: Scope | None = self
        while scope is not None and qualifiers:
            known = scope._by_name  # noqa: SLF001  # another scope's, of this very class
            called = known.get(qualifiers[0], ())
            if len(qualifiers) > 1:
                # `orders` of FROM may answer to `shop.orders` before one that is called `shop` does.
                asked = {id(relation) for name in (qualifiers[0], qualifiers[-1]) for relation in known.get(name, ())}
                called = [relation for relation in scope.relations if id(relation) in asked] if asked else ()
            for relation in called:
                if relation.answers_to(qualifiers):
                    return scope, relation
            scope = scope.parent
        return None

    def relation_of(self, column: exp.Column) -> Relation | None:
        """Give the relation of this very scope that a column belongs to, as far as names tell."""
        owner = self.owner(column)
        return owner[1] if owner is not None and owner[0] is self else None

    def outer_columns(self) -> list[exp.Column]:
        """Give the columns that belong to a scope around this one: what makes a subquery correlated.

        Only qualified columns whose qualifier names a relation further out count.
        """
        found = []
        for column in self.columns:
            owner = self.owner(column) if self.is_qualified(column) else None
            if owner is not None and owner[0] is not self:
                found.append(column)
        return found

    def conditions(self) -> Iterator[Condition]:
        """Yield the conjuncts of WHERE, inner-join ON, MERGE ON, HAVING and QUALIFY."""
        for node in predicates.conjuncts(clauses.where(self.node)):
            yield Condition(node, "where")
        for join in self.joins():
            for node in predicates.conjuncts(clauses.join_on(join)):
                yield Condition(node, "on", join)
        if isinstance(self.node, exp.Merge):
            for node in predicates.conjuncts(predicates.merge_condition(self.node)):
                yield Condition(node, "on")
        for node in predicates.conjuncts(clauses.having(self.node)):
            yield Condition(node, "having")
        for node in predicates.conjuncts(clauses.qualify(self.node)):
            yield Condition(node, "qualify")

    def filled_by(self, relation: Relation) -> list[exp.Join]:
        """Give the outer joins that fill a relation of this scope with NULLs in rows for which it has no match.

        Its own LEFT or FULL JOIN, and the first RIGHT or FULL JOIN after it.
        """
        found = []
        own = relation.join
        if own is not None and clauses.join_side(own) in {"LEFT", "FULL"} and not _is_filter(own):
            found.append(own)
        for later in self.relations[self.relations.index(relation) + 1 :]:
            join = later.join
            if join is not None and clauses.join_side(join) in {"RIGHT", "FULL"} and not _is_filter(join):
                found.append(join)
                break
        return found

    def joins(self) -> list[exp.Join]:
        """Give the joins of this scope, those written after a table of FROM among them."""
        return [relation.join for relation in self.relations if relation.join is not None]


def _is_filter(join: exp.Join) -> bool:
    """Say whether a join only asks for matches: ClickHouse's and Spark's `LEFT SEMI JOIN`, `LEFT ANTI JOIN`."""
    return clauses.join_kind(join) in {"SEMI", "ANTI"}


SCOPED = (exp.Select, exp.Update, exp.Delete, exp.Merge)


class ScopeBuilder:
    """Builds the scopes of one statement from the nodes its walk has found."""

    def __init__(self, *, ctes: bool) -> None:
        """`ctes` says whether any WITH stands in the document."""
        self._ctes = ctes
        self._scopes: dict[int, Scope] = {}
        self._homes: dict[int, Scope | None] = {}
        self._outer: dict[int, Scope | None] = {}

    def build(self, nodes: list[exp.Expr], columns: list[exp.Column]) -> list[Scope]:
        """Give the scopes of `nodes`, outer before inner; `columns` are all columns of the document."""
        for node in nodes:
            self._scopes[id(node)] = Scope(node, list(relations_of(node, ctes=self._ctes)))
        self._homes = dict(self._scopes)
        for scope in self._scopes.values():
            scope.parent = self._around(scope.node)
        for column in columns:
            home = self._home(column)
            if home is not None:
                home.columns.append(column)
        return list(self._scopes.values())

    def _home(self, column: exp.Expr) -> Scope | None:
        homes = self._homes
        # What stands above one column stands above its neighbours: a chain of ten thousand terms is climbed once.
        passed: list[int] = []
        node: exp.Expr | None = column
        while node is not None and id(node) not in homes:
            passed.append(id(node))
            node = node.parent
        home = homes[id(node)] if node is not None else None
        for key in passed:
            homes[key] = home
        return home

    def _around(self, node: exp.Expr) -> Scope | None:
        """Give the scope whose columns `node` may use: none across a CTE or a plain FROM subquery."""
        child, parent = node, node.parent
        found: Scope | None = None
        passed: list[int] = []
        while parent is not None:
            if isinstance(parent, (exp.CTE, exp.With)):
                break
            if isinstance(parent, (exp.From, exp.Join)) and isinstance(child, exp.Subquery):
                break
            if id(parent) in self._scopes:
                found = self._scopes[id(parent)]
                break
            if isinstance(parent, clauses.SET_OPERATIONS):
                if id(parent) in self._outer:
                    found = self._outer[id(parent)]
                    break
                passed.append(id(parent))
            child, parent = parent, parent.parent
        for key in passed:
            self._outer[key] = found
        return found


def relations_of(node: exp.Expr, *, ctes: bool) -> Iterator[Relation]:
    """Yield the relations of a query's FROM, or of a write; `ctes` says whether some of them may be CTEs."""
    first: exp.Expr | None
    if isinstance(node, exp.Select):
        first = clauses.from_item(node)
        if first is not None:
            yield from _item(first, None, ctes=ctes)
        for join in clauses.joins(node):
            yield from _item(join.this, join, ctes=ctes)
        for lateral in clauses.laterals(node):
            yield Relation(clauses.alias_of(lateral), lateral, RelationKind.FUNCTION)
        return
    first = clauses.target(node)
    if first is not None:
        yield from _item(first, None, ctes=ctes)
    source = clauses.from_item(node)
    if source is not None and source is not first:
        yield from (item for item in _item(source, None, ctes=ctes) if item.node is not first)
    for join in clauses.joins(node):
        yield from (item for item in _item(join.this, join, ctes=ctes) if item.node is not first)
    for item in clauses.bounded_by(node):
        yield from _item(item, None, ctes=ctes)


def _item(node: exp.Expr, join: exp.Join | None, *, ctes: bool) -> Iterator[Relation]:
    alias = clauses.alias_of(node)
    if isinstance(node, exp.Table):
        name = clauses.table_name(node)
        if name is None:
            yield Relation(alias, node, RelationKind.FUNCTION, join)
        else:
            cte = find_cte(node) if ctes and len(name.parts) == 1 else None
            kind = RelationKind.TABLE if cte is None else RelationKind.CTE
            query = clauses.cte_query(cte) if cte is not None else None
            yield Relation(alias or node.name, node, kind, join, query, cte)
    elif isinstance(node, exp.Subquery) and isinstance(node.this, clauses.QUERY):
        yield Relation(alias, node, RelationKind.SUBQUERY, join, node.this)
    elif isinstance(node, (exp.Subquery, exp.Paren)) and isinstance(node.this, exp.Expr):
        yield from _item(node.this, join, ctes=ctes)
    else:
        yield Relation(alias, node, RelationKind.FUNCTION, join)
    for inner in clauses.joins(node):
        yield from _item(inner.this, inner, ctes=ctes)


def find_cte(table: exp.Table) -> exp.CTE | None:
    """Give the CTE that a table name without dots means, if one of that name is in view."""
    wanted = table.name.lower()
    child: exp.Expr = table
    node = table.parent
    while node is not None:
        for cte in clauses.ctes(node):
            if cte is child and not clauses.recursive(node):
                break
            if cte.alias.lower() == wanted:
                return cte
            if cte is child:
                break
        child = node if not isinstance(node, exp.With) else child
        node = node.parent
    return None
