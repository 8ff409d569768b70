"""Each form in which SQL stands in Python: its text, and that its words lead to the file."""

from __future__ import annotations

import textwrap

import pytest

from leaktight.embedding.call import Embedded, SqlCall
from leaktight.embedding.python import embed
from leaktight.languages.python import parse_python
from leaktight.source import Language, Region, Source
from leaktight.text import Span


def found_in(text: str) -> tuple[str, Embedded]:
    source = Source("jobs/load.py", textwrap.dedent(text), Language.PYTHON)
    region = Region.whole(source)
    return source.text, embed(parse_python(region, source), region)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def assert_words_lead_to_file(call: SqlCall, host: str) -> None:
    region = call.region
    checked = 0
    for segment in region.map.segments:
        if not segment.verbatim:
            continue
        for word in region.text[segment.region.start : segment.region.end].split():
            at = region.text.index(word, segment.region.start)
            place = region.map.to_file(Span(at, at + len(word)))
            assert host[place.start : place.end] == word
            checked += 1
    assert checked


def test_texts_of_names_alone_are_each_found() -> None:
    text = 'A = "SELECT a FROM t"\nB = "DELETE FROM u"\ncur.execute(f"{A}")\ncur.execute(f"{B}")\ncur.execute(f"{B}")\n'
    _, found = found_in(text)
    assert [call.region.text for call in found.calls] == ["SELECT a FROM t", "DELETE FROM u"]


