"""Arms of a set operation whose columns do not fit together."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Output,
    Related,
    Severity,
    SqlDocument,
    SqlRule,
    TypeFamily,
    clauses,
    column_types,
    exchanged,
    exp,
)

_DDL = """
create table orders (order_id bigint primary key, total numeric(12, 2) not null, placed_at timestamptz);
create table refunds (order_id bigint not null, placed_at timestamptz, total numeric(12, 2) not null);
create table notes (order_id varchar(36) not null, body text);
"""
_NUMBERS = frozenset({TypeFamily.INTEGER, TypeFamily.DECIMAL, TypeFamily.FLOAT})
_TIMES = frozenset({TypeFamily.DATE, TypeFamily.INSTANT})
_STRICT = frozenset(
    {"postgres", "bigquery", "trino", "presto", "athena", "tsql", "oracle", "redshift", "snowflake", "clickhouse"}
)
"""Dialects that refuse columns of two kinds of types, at once or at the first value that cannot be converted."""


class SetOperationColumns(SqlRule):
    """The arms of a `UNION`, `INTERSECT` or `EXCEPT` do not have the same columns in the same order.

    Columns of a set operation are matched by position, and the names of the first arm hold for all. Where the second arm lists
    two columns of one type the other way round, refunds become order numbers and nothing fails. Arms of different length
    are refused; so are, on strict engines, columns of different types.

    Two names that change places are a fault only if both arms do not read one table: there the exchange is meant, as in
    `SELECT a, b FROM edges UNION ALL SELECT b, a FROM edges`. `UNION BY NAME` is left alone. A `*` is counted where the catalog
    knows all columns of its tables.
    """

    name = "set-operation-columns"
    category = Category.NUMBERS
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            select order_id, total, placed_at from orders
            union all
            select order_id, total from refunds
            ^^^^^^ this arm gives 2 columns, the first one 3
            """,
            dialect="postgres",
        ),
        Bad(
            """
            select customer_id, seller_id from orders
            union all
            select seller_id, customer_id from refunds
                   ^^^^^^^^^^^^^^^^^^^^^^ `seller_id` and `customer_id` stand the other way round in the first arm
            """,
        ),
        Bad(
            """
            select * from orders
            union all
            select * from refunds
                   ^ `placed_at` and `total` stand the other way round in the first arm
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            select order_id, total from orders
            union all
            select order_id, null from notes
                   ^^^^^^^^ is VARCHAR(36) here and BIGINT in the first arm
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good("select order_id, total from orders union all select order_id, total from refunds", catalog=_DDL),
        Good("select a, b from edges union all select b, a from edges", note="Both directions of one relation."),
        Good("select a, b from x union all by name select b, a from y", dialect="duckdb"),
        Good("select order_id, total from orders union all select order_id, 0 from notes_of_today", catalog=_DDL),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each arm, or what is wrong in it, that does not fit the first one."""
        for union in sql.find(*clauses.SET_OPERATIONS):
            if isinstance(union.parent, clauses.SET_OPERATIONS) or clauses.matched_by_name(union):
                continue
            if any(clauses.matched_by_name(node) for node in union.find_all(*clauses.SET_OPERATIONS)):
                continue
            arms = clauses.arms(union)
            if not all(isinstance(arm, exp.Select) for arm in arms):
                continue
            first = sql.resolver.outputs(arms[0])
            for arm in arms[1:] if first else ():
                yield from _compared(sql, arms[0], first or [], arm)


def _compared(sql: SqlDocument, first: exp.Expr, wanted: list[Output], arm: exp.Expr) -> Iterator[Finding]:
    given = sql.resolver.outputs(arm)
    if given is None:
        return
    start = sql.keyword(first, "SELECT")
    if len(given) != len(wanted):
        yield Finding(
            sql.keyword(arm, "SELECT"),
            f"this arm gives {_columns(len(given))}, the first one {len(wanted)}",
            related=(Related(start, "the first arm"),),
        )
        return
    pair = exchanged([one.name for one in wanted], [one.name for one in given])
    if pair is not None and not _read_the_same(sql, first, arm):
        one, other = given[pair[0]], given[pair[1]]
        if _same_constant(one.item, other.item):
            return
        span = sql.span(one.item).cover(sql.span(other.item))
        yield Finding(
            span,
            f"`{one.name}` and `{other.name}` stand the other way round in the first arm, and the arms are matched by position",
            related=(Related(start, "the first arm"),),
        )
        return
    for ours, theirs in zip(given, wanted, strict=True):
        if sql.dialect in _STRICT and ours.known is not None and theirs.known is not None and _differ(ours, theirs):
            name = sql.text_of(ours.item) if not ours.star else ours.name
            related = tuple(
                Related(known.column.location, f"`{known.column.name}` is declared here")
                for known in (ours.known, theirs.known)
                if known.column.location is not None
            )
            yield Finding(
                sql.span(ours.item),
                f"`{name}` is {ours.known.column.type} here and {theirs.known.column.type} in the first arm",
                related=related,
            )


def _same_constant(one: exp.Expr, other: exp.Expr) -> bool:
    """Say whether both columns have the same value in each row, `'' AS a, '' AS b`: then their order does not matter."""
    a, b = (item.this if isinstance(item, exp.Alias) else item for item in (one, other))
    if any(isinstance(part, (exp.Column, exp.Star, *clauses.QUERY)) for part in clauses.descendants(a)):
        return False
    return a == b


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"


def _read_the_same(sql: SqlDocument, one: exp.Expr, other: exp.Expr) -> bool:
    """Say whether two arms read the same tables: an exchange of columns is then meant."""
    names = []
    for arm in (one, other):
        scope = sql.scope(arm)
        relations = scope.relations if scope is not None else []
        named = [clauses.table_name(relation.node) for relation in relations]
        names.append(
            {
                name.folded if name is not None else (relation.name,)
                for name, relation in zip(named, relations, strict=True)
            }
        )
    return not names[0].isdisjoint(names[1]) or not names[0] or not names[1]


def _differ(ours: Output, theirs: Output) -> bool:
    kinds = [
        column_types.family(known.column.type, known.table.dialect)
        for known in (ours.known, theirs.known)
        if known is not None
    ]
    groups = [_group(kind) for kind in kinds]
    return None not in groups and groups[0] != groups[1]


def _group(kind: TypeFamily | None) -> str | None:
    """Give the group of types between which no engine converts without being asked; None for all that may be anything."""
    if kind in _NUMBERS:
        return "number"
    if kind in _TIMES:
        return "time"
    return kind.value if kind in {TypeFamily.TEXT, TypeFamily.BOOLEAN} else None
