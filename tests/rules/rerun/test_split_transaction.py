"""Edge cases of `split-transaction`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.rerun.split_transaction import SplitTransaction


def count(text: str, path: str, dialect: str | None = None) -> int:
    return len(run(SplitTransaction(), {path: text}, reported=path, dialect=dialect).diagnostics)


PAIR = "delete from t where d = 1; insert into t select a from s"


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake", "databricks"])
def test_warehouses_commit_each_statement(dialect: str) -> None:
    assert count(PAIR, "jobs/load.sql", dialect) == 1
    assert count(PAIR, "migrations/V2__load.sql", dialect) == 0


def test_truncate_commits_at_once_in_mysql() -> None:
    assert (
        count("start transaction; truncate table t; insert into t select a from s; commit", "jobs/load.sql", "mysql")
        == 1
    )
    assert (
        count("start transaction; delete from t; insert into t select a from s; commit", "jobs/load.sql", "mysql") == 0
    )


def test_other_tables_and_blocks() -> None:
    assert count("delete from u where d = 1; insert into t select a from s", "jobs/load.sql", "bigquery") == 0
    code = """
def load(engine, rows):
    with engine.begin() as connection:
        connection.execute(text("delete from t where d = 1"))
    with engine.begin() as connection:
        connection.execute(text("insert into t (a) values (1)"))
