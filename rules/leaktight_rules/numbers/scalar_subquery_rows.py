"""Subqueries that stand for one value and may give several rows."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Key,
    KeyKind,
    Related,
    RelationKind,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    Table,
    clauses,
    exp,
    gives_one,
    listed,
    predicates,
)

_DDL = """
create table customers (customer_id bigint primary key, email varchar(255) not null unique, country char(2));
create table prices (sku varchar(20), valid_from date, price numeric(12, 2), primary key (sku, valid_from));
create table settings (id int primary key, country char(2));
"""
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Add, exp.Sub, exp.Mul, exp.Div)
_WRITES = (exp.Alias, exp.Select, exp.Coalesce, exp.Tuple, exp.Values)
_SEVERAL = 2
_ROW_NAMES = frozenset({"rowid", "ctid", "oid", "rownum", "_rowid_"})


class ScalarSubqueryRows(SqlRule):
    """A subquery stands where one value belongs, and may give several rows.

    `(SELECT price FROM prices WHERE sku = i.sku)` is one value as long as each article has one price. With the second the
    query fails ("more than one row returned by a subquery"), on SQLite it goes on with any of them.

    The rule speaks where the catalog knows the keys of the table, and the subquery compares none of them as a whole. An
    aggregate, `LIMIT 1` or an equality on all columns of a key make the subquery one value. Where no key of the table is
    known nothing is said, nor of `EXISTS`, `IN`, `ANY`, and `ARRAY(…)`, which take many rows. A subquery without any condition
    asks a table of one row, as settings are kept in, unless statistics count more.
    """

    name = "scalar-subquery-rows"
    category = Category.NUMBERS
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select i.sku, (select price from prices p where p.sku = i.sku) as price from items i
                           ^^^^^^ may give several rows: `prices` is unique by `sku` and `valid_from`
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            update orders set customer_id = (select customer_id from customers where country = 'DE')
                                             ^^^^^^ may give several rows
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            "select l.sku, (select email from customers c where c.customer_id::text = l.customer_id) as email from lines l",
            dialect="postgres",
            catalog=_DDL,
            note="A key as text is a key still.",
        ),
        Good("select i.sku, (select max(price) from prices p where p.sku = i.sku) as price from items i", catalog=_DDL),
        Good(
            "select i.sku, (select price from prices p where p.sku = i.sku order by valid_from desc limit 1) from items i",
            catalog=_DDL,
        ),
        Good(
            "update orders set customer_id = (select customer_id from customers where email = 'a@example.com')",
            catalog=_DDL,
        ),
        Good("select id from orders where customer_id in (select customer_id from customers)", catalog=_DDL),
        Good(
            "select id from customers where country = (select country from settings)",
            catalog=_DDL,
            note="A table of one row.",
        ),
        Good("select (select rate from rates where currency = 'EUR') as rate", note="No key of `rates` is known."),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each scalar subquery over one table that does not compare a whole key of it."""
        if sql.catalog.is_empty or sql.path.migration or sql.path.fixture:
            return
        for subquery in sql.find(exp.Subquery):
            query = subquery.this
            if not isinstance(query, exp.Select) or not _is_value(subquery):
                continue
            scope = sql.scope(query)
            table = _table(sql, scope) if scope is not None and scope.node is query else None
            if scope is None or table is None or gives_one(sql, query) or _is_narrowed(sql, scope, query):
                continue
            keys = _keys(sql, table)
            if not keys:
                continue
            shortest = min(keys, key=lambda key: len(key.columns))
            place = shortest.location or table.location
            yield Finding(
                sql.keyword(query, "SELECT"),
                f"this subquery may give several rows: `{table.name.name}` is unique by {listed(shortest.columns, 4)}",
                related=(Related(place, "the key is declared here"),) if place is not None else (),
                fix=Fix.hint("compare the whole key, aggregate, or order and take one row"),
            )


