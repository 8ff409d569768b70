"""The writes of SQL that Python and TypeScript run: units, guards of the host, transactions, what makes a load."""

from __future__ import annotations

from textwrap import dedent

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.table_write import TableWrite, WriteMethod
from leaktight.source import Language, Source


def writes(code: str, path: str = "app/module.py", language: Language = Language.PYTHON) -> list[TableWrite]:
    return FileView(Source(path, dedent(code), language), Project()).writes


def inserted(code: str, path: str = "app/module.py", language: Language = Language.PYTHON) -> TableWrite:
    (write,) = [found for found in writes(code, path, language) if found.method is WriteMethod.INSERT]
    return write


LOAD = """
def load(cursor, rows):
    {before}
    for row in rows:
        cursor.execute("insert into t (a) values (%s)", (row.a,))
    {after}
"""


def test_the_plain_load_is_unguarded() -> None:
    write = inserted(LOAD.format(before="pass", after="pass"))
    assert write.repeats
    assert write.unit == "load"
    assert write.load is not None
    assert write.call is not None
    assert write.call.writes == [write]


@pytest.mark.parametrize(
    "before",
    [
        'cursor.execute("delete from t where d = %s", (day,))',
        'cursor.execute("truncate table t")',
        'cursor.execute("drop table if exists t")',
        'cursor.execute("create temp table t (a int)")',
        'seen = cursor.execute("select a from t").fetchall()',
        'cursor.execute("select max(a) from t")',
    ],
)
def test_guarded_before(before: str) -> None:
    assert not inserted(LOAD.format(before=before, after="pass")).repeats


@pytest.mark.parametrize(
    "after",
    ['cursor.execute("alter table t rename to u")', 'cursor.execute("drop table t")', 'cursor.execute("truncate t")'],
)
def test_guarded_after(after: str) -> None:
    assert not inserted(LOAD.format(before="pass", after=after)).repeats


def test_a_count_afterwards_guards_nothing() -> None:
    assert inserted(LOAD.format(before="pass", after='cursor.execute("select count(*) from t")')).repeats


def test_another_function_guards_when_it_is_called_first() -> None:
    functions = """
    def clear(cursor, day):
        cursor.execute("delete from t where d = %s", (day,))

    def load(cursor, rows):
        cursor.executemany("insert into t (a) values (%s)", rows)
    """
    assert inserted(functions).repeats
    guarded = inserted(dedent(functions) + "\ndef main(cursor, rows):\n    clear(cursor, 1)\n    load(cursor, rows)\n")
    assert not guarded.repeats
    assert inserted(
        dedent(functions) + "\ndef main(cursor, rows):\n    load(cursor, rows)\n    clear(cursor, 1)\n"
    ).repeats


def test_a_table_named_by_the_same_expression_is_the_same_table() -> None:
    code = """
    def load(cursor, table, rows):
        cursor.execute(f"delete from {table} where d = 1")
        cursor.executemany(f"insert into {other} (a) values (%s)", rows)
    """
    assert inserted(code).repeats
    assert not inserted(code.replace("{other}", "{table}")).repeats
    assert inserted(code).target is None
    assert inserted(code).written == "{other}"


@pytest.mark.parametrize(
    "body",
    [
        """
        try:
            cursor.execute("insert into t (a) values (%s)", (row.a,))
        except psycopg2.errors.UniqueViolation:
            pass
        """,
        """
        if not exists(row):
            cursor.execute("insert into t (a) values (%s)", (row.a,))
        """,
        """
        if row.a in seen:
            pass
        else:
            cursor.execute("insert into t (a) values (%s)", (row.a,))
        """,
    ],
)
def test_the_host_guards(body: str) -> None:
    code = "def load(cursor, rows):\n    for row in rows:\n" + "\n".join(
        " " * 8 + line for line in dedent(body).split("\n")
    )
    assert not inserted(code).repeats


@pytest.mark.parametrize(
    "code",
    [
        'def create_user(request):\n    cursor.execute("insert into t (a) values (%s)", (request.a,))\n',
        'def add_lines(request, lines):\n    for line in lines:\n        cursor.execute("insert into t (a) values (%s)", (line,))\n',
        'from flask import Flask\n\ndef save(rows):\n    cursor.executemany("insert into t (a) values (%s)", rows)\n',
        'def load(cursor):\n    cursor.execute("insert into t (a) values (1)")\n',
        'def seed(cursor, rows):\n    cursor.executemany("insert into t (a) values (%s)", rows)\n',
        'for code in ("DE", "FR"):\n    cursor.execute("insert into t (a) values (%s)", (code,))\n',
    ],
)
def test_no_load(code: str) -> None:
    assert inserted(code).load is None


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ('def save(cursor, rows):\n    cursor.executemany("insert into t (a) values (%s)", rows)\n', "etl/orders.py"),
        ('cursor.executemany("insert into t (a) values (%s)", rows)\n', "orders.py"),
        ('def run(cursor):\n    cursor.execute("insert into t select a from s")\n', "app/totals.py"),
        ('def handler(event, context):\n    for r in event["Records"]:\n        db.execute("insert into t (a) values (%s)", (r,))\n',
         "src/consumer.py"),
        ('from airflow.decorators import task\n\n@task\ndef go(cursor):\n    cursor.execute("insert into t (a) values (1)")\n',
         "app/x.py"),
    ],
)  # fmt: skip
def test_load(code: str, path: str) -> None:
    assert inserted(code, path).load is not None
    assert inserted(code, "tests/" + path).load is None


