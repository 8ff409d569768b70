"""Comparisons of columns with what has another type.

What engines do with text that is compared with a number:
- MySQL compares both as numbers (https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html), Oracle turns the text into a
  number (https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Type-Comparison-Rules.html), SQL Server
  converts what has the lower precedence (https://learn.microsoft.com/sql/t-sql/data-types/data-type-precedence-transact-sql).
- PostgreSQL has no such operator (https://www.postgresql.org/docs/current/typeconv-oper.html), BigQuery coerces literals alone
  (https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules), Trino converts no text
  (https://trino.io/docs/current/language/types.html, https://trino.io/docs/current/functions/conversion.html).
- SQLite turns a number without affinity into text and uses the index all the same (https://www.sqlite.org/datatype3.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from leaktight import (
    Applicability,
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    KnownColumn,
    Related,
    Severity,
    SqlDocument,
    SqlRule,
    TypeFamily,
    clauses,
    column_types,
    exp,
    predicates,
)

_DDL = """
create table orders (order_no varchar(20) primary key, customer_id bigint, placed_on date, placed_at timestamp);
create table imports (import_id bigint primary key, order_no bigint, customer_ref varchar(20));
"""
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_NUMBERS = frozenset({TypeFamily.INTEGER, TypeFamily.DECIMAL, TypeFamily.FLOAT})
_TIMES = frozenset({TypeFamily.DATE, TypeFamily.INSTANT})
_CONVERT = {
    "mysql": "MySQL",
    "oracle": "Oracle",
    "tsql": "SQL Server",
}
"""Dialects that turn the text of each row into a number before they compare, so that no index serves."""
_REFUSE = {
    "postgres": "Postgres",
    "bigquery": "BigQuery",
    "trino": "Trino",
    "presto": "Presto",
    "athena": "Athena",
}
"""Dialects that refuse to compare text with a number."""
_TYPED_TEXT = frozenset({"trino", "presto", "athena"})
"""Dialects in which `'2026-01-01'` is text and never a date."""


class ImplicitConversion(SqlRule):
    """A column is compared with something of another type, and the engine must convert one of them.

    A number is the stronger type: in `order_no = 4711` with a `VARCHAR` column, MySQL, Oracle and SQL Server turn the text
    of every row into a number, so no index on the column can be used, partitions are not pruned, and `'0042'` equals 42.
    One row with a letter in it stops the query on Oracle and SQL Server. Postgres, BigQuery and Trino refuse the
    comparison when the query runs. SQL Server also converts a `VARCHAR` column that meets an `N'…'` literal.

    Compare with a value of the column's type: `'4711'`. In a join, convert the side whose index is not needed, or better,
    declare both alike.

    Both types come from the catalog, and so does the engine where the query does not show it: the one that all declarations of
    the table are written for. A string that is compared with a number or a date takes the type of the column on
    most engines and is left alone, as are parameters, and columns whose declarations contradict one another.
    """

    name = "implicit-conversion"
    category = Category.QUERY
    severity = Severity.WARNING
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            select customer_id from orders where order_no = 4711
                                                 ^^^^^^^^^^^^^^^ `order_no` is VARCHAR(20): MySQL turns it into a number in every row
            """,
            catalog=_DDL,
            dialect="mysql",
            fixed="select customer_id from orders where order_no = '4711'",
        ),
        Bad(
            """
            select o.customer_id from orders o join imports i on i.order_no = o.order_no
                                                                 ^^^^^^^^^^^^^^^^^^^^^^^ `i.order_no` is BIGINT and `o.order_no` VARCHAR(20): Postgres refuses to compare them
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            select customer_id from orders where placed_on = '2026-01-01'
                                                 ^^^^^^^^^^^^^^^^^^^^^^^^ `placed_on` is DATE: Trino refuses to compare it with a string
            """,
            catalog=_DDL,
            dialect="trino",
            fixed="select customer_id from orders where placed_on = date '2026-01-01'",
        ),
        Good("select customer_id from orders where order_no = '4711'", catalog=_DDL, dialect="mysql"),
        Good("select customer_id from orders where customer_id = '42'", catalog=_DDL, dialect="postgres"),
        Good("select customer_id from orders where order_no = cast(4711 as char)", catalog=_DDL, dialect="mysql"),
        Good("select customer_id from orders where placed_on = '2026-01-01'", catalog=_DDL, dialect="postgres"),
        Good("select customer_id from orders where order_no = 4711", dialect="mysql", note="The type is not known."),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each comparison whose two sides are of types that do not meet on the engine."""
        if sql.catalog.is_empty or sql.dialect not in ("", *_CONVERT, *_REFUSE) or not sql.resolver.knows_tables:
            return
        for node in sql.find(*_COMPARISONS, exp.In, exp.Between):
            # `SET a = 1` is no comparison.
            if isinstance(node.parent, (exp.Update, exp.PropertyEQ)) and node.arg_key == "expressions":
                continue
            if isinstance(node.parent, (exp.When, exp.OnConflict)):
                continue
            found = [one for pair in _pairs(node) if (one := self._compared(sql, node, *pair)) is not None]
            if len(found) > 1 and not isinstance(node, _COMPARISONS) and found[0].fix is not None:
                edits = [edit for one in found if one.fix is not None for edit in one.fix.edits]
                title = f"{found[0].fix.title.replace(' a string', ' strings')}"
                yield replace(found[0], fix=replace(found[0].fix, title=title, edits=tuple(edits)))
            elif found:
                yield found[0]

    def _compared(self, sql: SqlDocument, node: exp.Expr, one: exp.Expr, other: exp.Expr) -> Finding | None:
        known = sql.resolver.column(one) if isinstance(one, exp.Column) else None
        if known is None or known.column.type is None or sql.has_hole(other):
            return None
        kind = column_types.family(known.column.type, known.table.dialect)
        dialect = sql.resolver.dialect_for(known.table)
        if isinstance(other, exp.Literal):
            return self._with_literal(sql, dialect, node, known, kind, other)
        if isinstance(other, exp.National) and dialect == "tsql" and _is_narrow_text(known):
            place = sql.span(other)
            return Finding(
                sql.span(node),
                f"`{known.column.name}` is {known.column.type}: SQL Server turns it into NVARCHAR in every row",
                related=_related(known),
                fix=Fix.hint(f"write the literal without `N`: `{sql.slice(place)[1:]}`"),
            )
        theirs = sql.resolver.column(other) if isinstance(other, exp.Column) else None
        if theirs is None or theirs.column.type is None or sql.resolver.dialect_for(theirs.table) != dialect:
            return None
        far = column_types.family(theirs.column.type, theirs.table.dialect)
        if kind is TypeFamily.TEXT and far in _NUMBERS and dialect in _CONVERT:
            return Finding(
                sql.span(node),
                f"`{known.column.name}` is {known.column.type}: {_CONVERT[dialect]} turns it into a number in every row",
                related=(*_related(known), *_related(theirs)),
                fix=Fix.hint("declare both columns with one type, or convert the side whose index is not needed"),
            )
        if dialect in _REFUSE and _refused(dialect, kind, far, known, theirs):
            return Finding(
                sql.span(node),
                f"`{sql.text_of(one)}` is {known.column.type} and `{sql.text_of(other)}` {theirs.column.type}: "
                f"{_REFUSE[dialect]} refuses to compare them",
                severity=Severity.ERROR,
                related=(*_related(known), *_related(theirs)),
                fix=Fix.hint("cast one side, or declare both columns with one type"),
            )
        return None

    def _with_literal(
        self,
        sql: SqlDocument,
        dialect: str,
        node: exp.Expr,
        known: KnownColumn,
        kind: TypeFamily | None,
        literal: exp.Literal,
    ) -> Finding | None:
        if dialect not in _CONVERT and dialect not in _REFUSE:
            return None
        place = sql.span(literal)
        if not literal.is_string and kind is TypeFamily.TEXT:
            fix = Fix.unsafe("compare with a string", sql.replace(place, f"'{sql.slice(place)}'"))
            if dialect in _CONVERT:
                words = f"`{known.column.name}` is {known.column.type}: {_CONVERT[dialect]} turns it into a number in every row"
                return Finding(sql.span(node), words, related=_related(known), fix=fix)
            words = (
                f"`{known.column.name}` is {known.column.type}: {_REFUSE[dialect]} refuses to compare it with a number"
            )
            return Finding(sql.span(node), words, severity=Severity.ERROR, related=_related(known), fix=fix)
        if literal.is_string and dialect in _TYPED_TEXT and kind in {*_TIMES, *_NUMBERS}:
            words = (
                f"`{known.column.name}` is {known.column.type}: {_REFUSE[dialect]} refuses to compare it with a string"
            )
            word = "date" if kind is TypeFamily.DATE else "timestamp"
            typed = Fix.unsafe(f"write a {word}", sql.insert(place.start, f"{word} ")) if kind in _TIMES else None
            return Finding(sql.span(node), words, severity=Severity.ERROR, related=_related(known), fix=typed)
        return None


def _pairs(node: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Yield what a predicate compares with what: both ways round, or a column with each value of IN and BETWEEN."""
    one = predicates.unparenthesised(node.this)
    if isinstance(node, exp.Between):
        _, *others = clauses.children(node)
    else:
        others = node.expressions if isinstance(node, exp.In) else [node.expression]
    for other in map(predicates.unparenthesised, others):
        yield one, other
        if isinstance(node, _COMPARISONS):
            yield other, one


def _refused(
    dialect: str, one: TypeFamily | None, other: TypeFamily | None, known: KnownColumn, theirs: KnownColumn
) -> bool:
    """Say whether an engine has no comparison between two types of columns."""
    kinds = {one, other}
    if TypeFamily.TEXT in kinds and not kinds.isdisjoint(
        {*_NUMBERS, TypeFamily.DATE, TypeFamily.INSTANT, TypeFamily.UUID}
    ):
        return True
    if dialect == "bigquery" and kinds <= _TIMES:
        words = {column_types.bare(item.column.type or "") for item in (known, theirs)}
        return "TIMESTAMP" in words and not words.isdisjoint({"DATE", "DATETIME"})
    return (
        TypeFamily.BOOLEAN in kinds
        and not kinds.isdisjoint({TypeFamily.INTEGER, TypeFamily.TEXT})
        and dialect == "postgres"
    )


def _is_narrow_text(known: KnownColumn) -> bool:
    return column_types.bare(known.column.type or "") in {"VARCHAR", "CHAR", "TEXT"}


def _related(known: KnownColumn) -> tuple[Related, ...]:
    place = known.column.location
    return (Related(place, f"`{known.column.name}` is {known.column.type} here"),) if place is not None else ()
