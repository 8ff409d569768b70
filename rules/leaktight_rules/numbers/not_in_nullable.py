"""NOT IN over values one of which may be NULL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leaktight import (
    Applicability,
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Location,
    Related,
    Relation,
    RelationKind,
    Scope,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    option,
    predicates,
)

_DDL = """
create table orders (id bigint primary key, customer_id bigint not null);
create table refunds (id bigint primary key, order_id bigint, amount numeric(12, 2) not null);
"""
_REJECTS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.Like, exp.ILike, exp.In)


@dataclass(frozen=True)
class _Reason:
    """Why a value may be NULL, and the place that shows it. `column` is its text where a filter can be put on it."""

    words: str
    place: Span | Location | None
    column: str | None = None


class NotInNullable(SqlRule):
    """`NOT IN` compares with values one of which may be NULL, and then no row passes at all.

    `id NOT IN (1, NULL)` is `id <> 1 AND id <> NULL`, and the second part is never true. One refund without an order, and
    "orders without refunds" is empty: no error, just an empty report or a load that inserts nothing.

    `NOT EXISTS` asks the question that was meant and ignores NULLs; it is also planned as an anti-join, where `NOT IN` often
    is not. `WHERE order_id IS NOT NULL` in the subquery does as well.

    The rule speaks on evidence: the catalog says that the column may be NULL (declared without `NOT NULL`), an outer join,
    `NULLIF`, a `CASE` without `ELSE` or `LAG` makes NULLs in the subquery, or `NULL` stands in the list. It is silent where
    the subquery filters the column, and where nothing is known; `strict` speaks then too.
    """

    name = "not-in-nullable"
    category = Category.NUMBERS
    severity = Severity.ERROR
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            select id from orders where id not in (select order_id from refunds)
                                           ^^^^^^ gives no row at all once `order_id` is NULL
            """,
            catalog=_DDL,
            dialect="postgres",
            fixed="select id from orders where id not in (select order_id from refunds where order_id is not null)",
        ),
        Bad(
            """
            select id from orders where not (id in (select r.order_id from refunds r where r.amount > 10))
                                                ^^ gives no row at all
            """,
            catalog=_DDL,
            dialect="postgres",
            fixed="select id from orders where not (id in (select r.order_id from refunds r where r.amount > 10 and r.order_id is not null))",
        ),
        Bad(
            """
            select id from customers
            where id not in (select o.customer_id from shops s left join orders o on o.shop_id = s.id)
                     ^^^^^^ gives no row at all
            """,
            fixed="""
            select id from customers
            where id not in (select o.customer_id from shops s left join orders o on o.shop_id = s.id where o.customer_id is not null)
            """,
        ),
        Bad(
            """
            select id from orders where state not in ('paid', null)
                                              ^^^^^^ `NULL` stands in the list
            """,
        ),
        Bad(
            """
            with bad as (select nullif(order_id, 0) as order_id from refunds)
            select id from orders where id not in (select order_id from bad)
                                           ^^^^^^ gives no row at all
            """,
            fixed="""
            with bad as (select nullif(order_id, 0) as order_id from refunds)
            select id from orders where id not in (select order_id from bad where order_id is not null)
            """,
        ),
        Bad(
            """
            select id from orders where id not in (select order_id from chargebacks)
                                           ^^^^^^ nothing says that it cannot be
            """,
            options={"strict": True},
            fixed="select id from orders where id not in (select order_id from chargebacks where order_id is not null)",
        ),
        Good(
            "select id from orders where id not in (select order_id from chargebacks)", note="Nothing is known of it."
        ),
        Good(
            "select id from orders where id not in (select order_id from refunds where order_id is not null)",
            catalog=_DDL,
        ),
        Good("select id from orders where customer_id not in (select customer_id from orders)", catalog=_DDL),
        Good("select id from orders where id not in (select order_id from refunds where order_id > 100)", catalog=_DDL),
        Good("select id from orders where id in (select order_id from refunds)", catalog=_DDL),
        Good("select id from orders where state not in ('paid', 'open')"),
    )

    strict: bool = option(False, "Speak where nothing is known of the column, too.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the words `NOT IN` where a value on the right may be NULL."""
        for node in sql.find(exp.In):
            if not predicates.is_negated(node):
                continue
            query = _query(node)
            if query is None:
                yield from self._list(sql, node)
                continue
            reason = _reason(sql, query)
            if reason is None and self.strict and not _known(sql, query):
                text = _output_text(sql, query)
                reason = _Reason(f"`{text}` is NULL, and nothing says that it cannot be", None, text)
            if reason is not None:
                related = (Related(reason.place, f"{reason.words} here"),) if reason.place is not None else ()
                yield Finding(
                    _words(sql, node),
                    f"`NOT IN` gives no row at all once {reason.words}",
                    related=related,
                    fix=_fix(sql, query, reason),
                )

    def _list(self, sql: SqlDocument, node: exp.In) -> Iterator[Finding]:
        for value in node.expressions:
            if isinstance(value, exp.Null):
                yield Finding(
                    _words(sql, node),
                    "`NULL` stands in the list of this `NOT IN`, so that no row passes",
                    fix=Fix.hint(
                        "take `NULL` out of the list; add `AND … IS NOT NULL` if rows without a value shall go"
                    ),
                )
                return


def _query(node: exp.In) -> exp.Expr | None:
    for child in clauses.children(node):
        if child is node.this:
            continue
        inner: exp.Expr = child
        while isinstance(inner, (exp.Subquery, exp.Paren)) and isinstance(inner.this, exp.Expr):
            inner = inner.this
        if isinstance(inner, clauses.QUERY):
            return inner
    return None


def _words(sql: SqlDocument, node: exp.In) -> Span:
    """Give the place of `NOT IN`, or of `IN` where the NOT stands elsewhere."""
    left = sql.span(node.this)
    word = sql.token_after(left.end, "IN") or left
    negation = sql.token_before(word.start, after=left.end)
    if negation is not None and sql.slice(negation).upper() == "NOT":
        return negation.cover(word)
    return word


def _reason(sql: SqlDocument, query: exp.Expr) -> _Reason | None:
    """Say why the first output of a query may be NULL, if there is evidence."""
    for arm in clauses.arms(query):
        scope = sql.scope(arm) if isinstance(arm, exp.Select) else None
        items = clauses.projections(arm)
        if scope is not None and scope.node is arm and len(items) == 1:
            found = _of(sql, scope, items[0], 0)
            if found is not None:
                return found
    return None


def _of(sql: SqlDocument, scope: Scope, item: exp.Expr, depth: int) -> _Reason | None:
    node = predicates.unparenthesised(item.this if isinstance(item, exp.Alias) else item)
    text = sql.text_of(node)
    if isinstance(node, exp.Column):
        return _of_column(sql, scope, node, depth)
    if isinstance(node, exp.Nullif) or (isinstance(node, exp.Case) and _lacks_else(node)):
        why = "`NULLIF` gives NULL" if isinstance(node, exp.Nullif) else "the `CASE` without `ELSE` gives NULL"
        return _Reason(why, sql.span(node), None)
    if isinstance(node, exp.Null):
        return _Reason("the subquery gives NULL", sql.span(node), None)
    if (
        isinstance(node, exp.Window)
        and isinstance(node.this, (exp.Lag, exp.Lead))
        and len(list(clauses.children(node.this))) < 3
    ):
        return _Reason(f"`{text}` is NULL", sql.span(node), None)
    return None


def _lacks_else(node: exp.Case) -> bool:
    branches = [child for child in clauses.children(node) if isinstance(child, exp.If)]
    others = [child for child in clauses.children(node) if not isinstance(child, exp.If) and child is not node.this]
    return bool(branches) and not others


def _of_column(sql: SqlDocument, scope: Scope, column: exp.Column, depth: int) -> _Reason | None:
    relation = scope.relation_of(column)
    if relation is None or isinstance(column.this, exp.Star) or _filtered(scope, column, relation):
        return None
    name = clauses.column_name(column, relation.name)
    if name.lower() != column.name.lower():
        return None  # a field of a nested column
    text = sql.text_of(column)
    outer = next(iter(scope.filled_by(relation)), None)
    if outer is not None:
        keyword = sql.token_before(sql.span(outer.this).start, clauses.join_side(outer)) or sql.span(outer.this)
        return _Reason(f"`{text}` is NULL, as the outer join leaves it without a match", keyword, text)
    if relation.kind is RelationKind.TABLE:
        table = sql.relation_table(relation)
        known = sql.resolver.known(table, name) if table is not None else None
        if known is not None and known.column.nullable is True:
            place = known.column.place_of("nullable")
            return _Reason(f"`{text}` is NULL, which its declaration allows", place, text)
        return None
    if relation.query is None or depth > 20 or clauses.alias_columns(relation.cte or relation.node):
        return None
    for arm in clauses.arms(relation.query):
        inner = sql.scope(arm) if isinstance(arm, exp.Select) else None
        for item in clauses.projections(arm) if inner is not None and inner.node is arm else ():
            if inner is not None and item.alias_or_name.lower() == name.lower() and not isinstance(item, exp.Star):
                found = _of(sql, inner, item, depth + 1)
                if found is not None:
                    return _Reason(found.words, found.place, text)
    return None


def _filtered(scope: Scope, column: exp.Column, relation: Relation) -> bool:
    """Say whether some predicate that every row passes is never true where the column is NULL."""
    name = column.name.lower()
    for condition in scope.conditions():
        if condition.join is not None and clauses.join_side(condition.join):
            continue
        node = predicates.unparenthesised(condition.node)
        if isinstance(node, exp.Not):
            node = predicates.unparenthesised(node.this)
        rejects = isinstance(node, _REJECTS) or (
            isinstance(node, exp.Is) and (predicates.is_negated(node) or not isinstance(node.expression, exp.Null))
        )
        if not rejects:
            continue
        for side in clauses.children(node):
            for part in clauses.descendants(side, into_queries=False):
                if isinstance(part, exp.Column) and part.name.lower() == name and scope.owner(part) is not None:
                    owner = scope.owner(part)
                    if owner is not None and owner[1] is relation and not _under_coalesce(part, node):
                        return True
    return any(
        name == item.name.lower()
        for join in scope.joins()
        if not clauses.join_side(join)
        for item in clauses.join_using(join)
    )


def _under_coalesce(part: exp.Expr, root: exp.Expr) -> bool:
    node = part.parent
    while node is not None and node is not root:
        if isinstance(node, (exp.Coalesce, exp.Case, exp.If)):
            return True
        node = node.parent
    return False


def _known(sql: SqlDocument, query: exp.Expr) -> bool:
    """Say whether a query gives no NULL for sure, or gives what cannot be told by a column: for `strict`."""
    for arm in clauses.arms(query):
        scope = sql.scope(arm) if isinstance(arm, exp.Select) else None
        items = clauses.projections(arm)
        if scope is None or len(items) != 1:
            return True
        node = predicates.unparenthesised(items[0].this if isinstance(items[0], exp.Alias) else items[0])
        if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
            return True
        relation = scope.relation_of(node)
        if relation is None or _filtered(scope, node, relation):
            return True
        table = sql.relation_table(relation)
        known = sql.resolver.known(table, node.name) if table is not None else None
        if known is not None and known.column.nullable is False:
            return True
    return False


def _output_text(sql: SqlDocument, query: exp.Expr) -> str:
    return sql.text_of(clauses.projections(query)[0])


def _fix(sql: SqlDocument, query: exp.Expr, reason: _Reason) -> Fix:
    """Filter the subquery where its end is plain to see; else say in words what to write."""
    plain = isinstance(query, exp.Select) and not any(
        clause(query) for clause in (clauses.group, clauses.having, clauses.qualify, clauses.order, clauses.limit)
    )
    where = clauses.where(query)
    if reason.column is None or not plain or isinstance(where, exp.Or) or sql.has_hole(query):
        return Fix.hint("ask with `NOT EXISTS (SELECT 1 FROM … WHERE …)`, which ignores NULLs")
    around = sql.brackets(query)
    if around is None:
        return Fix.hint("ask with `NOT EXISTS (SELECT 1 FROM … WHERE …)`, which ignores NULLs")
    last = sql.token_before(around.end - 1)
    at = last.end if last is not None else around.end - 1
    word = "where" if where is None else "and"
    added = f" {word} {reason.column} is not null"
    if sql.slice(sql.keyword(query, "SELECT")).isupper():
        added = f" {word.upper()} {reason.column} IS NOT NULL"
    return Fix.unsafe(f"leave out rows without `{reason.column}`", sql.insert(at, added))
