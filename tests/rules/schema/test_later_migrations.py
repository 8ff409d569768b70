"""What a migration declares and a later one drops or mends is told no more."""

from __future__ import annotations

import pytest

from leaktight.rule import Rule
from leaktight.testing import run
from leaktight_rules.schema.float_money import FloatMoney
from leaktight_rules.schema.naive_timestamp import NaiveTimestamp

MADE = "create table orders (id bigint primary key, created_at timestamp, price float);"
RULES = (NaiveTimestamp(), FloatMoney())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize(
    ("later", "told"),
    [
        ("select 1;", True),
        ("alter table orders add column note text;", True),
        ("alter table orders alter column created_at type timestamptz, alter column price type numeric;", False),
        (
            "alter table orders alter column created_at type timestamp(3), alter column price type double precision;",
            True,
        ),
        ("alter table orders drop column created_at, drop column price;", False),
        ("drop table orders;", False),
        ("alter table orders rename to invoices;", True),
        (
            "alter table orders rename to invoices; alter table invoices drop column created_at, drop column price;",
            False,
        ),
        ("drop table orders; create table orders (id bigint primary key, created_at timestamp, price float);", True),
    ],
)
def test_a_column_is_told_of_while_it_stands(rule: Rule, later: str, told: bool) -> None:
    files = {"migrations/0001_a.sql": MADE, "migrations/0002_b.sql": later}
    found = run(rule, files, reported="migrations/0001_a.sql", dialect="postgres").diagnostics
    assert bool(found) is told


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_added_later_is_asked_as_well(rule: Rule) -> None:
    added = "alter table orders add column paid_at timestamp default now(); alter table orders add column price float;"
    files = {"migrations/0001_a.sql": "create table orders (id bigint primary key);", "migrations/0002_b.sql": added}
    assert run(rule, files, reported="migrations/0002_b.sql", dialect="postgres").diagnostics
    files["migrations/0003_c.sql"] = "alter table orders drop column paid_at; alter table orders drop column price;"
    assert not run(rule, files, reported="migrations/0002_b.sql", dialect="postgres").diagnostics


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_file_that_is_no_migration_says_what_it_says(rule: Rule) -> None:
    files = {"ddl/orders.sql": MADE, "migrations/0002_b.sql": "drop table orders;"}
    assert run(rule, files, reported="ddl/orders.sql", dialect="postgres").diagnostics