"""
    assert count(code, "app/load.py") == 1
    one = code.replace(
        '    with engine.begin() as connection:\n        connection.execute(text("insert',
        '        connection.execute(text("insert',
    )
    assert count(one, "app/load.py") == 0


def test_statements_of_a_connection_are_one_transaction_until_it_commits() -> None:
    code = 'def load(cursor, rows):\n    cursor.execute("delete from t")\n{}    cursor.executemany("insert into t values (%s)", rows)\n'
    assert count(code.format(""), "app/load.py") == 0
    assert count(code.format("    connection.commit()\n"), "app/load.py") == 1


def test_autocommit_of_another_function_says_nothing() -> None:
    code = 'def load(cursor, rows):\n    cursor.execute("delete from t")\n    cursor.executemany("insert into t values (%s)", rows)\n'
    assert count(code + "\ndef other():\n    connect(autocommit=True)\n", "app/load.py") == 0
    assert count(code + "\nconnection = connect(autocommit=True)\n", "app/load.py") == 1


def test_a_pool_commits_each_call_and_the_statements_of_one_together() -> None:
    code = "export async function load() {\n  await pool.query(`delete from t%s insert into t select a from s`);\n}\n"
    assert count(code % ";", "src/load.ts") == 0
    assert count(code % "`);\n  await pool.query(`", "src/load.ts") == 1


FRAME = 'df.to_sql("t", {}, if_exists="append")\n'
ENGINE = 'def load(df):\n    with engine.begin() as connection:\n        connection.execute(text("delete from t"))\n'
AUTOCOMMIT = (
    "import psycopg2\n\ndef load(file):\n    connection = psycopg2.connect(DSN)\n    connection.autocommit = True\n"
    '    cursor = connection.cursor()\n    cursor.execute("delete from t")\n    cursor.copy_from(file, "t")\n'
)
LITE = 'import sqlite3\n\ndef load(df):\n    conn = sqlite3.connect("a.db")\n'


@pytest.mark.parametrize(
    ("code", "fires"),
    [
        (ENGINE + "        " + FRAME.format("connection"), 0),
        (ENGINE + "        " + FRAME.format("con=connection"), 0),
        (ENGINE + "        " + FRAME.format("engine"), 1),
        (ENGINE + "        " + FRAME.format("con=URL"), 1),
        (ENGINE + "        " + FRAME.format('"sqlite:///a.db"'), 1),
        (ENGINE + "        " + FRAME.format("other"), 1),
        (ENGINE + "    " + FRAME.format("engine"), 1),
        (ENGINE + "    with engine.begin() as connection:\n        " + FRAME.format("connection"), 1),
        ('def load(conn, df):\n    conn.execute(text("delete from t"))\n    ' + FRAME.format("conn"), 0),
        ('def load(conn, df):\n    conn.execute(text("delete from t"))\n    ' + FRAME.format("other"), 1),
        (
            'def load(conn, df):\n    conn.execute(text("delete from t"))\n    conn.commit()\n    '
            + FRAME.format("conn"),
            1,
        ),
        (
            'def load(conn, df):\n    with conn.begin():\n        conn.execute(text("delete from t"))\n        '
            + FRAME.format("conn"),
            0,
        ),
        (
            'def load(conn, df):\n    with conn.begin():\n        conn.execute(text("delete from t"))\n    '
            + FRAME.format("conn"),
            1,
        ),
        ('def load(engine, df):\n    engine.execute("delete from t")\n    ' + FRAME.format("engine"), 1),
        (LITE + '    conn.execute("delete from t")\n    ' + FRAME.format("conn"), 0),
        (LITE + '    cur = conn.cursor()\n    cur.execute("delete from t")\n    ' + FRAME.format("conn"), 0),
        (LITE + '    cur = other.cursor()\n    cur.execute("delete from t")\n    ' + FRAME.format("conn"), 1),
        (LITE + '    with conn:\n        conn.execute("delete from t")\n        ' + FRAME.format("conn"), 0),
        (
            'def load(session, df):\n    session.execute(text("delete from t"))\n    '
            + FRAME.format("session.connection()"),
            0,
        ),
        (
            'def load(session, df):\n    session.execute(text("delete from t"))\n    '
            + FRAME.format("session.get_bind()"),
            1,
        ),
        (
            'def load(file):\n    cursor = connection.cursor()\n    cursor.execute("delete from t")\n    cursor.copy_from(file, "t")\n',
            0,
        ),
        (AUTOCOMMIT, 1),
        (AUTOCOMMIT.replace("connection.autocommit = True", "pass"), 0),
        (LITE + '    with conn.cursor() as cur:\n        cur.execute("delete from t")\n    ' + FRAME.format("conn"), 0),
        ('@transaction.atomic\ndef load(conn):\n    conn.execute("delete from t")\n    ' + FRAME.format("conn"), 0),
        ('@transaction.atomic\ndef load(conn):\n    conn.execute("delete from t")\n    ' + FRAME.format("other"), 1),
    ],
)
def test_a_frame_joins_the_transaction_of_the_connection_it_is_given(code: str, fires: int) -> None:
    assert count(code, "jobs/load.py") == fires


@pytest.mark.parametrize(
    ("inserts", "count"),
    [
        ("insert into t values (1, 'a'); insert into t values (2, 'b');", 0),
        ("insert into t select a, b from u;", 1),
        ("insert into t select a, b from u; insert into t select a, b from v;", 1),
    ],
)
def test_rows_written_out_and_further_inserts_are_not_told(inserts: str, count: int) -> None:
    sql = f"delete from t where a > 0; {inserts}"
    assert (
        len(run(SplitTransaction(), {"jobs/a.sql": sql}, reported="jobs/a.sql", dialect="trino").diagnostics) == count
    )


def test_constants_are_run_who_knows_when() -> None:
    first, then = "'delete from t where d = 1'", "'insert into t select a from s'"
    assert count(f"DELETE = {first}\nINSERT = {then}\n", "jobs/load.py", "bigquery") == 0
    called = (
        f"from google.cloud import bigquery\nclient = bigquery.Client()\nclient.query({first})\nclient.query({then})\n"
    )
    assert count(called, "jobs/load.py") == 1


def test_hive_scripts() -> None:
    (found,) = run(SplitTransaction(), {"jobs/load.hql": PAIR}, reported="jobs/load.hql").diagnostics
    assert found.message.endswith("commit apart: Hive (like Spark) commits each statement on its own")
    assert found.fix is not None
    assert found.fix.title == "`INSERT OVERWRITE` the partition"


@pytest.mark.parametrize(("receiver", "found"), [("transaction", 0), ("tx", 0), ("connection", 1)])
def test_a_connection_that_is_called_a_transaction(receiver: str, found: int) -> None:
    code = f"""
import asyncpg

async def load({receiver}: asyncpg.Connection):
    await {receiver}.execute("delete from t where d = 1")
    await {receiver}.execute("insert into t (a) select a from s")
"""
    assert count(code, "app/load.py") == found
