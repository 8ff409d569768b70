"""Doubtful cases of `small-integer-key`: which logs get a row for each run, and which one for each event."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.small_integer_key import SmallIntegerKey


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
