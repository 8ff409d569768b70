"""Which file's DDL applies before which."""

from __future__ import annotations

import pytest

from leaktight.catalog.order import home, is_undo, ordered


@pytest.mark.parametrize(
    "paths",
    [
        ["db/schema.sql", "db/V1__a.sql", "db/V1.1__b.sql", "db/V2__c.sql", "db/V10__d.sql", "db/R__views.sql"],
        ["m/000001_a.up.sql", "m/000002_b.up.sql", "m/000010_c.up.sql"],
        ["m/20230101120000_a.sql", "m/20240101120000_b.sql"],
        ["p/20230101_init/migration.sql", "p/20240101_more/migration.sql"],
        ["a/ddl.sql", "z/ddl.sql", "a/001.sql", "a/2.sql", "b/001.sql"],
        ["app/0001_initial.py", "app/0002_more.py"],
    ],
)
def test_order(paths: list[str]) -> None:
    assert list(ordered(reversed(paths)).paths) == paths


@pytest.mark.parametrize(
    ("path", "undo"),
    [
        ("m/000001_a.down.sql", True),
        ("migrations/sqls/20240131090000-add-carts-down.sql", True),
        ("migrations/sqls/20240131090000-add-carts-up.sql", False),
        ("m/0007_scale-down.sql", False),
        ("m/2019_create/down.sql", True),
        ("db/U2__orders.sql", True),
        ("db/rollback/001.sql", True),
        ("sqitch/revert/users.sql", True),
        ("m/001_orders_rollback.sql", True),
        ("m/2__revert_status.sql", True),
        ("db/V2__revert_status.sql", False),
        ("db/V2_1__rollback.sql", False),
        ("m/000001_a.up.sql", False),
        ("ddl/breakdown.sql", False),
        ("ddl/downloads.sql", False),
        ("ddl/users.sql", False),
        ("ddl/undone_orders.sql", False),
    ],
)
def test_undo_scripts_are_left_out(path: str, undo: bool) -> None:
    assert is_undo(path) is undo
    assert list(ordered([path]).paths) == ([] if undo else [path])


def test_home() -> None:
    assert home("db/V1__a.sql") == "db"
    assert home("p/20230101_init/migration.sql") == "p"
    assert home("ddl/orders.sql") == "ddl/orders.sql"
