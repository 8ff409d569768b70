"""Doubtful cases of `json-blob`: where documents land."""

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
