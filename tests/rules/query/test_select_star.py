"""Doubtful cases of `select-star`: what the host's code reads of the rows."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Applicability, Severity
from leaktight.testing import fixed, run
from leaktight_rules.query.select_star import SelectStar

_TABLES = "create table orders (id int, customer_id int, total int);\ncreate table customers (id int, name text);\n"


def star(
    sql: str, reads: str, *, ddl: str = "", quotes: str = '"', dialect: str | None = None
) -> tuple[str, str | None]:
    """Give the message, and the SQL as fixed (None for a hint), of `df = pd.read_sql(sql, con)` and what reads `df`."""
    code = f"import pandas as pd\ndf = pd.read_sql({quotes}{sql}{quotes.lstrip('f')}, con)\n{reads}\n"
    report = run(SelectStar(), {"ddl/tables.sql": ddl, "job.py": code}, reported="job.py", dialect=dialect)
    (found,) = report.diagnostics
    assert found.fix is not None
    if found.fix.applicability is Applicability.DISPLAY:
        return found.message, None
    assert found.fix.applicability is Applicability.UNSAFE
    line = fixed(code, [found]).split("\n")[1]
    return found.message, line.removeprefix(f"df = pd.read_sql({quotes}").removesuffix(f"{quotes.lstrip('f')}, con)")


def test_the_columns_that_the_code_uses() -> None:
    message, sql = star("select * from orders where paid", 'send(df["id"], df["total"])')
    assert message == "`*` selects every column of `orders`; the code uses `id` and `total`"
    assert sql == "select id, total from orders where paid"


def test_many_columns_are_counted() -> None:
    message, sql = star("select * from t", 'send(df[["a", "b", "c", "d", "e", "f"]])')
    assert message.endswith("; the code uses `a`, `b`, `c`, `d` and 2 more")
    assert sql == "select a, b, c, d, e, f from t"


@pytest.mark.parametrize(
    "reads",
    ["send(df)", "print(df)", "send(len(df))", "def f():\n    return df", "send(df.iloc[:, 0])", "send(df.values)", ""],
)
def test_frames_that_are_used_whole(reads: str) -> None:
    assert star("select * from orders", reads) == ("`*` selects every column of `orders`", None)


@pytest.mark.parametrize(
    "reads", ["return row", "send(row)", "return row[0], row['id']", "yield row", "return dict(row)"]
)
def test_rows_that_are_passed_on(reads: str) -> None:
    code = f"import sqlite3\ndef f(conn):\n    row = conn.execute('select * from orders').fetchone()\n    {reads}\n"
    (found,) = run(SelectStar(), {"job.py": code}, reported="job.py").diagnostics
    assert found.message == "`*` selects every column of `orders`"


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("select distinct * from orders", 'send(df["id"])'),
        ("select * from orders order by 2", 'send(df["id"])'),
        ("select * from orders; select * from orders limit 0", 'send(df["id"])'),
        ("select * from orders o join customers c on c.id = o.customer_id", 'send(df["total"])'),
        ("select id from a union all select * from orders", 'send(df["id"])'),
        ("with o as (select * from orders) select * from o", 'send(df["id"])'),
    ],
)
def test_stars_whose_columns_are_not_known(sql: str, reads: str) -> None:
    message, changed = star(sql, reads)
    assert "the code uses" not in message
    assert changed is None


def test_holes_that_may_add_tables() -> None:
    message, _ = star("select * from orders {more} where paid", 'send(df["id"])', quotes='f"')
    assert message == "`*` selects every column of `orders`"
    message, sql_fixed = star("select * from {table} where day = '{day}' limit {n}", 'send(df["id"])', quotes='f"')
    assert message == "`*` selects every column; the code uses `id`"
    assert sql_fixed == "select id from {table} where day = '{day}' limit {n}"


def test_a_table_that_a_hole_may_define() -> None:
    code = (
        "const { rows } = await pool.query(`with a as (select 1 as one), ${more} select * from b`);\nsend(rows[0].id);"
    )
    for text, uses in ((code, False), (code.replace("${more}", "c as (select 2 as two)"), True)):
        (found,) = run(SelectStar(), {"job.ts": text}, reported="job.ts").diagnostics
        assert ("the code uses `id`" in found.message) is uses


def test_joins_of_known_tables() -> None:
    join = "from orders o join customers c on c.id = o.customer_id"
    message, sql = star(f"select * {join}", 'send(df["total"], df["name"])', ddl=_TABLES)
    assert message == "`*` selects every column of 2 tables; the code uses `total` and `name`"
    assert sql == f"select o.total, c.name {join}"
    assert "the code uses" not in star(f"select * {join}", 'send(df["id"])', ddl=_TABLES)[0]
    message, sql = star(f"select o.*, c.name as who {join}", 'send(df["total"], df["who"])')
    assert message == "`o.*` selects every column of `orders`; the code uses `total`"
    assert sql == f"select o.total, c.name as who {join}"


def test_what_the_catalog_does_not_know_is_not_listed() -> None:
    message, sql = star("select * from orders", 'send(df["profit"])', ddl=_TABLES)
    assert message == "`*` selects every column of `orders`"
    assert sql == "select id, customer_id, total from orders"


@pytest.mark.parametrize(
    ("dialect", "quotes", "listed"),
    [
        ("postgres", "'''", '"createdAt", "order", total'),
        ("bigquery", '"', "createdAt, `order`, total"),
        ("snowflake", "'''", '"createdAt", "order", total'),
        ("tsql", '"', "createdAt, [order], total"),
        ("postgres", '"', None),
    ],
)
def test_names_that_need_quotes(dialect: str, quotes: str, listed: str | None) -> None:
    sql = "select * from t where total > 1"
    _, changed = star(sql, "send(df[['createdAt', 'order', 'total']])", quotes=quotes, dialect=dialect)
    assert changed == (sql.replace("*", listed) if listed is not None else None)


@pytest.mark.parametrize(
    ("table", "severity"), [("{{ ref('orders') }}", Severity.NOTE), ("raw.orders", Severity.WARNING)]
)
def test_a_star_that_a_model_passes_on(table: str, severity: Severity) -> None:
    model = f"with o as (select * from {table}), f as (select o.*, 1 as one from o) select * from f"
    report = run(SelectStar(), {"models/f.sql": model}, reported="models/f.sql")
    assert [found.severity for found in report.diagnostics] == [severity]
