"""Doubtful cases of `tautology`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.numbers.tautology import Tautology


def found(where: str, dialect: str | None = None, *, strict: bool = False, path: str = "jobs/a.sql") -> list[str]:
    sql = f"select id from orders where {where}"
    report = run(Tautology(strict=strict), {path: sql}, reported=path, dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ("true or total > 5", ["true"]),
        ("(true) or total > 5", ["true"]),
        ("total > 5 or true", ["true"]),
        ("total > 5 or true or id = 3", ["true"]),
        ("total > 5 or not false", ["not false"]),
        ("total > 5 or not true", []),
        ("total > 5 or 1 <> 2", ["1 <> 2"]),
        ("total > 5 or 1 <> 1", []),
        ("total > 5 or 1 = 1.0", ["1 = 1.0"]),
        ("total > 5 or 2 >= 1", ["2 >= 1"]),
        ("total > 5 or (1 = 1 and id = 3)", []),
        ("total > 5 or (1 = 1 and 2 = 2)", ["1 = 1 and 2 = 2"]),
        ("total > 5 or '{{ target.name }}' = '{{ target.name }}'", []),
        ("total > 5 or 'prod' = 'prod'", ["'prod' = 'prod'"]),
    ],
)
def test_an_arm_that_is_always_true(where: str, places: list[str]) -> None:
    assert found(where) == places


def test_a_number_as_truth_value() -> None:
    assert found("total = 3 or 1", "mysql") == ["1"]
    assert found("total = 3 or 0", "mysql") == []


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ("total <> 1 or total <> 2", ["total <> 2"]),
        ("total <> 1 or total <> 1.0", []),
        ("total <> -1 or total <> 1", ["total <> 1"]),
        ("status <> 'open' or status <> 'paid'", ["status <> 'paid'"]),
        ("status <> 'open' or status <> 'OPEN'", []),
        ("total <> 1 or total <> '2'", []),
        ("id = 3 and (status <> 'open' or status <> 'paid')", ["status <> 'paid'"]),
        ("status <> 'open' or status <> '{{ status }}'", []),
    ],
)
def test_every_value_passes(where: str, places: list[str]) -> None:
    assert found(where) == places


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ("total = 1 and total = 2", ["total = 2"]),
        ("total = 1 and total = 1.0", []),
        ("(status = 'open' and status = 'paid') or total > 3", ["status = 'paid'"]),
        ("(status = 'open' and id = 3) or status = 'paid'", []),
        ("total > 3 or (id = 3 and (status = 'open' and status = 'paid'))", ["status = 'paid'"]),
        ("total > 3 or (id = 3 and (status = 'open' or status = 'paid'))", []),
        ("total > 3 or (o.total = o.total and id = 3)", ["o.total = o.total"]),
    ],
)
def test_never_true_together(where: str, places: list[str]) -> None:
    assert found(where) == places


def test_strict_names_constants_between_ands() -> None:
    assert found("not false and total > 5", strict=True) == ["not false"]
    assert found("not false and total > 5") == []
    assert found("true and total > 5", strict=True) == ["true"]
