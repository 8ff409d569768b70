"""Doubtful cases of `dimension-without-surrogate`."""

from __future__ import annotations

import pytest

from leaktight_rules.star.dimension_without_surrogate import DimensionWithoutSurrogate

VERSIONS = "valid_from date, valid_to date"


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (f"client_id bigint primary key, {VERSIONS}", True),
        (f"client_code text unique, {VERSIONS}", True),
        (f"client_id bigint, {VERSIONS}, primary key (client_id, valid_from)", True),
        (f"client_key bigint primary key, client_id bigint, {VERSIONS}", False),
        (f"client_id bigint generated always as identity primary key, {VERSIONS}", False),
        (f"client_id uuid default gen_random_uuid() primary key, {VERSIONS}", False),
        (f"id bigint primary key, client_number text, {VERSIONS}", False),
        (f"client_sk bigint, client_id bigint, {VERSIONS}, unique (client_id, valid_from)", False),
        (f"client_id bigint primary key, row_wid bigint, {VERSIONS}", False),
        (f"client_id bigint, {VERSIONS}", False),
        ("client_id bigint primary key, city text", False),
        ("client_id bigint primary key, start_date date, end_date date", False),
        (f"client_id bigint, tenant_id bigint, {VERSIONS}, primary key (client_id, tenant_id)", False),
    ],
)
def test_keys_of_versions(check, columns: str, found: bool) -> None:
    assert bool(check(DimensionWithoutSurrogate(), f"create table dim_client ({columns});", ddl="")) is found
    assert check(DimensionWithoutSurrogate(), f"create table client_prices ({columns});", ddl="") == []
