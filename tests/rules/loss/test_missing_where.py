"""Doubtful cases of `missing-where`."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight.testing import run
from leaktight_rules.loss.missing_where import MissingWhere


def found(code: str, dialect: str | None = None, path: str = "jobs/a.sql") -> list[str]:
    report = run(MissingWhere(), {path: code}, reported=path, dialect=dialect)
    return [item.message.split(": ")[0].split("every row of ")[-1].strip("`") for item in report.diagnostics]


@pytest.mark.parametrize(
    ("open_", "closed"),
    [
        ("delete from orders {{ where }};", "delete from orders; {{ where }}"),
        ("update orders set a = 1 {{ cond }}", "update orders set a = {{ value }}"),
        ("update orders set a = {{ value }} {{ cond }}", "update orders set a = {{ value }}; select 1"),
        ("delete from orders {{ where(a, b) }}; select 1", "delete from orders; select {{ a }}"),
        ("delete from orders {% if day %} where day = 1 {% endif %};", "delete from orders {# if it is day #};"),
        ("delete from orders where true {{ more }}", "delete from orders where true"),
        ("delete from orders where '{{ env }}' <> 'prod'", "delete from orders where 'dev' <> 'prod'"),
    ],
)
def test_what_a_template_adds(open_: str, closed: str) -> None:
    assert found(open_) == []
    assert found(closed) == ["orders"]


@pytest.mark.parametrize(
    ("open_", "closed"),
    [
        ('execute(f"delete from orders {clause}")', 'execute(f"delete from orders")'),
        ('execute("delete from orders " + where)', 'execute("delete from orders " + "")'),
        ('execute("delete from orders {}".format(clause))', 'execute("delete from orders".format(clause))'),
        ('execute("delete from orders %s" % clause)', 'execute("delete from orders", clause)'),
        ('execute(text(f"DELETE FROM orders {cond}"))', 'execute(text("DELETE FROM orders"))'),
        ('execute(f"update orders set a = 1 {cond}")', 'execute(f"update orders set a = {value}")'),
        (
            'parts = ["delete from orders"]\n    parts.append("where id = 3")\n    cursor.execute(" ".join(parts))',
            'parts = ["delete from orders"]\n    for part in parts:\n        cursor.execute(part)',
        ),
        (
            'parts = []\n    parts.append("delete from orders")\n    cursor.execute(" ".join(parts))',
            'parts = []\n    parts.append("delete from orders")\n    cursor.execute(parts[0])',
        ),
        (
            'parts = ["delete from orders"]\n    parts.append(more)\n    cursor.execute(" ".join(p for p in parts))',
            'parts = ["delete from orders"]\n    parts.append(more)\n    cursor.execute("; ".join(p for p in parts))',
        ),
    ],
)
def test_what_python_adds(open_: str, closed: str) -> None:
    head = "def job(cursor, clause, where, cond, value, more):\n    "
    for body, expected in ((open_, []), (closed, ["orders"])):
        code = head + (body if "cursor" in body else f"cursor.{body}")
        assert found(code, path="jobs/a.py") == expected


@pytest.mark.parametrize(
    ("open_", "closed"),
    [
        ("await pool.query(`delete from orders ${where}`);", "await pool.query(`delete from orders`);"),
        ('await pool.query("delete from orders " + where);', 'await pool.query("delete from orders " + "");'),
        ("await pool.query(`update orders set a = 1 ${w}`);", "await pool.query(`update orders set a = ${w}`);"),
        (
            'const p = ["delete from orders"]; p.push("where id = 3"); await pool.query(p.join(" "));',
            'const p = ["delete from orders"]; await pool.query(p.join(" "));',
        ),
        (
            'const p = ["delete from orders"]; p.push(where); await run(p.join(" "));',
            'const p = ["delete from orders"]; await pool.query(p[0]); await pool.query("delete from orders");',
        ),
    ],
)
def test_what_javascript_adds(open_: str, closed: str) -> None:
    for body, expected in ((open_, []), (closed, ["orders"])):
        code = f"export async function job(pool, where, w) {{ {body} }}"
        assert found(code, path="jobs/a.ts") == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "names"),
    [
        ("tsql", "DELETE dbo.Orders;", ["dbo.Orders"]),
        ("oracle", "DELETE orders o;", ["orders"]),
        ("bigquery", "DELETE d.t WHERE true;", ["d.t"]),
        ("oracle", "DELETE orders WHERE id = 3;", []),
        ("tsql", "DELETE o FROM dbo.Orders o JOIN dbo.Closed c ON c.Id = o.Id;", []),
    ],
)
def test_delete_without_from(dialect: str, sql: str, names: list[str]) -> None:
    assert found(sql, dialect) == names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("WITH c AS (SELECT TOP (1000) Id FROM dbo.Log ORDER BY Id) DELETE FROM c", []),
        ("WITH c AS (SELECT Id FROM dbo.Log WHERE Id < 9) UPDATE c SET Id = 1", []),
        ("WITH b AS (SELECT Id FROM dbo.Log WHERE Id < 9), c AS (SELECT Id FROM b) DELETE c", []),
        ("WITH c AS (SELECT Id FROM dbo.Log) DELETE FROM c", ["c"]),
        ("WITH b AS (SELECT Id FROM dbo.Log WHERE Id < 9) DELETE FROM dbo.Other", ["dbo.Other"]),
        ("DELETE TOP (1000) FROM dbo.Log", []),
        ("DELETE FROM dbo.[Top]", ["dbo.Top"]),
    ],
)
def test_rows_bounded_by_top_or_a_cte(sql: str, names: list[str]) -> None:
    assert found(sql, "tsql") == names


@pytest.mark.parametrize(
    ("where", "always"),
    [
        ("1", True), ("0", False), ("1 = 1 and true", True), ("1 = 1 and id = 3", False), ("not false", True),
        ("not true", False), ("2 > 1", True), ("1 > 2", False), ("1 = 1.0", True), ("1 <> 1.0", False),
        ("id = 3 or 2 >= 2", True), ("'a' = 'a'", True), ("'a' <> 'A'", False), ("'1' = 1", False), ("-1 < 1", True),
        ("(1 = 0) or (not (3 <= 2))", True), ("id", False),
    ],
)  # fmt: skip
def test_filters_of_constants(where: str, always: bool) -> None:
    assert found(f"delete from orders where {where}", "mysql") == ["orders"] * always


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("delete from shop.prices; insert into archive.prices (id) select 1", ["shop.prices"]),
        ("delete from shop.prices; insert into prices (id) select 1", []),
        ("insert into shop.prices (id) select 1; delete from shop.prices", ["shop.prices"]),
        ("delete from work_orders", ["work_orders"]),
        ("update temp_readings set celsius = 0", ["temp_readings"]),
        ("update room_temp set celsius = 0", ["room_temp"]),
        ("update max_temp_by_city set celsius = 0", ["max_temp_by_city"]),
        ("update temp_orders set total = 0; update orders_temp set total = 0; update temp.orders set total = 0", []),
        ("update deal_stage_history set a = 0", ["deal_stage_history"]),
        ("update orders_tmp2 set a = 0; update my_stg_orders set a = 0", []),
        ("create table x (a int); update x set a = 1", []),
        ("update x set a = 1; create table x (a int)", ["x"]),
        ("create table if not exists x (a int); update x set a = 1", ["x"]),
        ("create table y (a int); update x set a = 1", ["x"]),
        ("create table x as select 1 as a; delete from x", []),
        ("create view x as select 1 as a; delete from x", ["x"]),
        ("create temp table if not exists x (a int); update x set a = 1", []),
    ],
)
def test_tables_that_are_made_for_the_job_or_filled_again(sql: str, names: list[str]) -> None:
    assert found(sql, "postgres") == names


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("create table x as select 1 as a", "update x set a = 2", []),
        ("create temp table x (a int)", "delete from x", []),
        ("create table y as select 1 as a", "update x set a = 2", ["x"]),
        ("update x set a = 2", "create table x as select 1 as a", ["x"]),
        ("delete from x", "insert into x (a) select 1", []),
        ("insert into x (a) select 1", "delete from x", ["x"]),
    ],
)
def test_calls_of_one_function_are_seen_together(first: str, second: str, names: list[str]) -> None:
    python = f'def job(conn):\n    conn.execute("{first}")\n    conn.execute("{second}")\n'
    assert found(python, path="jobs/a.py") == names
    typescript = f'export async function job(pool) {{ await pool.query("{first}"); await pool.query("{second}"); }}'
    assert found(typescript, path="jobs/a.ts") == names
    apart = f'def one(conn):\n    conn.execute("{first}")\ndef two(conn):\n    conn.execute("{second}")\n'
    assert found(apart, path="jobs/a.py") == ["x"]


def test_taking_a_migration_of_typeorm_back_is_none() -> None:
    code = "class A {{\n  async {}(runner) {{\n    await runner.query(`DELETE FROM rates`);\n  }}\n}}\n"
    path = "src/migrations/1616014739471-rates.js"
    for method, count in (("up", 1), ("down", 0)):
        assert len(run(MissingWhere(), {path: code.format(method)}, reported=path).diagnostics) == count


@pytest.mark.parametrize(
    ("path", "function", "told"),
    [
        ("migrations/versions/0027_rates.py", "upgrade", [Severity.NOTE]),
        ("migrations/versions/0027_rates.py", "downgrade", []),
        ("jobs/rates.py", "downgrade", [Severity.ERROR]),
    ],
)
def test_a_migration_is_a_note_and_taking_it_back_none(path: str, function: str, told: list[Severity]) -> None:
    code = f'def {function}():\n    op.execute("delete from rates")\n'
    report = run(MissingWhere(), {path: code}, reported=path)
    assert [found.severity for found in report.diagnostics] == told


ADDED = """def fill(cursor):
    cursor.execute('alter table t add column {} boolean')
    cursor.execute('update t set mapped = false')
