"""Edge cases of `insert-not-idempotent`: its fixes, and what is no load."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Applicability, Diagnostic
from leaktight.operations.facts import file_facts
from leaktight.operations.project import Project
from leaktight.source import Language, Source
from leaktight.testing import fixed, run
from leaktight_rules.rerun.insert_not_idempotent import InsertNotIdempotent

KEYED = "create table totals (day date, shop text, total numeric, primary key (day, shop));"


def found(text: str, path: str = "jobs/load.sql", ddl: str = "", dialect: str | None = None) -> list[Diagnostic]:
    files = {path: text, **({"ddl/tables.sql": ddl} if ddl else {})}
    return list(run(InsertNotIdempotent(), files, reported=path, dialect=dialect).diagnostics)


def test_every_column_is_in_the_key() -> None:
    text = "insert into totals (day, shop) select s.day, s.shop from sales as s"
    diagnostics = found(text, ddl=KEYED, dialect="postgres")
    assert fixed(text, diagnostics) == text + " ON CONFLICT (day, shop) DO NOTHING"


def test_mysql_has_its_own_clause() -> None:
    text = "insert into totals (day, shop, total) select s.day, s.shop, s.total from sales as s;"
    diagnostics = found(text, ddl=KEYED, dialect="mysql")
    assert fixed(text, diagnostics) == text[:-1] + " ON DUPLICATE KEY UPDATE total = VALUES(total);"


QUOTED = 'create table totals ("Day" date, shop text, "order" int, "createdAt" date, primary key ("Day", shop));'


@pytest.mark.parametrize(
    ("dialect", "columns", "clause"),
    [
        ("postgres", '"Day", shop, "order"', 'ON CONFLICT ("Day", shop) DO UPDATE SET "order" = EXCLUDED."order"'),
        ("postgres", '"Day", SHOP', 'ON CONFLICT ("Day", SHOP) DO NOTHING'),
        ("mysql", "`Day`, shop, `order`", "ON DUPLICATE KEY UPDATE `order` = VALUES(`order`)"),
        ("duckdb", '"Day", shop, "createdAt"', 'ON CONFLICT ("Day", shop) DO UPDATE SET "createdAt" = EXCLUDED."createdAt"'),
    ],
)  # fmt: skip
def test_names_are_written_as_the_insert_writes_them(dialect: str, columns: str, clause: str) -> None:
    text = f"insert into totals ({columns}) select * from sales as s"
    ddl = QUOTED.replace('"', "`") if dialect == "mysql" else QUOTED
    assert fixed(text, found(text, ddl=ddl, dialect=dialect)) == f"{text} {clause}"


def test_names_that_the_insert_leaves_out_are_written_as_declared() -> None:
    text = "insert into totals select s.day, s.shop, s.n, s.at from sales as s"
    assert fixed(text, found(text, ddl=QUOTED, dialect="postgres")) == (
        f'{text} ON CONFLICT ("Day", shop) DO UPDATE SET "order" = EXCLUDED."order", "createdAt" = EXCLUDED."createdAt"'
    )


def test_a_name_that_the_host_fills_in_is_not_repeated() -> None:
    text = 'insert into totals ("Day", shop, {{ extra }}) select s.day, s.shop, s.n from sales as s'
    (diagnostic,) = found(text, ddl=QUOTED, dialect="postgres")
    assert diagnostic.fix is not None
    assert diagnostic.fix.title == "write by key (`Day, shop`)"
    assert diagnostic.fix.applicability is Applicability.DISPLAY


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("insert into totals (day, shop) select s.day, s.shop from sales as s", "sqlite"),
        ("insert into totals (day, shop) select s.day, s.shop from sales as s returning day", "postgres"),
        ("insert into totals (day, shop) select s.day, s.shop from sales as s", "tsql"),
    ],
)
def test_only_a_hint_where_the_clause_would_not_parse(text: str, dialect: str) -> None:
    (diagnostic,) = found(text, ddl=KEYED, dialect=dialect)
    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is Applicability.DISPLAY
    assert "day" in diagnostic.fix.title


def test_the_key_must_be_filled() -> None:
    (diagnostic,) = found("insert into totals (shop) select s.shop from sales as s", ddl=KEYED, dialect="postgres")
    assert "adds the same rows" in diagnostic.message


def test_a_promised_key_keeps_no_row_out() -> None:
    ddl = "create table totals (day date, shop string, primary key (day, shop) not enforced);"
    (diagnostic,) = found(
        "insert into totals (day, shop) select s.day, s.shop from sales as s", ddl=ddl, dialect="bigquery"
    )
    assert "adds the same rows" in diagnostic.message


@pytest.mark.parametrize("path", ["migrations/V3__fill.sql", "tests/fill.sql", "seeds/fill.sql", "ddl/fill.sql"])
def test_paths_that_are_no_load(path: str) -> None:
    assert found("insert into totals (day) select s.day from sales as s", path) == []


@pytest.mark.parametrize("table", ["load_log", "audit", "price_history", "job_runs", "{table}"])
def test_tables_that_are_meant_to_grow_or_not_known(table: str) -> None:
    code = f'def load(cursor, rows):\n    cursor.executemany(f"insert into {table} (a) values (%s)", rows)\n'
    assert found(code, "etl/load.py") == []


@pytest.mark.parametrize(("table", "count"), [('"loadLog"', 0), ("`job-runs`", 0), ("catalog", 1), ("blogs", 1)])
def test_words_of_a_name_are_whole(table: str, count: int) -> None:
    text = f"insert into shop.{table} (day) select s.day from sales as s"
    assert len(found(text, dialect="bigquery" if "`" in table else "postgres")) == count


def test_the_loop_is_shown() -> None:
    code = 'def handler(event, context):\n    for r in event["Records"]:\n        db.execute("insert into t (a) values (%s)", (r,))\n'
    (diagnostic,) = found(code, "src/consumer.py")
    assert [related.location.start.line for related in diagnostic.related] == [2]


def test_templates() -> None:
    text = """
    {% if full %}truncate table totals;{% endif %}
    insert into totals (day) select s.day from sales as s where s.day = '{{ ds }}'
    """
    assert len(found(text, dialect="postgres")) == 1


def test_inserts_into_one_table_are_one_finding() -> None:
    one = "insert into totals (day, n) select s.day, count(*) from sales as s group by s.day;\n"
    other = one.replace("totals", "orders")
    (first, second) = found(one * 40 + other)
    assert first.message.startswith(
        "a second run of this `INSERT` adds the same rows to `totals` again, and so do 39 more below:"
    )
    assert "below" not in second.message
    assert len(first.related) == 3
    (told,) = found(one + one)
    assert "again, and so does one more below: " in told.message


def test_inserts_that_something_guards_are_not_counted() -> None:
    one = "insert into totals (day, n) select s.day, count(*) from sales as s group by s.day;\n"
    guarded = "insert into totals (day) select s.day from sales as s where not exists (select 1 from totals t where t.day = s.day);\n"
    (told,) = found(guarded + one + guarded)
    assert "below" not in told.message
    assert told.location.start.line == 2


def test_inserts_of_two_functions_are_two_findings() -> None:
    body = "    db.execute('insert into totals (day) select s.day from sales as s')\n"
    assert len(found(f"def load_a(db):\n{body}{body}\ndef load_b(db):\n{body}", "jobs/load.py")) == 2


def test_inserts_by_key_are_mended_one_by_one() -> None:
    text = "insert into totals (day, shop) select s.day, s.shop from sales as s;\n"
    assert len(found(text * 2, ddl=KEYED, dialect="postgres")) == 2


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('LOAD = "insert into totals (day) select s.day from {{ sales }} as s"\n', 0),
        ('LOAD = TEMPLATES.from_string("insert into totals (day) select s.day from {{ sales }} as s")\n', 0),
        ('db.execute("insert into totals (day) select s.day from sales as s")\n', 1),
        ('LOAD = "insert into totals (day) select s.day from sales as s"\ndb.execute(LOAD)\n', 1),
    ],
)
def test_a_constant_that_nobody_is_seen_to_run(code: str, count: int) -> None:
    assert len(found(code, "cleaning/rules.py")) == count


FILLED = "insert into shop.totals (day, total) select s.day, s.total from sales as s where s.day = '${day}'"


@pytest.mark.parametrize(
    ("path", "text", "count"),
    [
        ("jobs/clear.sql", "delete from shop.totals;", 0),
        ("jobs/clear.sql", "delete from totals", 0),
        ("jobs/clear.sql", "delete from other.totals;", 1),
        ("jobs/clear.sql", "delete from shop.counts;", 1),
        ("jobs/clear.sql", "truncate table shop.counts, shop.totals restart identity;", 0),
        ("jobs/clear.sql", "create or replace table shop.totals (day date, total numeric);", 0),
        ("jobs/clear.sql", "drop table if exists shop.totals;\ncreate table shop.totals (day date, total numeric);", 0),
        ("jobs/clear.sql", "create table if not exists shop.totals (day date, total numeric);", 1),
        ("jobs/clear.sql", "create temporary table totals (day date);\ndelete from counts;", 1),
        ("jobs/clear.sql", "drop table if exists shop.totals;", 1),
        ("jobs/clear.sql", "delete from shop.totals where day = '${day}';", 0),
        ("jobs/clear.sql", "delete from shop.totals where day = '${day}' or day is null;", 0),
        ("jobs/clear.sql", "delete from shop.totals where day = '${first_day}';", 1),
        ("jobs/clear.sql", "delete from shop.totals where day = '${day}' and shop = ${shop};", 1),
        ("jobs/clear.sql", "delete from shop.totals where day < '${day}';", 1),
        ("jobs/clear.sql", "delete from shop.totals where total = 0;", 1),
        ("jobs/clear.sql", "create procedure clear() as begin\n  delete from shop.totals;\nend", 1),
        ("jobs/clear.sql", "-- delete from shop.totals;\nselect 1", 1),
        (
            "jobs/schema.sql",
            "drop table if exists shop.totals;\ncreate table shop.totals (day date, total numeric);",
            1,
        ),
        ("jobs/rollback.sql", "delete from shop.totals;", 1),
        ("jobs/other/clear.sql", "delete from shop.totals;", 1),
        ("other/clear.sql", "delete from shop.totals;", 1),
        ("clear.sql", "delete from shop.totals;", 1),
        ("jobs/clear.py", "db.execute('delete from shop.totals')", 1),
        ("jobs/V2__clear.sql", "delete from shop.totals;", 1),
    ],
)
def test_another_script_of_the_folder_empties_the_table(path: str, text: str, count: int) -> None:
    files = {path: text, "jobs/load.sql": FILLED}
    assert len(run(InsertNotIdempotent(), files, reported="jobs/load.sql").diagnostics) == count


def test_a_schema_that_is_filled_in_is_the_same_by_its_name() -> None:
    load = FILLED.replace("shop.", "${schema}.")
    for schema, count in (("${schema}", 0), ("${other}", 1)):
        files = {"jobs/clear.sql": f"delete from {schema}.totals;", "jobs/load.sql": load}
        assert len(run(InsertNotIdempotent(), files, reported="jobs/load.sql").diagnostics) == count


def test_what_follows_in_the_file_itself_is_judged_by_its_place() -> None:
    text = f"{FILLED};\ndelete from shop.totals where day = '${{day}}';"
    assert len(run(InsertNotIdempotent(), {"jobs/load.sql": text}, reported="jobs/load.sql").diagnostics) == 1


def test_placeholders_of_a_window_count() -> None:
    for given, count in ((":day", 0), (":until", 1)):
        files = {
            "jobs/clear.sql": "delete from totals where day = :day",
            "jobs/load.sql": f"insert into totals (day, n) select s.day, s.n from sales as s where s.day = {given}",
        }
        assert len(run(InsertNotIdempotent(), files, reported="jobs/load.sql", dialect="postgres").diagnostics) == count


def test_a_script_tells_each_table_once() -> None:
    source = Source("jobs/clear.sql", "delete from totals;\n" * 3, Language.SQL)
    facts = file_facts(source, None, Project())
    assert [(one.key, one.location.start.line) for one in facts.clearings] == [(("totals",), 1)]
