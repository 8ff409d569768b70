"""UPDATE and DELETE of every row."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    TableName,
    clauses,
    exp,
    option,
    predicates,
)


class MissingWhere(SqlRule):
    """An `UPDATE` or `DELETE` without `WHERE` changes every row of the table.

    Nothing warns and, outside a transaction, nothing brings the rows back. A `WHERE 1 = 1` or `WHERE TRUE` is no filter
    either. To empty a table on purpose `TRUNCATE` says so.

    Left alone: temporary and staging tables; a `DELETE` that an `INSERT` into the same table follows in the same file, which
    is a full reload; an `UPDATE` in a migration, which fills a new column; statements that a join, `USING`, `FROM` or
    `LIMIT` bounds; and statements whose end is filled in by a template or by code.
    """

    name = "missing-where"
    category = Category.LOSS
    severity = Severity.ERROR
    examples = (
        Bad(
            """
            delete from carts
            ^^^^^^ deletes every row of `carts`
            """,
        ),
        Bad(
            """
            update orders set status = 'expired';
            ^^^^^^ changes every row of `orders`
            """,
        ),
        Bad(
            """
            update orders set status = 'expired' where 1 = 1
            ^^^^^^ the filter is always true
            """,
        ),
        Good("delete from carts where updated_at < now() - interval '30 days'", dialect="postgres"),
        Good("delete from carts; insert into carts (id) select id from carts_new;", note="A full reload."),
        Good("create temp table carts_tmp (id bigint); delete from carts_tmp;"),
        Good("update o set o.status = c.status from orders o join closed c on c.id = o.id", dialect="tsql"),
        Good("update orders set currency = 'EUR'", path="migrations/V7__currency.sql", note="Fills a new column."),
        Good(
            "merge into orders t using late s on t.id = s.id when matched then update set status = s.status",
            dialect="snowflake",
        ),
        Bad(
            """
            delete from staging.carts
            ^^^^^^ every row
            """,
            options={"staging": ["never_"]},
        ),
    )

    staging: tuple[str, ...] = option(
        ("stg", "staging", "tmp", "temp", "scratch", "work"),
        "Words in a table's name or schema that say that it does not last.",
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the first word of each write that nothing bounds."""
        if sql.path.test or sql.path.fixture:
            return
        for write in sql.find(exp.Update, exp.Delete):
            if isinstance(write.parent, (exp.When, exp.OnConflict)) or _bounded(sql, write):
                continue
            where = clauses.where(write)
            if where is not None and predicates.constant_truth(where) is not True:
                continue
            name = clauses.table_name(clauses.target(write))
            if name is None or self._passes(sql, write, name):
                continue
            verb = "deletes" if isinstance(write, exp.Delete) else "changes"
            why = ": the filter is always true" if where is not None else ": there is no `WHERE`"
            yield Finding(_word(sql, write), f"this {verb} every row of `{name}`{why}")

    def _passes(self, sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
        if _is_temporary(sql, name) or any(_has_word(part, self.staging) for part in name.parts):
            return True
        if isinstance(write, exp.Update):
            return sql.path.migration
        return _is_reload(sql, write, name)


def _bounded(sql: SqlDocument, write: exp.Expr) -> bool:
    """Say whether a join, USING, FROM or LIMIT bounds the rows, or a hole stands where a WHERE may."""
    if clauses.limit(write) is not None or clauses.from_item(write) is not None or clauses.bounded_by(write):
        return True
    target = clauses.target(write)
    if target is None or clauses.joins(target) or clauses.joins(write) or sql.has_hole(target):
        return True
    statement = sql.statement_of(write)
    settled = max((sql.span(item).end for item in clauses.assignments(write)), default=sql.span(target).end)
    last = sql.tokens[statement.last - 1]
    return bool(sql.holes(Span(settled, max(statement.span.end, settled)))) or bool(
        sql.holes(Span(last.start, last.end + 1)) and not isinstance(write, exp.Update)
    )


def _has_word(part: str, words: tuple[str, ...]) -> bool:
    pieces = part.lower().replace("-", "_").split("_")
    return part.startswith("#") or any(word in pieces for word in words)


def _is_temporary(sql: SqlDocument, name: TableName) -> bool:
    for create in sql.find(exp.Create):
        made = clauses.table_name(clauses.target(create))
        if made is not None and made.folded[-1] == name.folded[-1] and clauses.is_temporary(create):
            return True
    table = sql.catalog.table(name, sql.dialect)
    return table is not None and table.temporary


def _is_reload(sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
    """Say whether a later statement of the file fills the table again."""
    start = sql.statement_of(write).span.end
    for fill in sql.find(exp.Insert, exp.Copy, exp.Merge):
        filled = clauses.table_name(clauses.target(fill))
        if filled is not None and filled.folded[-1] == name.folded[-1] and sql.statement_of(fill).span.start >= start:
            return True
    return False


def _word(sql: SqlDocument, write: exp.Expr) -> Span:
    word = "DELETE" if isinstance(write, exp.Delete) else "UPDATE"
    statement = sql.statement_of(write)
    return sql.token_after(statement.span.start, word, before=statement.span.end) or sql.head(write)