FORMS = [
    ("F01 execute", 'cur.execute("SELECT a FROM t")', "execute", "SELECT a FROM t"),
    (
        "F02 executemany",
        'cur.executemany("INSERT INTO t (a) VALUES (%s)", rows)',
        "executemany",
        "INSERT INTO t (a) VALUES (?)",
    ),
    (
        "F03 text",
        'from sqlalchemy import text\nconn.execute(text("SELECT a FROM t WHERE b = :b"), {"b": 1})',
        "execute",
        "SELECT a FROM t WHERE b = :b",
    ),
    ("F04 read_sql", 'import pandas as pd\npd.read_sql("SELECT a FROM t", conn)', "read_sql", "SELECT a FROM t"),
    (
        "F05 read_sql_query by keyword",
        'import pandas as pd\npd.read_sql_query(con=conn, sql="SELECT a FROM t")',
        "read_sql_query",
        "SELECT a FROM t",
    ),
    ("F06 module constant", 'QUERY = "SELECT a FROM t"\ncur.execute(QUERY)', "execute", "SELECT a FROM t"),
    ("F07 implicit joint", 'cur.execute("SELECT a "\n            "FROM t")', "execute", "SELECT a FROM t"),
    (
        "F08 sum of constants",
        'COLUMNS = "a, b "\ncur.execute("SELECT " + COLUMNS + "FROM t")',
        "execute",
        "SELECT a, b FROM t",
    ),
    (
        "F09 format",
        'cur.execute("SELECT a FROM {t} WHERE b = {}".format(b, t="orders"))',
        "execute",
        "SELECT a FROM orders WHERE b = ?",
    ),
    (
        "F10 percent",
        "cur.execute(\"SELECT a FROM %s WHERE b = '%s'\" % (table, b))",
        "execute",
        "SELECT a FROM hole_1 WHERE b = 'hole_2'",
    ),
    ("F11 f-string value", 'cur.execute(f"SELECT a FROM t WHERE b = {b}")', "execute", "SELECT a FROM t WHERE b = ?"),
    ("F12 f-string table", 'cur.execute(f"SELECT a FROM {table} x")', "execute", "SELECT a FROM hole_1 x"),
    (
        "F13 constant in a function",
        'QUERY = "SELECT a FROM t"\ndef f(cur):\n    cur.execute(QUERY)',
        "execute",
        "SELECT a FROM t",
    ),
    (
        "F14 attribute of self",
        'class A:\n    def __init__(self):\n        self.q = "SELECT a FROM t"\n    def f(self):\n        self.cur.execute(self.q)',
        "execute",
        "SELECT a FROM t",
    ),
    (
        "F15 dictionary",
        'Q = {"x": "SELECT a FROM t", "y": "SELECT b FROM t"}\ncur.execute(Q["y"])\nlog(Q["x"])',
        "execute",
        "SELECT b FROM t",
    ),
    (
        "F16 dedent",
        'import textwrap\ncur.execute(textwrap.dedent("""\n    SELECT a\n    FROM t\n"""))',
        "execute",
        "SELECT a FROM t",
    ),
    (
        "F17 PostgresOperator",
        'PostgresOperator(task_id="x", sql="DELETE FROM t WHERE d = \'{{ ds }}\'")',
        "sql=",
        "DELETE FROM t WHERE d = '{{ ds }}'",
    ),
    (
        "F18 list of statements",
        'SQLExecuteQueryOperator(task_id="x", sql=["DELETE FROM t WHERE a = 1"])',
        "sql=",
        "DELETE FROM t WHERE a = 1",
    ),
    (
        "F19 BigQueryInsertJobOperator",
        'BigQueryInsertJobOperator(configuration={"query": {"query": "SELECT a FROM d.t", "useLegacySql": False}})',
        "configuration=",
        "SELECT a FROM d.t",
    ),
    ("F20 hook.run", 'hook.run("TRUNCATE TABLE t")', "run", "TRUNCATE TABLE t"),
    ("F21 hook.get_pandas_df", 'hook.get_pandas_df(sql="SELECT a FROM t")', "get_pandas_df", "SELECT a FROM t"),
    ("F22 hook.get_records", 'pg_hook.get_records("SELECT a FROM t")', "get_records", "SELECT a FROM t"),
    (
        "F23 BigQuery client",
        'from google.cloud import bigquery\nclient = bigquery.Client()\nclient.query("SELECT a FROM `p.d.t`")',
        "query",
        "SELECT a FROM `p.d.t`",
    ),
    ("F24 spark.sql", 'spark.sql("SELECT a FROM t")', "sql", "SELECT a FROM t"),
    (
        "F25 spark.sql f-string",
        'spark.sql(f"INSERT INTO {db}.t SELECT a FROM s")',
        "sql",
        "INSERT INTO hole_1.t SELECT a FROM s",
    ),
    (
        "F26 snowpark",
        'from snowflake.snowpark import Session\nsession.sql("SELECT a FROM t").collect()',
        "sql",
        "SELECT a FROM t",
    ),
    ("F27 duckdb", 'import duckdb\nduckdb.sql("SELECT a FROM t")', "sql", "SELECT a FROM t"),
    (
        "F28 athena",
        'import boto3\nboto3.client("athena").start_query_execution(QueryString="SELECT a FROM t", WorkGroup="w")',
        "start_query_execution",
        "SELECT a FROM t",
    ),
    (
        "F29 redshift-data",
        'client.execute_statement(ClusterIdentifier="c", Sql="DELETE FROM t")',
        "execute_statement",
        "DELETE FROM t",
    ),
    (
        "F30 awswrangler",
        'import awswrangler as wr\nwr.athena.read_sql_query("SELECT a FROM t", database="d")',
        "read_sql_query",
        "SELECT a FROM t",
    ),
    (
        "F31 polars",
        'import polars as pl\npl.read_database(query="SELECT a FROM t", connection=c)',
        "read_database",
        "SELECT a FROM t",
    ),
    (
        "F32 asyncpg",
        'import asyncpg\nasync def f(conn):\n    await conn.fetch("SELECT a FROM t WHERE b = $1", b)',
        "fetch",
        "SELECT a FROM t WHERE b = $1",
    ),
    ("F33 Django raw", 'Person.objects.raw("SELECT id FROM person")', "raw", "SELECT id FROM person"),
    (
        "F34 Jinja in the text",
        'cur.execute("SELECT a FROM {{ params.t }} {% if x %}WHERE b = 1{% endif %}")',
        "execute",
        "SELECT a FROM {{ params.t }} {% if x %}WHERE b = 1{% endif %}",
    ),
    (
        "F35 join of a list",
        'cur.execute(" ".join(["SELECT a", "FROM t", f"WHERE b = {b}"]))',
        "execute",
        "SELECT a FROM t WHERE b = ?",
    ),
    (
        "F36 built by +=",
        'def f(x):\n    q = "SELECT a FROM t"\n    if x:\n        q += " WHERE b = 1"\n    cur.execute(q)',
        "execute",
        "SELECT a FROM t WHERE b = 1",
    ),
    (
        "F37 psycopg sql.SQL",
        'from psycopg import sql\ncur.execute(sql.SQL("SELECT a FROM {} WHERE b = {}").format(sql.Identifier(t), sql.Literal(b)))',
        "execute",
        "SELECT a FROM hole_1 WHERE b = ?",
    ),
    ("F38 a constant that nobody runs", 'QUERY = "SELECT a FROM t WHERE b = 1"', "", "SELECT a FROM t WHERE b = 1"),
    ("F39 keyword of an unknown function", 'load(query="SELECT a FROM t")', "query=", "SELECT a FROM t"),
    (
        "F40 several statements",
        'cur.execute("DELETE FROM t; INSERT INTO t SELECT a FROM s;")',
        "execute",
        "DELETE FROM t; INSERT INTO t SELECT a FROM s;",
    ),
    (
        "F41 dagster resource",
        '@op\ndef f(context):\n    context.resources.db.execute("DELETE FROM t")',
        "execute",
        "DELETE FROM t",
    ),
    (
        "F42 executescript",
        'frame.to_sql("t", conn)\nconn.executescript("DROP TABLE t;")',
        "executescript",
        "DROP TABLE t;",
    ),
    ("read_gbq", 'import pandas_gbq\npandas_gbq.read_gbq("SELECT a FROM d.t")', "read_gbq", "SELECT a FROM d.t"),
    ("alembic", 'from alembic import op\nop.execute("UPDATE t SET a = 1")', "execute", "UPDATE t SET a = 1"),
    (
        "DDL",
        'from sqlalchemy import DDL\nx = DDL("CREATE INDEX i ON t (a)")',
        "DDL",
        "CREATE INDEX i ON t (a)",
    ),
    ("RunSQL", 'migrations.RunSQL("UPDATE t SET a = 1")', "RunSQL", "UPDATE t SET a = 1"),
    (
        "execute_values",
        'execute_values(cur, "INSERT INTO t (a) VALUES %s", rows)',
        "execute_values",
        "INSERT INTO t (a) VALUES ?",
    ),
    ("copy_expert", 'cur.copy_expert("COPY t FROM STDIN", f)', "copy_expert", "COPY t FROM STDIN"),
    ("text by itself", 'from sqlalchemy import text\nstatement = text("DELETE FROM t")', "text", "DELETE FROM t"),
    (
        "constant of a class",
        'class Q:\n    ALL = "SELECT a FROM t"\ncur.execute(Q.ALL)',
        "execute",
        "SELECT a FROM t",
    ),
    (
        "what a function returns",
        'def query():\n    return "SELECT a FROM t"\ncur.execute(query())',
        "execute",
        "SELECT a FROM t",
    ),
    ("a default", 'def f(q="SELECT a FROM t"):\n    cur.execute(q)', "execute", "SELECT a FROM t"),
    ("walrus", 'cur.execute(q := "SELECT a FROM t")', "execute", "SELECT a FROM t"),
    ("strip", 'cur.execute("""\n  SELECT a FROM t\n""".strip())', "execute", "SELECT a FROM t"),
    ("replace", 'cur.execute("SELECT a FROM [T]".replace("[T]", table))', "execute", "SELECT a FROM hole_1"),
    ("replace by a constant", 'cur.execute("SELECT a FROM [T]".replace("[T]", "o"))', "execute", "SELECT a FROM o"),
    (
        "mapping and %",
        'cur.execute("SELECT a FROM %(t)s WHERE b = %(b)d AND c LIKE \'x%%\'" % {"t": "o", "b": b})',
        "execute",
        "SELECT a FROM o WHERE b = ? AND c LIKE 'x%'",
    ),
    (
        "format with a mapping",
        'values = {"t": "o"}\ncur.execute("SELECT a FROM {t}".format(**values))',
        "execute",
        "SELECT a FROM o",
    ),
    ("left for later", 'spark.sql("SELECT a FROM {df}", df=df)', "sql", "SELECT a FROM hole_1"),
]


