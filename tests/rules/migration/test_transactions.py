"""What a transaction around a change does to the message and to the fix."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Applicability
from leaktight_rules.migration.concurrently_in_transaction import ConcurrentlyInTransaction
from leaktight_rules.migration.constraint_without_not_valid import ConstraintWithoutNotValid
from leaktight_rules.migration.drop_index_without_concurrently import DropIndexWithoutConcurrently
from leaktight_rules.migration.nested_transaction import NestedTransaction
from leaktight_rules.migration.truncate_cascade import TruncateCascade

PATH = "migrations/0002_more.sql"
ADD = "alter table orders add constraint total_known check (total >= 0)"


@pytest.mark.parametrize(
    ("sql", "applicability"),
    [
        (f"{ADD};", Applicability.UNSAFE),
        (f"begin; {ADD}; commit;", Applicability.DISPLAY),
        (f"{ADD}, add column note text;", Applicability.DISPLAY),
        ("alter table orders add check (total >= 0);", Applicability.DISPLAY),
        ("-- +goose Up\n" + ADD + ";", Applicability.DISPLAY),
    ],
)
def test_two_steps_are_written_only_where_each_can_commit(check, sql: str, applicability: Applicability) -> None:
    (found,) = check(ConstraintWithoutNotValid(), sql, path=PATH)
    assert found.fix is not None
    assert found.fix.applicability is applicability


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("begin; create index concurrently i on orders (day); commit;", "one is open here"),
        ("-- migrate:up\ncreate index concurrently i on orders (day);", "dbmate opens a transaction around the file"),
        ("-- migrate:up transaction:false\nbegin; create index concurrently i on orders (day); commit;", "one is open here"),
    ],
)  # fmt: skip
def test_why_a_transaction_is_open(check, sql: str, why: str) -> None:
    (found,) = check(ConcurrentlyInTransaction(), sql, path=PATH)
    assert found.message == f"`CONCURRENTLY` fails inside a transaction: {why}"


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("drop index orders_day;", 1),
        ("drop index orders_day; drop table orders;", 0),
        ("drop table orders; drop index orders_day;", 0),
        ("drop index concurrently orders_day;", 0),
    ],
)
def test_an_index_goes_with_its_table(check, sql: str, count: int) -> None:
    assert len(check(DropIndexWithoutConcurrently(), sql, path=PATH)) == count


def test_one_word_is_told_once(check) -> None:
    (found,) = check(TruncateCascade(), "truncate orders, carts cascade;", path=PATH)
    assert found.message == "`CASCADE` empties every table that refers to `orders`, `carts`, directly or not"


INSIDE = "begin; alter table orders add column channel text; commit;"


@pytest.mark.parametrize(
    ("path", "head", "nested"),
    [
        ("db/V2__next.sql", "", True),
        ("db/1.sql", "-- +goose Up\n", True),
        ("db/1.sql", "-- migrate:up\n", True),
        ("db/1.sql", "-- liquibase formatted sql\n-- changeset a:1\n", True),
        ("db/1.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n", False),
        ("db/1.sql", "-- migrate:up transaction:false\n", False),
        ("db/1.sql", "-- liquibase formatted sql\n-- changeset a:1 runInTransaction:false\n", False),
        ("db/1.up.sql", "", False),
        ("prisma/migrations/20240101120000_next/migration.sql", "", False),
        ("migrations/0002_next.sql", "", False),
        ("deploy/next.sql", "-- Deploy shop:next to pg\n", False),
    ],
)
@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
def test_a_transaction_inside_that_of_the_tool(check, path: str, head: str, nested: bool, dialect: str) -> None:
    told = check(NestedTransaction(), head + INSIDE, path=path, dialect=dialect)
    assert len(told) == int(nested and dialect == "postgres")
    assert check(NestedTransaction(), head + INSIDE.replace("begin;", ""), path=path, dialect=dialect) == []


def test_of_several_the_first_is_told(check) -> None:
    sql = INSIDE + INSIDE.replace("orders", "carts")
    (found,) = check(NestedTransaction(), sql, path="db/V2__next.sql")
    assert found.location.span.start == 0
