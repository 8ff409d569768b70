"""Edge cases of `insert-loop`: when the fix is made, and how."""

from __future__ import annotations

from textwrap import dedent

import pytest

from leaktight.diagnostics import Applicability, Diagnostic
from leaktight.testing import fixed, run
from leaktight_rules.rerun.insert_loop import InsertLoop


def found(code: str, path: str = "app/save.py") -> list[Diagnostic]:
    return list(run(InsertLoop(), {path: dedent(code)}, reported=path).diagnostics)


def test_rows_over_several_lines_keep_their_shape() -> None:
    code = dedent(
        """
        def save(cursor, orders):
            for order in orders:
                cursor.execute(
                    "insert into orders (id, total) values (%s, %s)",
                    (
                        order.id,
                        order.total,
                    ),
                )
        """
    )
    wanted = dedent(
        """
        def save(cursor, orders):
            cursor.executemany(
                "insert into orders (id, total) values (%s, %s)",
                [
                    (
                        order.id,
                        order.total,
                    )
                    for order in orders
                ],
            )
        """
    )
    assert fixed(code, found(code)) == wanted


@pytest.mark.parametrize(
    "body",
    [
        'connection.execute("insert into t (a) values (%s)", (row.a,))',
        'cursor.execute("insert into t (a) values (%s)", row)',
        'cursor.execute("insert into t (a) values (%s)", (row.a,)); count += 1',
        'cursor.execute(f"insert into t (a) values ({row.a})")',
        '# one by one\n        cursor.execute("insert into t (a) values (%s)", (row.a,))',
        'row.cursor.execute("insert into t (a) values (%s)", (row.a,))',
    ],
)
def test_only_a_hint(body: str) -> None:
    (diagnostic,) = found(f"def save(cursor, rows):\n    for row in rows:\n        {body}\n")
    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is Applicability.DISPLAY


ONE = 'cursor.execute("insert into t (a) values (%s)", (row,))'


@pytest.mark.parametrize(
    ("code", "fixes"),
    [
        (f"for row in rows:\n    {ONE}\nprint(len(rows))\n", True),
        (f"for row in rows:\n    {ONE}\nprint(row)\n", False),
        (f"for row in rows:\n    {ONE}\nfor row in more:\n    print(row)\n", True),
        (f"def save(rows):\n    for row in rows:\n        {ONE}\n\ndef show(row):\n    print(row)\n", True),
        (f"for row in rows:\n    {ONE}\n\ndef show():\n    print(row)\n", False),
        (f"for part in more:\n    print(row)\n    for row in part:\n        {ONE}\n", False),
        (f"class A:\n    for row in rows:\n        {ONE}\n", False),
        (f"def save():\n    for row in (yield 1):\n        {ONE}\n", False),
        (f"def save():\n    for row in rows:\n        {ONE.replace('(row,)', '((yield row),)')}\n", False),
        (f"def save():\n    for row in rows:\n        {ONE.replace('(row,)', '((lambda: row)(),)')}\n", True),
        (f"async def save():\n    for row in rows:\n        {ONE.replace('(row,)', '(await row,)')}\n", False),
        (f"for row in (all := rows):\n    {ONE}\n", False),
        (f"for row in rows:\n    {ONE.replace('(row,)', '(row, cursor.lastrowid)')}\n", False),
    ],
)
def test_the_fix_leaves_no_name_undefined(code: str, fixes: bool) -> None:
    (diagnostic,) = found(code)
    assert diagnostic.fix is not None
    assert (diagnostic.fix.applicability is Applicability.UNSAFE) == fixes
    if fixes:
        compile(fixed(code, [diagnostic]), "save.py", "exec")


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        ("rows or more", "rows or more"),
        ("rows if rows else more", "(rows if rows else more)"),
        ("(rows if rows else more)", "(rows if rows else more)"),
        ("a, b, c, d, e, f", "(a, b, c, d, e, f)"),
        ("(a, b, c, d, e, f)", "(a, b, c, d, e, f)"),
    ],
)
def test_what_is_walked_over_keeps_its_brackets(items: str, wanted: str) -> None:
    code = f"for row in {items}:\n    {ONE}\n"
    assert fixed(code, found(code)).endswith(f", [(row,) for row in {wanted}])\n")


