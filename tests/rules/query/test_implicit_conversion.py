"""Doubtful cases of `implicit-conversion`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight.text import Edit, apply_edits
from leaktight_rules.query.implicit_conversion import ImplicitConversion

COLUMNS = "id bigint primary key, code varchar(20), ref varchar(20), amount decimal(12, 2), day date, at timestamp"
DDL = f"create table orders ({COLUMNS}); create table imports (id varchar(20), code bigint, day varchar(10), at date);"


def found(sql: str, dialect: str, ddl: str = DDL) -> list[str]:
    report = run(ImplicitConversion(), {"ddl/t.sql": ddl, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select id from orders where code = 12", "mysql"),
        ("select id from orders where 12 = code", "mysql"),
        ("select id from orders where code > 12", "oracle"),
        ("select id from orders where code = 12", "tsql"),
        ("select id from orders where code = 12", "postgres"),
        ("select id from orders o where (o.code) = 12", "mysql"),
        ("select o.id from orders o join imports i on i.code = o.code", "mysql"),
        ("select o.id from orders o join imports i on i.code = o.code", "postgres"),
        ("select o.id from orders o join imports i on i.day = o.day", "postgres"),
        ("with o as (select code as c from orders) select c from o where c = 12", "mysql"),
        ("update orders set amount = 1 where code = 12", "mysql"),
        ("delete from orders where code = 12", "mysql"),
        ("select id from orders where code = N'x'", "tsql"),
        ("select id from orders where code in (12, 13)", "mysql"),
        ("select id from orders where code not in (12)", "postgres"),
        ("select id from orders where code between 12 and 13", "oracle"),
        ("select id from orders where day in ('2026-01-01')", "trino"),
        ("select id from orders where day >= '2026-01-01'", "trino"),
        ("select id from orders where amount = '3'", "athena"),
    ],
)
def test_types_that_do_not_meet(sql: str, dialect: str) -> None:
    assert len(found(sql, dialect)) == 1


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select id from orders where code = '12'", "mysql"),
        ("select id from orders where id = '12'", "mysql"),
        ("select id from orders where code in ('12', '13')", "mysql"),
        ("select id from orders where code in (select ref from orders)", "mysql"),
        ("select id from orders where id between 12 and 13", "mysql"),
        ("select id from orders where code between '12' and '13'", "mysql"),
        ("select id from orders where id = '12'", "postgres"),
        ("select id from orders where code = ?", "mysql"),
        ("select id from orders where code = concat('a', 12)", "mysql"),
        ("select id from orders where cast(code as signed) = 12", "mysql"),
        ("select id from orders where code = 12", "sqlite"),
        ("select id from orders where code = 12", "snowflake"),
        ("select id from orders where day >= '2026-01-01'", "postgres"),
        ("select id from orders where day >= date '2026-01-01'", "trino"),
        ("select id from orders where day = at", "postgres"),
        ("select o.id from orders o join imports i on i.id = o.code", "mysql"),
        ("select o.id from orders o join elsewhere i on i.code = o.code", "mysql"),
        ("update orders set code = 12 where id = 1", "mysql"),
        ("insert into orders (id, code) values (1, 'a') on conflict (id) do update set code = 12", "postgres"),
        ("merge into orders o using imports i on o.ref = i.id when matched then update set code = 12", "oracle"),
        ("select id from elsewhere where code = 12", "mysql"),
    ],
)
def test_types_that_meet_or_are_not_known(sql: str, dialect: str) -> None:
    assert found(sql, dialect) == []


def test_bigquery_knows_instants_from_dates() -> None:
    ddl = "create table a (ts timestamp, dt datetime, d date); create table b (ts timestamp, dt datetime, d date);"
    join = "select a.d from a join b on a.{} = b.{}"
    assert len(found(join.format("ts", "d"), "bigquery", ddl)) == 1
    assert len(found(join.format("dt", "ts"), "bigquery", ddl)) == 1
    assert found(join.format("dt", "d"), "bigquery", ddl) == []


@pytest.mark.parametrize(
    ("condition", "mended", "title"),
    [
        ("code = 12", "code = '12'", "compare with a string"),
        ("code in (12, '13', 14)", "code in ('12', '13', '14')", "compare with strings"),
        ("code between 12 and 13", "code between '12' and '13'", "compare with strings"),
    ],
)
def test_all_values_of_a_list_are_mended(condition: str, mended: str, title: str) -> None:
    sql = f"select id from orders where {condition}"
    report = run(ImplicitConversion(), {"ddl/t.sql": DDL, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect="mysql")
    (item,) = report.diagnostics
    assert item.fix is not None
    assert item.fix.title == title
    edits = [Edit(edit.location.span, edit.content) for edit in item.fix.edits]
    assert apply_edits(sql, edits) == f"select id from orders where {mended}"


OF_POSTGRES = "create table orders (id bigserial primary key, code varchar(20), at timestamptz default now());"
OF_SQLITE = "create table orders (id integer primary key autoincrement, code varchar(20), at text);"
OF_NOBODY = "create table orders (id int, code varchar(20));"


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({"ddl/t.sql": OF_POSTGRES}, 1),
        ({"ddl/t.sql": OF_SQLITE}, 0),
        ({"ddl/t.sql": OF_NOBODY}, 0),
        ({"ddl/t.sql": OF_POSTGRES, "old/t.sql": OF_SQLITE}, 0),
        ({"ddl/t.sql": OF_POSTGRES, "old/t.sql": OF_NOBODY}, 0),
    ],
)
def test_the_declarations_of_a_table_tell_the_engine_of_a_query_that_does_not(
    files: dict[str, str], count: int
) -> None:
    code = "def load(cursor):\n    cursor.execute('select id from orders where code = 12')\n"
    report = run(ImplicitConversion(), {**files, "jobs/a.py": code}, reported="jobs/a.py")
    assert len([item for item in report.diagnostics if item.rule == "implicit-conversion"]) == count
