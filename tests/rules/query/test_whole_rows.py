"""Stars of `select-star` where all columns are wanted, or are named elsewhere."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.query.select_star import SelectStar


def count(files: dict[str, str], *, dialect: str | None = None) -> int:
    """Give how many stars of the last file are told."""
    return len(run(SelectStar(), files, reported=list(files)[-1], dialect=dialect).diagnostics)


@pytest.mark.parametrize(
    ("path", "sql", "told"),
    [
        ("export/newest.sql", "select * from shop.orders;", 0),
        ("sync/transfer_items.sql", "select * from shop.orders;", 0),
        ("sync/orders.sql", "select * from shop_orders;", 0),
        ("sync/shop_orders.sql", "select * from ${schema}.orders order by id;", 0),
        ("sync/orders.sql", "select * from shop.orders where paid;", 1),
        ("sync/orders.sql", "select o.*, i.sku from shop.orders o join items i on i.id = o.item;", 1),
        ("sync/full_read.sql", "select * from shop.orders;", 1),
        ("sync/order_items.sql", "select * from shop.orders;", 1),
        ("look.sql", "use shop;\nselect * from shop.orders;", 0),
        ("look.sql", "create table orders_copy as select * from shop.orders;", 0),
        ("look.sql", "create table orders_copy as select * from shop.orders where paid;", 1),
        ("look.sql", "copy (select * from shop.orders where paid) to 'orders.parquet';", 0),
        ("shop/orders/query.sql", "select * from shop.orders where day = @day;", 0),
        ("shop/orders/query.sql", "select * from raw.orders where day = @day;", 1),
        ("look.sql", "select * except (card) from shop.orders where paid;", 0),
    ],
)
def test_files_that_take_a_table_whole(path: str, sql: str, told: int) -> None:
    assert count({path: sql}, dialect="duckdb" if "copy (" in sql else "snowflake") == told


def test_rows_that_a_shell_writes_to_a_file() -> None:
    assert count({"a.sql": ".mode csv\n.once orders.csv\nselect * from orders where paid;\n"}, dialect="sqlite") == 0
    assert count({"a.sql": "select * from orders where paid;\n.once orders.csv\n"}, dialect="sqlite") == 1


def test_rows_that_bigquery_exports() -> None:
    sql = "export data options(uri = 'gs://b/*.csv', format = 'CSV') as select * from shop.orders where paid"
    assert count({"a.sql": sql}, dialect="bigquery") == 0


@pytest.mark.parametrize(
    ("sql", "dialect", "told"),
    [
        ("select top 100 * from orders where paid", "tsql", 0),
        ("select top 10 percent * from orders where paid", "tsql", 1),
        ("select * from orders where paid limit 1000", "snowflake", 0),
        ("select * from orders where paid limit 1001", "snowflake", 1),
        ("select * from orders where paid fetch first 10 rows only", "postgres", 0),
        ("create table few as select * from orders where paid limit 100", "postgres", 0),
        ("insert into few (id) select * from orders where paid limit 100", "postgres", 1),
    ],
)
def test_samples(sql: str, dialect: str, told: int) -> None:
    assert count({"a.sql": sql}, dialect=dialect) == told


@pytest.mark.parametrize(
    ("sql", "reads", "told"),
    [
        ("select * from orders limit 50", "return df", 0),
        ("select * from orders limit 50", "return df['id'].sum()", 1),
        ("select * from orders where paid order by day desc limit 50", "return df", 1),
        ("select * from orders where paid limit 50", "return df", 1),
        ("select * from orders where paid", "df.to_csv('orders.csv')", 0),
        ("select * from orders where paid", "pd.concat([df, old]).sort_values('day').to_parquet('orders.parquet')", 0),
        (
            "select * from orders where paid",
            "both = df.merge(old)\n    both.drop(columns=['x']).to_csv('orders.csv')",
            0,
        ),
        ("select * from orders where paid", "df[['id', 'total']].to_csv('orders.csv')", 1),
        ("select * from orders where paid", "send(df)\n    df[['id', 'total']].to_csv('orders.csv')", 1),
        ("select * from orders where paid", "old.to_csv('orders.csv')\n    return df", 1),
        ("select * from orders where paid", "json.dump(df.to_dict('records'), out)", 0),
        ("select * from orders where paid", "out['orders'] = df\n    json.dump(out, file)", 0),
    ],
)
def test_frames_that_go_to_a_file(sql: str, reads: str, told: int) -> None:
    code = f"import json\nimport pandas as pd\n\ndef keep(con, old, out, file):\n    df = pd.read_sql('{sql}', con)\n    {reads}\n"
    assert count({"job.py": code}, dialect="bigquery") == told


@pytest.mark.parametrize(
    ("reads", "told"),
    [
        ("names = [d[0] for d in cur.description]\n    return [dict(zip(names, row)) for row in cur.fetchall()]", 0),
        ("rows = cur.fetchall()\n    csv.writer(out).writerows(rows)", 0),
        ("for row in cur.fetchall():\n        csv.writer(out).writerow(row)", 0),
        ("for row in cur:\n        csv.writer(out).writerow([row[0], row[1]])", 1),
        ("cur.execute('select a from b')\n    return [d[0] for d in cur.description]", 1),
        ("return cur.fetchall()", 1),
    ],
)
def test_rows_of_a_cursor_that_are_kept_whole(reads: str, told: int) -> None:
    code = (
        "import csv\nimport psycopg2\n\ndef keep(out):\n    cur = psycopg2.connect('').cursor()\n"
        f"    cur.execute('select * from orders where paid')\n    {reads}\n"
    )
    assert count({"job.py": code}) == told


@pytest.mark.parametrize(
    ("key", "told"), [("orders.csv", 0), ("out/orders.parquet", 0), ("orders", 1), ("about orders.csv files", 1)]
)
def test_queries_by_the_names_of_files(key: str, told: int) -> None:
    code = f'QUERIES = {{"{key}": "select * from shop.orders where paid = 1 order by day"}}\n'
    assert count({"tools/baseline.py": code}) == told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("con.register('batch', frame)\n    con.execute('insert into orders select * from batch')", 0),
        ("con.execute('create table orders as select * from frame where id > 1')", 0),
        ("con.execute('insert into orders select * from other where id > 1')", 1),
        ("con.execute('insert into orders select * from json where id > 1')", 1),
        ("con.execute(\"insert into orders select * from 'day.parquet'\")", 0),
    ],
)
def test_frames_that_duckdb_reads(body: str, told: int) -> None:
    code = f"import json\nimport duckdb\n\ndef load(frame):\n    con = duckdb.connect('a.db')\n    {body}\n"
    assert count({"job.py": code}) == told


def test_a_view_of_spark_that_the_code_registers() -> None:
    code = (
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
        "def load(frame):\n    frame.createOrReplaceTempView('{name}')\n    spark.sql('insert into orders select * from batch')\n"
    )
    assert count({"job.py": code.format(name="batch")}) == 0
    assert count({"job.py": code.format(name="other")}) == 1


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("select * from {{ ref('a') }} qualify row_number() over (partition by id order by at desc) = 1", 0),
        ("select * from {{ ref('a') }} where is_current", 0),
        ("select a.* from {{ ref('a') }} a join {{ ref('allowed') }} b on b.id = a.id", 0),
        ("select a.*, true as paid from {{ ref('a') }} a join {{ ref('allowed') }} b on b.id = a.id", 0),
        ("select a.*, b.name from {{ ref('a') }} a join {{ ref('b') }} b on b.id = a.id", 1),
        ("select * from {{ ref('a') }} a join {{ ref('b') }} b on b.id = a.id", 1),
        ("select * from {{ source('shop', 'a') }}", 1),
        ("select * from {{ source('shop', 'a') }} where is_current", 1),
        ("select * from {{ ref('a') }} union all select * from {{ ref('b') }}", 1),
        ("select * from {{ ref('a') }} union all by name select * from {{ ref('b') }}", 0),
    ],
)
def test_models_that_pass_rows_on(model: str, told: int) -> None:
    files = {"dbt_project.yml": "name: shop\n", "models/newest.sql": model}
    assert count(files, dialect="snowflake") == told


@pytest.mark.parametrize(
    ("ddl", "told"),
    [
        ("create table new (like orders including all)", 0),
        ("create table new as select * from orders where false", 0),
        ("create table new (like refunds)", 1),
        ("create table new (id int)", 1),
    ],
)
def test_a_table_that_is_filled_from_the_one_it_is_made_after(ddl: str, told: int) -> None:
    sql = f"{ddl};\ninsert into new (id) select * from orders where paid;"
    assert count({"a.sql": sql}, dialect="postgres") == told


@pytest.mark.parametrize(("second", "told"), [("id int, total int", 0), ("total int, id int", 1), ("id int", 1)])
def test_arms_that_are_known_to_have_the_same_columns(second: str, told: int) -> None:
    ddl = f"create table de (id int, total int);\ncreate table fr ({second});"
    assert count({"ddl.sql": ddl, "a.sql": "select * from de union all select * from fr"}, dialect="postgres") == told


@pytest.mark.parametrize(
    ("sql", "dialect", "told"),
    [
        ("create view v as select *, a + b as c from orders", "bigquery", 0),
        ("create view v as select *, a + b as c from orders", "tsql", 1),
        ("create view v as select * from de union all select * from fr", "bigquery", 1),
        ("create temporary view v as select * from orders where paid", "snowflake", 0),
        ("create view v as select * from orders;\ncreate view w as select * from items;", "postgres", 1),
    ],
)
def test_views(sql: str, dialect: str, told: int) -> None:
    assert count({"a.sql": sql}, dialect=dialect) == told


def test_several_views_are_one_finding_that_says_what_a_view_keeps() -> None:
    sql = "create view v as select * from orders;\ncreate view w as select * from items;\n"
    (found,) = run(SelectStar(), {"a.sql": sql}, reported="a.sql", dialect="tsql").diagnostics
    assert found.message == (
        "`*` selects every column of `orders`, and so does one more view: "
        "the view keeps the columns that the table has on the day it is made"
    )
    assert len(found.related) == 1


def test_the_columns_that_the_query_around_uses_are_named() -> None:
    sql = "select o.id from (select * from orders where paid) as o"
    (found,) = run(SelectStar(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics
    assert found.message == "`*` selects every column of `orders`; the query around uses `id`"


def test_strict_tells_them_all() -> None:
    report = run(SelectStar(strict=True), {"orders.sql": "select * from orders"}, reported="orders.sql")
    assert len(report.diagnostics) == 1


def test_what_is_registered_elsewhere_is_no_frame() -> None:
    code = (
        "import psycopg2\n\nrouter.register('orders', View)\n\ndef f(cur):\n"
        "    cur.execute('insert into new (id) select * from orders where paid')\n"
    )
    assert count({"app.py": code}) == 1


@pytest.mark.parametrize(
    ("taker", "told"),
    [
        ("def save(con):\n    frame = load(con)\n    frame.to_csv('orders.csv')\n", 0),
        ("def save(con):\n    return load(con)['id'].sum()\n", 1),
        ("def save(con):\n    ids = list(load(con).id.unique())\n    pd.DataFrame(ids).to_csv('ids.csv')\n", 1),
        ("load(con).to_csv('orders.csv')\nsend(load(con))\n", 1),
        ("", 1),
    ],
)
def test_rows_that_the_callers_write_to_a_file(taker: str, told: int) -> None:
    load = "def load(con):\n    df = pd.read_sql('select * from orders where paid', con)\n    return df.fillna('')\n"
    assert count({"job.py": f"import pandas as pd\n\n{load}\n{taker}"}) == told
