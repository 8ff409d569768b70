"""Which columns Python code reads by name of a cursor's, a result's or a job's rows."""

from __future__ import annotations

import gc
import textwrap
import weakref

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source

_HEAD = "import psycopg2\nconn = psycopg2.connect(url)\ncur = conn.cursor()\n"
_RUN = 'cur.execute("SELECT * FROM orders")\n'


def used(code: str, head: str = _HEAD) -> list[tuple[str, ...] | None]:
    source = Source("src/job.py", head + textwrap.dedent(code), Language.PYTHON)
    return [call.used_columns for call in FileView(source, Project()).calls]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ('for row in cur:\n    send(row["id"], row["total"])', ("id", "total")),
        ("for row in cur.fetchall():\n    send(row.id)", ("id",)),
        ('row = cur.fetchone()\nif row is not None:\n    send(row["id"])', ("id",)),
        ('rows = cur.fetchall()\nids = [r["id"] for r in rows if r["paid"]]', ("id", "paid")),
        ('rows = [dict(r) for r in cur]\nsend(rows[0]["total"])', ("total",)),
        ('out = []\nfor row in cur:\n    out.append(row)\nsend(out[0]["a"])', ("a",)),
        ('rows = sorted(cur.fetchall(), key=lambda r: r["at"])\nsend(rows[-1].get("id"))', ("at", "id")),
        ('for at, row in enumerate(cur):\n    send(at, row["id"])', ("id",)),
        ('first = next(cur)\nsend(first["id"])', ("id",)),
        ('for row in cur:\n    row["total"] = row["total"] * 2\n    send(row["total"])', ("total",)),
        ('for row in cur:\n    row["twice"] = row["total"] * 2\n    send(row["twice"])', ("total",)),
        ('for row in cur:\n    row["n"] += 1\n    send(row["n"])', ("n",)),
        ('row = cur.fetchone()\nsend(getattr(row, "id"), row._asdict()["b"])', ("id", "b")),
        ('rows = cur.fetchall()\nif len(rows) > 1:\n    raise ValueError(len(rows))\nsend(rows[0]["a"])', ("a",)),
        ('conn.commit()\nfor row in cur:\n    send(row["a"])\ncur.close()', ("a",)),
    ],
)
def test_rows(code: str, columns: tuple[str, ...]) -> None:
    assert used(_RUN + code) == [columns]


@pytest.mark.parametrize(
    "code",
    [
        "rows = cur.fetchall()\nsend(rows)",
        "for row in cur:\n    send(row)",
        "for row in cur:\n    send(row[0], row['id'])",
        "for a, b in cur:\n    send(a, b)",
        "(total,) = cur.fetchone()",
        "for row in cur:\n    print(row)\n    send(row['id'])",
        "for row in cur:\n    send(**row)",
        "for row in cur:\n    send(id=row['id'], all=row)",
        "for row in cur:\n    send(f'{row}', row['id'])",
        "for row in cur:\n    send(row[name])",
        "for row in cur:\n    send(row.keys(), row['id'])",
        "for row in cur:\n    if row == last:\n        send(row['id'])",
        "names = [d[0] for d in cur.description]\nfor row in cur:\n    send(row['id'])",
        "load(cur)\nfor row in cur:\n    send(row['id'])",
        "rows = len(cur.fetchall())",
        "getattr = cur.fetchone()\ngetattr()",
        "row = cur.fetchone()\nif late:\n    row['x'] = 1\nsend(row['x'], row['id'])",
        "if again:\n    cur.execute(other)\nfor row in cur:\n    send(row['id'])",
        "class Loader:\n    rows = cur.fetchall()\nsend(cur)",
        "",
    ],
)
def test_rows_that_are_used_whole(code: str) -> None:
    assert used(_RUN + code)[0] is None


def test_a_returned_row() -> None:
    assert used(
        'def f():\n    cur.execute("SELECT * FROM t")\n    row = cur.fetchone()\n    log(row["a"])\n    return row'
    ) == [None]


