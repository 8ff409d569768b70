"""INSERT of a load that writes the same rows again when it is run again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leaktight import (
    Applicability,
    Bad,
    Category,
    Edit,
    Finding,
    Fix,
    Good,
    KeyKind,
    Location,
    Related,
    Span,
    SqlDocument,
    Table,
    TableWrite,
    WriteMethod,
    WriteRule,
    clauses,
    exp,
    option,
    wording,
)

_MOST_SHOWN = 3
"""How many further inserts into one table are shown."""
_CONFLICT = frozenset({"postgres", "sqlite", "duckdb"})


class InsertNotIdempotent(WriteRule):
    """An unguarded `INSERT` of a load writes the same rows again when the load is run again.

    Loads are run again: a task is retried, a day is backfilled, a script that died halfway is started anew. Each run of a
    plain `INSERT` adds its rows once more, or, where the table has a key, fails on the first row that is there already.
    Write by key (`ON CONFLICT … DO UPDATE`, `MERGE`), or put the rows in the place of those of the same window: `DELETE` or
    `INSERT OVERWRITE` of the partition, in one transaction.

    What counts as a load: a statement that an operator or task runs; rows written in a loop or by `executemany` in a
    function called `load_…`, `sync_…` and the like, in a folder such as `etl/` or `jobs/`, or in a script; an
    `INSERT … SELECT` from tables there, and in a `.sql` file. An application's own `INSERT` of one new row is none, nor is
    an `INSERT` of literal values in a `.sql` file, which is reference data.

    Guarded, and so left alone: a conflict clause, `MERGE`, a look at the target (`NOT EXISTS`, an anti-join, a query of the
    target before), a `DELETE`, `TRUNCATE` or new creation of the same table before in the same function, task or file, a
    swap afterwards, a temporary or staging table. So are a table whose name is only known at run time, migrations, fixtures
    and tests. A job may be several files: where another script of the same folder empties the table (`DELETE` of all rows,
    `TRUNCATE`, a new creation), or deletes the window that is filled in here too (`WHERE day = ${day}`), nothing is said.

    Several inserts of one script or function into one table are one finding: what empties the table, or its window, belongs
    before the first of them.
    """

    name = "insert-not-idempotent"
    category = Category.RERUN
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            insert into daily_revenue (day, channel_id, revenue)
            ^^^^^^ adds the same rows to `daily_revenue` again
            select o.day, o.channel_id, sum(o.total) from orders as o group by o.day, o.channel_id
            """,
            path="jobs/daily_revenue.sql",
        ),
        Bad(
            """
            insert into daily_revenue (day, channel_id, revenue)
            ^^^^^^ fails on the key (`day`, `channel_id`) of `daily_revenue`
            select o.day, o.channel_id, sum(o.total) from orders as o group by o.day, o.channel_id
            """,
            dialect="postgres",
            catalog="create table daily_revenue (day date, channel_id text, revenue numeric, primary key (day, channel_id));",
            hosts=False,
            fixed="""
            insert into daily_revenue (day, channel_id, revenue)
            select o.day, o.channel_id, sum(o.total) from orders as o group by o.day, o.channel_id
            ON CONFLICT (day, channel_id) DO UPDATE SET revenue = EXCLUDED.revenue
            """,
        ),
        Bad(
            """
            from shop import db, fetch_orders

            def load_orders(day):
                for order in fetch_orders(day):
                    db.execute("insert into orders (order_id, total) values (%s, %s)", (order.id, order.total))
                                ^^^^^^ adds the same rows to `orders` again: `load_orders` is a load that runs again
            """,
            language="python",
        ),
        Bad(
            """
            from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

            load = SQLExecuteQueryOperator(
                task_id="load",
                sql="insert into fact_orders (order_id) select order_id from raw_orders where day = '{{ ds }}'",
                     ^^^^^^ `SQLExecuteQueryOperator` runs it on each schedule and each retry
            )
            """,
            language="python",
        ),
        Bad(
            """
            export async function syncOrders(orders: Order[]) {
              for (const order of orders) {
                await pool.query("insert into orders (order_id) values ($1)", [order.id]);
                                  ^^^^^^ again
              }
            }
            """,
            language="typescript",
        ),
        Good(
            """
            insert into orders (order_id, total) select s.order_id, s.total from orders_raw as s
            on conflict (order_id) do update set total = excluded.total
            """,
            dialect="postgres",
        ),
        Good(
            """
            delete from daily_revenue where day = '2025-06-30';
            insert into daily_revenue (day, revenue) select o.day, o.total from orders as o where o.day = '2025-06-30';
            """,
            note="The day's rows take the place of the day's rows.",
        ),
        Good(
            """
            insert into shop_pub.orders (order_id, total) select o.order_id, o.total from shop.orders as o
            """,
            path="jobs/orders/insert_orders_pub.sql",
            hosts=False,
            files={"jobs/orders/delete_orders_pub.sql": "delete from shop_pub.orders;"},
            note="Another script of the job has emptied the table.",
        ),
        Good(
            """
            insert into customers (email) select s.email from signups as s
            where not exists (select 1 from customers as c where c.email = s.email)
            """,
        ),
        Good(
            """
            -- name: copy_cart :exec
            insert into orders (cart_id, total) select c.cart_id, c.total from carts as c where c.cart_id = :cart_id
            """,
            hosts=False,
            note="An application runs it by its name, for one cart.",
        ),
        Good("insert into staging.orders (order_id) select s.order_id from raw_orders as s"),
        Good("insert into countries (code, name) values ('DE', 'Germany'), ('FR', 'France')", note="Reference data."),
        Good(
            """
            def create_user(request):
                cursor.execute("insert into users (email) values (%s)", (request.form["email"],))
            """,
            language="python",
            note="One new row of a request.",
        ),
        Good(
            "insert into load_audit (loaded_at, orders) select now(), count(*) from orders",
            note="A log of runs has a row for each run.",
        ),
        Good(
            "insert into daily_totals (day) select o.day from orders as o",
            options={"append_only": ["daily_totals"]},
        ),
    )

    append_only: tuple[str, ...] = option(
        wording.APPEND_ONLY,
        "Tables, or words in their names, that are meant to have a row for each run.",
    )

    def check(self, write: TableWrite) -> Iterator[Finding]:
        """Yield the word `INSERT` of a load that nothing guards; of several into one table the first, with the others."""
        if not self._tells(write):
            return
        assert write.load is not None
        table = write.table
        key = _key(write)
        if not key and any(self._tells(one) for one in write.before):
            return
        others = [one for one in write.after if self._tells(one)] if not key else []
        if table is not None and key:
            columns = ", ".join(f"`{column}`" for column in key)
            what = f"a second run of this `INSERT` fails on the key ({columns}) of `{write.written}`"
        else:
            more = (
                f", and so {'does one more' if len(others) == 1 else f'do {len(others)} more'} below" if others else ""
            )
            what = f"a second run of this `INSERT` adds the same rows to `{write.written}` again{more}"
        related = []
        if write.load.place is not None:
            related.append(Related(write.load.place, "what runs it again"))
        place = _key_place(table, key)
        if place is not None:
            related.append(Related(place, f"the key of `{write.written}`"))
        related += [Related(one.location, "another `INSERT` into it") for one in others[:_MOST_SHOWN]]
        covers = tuple(one.span for one in others if one.document is write.document)
        yield Finding(write.span, f"{what}: {write.load.reason}", tuple(related), _fix(write, key), covers=covers)

    def _tells(self, write: TableWrite) -> bool:
        """Say whether a write is an INSERT of a load that nothing guards."""
        if write.method is not WriteMethod.INSERT or not write.repeats or write.load is None:
            return False
        return write.target is not None and not write.is_called(self.append_only)


