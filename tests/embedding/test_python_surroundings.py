"""The loop, the transaction, the function, the driver and the other arguments of a call."""

from __future__ import annotations

import textwrap

import pytest

from leaktight.embedding.call import SqlCall
from leaktight.embedding.python import embed
from leaktight.languages.python import parse_python
from leaktight.source import Language, Region, Source


def parsed(text: str) -> tuple[str, SqlCall]:
    source = Source("jobs/load.py", textwrap.dedent(text), Language.PYTHON)
    region = Region.whole(source)
    (call,) = embed(parse_python(region, source), region).calls
    return source.text, call


INSERT = 'cur.execute("INSERT INTO t (a) VALUES (%s)", (o.id,))'


@pytest.mark.parametrize(
    ("text", "head", "iterates", "varies"),
    [
        (f"for o in orders:\n    {INSERT}", "for o in orders", "orders", True),
        (f"for n in range(9):\n    {INSERT}", "for n in range(9)", "range(9)", False),
        (f"for row in rows:\n    o = make(row)\n    {INSERT}", "for row in rows", "rows", True),
        (f"while o := source.next():\n    {INSERT}", "while o := source.next()", "o := source.next()", False),
        (f"[{INSERT} for o in orders]", "for o in orders", "orders", True),
        (
            f"async def f():\n    async for o in orders():\n        await {INSERT}",
            "async for o in orders()",
            "orders()",
            True,
        ),
        (f"for o in orders:\n    with conn.cursor() as cur:\n        {INSERT}", "for o in orders", "orders", True),
        (
            f"for o in orders:\n    try:\n        {INSERT}\n    except E:\n        pass",
            "for o in orders",
            "orders",
            True,
        ),
    ],
)
def test_loop(text: str, head: str, iterates: str, varies: bool) -> None:
    host, call = parsed(text)
    assert call.loop is not None
    assert host[call.loop.head.start : call.loop.head.end] == head
    assert call.loop.iterates == iterates
    assert call.varies is varies


@pytest.mark.parametrize(
    "text",
    [
        INSERT,
        f"for o in orders:\n    pass\nelse:\n    {INSERT}",
        "for o in cur.execute('SELECT a FROM t'):\n    pass",
        f"for attempt in range(3):\n    try:\n        {INSERT}\n        break\n    except E:\n        wait()",
        f"for attempt in range(3):\n    try:\n        {INSERT}\n    except E:\n        wait()\n    else:\n        break",
        f"def f():\n    while True:\n        {INSERT}\n        return",
        f"for o in orders:\n    def later():\n        {INSERT}",
    ],
)
def test_no_loop(text: str) -> None:
    assert parsed(text)[1].loop is None


def test_loop_through_a_helper() -> None:
    host, call = parsed(
        """
        def save(cur, order):
            cur.execute("INSERT INTO t (a) VALUES (%s)", (order.id,))

        def main(cur):
            for o in load():
                save(cur, o)
        """
    )
    assert call.loop is not None
    assert call.loop.helper is not None
    assert host[call.loop.helper.start : call.loop.helper.end] == "save(cur, o)"
    assert call.varies


def test_a_loop_that_makes_tasks_repeats_nothing() -> None:
    _, call = parsed(
        """
        @task
        def save(table):
            cur.execute("DELETE FROM t WHERE a = 1")

        for t in tables:
            save(t)
        """
    )
    assert call.loop is None


def test_a_recursive_helper_ends() -> None:
    _, call = parsed('def f(n):\n    cur.execute("DELETE FROM t WHERE a = 1")\n    f(n - 1)\n')
    assert call.loop is None