def test_a_loop_names_its_place_in_the_file() -> None:
    code = 'def handler(event, context):\n    for r in event["Records"]:\n        db.execute("insert into t (a) values (%s)", (r,))\n'
    write = inserted(code)
    assert write.load is not None
    assert write.load.place is not None
    assert write.load.place.start.line == 2


def test_tasks_know_each_other() -> None:
    code = """
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    clear = SQLExecuteQueryOperator(task_id="clear", sql="delete from t where d = '{{ ds }}'")
    load = SQLExecuteQueryOperator(task_id="load", sql="insert into t select a from s where d = '{{ ds }}'")
    """
    assert not inserted(code).repeats
    both = """
    load = SQLExecuteQueryOperator(task_id="load", sql=["delete from t where d = 1", "insert into t select a from s"])
    """
    assert not inserted(both).repeats


def test_transactions() -> None:
    code = """
    def load(connection, rows):
        cursor = connection.cursor()
        cursor.execute("delete from t")
        {between}
        cursor.executemany("insert into t (a) values (%s)", rows)
    """
    one, two = writes(code.format(between="pass"))
    assert one.transaction == two.transaction
    one, two = writes(code.format(between="connection.commit()"))
    assert one.transaction != two.transaction
    one, two = writes(dedent(code.format(between="pass")) + "\nconnection = connect(autocommit=True)\n")
    assert one.transaction is None
    assert one.commits is not None
    assert one.commits.place is not None


def test_typescript() -> None:
    code = """
    export async function syncOrders(orders: Order[]) {
      for (const order of orders) {
        await pool.query("insert into t (a) values ($1)", [order.id]);
      }
    }
    """
    write = inserted(code, "src/sync.ts", Language.TYPESCRIPT)
    assert write.repeats
    assert write.load is not None
    assert write.commits is not None
    assert inserted(code.replace("syncOrders", "addLines"), "src/api/orders.ts", Language.TYPESCRIPT).load is None


@pytest.mark.parametrize(
    ("decorator", "web"),
    [
        ('app.get("/x")', True),
        ('router.patch("/x")', True),
        ('bp.route("/x", methods=["POST"])', True),
        ('post("/x")', True),
        ("api_view", True),
        ("budget(5)", False),
        ("app.budget(5)", False),
        ('patch("app.clock")', False),
        ("output(5)", False),
    ],
)
def test_the_decorator_of_a_web_handler(decorator: str, web: bool) -> None:
    code = f'@{decorator}\ndef save(rows):\n    cursor.executemany("insert into t (a) values (%s)", rows)\n'
    assert (inserted(code, "etl/x.py").load is None) is web


@pytest.mark.parametrize(
    ("head", "web"),
    [
        ('import express from "express";', True),
        ('const { Router } = require("express-promise-router");', True),
        ('import { Body } from "@nestjs/common";', True),
        ('import { NextResponse } from "next/server";', True),
        ("const kind = 'express';", False),
        ("const fruit = 'koala';", False),
        ('import { words } from "expressions";', False),
    ],
)
def test_an_imported_web_framework(head: str, web: bool) -> None:
    code = """
    export async function addOrders(orders) {
      for (const order of orders) {
        await pool.query("insert into t (a) values ($1)", [order.id]);
      }
    }
    """
    assert (inserted(head + "\n" + dedent(code), "jobs/go.js", Language.JAVASCRIPT).load is None) is web


INSERT = 'c.executemany("insert into t (a) values (?)", rows)\n'


@pytest.mark.parametrize(
    "code",
    [
        f'c = sqlite3.connect(":memory:")\n{INSERT}',
        f'c = create_engine("sqlite:///:memory:").connect()\n{INSERT}',
        f'c = sqlite3.connect(":memory:")\ndef fill(rows):\n    {INSERT}',
        f'def fill(rows):\n    c = sqlite3.connect(":memory:")\n    {INSERT}',
        f'PLACE = ":memory:"\ndef fill(rows):\n    c = sqlite3.connect(PLACE)\n    {INSERT}',
        f'def fill(rows, place=":memory:"):\n    c = sqlite3.connect(place)\n    {INSERT}',
        f'def made():\n    return sqlite3.connect(":memory:")\ndef fill(rows):\n    c = made()\n    {INSERT}',
        f'class A:\n    def __init__(self):\n        self.c = sqlite3.connect(":memory:")\n    def fill(self, c, rows):\n        {INSERT}',
    ],
)
def test_memory_does_not_last(code: str) -> None:
    assert not inserted(code).lasting


@pytest.mark.parametrize(
    "code",
    [
        f'def scratch():\n    return sqlite3.connect(":memory:")\ndef fill(c, rows):\n    {INSERT}',
        f'SCRATCH = ":memory:"\n{INSERT}',
        f'def fill(c, rows):\n    # not ":memory:"\n    {INSERT}',
        f'class A:\n    def f(self):\n        return sqlite3.connect(":memory:")\nclass B:\n    def fill(self, c, rows):\n        {INSERT}',
    ],
)
def test_memory_out_of_reach(code: str) -> None:
    assert inserted(code).lasting


def test_a_frame_in_memory_does_not_last() -> None:
    code = 'def fill(df):\n    engine = create_engine("sqlite:///{}")\n    df.to_sql("t", engine, if_exists="append")\n'
    assert [write.lasting for write in writes(code.format(":memory:"))] == [False]
    assert [write.lasting for write in writes(code.format("shop.db"))] == [True]
