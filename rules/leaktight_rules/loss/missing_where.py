"""UPDATE and DELETE of every row."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    DeclaredTable,
    Finding,
    Good,
    Relation,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    TableName,
    clauses,
    emptying,
    exp,
    named_statements,
    option,
    predicates,
    wording,
    words_of,
)

_WHOLE_WORDS = frozenset("reset truncate wipe clear clean cleanup empty purge teardown drop nuke".split())
"""Words of files and functions that mean each row of a table."""
_REMOVING = frozenset({"delete", "remove"})

_TELLING = frozenset(
    "clear clears cleared empty empties emptied wipe wipes wiped reset resets truncate truncates truncated everything".split()
)
"""Words of a comment that say that no row is to stay."""
_ALL = frozenset({"all", "every", "whole", "entire"})
_OF_TABLE = frozenset("row rows record records data table entry entries content contents".split())
_NOW = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentDatetime)
_PER_ROW = frozenset({"nextval", "gen_random_uuid", "uuid_generate_v4", "newid", "random"})


class MissingWhere(SqlRule):
    """An `UPDATE` or `DELETE` without `WHERE` changes every row of the table.

    Nothing warns and, outside a transaction, nothing brings the rows back. A `WHERE 1 = 1` or `WHERE TRUE` is no filter
    either. To empty a table on purpose `TRUNCATE` says so.

    Left alone:

    - temporary and staging tables, and a table that the same script or function has created before;
    - a `DELETE` that an `INSERT` into the same table follows in the same script or function, or `to_sql`, `createMany` and the
      like of it, which is a full reload;
    - an `UPDATE` that sets a column back, which one with a `WHERE` below then sets for some rows: `is_deleted = false` for all,
      `true` for those that are gone;
    - an `UPDATE` in a migration or after an `ALTER` of the same script, which fills a new column, and the `downgrade` of Alembic,
      which takes it back;
    - files and functions that are called for it: `reset_tables.sql`, `delete_data.sql`, `wipe_carts`, `deleteAll`;
    - one of two that stand right beside one another and empty different tables;
    - a `.sql` file that does nothing but empty tables, several of them, or one where the file's name says so: `delete_carts.sql`;
    - statements that a join, `USING`, `FROM`, `LIMIT`, `TOP` or a CTE with a filter bounds, or whose end is filled in by a template
      or by code.

    A note only: a `DELETE` in a migration. Told with `strict` alone, as a note: an `UPDATE` that gives columns what others hold
    (`SET total = round(total, 2)`), but not one that counts up or down, and what a comment right above says of the whole table
    (`-- the votes are cleared`).
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
        Bad(
            """
            DELETE dbo.Carts WHERE 1 = 1 AND NOT (2 < 1);
            ^^^^^^ deletes every row of `dbo.Carts`: the filter is always true
            """,
            dialect="tsql",
        ),
        Good("delete from carts where updated_at < now() - interval '30 days'", dialect="postgres"),
        Good("delete from carts; insert into carts (id) select id from carts_new;", note="A full reload."),
        Good(
            """
            update carts set is_deleted = false;
            update carts set is_deleted = true where id not in (select id from carts_now);
            """,
            note="Worked out anew.",
        ),
        Bad(
            """
            update carts set is_deleted = false;
            ^^^^^^ changes every row of `carts`
            update carts set note = 'gone' where id not in (select id from carts_now);
            """,
        ),
        Good("create temp table carts_tmp (id bigint); delete from carts_tmp;"),
        Good(
            """
            def close_day(connection):
                connection.execute("create table day_totals as select shop_id, sum(total) as total from sales group by shop_id")
                connection.execute("update day_totals set total = round(total, 2)")
            """,
            language="python",
            note="The function has made the table itself: each of its rows is meant.",
        ),
        Good(
            """
            def remove_carts(cursor, condition):
                cursor.execute(f"delete from carts {condition}")
            """,
            language="python",
            note="Code adds the `WHERE`.",
        ),
        Good(
            """
            -- What the load of the night fills again.
            set search_path to shop_pub;
            delete from order_lines;
            delete from orders;
            """,
            path="jobs/shop/prepare.sql",
            hosts=False,
            note="It does nothing else.",
        ),
        Good("delete from shop_pub.orders", path="jobs/shop/delete_orders_pub.sql", hosts=False),
        Good(
            """
            def forget(connection):
                connection.execute("delete from upload_state")
                connection.execute("delete from metadata")
                connection.execute("insert into metadata (key) values ('version')")
            """,
            language="python",
            note="Nobody forgets the filter twice in a row.",
        ),
        Bad(
            """
            delete from carts;
            ^^^^^^ deletes every row of `carts`
            update orders set cart_id = null where closed;
            """,
            path="jobs/shop/close.sql",
            hosts=False,
        ),
        Good(
            """
            update parcels set outline = st_multi(outline), size = case when area > 3 then 'large' else 'small' end
            """,
            dialect="postgres",
            note="Each row gets what its own columns give.",
        ),
        Bad(
            """
            update parcels set outline = st_multi(outline)
            ^^^^^^ changes every row of `parcels`
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good("DELETE TOP (1000) FROM dbo.CartEvents;", dialect="tsql", hosts=False, note="A batch of a clean-up."),
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
        wording.STAGING,
        "Words in a table's name or schema that say that it does not last; `temp`, `stage`, `swap` and `buffer` count at "
        "either end of a name.",
    )

    strict: bool = option(
        False,
        "Tell of an `UPDATE` that derives its values from the row's own columns, and of what a comment says is meant, too.",
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the first word of each write that nothing bounds."""
        if sql.path.test or sql.path.fixture:
            return
        # What takes a migration back empties what it has filled.
        if sql.path.migration and sql.host_function.rpartition(".")[2] in {"downgrade", "down"}:
            return
        for write in sql.find(exp.Update, exp.Delete):
            where = clauses.where(write)
            if where is not None and predicates.constant_truth(where) is not True:
                continue
            if isinstance(write.parent, (exp.When, exp.OnConflict)) or _bounded(sql, write):
                continue
            if isinstance(write, exp.Update) and not clauses.assignments(write):
                continue  # the words of a list: `['INSERT INTO', 'UPDATE SET']`
            name = clauses.table_name(clauses.target(write))
            if name is None or self._passes(sql, write, name):
                continue
            verb = "deletes" if isinstance(write, exp.Delete) else "changes"
            why = ": the filter is always true" if where is not None else ": there is no `WHERE`"
            meant = _is_told(sql, write) or (isinstance(write, exp.Update) and _derives(sql, write))
            if meant and not self.strict:
                continue
            severity = Severity.NOTE if sql.path.migration or meant else None
            yield Finding(_word(sql, write), f"this {verb} every row of `{name}`{why}", severity=severity)

    def _passes(self, sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
        if wording.has_word(name.parts, self.staging) or _is_made_here(sql, write, name) or _means_all(sql, write):
            return True
        if isinstance(write, exp.Update):
            return (
                sql.path.migration
                or _fills_new_column(sql, write, name)
                or emptying.is_worked_out_anew(sql, write, name)
            )
        if _is_reload(sql, write, name):
            return True
        return not emptying.speaks_of_some(_said_above(sql, write)) and emptying.is_meant(sql, write, name)


def _means_all(sql: SqlDocument, write: exp.Expr) -> bool:
    """Say whether the file or the function is called for what it does to whole tables: `reset_tables.sql`, `wipe`, `deleteAll`."""
    stem = words_of(sql.source.path.rpartition("/")[2].partition(".")[0])
    called = words_of(sql.host_function.rpartition(".")[2])
    if not _WHOLE_WORDS.isdisjoint([*stem, *called]):
        return True
    if isinstance(write, exp.Delete) and not sql.region.embedded and "data" in stem and not _REMOVING.isdisjoint(stem):
        return not emptying.speaks_of_some(stem)  # not `delete_old_data.sql`
    return called[-1:] == ["all"] and not _REMOVING.isdisjoint(called)


def _is_told(sql: SqlDocument, write: exp.Expr) -> bool:
    """Say whether a comment above says that each row is meant."""
    words = _said_above(sql, write)
    tells = bool(words & _TELLING) or bool(words & _ALL and words & _OF_TABLE)
    return tells and not emptying.speaks_of_some(words)


def _said_above(sql: SqlDocument, write: exp.Expr) -> set[str]:
    """Give the words of the comment above a write, in the same paragraph of the file."""
    return {word for line in sql.said_above(_word(sql, write)) for word in words_of(line)}


def _derives(sql: SqlDocument, write: exp.Expr) -> bool:
    """Say whether each column is set to what other columns give, as a build script does; not counted up or down.

    What was noted in another column before may be set to a constant: `SET was_open = is_open, is_open = FALSE`.
    """
    read: set[str] = set()
    constant: set[str] = set()
    for item in clauses.assignments(write):
        if not isinstance(item, exp.EQ):
            return False
        parts = [*clauses.descendants(item.expression)]
        if isinstance(item.expression, _NOW):
            continue  # the mark of the change that stands beside it
        own = item.this.name.lower()
        if isinstance(item.expression, (exp.Boolean, exp.Literal)):
            constant.add(own)
            continue
        if not any(_is_of_row(part) and not sql.has_hole(part) for part in parts):
            return False
        read |= {part.name.lower() for part in parts if isinstance(part, exp.Column)} | {""}
        for node in parts:
            if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div)) and own in {
                part.name.lower() for part in clauses.descendants(node) if isinstance(part, exp.Column)
            }:
                return False
    return bool(read) and constant <= read


