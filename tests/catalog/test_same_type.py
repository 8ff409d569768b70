"""Types that two sources call otherwise, and types that differ."""

from __future__ import annotations

import pytest
from reading import project

from leaktight.catalog.column_types import same_type


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("INT8", "BIGINT", True),
        ("INTEGER", "BIGINT", False),
        ("NUMERIC(12, 2)", "decimal(12,2)", True),
        ("NUMERIC(12, 2)", "DECIMAL(10, 2)", False),
        ("NUMERIC", "DECIMAL(10, 2)", True),
        ("NUMBER(38, 0)", "BIGINT", True),
        ("NUMBER(38, 2)", "BIGINT", False),
        ("STRING", "VARCHAR(20)", True),
        ("VARCHAR(10)", "VARCHAR(20)", False),
        ("TEXT", "VARCHAR(20)", False),
        ("TEXT", "STRING", True),
        ("CHARACTER VARYING(20)", "VARCHAR(20)", True),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", True),
        ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMPTZ", False),
        ("TIMESTAMP", "TIMESTAMPTZ", True),
        ("DATE", "TIMESTAMP", False),
        ("BOOL", "BOOLEAN", True),
        ("JSON", "JSONB", True),
        ("MOOD", "mood", True),
        ("MOOD", "WEATHER", False),
        ("TEXT", "BIGINT", False),
    ],
)
def test_same_type(one: str, other: str, same: bool) -> None:
    assert same_type(one, other) is same
    assert same_type(other, one) is same


@pytest.mark.parametrize(("type_", "told"), [("DECIMAL(12,2)", 0), ("NUMERIC(10, 2)", 1)])
def test_two_words_for_one_type_are_no_contradiction(type_: str, told: int) -> None:
    ddl = "CREATE TABLE orders (total NUMERIC(12, 2));"
    contract = f"kind: DataContract\nschema: [{{name: orders, properties: [{{name: total, physicalType: '{type_}'}}]}}]"
    assert len(project({"orders.sql": ddl, "orders.yaml": contract}).contradictions) == told
