"""Doubtful cases of `unchecked-status`: copies of a source."""

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
