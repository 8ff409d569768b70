"""Doubtful cases of `insert-without-columns`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.numbers.insert_without_columns import InsertWithoutColumns

TEMPORARY = """
def sort_out(cur):
    cur.execute("DROP TABLE IF EXISTS {table}")
    cur.execute("CREATE TEMPORARY TABLE picked (id bigint, gone boolean)")
    cur.execute("INSERT INTO {table} SELECT id, true FROM events WHERE room = 3")
    cur.execute("DROP TABLE {table}")
"""


def found(text: str, path: str = "jobs/a.sql", dialect: str = "postgres") -> int:
    report = run(InsertWithoutColumns(), {path: text}, reported=path, dialect=dialect)
    return len(report.diagnostics)


def rows(count: int, value: str = "'x'") -> str:
    return "; ".join(f"insert into states values ({number}, {value})" for number in range(count))


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        (rows(1), 1),
        (rows(4), 1),
        (rows(5), 0),
        (rows(5, "now()"), 0),
        (rows(5, "(select max(id) from colours)"), 1),
        (rows(5) + "; insert into colours values (1, 'red')", 1),
        ("insert into states values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, null)", 0),
        ("insert into states select 1, 'a' union all select 2, 'b'", 1),
    ],
)
def test_rows_that_are_written_out_are_data(sql: str, count: int) -> None:
    assert found(sql) == count


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ('"INSERT INTO awards {} VALUES {} RETURNING id".format(columns, values)', 0),
        ('f"INSERT INTO awards {columns} VALUES (%s, %s)", row', 0),
        ('f"INSERT INTO awards VALUES ({values})"', 1),
        ('f"INSERT INTO {values}.awards SELECT id, price FROM offers"', 1),
        ('f"INSERT INTO {values}.awards (id, price) SELECT id, price FROM offers"', 0),
        ('f"INSERT INTO {values}.{columns} SELECT id, price FROM offers"', 0),
        ('f"INSERT INTO awards_{values} SELECT id, price FROM offers"', 0),
        ('f"INSERT INTO {values} SELECT id, price FROM offers"', 0),
        ('f"INSERT INTO awards SELECT id, {price} FROM offers"', 1),
    ],
)
def test_a_list_of_columns_that_the_program_writes(call: str, count: int) -> None:
    assert (
        found(f"import psycopg2\ndef save(cur, columns, values, row, price):\n    cur.execute({call})\n", "a.py")
        == count
    )


@pytest.mark.parametrize(("table", "count"), [("picked", 0), ("kept", 1)])
def test_a_table_that_the_function_has_just_created(table: str, count: int) -> None:
    assert found("import psycopg2\n" + TEMPORARY.format(table=table), "a.py") == count


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("INSERT INTO places VALUES (place_type(:town, 7))", 0),
        ("INSERT INTO places VALUES (place_type(:town, 7), 3)", 1),
        ("INSERT INTO places VALUES (:town)", 1),
    ],
)
def test_a_row_of_an_object_table(sql: str, count: int) -> None:
    assert found(sql, dialect="oracle") == count


@pytest.mark.parametrize(
    ("count", "more"), [(1, ""), (2, ", and so is one more below"), (6, ", and so are 5 more below")]
)
def test_what_a_file_fills_by_position_is_one_finding(count: int, more: str) -> None:
    sql = "".join(f"insert into t{number} select a, b from s{number};\n" for number in range(count))
    (item,) = run(InsertWithoutColumns(), {"jobs/a.sql": sql}, reported="jobs/a.sql").diagnostics
    assert item.message.startswith(f"`t0` is filled by position{more}: once ")
    assert [one.location.start.line for one in item.related] == [2, 3, 4][: count - 1]


def test_what_a_fix_mends_is_told_each() -> None:
    ddl = "create table t1 (a int, b int); create table t2 (a int, b int);"
    sql = "".join(f"insert into t{number} select a, b from s{number};\n" for number in range(5))
    report = run(
        InsertWithoutColumns(), {"ddl/t.sql": ddl, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect="postgres"
    )
    assert [(one.location.start.line, one.fix is not None and bool(one.fix.edits)) for one in report.diagnostics] == [
        (1, False),
        (2, True),
        (3, True),
    ]
