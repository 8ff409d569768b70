"""`LIKE '%x'`, which no ordinary index answers."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Related,
    Severity,
    SqlDocument,
    SqlRule,
    Table,
    clauses,
    exp,
    option,
    predicates,
)


class LeadingWildcard(SqlRule):
    """A `LIKE` pattern that starts with a wildcard reads every row, whatever index the column has.

    A B-tree is sorted by how values begin. `LIKE 'abc%'` is a range of it; `LIKE '%abc'` could be anywhere, so the engine
    compares every row of the table. On a table that serves an application this is the query that is fast in development
    and times out a year later. Search with a trigram index (`pg_trgm`), a full-text index, or a column that holds the
    text reversed.

    Column stores have no such index and scan the column anyway: for them the rule is silent unless `strict` is set. It is
    silent as well where the catalog knows a trigram or full-text index on the column, and for `NOT LIKE`, which no index
    would answer.
    """

    name = "leading-wildcard"
    category = Category.QUERY
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select id from customers where email like '%@example.com'
                                                      ^^^^^^^^^^^^^^^ starts with a wildcard
            """,
            dialect="postgres",
        ),
        Bad(
            """
            select c.id from customers c join orders o on o.customer_id = c.id where c.name ilike '%' || o.label
                                                                                                  ^^^ starts with a wildcard
            """,
            dialect="postgres",
        ),
        Bad(
            """
            select id from pages where path like '%/checkout'
                                                 ^^^^^^^^^^^^ starts with a wildcard
            """,
            dialect="bigquery",
            options={"strict": True},
        ),
        Good("select id from customers where email like 'sales@%'", dialect="postgres"),
        Good(
            "select id from pages where path like '%/checkout'", dialect="bigquery", note="A column store scans anyway."
        ),
        Good(
            "select email like '%@example.com' as ours from customers where id = 7",
            dialect="postgres",
            note="No filter.",
        ),
        Good(
            "select c.id from charts c where item_id in (7, 8) and lower(c.value) like '%cpap%'",
            dialect="postgres",
        ),
        Good(
            "select id from customers where tenant_id = 7 and email like '%@example.com'",
            dialect="postgres",
            note="The other predicate picks the rows.",
        ),
        Good("select id from customers where email not like '%@example.com'", dialect="mysql"),
        Good(
            "select id from customers where email like '%@example.com'",
            dialect="postgres",
            catalog="""
            create table customers (id bigint primary key, email text not null);
            create index customers_email_trgm on customers using gin (email gin_trgm_ops);
            """,
            note="A trigram index answers it.",
        ),
        Good(
            "update products set kind = 'lamp' where name like '%lamp%'",
            dialect="postgres",
            path="migrations/0014_kinds.sql",
            note="A migration runs once.",
        ),
    )

    strict: bool = option(False, "Report it on column stores too, where it costs a comparison a row and no more.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each pattern with a leading wildcard that filters rows by a column."""
        if sql.is_warehouse and not self.strict:
            return
        for like in sql.find(exp.Like, exp.ILike):
            column = like.this
            while isinstance(column, (exp.Lower, exp.Upper, exp.Cast, exp.Paren)):
                column = column.this
            pattern = _leading(like.expression)
            if pattern is None or not isinstance(column, exp.Column) or predicates.is_negated(like):
                continue
            if not _filters(like) or sql.path.test or sql.path.migration:
                continue
            table = _table(sql, column)
            if table is not None and _searchable(table, column.name):
                continue
            if _narrowed(sql, like, column, table):
                continue
            related: tuple[Related, ...] = ()
            if table is not None and table.location is not None:
                related = (
                    Related(table.location, f"`{table.name}` has no trigram or full-text index on `{column.name}`"),
                )
            yield Finding(
                sql.span(pattern),
                f"the pattern for `{column.name}` starts with a wildcard: no index can narrow it down",
                related=related,
            )


def _leading(pattern: exp.Expr) -> exp.Expr | None:
    """Give the literal that starts a pattern with a wildcard."""
    while isinstance(pattern, (exp.DPipe, exp.Concat, exp.Paren)):
        pattern = pattern.expressions[0] if isinstance(pattern, exp.Concat) else pattern.this
    if isinstance(pattern, exp.Literal) and pattern.is_string and pattern.name.startswith(("%", "_")):
        return pattern
    return None


def _filters(like: exp.Expr) -> bool:
    node, parent = like, like.parent
    while isinstance(parent, (exp.And, exp.Or, exp.Paren)):
        node, parent = parent, parent.parent
    return isinstance(parent, exp.Where) or (isinstance(parent, exp.Join) and clauses.join_on(parent) is node)


def _narrowed(sql: SqlDocument, like: exp.Expr, column: exp.Column, table: Table | None) -> bool:
    """Say whether the filter picks rows of the same table by a key as well, so that the pattern is tried on a few."""
    scope = sql.scope(like)
    for condition in scope.conditions() if scope is not None else ():
        node = condition.node
        if scope is None or not isinstance(node, (exp.EQ, exp.In)) or not isinstance(node.this, exp.Column):
            continue
        same = clauses.column_qualifier(node.this) in ("", clauses.column_qualifier(column))
        if same and not predicates.is_negated(node) and _is_key(node.this.name.lower(), table):
            return True
    return False


def _is_key(column: str, table: Table | None) -> bool:
    """Say whether a column leads an index or key, or is called as one: the index may stand in no file."""
    if column.endswith(("id", "key", "uuid", "no")):
        return True
    if table is None:
        return False
    leading = [index.columns[0].lower() for index in table.indexes if index.columns]
    leading += [key.columns[0].lower() for key in table.keys if key.columns]
    return column in leading


def _table(sql: SqlDocument, column: exp.Column) -> Table | None:
    scope = sql.scope(column)
    relation = scope.relation_of(column) if scope is not None else None
    return sql.relation_table(relation) if relation is not None else None


def _searchable(table: Table, column: str) -> bool:
    for index in table.indexes:
        text = " ".join(index.columns).lower()
        if column.lower() in text and ("trgm" in text or (index.method or "").lower() in {"gin", "gist", "fulltext"}):
            return True
    return False