@pytest.mark.parametrize(
    ("iterable", "items"),
    [("[1, 2, 3]", 3), ("('a', 'b')", 2), ("range(4)", 4), ("enumerate(ROWS)", 2), ("rows", None), ("[*rows]", None)],
)
def test_items_of_a_literal_loop(iterable: str, items: int | None) -> None:
    _, call = parsed(f"ROWS = [1, 2]\nfor o in {iterable}:\n    {INSERT}")
    assert call.loop is not None
    assert call.loop.literal_items == items


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (f"with engine.begin() as cur:\n    {INSERT}", "with engine.begin() as cur"),
        (f"async def f():\n    async with conn.transaction():\n        {INSERT}", "async with conn.transaction()"),
        (f"import psycopg2\nconn = psycopg2.connect()\ncur = conn.cursor()\nwith conn:\n    {INSERT}", "with conn"),
        (
            f"import sqlite3\nwith sqlite3.connect('x') as conn:\n    cur = conn.cursor()\n    {INSERT}",
            "with sqlite3.connect('x') as conn",
        ),
        (f"with transaction.atomic():\n    with x:\n        {INSERT}", "with transaction.atomic()"),
        (f"@transaction.atomic\ndef f():\n    {INSERT}", "transaction.atomic"),
        (f"import pymysql\nconn = pymysql.connect()\ncur = conn.cursor()\nwith conn:\n    {INSERT}", None),
        (f"with conn.cursor() as cur:\n    {INSERT}", None),
        (f"with engine.begin():\n    def f():\n        {INSERT}", None),
    ],
)
def test_transaction(text: str, head: str | None) -> None:
    host, call = parsed(text)
    found = None if call.transaction is None else host[call.transaction.start : call.transaction.end]
    assert found == head


@pytest.mark.parametrize(
    ("text", "driver", "dialect"),
    [
        ("import psycopg2\nc = psycopg2.connect()\ncur = c.cursor()\ncur.execute(Q)", "psycopg2", "postgres"),
        ("import psycopg2 as p, sqlite3\nwith p.connect() as c, c.cursor() as cur:\n    cur.execute(Q)", "psycopg2", "postgres"),
        ("import sqlite3\ndef f(cur):\n    cur.execute(Q)", "sqlite3", "sqlite"),
        ("import sqlite3, duckdb\ndef f(cur):\n    cur.execute(Q)", None, None),
        ("from pyspark.sql import SparkSession\nspark.sql(Q)", "pyspark", "spark"),
        ("from google.cloud import bigquery\nbigquery.Client().query(Q)", "google.cloud.bigquery", "bigquery"),
        ("import boto3\nboto3.client('athena').start_query_execution(QueryString=Q)", "athena", "athena"),
        ("MySqlOperator(task_id='x', sql=Q)", "airflow", "mysql"),
        ("SQLExecuteQueryOperator(task_id='x', sql=Q)", "airflow", None),
        ("from airflow.providers.postgres.hooks.postgres import PostgresHook\nPostgresHook().run(Q)", "airflow", "postgres"),
        ("class A:\n    def __init__(self):\n        import duckdb\n        self.c = duckdb.connect()\n    def f(self):\n        self.c.execute(Q)", "duckdb", "duckdb"),
        ("cur.execute(Q)", None, None),
    ],
)  # fmt: skip
def test_driver(text: str, driver: str | None, dialect: str | None) -> None:
    _, call = parsed('Q = "SELECT a FROM t"\n' + text)
    assert (call.driver, call.region.dialect) == (driver, dialect)


def test_function_and_arguments() -> None:
    host, call = parsed(
        """
        class Loader:
            @retry(3)
            def load(self, rows):
                self.cur.executemany("INSERT INTO t VALUES (%s)", rows, timeout=3)
        """
    )
    assert call.function is not None
    assert (call.function.name, call.function.decorators) == ("Loader.load", ("retry(3)",))
    assert call.function.parameters == ("self", "rows")
    assert [(a.keyword, a.text, host[a.span.start : a.span.end]) for a in call.arguments] == [
        (None, "rows", "rows"), ("timeout", "3", "3"),
    ]  # fmt: skip
    assert (call.receiver, call.many, call.certain) == ("self.cur", True, True)
    assert host[call.span.start : call.span.end].startswith("self.cur.executemany(")
    assert host[call.sql.start : call.sql.end] == '"INSERT INTO t VALUES (%s)"'
