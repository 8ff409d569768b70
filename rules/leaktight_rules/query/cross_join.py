"""Tables joined by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    HoleKind,
    Relation,
    RelationKind,
    Scope,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    gives_one_row,
    lookups,
    predicates,
)


class CrossJoin(SqlRule):
    """Two tables stand side by side and no predicate links them: every row meets every row.

    A thousand customers beside a million orders are a billion rows, and every sum over them is wrong a thousand times. It
    happens with a comma join whose condition was forgotten, with `JOIN` without `ON`, and with an `ON` that names only one
    of the two (`ON a.id = a.id`).

    Written out as `CROSS JOIN`, or as `ON TRUE` or `ON FALSE`, it is meant and left alone, and so is an `ON` that picks a row
    by a given value (`ON s.name = 'rate'`), a `LEFT JOIN` that only compares columns with values (`ON o.kind = 'debit'` turns
    the table on for those rows), and rows that `WHERE` picks by their names (`r.name IN ('reader')`). Subqueries
    that each pick their rows by such names and have no column in common are combined on purpose. `UNNEST`, `LATERAL` and
    table functions follow the row beside them, and a table may be linked by a predicate in `WHERE`, or through a third table.

    One row multiplies nothing: a subquery or CTE that only aggregates, has `LIMIT 1` or `FETCH FIRST 1 ROW`, is a single row
    of `VALUES`, or passes on such a row; Oracle's `dual`; and a table whose whole key, known to the catalog, is compared with
    values. One row is meant by a subquery or CTE of one or two columns of one table that a name picks (`WHERE topic =
    'zoning'`). Where an unqualified column could belong to either table the rule stays silent, unless the catalog tells.
    """

    name = "cross-join"
    category = Category.QUERY
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            select o.id, c.name from orders o, customers c where o.total > 10
                                               ^^^^^^^^^^^ nothing links `c` to `o`
            """,
        ),
        Bad(
            """
            select o.id from orders o join customers c on o.customer_id = o.customer_id
                                           ^^^^^^^^^^^ nothing links `c` to `o`
            """,
        ),
        Bad(
            """
            select o.id from orders o, customers c, channels h where o.customer_id = c.id and h.active
                                                    ^^^^^^^^^^ nothing links `h` to `o` and `c`
            """,
        ),
        Bad(
            """
            select id, name from orders, customers where customer_id = total
                                         ^^^^^^^^^ nothing links `customers`
            """,
            catalog="""
            create table orders (id bigint primary key, customer_id bigint, total numeric(12, 2));
            create table customers (customer_no bigint primary key, name text);
            """,
        ),
        Good(
            """
            select o.order_id, d.value from jsonb_array_elements($1::jsonb) e
            left join orders o on lower(o.number) = lower(e->'order'->>'number'), jsonb_array_elements(e->'lines') d
            """,
            dialect="postgres",
            note="What a function gives has no column: its alias is the value.",
        ),
        Good(
            "select d.day, p.sku from days d left join products p on 1 = 1 and p.sku not in ('A', 'B')",
            note="Said on purpose.",
        ),
        Good("select o.id from orders o cross join channels h", note="Written out."),
        Good("select o.id, x.sku from `p.d.orders` o, unnest(o.items) as x", dialect="bigquery"),
        Good(
            "select o.id, s.total / t.all_total as share from orders o, (select sum(total) as all_total from orders) t, sums s where s.id = o.id"
        ),
        Good("select o.id from orders o, customers c, channels h where o.customer_id = c.id and c.channel_id = h.id"),
        Good("select id from orders, customers where customer_id = customers_id", note="Names alone do not tell."),
        Good("with p as (select max(day) as last from loads) select o.id from orders o, p where o.day > p.last"),
        Good(
            """
            with basket as (select basket_id from baskets where topic = 'zoning')
            insert into zone_types (basket_id, code) select basket.basket_id, m.code from attribute_mapping m, basket
            """,
            dialect="postgres",
            note="The basket of a topic is one row.",
        ),
        Bad(
            """
            with basket as (select basket_id from baskets)
            insert into zone_types (basket_id, code) select basket.basket_id, m.code from attribute_mapping m, basket
                                                                                                               ^^^^^^ nothing links `basket`
            """,
            dialect="postgres",
        ),
        Good("select o.id from orders o join customers c using (customer_id)"),
        Good(
            "select o.id, r.rate from {{ ref('orders') }} o left join {{ shop.rate_of('o.currency', 'r') }} where o.total > 10",
            hosts=False,
            note="The macro writes the table, its alias and what links it.",
        ),
        Good(
            "select k.name, d.amount from line_kinds k left join debits d on k.name = 'DEBIT' left join credits c on k.name in ('CREDIT', 'BONUS')",
            note="Each `ON` turns a table on for the rows of one kind.",
        ),
        Bad(
            """
            select k.name, d.amount from line_kinds k left join debits d on k.name = 'DEBIT' and k.id = k.id
                                                                ^^^^^^^^ nothing links `d` to `k`
            """,
        ),
        Good("with p as (values (7)) select o.id from orders o, p", note="One row multiplies nothing."),
        Good(
            "update orders set total = i.total * 0.9 from customers as c join orders as i on i.customer_id = c.id where c.name = 'A'",
            dialect="tsql",
            note="SQL Server writes the table of that name in FROM. On Postgres `i` would be a second one.",
        ),
        Good(
            """
            insert into team_areas (team_id, area_id)
            select t.team_id, a.area_id
            from (select team_id from teams where name in ('North', 'South')) t, (select area_id from areas where code in ('A', 'B')) a
            """,
            note="Each of some teams with each of some areas is meant.",
        ),
        Good("insert into numbers (n) select tens.n * 10 + ones.n from digits tens, digits ones", note="It counts."),
        Good(
            "select o.id, c.name from orders o, customers c where c.id = 7 and o.total > 10",
            catalog="create table customers (id bigint primary key, name text);",
            note="The key picks one customer.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each table that no predicate links to one before it."""
        for scope in sql.scopes:
            if len(scope.relations) < 2 or isinstance(scope.node, exp.Merge) or lookups.counts_up(scope):
                continue
            links = _Links(sql, scope)
            if links.unknown or any(_may_say_on(sql, relation) for relation in scope.relations):
                continue
            for position, relation in enumerate(scope.relations[1:], 1):
                if not _must_link(sql, scope, relation) or links.linked(position):
                    continue
                before = scope.relations[:position]
                if all(gives_one_row(sql, scope, other) or lookups.looks_one_up(other) for other in before):
                    continue
                if lookups.is_picked(scope, relation) or all(lookups.is_picked(scope, other) for other in before):
                    continue
                if lookups.are_lists([*before, relation]) or _may_be_followed_by_where(sql, scope, relation):
                    continue
                others = _names(before)
                yield Finding(
                    _place(sql, relation), f"nothing links `{relation.name}` to {others}: every row meets every row"
                )


class _Links:
    """Which relations of a scope are linked, directly or through others."""

    def __init__(self, sql: SqlDocument, scope: Scope) -> None:
        self._sql = sql
        self._scope = scope
        self._group = list(range(len(scope.relations)))
        self.unknown = False
        for condition in scope.conditions():
            self._read(condition.node)
        for position, relation in enumerate(scope.relations):
            if relation.kind is RelationKind.FUNCTION:
                self._read(relation.node, also=position)
                self._join(0, position)
        for position, relation in enumerate(scope.relations):
            if self._group[position] != self._group[0] and gives_one_row(sql, scope, relation):
                self._join(0, position)

    def linked(self, position: int) -> bool:
        """Say whether a relation is linked to one before it."""
        return any(self._group[other] == self._group[position] for other in range(position))

    def _join(self, a: int, b: int) -> None:
        old, new = self._group[b], self._group[a]
        self._group = [new if group == old else group for group in self._group]

    def _read(self, node: exp.Expr, also: int | None = None) -> None:
        touched = set() if also is None else {also}
        doubtful = self._sql.has_hole(node) and not isinstance(node, exp.Predicate)
        for part in clauses.descendants(node):
            if isinstance(part, exp.Column):
                position = self._position(part)
                if position is not None:
                    touched.add(position)
                elif not self._scope.is_qualified(part) and not _inside_query(part, node):
                    doubtful = True
        first = min(touched, default=None)
        for position in touched:
            if first is not None:
                self._join(first, position)
        if doubtful and (len(touched) < len(self._scope.relations)):
            self.unknown = self.unknown or _could_link(node)

    def _position(self, column: exp.Column) -> int | None:
        relations = self._scope.relations
        qualifiers = [part.lower() for part in clauses.column_qualifiers(column)]
        for position, relation in enumerate(relations):
            if qualifiers and relation.answers_to(qualifiers):
                return position
            if not qualifiers and relation.kind is RelationKind.FUNCTION and relation.answers_to([column.name.lower()]):
                return position
        tables = [self._sql.relation_table(relation) for relation in relations]
        if any(table is None or not table.complete for table in tables):
            return None
        name = clauses.column_name(column, "")
        holders = [i for i, table in enumerate(tables) if table is not None and table.column(name) is not None]
        return holders[0] if len(holders) == 1 else None


def _inside_query(column: exp.Expr, root: exp.Expr) -> bool:
    node = column.parent
    while node is not None and node is not root:
        if isinstance(node, clauses.QUERY):
            return True
        node = node.parent
    return False


def _could_link(node: exp.Expr) -> bool:
    """Say whether a predicate compares two things that are not literals."""
    columns = [part for part in clauses.descendants(node) if isinstance(part, exp.Column)]
    return len(columns) > 1 or not isinstance(node, exp.Predicate)


def _must_link(sql: SqlDocument, scope: Scope, relation: Relation) -> bool:
    if relation.kind is RelationKind.FUNCTION or not relation.name:
        return False
    if isinstance(relation.node, exp.Table) and sql.has_hole(relation.node) and relation.join is None:
        return False
    if lookups.looks_one_up(relation) or _walks_a_column(scope, relation) or _is_about_tables(sql, relation):
        return False
    join = relation.join
    if join is None:
        return isinstance(scope.node, (exp.Update, exp.Delete)) and _distinct_target(sql, scope, relation)
    if clauses.join_using(join) or clauses.join_method(join) or clauses.join_kind(join) in {"SEMI", "ANTI", "LATERAL"}:
        return False
    if clauses.join_kind(join) == "CROSS" and not sql.is_comma_join(join):
        return False
    on = clauses.join_on(join)
    if on is not None and (sql.has_hole(on) or any(map(_is_constant, predicates.conjuncts(on)))):
        return False
    return not (lookups.is_looked_up(relation, on) or lookups.is_a_switch(join))


def _is_constant(node: exp.Expr) -> bool:
    """Say whether a condition asks no row: `ON 1 = 1` says that every row is to meet every row."""
    return predicates.constant_truth(node) is not None


def _may_be_followed_by_where(sql: SqlDocument, scope: Scope, relation: Relation) -> bool:
    """Say whether the host or a template may write a WHERE, or more of it, behind a table: `FROM a, b {where}`."""
    node = scope.node
    later = (clauses.group(node), clauses.having(node), clauses.order(node), clauses.limit(node))
    end = min((sql.span(clause).start for clause in later if clause is not None), default=sql.tail(node).end)
    start = sql.span(relation.node).end
    return start < end and bool(sql.clause_holes(Span(start, end)))


def _may_say_on(sql: SqlDocument, relation: Relation) -> bool:
    """Say whether a macro or the host writes what a JOIN without ON joins: the condition may be in it."""
    join, node = relation.join, relation.node
    if join is None or not isinstance(node, exp.Table) or clauses.join_on(join) or clauses.join_using(join):
        return False
    holes = [hole for hole in sql.holes(sql.name_span(node)) if hole.hole is HoleKind.IDENTIFIER]
    return any("(" in hole.host or not sql.is_comma_join(join) for hole in holes)


def _is_about_tables(sql: SqlDocument, relation: Relation) -> bool:
    """Say whether a relation holds what the engine knows of tables and users: lists, not rows by the million."""
    inner = sql.scope(relation.query) if relation.query is not None else None
    around = inner is not None and inner.node is relation.query and bool(inner.relations)
    return relation.is_metadata or (inner is not None and around and all(one.is_metadata for one in inner.relations))


def _walks_a_column(scope: Scope, relation: Relation) -> bool:
    """Say whether an item of FROM is an array of another one's rows: `FROM orders o, o.items AS i`."""
    name = clauses.table_name(relation.node)
    return name is not None and len(name.parts) > 1 and scope.relation(name.parts[0]) not in (None, relation)


def _distinct_target(sql: SqlDocument, scope: Scope, relation: Relation) -> bool:
    """Say whether an UPDATE … FROM or DELETE … USING names a table other than the one it writes."""
    first = scope.relations[0]
    if not isinstance(first.node, exp.Table) or not isinstance(relation.node, exp.Table):
        return False
    named = {other.name.lower() for other in scope.relations[1:]}
    if sql.dialect in _TARGET_IN_FROM:
        named |= {other.node.name.lower() for other in scope.relations[1:] if isinstance(other.node, exp.Table)}
    return first.node.name != relation.node.name and first.node.name.lower() not in named


_TARGET_IN_FROM = frozenset({"tsql", "fabric"})
"""Dialects in which the table that is written is the one of its name in FROM, whatever alias it has there."""


def _names(relations: list[Relation]) -> str:
    names = [f"`{relation.name}`" for relation in relations if relation.name]
    return names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else "the tables before it"


def _place(sql: SqlDocument, relation: Relation) -> Span:
    span = sql.span(relation.node)
    if isinstance(relation.node, exp.Table):
        return span
    return Span(span.end - len(relation.name), span.end) if sql.text[: span.end].endswith(relation.name) else span
