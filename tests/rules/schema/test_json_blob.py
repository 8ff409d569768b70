"""Which documents `json-blob` asks about, by their names and by what stands beside them."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.json_blob import JsonBlob


@pytest.mark.parametrize(
    ("columns", "told"),
    [("data variant", False), ("id int, data variant", True), ("data variant, loaded_at timestamp_ltz", True)],
)
def test_a_document_alone_has_landed(columns: str, told: bool) -> None:
    sql = f"create table arrived ({columns})"
    assert len(run(JsonBlob(), {"a.sql": sql}, reported="a.sql", dialect="snowflake").diagnostics) == told


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
