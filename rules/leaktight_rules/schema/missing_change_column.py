"""A table that is loaded incrementally and does not say when its rows changed."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Related,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    Table,
    clauses,
    ddl,
    exp,
    predicates,
    words_of,
)

_CREATED = frozenset({"created", "inserted", "creation", "added", "registered", "placed", "ordered", "submitted"})
_CHANGED = frozenset(
    """updated update modified modification changed change lastmod mtime version rowversion revision synced loaded ingested
    touched refreshed""".split()
)
_WATERMARK = frozenset({"last", "watermark", "checkpoint", "previous", "prev", "max", "cursor", "hwm", "bookmark"})
_CHANGES = frozenset({"status", "state", "balance", "progress", "stage"})
_LATER = frozenset(
    """paid shipped delivered closed cancelled canceled deleted finished completed resolved approved ended expired archived
    refunded activated disabled""".split()
)


class MissingChangeColumn(SqlRule):
    """An incremental load goes by when rows were created, for the table does not say when they were changed.

    `where created_at > :last_run` brings each row once, as it was at first. An order that is paid, shipped or cancelled
    later stays "new" in the warehouse for ever, and no count of rows shows it.

    Give the table an `updated_at` that every write sets (a default and a trigger, or `ON UPDATE CURRENT_TIMESTAMP` on
    MySQL), with an index, and load by that; or read the changes from the log of the database.

    Told where the table's columns are known, none of them says when a row was changed, and one plainly changes: a status, or
    a time that is filled in later (`paid_at`). Tables whose rows are only ever added are loaded well by their creation.
    """

    name = "missing-change-column"
    category = Category.SCHEMA
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            insert into dw.orders select id, status, created_at from orders
            where created_at > (select max(created_at) from dw.orders)
                  ^^^^^^^^^^ `orders` does not say when `status` was changed
            """,
            catalog="create table orders (id bigint primary key, status text not null, created_at timestamptz not null);",
            dialect="postgres",
        ),
        Bad(
            """
            select o.id, o.paid_at from orders as o where o.created_at >= :last_run
                                                          ^^^^^^^^^^^^ when `paid_at` was changed
            """,
            catalog="create table orders (id bigint primary key, paid_at timestamptz, created_at timestamptz not null);",
            dialect="postgres",
        ),
        Good(
            "select id, status from orders where updated_at > :last_run",
            catalog="create table orders (id bigint primary key, status text, created_at timestamptz, updated_at timestamptz);",
            dialect="postgres",
        ),
        Good(
            "select id, status from orders where created_at > :last_run",
            catalog="""
            create table orders (id bigint primary key, status text, created_at timestamptz);
            alter table orders add column updated_at timestamptz;
            """,
            dialect="postgres",
            note="It could: that is for another rule.",
        ),
        Good(
            "select id, page from views where created_at > :last_run",
            catalog="create table views (id bigint primary key, page text, created_at timestamptz);",
            dialect="postgres",
            note="Nothing in it changes.",
        ),
        Good(
            "select id, status from orders where created_at > :from_day",
            catalog="create table orders (id bigint primary key, status text, created_at timestamptz);",
            dialect="postgres",
            note="A report of a period, no load.",
        ),
        Good(
            "select id, status from orders where created_at >= :since",
            catalog="create table orders (id bigint primary key, status text, created_at timestamptz);",
            dialect="postgres",
            note="Whoever asks says how far back.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the creation time in each condition that takes what is new of a table whose rows change."""
        if sql.path.test or sql.path.fixture:
            return
        for scope in sql.scopes:
            if not isinstance(scope.node, exp.Select):
                continue
            for condition in scope.conditions():
                node = condition.node
                column = node.this if isinstance(node, (exp.GT, exp.GTE)) else None
                if condition.clause != "where" or not isinstance(column, exp.Column):
                    continue
                if not _CREATED & set(words_of(column.name)) or not _is_watermark(sql, node.expression):
                    continue
                finding = self._finding(sql, scope, column)
                if finding is not None:
                    yield finding

    def _finding(self, sql: SqlDocument, scope: Scope, column: exp.Column) -> Finding | None:
        relation = scope.relation_of(column)
        table = sql.relation_table(relation) if relation is not None else None
        if table is None or not table.complete or not table.columns or table.kind not in {"table", "external"}:
            return None
        changing = _changing(table)
        if changing is None:
            return None
        on = ddl.table_name(table.name, table.dialect)
        related: tuple[Related, ...] = ()
        if changing.location is not None:
            related = (Related(changing.location, f"`{changing.name}` changes after a row was created"),)
        return Finding(
            sql.span(column),
            f"`{table.name.name}` does not say when `{changing.name}` was changed: later changes are never loaded",
            related,
            Fix.hint(f"alter table {on} add column updated_at, set by every write, and load by that"),
        )


def _is_watermark(sql: SqlDocument, value: exp.Expr) -> bool:
    """Say whether a value is how far the load before has come: a maximum, or a parameter that is called so."""
    value = predicates.unparenthesised(value)
    if any(isinstance(node, exp.Max) for node in (value, *clauses.descendants(value))):
        return True
    named = " ".join([sql.text_of(value), *(hole.host for hole in sql.holes(sql.span(value)))])
    parameter = isinstance(value, (exp.Placeholder, exp.Parameter)) or sql.has_hole(value)
    return parameter and bool(_WATERMARK & set(words_of(named)))


def _changing(table: Table) -> Column | None:
    """Give a column whose value changes after a row was created; None where there is none, or the change leaves a trace."""
    words = {key: set(words_of(column.name)) for key, column in table.columns.items()}
    if any(_CHANGED & said for said in words.values()):
        return None
    for key, said in words.items():
        column = table.columns[key]
        if _CHANGES & said or (_LATER & said and ("at" in said or "on" in said or "date" in said)):
            return column
    return None
