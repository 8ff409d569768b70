"""What the gate lets through to the parser: all that holds SQL, and little else."""

from __future__ import annotations

import pytest

from leaktight.embedding.python import Called, Names, embed, may_hold_sql
from leaktight.languages.python import parse_python
from leaktight.source import Language, Region, Source


def passes(text: str) -> bool:
    data = text.encode()
    return may_hold_sql(data, Called(data))


def holds_sql(text: str) -> bool:
    source = Source("jobs/load.py", text, Language.PYTHON)
    found = embed(parse_python(Region.whole(source), source), Region.whole(source))
    return bool(found.calls or found.unfolded)


@pytest.mark.parametrize(
    "text",
    [
        "cur.execute(q)",
        "cur.execute (q)",
        "cur.execute(\n    q\n)",
        "cur \\\n    .execute  (q)",
        "from psycopg2.extras import execute_values\nexecute_values(cur, q, rows)",
        "pd.read_sql(q, con)",
        "import asyncpg\nawait conn.fetch(q)",
        "from sqlalchemy import text\ntext(q)",
        "import duckdb\nduckdb.sql(q)",
        "hook.run(q)",
        "Model.objects.raw(q)",
        "PostgresOperator(task_id='a', sql=q)",
        "BigQueryCheckOperator(task_id='a', sql =q)",
        "BigQueryInsertJobOperator(task_id='a', configuration={'query': {'query': q}})",
        "SqlSensor(task_id='a', sql=q)",
        "Q = 'SELECT a FROM t'",
        "Q = 'select*from t'",
        "Q = 'SELECT(a) FROM t'",
        "Q = '''\n    SELECT a\n    FROM t\n'''",
        "Q = '\\n  SELECT a\\nFROM t'",
        'Q = "(SELECT a FROM t)"',
        'Q = "-- why\\nSELECT a FROM t"',
        'Q = "/* why */ SELECT a FROM t"',
        'Q = "{% if a %} SELECT a FROM t {% endif %}"',
        'Q = "{# why #}SELECT a FROM t"',
        "Q = 'SELECT ' + 'a' + ' FROM t'",
        "Q = ('SELECT '  # all\n     'a FROM t')",
        "Q = f'SELECT {a} FROM {t}'",
        "Q = 'WITH x AS (SELECT a FROM t) SELECT a FROM x'",
        "Q = 'with x(a)\\nas (select 1) select a from x'",
        "Q = 'WITH x AS NOT MATERIALIZED (SELECT a FROM t) SELECT a FROM x'",
        "Q = 'WITH x AS ' '(SELECT a FROM t) SELECT a FROM x'",
        "Q = 'INSERT INTO t (a) VALUES (1)'",
        "Q = 'INSERT ' 'INTO t VALUES (1)'",
        "Q = 'INSERT' ' INTO t VALUES (1)'",
        "Q = 'INSERT OVERWRITE TABLE t SELECT a FROM s'",
        "Q = 'REPLACE INTO t (a) VALUES (1)'",
        "Q = 'UPDATE t SET a = 1'",
        "Q = 'update t\\nset a = 1'",
        "Q = f'UPDATE {t} SET {a} = 1'",
        "Q = 'DELETE FROM t WHERE a = 1'",
        "Q = 'MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE'",
        "Q = 'CREATE OR REPLACE TEMP TABLE t (a int)'",
        "Q = 'CREATE UNIQUE INDEX i ON t (a)'",
        "Q = 'ALTER TABLE t ADD a int'",
        "Q = 'DROP TABLE IF EXISTS t'",
        "Q = 'DROP MATERIALIZED VIEW v'",
        "Q = 'TRUNCATE TABLE t'",
        "Q = \"COPY t FROM 's3://a'\"",
        "Q = 'COPY t (a, b) FROM STDIN'",
        "Q = \"UNLOAD ('SELECT a FROM t') TO 's3://a'\"",
        "Q = 'GRANT SELECT ON t TO u'",
        "Q = 'EXPLAIN SELECT 1'",
        "run(query='SELECT a FROM t')",
    ],
)
def test_what_holds_sql_passes(text: str) -> None:
    assert holds_sql(text)
    assert passes(text)
    assert passes(text.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\n",
        "import os\nprint('selection')\n",
        "with open(p) as f:\n    f.read()\n",
        "with open(p) as f, open(q) as g:\n    x = (1, 2)\n",
        "with a as (b, c):\n    pass\n",
        "class MyOperator(BaseOperator):\n    def execute(self, context):\n        return self.run()\n",
        "request.execute()\n",
        "d = dict(a).copy()\ncopy = d\n",
        "select = x\nfrom_ = select\n",
        "update = {}\nsettings.set(update)\n",
        'def f():\n    """Update the rows.\n\n    Create an instance, delete it.\n    """\n',
        'def f():\n    """\n    Copy data from one place to the other.\n    """\n',
        "df.to_sql('t', engine)\n",
        "import boto3\nboto3.client('s3').put_object(Body=b'')\n",
        "import pandas as pd\nx = pd.DataFrame(rows).copy()\n",
        "from airflow import DAG\nwith DAG('a') as dag:\n    BashOperator(task_id='a', bash_command='ls')\n",
        "runtext(a)\nexecution(b)\n",
    ],
)
def test_what_holds_none_is_turned_away(text: str) -> None:
    assert not holds_sql(text)
    assert not passes(text)


@pytest.mark.parametrize("data", [b"\xff\x00\xfeimport", b"(((((", b"'" * 1000, b"\nselect " * 1000])
def test_any_bytes_are_answered(data: bytes) -> None:
    assert may_hold_sql(data, Called(data)) in (True, False)


def test_a_long_file_of_beginnings_is_answered_soon() -> None:
    import time

    data = b"".join(b"\n%s x " % verb for verb in (b"with", b"insert", b"copy", b"create", b"update") * 4000)
    started = time.process_time()
    may_hold_sql(data, Called(data))
    assert time.process_time() - started < 60


@pytest.mark.parametrize(
    ("data", "called"),
    [
        (b"run(a)", True),
        (b"x.run(a)", True),
        (b"x.run (a)", True),
        (b"x = run(a)", True),
        (b"rerun(a)", False),
        (b"run_all(a)", False),
        (b"def run(a): ...", False),
        (b"    async def run(self): ...", False),
        (b"def f(): return run(a)", True),
        (b"class run(a): ...", False),
        (b"run()", False),
        (b"run( )", False),
        (b"run = a", False),
        (b"def run(a): ...\nrun(b)", True),
    ],
)
def test_called(data: bytes, called: bool) -> None:
    assert Called(data).any_of(Names(["run", "other"])) is called


def test_calls_without_arguments_count_where_they_are_asked_for() -> None:
    assert Called(b"table.scan()").any_of(Names(["scan"], empty=True))


def test_names_by_their_end() -> None:
    ends = Names(["Operator"])
    assert Called(b"BashOperator(a)").any_ends_with(ends)
    assert not Called(b"class MyOperator(BaseOperator): ...").any_ends_with(ends)
