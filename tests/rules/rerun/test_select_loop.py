"""Edge cases of `select-loop`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.rerun.select_loop import SelectLoop


def count(code: str, path: str = "app/report.py") -> int:
    return len(run(SelectLoop(), {path: code}, reported=path).diagnostics)


LOOKUP = 'cursor.execute("select name from users where id = %s", ({},))\n'


@pytest.mark.parametrize(
    "code",
    [
        "for order in orders:\n    " + LOOKUP.format("order.user_id"),
        "for user_id in ids:\n    cursor.execute(f\"select name from users where id = '{user_id}'\")\n",
        "for row in cursor.fetchall():\n    " + LOOKUP.format("row[0]"),
        "for user in get_users(conn):\n    " + LOOKUP.format("user.id"),
        'for user in connection.execute("select id from users"):\n    ' + LOOKUP.format("user.id"),
        'for row in db.query("select id from t"):\n    ' + LOOKUP.format("row.id"),
        "for order in orders_of(page, day):\n    " + LOOKUP.format("order.id"),
        "for order in days.orders:\n    " + LOOKUP.format("order.id"),
        "for item in model.items:\n    " + LOOKUP.format("item.id"),
        "for i, order in enumerate(shop.orders, start=day):\n    " + LOOKUP.format("order.id"),
        "for order in orders.values():\n    " + LOOKUP.format("order.id"),
        "for order in data['orders']:\n    " + LOOKUP.format("order.id"),
        "for order in (one for one in orders if one.day):\n    " + LOOKUP.format("order.id"),
        'for order in orders:\n    cursor.execute("select name from users where id in (%s)", (order.id,))\n',
        'for order in orders:\n    cursor.execute("select name from users where lower(email) = %s", (order.email,))\n',
        'for order in orders:\n    cursor.execute("select exists (select 1 from users where id = %s)", (order.id,))\n',
        "names = []\nfor i, order in enumerate(orders):\n    " + LOOKUP.format("order.user_id"),
    ],
)
def test_fires(code: str) -> None:
    assert count(code) == 1


@pytest.mark.parametrize(
    "code",
    [
        "for order in orders:\n    " + LOOKUP.format("current"),
        "for x in get_days(conn):\n    " + LOOKUP.format("x"),
        "for x in shop.days:\n    " + LOOKUP.format("x"),
        "for x in enumerate(shop.days):\n    " + LOOKUP.format("x"),
        "for x, y in tables.items():\n    " + LOOKUP.format("x"),
        "for x in data['days']:\n    " + LOOKUP.format("x"),
        "for x in (one for one in days if one.ok):\n    " + LOOKUP.format("x"),
        "for conn in get_all():\n    " + LOOKUP.format("conn.id"),
        "for query in read():\n    " + LOOKUP.format("query.id"),
        "for order in orders:\n    cursor.execute(f\"select name from users where id in ({order.ids})\")\n",
        'for order in orders:\n    cursor.execute("select name from users where id not in (%s)", (order.id,))\n',
        'for order in orders:\n    cursor.execute("select name from users where id in (%s, 2)", (order.id,))\n',
        'for order in orders:\n    cursor.execute("select name from users where lower(%s) = %s", (order.a, order.b))\n',
        'for order in orders:\n    cursor.execute("select exists (select 1 from users where id > %s)", (order.id,))\n',
        "while not done:\n    " + LOOKUP.format("user_id"),
        "for table in tables:\n    cursor.execute(f\"select count(*) from {table} where id = %s\", (table,))\n",
        "for day in days:\n    " + LOOKUP.format("day"),
        "for attempt in range(5):\n    " + LOOKUP.format("attempt"),
        "for connection in connections:\n    connection.execute(\"select name from users where id = %s\", (connection.id,))\n",
        "for shop in (1, 2, 3):\n    " + LOOKUP.format("shop"),
        "for order in orders:\n    cursor.execute(\"select shop, count(*) from users where id = %s group by shop\", (order.id,))\n",
        "for order in orders:\n    cursor.execute(\"update users set seen = 1 where id = %s\", (order.id,))\n",
        "for order in orders:\n    " + LOOKUP.format("order.id") + "    break\n",
    ],
)  # fmt: skip
def test_silent(code: str) -> None:
    assert count(code) == 0


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("for (const order of await db.orders())", "each of `await db.orders()`"),
        ("for (let i = 0, order; i < orders.length; i++)", "each of `orders`"),
        ("for (let i = 0, order; i < count; i++)", "each turn of `i < count`"),
        ("for (;;)", None),
        ("for (const order of pages)", None),
    ],
)
def test_loops_of_javascript(head: str, said: str | None) -> None:
    code = (
        'import { Pool } from "pg";\nconst pool = new Pool();\nexport async function names(db, orders, pages, count) {\n'
        f'  {head} {{ await pool.query("select name from users where id = $1", [order.id]); }}\n}}\n'
    )
    found = run(SelectLoop(), {"src/a.ts": code}, reported="src/a.ts").diagnostics
    assert [one.message for one in found] == ([f"this query runs once for {said}"] if said else [])


@pytest.mark.parametrize(("module", "mark", "fires"), [("pg", "$1", 1), ("mysql2/promise", "?", 0)])
def test_a_mark_that_the_driver_may_make_a_list_of(module: str, mark: str, fires: int) -> None:
    code = (
        f'import {{ Pool }} from "{module}";\nconst pool = new Pool();\nexport async function names(orders) {{\n'
        f'  for (const order of orders) {{ await pool.query("select a from t where id in ({mark})", [order.id]); }}\n}}\n'
    )
    assert count(code, "src/a.ts") == fires


def test_silent_in_tests() -> None:
    assert count("for order in orders:\n    " + LOOKUP.format("order.user_id"), "tests/test_report.py") == 0


def test_a_task_that_is_made_in_a_loop_queries_on_its_own() -> None:
    code = (
        "def build(configs):\n    for config in configs:\n"
        "        {0}(task_id='n', sql=f\"select count(*) from t where id = '{{config.id}}'\")\n"
    )
    for name, count in (("PGExecuteQueryOperator", 0), ("SqlSensor", 0)):
        assert len(run(SelectLoop(), {"dags/a.py": code.format(name)}, reported="dags/a.py").diagnostics) == count
    again = (
        "def build(cursor, configs):\n    for config in configs:\n"
        "        cursor.execute('select a from t where id = %s', (config.id,))\n"
    )
    assert len(run(SelectLoop(), {"jobs/a.py": again}, reported="jobs/a.py").diagnostics) == 1


@pytest.mark.parametrize(("driver", "found"), [("sqlite3", 0), ("duckdb", 0), ("psycopg2", 1)])
def test_an_engine_in_the_process_costs_no_round_trip(driver: str, found: int) -> None:
    code = f"import {driver}\n\nconn = {driver}.connect('a')\nfor order in orders:\n    conn.execute('select x from t where id = ?', (order.id,))\n"
    assert count(code) == found


def test_rows_that_are_locked_one_by_one_are_worked_on_one_by_one() -> None:
    code = 'for order in orders:\n    cursor.execute("select name from users where id = %s for update", (order.id,))\n'
    assert count(code) == 0
