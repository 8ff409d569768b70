"""Doubtful cases of `select-star`: what the host's code reads of the rows."""

from __future__ import annotations

import json

import pytest

from leaktight.diagnostics import Applicability, Severity
from leaktight.testing import fixed, run
from leaktight_rules.query.select_star import SelectStar

_TABLES = "create table orders (id int, customer_id int, total int);\ncreate table customers (id int, name text);\n"


def star(
    sql: str, reads: str, *, ddl: str = "", quotes: str = '"', dialect: str | None = None
) -> tuple[str, str | None]:
    """Give the message, and the SQL as fixed (None for a hint), of `df = pd.read_sql(sql, con)` and what reads `df`."""
    code = f"import pandas as pd\ndf = pd.read_sql({quotes}{sql}{quotes.lstrip('f')}, con)\n{reads}\n"
    report = run(SelectStar(), {"ddl/tables.sql": ddl, "job.py": code}, reported="job.py", dialect=dialect)
    (found,) = report.diagnostics
    assert found.fix is not None
    if found.fix.applicability is Applicability.DISPLAY:
        return found.message, None
    assert found.fix.applicability is Applicability.UNSAFE
    line = fixed(code, [found]).split("\n")[1]
    return found.message, line.removeprefix(f"df = pd.read_sql({quotes}").removesuffix(f"{quotes.lstrip('f')}, con)")


def test_the_columns_that_the_code_uses() -> None:
    message, sql = star("select * from orders where paid", 'send(df["id"], df["total"])')
    assert message == "`*` selects every column of `orders`; the code uses `id` and `total`"
    assert sql == "select id, total from orders where paid"


def test_many_columns_are_counted() -> None:
    message, sql = star("select * from t", 'send(df[["a", "b", "c", "d", "e", "f"]])')
    assert message.endswith("; the code uses `a`, `b`, `c`, `d` and 2 more")
    assert sql == "select a, b, c, d, e, f from t"


@pytest.mark.parametrize(
    "reads",
    ["send(df)", "print(df)", "send(len(df))", "def f():\n    return df", "send(df.iloc[:, 0])", "send(df.values)", ""],
)
def test_frames_that_are_used_whole(reads: str) -> None:
    assert star("select * from orders", reads) == ("`*` selects every column of `orders`", None)


@pytest.mark.parametrize(
    "reads", ["return row", "send(row)", "return row[0], row['id']", "yield row", "return dict(row)"]
)
def test_rows_that_are_passed_on(reads: str) -> None:
    code = f"import sqlite3\ndef f(conn):\n    row = conn.execute('select * from orders').fetchone()\n    {reads}\n"
    (found,) = run(SelectStar(), {"job.py": code}, reported="job.py").diagnostics
    assert found.message == "`*` selects every column of `orders`"


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("select distinct * from orders", 'send(df["id"])'),
        ("select * from orders order by 2", 'send(df["id"])'),
        ("select * from orders; select * from orders limit 0", 'send(df["id"])'),
        ("select * from orders o join customers c on c.id = o.customer_id", 'send(df["total"])'),
        ("select id from a union all select * from orders", 'send(df["id"])'),
        ("with o as (select * from orders) select * from o", 'send(df["id"])'),
    ],
)
def test_stars_whose_columns_are_not_known(sql: str, reads: str) -> None:
    message, changed = star(sql, reads)
    assert "the code uses" not in message
    assert changed is None


def test_holes_that_may_add_tables() -> None:
    message, _ = star("select * from orders {more} where paid", 'send(df["id"])', quotes='f"')
    assert message == "`*` selects every column of `orders`"
    message, sql_fixed = star("select * from {table} where day = '{day}' limit {n}", 'send(df["id"])', quotes='f"')
    assert message == "`*` selects every column; the code uses `id`"
    assert sql_fixed == "select id from {table} where day = '{day}' limit {n}"


