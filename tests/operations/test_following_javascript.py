"""Which columns JavaScript code reads of the rows that a SQL call gives."""

from __future__ import annotations

import textwrap

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source


def used(code: str) -> list[tuple[str, ...] | None]:
    source = Source("src/orders.ts", textwrap.dedent(code), Language.TYPESCRIPT)
    return [call.used_columns for call in FileView(source, Project()).calls]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        (
            "const { rows } = await pool.query('SELECT * FROM t');\nfor (const row of rows) send(row.id, row['b']);",
            ("id", "b"),
        ),
        ("const res = await pool.query('SELECT * FROM t');\nsend(res.rows[0].title);", ("title",)),
        ("const { rows: [user] } = await pool.query('SELECT * FROM t');\nif (user) send(user.email);", ("email",)),
        ("const [rows] = await conn.query('SELECT * FROM t');\nsend(rows.map((r) => r.title));", ("title",)),
        ("const [rows] = await conn.execute('SELECT * FROM t');\nsend(rows[0].title);", ("title",)),
        (
            "const rows = (await pool.query('SELECT * FROM t')).rows;\nrows.forEach(({ id, title: t }) => send(id, t));",
            ("id", "title"),
        ),
        (
            "const rows = await knex.raw('SELECT * FROM t');\nsend(rows.rows.filter((r) => r.paid).map((r) => r.id));",
            ("paid", "id"),
        ),
        ("pool.query('SELECT * FROM t').then((res) => res.rows.map((r) => r.id)).then(send);", ("id",)),
        ("pool.query('SELECT * FROM t', (err, res) => { send(res.rows[0].a); });", ("a",)),
        ("db.all('SELECT * FROM t', [], (err, rows) => { rows.forEach((r) => send(r.a)); });", ("a",)),
        ("db.get('SELECT * FROM t', (err, row) => { send(row?.a); });", ("a",)),
        ("const rows = db.prepare('SELECT * FROM t').all();\nsend(rows.map((r) => r.id));", ("id",)),
        ("const one = db.prepare('SELECT * FROM t WHERE id = ?');\nsend(one.get(1).name);", ("name",)),
        ("const rows = await sql`SELECT * FROM t`;\nsend(rows.at(0).a);", ("a",)),
        ("const QUERY = 'SELECT * FROM t';\nconst { rows } = await pool.query(QUERY);\nsend(rows[0].a);", ("a",)),
        ("const { rows, rowCount } = await pool.query('SELECT * FROM t');\nsend(rowCount, rows[0].a);", ("a",)),
        ("let row;\nrow = (await pool.query('SELECT * FROM t')).rows[0];\nsend(row.a);", ("a",)),
        (
            "const [a] = await Promise.all([pool.query('SELECT * FROM t')]);\nsend(a.rows[0].id);",
            ("id",),
        ),
    ],
)
def test_columns(code: str, columns: tuple[str, ...]) -> None:
    assert used(code) == [columns]


@pytest.mark.parametrize(
    "code",
    [
        "const { rows } = await pool.query('SELECT * FROM t');\nres.json(rows);",
        "async function f() { const { rows } = await pool.query('SELECT * FROM t'); return rows; }",
        "const f = () => pool.query('SELECT * FROM t');",
        "const { rows } = await pool.query('SELECT * FROM t');\nsend(JSON.stringify(rows[0]), rows[0].a);",
        "const { rows } = await pool.query('SELECT * FROM t');\nsend(rows.map((r) => ({ ...r, a: r.a })));",
        "const { rows } = await pool.query('SELECT * FROM t');\nsend(rows.map((r) => r[name]));",
        "const { rows } = await pool.query('SELECT * FROM t');\nsend(rows.map(({ id, ...rest }) => id));",
        "const { rows } = await pool.query('SELECT * FROM t');\nsend(rows.map(present));",
        "const { rows, fields } = await pool.query('SELECT * FROM t');\nsend(fields, rows[0].a);",
        "const { rows } = await pool.query('SELECT * FROM t');\nconsole.log(rows[0], rows[0].a);",
        "const { rows } = await pool.query('SELECT * FROM t');\nsend(rows.length);",
        "export const { rows } = await pool.query('SELECT * FROM t');\nsend(rows[0].a);",
        "export const rows = (await pool.query('SELECT * FROM t')).rows;\nsend(rows[0].a);",
        "const { rows } = await pool.query('SELECT * FROM t');\nconst row = rows[0];\nrow.n = 1;\nsend(row.n, row.a);",
        "let row = (await pool.query('SELECT * FROM t')).rows[0];\nrow = other;\nsend(row.a);",
        "this.rows = await pool.query('SELECT * FROM t');",
        "const [, fields] = await conn.query('SELECT * FROM t');\nsend(fields.a);",
    ],
)
def test_rows_that_are_used_whole(code: str) -> None:
    assert used(code) == [None]


def test_sql_that_two_calls_run() -> None:
    code = """
    const QUERY = "SELECT * FROM t";
    const { rows } = await pool.query(QUERY);
    send(rows[0].a);
    const all = await pool.query(QUERY);
    send(all.rows);
    """
    assert ("a",) not in used(code)
    assert None in used(code)
