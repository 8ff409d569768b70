"""`LIKE '%x'`, which no ordinary index answers."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Related,
    Relation,
    RelationKind,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    Table,
    clauses,
    exp,
    option,
    predicates,
)

_INDEXED = frozenset({"postgres", "mysql", "sqlite", "tsql", "oracle", "singlestore"})
"""Dialects of engines that answer a prefix from an index."""
_KEY_WORDS = frozenset({"id", "key", "uuid", "guid", "no"})
_KEY_ENDS = ("Id", "ID", "Key", "Uuid", "UUID", "No")


class LeadingWildcard(SqlRule):
    """A `LIKE` pattern that starts with a wildcard reads every row, whatever index the column has.

    A B-tree is sorted by how values begin. `LIKE 'abc%'` is a range of it; `LIKE '%abc'` could be anywhere, so the engine
    compares every row of the table. On a table that serves an application this is the query that is fast in development
    and times out a year later. Search with a trigram index (`pg_trgm`), a full-text index, or a column that holds the
    text reversed.

    Column stores have no such index and scan the column anyway, so the rule wants to know that the engine has one: the
    dialect is that of Postgres, MySQL, SQLite, SQL Server or Oracle (configured, or named by the driver of the call), or the
    catalog knows the table as one of such an engine. Where the dialect is only guessed from the text it is silent. `strict`
    reports the pattern whatever the engine.

    The rule is silent in notebooks, where the catalog knows a trigram or full-text index on the column, where another predicate
    picks the rows by a key, for `NOT LIKE`, which no index would answer, and for what is no table with rows of the application:
    `information_schema`, `UNNEST`, `VALUES`, CTEs.
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
        Good(
            "select id from {{ ref('customers') }} where email like '%@example.com'",
            hosts=False,
            note="Nothing tells the engine of this dbt model; most warehouses have no index.",
        ),
        Good(
            "select table_name from information_schema.tables where table_name like '%_tmp'",
            dialect="postgres",
        ),
        Good(
            "select id from soils where depth > 50 or (depth > 30 and kind = 'w' and subtype like '%DD%')",
            dialect="postgres",
            note="Rows that go by their depth alone are looked for in all of the table.",
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

    strict: bool = option(
        False, "Report it on column stores and unknown engines too, where it costs a comparison a row and no more."
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield, for each column that a query filters by, the first pattern with a leading wildcard."""
        if (sql.is_warehouse or sql.source.is_notebook) and not self.strict:
            return
        told: set[tuple[int, str]] = set()
        for like in sql.find(exp.Like, exp.ILike):
            column = like.this
            while isinstance(column, (exp.Lower, exp.Upper, exp.Cast, exp.Paren)):
                column = column.this
            pattern = _leading(like.expression)
            if pattern is None or not isinstance(column, exp.Column) or predicates.is_negated(like):
                continue
            if not _filters(like) or sql.path.test or sql.path.migration:
                continue
            scope = sql.scope(like)
            relation = _searched(scope, column) if scope is not None else None
            if scope is None or relation is None:
                continue
            table = sql.relation_table(relation)
            if not self.strict and not _has_indexes(sql, table):
                continue
            if table is not None and _searchable(table, column.name):
                continue
            if _narrowed(sql, scope, relation, table):
                continue
            if (id(scope), column.name.lower()) in told:
                continue
            told.add((id(scope), column.name.lower()))
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
    """Say whether a pattern filters: with an OR beside it only where that looks for patterns as well, which indexes could find."""
    node, parent = like, like.parent
    while isinstance(parent, (exp.And, exp.Or, exp.Paren)):
        if isinstance(parent, exp.Or):
            other = parent.expression if parent.this is node else parent.this
            if not any(isinstance(part, (exp.Like, exp.ILike)) for part in clauses.descendants(other)):
                return False
        node, parent = parent, parent.parent
    return isinstance(parent, exp.Where) or (isinstance(parent, exp.Join) and clauses.join_on(parent) is node)


def _searched(scope: Scope, column: exp.Column) -> Relation | None:
    """Give the table of the application that a pattern is looked for in; of several that it may be, the first."""
    owner = scope.relation_of(column)
    relations = [owner] if owner is not None else [] if scope.is_qualified(column) else scope.relations
    tables = [one for one in relations if one.kind is RelationKind.TABLE and not one.is_metadata]
    return tables[0] if tables and len(tables) == len(relations) else None


def _has_indexes(sql: SqlDocument, table: Table | None) -> bool:
    """Say whether there is evidence that the engine keeps indexes."""
    if table is not None and table.role == "olap":
        return False
    if table is not None and (table.indexes or (table.keys and table.dialect in _INDEXED)):
        return True
    # A table of SQLite that the project does not declare is somebody else's: the cookies of a browser.
    return sql.dialect in _INDEXED and sql.dialect_is_named and (table is not None or sql.dialect != "sqlite")


def _narrowed(sql: SqlDocument, scope: Scope, relation: Relation, table: Table | None) -> bool:
    """Say whether the filter picks rows by a key as well, so that the pattern is tried on a few.

    The key may be that of a table which the searched one is joined to.
    """
    for condition in scope.conditions():
        node = condition.node
        if not isinstance(node, (exp.EQ, exp.In)) or predicates.is_negated(node):
            continue
        sides = [(node.this, node.expression), (node.expression, node.this)] if isinstance(node, exp.EQ) else []
        for side, other in sides or [(node.this, None)]:
            if not isinstance(side, exp.Column) or (other is not None and _has_column(sql, other)):
                continue
            owner = scope.relation_of(side)
            if owner is None or owner is relation:
                known = table
            elif clauses.join_side(owner.join or exp.Join()) or clauses.join_side(relation.join or exp.Join()):
                continue
            else:
                known = sql.relation_table(owner)
            if _is_key(side.name, known):
                return True
    return False


def _has_column(sql: SqlDocument, node: exp.Expr) -> bool:
    """Say whether a value is of the row: what a host or template fills in is none."""
    parts = clauses.descendants(node, into_queries=False)
    return any(isinstance(part, exp.Column) and not sql.has_hole(part) for part in parts)


def _is_key(column: str, table: Table | None) -> bool:
    """Say whether a column leads an index or key, or is called as one: the index may stand in no file."""
    if column.rsplit("_", 1)[-1].lower() in _KEY_WORDS:
        return True
    if any(column.endswith(end) and column[: -len(end)][-1:].islower() for end in _KEY_ENDS):
        return True
    if table is None:
        return False
    leading = [index.columns[0].lower() for index in table.indexes if index.columns]
    leading += [key.columns[0].lower() for key in table.keys if key.columns]
    return column.lower() in leading


def _searchable(table: Table, column: str) -> bool:
    for index in table.indexes:
        text = " ".join(index.columns).lower()
        if column.lower() in text and ("trgm" in text or (index.method or "").lower() in {"gin", "gist", "fulltext"}):
            return True
    return False