"""


@pytest.mark.parametrize(
    ("path", "code", "names"),
    [
        ("admin/reset_tables.sql", "delete from carts", []),
        ("admin/tables.sql", "delete from carts", ["carts"]),
        ("db/shop-delete-data.sql", "delete from carts", []),
        ("db/shop-load-data.sql", "delete from carts", ["carts"]),
        ("db/delete_old_data.sql", "delete from carts", ["carts"]),
        ("db/shop-delete-data.sql", "update carts set total = 0", ["carts"]),
        ("app/db.py", "def wipe_carts(cursor):\n    cursor.execute('delete from carts')\n", []),
        ("app/db.py", "def delete_all(cursor):\n    cursor.execute('delete from carts')\n", []),
        ("app/db.py", "def delete_one(cursor):\n    cursor.execute('delete from carts')\n", ["carts"]),
        ("app/db.py", "def load_all(cursor):\n    cursor.execute('delete from carts')\n", ["carts"]),
        ("app/db.py", ADDED.format("mapped"), []),
        ("app/db.py", ADDED.format("other"), ["t"]),
        ("app/db.py", "def load_carts(cursor):\n    cursor.execute('delete from carts')\n", ["carts"]),
        ("jobs/a.sql", "alter table t add column mapped boolean;\nupdate t set mapped = false", []),
        ("jobs/a.sql", "alter table t add column other boolean;\nupdate t set mapped = false", ["t"]),
    ],
)
def test_names_and_new_columns_that_mean_each_row(path: str, code: str, names: list[str]) -> None:
    assert found(code, "postgres", path) == names


@pytest.mark.parametrize(
    ("sets", "severity"),
    [
        ("a = a::integer", Severity.NOTE),
        ("a = upper(b), c = coalesce(d, 0)", Severity.NOTE),
        ("a = a - 10", Severity.ERROR),
        ("a = round(a * 1.1)", Severity.ERROR),
        ("a = b * c", Severity.NOTE),
        ("was_open = case when is_open then true else false end, is_open = false", Severity.NOTE),
        ("was_open = coalesce(open_at, now()), is_open = false", Severity.ERROR),
        ("a = upper(b), c = 1", Severity.ERROR),
        ("a = upper(b), changed_at = now()", Severity.NOTE),
        ("a = nextval('numbers'), b = gen_random_uuid()", Severity.NOTE),
        ("changed_at = now()", Severity.ERROR),
        ("a = lower('X')", Severity.ERROR),
        ("a = 'x'", Severity.ERROR),
    ],
)
def test_columns_that_are_derived_are_told_with_strict_alone(sets: str, severity: Severity) -> None:
    files = {"jobs/a.sql": f"update t set {sets}"}
    told = [
        [item.severity for item in run(rule, files, reported="jobs/a.sql", dialect="postgres").diagnostics]
        for rule in (MissingWhere(), MissingWhere(strict=True))
    ]
    assert told == [[] if severity is Severity.NOTE else [severity], [severity]]


@pytest.mark.parametrize(
    ("comment", "severity"),
    [
        ("the rules have changed: votes are cleared", Severity.NOTE),
        ("remove all rows before the import", Severity.NOTE),
        ("wipe the votes", Severity.NOTE),
        ("remove the votes", Severity.ERROR),
        ("clear expired votes", Severity.ERROR),
        ("delete all old rows", Severity.ERROR),
        ("all of it is for the badge", Severity.ERROR),
    ],
)
def test_a_comment_that_says_that_each_row_goes(comment: str, severity: Severity) -> None:
    sql = f"select 1;\n\n-- {comment}\ndelete from levels;\nselect 2;\ndelete from votes;\n"
    calls = ("delete from levels", "select 2", "delete from votes")
    code = f"def change(db):\n    # {comment}\n" + "".join(f'    db.execute("{call}")\n' for call in calls)
    for path, text in (("jobs/a.sql", sql), ("jobs/a.py", code)):
        report = run(MissingWhere(strict=True), {path: text}, reported=path)
        assert [one.severity for one in report.diagnostics] == [severity] * 2
        report = run(MissingWhere(), {path: text}, reported=path)
        assert len(report.diagnostics) == (0 if severity is Severity.NOTE else 2)
    apart = run(MissingWhere(), {"jobs/a.sql": sql.replace("\ndelete", "\n\ndelete")}, reported="jobs/a.sql")
    assert [one.severity for one in apart.diagnostics] == [Severity.ERROR] * 2


EMPTYING = "set search_path to shop;\nbegin;\n-- {}\ndelete from lines;\ntruncate orders;\ndelete from carts where true;\ncommit;\n"


@pytest.mark.parametrize(
    ("path", "code", "names"),
    [
        ("jobs/prepare.sql", EMPTYING.format("for the load of the night"), []),
        ("jobs/prepare.sql", EMPTYING.format("the expired lines"), ["lines", "carts"]),
        ("jobs/prepare.sql", "delete from lines;\ndelete from carts where id = 1;\n", ["lines"]),
        ("jobs/prepare.sql", "delete from lines;\nselect 1;\ndelete from carts;\n", ["lines", "carts"]),
        ("jobs/prepare.sql", "delete from lines;\ninsert into carts (id) select id from late;\n", ["lines"]),
        ("jobs/prepare.sql", "delete from lines;\nthis is no statement;\ndelete from carts;\n", ["lines", "carts"]),
        ("jobs/prepare.sql", "delete from lines", ["lines"]),
        ("jobs/delete_lines_pub.sql", "delete from lines", []),
        ("jobs/lines_delete.sql", "delete from lines", []),
        ("jobs/deletelines.sql", "delete from lines", []),
        ("jobs/del_csv.sql", "delete from lines", []),
        ("jobs/model.sql", "delete from lines", ["lines"]),
        ("jobs/delete_old_lines.sql", "delete from lines; delete from orders;", ["lines", "orders"]),
        ("jobs/delete_lines.sql", "delete from lines; update carts set lines = 0 where id = 1;", ["lines"]),
        ("jobs/delete_lines.sql", "update carts set lines = 0;", ["carts"]),
        ("migrations/V7__lines.sql", "delete from lines; delete from orders;", ["lines", "orders"]),
        (
            "jobs/lines.py",
            "def run(cursor):\n    cursor.execute('delete from lines; delete from orders')\n",
            [],
        ),
        (
            "jobs/lines.py",
            "def run(cursor):\n    cursor.execute('delete from lines')\n    cursor.execute('delete from lines')\n",
            ["lines", "lines"],
        ),
        (
            "jobs/prepare.sql",
            "delete from lines;\ndelete from orders;\ninsert into carts (id) select id from late;\n",
            [],
        ),
    ],
)
def test_a_script_that_only_empties_tables(path: str, code: str, names: list[str]) -> None:
    assert found(code, "postgres", path) == names


def test_words_of_a_list_are_no_statement() -> None:
    code = "const FORBIDDEN = ['INSERT INTO', 'UPDATE SET', 'DELETE FROM'];\n"
    assert run(MissingWhere(), {"a.ts": code}, reported="a.ts").diagnostics == ()


_PRISMA = "export async function f(prisma, knex, data) {{ await prisma.$executeRaw`delete from daily_orders;`; {} }}"
_DB_API = "def f(cursor, session, frame, rows):\n    cursor.execute('delete from daily_orders')\n    {}\n"


@pytest.mark.parametrize(
    ("path", "code", "then", "count"),
    [
        ("a.ts", _PRISMA, "await prisma.daily_orders.createMany({ data });", 0),
        ("a.ts", _PRISMA, "await prisma.dailyOrder.createMany({ data });", 0),
        ("a.ts", _PRISMA, "await knex('daily_orders').insert(data);", 0),
        ("a.ts", _PRISMA, "await prisma.carts.createMany({ data });", 1),
        ("a.ts", _PRISMA, "await prisma.daily_orders.findMany({ data });", 1),
        ("a.py", _DB_API, "frame.to_sql('daily_orders', engine, if_exists='append')", 0),
        ("a.py", _DB_API, "session.add_all(DailyOrder(**row) for row in rows)", 0),
        ("a.py", _DB_API, "DailyOrder.objects.bulk_create(rows)", 0),
        ("a.py", _DB_API, "frame.to_sql('carts', engine, if_exists='append')", 1),
    ],
)
def test_what_is_filled_again_without_sql(path: str, code: str, then: str, count: int) -> None:
    assert len(run(MissingWhere(), {path: code.format(then)}, reported=path).diagnostics) == count


@pytest.mark.parametrize(("path", "code"), [("a.ts", _PRISMA), ("a.py", _DB_API)])
def test_another_function_fills_nothing_again(path: str, code: str) -> None:
    other = {
        "a.ts": "export async function g(prisma, data) { await prisma.daily_orders.createMany({ data }); }",
        "a.py": "def g(frame):\n    frame.to_sql('daily_orders', engine)\n",
    }
    text = code.format("return 1") + "\n" + other[path]
    assert len(run(MissingWhere(), {path: text}, reported=path).diagnostics) == 1


_PROBE = "def make(db):\n    {}\n\ndef probe(db):\n    db.execute(\"update smear set val = 'new'\")\n"


@pytest.mark.parametrize(
    ("made", "count"),
    [
        ("db.execute('drop table if exists smear'); db.execute('create table smear (val text)')", 0),
        ("db.execute('create table if not exists smear (val text)')", 1),
        ("db.execute('drop table if exists other')", 1),
    ],
)
def test_a_table_of_the_program_alone(made: str, count: int) -> None:
    assert len(run(MissingWhere(), {"a.py": _PROBE.format(made)}, reported="a.py").diagnostics) == count


@pytest.mark.parametrize(
    ("other", "between", "names"),
    [
        ("DELETE FROM carts WHERE cart_id != ALL($1)", "else", []),
        ("DELETE FROM buyers WHERE cart_id != ALL($1)", "else", ["carts"]),
        ("SELECT cart_id FROM carts WHERE cart_id != ALL($1)", "else", ["carts"]),
        ("DELETE FROM carts WHERE cart_id != ALL($1)", "", ["carts"]),
    ],
)
def test_one_arm_of_two_takes_every_row(other: str, between: str, names: list[str]) -> None:
    typescript = f"""
async function prune(pool: Pool, kept: string[]) {{
  if (kept.length > 0) {{
    await pool.query(`{other}`, [kept]);
  }} {between} {{
    await pool.query(`DELETE FROM carts`);
  }}
}}
"""
    assert found(typescript, "postgres", "jobs/prune.ts") == names
    python = f"""
def prune(cursor, kept):
    if kept:
        cursor.execute("{other.replace("$1", "%s")}", (kept,))
    {between or "if True"}:
        cursor.execute("delete from carts")
"""
    assert found(python, "postgres", "jobs/prune.py") == names