def test_a_table_that_a_hole_may_define() -> None:
    code = (
        "const { rows } = await pool.query(`with a as (select 1 as one), ${more} select * from b`);\nsend(rows[0].id);"
    )
    for text, uses in ((code, False), (code.replace("${more}", "c as (select 2 as two)"), True)):
        (found,) = run(SelectStar(), {"job.ts": text}, reported="job.ts").diagnostics
        assert ("the code uses `id`" in found.message) is uses


def test_joins_of_known_tables() -> None:
    join = "from orders o join customers c on c.id = o.customer_id"
    message, sql = star(f"select * {join}", 'send(df["total"], df["name"])', ddl=_TABLES)
    assert message == "`*` selects every column of 2 tables; the code uses `total` and `name`"
    assert sql == f"select o.total, c.name {join}"
    assert "the code uses" not in star(f"select * {join}", 'send(df["id"])', ddl=_TABLES)[0]
    message, sql = star(f"select o.*, c.name as who {join}", 'send(df["total"], df["who"])')
    assert message == "`o.*` selects every column of `orders`; the code uses `total`"
    assert sql == f"select o.total, c.name as who {join}"


def test_what_the_catalog_does_not_know_is_not_listed() -> None:
    message, sql = star("select * from orders", 'send(df["profit"])', ddl=_TABLES)
    assert message == "`*` selects every column of `orders`"
    assert sql == "select id, customer_id, total from orders"


@pytest.mark.parametrize(
    ("dialect", "quotes", "listed"),
    [
        ("postgres", "'''", '"createdAt", "order", total'),
        ("bigquery", '"', "createdAt, `order`, total"),
        ("snowflake", "'''", '"createdAt", "order", total'),
        ("tsql", '"', "createdAt, [order], total"),
        ("postgres", '"', None),
    ],
)
def test_names_that_need_quotes(dialect: str, quotes: str, listed: str | None) -> None:
    sql = "select * from t where total > 1"
    _, changed = star(sql, "send(df[['createdAt', 'order', 'total']])", quotes=quotes, dialect=dialect)
    assert changed == (sql.replace("*", listed) if listed is not None else None)


@pytest.mark.parametrize(("table", "told"), [("{{ ref('orders') }}", 0), ("raw.orders", 1)])
def test_a_star_that_a_model_passes_on(table: str, told: int) -> None:
    model = f"with o as (select * from {table} where paid), f as (select o.*, 1 as one from o) select * from f"
    assert len(run(SelectStar(), {"models/f.sql": model}, reported="models/f.sql").diagnostics) == told


_KNOWN = "create table customers (id int, name text, paid boolean);\n"


def inner(sql: str, *, dialect: str | None = None, ddl: str = _KNOWN, strict: bool = False) -> list[str | None]:
    """Give each finding's SQL as fixed, None for a hint."""
    report = run(SelectStar(strict=strict), {"ddl.sql": ddl, "q.sql": sql}, reported="q.sql", dialect=dialect)
    changed: list[str | None] = []
    for found in report.diagnostics:
        assert found.fix is not None
        display = found.fix.applicability is Applicability.DISPLAY
        changed.append(None if display else fixed(sql, [found]))
    return changed


def test_the_fix_of_a_subquery_lists_what_is_read_of_the_table() -> None:
    sql = "select x.name from (select * from customers) x"
    assert inner(sql) == ["select x.name from (select name from customers) x"]
    sql = "select id from (select *, row_number() over (partition by id order by name) as rn from customers) x where rn = 1"
    assert inner(sql) == [sql.replace("*", "id", 1)]
    sql = "select x.name from (select * from customers) x where exists (select 1 from orders o where o.id = x.id)"
    assert inner(sql) == [sql.replace("*", "name, id")]
    assert inner('select x."Name" from (select * from t) x', dialect="postgres") == [
        'select x."Name" from (select "Name" from t) x'
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select to_jsonb(x) from (select * from customers) x",
        "select count(x) from (select * from customers) x",
        "select x.name from (select distinct * from customers) x",
        "select x.name from (select * from customers) x where exists (select 1 from orders o where o.id = 1 and paid)",
        "select x.id from (select * from customers) as x(id, name, paid)",
        "with x(id, name, paid) as (select * from customers) select x.id from x",
        "select x.surname from (select * from customers) x",
        "select x.id as k from (select * from customers) x order by k",
        "select x.id, (select to_json(y.*) from (select x.*) y) from (select * from customers) x",
    ],
)
def test_lists_that_would_change_the_query_are_hints(sql: str) -> None:
    assert inner(sql, dialect="postgres", strict=True)[-1] is None


