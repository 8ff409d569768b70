"""Edge cases of `sql-injection`: severities, and when the fix is made."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from leaktight.diagnostics import Applicability, Diagnostic, Severity
from leaktight.testing import fixed, run
from leaktight_rules.security.sql_injection import SqlInjection


def found(code: str, path: str = "app/find.py") -> list[Diagnostic]:
    return list(run(SqlInjection(), {path: dedent(code)}, reported=path).diagnostics)


def test_severities() -> None:
    code = "import sys\n\ndef find(cursor, {0}):\n    cursor.execute(f\"select a from t where b = '{{{1}}}'\")\n"
    assert [d.severity for d in found(code.format("name", "name"))] == [Severity.ERROR]
    assert [d.severity for d in found(code.format("request", "request.args['q']"))] == [Severity.ERROR]
    assert [d.severity for d in found(code.format("day", "day"))] == [Severity.WARNING]
    assert [d.severity for d in found(code.format("x", "sys.argv[1]"))] == [Severity.WARNING]
    assert [d.severity for d in found(code.format("x", "fetch()"))] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("pasted", "count"),
    [
        ("Status.PAID.name", 0),
        ("Status.PAID.value", 0),
        ("shop.Status.PAID.value", 0),
        ("status.paid.name", 1),
        ("Status.parse(text).name", 1),
        ("Order.latest.name", 1),
    ],
)
def test_a_member_of_an_enum_is_a_constant(pasted: str, count: int) -> None:
    code = f"from shop import Status, Order\n\ndef find(cursor, status, text):\n    cursor.execute(f\"select a from t where b = '{{{pasted}}}'\")\n"
    assert len(found(code)) == count


def test_one_finding_a_statement_names_them_all() -> None:
    (diagnostic,) = found(
        "def f(cursor, a, b):\n    cursor.execute(f\"select x from t where a = '{a}' and b = '{b}'\")\n"
    )
    assert diagnostic.message.endswith("and so does `b`")


@pytest.mark.parametrize(
    ("module", "before", "after"),
    [
        ("sqlite3", "f\"select a from t where b = '{x}'\"", '"select a from t where b = ?", (x,)'),
        (
            "psycopg2",
            "f\"select a from t where b = '{x}' and c = '{y}'\"",
            '"select a from t where b = %s and c = %s", (x, y)',
        ),
        ("pymysql", 'f"select a from t where b = {x}"', '"select a from t where b = %s", (x,)'),
    ],
)
def test_fix(module: str, before: str, after: str) -> None:
    code = f"import {module}\n\ndef find(x, y):\n    cursor = {module}.connect('d').cursor()\n    cursor.execute({before})\n"
    assert fixed(code, found(code)) == code.replace(before, after)


@pytest.mark.parametrize(
    "call",
    [
        "cursor.execute(f\"select a from t where b = '{x}' and c like '%a'\")",
        "cursor.execute(f\"select a from t where b = 'k-{x}'\")",
        "cursor.execute(f\"select a from t where b = '{x}'\", timeout)",
        "cursor.execute(f\"select a from {t} where b = '{x}'\")",
        "cursor.execute(\"select a from t where b = '{}'\".format(x))",
        'cursor.execute(f"select a from t " f"where b = \'{x}\'")',
        'cursor.execute(f"select a from t where b in ({x})")',
        "cursor.execute((f\"select a from t where b = '{x}'\"))",
        "cursor.execute(query=f\"select a from t where b = '{x}'\")",
        "cursor.execute(f\"select a from t where b = '{x:0>8}'\")",
        "cursor.execute(f\"select a from t where b = '{x!r}'\")",
        "cursor.execute(f\"select a from t where b > now() - interval '{x}'\")",
        "cursor.execute(f\"select a from t where b = date '{x}'\")",
        "cursor.execute(f\"select a from t where b = E'{x}'\")",
        "cursor.execute(f\"select a from t where b = :b and c = '{x}'\")",
        "cursor.execute(f\"select a from t where b = $1 and c = '{x}'\")",
        "cursor.execute(f\"select a from t where b = ? and c = '{x}'\")",
        "cursor.execute(f\"select a from t where b = '{x}' -- {x}\")",
    ],
)
def test_only_a_hint(call: str) -> None:
    code = f"import psycopg2\n\ndef find(x, t):\n    cursor = psycopg2.connect('d').cursor()\n    {call}\n"
    (diagnostic,) = found(code)
    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is Applicability.DISPLAY


def test_fix_of_several_shapes() -> None:
    for before, after in (
        ("b = '{x}'::uuid", "b = %s::uuid"),
        ("b in ('{x}') and c = '12:30'", "b in (%s) and c = '12:30'"),
        ("b like '{x}'", "b like %s"),
        ("b > timezone('{x}')", "b > timezone(%s)"),
    ):
        code = "import psycopg\n\ndef find(x):\n    psycopg.connect('d').execute({}\"select a from t where {}\"{})\n"
        (diagnostic,) = found(code.format("f", before, ""))
        assert fixed(code.format("f", before, ""), [diagnostic]) == code.format("", after, ", (x,)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(`select a from t where b = '${x}'`)", "(`select a from t where b = $1`, [x])"),
        ("<Row>(`select a from t where b = '${x}'`)", "<Row>(`select a from t where b = $1`, [x])"),
        ("({ text: `select a from t where b = '${x}'` })", None),
        ("(`select a from t where b = $1 and c = '${x}'`)", None),
        ("(`select a from t where b > now() - interval '${x}'`)", None),
    ],
)
def test_fix_in_typescript(before: str, after: str | None) -> None:
    code = 'import { Pool } from "pg";\nconst pool = new Pool();\nexport const find = (x: string) => pool.query'
    (diagnostic,) = found(f"{code}{before};\n", "src/find.ts")
    if after is not None:
        assert fixed(f"{code}{before};\n", [diagnostic]) == f"{code}{after};\n"
    else:
        assert diagnostic.fix is not None
        assert diagnostic.fix.applicability is Applicability.DISPLAY


@pytest.mark.parametrize(
    "code",
    [
        "def f(cursor, x):\n    cursor.execute(f\"copy t from 's3://bucket/{x}' iam_role 'r'\")\n",
        "def f(cursor, table):\n    cursor.execute(f\"select 1 from information_schema.tables where table_name = '{table}'\")\n",
        'def f(cursor, table):\n    cursor.execute(f"select a from {table}")\n',
        "def f(x):\n    log.info(f\"select a from t where b = '{x}'\")\n",
        "PostgresOperator(task_id='x', sql=f\"delete from t where b = '{NAME}'\")\n",
        "TENANT = 'de'\ncursor.execute(f\"select a from t where b = '{TENANT}'\")\n",
    ],
)
def test_silent(code: str) -> None:
    assert found(code) == []


@pytest.mark.parametrize("path", ["tests/test_find.py", "migrations/0001_x.py", "fixtures/find.py"])
def test_silent_by_path(path: str) -> None:
    assert found("def f(cursor, x):\n    cursor.execute(f\"select a from t where b = '{x}'\")\n", path) == []


@pytest.mark.parametrize(
    ("value", "count"),
    [("req.query.config", 1), ("req.body.options.name", 1), ("config.name", 0), ("process.env.NAME", 0)],
)
def test_a_request_is_outside_whatever_its_field_is_called(value: str, count: int) -> None:
    code = (
        'import { Pool } from "pg";\nconst pool = new Pool();\n'
        f"export const list = (req) => pool.query(`select id from users where name = '${{{value}}}'`);\n"
    )
    assert len(found(code, "app.ts")) == count


_JUPYTEXT = "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:light\n# ---\n\n"


@pytest.mark.parametrize(
    ("head", "value", "count"),
    [
        (_JUPYTEXT, "name", 0),
        (_JUPYTEXT, "input('name')", 0),
        (_JUPYTEXT, "request.args['q']", 1),
        ("# a script, once a notebook of jupyter\n\n", "name", 1),
    ],
)
def test_whoever_runs_the_cells_of_a_notebook_chooses_the_values(head: str, value: str, count: int) -> None:
    code = f"{head}def find(cursor, name, request):\n    cursor.execute(f\"select a from t where b = '{{{value}}}'\")\n"
    assert [diagnostic.severity for diagnostic in found(code)] == [Severity.ERROR] * count


def test_what_a_loop_of_a_notebook_gives() -> None:
    cell = ["for company in cursor.fetchall():\n", "    cursor.execute(f\"select a from t where b = '{company}'\")\n"]
    notebook = {
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []}],
        "metadata": {},
        "nbformat": 4,
    }
    assert len(found("".join(cell))) == 1
    assert found(json.dumps(notebook), "analysis.ipynb") == []


@pytest.mark.parametrize(
    ("head", "parameter", "call", "count"),
    [
        ("from airflow import DAG", "ds", "", 0),
        ("from airflow.operators.python import PythonOperator", "ts_nodash", "", 0),
        ("from airflow.decorators import task", "run_id", "", 0),
        ("from airflow.decorators import task", "data_interval_start", "", 0),
        ("from airflow.decorators import task", "email", "", 1),
        ("from airflow.decorators import task", "ds", "def api(request):\n    clear(cur, request.args['ds'])\n", 1),
        ("import luigi", "ds", "", 1),
    ],
)
def test_what_airflow_gives_a_task(head: str, parameter: str, call: str, count: int) -> None:
    code = f"{head}\n\ndef clear(cursor, {parameter}):\n    cursor.execute(f\"delete from t where d = '{{{parameter}}}'\")\n\n"
    assert len(found(code + call, "dags/shop.py")) == count


_SPARK = "from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("mark = spark.table('a').first()[0]\nspark.sql(f\"update b set c = '{mark}'\")\n", None),
        (
            "def f(mark):\n    spark.sql(f\"update b set c = '{mark}'\")\n\nf(newest())\nf(spark.table('a').first()[0])\n",
            None,
        ),
        (
            "def f(mark):\n    spark.sql(f\"update b set c = '{mark}'\")\n\ndef g(name):\n    f(name)\n",
            Severity.WARNING,
        ),
        ("def f(mark):\n    spark.sql(f\"update b set c = '{mark}'\")\n", Severity.WARNING),
        ("def f(request):\n    spark.sql(f\"select a from b where c = '{request.args['q']}'\")\n", Severity.ERROR),
        ("mark = dbutils.widgets.get('mark')\nspark.sql(f\"update b set c = '{mark}'\")\n", Severity.WARNING),
        ("import sys\nspark.sql(f\"update b set c = '{sys.argv[1]}'\")\n", Severity.WARNING),
        (
            "def f(cursor, mark):\n    cursor.execute(f\"update b set c = '{mark}'\")\n\nf(cur, newest())\n",
            Severity.ERROR,
        ),
        ("def f(cursor):\n    mark = newest()\n    cursor.execute(f\"update b set c = '{mark}'\")\n", Severity.WARNING),
    ],
)
def test_what_a_spark_job_computes_itself(code: str, severity: Severity | None) -> None:
    assert [one.severity for one in found(_SPARK + code, "jobs/a.py")] == ([severity] if severity is not None else [])


@pytest.mark.parametrize(("table", "count"), [("`p.d.__TABLES__`", 0), ("`p.d.tables`", 1)])
def test_who_asks_bigquery_for_its_tables(table: str, count: int) -> None:
    code = f"def f(client, key):\n    return client.query(f\"select a from {table} where b = '{{key}}'\")\n"
    assert len(found("from google.cloud import bigquery\n" + code)) == count


def test_the_file_that_duckdb_scans_is_no_value() -> None:
    code = "import duckdb\n\ndef f(con: duckdb.DuckDBPyConnection, dump):\n    con.execute(f\"select * from {scan}('{dump}', 'a')\")\n"
    assert found(code.replace("{scan}", "postgres_scan")) == []
    assert len(found(code.replace("{scan}", "lookup"))) == 1


@pytest.mark.parametrize(
    ("value", "severities"),
    [
        ("req.query.name", [Severity.ERROR]),
        ("req.get('x-name')", [Severity.ERROR]),
        ("req.me.orgName", [Severity.WARNING]),
        ("req.tenantName", [Severity.WARNING]),
    ],
)
def test_what_the_server_itself_hangs_onto_a_request(value: str, severities: list[Severity]) -> None:
    code = (
        "import { Pool } from 'pg';\nconst pool = new Pool();\n"
        f"export const list = (req) => pool.query(`select id from users where name = '${{{value}}}'`);\n"
    )
    assert [one.severity for one in found(code, "app.ts")] == severities


@pytest.mark.parametrize(
    ("field", "count"), [("{month:02d}", 0), ("{month:.2f}", 0), ("{month:>2}", 1), ("{month}", 1)]
)
def test_a_field_that_takes_numbers_alone(field: str, count: int) -> None:
    code = f"def load(cursor, month):\n    cursor.execute(f\"select a from t where b = '2020-{field}-01'\")\n"
    assert len(found(code)) == count


@pytest.mark.parametrize(
    ("value", "head", "count"),
    [
        ("context['execution_date']", "import airflow", 0),
        ("context['name']", "import airflow", 1),
        ("context['execution_date']", "import flask", 1),
    ],
)
def test_what_airflow_gives_in_its_context(value: str, head: str, count: int) -> None:
    code = f"{head}\n\ndef execute(self, context):\n    cursor.execute(f\"delete from t where day = '{{{value}}}'\")\n"
    assert len(found(code)) == count


def test_the_path_of_a_bulk_load_is_no_value() -> None:
    code = "def rank(cursor, account):\n    cursor.execute(f\"select a from openrowset(bulk '{account}/*.csv', format = 'CSV') r\")\n"
    assert found(code) == []