def _is_value(subquery: exp.Subquery) -> bool:
    """Say whether a subquery stands where one value belongs."""
    node: exp.Expr = subquery
    parent = node.parent
    while isinstance(parent, exp.Paren):
        node, parent = parent, parent.parent
    if isinstance(parent, _COMPARED):
        return not isinstance(parent.expression, (exp.Any, exp.All))
    if isinstance(parent, exp.Select):
        return any(node is item for item in clauses.projections(parent))
    if isinstance(parent, exp.Alias):
        return isinstance(parent.parent, exp.Select) and any(
            parent is item for item in clauses.projections(parent.parent)
        )
    return isinstance(parent, exp.Coalesce)


def _table(sql: SqlDocument, scope: Scope) -> Table | None:
    """Give the one table that a query reads."""
    if len(scope.relations) != 1 or scope.relations[0].kind is not RelationKind.TABLE:
        return None
    node = scope.relations[0].node
    return sql.resolver.table(node) if not clauses.is_reshaped(node) else None


def _keys(sql: SqlDocument, table: Table) -> list[Key]:
    """Give the keys that are unique, if they are those of each table of that name; none where a unique index may be one."""
    found = [key for key in table.keys if key.kind is not KeyKind.FOREIGN and key.columns]
    found += [
        Key(KeyKind.UNIQUE, index.columns, location=index.location)
        for index in table.indexes
        if index.unique and not index.elements
    ]
    named = {frozenset(name.lower() for name in key.columns) for key in found}
    for other in sql.resolver.namesakes(table):
        if {frozenset(name.lower() for name in columns) for columns in other.unique_keys()} != named:
            return []
    return found


def _is_narrowed(sql: SqlDocument, scope: Scope, query: exp.Select) -> bool:
    """Say whether something else may make the subquery one row: grouping, a row's address, a partial unique index, a hole."""
    if clauses.group(query) is not None or clauses.qualify(query) is not None or clauses.limit(query) is not None:
        return True
    if clauses.distinct(query) is not None or clauses.makes_struct(query) or sql.clause_holes(sql.span(query)):
        return True
    table = _table(sql, scope)
    rows = table.statistics.rows if table is not None and table.statistics is not None else None
    if clauses.where(query) is None and (rows is None or rows < _SEVERAL):
        return True  # whoever asks so knows that there is one row: a second would have failed at once
    items = clauses.projections(query)
    if len(items) != 1 or isinstance(items[0], exp.Star) or sql.holes(sql.tail(query)):
        return True
    if any(
        isinstance(node, (exp.Anonymous, exp.AggFunc)) for node in clauses.descendants(items[0], into_queries=False)
    ):
        return True  # an aggregate of the engine, or of its user
    if any(column.name.lower() in _ROW_NAMES for column in scope.columns):
        return True
    compared: set[str] = set()
    for condition in scope.conditions():
        node = condition.node
        if isinstance(node, (exp.EQ, exp.NullSafeEQ)) and not predicates.is_negated(node):
            sides = [_without_cast_to_text(side) for side in (node.this, node.expression)]
            own = [side for side in sides if table is not None and _is_own(scope, table, side)]
            if len(own) == 1:
                compared.add(own[0].name.lower())
    sets = [index.columns for index in table.indexes if index.unique] if table is not None else []
    sets += [key.columns for key in table.keys if key.kind is not KeyKind.FOREIGN] if table is not None else []
    return any(compared.issuperset(name.lower() for name in columns) for columns in sets if columns)


def _without_cast_to_text(side: exp.Expr) -> exp.Expr:
    """Give what a cast to text stands around: no two values of a key have the same text."""
    if isinstance(side, exp.Cast) and side.is_type(*exp.DataType.TEXT_TYPES) and not side.to.expressions:
        inner: exp.Expr = side.this
        return inner
    return side


def _is_own(scope: Scope, table: Table, side: exp.Expr) -> bool:
    """Say whether an expression is a column of the one table that a query reads."""
    if not isinstance(side, exp.Column) or table.column(side.name) is None:
        return False
    return not clauses.column_qualifiers(side) or scope.relation_of(side) is not None