def _is_of_row(node: exp.Expr) -> bool:
    """Say whether a part of a value is another one for each row: a column, the next number of a sequence, a new UUID."""
    named = isinstance(node, exp.Anonymous) and node.name.lower() in _PER_ROW
    return named or isinstance(node, (exp.Column, exp.NextValueFor, exp.Uuid, exp.Rand))


def _fills_new_column(sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
    """Say whether the script or function adds the columns that an UPDATE sets."""
    start = sql.statement_of(write).span.start
    added: set[str] = set()
    named = named_statements(sql)
    before = [alter for alter in named.altered(name) if sql.statement_of(alter).span.start < start]
    for alter in (*named.altered_above(name), *before):
        for action in clauses.alter_actions(alter):
            added |= {part.name.lower() for part in clauses.descendants(action) if isinstance(part, exp.ColumnDef)}
    items = clauses.assignments(write)
    return bool(items) and all(isinstance(item, exp.EQ) and item.this.name.lower() in added for item in items)


def _bounded(sql: SqlDocument, write: exp.Expr) -> bool:
    """Say whether a join, USING, FROM, LIMIT or CTE bounds the rows, or a hole stands where a WHERE may."""
    if clauses.limit(write) is not None or clauses.from_item(write) is not None or clauses.bounded_by(write):
        return True
    target = clauses.target(write)
    if target is None or clauses.joins(target) or clauses.joins(write) or sql.has_hole(target):
        return True
    scope = sql.scope(write)
    if scope is not None and any(_narrows(sql, relation) for relation in scope.relations):
        return True
    settled = max((sql.span(item).end for item in clauses.assignments(write)), default=sql.span(target).end)
    end = max(sql.tail(write).end, settled)
    return any(hole.region.start >= settled for hole in sql.clause_holes(Span(settled, end)))


def _narrows(sql: SqlDocument, relation: Relation) -> bool:
    """Say whether a CTE that is written to holds but a part of its table's rows."""
    query = relation.query
    if query is None:
        return False
    if not isinstance(query, exp.Select):
        return True
    where = clauses.where(query)
    narrowing = (clauses.limit(query), clauses.group(query), clauses.having(query), clauses.qualify(query))
    if any(clause is not None for clause in narrowing) or clauses.joins(query) or clauses.distinct(query) is not None:
        return True
    if where is not None and predicates.constant_truth(where) is not True:
        return True
    scope = sql.scope(query)
    return scope is not None and any(_narrows(sql, inner) for inner in scope.relations if inner.query is not query)


def _is_made_here(sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
    """Say whether a temporary table is written to, or one that the same script or function has made just before."""
    start = sql.statement_of(write).span.start
    named = named_statements(sql)
    for made in named.made(name):
        if made.table.temporary or (made.name_span.start < start and _is_made_anew(made)):
            return True
    if any(made.table.temporary or _is_made_anew(made) for made in named.made_above(name)):
        return True
    table = sql.catalog.table(name, sql.dialect)
    return (table is not None and table.temporary) or named.is_of_host(name)


def _is_made_anew(made: DeclaredTable) -> bool:
    return made.table.kind == "table" and not made.change.if_not_exists


def _is_reload(sql: SqlDocument, write: exp.Expr, name: TableName) -> bool:
    """Say whether a later statement of the file or function fills the table again."""
    named = named_statements(sql)
    if named.is_filled_below(name) or sql.is_refilled(name.name):
        return True
    filled = named.filled(name)
    return bool(filled) and filled[-1] >= sql.statement_of(write).span.end


def _word(sql: SqlDocument, write: exp.Expr) -> Span:
    word = "DELETE" if isinstance(write, exp.Delete) else "UPDATE"
    statement = sql.statement_of(write)
    return sql.token_after(statement.span.start, word, before=statement.span.end) or sql.head(write)
