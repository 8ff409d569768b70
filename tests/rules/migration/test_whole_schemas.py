"""Files that make all tables at once and lie among migrations: no tool runs them, and so they change nothing that is live."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.migration.drop_column import DropColumn
from leaktight_rules.migration.migration_not_rerunnable import MigrationNotRerunnable

WHOLE = """
CREATE TABLE orders (order_id BIGINT PRIMARY KEY, note VARCHAR(20));
CREATE TABLE refunds (refund_id BIGINT PRIMARY KEY);
ALTER TABLE carts DROP COLUMN note;
"""
STEPS = {f"migrations/000{number}_step.sql": "ALTER TABLE carts ADD COLUMN a INT;" for number in range(1, 4)}
BELOW = {f"migrations/1.{number}/0001_step.sql": "ALTER TABLE carts ADD COLUMN a INT;" for number in range(1, 4)}
NAMED = {f"migrations/step_{number}.sql": "ALTER TABLE carts ADD COLUMN a INT;" for number in range(1, 4)}


def told(files: dict[str, str], path: str, sql: str = WHOLE) -> list[str]:
    rules = (MigrationNotRerunnable(), DropColumn())
    reports = [run(rule, {**files, path: sql}, reported=path, dialect="mysql") for rule in rules]
    assert not any(report.internal_errors for report in reports)
    return [found.rule for report in reports for found in report.diagnostics]


@pytest.mark.parametrize(
    ("files", "path", "silent"),
    [
        (STEPS, "migrations/LATEST.sql", True),
        (BELOW, "migrations/LATEST.sql", True),
        (STEPS, "migrations/all_tables.sql", True),
        (STEPS, "migrations/0004_all.sql", False),
        (STEPS, "migrations/V4__all.sql", False),
        (STEPS, "migrations/B4__all.sql", True),
        (NAMED, "migrations/LATEST.sql", False),
        ({}, "migrations/LATEST.sql", False),
        (STEPS, "other/migrations/LATEST.sql", False),
    ],
)
def test_what_lies_among_numbered_files(files: dict[str, str], path: str, silent: bool) -> None:
    assert told(files, path) == ([] if silent else ["migration-not-rerunnable", "drop-column"])


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE refunds (refund_id BIGINT); ALTER TABLE carts DROP COLUMN note;",
        WHOLE + "ALTER TABLE shops DROP COLUMN a; ALTER TABLE clients ADD COLUMN b INT;",
    ],
)
def test_a_file_that_changes_as_many_tables_as_it_makes_is_a_migration(sql: str) -> None:
    assert "drop-column" in told(STEPS, "migrations/add_refunds.sql", sql)


@pytest.mark.parametrize(
    ("folder", "silent"), [("h2", True), ("hsqldb", True), ("Derby", True), ("mysql", False), ("db", False)]
)
def test_a_database_within_a_program_is_not_live(folder: str, silent: bool) -> None:
    sql = "ALTER TABLE carts DROP COLUMN note;"
    assert told({}, f"src/main/resources/{folder}/V2__less.sql", sql) == ([] if silent else ["drop-column"])