def test_a_pivot_uses_each_column() -> None:
    sql = "select p.id, p.a from (select * from orders) pivot (sum(total) for status in ('a')) as p"
    assert inner(sql, dialect="snowflake") == [None]
    assert inner("select p.id from (select * from orders) as p", dialect="snowflake") == []


def test_a_table_that_is_all_of_a_query_has_no_star_to_replace() -> None:
    assert inner("table customers", dialect="postgres") == []
    assert len(inner("select * from customers", dialect="postgres")) == 1


def test_stars_with_a_pattern_are_not_listed() -> None:
    assert inner("select * ilike '%a' from customers", dialect="snowflake", strict=True) == [None]


@pytest.mark.parametrize("arms", [2, 3, 30])
def test_a_union_is_one_finding(arms: int) -> None:
    sql = " union all ".join(f"select * from orders_{n}" for n in range(arms))
    (found,) = run(SelectStar(), {"q.sql": sql}, reported="q.sql").diagnostics
    more = "does one more arm" if arms == 2 else f"do {arms - 1} more arms"
    assert f"of `orders_0`, and so {more}: a column added there breaks the union" in found.message
    assert len(found.related) == min(arms - 1, 3)


def test_unions_of_one_statement_are_told_apart() -> None:
    sql = "with a as (select * from b union all select * from c) select a.id from a union all select d.* from d"
    assert len(inner(sql)) == 2


@pytest.mark.parametrize(
    ("sql", "severity"),
    [
        ("select * from customers", Severity.NOTE),
        ("select * from orders join refunds using (id)", Severity.NOTE),
        ("insert into a (id) select * from orders", Severity.WARNING),
        ("create view a as select * from orders", Severity.NOTE),
        ("create view a as select * from orders where paid", Severity.WARNING),
        ("select o.id from (select * from customers where paid) o", Severity.NOTE),
    ],
)
def test_a_star_whose_cost_does_not_show_is_a_note(sql: str, severity: Severity) -> None:
    (found,) = run(SelectStar(), {"ddl.sql": _KNOWN, "q.sql": sql}, reported="q.sql", dialect="postgres").diagnostics
    assert found.severity is severity


def test_somebody_speaks_of_the_star() -> None:
    sql = "{}\ncreate view old_orders as select * from orders where paid;"
    for said, told in (
        ("-- The positional order is kept by a test.", 0),
        ("-- SELECT * is meant: new columns are to show here.", 0),
        ("-- For the old reports.", 1),
    ):
        files = {"q.sql": sql.format(said)}
        assert len(run(SelectStar(), files, reported="q.sql", dialect="postgres").diagnostics) == told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('export = PostgresToGCSOperator(task_id="x", sql="select * from public.orders", bucket="b")\n', 0),
        ('export = PostgresToGCSOperator(task_id="x", sql="select * from public.orders where paid", bucket="b")\n', 1),
        ('export = PostgresToGCSOperator(task_id="x", sql="select * from public.a join public.b using (id)")\n', 1),
        ('ORDERS = "select * from public.orders"\n', 0),
        ('ORDERS = "select * from public.orders where paid = 1"\n', 1),
        ('def f(cursor):\n    return cursor.execute("select * from public.orders").fetchall()\n', 1),
    ],
)
def test_an_export_of_a_whole_table(code: str, told: int) -> None:
    assert len(run(SelectStar(), {"dags/export.py": code}, reported="dags/export.py").diagnostics) == told


