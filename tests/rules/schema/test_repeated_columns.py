"""Of which things two columns are enough for `repeated-columns`, and of which it takes three."""

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


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("phone1 text, phone2 text", "`phone1` and `phone2` are one thing twice"),
        ("home_email_1 text, home_email_2 text", "`home_email_1` and `home_email_2` are one thing twice"),
        ("score1 int, score2 int, score3 int", "`score1` to `score3` are one thing three times"),
        ("revenue_2023 int, revenue_2024 int", "`revenue_2023`, `revenue_2024`: each year needs a column of its own"),
    ],
)
def test_repeated(check, columns: str, words: str) -> None:
    (found,) = check(RepeatedColumns(), f"create table t (id bigint primary key, {columns});")
    assert found.message == words


@pytest.mark.parametrize(
    "columns",
    [
        "score1 int, score2 int",
        "phone1 text, phone2 int",
        "phone1 text",
        "phone2 text, phone3 text",
        "address1 text, address2 text",
    ],
)
def test_not_repeated(check, columns: str) -> None:
    assert check(RepeatedColumns(), f"create table t (id bigint primary key, {columns});") == []


def test_a_copy_repeats_what_it_copies(check) -> None:
    roads = "create table roads (id bigint primary key, route1 text, route2 text, route3 text);"
    copies = "create table wide as select route1, route2, route3 from roads; create table roads_gen (like roads);"
    assert len(check(RepeatedColumns(), roads + copies)) == 1


def test_columns_that_are_worked_out_of_another_repeat_nothing(check) -> None:
    columns = ", ".join(
        f"flag{n} boolean generated always as ((attributes->>'flag{n}')::boolean) stored" for n in (1, 2, 3)
    )
    assert check(RepeatedColumns(), f"create table runs (id bigint primary key, attributes jsonb, {columns});") == []
    plain = ", ".join(f"flag{n} boolean" for n in (1, 2, 3))
    assert len(check(RepeatedColumns(), f"create table runs (id bigint primary key, attributes jsonb, {plain});")) == 1
