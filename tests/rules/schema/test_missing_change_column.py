"""Of which tables `missing-change-column` knows enough to speak."""

from __future__ import annotations

import pytest

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