def test_a_yielded_row() -> None:
    assert used('def f():\n    cur.execute("SELECT * FROM t")\n    for row in cur:\n        yield row') == [None]


def test_the_next_statement_of_a_cursor_ends_the_rows_of_the_last() -> None:
    code = """
    cur.execute("SELECT * FROM orders")
    for row in cur:
        send(row["a"])
    cur.execute("SELECT * FROM customers")
    for row in cur:
        send(row["b"])
    """
    assert used(code) == [("a",), ("b",)]


def test_a_name_that_is_bound_again_is_followed_to_there() -> None:
    code = """
    row = conn.execute("SELECT * FROM orders").fetchone()
    send(row["a"])
    row = conn.execute("SELECT * FROM customers").fetchone()
    send(row["b"])
    """
    assert used(code) == [("a",), ("b",)]


def test_rows_of_two_ways_are_read_alike() -> None:
    code = """
    if late:
        row = conn.execute("SELECT * FROM orders").fetchone()
    else:
        row = conn.execute("SELECT * FROM archive").fetchone()
    send(row["a"])
    """
    assert used(code) == [("a",), ("a",)]


def test_a_fetch_before_the_statement_in_a_loop() -> None:
    code = """
    while more():
        rows = cur.fetchall()
        cur.execute("SELECT * FROM orders")
        send(cur.fetchone()["id"])
    """
    assert used(code) == [None]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        (
            "from sqlalchemy import text\nfor row in session.execute(text('SELECT * FROM t')):\n    send(row.a, row._mapping['b'])",
            ("a", "b"),
        ),
        (
            "from sqlalchemy import text\nrow = conn.execute(text('SELECT * FROM t')).mappings().first()\nsend(row['a'])",
            ("a",),
        ),
        (
            "import asyncpg\nasync def f(conn):\n    rows = await conn.fetch('SELECT * FROM t')\n    return [r['a'] for r in rows]",
            ("a",),
        ),
        (
            "import asyncpg\nasync def f(conn):\n    row = await conn.fetchrow('SELECT * FROM t')\n    return row['a']",
            ("a",),
        ),
        (
            (
                "import aiosqlite\nasync def f(db):\n    async with db.execute('SELECT * FROM t') as cursor:\n"
                "        async for row in cursor:\n            send(row['a'])"
            ),
            ("a",),
        ),
        (
            (
                "from google.cloud import bigquery\nclient = bigquery.Client()\njob = client.query('SELECT * FROM d.t')\n"
                "for row in job.result():\n    send(row.a, row['b'])"
            ),
            ("a", "b"),
        ),
        ("Q = 'SELECT * FROM t'\nimport sqlite3\nrow = conn.execute(Q).fetchone()\nsend(row['a'])", ("a",)),
    ],
)
def test_libraries(code: str, columns: tuple[str, ...]) -> None:
    assert used(code, "") == [columns]


def test_sql_that_two_calls_run() -> None:
    code = """
    import sqlite3
    QUERY = "SELECT * FROM t"
    row = conn.execute(QUERY).fetchone()
    send(row["a"])
    other = conn.execute(QUERY).fetchall()
    """
    assert used(code, "") == [None]


def test_code_without_end() -> None:
    chain = "".join(f"r{n + 1} = r{n}\n" for n in range(3000))
    assert used(f'r0 = conn.execute("SELECT * FROM t").fetchone()\n{chain}send(r3000["a"])') == [None]


def test_nothing_keeps_a_document_alive() -> None:
    source = Source("src/job.py", 'row = conn.execute("SELECT * FROM t").fetchone()\nsend(row["a"])\n', Language.PYTHON)
    view = FileView(source, Project())
    assert [call.used_columns for call in view.calls] == [("a",)]
    document = weakref.ref(view.hosts[0])
    del view
    gc.collect()
    assert document() is None