_MODEL = """
class Order(BaseModel):
    @classmethod
    async def get(cls, db: Database, key: int){kind}:
        query = "{sql}"
        {reads}
"""


@pytest.mark.parametrize(
    ("reads", "told"),
    [
        ("return Order(**await db.fetch_one(query, values=dict(id=key)))", 0),
        (
            "row = await db.fetch_one(query, values=dict(id=key))\n        return cls(**dict(row)) if row else None",
            0,
        ),
        ("return [Order(**row) for row in await db.fetch_all(query)]", 0),
        ("rows = await db.fetch_all(query)\n        return [Order.model_validate(row) for row in rows]", 0),
        (
            "rows = await db.fetch_all(query)\n        return [Order.parse_obj(dict(row)) for row in rows]",
            0,
        ),
        ("return serialise(**await db.fetch_one(query, values=dict(id=key)))", 1),
        ("return [row for row in await db.fetch_all(query)]", 1),
        (
            "rows = await db.fetch_all(query)\n        send(rows)\n        return [Order(**row) for row in rows]",
            1,
        ),
        ("row = await db.fetch_one(query)\n        return row.total", 1),
    ],
)
def test_rows_that_become_objects(reads: str, told: int) -> None:
    for sql, expected in (
        ("select * from orders where id = :id", told),
        ("select * from orders o join refunds r on r.id = o.id", 1),
    ):
        code = _MODEL.format(sql=sql, reads=reads, kind="")
        files = {"app/order.py": code}
        assert len(run(SelectStar(), files, reported="app/order.py", dialect="postgres").diagnostics) == expected


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (" -> Order", 0),
        (" -> Optional[Order]", 0),
        (" -> Order | None", 0),
        (" -> Record", 1),
        (" -> dict", 1),
        ("", 1),
    ],
)
def test_a_row_that_is_returned_as_an_object(kind: str, told: int) -> None:
    code = _MODEL.format(sql="select * from orders where id = 1", reads="return await db.fetch_one(query)", kind=kind)
    files = {"app/order.py": code}
    assert len(run(SelectStar(), files, reported="app/order.py", dialect="postgres").diagnostics) == told


def test_a_name_that_holds_one_query_after_another() -> None:
    code = (
        "def f(db):\n    query = 'select * from a where id = 1'\n    one = db.fetch_one(query)\n"
        "    query = 'select * from b where id = 1'\n    two = db.fetch_one(query)\n    return A(**one), two['x']\n"
    )
    found = run(SelectStar(strict=True), {"app/order.py": code}, reported="app/order.py").diagnostics
    assert [(one.severity, one.message.partition("; ")[2]) for one in found] == [
        (Severity.NOTE, ""),
        (Severity.WARNING, "the code uses `x`"),
    ]


def test_models_are_notes_and_their_unions_warnings() -> None:
    models = {
        "models/a.sql": "select o.*, p.total from {{ ref('orders') }} o join {{ source('shop', 'payments') }} p on p.id = o.id",
        "models/alias.sql": "select * from {{ source('shop', 'payments') }}",
        "models/raw.sql": "select * from {{ source('shop', 'payments') }} where paid",
        "models/stamped.sql": "select *, now() as seen_at from {{ source('shop', 'payments') }}",
        "models/joined.sql": "select p.*, o.day from {{ source('shop', 'payments') }} p join {{ source('shop', 'days') }} o on o.id = p.id",
        "models/cte.sql": "with p as (select * from {{ source('shop', 'payments') }} where paid) select * from p",
        "models/b.sql": "select * from {{ ref('orders') }} union all select * from {{ ref('refunds') }}",
        "models/c.sql": "select f.id from (select * from {{ ref('orders') }} where paid) f",
        "models/d.sql": "select * from {{ relation }}",
    }
    found = {path: [d.severity for d in run(SelectStar(), models, reported=path).diagnostics] for path in models}
    assert found == {
        "models/a.sql": [Severity.NOTE],
        "models/alias.sql": [Severity.NOTE],
        "models/raw.sql": [Severity.NOTE],
        "models/stamped.sql": [Severity.NOTE],
        "models/joined.sql": [Severity.NOTE],
        "models/cte.sql": [Severity.NOTE],
        "models/b.sql": [Severity.WARNING],
        "models/c.sql": [],
        "models/d.sql": [],
    }


