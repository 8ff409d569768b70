"""Which documents `json-blob` asks about, by their names and by what stands beside them."""

from __future__ import annotations

import pytest

from leaktight_rules.schema.json_blob import JsonBlob


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("id int primary key, prefs jsonb", True),
        ("id int primary key, prefs jsonb, name text", False),
        ("id int primary key, payload jsonb, name text", True),
        ("id int primary key, order_data jsonb, name text", True),
        ("id int primary key, extra_data jsonb, name text", False),
        ("id int primary key, payload jsonb check (payload ? 'a'), name text", False),
        ("id int primary key, payload text", False),
    ],
)
def test_documents(check, columns: str, found: bool) -> None:
    assert len(check(JsonBlob(), f"create table visits ({columns});")) == found
