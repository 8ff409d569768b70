"""Which tables `entity-attribute-value` takes for rows of attributes."""

from __future__ import annotations

import pytest

from leaktight_rules.schema.entity_attribute_value import EntityAttributeValue

OWN = "product_id bigint, attribute_name text, value text"


@pytest.mark.parametrize(
    ("name", "columns", "found"),
    [
        ("product_attributes", OWN, True),
        ("things", "entity_id bigint, attribute_id bigint, value text", True),
        ("product_attributes", OWN + ", a int, b int, c int, d int, e int, f int", True),
        ("product_attributes", OWN + ", a int, b int, c int, d int, e int, f int, g int", False),
        ("product_attributes", "product_id bigint primary key, attribute_name text, value text", False),
        ("product_attributes", "attribute_name text, value text", False),
        ("product_attributes", "product_id bigint, attribute_name text, value numeric", False),
        ("product_settings", OWN, False),
        ("stg_product_attributes", OWN, False),
        ("things", "entity_id bigint, source_field_id text, target_field_id text, value text", False),
        ("product_attributes", "product_id bigint, attribute_name text, static_value text", False),
        ("product_attributes", "product_id bigint, attribute_name text, value_text text", True),
        ("usermeta", "meta_id bigint primary key, user_id bigint, meta_key text, meta_value text", True),
        (
            "usermeta",
            "meta_id bigint generated always as identity, user_id bigint, meta_key text, meta_value text",
            True,
        ),
        ("usermeta", "meta_id bigint, user_id bigint, meta_key text, meta_value text", False),
        ("usermeta", "meta_id bigint primary key, meta_key text, meta_value text", False),
    ],
)
def test_tables_of_attributes(check, name: str, columns: str, found: bool) -> None:
    assert len(check(EntityAttributeValue(), f"create table {name} ({columns});")) == found


@pytest.mark.parametrize(("dialect", "found"), [("postgres", 1), ("clickhouse", 0), ("snowflake", 0)])
def test_warehouses_are_left_alone(check, dialect: str, found: int) -> None:
    assert len(check(EntityAttributeValue(), f"create table product_attributes ({OWN});", dialect=dialect)) == found