def test_the_arms_of_a_template_are_one_union() -> None:
    sql = (
        "select * from {{ ref('a') }} union all\n{% if var('more') %}\nselect * from {{ ref('b') }} union all\n"
        "select * from {{ ref('c') }} union all\n{% endif %}\nselect * from {{ ref('d') }}"
    )
    report = run(SelectStar(), {"models/a.sql": sql}, reported="models/a.sql")
    assert [d.message.split(":")[0] for d in report.diagnostics] == [
        "`*` selects every column of `a`, and so do 3 more arms"
    ]
    lead = "{% if var('x') %}\nselect * from {{ ref('z') }} union all\n{% endif %}\n"
    assert len(run(SelectStar(), {"models/a.sql": lead + sql}, reported="models/a.sql").diagnostics) == 1


@pytest.mark.parametrize(
    ("sql", "dialect", "severities"),
    [
        ("select * from orders limit 5", "postgres", []),
        ("select * from orders limit 5000", "postgres", [Severity.NOTE]),
        ("select * from orders limit 5", "bigquery", []),
        ("select * from (select * from orders limit 5) o", "postgres", [Severity.NOTE]),
        ("use shop;\nselect * from orders where paid;", "snowflake", [Severity.NOTE]),
        ("use shop;\nselect * from orders where paid;", "mysql", []),
        ("select * from orders where paid;", "snowflake", [Severity.NOTE]),
        (
            "-- name: paid\nselect * from orders where paid;\n-- name: late\nselect id from orders where late;",
            "postgres",
            [Severity.NOTE],
        ),
        (
            "-- name: Paid :many\nselect * from orders where paid;\n-- name: Late :many\nselect id from orders where late;",
            "postgres",
            [],
        ),
        ("use shop;\ninsert into a (id) select * from orders where paid;", "snowflake", [Severity.WARNING]),
        ("create table copy as select * from orders where paid", "snowflake", [Severity.NOTE]),
        (
            "create table wide as select o.*, c.* from orders o join c on c.id = o.c",
            "snowflake",
            [Severity.WARNING] * 2,
        ),
    ],
)
def test_who_only_looks_and_who_copies(sql: str, dialect: str, severities: list[Severity]) -> None:
    report = run(SelectStar(), {"q.sql": sql}, reported="q.sql", dialect=dialect)
    assert [found.severity for found in report.diagnostics] == severities


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ('spark.sql("select * from orders").show(10)', 0),
        ('spark.sql("select * from orders").orderBy("day").limit(5).show()', 0),
        ('display(spark.sql("select * from orders"))', 0),
        ('frame = spark.sql("select * from orders").limit(5)\nframe.write.mode("append").parquet("a")', 0),
        ('frame = spark.sql("select * from orders").limit(5)\nframe.write.saveAsTable("a")', 1),
        ('spark.sql("select * from orders").join(other, "id").show()', 1),
        ('spark.sql("insert into b select * from orders").show()', 1),
        ('keep(spark.sql("select * from orders").collect())', 1),
    ],
)
def test_rows_that_are_only_shown(statement: str, count: int) -> None:
    code = f"from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n{statement}\n"
    assert len(run(SelectStar(), {"jobs/a.py": code}, reported="jobs/a.py").diagnostics) == count


