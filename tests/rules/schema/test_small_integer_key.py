"""Which keys run out of numbers by their table's name, and which by its statistics, for `small-integer-key`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.small_integer_key import SmallIntegerKey

PULLED = """
leaktight-catalog: 1
engine: postgres
tables:
  trips:
    statistics: {{rows: {rows}}}
    columns:
      id: {{type: INTEGER, nullable: false}}
"""


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (900_000_000, "`id` ends at 2,147,483,647; 900,000,000 rows are there already"),
        (2_000_000, None),
    ],
)
def test_by_statistics(check, rows: int, message: str | None) -> None:
    sql = "create table trips (id serial primary key);"
    found = check(SmallIntegerKey(), sql, **{"catalog__app.yaml": PULLED.format(rows=rows)})
    assert [one.message for one in found] == ([message] if message else [])


@pytest.mark.parametrize(
    ("dialect", "columns", "most"),
    [
        ("postgres", "id serial primary key", "2,147,483,647"),
        ("postgres", "id int generated always as identity primary key", "2,147,483,647"),
        ("postgres", "id smallserial primary key", "32,767"),
        ("mysql", "id int unsigned not null auto_increment primary key", "4,294,967,295"),
        ("tsql", "id int identity(1,1) primary key", "2,147,483,647"),
        ("postgres", "id int primary key", None),
        ("postgres", "id bigserial primary key", None),
        ("postgres", "id serial primary key, url text, version int", None),
        ("postgres", "id serial primary key, title text", None),
        ("postgres", "id serial primary key, url text, conversion int", "2,147,483,647"),
        ("mysql", "id serial primary key", None),
        ("postgres", "page_id int generated always as identity, url text primary key", None),
    ],
)
def test_by_name(check, dialect: str, columns: str, most: str | None) -> None:
    found = check(SmallIntegerKey(), f"create table page_events ({columns});", dialect=dialect)
    assert [one.message for one in found] == ([f"`id` ends at {most}, and the table keeps growing"] if most else [])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("etl_log", False),
        ("LoadHistory", False),
        ("file_log", False),
        ("job_runs", False),
        ("click_log", True),
        ("price_history", True),
        ("job_events", True),
        ("page_loads", False),
        ("definition_log", False),
        ("moderation_log", False),
        ("log_orders", True),
        ("audit_users", True),
        ("RequestWatchers", False),
        ("requests", False),
        ("saved_views", False),
        ("page_views", False),
        ("user_notifications", True),
        ("event_types", False),
        ("file_downloads_events", True),
    ],
)
def test_a_log_of_loads_does_not_fill_up(name: str, told: bool) -> None:
    report = run(
        SmallIntegerKey(),
        {"a.sql": f"create table {name} (id serial primary key, url text)"},
        reported="a.sql",
        dialect="postgres",
    )
    assert len(report.diagnostics) == told


@pytest.mark.parametrize(("rows", "severity"), [(None, "note"), (1_900_000_000, "warning")])
def test_a_name_alone_is_a_note(rows: int | None, severity: str) -> None:
    files = {"a.sql": "create table page_events (id serial primary key, url text)"}
    if rows is not None:
        files["catalog/app.yaml"] = PULLED.replace("trips", "page_events").format(rows=rows)
    report = run(SmallIntegerKey(), files, reported="a.sql", dialect="postgres")
    assert [one.severity.value for one in report.diagnostics] == [severity]
