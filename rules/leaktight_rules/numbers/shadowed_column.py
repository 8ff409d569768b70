"""Aliases that are not what GROUP BY or PARTITION BY looks at."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Related,
    Relation,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
)

_DDL = """
create table orders (order_id bigint primary key, created_at timestamptz not null, day date, total numeric(12, 2), country char(2));
"""
_COLUMN_FIRST = frozenset(
    """postgres redshift snowflake mysql singlestore sqlite duckdb spark spark2 databricks hive trino presto athena tsql fabric
    oracle materialize risingwave""".split()
)
"""Dialects in which a name of GROUP BY is a column of FROM before it is an alias."""
_ALIAS_FIRST_IN_WINDOWS = frozenset({"clickhouse", ""})
_SAME_VALUE = (exp.Cast, exp.Paren, exp.Coalesce, exp.Trim)
"""What leaves which rows are of one group as it is, or nearly so."""


class ShadowedColumn(SqlRule):
    """An alias has the name of a column, and the clause that names it means the column.

    `SELECT date(created_at) AS created_at, count(*) … GROUP BY created_at` looks like one row a day and gives one row for each
    instant: a name in `GROUP BY` is a column of the tables first and an alias only where there is no such column, on
    Postgres, MySQL, Snowflake, Spark and more. In `OVER (PARTITION BY … ORDER BY …)` it is always the column. Nothing fails,
    the numbers are just not those that the query seems to give.

    Give the alias a name of its own, write the expression out, or group by its position.

    The rule speaks where the alias hides something else than the bare column, and where the column is known to exist: its
    own expression names it, or the catalog has it. ClickHouse and BigQuery are left alone for `GROUP BY`, as are aliases
    that only cast, trim or fill in.
    """

    name = "shadowed-column"
    category = Category.NUMBERS
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select date(created_at) as created_at, count(*) as orders
            from orders
            group by created_at
                     ^^^^^^^^^^ `created_at` is the column here, not the alias for `date(created_at)`
            """,
            dialect="postgres",
        ),
        Bad(
            """
            select date_trunc('day', created_at) as day, sum(total) as total
            from orders
            group by day, created_at
                     ^^^ `day` is the column here
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            select date(created_at) as created_at, row_number() over (partition by created_at order by order_id) as nth
                                                                                   ^^^^^^^^^^ `created_at` is the column here
            from orders
            """,
            dialect="snowflake",
        ),
        Good("select date(created_at) as day, count(*) as orders from orders group by day", dialect="postgres"),
        Good("select created_at, count(*) as orders from orders group by created_at", catalog=_DDL, dialect="postgres"),
        Good("select date(created_at) as created_at, count(*) from orders group by 1", dialect="postgres"),
        Good(
            "select date(o.created_at) as created_at, count(*) from orders o group by o.created_at",
            dialect="postgres",
            note="The column is meant, and says so.",
        ),
        Good("select trim(country) as country, count(*) from orders group by country", dialect="postgres"),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each name in GROUP BY or a window that an alias of the same query seems to explain."""
        for scope in sql.scopes:
            if not isinstance(scope.node, exp.Select):
                continue
            made = {
                item.alias.lower(): item
                for item in clauses.projections(scope.node)
                if isinstance(item, exp.Alias) and not _keeps_value(item)
            }
            if not made:
                continue
            for column in _bare(sql, scope):
                item = made.get(column.name.lower())
                if item is None or sql.has_hole(column) or sql.has_hole(item):
                    continue
                related = _column_exists(sql, scope, column.name, item)
                if related is not None:
                    told = sql.text_of(item.this)
                    told = told if len(told) <= 60 and "\n" not in told else "another expression"
                    named = f"`{told}`" if told != "another expression" else told
                    yield Finding(
                        sql.span(column),
                        f"`{column.name}` is the column here, not the alias for {named}",
                        related=(Related(sql.span(item), "the alias"), *related),
                    )


def _bare(sql: SqlDocument, scope: Scope) -> Iterator[exp.Column]:
    """Yield the unqualified columns that stand alone in GROUP BY, PARTITION BY or the ORDER BY of a window."""
    group = clauses.group(scope.node)
    if group is not None and sql.dialect in _COLUMN_FIRST:
        for key in group.expressions:
            if isinstance(key, exp.Column) and not clauses.column_qualifiers(key):
                yield key
    if sql.dialect in _ALIAS_FIRST_IN_WINDOWS:
        return
    for item in clauses.projections(scope.node):
        for node in clauses.descendants(item, into_queries=False):
            if isinstance(node, exp.Window):
                for part in clauses.partition_by(node):
                    if isinstance(part, exp.Column) and not clauses.column_qualifiers(part):
                        yield part


def _keeps_value(item: exp.Alias) -> bool:
    """Say whether an alias is for its own column, or for little else."""
    node = item.this
    while isinstance(node, _SAME_VALUE) and isinstance(node.this, exp.Expr):
        if isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast) and node.to.this in _COARSE:
            return False
        node = node.this
    return isinstance(node, exp.Column) and node.name.lower() == item.alias.lower()


_COARSE = frozenset({exp.DataType.Type.DATE, exp.DataType.Type.DATE32})


def _column_exists(sql: SqlDocument, scope: Scope, name: str, item: exp.Alias) -> tuple[Related, ...] | None:
    """Give what shows that the query's tables have a column of a name; None where nothing does."""
    for node in clauses.descendants(item.this, into_queries=False):
        if isinstance(node, exp.Column) and node.name.lower() == name.lower() and _is_of_from(scope, node):
            return ()
    for relation in scope.relations:
        found = _has(sql, relation, name)
        if found is not None:
            return found
    return None


def _is_of_from(scope: Scope, column: exp.Column) -> bool:
    """Say whether a column, by its qualifier, is of the query's own tables and no field of a struct."""
    qualifiers = clauses.column_qualifiers(column)
    return not qualifiers or (len(qualifiers) == 1 and scope.relation(qualifiers[0]) is not None)


def _has(sql: SqlDocument, relation: Relation, name: str) -> tuple[Related, ...] | None:
    columns = sql.resolver.columns(relation)
    output = columns.get(name.lower()) if columns is not None else None
    if output is None:
        return None
    if output.known is not None and output.known.column.location is not None:
        return (Related(output.known.column.location, "the column"),)
    return ()
