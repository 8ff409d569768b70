"""INSERT that trusts in the order of the columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from leaktight import (
    Applicability,
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Related,
    Severity,
    SqlDocument,
    SqlRule,
    Table,
    TableName,
    clauses,
    exp,
    named_statements,
    option,
)

_ALONE = ": once its columns change, values land in the wrong ones"
_SEVERAL = ": once their columns change, values land in the wrong ones"
_MOST_SHOWN = 3
"""How many further tables are shown."""
_MANY_ROWS = 5
"""So many rows of constants in one file are data that somebody wrote out."""
_GIVEN = (exp.Column, exp.Placeholder, exp.Parameter, exp.Select)
_DDL = "create table orders (id bigint primary key, customer_id bigint not null, total numeric(12, 2));"


class InsertWithoutColumns(SqlRule):
    """An `INSERT` names no columns: values go wherever the table's columns happen to stand.

    A column added in the middle, two columns of one type that swap their places, a table made anew in another order, and
    from that day each value is in its neighbour's column. Where the types fit nothing fails, and nobody notices.

    Name the columns. `INSERT … SELECT *` is the worst of it, for there two orders must agree; `select-star` says that too.

    Left alone: a table that the same file or function creates (its columns are in sight), Oracle's object tables, T-SQL's
    `#temporary` ones, `BY NAME`, `INSERT OVERWRITE` and Hive, which know no list of columns, `DEFAULT VALUES`, a list of
    columns that a program writes, rows of the table's own type (`jsonb_populate_record`), migrations, which run once against
    a known table, tests and seeds, and a file that writes out many rows of one table: a dump, made anew with its table. Of a
    few written-out rows the first is told. What a file fills by position is one finding, but for tables whose columns the
    catalog knows: their lists are written by a fix each.
    """

    name = "insert-without-columns"
    category = Category.NUMBERS
    severity = Severity.WARNING
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            insert into orders values (1, 7, 9.90)
                        ^^^^^^ `orders` is filled by position
            """,
            catalog=_DDL,
            dialect="postgres",
            fixed="insert into orders (id, customer_id, total) values (1, 7, 9.90)",
        ),
        Bad(
            """
            insert into orders select order_id, customer, sum(price) as total from items group by order_id, customer
                        ^^^^^^ filled by position
            """,
            catalog=_DDL,
            dialect="postgres",
            fixed="insert into orders (id, customer_id, total) select order_id, customer, sum(price) as total from items group by order_id, customer",
        ),
        Bad(
            """
            insert into audit.runs select * from runs_today
                        ^^^^^^^^^^ `audit.runs` is filled by position
            """,
        ),
        Bad(
            """
            insert into orders values (1, 7, 9.90)
                        ^^^^^^ filled by position
            """,
            path="migrations/0003_first_rows.sql",
            options={"in_migrations": True},
        ),
        Good(
            "insert into shop.orders select r.* from jsonb_populate_recordset(null::shop.orders, $1::jsonb) r;",
            dialect="postgres",
            note="Rows of the table's own type have its columns, whatever they are.",
        ),
        Good("insert into orders (id, customer_id) values (1, 7)", catalog=_DDL),
        Good("create temp table picked (id bigint); insert into picked select id from orders where total > 100"),
        Good("INSERT INTO #picked SELECT Id FROM dbo.Orders", dialect="tsql", hosts=False),
        Good("insert into orders by name select id, total from staging", dialect="duckdb"),
        Good("insert overwrite table orders partition (dt = '2024-01-01') select id, total from raw", dialect="spark"),
        Good("insert into orders default values", dialect="postgres"),
        Good(
            "insert into states values (1, 'new'), (2, 'paid'), (3, 'packed'), (4, 'sent'), (5, 'back')",
            note="Rows that are written out are data, made anew when the table changes.",
        ),
        Good("insert into orders values (1, 7, 9.90)", path="migrations/0003_first_rows.sql"),
    )

    in_migrations: bool = option(False, "Look at migrations too.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the target of each INSERT that has no list of columns."""
        if sql.path.test or sql.path.fixture or sql.dialect == "hive":
            return
        if sql.path.migration and not self.in_migrations:
            return
        data: dict[tuple[str, ...], int] | None = None
        told: set[tuple[str, ...]] = set()
        single: list[Finding] = []
        alike: list[Finding] = []
        for insert in sql.find(exp.Insert):
            source = clauses.insert_source(insert)
            if clauses.insert_columns(insert) or not isinstance(source, (exp.Values, *clauses.QUERY, exp.Subquery)):
                continue
            if (
                clauses.insert_by_name(insert)
                or clauses.insert_overwrites(insert)
                or isinstance(insert.parent, exp.Merge)
            ):
                continue
            node = clauses.target(insert)
            name = clauses.table_name(node)
            if node is None or name is None or sql.has_hole(node.this if isinstance(node, exp.Table) else node):
                continue
            if name.name.startswith("#") or _is_listed_by_host(sql, node):
                continue
            named = named_statements(sql)
            if named.made(name) or any(named.made_above(name)) or named.is_of_host(name):
                continue
            table = sql.table(node)
            if table is not None and table.temporary:
                continue
            if (sql.dialect == "oracle" and _is_object(source)) or _gives_rows_of(source, name):
                continue
            if _is_written_out(source):
                data = data if data is not None else _written_out(sql)
                if data[name.folded] >= _MANY_ROWS or name.folded in told:
                    continue
                told.add(name.folded)
            place = table.location if table is not None else None
            title = name.name if sql.has_hole(node) else str(name)
            related = (Related(place, f"`{title}` is declared here"),) if place is not None else ()
            fix = _fix(sql, node, source, table)
            message = f"`{title}` is filled by position{_ALONE}"
            (alike if not fix.edits else single).append(Finding(sql.span(node), message, related, fix))
        yield from single
        yield from _together(alike)


def _together(found: list[Finding]) -> Iterator[Finding]:
    """Yield one finding for all of a document whose columns nobody knows: they are mended in one go, by hand."""
    if len(found) < 2:
        yield from found
        return
    first, *others = found
    more = f", and so {'is one more' if len(others) == 1 else f'are {len(others)} more'} below{_SEVERAL}"
    yield replace(
        first,
        message=first.message.replace(_ALONE, more),
        related=(*first.related, *(Related(one.span, "filled by position too") for one in others[:_MOST_SHOWN])),
        covers=tuple(one.span for one in others),
    )


def _is_listed_by_host(sql: SqlDocument, node: exp.Expr) -> bool:
    """Say whether a host or template may write the list of columns: `INSERT INTO orders {} VALUES {}`."""
    return sql.region.templated and bool(sql.clause_holes(sql.tail(node)))


def _is_written_out(source: exp.Expr) -> bool:
    """Say whether the rows of an INSERT are constants: no parameter, no column, no query."""
    if not isinstance(source, exp.Values):
        return False
    return not any(isinstance(node, _GIVEN) for node in clauses.descendants(source, into_queries=True))


def _is_object(source: exp.Expr) -> bool:
    """Say whether a row is one constructor, `address_type('Ulm', …)`: an object table has no list of columns to write."""
    rows = source.expressions if isinstance(source, exp.Values) else []
    values = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in rows]
    return bool(values) and all(len(row) == 1 and isinstance(row[0], exp.Anonymous) for row in values)


