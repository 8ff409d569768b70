"""Which texts `unchecked-status` takes for one of a few words."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.unchecked_status import UncheckedStatus


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("silver.orders", False),
        ("slv_orders", False),
        ("ods.orders", False),
        ("orders", True),
        ("shop.silverware", True),
    ],
)
def test_copies_have_the_words_of_their_source(name: str, told: bool) -> None:
    sql = f"create table {name} (id bigint primary key, status text not null)"
    assert len(run(UncheckedStatus(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics) == told
    strict = run(UncheckedStatus(strict=True), {"a.sql": sql}, reported="a.sql", dialect="postgres")
    assert len(strict.diagnostics) == 1


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("id int primary key, status text", ["status"]),
        ("id int primary key, order_status text, kind text default 'a'", ["order_status"]),
        ("id int primary key, kind text default 'a'", ["kind"]),
        ("id int primary key, kind text", []),
        ("id int primary key, http_status text", []),
        ("id int primary key, status_code text", []),
        ("status text primary key, label text", []),
        ("id int primary key, status text unique", []),
        ("id int primary key, status text references statuses (name)", []),
        ("id int primary key, status text check (status in ('a'))", []),
        ("id int primary key, state text", ["state"]),
        ("id int primary key, state char(2)", []),
        ("id int primary key, city text, state text", []),
    ],
)
def test_words(check, columns: str, found: list[str]) -> None:
    sql = f"create table orders ({columns});"
    assert [sql[slice(*one.location.span)] for one in check(UncheckedStatus(), sql)] == found