@pytest.mark.parametrize(("form", "text", "sink", "sql"), FORMS, ids=[form[0] for form in FORMS])
def test_forms(form: str, text: str, sink: str, sql: str) -> None:
    host, found = found_in(text)
    calls = [call for call in found.calls if call.sink == sink]
    assert len(calls) == 1, found
    assert squeezed(calls[0].region.text) == sql
    assert_words_lead_to_file(calls[0], host)
    assert not found.unfolded
    if sink:
        name = host[calls[0].name.start : calls[0].name.end]
        assert sink.endswith("=") or name == sink


def test_both_arms_of_a_conditional() -> None:
    _, found = found_in('q = "SELECT a FROM t" if x else "SELECT b FROM t"\ncur.execute(q)')
    assert [call.region.text for call in found.calls] == ["SELECT a FROM t", "SELECT b FROM t"]


def test_branches_that_set_a_name() -> None:
    _, found = found_in(
        """
        if x:
            q = "SELECT a FROM t"
        else:
            q = "SELECT b FROM t"
        cur.execute(q)
        """
    )
    assert [call.region.text for call in found.calls] == ["SELECT a FROM t", "SELECT b FROM t"]


def test_every_statement_of_a_list() -> None:
    _, found = found_in(
        """
        STATEMENTS = ["DELETE FROM t WHERE a = 1", "INSERT INTO t SELECT a FROM s"]
        for statement in STATEMENTS:
            cur.execute(statement)
        """
    )
    assert [call.region.text for call in found.calls] == ["DELETE FROM t WHERE a = 1", "INSERT INTO t SELECT a FROM s"]
    assert {call.loop.literal_items for call in found.calls if call.loop} == {2}


def test_a_constant_of_two_sinks_is_one_call() -> None:
    _, found = found_in('Q = "SELECT a FROM t"\ncur.execute(Q)\nother.execute(Q)\n')
    assert [(call.receiver, call.sink) for call in found.calls] == [("cur", "execute")]


def test_a_statement_is_known_by_what_runs_it() -> None:
    _, found = found_in('from sqlalchemy import text\nq = text("SELECT a FROM t")\nconn.execute(q)\n')
    assert [call.sink for call in found.calls] == ["execute"]