def _gives_rows_of(source: exp.Expr, name: TableName) -> bool:
    """Say whether a query gives whole rows of the table's own type: `SELECT r.* FROM jsonb_populate_record(NULL::orders, …) r`."""
    shown = clauses.projections(source) if isinstance(source, exp.Select) else []
    if len(shown) != 1 or not shown[0].is_star:
        return False
    return any(
        isinstance(made, exp.Anonymous)
        and made.name.lower() in _POPULATE
        and bool(made.expressions)
        and isinstance(row := made.expressions[0], exp.Cast)
        and row.to.sql().lower() == str(name).lower()
        for made in clauses.descendants(source)
    )


_POPULATE = frozenset(
    "json_populate_record json_populate_recordset jsonb_populate_record jsonb_populate_recordset".split()
)


def _written_out(sql: SqlDocument) -> dict[tuple[str, ...], int]:
    """Give how many rows of constants a document writes into each table."""
    rows: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for insert in sql.find(exp.Insert):
        source, name = clauses.insert_source(insert), clauses.table_name(clauses.target(insert))
        if name is not None and isinstance(source, exp.Values) and _is_written_out(source):
            rows[name.folded] += len(source.expressions)
    return rows


def _fix(sql: SqlDocument, node: exp.Expr, source: exp.Expr, table: Table | None) -> Fix:
    hint = Fix.hint("name the columns after the table")
    count = _count(source)
    if table is None or not sql.resolver.complete(table) or count is None:
        return hint
    columns = _filled(list(table.columns.values()), count)
    if columns is None:
        return hint
    names = ", ".join(sql.written(column) for column in columns)
    return Fix.unsafe("name the columns", sql.insert(sql.span(node).end, f" ({names})"))


def _filled(columns: list[Column], count: int) -> list[Column] | None:
    """Give the columns that so many values fill by position; None when that is not certain."""
    if len(columns) == count:
        return columns
    given = [column for column in columns if not column.generated]
    return given if len(given) == count else None


def _count(source: exp.Expr) -> int | None:
    """Give how many values each row has; None when that is not certain."""
    if isinstance(source, exp.Values):
        sizes = {len(row.expressions) if isinstance(row, exp.Tuple) else 1 for row in source.expressions}
        return sizes.pop() if len(sizes) == 1 else None
    items = clauses.projections(source)
    for item in items:
        if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            return None
    return len(items) or None