READ = "import pandas as pd\ndf = pd.read_sql('select * from orders where paid', engine)\n"


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("%%bigquery\nselect * from orders where paid", 0),
        ("%%bigquery\ncreate table b as select * from orders where paid", 1),
        (READ + "df.head()", 0),
        ("import pandas as pd\ndef total(engine):\n    " + READ.splitlines()[1] + "\n    return df['total'].sum()", 1),
    ],
)
def test_a_query_of_a_notebook(cell: str, count: int) -> None:
    source = json.dumps(cell)
    text = f'{{"cells": [{{"cell_type": "code", "source": {source}}}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    report = run(SelectStar(), {"n.ipynb": text}, reported="n.ipynb", dialect="bigquery")
    assert len(report.diagnostics) == count


def test_a_quoted_name_of_a_template_is_named() -> None:
    sql = "select a.*, b.x from `{{ ref('orders') }}` a join `{{ source('shop', 'pay') }}` b on b.id = a.id where a.y"
    (found,) = run(SelectStar(), {"q.sql": sql}, reported="q.sql", dialect="bigquery").diagnostics
    assert found.message == "`a.*` selects every column of `orders`"


def test_a_cte_that_a_branch_of_the_template_brings_is_no_table() -> None:
    sql = (
        "{% if var('a') %}\nwith renamed as (select id from t)\n{% elif var('b') %}\nwith renamed as (select id, x from u)\n"
        "{% endif %}\nselect * from renamed"
    )
    assert run(SelectStar(), {"models/a.sql": sql}, reported="models/a.sql").diagnostics == ()
    sql = "{% if var('a') %}\n-- said\n{% endif %}\nselect r.* from renamed r join t on t.id = r.id"
    assert len(run(SelectStar(), {"models/a.sql": sql}, reported="models/a.sql").diagnostics) == 1


@pytest.mark.parametrize(
    ("sql", "severities"),
    [
        ("insert into t (id, x) select * from #picked", []),
        ("select p.*, 1 as x from __picked p", []),
        ("create temp table picked as select id, x from u;\ninsert into t (id, x) select * from picked", []),
        ("insert into t (id, x) select * from picked", [Severity.WARNING]),
        ("select p.id from (select * from picked where paid) p", [Severity.NOTE]),
        ("select p.* from (select * from picked where paid) p", [Severity.NOTE]),
    ],
)
def test_tables_of_the_script_and_columns_that_are_named(sql: str, severities: list[Severity]) -> None:
    report = run(SelectStar(), {"jobs/a.sql": sql}, reported="jobs/a.sql", dialect="postgres")
    assert [found.severity for found in report.diagnostics] == severities


@pytest.mark.parametrize(
    ("arms", "severity"),
    [
        (["select c.* from concepts c where a", "select c.* from concepts c where b"], Severity.NOTE),
        (["select c.* from concepts c where a", "select d.* from drugs d where b"], Severity.WARNING),
        (
            ["select c.* from concepts c where a", "select c.* from concepts c", "select x, y from drugs"],
            Severity.WARNING,
        ),
    ],
)
def test_a_union_of_one_table(arms: list[str], severity: Severity) -> None:
    sql = "create table found as " + " union distinct ".join(arms)
    (found,) = run(SelectStar(), {"q.sql": sql}, reported="q.sql", dialect="bigquery").diagnostics
    assert found.severity is severity


@pytest.mark.parametrize(
    ("operation", "severity", "breaks"),
    [
        ("except distinct", Severity.NOTE, "comparison"),
        ("intersect distinct", Severity.NOTE, "comparison"),
        ("union distinct", Severity.WARNING, "union"),
    ],
)
def test_rows_that_are_compared_whole(operation: str, severity: Severity, breaks: str) -> None:
    sql = f"select * from shop.orders {operation} select * from sandbox.orders_to_drop"
    (found,) = run(SelectStar(), {"q.sql": sql}, reported="q.sql", dialect="bigquery").diagnostics
    assert found.severity is severity
    assert f"a column added there breaks the {breaks}" in found.message


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("{schema}.orders", "of `orders`"),
        ("{schema}.orders_{day}", ""),
        ("shop.{table}", ""),
        ("{schema}.{table}", ""),
        ("{table}", ""),
    ],
)
def test_a_table_is_named_where_its_last_part_is_written(table: str, told: str) -> None:
    code = f'def query(schema, table, day):\n    return f"SELECT * FROM {table} WHERE paid"\n'
    report = run(SelectStar(), {"job.py": code}, reported="job.py")
    assert [told in found.message for found in report.diagnostics] == ([True] if told else [])


