"""Doubtful cases of `current-version-join`: which conditions ask for what holds, and which keys are of a version."""

from __future__ import annotations

import pytest

from leaktight_rules.star.current_version_join import CurrentVersionJoin

DDL = """
create table dim_client (client_key bigint primary key, client_id bigint, city text, valid_from date, valid_to date, is_current int);
create table dim_shop (shop_key bigint primary key, shop_id text, is_active int);
create table fact_sales (client_key bigint, client_id bigint, shop_key bigint, amount numeric, sold_on date);
create table fact_returns (buyer_key bigint references dim_client (client_key), amount numeric);
create table fact_calls (caller_key bigint, called_key bigint, minutes int);
create table budgets (client_key bigint, amount numeric);
"""
JOIN = "select sum(f.amount) from fact_sales f join dim_client d on f.client_key = d.client_key "


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (f"{JOIN} and d.is_current = 1", ["d.is_current = 1"]),
        (f"{JOIN} where d.is_current = 1", ["d.is_current = 1"]),
        (f"{JOIN} and (d.is_current = 1)", ["d.is_current = 1"]),
        (f"{JOIN} and d.valid_to = date '9999-12-31'", ["d.valid_to = date '9999-12-31'"]),
        (f"{JOIN.replace('join', 'left join')} and d.valid_to is null", ["d.valid_to is null"]),
        ("select 1 from fact_returns r join dim_client d on r.buyer_key = d.client_key and d.is_current = 1", ["d.is_current = 1"]),
        ("select 1 from fact_calls c join dim_client d on c.caller_key = d.client_key and d.is_current = 1", ["d.is_current = 1"]),
        (f"{JOIN} and d.valid_to = '2999-12-31'::date", ["d.valid_to = '2999-12-31'::date"]),
        (f"{JOIN} and d.valid_to = timestamp '2262-04-11'", ["d.valid_to = timestamp '2262-04-11'"]),
        (f"{JOIN} and d.valid_to = 'Infinity'", ["d.valid_to = 'Infinity'"]),
        (f"{JOIN} and d.valid_to = cast('MAX' as date)", ["d.valid_to = cast('MAX' as date"]),
        (f"{JOIN} and d.valid_to = date '2024-12-31'", []),
        (f"{JOIN} and d.valid_to = null", []),
        (f"{JOIN} and d.is_current = 0", []),
        (f"{JOIN} and d.valid_to is not null", []),
        (f"{JOIN} and (d.is_current = 1 or f.sold_on < d.valid_to)", []),
        (f"{JOIN} and d.valid_to > f.sold_on", []),
        (f"{JOIN.replace('client_key = d.client_key', 'client_id = d.client_id')} and d.is_current = 1", []),
        ("select 1 from fact_sales f join dim_shop s on f.shop_key = s.shop_key and s.is_active = 1", []),
        ("select 1 from budgets b join dim_client d on b.client_key = d.client_key and d.is_current = 1", []),
        (f"{JOIN} join dim_client n on n.client_id = d.client_id and n.is_current = 1", []),
    ],
)  # fmt: skip
def test_only_what_holds(check, sql: str, found: list[str]) -> None:
    told = check(CurrentVersionJoin(), sql, ddl=DDL)
    assert [one.strip("()") for one in told] == found
