"""How grave `removed-schedule-interval` is: what the project pins decides."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight.testing import run
from leaktight_rules.airflow.removed_schedule_interval import RemovedScheduleInterval

DAG = 'from airflow import DAG\n\ndag = DAG("orders", schedule_interval="@daily")\n'


@pytest.mark.parametrize(
    ("pinned", "severity"),
    [
        ("", Severity.WARNING),
        ("apache-airflow==2.7.0\n", Severity.NOTE),
        ("apache-airflow==3.0.1\n", Severity.ERROR),
    ],
)
def test_the_version_that_is_pinned(pinned: str, severity: Severity) -> None:
    files = {"dags/a.py": DAG} | ({"requirements.txt": pinned} if pinned else {})
    (found,) = run(RemovedScheduleInterval(), files, reported="dags/a.py").diagnostics
    assert found.severity is severity