@pytest.mark.parametrize(("table", "count"), [("{table}", 0), ("{schema}.orders", 1)])
def test_a_table_that_is_only_known_at_run_time_has_no_columns_to_list(table: str, count: int) -> None:
    code = f'def copy(cursor, schema, table):\n    return cursor.execute(f"select * from {table}").fetchall()\n'
    assert len(run(SelectStar(), {"jobs/a.py": code}, reported="jobs/a.py").diagnostics) == count


@pytest.mark.parametrize(
    ("path", "taken", "found"),
    [
        ("migrations/0007.sql", "o.nth", 0),
        ("migrations/0007.sql", "o.*", 1),
        ("api/numbers.sql", "o.nth", 0),
        ("api/numbers.sql", "o.day", 1),
    ],
)
def test_a_star_that_a_migration_prunes_once(path: str, taken: str, found: int) -> None:
    inner = "select r.*, row_number() over (partition by shop_id order by day) as nth from orders as r"
    sql = f"insert into numbers (a) select {taken} from ({inner}) as o where o.nth > 1;"
    assert len(run(SelectStar(), {path: sql}, reported=path, dialect="postgres").diagnostics) == found


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (
            "create table paid as select id, total from orders;",
            "create table big as select * from paid where total > 5;",
            0,
        ),
        ("create table paid as select * from loads;", "create table big as select * from paid where total > 5;", 1),
        ("create table paid (id int, total int);", "create table big as select * from paid where total > 5;", 1),
        ("create table paid as select id, total from orders;", "insert into big (id, total) select * from paid;", 1),
    ],
)
def test_a_copy_of_a_table_that_the_file_makes(first: str, second: str, found: int) -> None:
    report = run(SelectStar(), {"a.sql": f"{first}\n{second}"}, reported="a.sql", dialect="redshift")
    assert len(report.diagnostics) == found


@pytest.mark.parametrize(("by", "severity"), [("", Severity.WARNING), (" by name", Severity.NOTE)])
def test_arms_that_are_matched_by_name_shift_nothing(by: str, severity: Severity) -> None:
    sql = f"select * from orders_de union all{by} select * from orders_fr"
    (found,) = run(SelectStar(), {"a.sql": sql}, reported="a.sql", dialect="snowflake").diagnostics
    assert found.severity is severity
    assert ("breaks the union" in found.message) is not bool(by)


def test_a_snapshot_of_dbt_keeps_all_columns() -> None:
    config = "{{ config(unique_key='id', strategy='timestamp', updated_at='at') }}"
    text = f"{{% snapshot s %}}\n{config}\nselect *, now() as at from {{{{ source('shop', 'plans') }}}}\n{{% endsnapshot %}}"
    files = {"dbt_project.yml": "name: shop\n", "snapshots/s.sql": text}
    (found,) = run(SelectStar(strict=True), files, reported="snapshots/s.sql", dialect="databricks").diagnostics
    assert found.severity is Severity.NOTE
    assert run(SelectStar(), files, reported="snapshots/s.sql", dialect="databricks").diagnostics == ()


def test_a_cte_that_a_loop_of_the_template_names() -> None:
    sql = (
        "with base as (select id from t)\n{% for app in ['ios', 'web'] %}\n, found_{{ app }} as (select id, name from base)\n"
        "{% endfor %}\nselect * from found_ios union all select * from found_web"
    )
    assert run(SelectStar(), {"models/a.sql": sql}, reported="models/a.sql").diagnostics == ()
    other = sql.replace("found_ios union", "lost_ios union")
    assert len(run(SelectStar(), {"models/a.sql": other}, reported="models/a.sql").diagnostics) == 1
