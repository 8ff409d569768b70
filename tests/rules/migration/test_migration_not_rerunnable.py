"""Which steps of a migration cannot be made twice, for `migration-not-rerunnable`."""

from __future__ import annotations

import pytest

from leaktight_rules.migration.migration_not_rerunnable import MigrationNotRerunnable


@pytest.mark.parametrize(
    ("dialect", "sql", "count"),
    [
        ("snowflake", "alter table orders add column a int; alter table orders add column b int;", 1),
        ("snowflake", "alter table orders add column a int;", 0),
        ("snowflake", "alter table orders add column a int, b int;", 0),
        ("snowflake", "alter table orders add column if not exists a int; alter table orders add column if not exists b int;", 0),
        ("mysql", "alter table orders add column a int; alter table orders add column b int;", 0),
        ("mysql", "drop table carts; alter table orders add column b int;", 1),
        ("mysql", "drop table if exists carts; alter table orders add column b int;", 0),
        ("mysql", "drop table if exists carts; create table carts (a int); alter table orders add column b int;", 0),
        ("mysql", "drop table if exists carts; create table bags (a int); alter table orders add column b int;", 1),
        ("postgres", "alter table orders add column a int; alter table orders add column b int;", 0),
    ],
)  # fmt: skip
def test_steps(check, dialect: str, sql: str, count: int) -> None:
    assert len(check(MigrationNotRerunnable(), sql, dialect=dialect, path="migrations/0002_more.sql")) == count
