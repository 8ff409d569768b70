"""Tables joined by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
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
    predicates,
    words_of,
)

_KEY_WORDS = frozenset("id key name code slug label version uuid".split())
"""Last words of columns whose value picks one row or few."""

_OF_MANY = frozenset(
    "status state type kind category class level role phase group day date week month year time country".split()
)
"""Last words of columns of which many rows have the same value."""
_FEW = 2
"""How many columns a subquery shows that looks something up."""


class CrossJoin(SqlRule):
    """Two tables stand side by side and no predicate links them: every row meets every row.

    A thousand customers beside a million orders are a billion rows, and every sum over them is wrong a thousand times. It
    happens with a comma join whose condition was forgotten, with `JOIN` without `ON`, and with an `ON` that names only one
    of the two (`ON a.id = a.id`).

    Written out as `CROSS JOIN`, or as `ON TRUE` or `ON FALSE`, it is meant and left alone, and so is an `ON` that picks a row
    by a given value (`ON s.name = 'rate'`), and rows that `WHERE` picks by their names (`r.name IN ('reader')`). Subqueries
    that each pick their rows by such names and have no column in common are combined on purpose. `UNNEST`, `LATERAL` and
    table functions follow the row beside them, and a table may be linked by a predicate in `WHERE`, or through a third table.

    One row multiplies nothing: a subquery or CTE that only aggregates, has `LIMIT 1` or `FETCH FIRST 1 ROW`, is a single row of
    `VALUES`, or passes on such a row; Oracle's `dual`; and a table whose whole key, known to the catalog, is compared with
    values. One row is meant by a subquery or CTE of one or two columns of one table that a name picks (`WHERE topic = 'zoning'`).
    Where an unqualified column could belong to either table the rule stays silent, unless the catalog tells.
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
        Good(
            "select o.id, c.name from orders o, customers c where c.id = 7 and o.total > 10",
            catalog="create table customers (id bigint primary key, name text);",
            note="The key picks one customer.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each table that no predicate links to one before it."""
        for scope in sql.scopes:
            if len(scope.relations) < 2 or isinstance(scope.node, exp.Merge):
                continue
            links = _Links(sql, scope)
            if links.unknown:
                continue
            for position, relation in enumerate(scope.relations[1:], 1):
                if not _must_link(sql, scope, relation) or links.linked(position):
                    continue
                before = scope.relations[:position]
                if all(gives_one_row(sql, scope, other) or _looks_one_up(other) for other in before):
                    continue
                if _is_picked(scope, relation) or all(_is_picked(scope, other) for other in before):
                    continue
                if _are_lists([*before, relation]):
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
    if _looks_one_up(relation) or _walks_a_column(scope, relation) or _is_about_tables(sql, relation):
        return False
    join = relation.join
    if join is None:
        return isinstance(scope.node, (exp.Update, exp.Delete)) and _distinct_target(sql, scope, relation)
    if clauses.join_using(join) or clauses.join_method(join) or clauses.join_kind(join) in {"SEMI", "ANTI", "LATERAL"}:
        return False
    if clauses.join_kind(join) == "CROSS" and not sql.is_comma_join(join):
        return False
    on = clauses.join_on(join)
    if on is not None and (predicates.constant_truth(on) is not None or sql.has_hole(on)):
        return False
    return not _is_lookup(relation, on)


def _is_about_tables(sql: SqlDocument, relation: Relation) -> bool:
    """Say whether a relation holds what the engine knows of tables and users: lists, not rows by the million."""
    inner = sql.scope(relation.query) if relation.query is not None else None
    around = inner is not None and inner.node is relation.query and bool(inner.relations)
    return relation.is_metadata or (inner is not None and around and all(one.is_metadata for one in inner.relations))


def _walks_a_column(scope: Scope, relation: Relation) -> bool:
    """Say whether an item of FROM is an array of another one's rows: `FROM orders o, o.items AS i`."""
    name = clauses.table_name(relation.node)
    return name is not None and len(name.parts) > 1 and scope.relation(name.parts[0]) not in (None, relation)


def _looks_one_up(relation: Relation) -> bool:
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


def _are_lists(relations: list[Relation]) -> bool:
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


def _is_picked(scope: Scope, relation: Relation) -> bool:
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


def _is_lookup(relation: Relation, on: exp.Expr | None) -> bool:
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


def _names(relations: list[Relation]) -> str:
    names = [f"`{relation.name}`" for relation in relations if relation.name]
    return names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else "the tables before it"


def _place(sql: SqlDocument, relation: Relation) -> Span:
    span = sql.span(relation.node)
    if isinstance(relation.node, exp.Table):
        return span
    return Span(span.end - len(relation.name), span.end) if sql.text[: span.end].endswith(relation.name) else span