def _key(write: TableWrite) -> tuple[str, ...]:
    """Give the key that the inserted columns fill: the primary one, else a unique one."""
    table = write.table
    if table is None or not isinstance(write.node, exp.Insert):
        return ()
    if any(not key.enforced for key in table.keys if key.kind is KeyKind.PRIMARY):
        return ()
    given = _columns(write, table)
    primary = table.primary_key
    keys = [primary.columns] if primary is not None else []
    keys += list(table.unique_keys())
    for key in keys:
        filled = {column.lower() for column in given}
        if key and all(column.lower() in filled for column in key):
            return () if _is_random(write.node, given, key) else key
    return ()


_RANDOM = frozenset(
    {"gen_random_uuid", "uuid_generate_v4", "generate_uuid", "newid", "uuid", "uuid_string", "random", "rand"}
)


def _is_random(insert: exp.Insert, given: Sequence[str], key: Sequence[str]) -> bool:
    """Say whether a column of the key is filled by chance: then no second row ever meets the key."""
    source = clauses.insert_source(insert)
    if source is None or isinstance(source, exp.Values):
        return False
    items = dict(zip((name.lower() for name in given), clauses.projections(source), strict=False))
    for column in key:
        item = items.get(column.lower())
        for node in clauses.descendants(item) if item is not None else ():
            if isinstance(node, (exp.Uuid, exp.Rand)) or (
                isinstance(node, exp.Anonymous) and node.name.lower() in _RANDOM
            ):
                return True
    return False


