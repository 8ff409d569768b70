"""On which engines an `UPDATE` of a whole table holds others up, for `backfill-in-migration`."""

from __future__ import annotations

import pytest

from leaktight_rules.migration.backfill_in_migration import BackfillInMigration

PATH = "migrations/0002_channel.sql"
ALTER = "alter table orders add column channel varchar(20);"
FILL = "update orders set channel = 'web' where {};"


@pytest.mark.parametrize(
    ("dialect", "count"),
    [("postgres", 1), ("mysql", 1), ("tsql", 1), ("bigquery", 0), ("snowflake", 0), ("sqlite", 0)],
)
def test_engines(check, dialect: str, count: int) -> None:
    alter = ALTER.replace("add column", "add") if dialect == "tsql" else ALTER
    assert len(check(BackfillInMigration(), alter + FILL.format("1 = 1"), dialect=dialect, path=PATH)) == count


@pytest.mark.parametrize(
    ("condition", "count"),
    [("channel is null", 1), ("true", 1), ("id between 1 and 5000", 0), ("shop_id is not null", 0)],
)
def test_which_rows(check, condition: str, count: int) -> None:
    assert len(check(BackfillInMigration(), ALTER + FILL.format(condition), path=PATH)) == count


def test_another_table_was_changed(check) -> None:
    assert check(BackfillInMigration(), ALTER.replace("orders", "carts") + FILL.format("true"), path=PATH) == []
