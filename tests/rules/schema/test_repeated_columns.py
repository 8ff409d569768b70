"""Doubtful cases of `repeated-columns`: the items of a questionnaire."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.repeated_columns import RepeatedColumns


@pytest.mark.parametrize(
    ("stem", "count", "told"),
    [("phq9_", 9, False), ("PHQ9_", 9, False), ("phq9_", 4, True), ("phone", 3, True), ("score3_", 3, False)],
)
def test_a_questionnaire_is_called_after_the_number_of_its_questions(stem: str, count: int, told: bool) -> None:
    columns = ", ".join(f"{stem}{number + 1} int" for number in range(count))
    sql = f"create table visits (id bigint primary key, {columns})"
    report = run(RepeatedColumns(), {"a.sql": sql}, reported="a.sql", dialect="postgres")
    assert len(report.diagnostics) == told