def _columns(write: TableWrite, table: Table) -> tuple[str, ...]:
    assert isinstance(write.node, exp.Insert)
    named = tuple(column.name for column in clauses.insert_columns(write.node))
    if named or not table.complete:
        return named
    source = clauses.insert_source(write.node)
    row = source.expressions[0] if isinstance(source, exp.Values) and source.expressions else None
    given = len(row.expressions) if isinstance(row, exp.Tuple) else len(table.columns)
    return tuple(column.name for column in table.columns.values())[:given]


def _key_place(table: Table | None, key: tuple[str, ...]) -> Location | None:
    if table is None or not key:
        return None
    for declared in table.keys:
        if declared.columns == key:
            return declared.location or table.location
    return table.location


def _fix(write: TableWrite, key: tuple[str, ...]) -> Fix:
    dialect = write.dialect or (write.table.dialect if write.table is not None else "")
    if not key or write.table is None:
        if dialect in {
            "bigquery",
            "snowflake",
            "databricks",
            "spark",
            "hive",
            "redshift",
            "tsql",
            "oracle",
            "athena",
            "trino",
        }:
            return Fix.hint("`MERGE` on the table's key, or replace the rows of the window that this run computes")
        return Fix.hint("upsert on the table's key, or delete the rows of the same window first in one transaction")
    names = _names(write, write.table)
    own = [names[column.lower()] for column in key]
    inserted = [names[column.lower()] for column in _columns(write, write.table)]
    others = [name for name in inserted if name not in own]
    title = f"write by key (`{', '.join(key)}`)"
    if dialect == "mysql":
        return _append(write, title, _duplicate_clause(own, others))
    if dialect in _CONFLICT:
        return _append(write, title, _conflict_clause(own, others))
    same = " and ".join(f"t.{column} = s.{column}" for column in own)
    return Fix.hint(f"write by key: `MERGE INTO {write.written} AS t USING … AS s ON {same}`")


def _names(write: TableWrite, table: Table) -> dict[str, str]:
    """Give how each inserted column is written, by its name in lower case: as in the INSERT, else as declared."""
    sql = write.document
    assert isinstance(write.node, exp.Insert)
    assert isinstance(sql, SqlDocument)
    names = {column.name.lower(): sql.text_of(column) for column in clauses.insert_columns(write.node)}
    return names or {key: sql.written(column) for key, column in table.columns.items()}


def _conflict_clause(key: list[str], others: list[str]) -> str:
    columns = ", ".join(key)
    if not others:
        return f"ON CONFLICT ({columns}) DO NOTHING"
    changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in others)
    return f"ON CONFLICT ({columns}) DO UPDATE SET {changes}"


def _duplicate_clause(key: list[str], others: list[str]) -> str:
    changes = ", ".join(f"{column} = VALUES({column})" for column in others or key[:1])
    return f"ON DUPLICATE KEY UPDATE {changes}"


def _append(write: TableWrite, title: str, clause: str) -> Fix:
    """Give the fix that ends the statement with a conflict clause; a hint where something else stands at its end."""
    node, sql = write.node, write.document
    assert isinstance(node, exp.Insert)
    assert isinstance(sql, SqlDocument)
    if any(sql.has_hole(column) for column in clauses.insert_columns(node)):
        return Fix.hint(title)  # the host fills in a name that the clause would have to repeat
    source = clauses.insert_source(node)
    ambiguous = write.dialect == "sqlite" and isinstance(source, exp.Select) and clauses.where(source) is None
    if source is None or clauses.returning(node) or ambiguous:
        return Fix.hint(f"{title}: `{clause}`")
    end = sql.statement_of(node).span.end
    start = sql.head(node).start
    line = sql.text.rfind("\n", 0, start) + 1
    blank = sql.text[line:start]
    joint = "\n" + blank if "\n" in sql.text[start:end] and not blank.strip() else " "
    return Fix.unsafe(title, Edit(Span(end, end), joint + clause))
