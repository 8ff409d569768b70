"""What a transaction around a change does to the message and to the fix."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Applicability
from leaktight_rules.migration.concurrently_in_transaction import ConcurrentlyInTransaction
from leaktight_rules.migration.constraint_without_not_valid import ConstraintWithoutNotValid
from leaktight_rules.migration.detach_without_concurrently import DetachWithoutConcurrently
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


@pytest.mark.parametrize(
    ("end", "word"),
    [
        ("commit;", "COMMIT"),
        ("end;", "END"),
        ("rollback;", "ROLLBACK"),
        ("savepoint s; rollback to s; commit;", "COMMIT"),
        ("savepoint s; rollback to s;", ""),
        ("", ""),
    ],
)
def test_only_what_is_ended_ends_the_transaction_of_the_tool(check, end: str, word: str) -> None:
    told = check(
        NestedTransaction(), f"begin; alter table orders add column channel text; {end}", path="db/V2__next.sql"
    )
    assert [one.message.partition("already: ")[2] for one in told] == (
        [f"the `{word}` of this one ends that"] if word else []
    )


@pytest.mark.parametrize(
    ("path", "head", "without"),
    [
        ("db/V2__next.sql", "", "`executeInTransaction=false`"),
        ("db/1.sql", "-- +goose Up\n", "`-- +goose NO TRANSACTION`"),
        ("db/1.sql", "-- migrate:up\n", "`-- migrate:up transaction:false`"),
        ("db/1.sql", "-- liquibase formatted sql\n-- changeset a:1\n", "`runInTransaction:false`"),
    ],
)
def test_the_hint_says_how_the_tool_begins_none(check, path: str, head: str, without: str) -> None:
    (found,) = check(NestedTransaction(), head + INSIDE, path=path)
    assert found.fix is not None
    assert found.fix.title.startswith(f"take `BEGIN` and `COMMIT` out, or say {without}")


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("begin; alter table orders detach partition p; alter table orders detach partition q; commit;", 1),
        ("begin; alter table orders detach partition p; alter table orders add column a int; commit;", 0),
        ("begin; alter table orders add column a int; alter table orders detach partition p; commit;", 0),
        ("begin; alter table carts add column a int; alter table orders detach partition p; commit;", 1),
        (
            "begin; alter table orders add column a int; commit; begin; alter table orders detach partition p; commit;",
            1,
        ),
        ("alter table orders detach partition p; alter table orders add column a int;", 1),
    ],
)
def test_a_partition_that_is_detached_where_the_table_is_locked_anyhow(check, sql: str, count: int) -> None:
    assert len(check(DetachWithoutConcurrently(), sql, path=PATH)) == count


@pytest.mark.parametrize(("bounds", "count"), [("default", 0), ("for values from ('2021-01-01') to ('2022-01-01')", 1)])
def test_beside_a_default_partition_none_is_detached_concurrently(check, bounds: str, count: int) -> None:
    made = (
        "create table orders (day date) partition by range (day);"
        "create table orders_2020 partition of orders for values from ('2020-01-01') to ('2021-01-01');"
        f"create table orders_more partition of orders {bounds};"
    )
    sql = "alter table orders detach partition orders_2020;"
    assert len(check(DetachWithoutConcurrently(), sql, path=PATH, **{"migrations__0001_first.sql": made})) == count
