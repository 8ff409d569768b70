"""What ClickHouse says beside the actions of an ALTER TABLE."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.migration.migration_not_rerunnable import MigrationNotRerunnable

PATH = "migrations/0002_a.up.sql"


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("add column if not exists a String settings enable_full_text_index = 1, alter_sync = 2", []),
        ("add column if not exists a String, add column settings String", ["settings"]),
    ],
)
def test_settings_are_no_columns(added: str, expected: list[str]) -> None:
    sql = f"alter table events on cluster main {added};\nalter table events add column if not exists b String;"
    report = run(MigrationNotRerunnable(), {PATH: sql}, reported=PATH, dialect="clickhouse")
    assert [sql[slice(*one.location.span)] for one in report.diagnostics] == expected
