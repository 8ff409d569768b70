"""Of which tables `missing-change-column` knows enough to speak."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.missing_change_column import MissingChangeColumn

LOAD = "select id, status from orders where created_at > :last_run"


@pytest.mark.parametrize(
    ("ddl", "count"),
    [
        ("create table orders (id int primary key, status text, created_at timestamptz);", 1),
        ("create table orders (id int primary key, created_at timestamptz, paid_at timestamptz);", 1),
        ("create table orders (id int primary key, status text, created_at timestamptz, version int);", 0),
        ("create table orders (id int primary key, kind text, created_at timestamptz);", 0),
        ("create table orders (like elsewhere, status text, created_at timestamptz);", 0),
        ("create view orders as select id, status, created_at from raw;", 0),
    ],
)
def test_tables_that_change(check, ddl: str, count: int) -> None:
    found = check(MissingChangeColumn(), LOAD, path="load/a.sql", **{"ddl__t.sql": ddl})
    assert len(found) == count


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("created_at >= :last_run", 1),
        ("created_at > (select max(created_at) from dw.orders)", 1),
        ("created_at > :from_day", 0),
        ("created_at > '2026-01-01'", 0),
        ("created_at < :last_run", 0),
        ("id > :last_run", 0),
    ],
)
def test_watermarks(check, condition: str, count: int) -> None:
    ddl = "create table orders (id int primary key, status text, created_at timestamptz);"
    sql = f"select id, status from orders where {condition}"
    assert len(check(MissingChangeColumn(), sql, path="load/a.sql", **{"ddl__t.sql": ddl})) == count


TABLE = "create table tickets (id bigint primary key, title text, sent_at timestamptz, created_at timestamptz);"
UPDATE = {"app/rename.sql": "update tickets set title = :title where id = :id;"}
JOB = """
import psycopg2


def load(source, target, {name}):
    read = source.cursor()
    read.execute("SELECT id, title FROM tickets WHERE created_at > %s", ({name},))
    for row in read.fetchall():
        target.cursor().execute("{write}", row)
"""
UPSERT = "INSERT INTO dw.tickets (id, title) VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title"


def loaded(job: str, path: str = "etl/tickets.py", table: str = TABLE, **files: str) -> list[str]:
    everything = {"ddl/t.sql": table, path: job, **files}
    report = run(MissingChangeColumn(), everything, reported=path, dialect="postgres")
    assert report.internal_errors == 0, report.diagnostics
    return [one.message.partition(":")[0] for one in report.diagnostics]


TOLD = ["`tickets` does not say when `title` was changed"]


@pytest.mark.parametrize("name", ["last_run", "start"])
def test_a_job_that_fills_another_table(name: str) -> None:
    job = JOB.format(name=name, write=UPSERT)
    assert loaded(job, **UPDATE) == TOLD
    assert loaded(job) == []
    assert loaded(job, table=TABLE.replace("sent_at", "modified_at"), **UPDATE) == []
    assert loaded(job, **{"app/s.sql": "update tickets set sent_at = now() where id = :id;"}) == []
    assert loaded(job, **{"app/s.sql": "update dw.tickets set title = :title where id = :id;"}) == []
    assert loaded(job, **{"migrations/0002_a.sql": UPDATE["app/rename.sql"]}) == []
    assert loaded(job, "tests/test_load.py", **UPDATE) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("created_at > %s", "created_at > %s AND created_at <= now()"),
        ("id, title FROM", "count(*) FROM"),
        ("created_at > %s", "created_at > %s ORDER BY created_at LIMIT 1"),
        ("dw.tickets", "tickets"),
        ("created_at >", "id >"),
        ("created_at >", "created_at <"),
    ],
)
def test_a_read_that_no_load_makes(old: str, new: str) -> None:
    job = JOB.format(name="start", write=UPSERT)
    assert loaded(job.replace(old, new), **UPDATE) == []


def test_a_count_since_a_day_is_a_report() -> None:
    count = "select count(*) from tickets where created_at >= :last_run"
    assert loaded(count, "app/stats.sql", **UPDATE) == []
    assert loaded(count.replace("count(*)", "id"), "app/stats.sql", **UPDATE) == TOLD


def test_a_request_that_shows_rows() -> None:
    page = """
from flask import Flask

app = Flask(__name__)


@app.route("/tickets")
def tickets(cursor, start):
    cursor.execute("SELECT id, title FROM tickets WHERE created_at > %s", (start,))
    rows = cursor.fetchall()
    cursor.execute("INSERT INTO visits (page) VALUES (%s)", ("tickets",))
    return rows
"""
    assert loaded(page, "app/views.py", **UPDATE) == []


def test_a_frame_that_is_appended() -> None:
    job = """
import pandas as pd


def load(source, target, start):
    frame = pd.read_sql("SELECT id, title FROM tickets WHERE created_at > %s", source, params=(start,))
    frame.to_sql("dw_tickets", target, if_exists="append")
"""
    assert loaded(job, **UPDATE) == TOLD


def test_an_update_is_named_before_a_column_that_may_change() -> None:
    ddl = "create table orders (id int primary key, status text, note text, created_at timestamptz);"
    files = {"ddl/t.sql": ddl, "load/a.sql": LOAD, "app/n.sql": "update orders set note = :note where id = :id;"}
    report = run(MissingChangeColumn(), files, reported="load/a.sql", dialect="postgres")
    assert ["`note` was changed" in one.message for one in report.diagnostics] == [True]
    assert [one.location.path for item in report.diagnostics for one in item.related] == ["app/n.sql"]
