"""What a migration need not read twice, and for what it need not wait: `set-not-null` and `missing-lock-timeout`."""

from __future__ import annotations

import pytest

from leaktight_rules.migration.missing_lock_timeout import MissingLockTimeout
from leaktight_rules.migration.set_not_null import SetNotNull

PATH = "migrations/0002_more.sql"
SET = "alter table orders alter column channel set not null;"


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("", "", 1),
        ("alter table orders validate constraint channel_known;", "", 0),
        ("alter table carts validate constraint channel_known;", "", 1),
        ("", "alter table orders drop constraint channel_known;", 0),
        (
            "alter table orders add constraint channel_known check (channel is not null) not valid;",
            "alter table orders drop constraint channel_known;",
            1,
        ),
    ],
)
def test_a_check_that_was_validated(check, before: str, after: str, count: int) -> None:
    assert len(check(SetNotNull(), before + SET + after, path=PATH)) == count


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("", "alter table carts add column a int;", 1),
        ("", "alter table orders add column b int;", 0),
        ("", "drop index carts_day;", 0),
        ("", "create table fresh (id bigint primary key); alter table fresh add column a int;", 0),
        ("set local lock_timeout = '5s';", "alter table carts add column a int;", 0),
    ],
)
def test_a_second_lock_is_waited_for(check, first: str, second: str, count: int) -> None:
    sql = f"begin; {first} alter table orders add column a int; {second} commit;"
    assert len(check(MissingLockTimeout(), sql, path=PATH)) == count


@pytest.mark.parametrize(
    ("first", "messages"),
    [
        ("drop index carts_day;", []),
        ("drop index carts_day; alter table carts add column a int;",
         ["no `lock_timeout` is set: `carts` stays locked while this waits for `orders`"]),
        ("alter table carts add column a int;",
         ["no `lock_timeout` is set: `carts` stays locked while this waits for `orders`"]),
    ],
)  # fmt: skip
def test_the_drop_of_an_index_does_not_say_which_table_it_locks(check, first: str, messages: list[str]) -> None:
    found = check(MissingLockTimeout(), f"begin; {first} alter table orders add column a int; commit;", path=PATH)
    assert [one.message for one in found] == messages
