"""`*` over a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from leaktight import (
    Applicability,
    Bad,
    Category,
    Edit,
    Finding,
    Fix,
    Good,
    HoleKind,
    Related,
    Relation,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    Star,
    clauses,
    exp,
    is_of_sqlc,
    listed,
    option,
    predicates,
    whole_rows,
)

_MOST_NAMED = 5
_MOST_ARMS = 3
"""How many further arms of a union, or views, are shown."""
_FREEZES = frozenset({"tsql", "fabric", "postgres", "redshift", "mysql", "oracle", "snowflake"})
"""Engines that read the star of a view once."""


class SelectStar(SqlRule):
    """`*` selects every column of a table, those known and those yet to come.

    A column store reads, and bills, each column that a query names: a `*` over fifty columns of which three are used costs
    seventeen times too much. In `INSERT … SELECT *`, `CREATE TABLE … AS` and views it also decides what is written: a column
    added upstream shifts, breaks or widens the target. List the columns that are used.

    Left alone:

    - what reads no column, or asks for the shape alone: `COUNT(*)`, `EXISTS (SELECT * …)`, `WHERE 1 = 0`, `LIMIT 0`;
    - `SELECT * FROM a_cte`, which passes on columns that the CTE has named;
    - in a dbt model, a migration and on a column store, a CTE or subquery `source AS (SELECT * FROM …)`, as long as what reads
      it names its columns: the engine then prunes the rest;
    - what only shows rows to a person: a query of a notebook, `spark.sql("…").show()`, on a row store one of several
      statements of a script; a sample, `LIMIT 100` of which no code reads columns;
    - rows that go to a file whole: `to_csv`, `csv.writer`, `COPY (SELECT …) TO`, `.once`, a query that stands beside
      `"orders.csv"`; dicts of all that `cursor.description` names, and on a row store objects that the code makes of rows;
    - `SELECT * FROM t` as all that an operator or a constant holds, that a file of the table's name or among exports holds, or
      that is copied to another table;
    - a dbt model that passes rows of a `ref` on, filtered or with more columns: the model read names them; a snapshot;
    - frames that DuckDB reads by their variables, views that the code registers, files that DuckDB loads, and a table that is
      filled from the one it was made `LIKE`;
    - views that last as long as the session, and those of BigQuery and SQLite, which read the star anew each time;
    - `* EXCEPT (card)`: somebody has chosen; a statement with a comment above it that speaks of its `SELECT *`;
    - queries of sqlc, which writes the columns out; a table, not its schema alone, that a variable names (`FROM {table}`).

    With `strict` those of the second half are told too.

    A note, and one for the whole project:

    - a dbt model that passes the rows of a `source` on, filtered or with more, or joins what it reads of a `ref` with another's columns;
    - a view that is another name for a table; those of one file are one finding;
    - a query of which no code, and no query around it, is seen to use only some of the columns, and that neither fills or makes
      anything nor stands in a union;
    - the copy of one table's rows, filtered, and what a migration does once.

    The stars of one union are one finding: a union goes by position, so that a column added to one of its tables breaks it
    or, worse, puts values under the wrong name. Nothing is said where the tables are known to have the same columns. A note
    only where each of its arms takes the same table whole, and of `EXCEPT` and `INTERSECT`, which compare rows whole.

    Where Python or JavaScript runs the query and its code is seen to read the rows by name alone (`df["total"]`, `row.id`,
    `rows.map(r => r.title)`), the message names the columns that it uses. Rows that are returned, printed, passed on or
    read by position may be used whole: then nothing is said of them.

    The fix lists the columns that the query around or the host's code uses, or all that the catalog knows; it is unsafe,
    because whoever reads the result may use a column that it leaves out.
    """

    name = "select-star"
    category = Category.QUERY
    severity = Severity.WARNING
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            select * from orders where created_at > '2024-01-01'
                   ^ `*` selects every column of `orders`
            """,
            catalog={"orders": ["id", "total"]},
            fixed="select id, total from orders where created_at > '2024-01-01'",
        ),
        Bad(
            """
            select o.*, c.name from orders o join customers c on c.id = o.customer_id
                   ^^^ `o.*` selects every column of `orders`
            """,
        ),
        Bad(
            """
            insert into archive (id, total) select * from orders
                                                   ^ decides what is written to `archive`
            """,
        ),
        Bad(
            """
            select s.id, s.total from (select * from orders) as s where s.total > 5
                                              ^ selects every column
            """,
            fixed="select s.id, s.total from (select id, total from orders) as s where s.total > 5",
        ),
        Bad(
            """
            select * from {{ ref('orders_de') }} union all select * from {{ ref('orders_fr') }} union all select id, total from b
                   ^ `*` selects every column of `orders_de`, and so does one more arm: a column added there breaks the union
            """,
            hosts=False,
        ),
        Good("select count(*) from orders", note="`count(*)` reads no column."),
        Good("select id from customers c where exists (select * from orders o where o.customer_id = c.id)"),
        Good("with o as (select id, total from orders) select * from o", note="The CTE names its columns."),
        Good("select * from orders where 1 = 0", note="Asks for the shape alone."),
        Good(
            "with o as (select * from {{ ref('orders') }}) select o.id, o.total from o",
            hosts=False,
            note="dbt's import CTE.",
        ),
        Good(
            "with o as (select * from `p.d.orders`) select o.id, o.total from o",
            dialect="bigquery",
            note="A column store reads `id` and `total` alone.",
        ),
        Good(
            """
            select o.id, o.total
            from (select *, row_number() over (partition by id order by updated_at desc) as nth from {{ ref('orders') }}) as o
            where o.nth = 1
            """,
            hosts=False,
            note="The query around the star names what it takes.",
        ),
        Bad(
            """
            with o as (select * from {{ ref('orders') }}) select o.id from o
                              ^ every column of `orders`
            """,
            options={"allow_import_cte": False},
            hosts=False,
            fixed="with o as (select id from {{ ref('orders') }}) select o.id from o",
        ),
        Bad(
            """
            select * from {{ ref('orders') }} where is_current
                   ^ every column of `orders`
            """,
            options={"strict": True},
            hosts=False,
        ),
        Good("select * from {{ ref('orders') }} where is_current", hosts=False, note="`orders` names the columns."),
        Good(
            """
            import pandas as pd

            def export(engine):
                pd.read_sql("SELECT * FROM orders WHERE paid", engine).to_csv("orders.csv", index=False)
            """,
            language="python",
            note="The file is to have them all.",
        ),
        Bad(
            """
            import pandas as pd

            def revenue(engine):
                df = pd.read_sql("SELECT * FROM orders WHERE paid", engine)
                                         ^ `*` selects every column of `orders`; the code uses `country` and `total`
                return df.groupby("country")["total"].sum()
            """,
            language="python",
            fixed="""
            import pandas as pd

            def revenue(engine):
                df = pd.read_sql("SELECT country, total FROM orders WHERE paid", engine)
                return df.groupby("country")["total"].sum()
            """,
        ),
        Bad(
            """
            import { Pool } from "pg";

            const pool = new Pool();

            export async function titles(author: string): Promise<string[]> {
              const { rows } = await pool.query("SELECT * FROM books WHERE author = $1", [author]);
                                                        ^ of `books`; the code uses `title` and `year`
              return rows.map((book) => `${book.title} (${book.year})`);
            }
            """,
            language="typescript",
            fixed="""
            import { Pool } from "pg";

            const pool = new Pool();

            export async function titles(author: string): Promise<string[]> {
              const { rows } = await pool.query("SELECT title, year FROM books WHERE author = $1", [author]);
              return rows.map((book) => `${book.title} (${book.year})`);
            }
            """,
        ),
    )

    allow_import_cte: bool = option(
        True, "Allow `*` in an import CTE of a dbt model or a column store whose readers name their columns."
    )

    strict: bool = option(
        False, "Tell a star, too, where all columns seem to be wanted: exports, samples, models that pass on."
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each star of a select list that stands for a table's columns; of a union the first, with the others."""
        if sql.path.test or sql.path.fixture or is_of_sqlc(sql):
            return
        tell = partial(_finding, sql, habitual=not self.strict)
        unions: dict[int, list[Star]] = {}
        views: list[Star] = []
        for found in sql.stars():
            select, union = found.scope.node, found.scope.union
            if not found.tables or _wants_shape(select) or _only_exists(select) or whole_rows.is_shown(sql, found):
                continue
            asked = self.strict or (_inner(found.scope) and not self.allow_import_cte)
            if not asked and whole_rows.is_wanted(sql, found):
                continue
            if union is not None:
                unions.setdefault(id(union), []).append(found)
            elif whole_rows.is_view(found) and whole_rows.is_bare(select) and not sql.star_columns(found):
                views.append(found)
            elif not self._is_left_alone(sql, found):
                yield from tell(found, minor=self.allow_import_cte and _is_idiom(sql, found))
        if views:
            yield from tell(views[0], views[1:])
        for arms in unions.values():
            first, *others = sorted(arms, key=lambda found: found.span)
            # A column added to the one table that each arm takes whole is added to all of them.
            tables = {tuple(str(clauses.table_name(one.node)).lower() for one in arm.tables) for arm in arms}
            selects = [
                arm for arm in clauses.arms(first.scope.union or first.scope.node) if isinstance(arm, exp.Select)
            ]
            every = bool(others) and len(arms) == len(selects)
            if every and not self.strict and whole_rows.have_same_columns(sql, arms):
                continue
            yield from tell(first, others, minor=(every and len(tables) == 1) or whole_rows.has_no_positions(first))

    def _is_left_alone(self, sql: SqlDocument, found: Star) -> bool:
        """Say whether readers of a CTE or subquery name its columns, and others are not read; or the file made what is copied."""
        known = sql.relation_table(found.tables[0]) if found.copies and len(found.tables) == 1 else None
        if known is not None and known.derived and known.complete and known.path == sql.source.path:
            return True
        if not self.allow_import_cte or not _inner(found.scope) or not sql.is_pruned(found.scope):
            return False
        pruned = (
            sql.is_warehouse or sql.path.migration or all(whole_rows.is_model(sql, table) for table in found.tables)
        )
        return pruned or (not self.strict and not sql.star_columns(found))


def _is_idiom(sql: SqlDocument, found: Star) -> bool:
    """Say whether a dbt model passes on what other models name, or the rows of one raw table; not one that it joins."""
    if not all(whole_rows.is_model(sql, table) for table in found.tables):
        return False
    raw = any(whole_rows.is_raw(sql, table) for table in found.tables)
    return not raw or found.scope.node.parent is not None or len(found.scope.relations) == 1


def _wants_shape(select: exp.Expr) -> bool:
    limit = clauses.limit(select)
    if limit is not None and getattr(limit.expression, "name", "") == "0":
        return True
    return any(predicates.constant_truth(node) is False for node in predicates.conjuncts(clauses.where(select)))


def _only_exists(select: exp.Expr) -> bool:
    parent = select.parent
    while isinstance(parent, (exp.Subquery, exp.Paren)):
        parent = parent.parent
    return isinstance(parent, exp.Exists)


def _finding(
    sql: SqlDocument, found: Star, others: Sequence[Star] = (), *, minor: bool = False, habitual: bool = True
) -> Iterator[Finding]:
    scope, tables = found.scope, found.tables
    span = found.span
    written = sql.slice(span) if not sql.holes(span) else "*"
    names = [name for name in (_written_name(sql, table) for table in tables) if name]
    read = sql.read_through(found)
    if not names and not read and not others:
        return
    of = f" of `{names[0]}`" if len(names) == 1 else f" of {len(tables)} tables" if len(tables) > 1 else ""
    kind = "arm" if scope.union is not None else "view"
    further = "another arm of the union" if kind == "arm" else "another view"
    related = [Related(one.span, further) for one in others[:_MOST_ARMS]]
    known = sql.relation_table(tables[0]) if len(tables) == 1 else None
    if known is not None and known.location is not None and known.columns:
        count = f"{len(known.columns)} {'column' if len(known.columns) == 1 else 'columns'}"
        related.append(Related(known.location, f"`{known.name}` has {count}"))
    view = whole_rows.is_view(found)
    alias = view and not read and whole_rows.is_bare(scope.node)
    once = (sql.path.migration and not view) or (_inner(scope) and sql.is_pruned(scope))
    more = f"does one more {kind}" if len(others) == 1 else f"do {len(others)} more {kind}s"
    arms = f", and so {more}" if others else ""
    columns = list(read.values()) or sql.star_columns(found)
    used = f"; the code uses {listed(read, _MOST_NAMED)}" if read else ""
    if not read and columns and _inner(scope):
        used = f"; the query around uses {listed(columns, _MOST_NAMED)}"
    said = f"{arms}{_consequence(sql, scope)}{used}"
    minor = minor or alias or found.copies or once or not said
    fix = _fix(found, columns)
    yield Finding(
        span,
        f"`{written}` selects every column{of}{said}",
        related=tuple(related),
        fix=Fix.hint(f"list the columns in each {kind}") if others else fix,
        severity=Severity.NOTE if minor else None,
        habit=minor and habitual,
        covers=tuple(arm.span for arm in others),
    )


def _written_name(sql: SqlDocument, table: Relation) -> str:
    """Give the name of a table whose last part is written; the schema before it may be a variable's: `{schema}.orders`."""
    name = clauses.table_name(table.node)
    parts = table.node.parts if isinstance(table.node, exp.Table) else []
    filled = [any(hole.hole is not HoleKind.RELATION for hole in sql.holes(sql.span(part))) for part in parts]
    if name is None or filled[-1:] == [True]:
        return ""
    return name.name if any(filled) else str(name)


def _consequence(sql: SqlDocument, scope: Scope) -> str:
    if scope.union is not None and not clauses.matched_by_name(scope.union):
        what = "comparison" if isinstance(scope.union, (exp.Except, exp.Intersect)) else "union"
        return f": a column added there breaks the {what}, or shifts its columns"
    parent = scope.node.parent
    while isinstance(parent, (exp.Subquery, exp.Paren)) and parent.parent is not None:
        parent = parent.parent
    if isinstance(parent, exp.Insert):
        target = clauses.target(parent)
        name = clauses.table_name(target) if target is not None and not sql.has_hole(target) else None
        return f": it decides what is written to `{name}`" if name is not None else ": it decides what is written"
    if isinstance(parent, exp.Create):
        kind = clauses.created_kind(parent).lower()
        if kind == "view" and sql.dialect in _FREEZES:
            return ": the view keeps the columns that the table has on the day it is made"
        return f": it decides which columns the {kind} has" if kind in {"table", "view"} else ""
    return ""


def _fix(star: Star, columns: list[str]) -> Fix:
    if not columns:
        return Fix.hint("list the columns that are used")
    title = f"list the {len(columns)} columns" if len(columns) > 1 else "list the column"
    return Fix.unsafe(title, Edit(star.span, ", ".join(columns)))


def _inner(scope: Scope) -> bool:
    return isinstance(scope.node.parent, (exp.CTE, exp.Subquery))
