"""How `missing-index` tells of queries that compare more columns, and of those that compare fewer."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.index.missing_index import MissingIndex

ORDERS = "create table orders (id bigint primary key, shop_id bigint, day date, note text);"


@pytest.mark.parametrize(
    ("first", "second", "by"),
    [
        ("shop_id = $1 and day = $2", "shop_id = $1 and day = $2", "`day` and `shop_id`, none of which leads an index"),
        ("shop_id = $1 and day = $2", "shop_id = $1", "`shop_id` (some by `day` too), none of which leads an index"),
        ("shop_id = $1", "shop_id = $1", "`shop_id`, which leads no index"),
    ],
)
def test_columns_that_only_some_queries_compare(first: str, second: str, by: str) -> None:
    files = {
        "ddl/t.sql": ORDERS,
        "api/a.sql": f"select note from orders where {first};",
        "api/b.sql": f"select id from orders where {second};",
    }
    (found,) = run(MissingIndex(), files, reported="ddl/t.sql", dialect="postgres").diagnostics
    assert found.message == f"2 queries look rows of `orders` up by {by}"