@pytest.mark.parametrize(
    "code",
    [
        'while True:\n    message = queue.get()\n    cursor.execute("insert into t (a) values (%s)", (message,))\n',
        'for batch in batches(rows):\n    cursor.execute("insert into t (a) values (%s)", (batch,))\n',
        'for part in rows:\n    cursor.execute(f"insert into t (a) values {part}")\n',
        'for day in days:\n    cursor.execute("insert into t select a from s where d = %s", (day,))\n',
        'for row in rows:\n    cursor.executemany("insert into t (a) values (%s)", row.items)\n',
        'for row in rows:\n    cursor.execute("insert into t (a) values (%s)", (row,))\n    break\n',
        'for row in rows:\n    cursor.execute("update t set a = %s", (row,))\n',
        'for row in rows:\n    print("insert into t (a) values (1)")\n',
    ],
)
def test_silent(code: str) -> None:
    assert found(code) == []


@pytest.mark.parametrize("path", ["tests/test_save.py", "migrations/0002_fill.py", "seeds/fill.py"])
def test_silent_by_path(path: str) -> None:
    assert found('for row in rows:\n    cursor.execute("insert into t (a) values (%s)", (row,))\n', path) == []


@pytest.mark.parametrize(
    ("head", "concurrent"),
    [
        ("from cassandra.cluster import Cluster", True),
        ("import cassandra", True),
        ("# Not as the loads of cassandra are.", False),
    ],
)
def test_what_cassandra_has_is_offered_where_it_is_imported(head: str, concurrent: bool) -> None:
    (one,) = found(
        f"{head}\n\ndef save(session, rows):\n    for row in rows:\n        session.execute('insert into t (a) values (%s)', (row.a,))\n"
    )
    assert one.fix is not None
    assert ("execute_concurrent_with_args" in one.fix.title) is concurrent


def test_what_cassandra_has_for_python_is_not_offered_to_javascript() -> None:
    code = """
        import cassandra from "cassandra-driver";
        import { Pool } from "pg";

        const pool = new Pool();

        export async function save(rows) {
          for (const row of rows) {
            await pool.query("insert into t (a) values ($1)", [row.a]);
          }
        }
        """
    (one,) = found(code, "app/save.js")
    assert one.fix is not None
    assert "execute_concurrent_with_args" not in one.fix.title


def test_a_counting_loop_of_javascript_is_worded() -> None:
    code = (
        'import { Pool } from "pg";\nconst pool = new Pool();\nexport async function add(rows, count) {\n'
        '  for (let i = 0; i < %s; i++) { await pool.query("insert into t (a) values ($1)", [rows[i]]); }\n}\n'
    )
    (diagnostic,) = found(code % "rows.length", "src/add.ts")
    assert "one `INSERT` for each of `rows`:" in diagnostic.message
    (diagnostic,) = found(code % "count", "src/add.ts")
    assert "one `INSERT` for each turn of `i < count`:" in diagnostic.message


def test_says_when_it_is_only_slow() -> None:
    (diagnostic,) = found(
        'def add(cursor, rows):\n    for row in rows:\n        cursor.execute("insert into t (a) values (%s)", (row,))\n'
    )
    assert "again" not in diagnostic.message
    (diagnostic,) = found(
        'def load(cursor, rows):\n    for row in rows:\n        cursor.execute("insert into t (a) values (%s)", (row,))\n'
    )
    assert "a second run adds the rows again" in diagnostic.message
    code = 'def load(cursor, rows):\n    cursor.execute("delete from t")\n    for row in rows:\n        cursor.execute("insert into t (a) values (%s)", (row,))\n'
    (diagnostic,) = found(code)
    assert "again" not in diagnostic.message
