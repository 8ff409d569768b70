"""Which values a type had before a migration makes it anew."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.migration.enum_value_removed import EnumValueRemoved

ANEW = "alter type status rename to status_old; create type status as enum ({});"
SWAP = "create type status_new as enum ({}); alter type status rename to status_old; alter type status_new rename to status;"


def found(new: str, *earlier: str) -> list[str]:
    files = {f"migrations/{number:04}_a.sql": text for number, text in enumerate(earlier)}
    path = "migrations/0100_b.sql"
    report = run(EnumValueRemoved(), {**files, path: new}, reported=path, dialect="postgres")
    return [one.message.partition(":")[0] for one in report.diagnostics]


@pytest.mark.parametrize("how", [ANEW, SWAP])
def test_the_values_before_are_those_of_all_earlier_files(how: str) -> None:
    made = "create type status as enum ('open', 'paid');"
    added = "alter type status add value 'returned' after 'open';"
    renamed = "alter type status rename value 'paid' to 'settled';"
    assert found(how.format("'paid', 'open'"), made) == []
    assert found(how.format("'open'"), made) == ["`paid` is no value any more"]
    assert found(how.format("'open', 'paid'"), made, added) == ["`returned` is no value any more"]
    assert found(how.format("'open', 'settled'"), made, renamed) == []
    assert found(how.format("'open', 'settled'"), made, how.format("'open', 'settled'")) == []
    assert found(how.format("'open'")) == ["`status` is made anew"]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("create type status as enum ('open', 'paid');", ["`status` is made anew"]),
        ("create type shop.status as enum ('open');", ["`status` is made anew"]),
        ("create type kind as enum ('status', 'other');", []),
        ("create type status as (a int); create type kind as enum ('a');", []),
    ],
)
def test_a_type_is_made_anew_where_another_has_its_very_name(made: str, told: list[str]) -> None:
    assert found(f"alter type status rename to status_old; {made}") == told


@pytest.mark.parametrize(
    ("new", "gone"),
    [
        ("enum('open')", ["`paid` is no value any more"]),
        ("enum('paid', 'open')", []),
        ("enum('open', 'paid', 'returned')", []),
        ("varchar(20)", []),
        ("enum('new')", ["`open`, `paid` are no values any more"]),
    ],
)
def test_values_of_a_column_of_mysql(check, new: str, gone: list[str]) -> None:
    before = "create table orders (status enum('open', 'paid'));"
    found = check(
        EnumValueRemoved(),
        f"alter table orders modify status {new};",
        dialect="mysql",
        path="migrations/0002_a.sql",
        **{"migrations__0001_orders.sql": before},
    )
    assert [one.message.partition(":")[0] for one in found] == gone
