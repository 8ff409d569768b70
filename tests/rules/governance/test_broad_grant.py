"""Doubtful cases of `broad-grant`: whose name says that they may do all."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.governance.broad_grant import BroadGrant


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("shop_owner", False),
        ("salesadmin", False),
        ("<YOUR_DBT_ROLE>", False),
        ("admins", False),
        ("administration_readers", True),
        ("reporting", True),
        ("shop", True),
    ],
)
def test_who_may_do_all(role: str, told: bool) -> None:
    sql = f"grant all privileges on all tables in schema shop to {role};"
    assert len(run(BroadGrant(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics) == told
