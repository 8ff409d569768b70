"""Custom schemas of dbt: known where the project's own macro takes them as they are set."""

from __future__ import annotations

import pytest
from reading import project

from leaktight.catalog.table import TableName

PLAIN = """{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- as it is set -#}
    {%- set default_schema = target.schema -%}
    {%- if custom_schema_name is none -%}
        {{ default_schema }}
    {%- else -%}
        {{ custom_schema_name | trim }}
    {%- endif -%}
{%- endmacro %}
"""
OTHER_WAY_ROUND = """{% macro generate_schema_name(name, node) %}
  {% if name %}{{ name | lower | trim }}{% else %}{{ target.schema }}{% endif %}
{% endmacro %}
"""
PREFIXED = PLAIN.replace("{{ custom", "{{ default_schema }}_{{ custom")
JOINED = PLAIN.replace("custom_schema_name | trim", "default_schema ~ '_' ~ custom_schema_name")
BY_TARGET = PLAIN.replace("custom_schema_name is none", "target.name == 'dev'")
OTHER_MACRO = PLAIN.replace("generate_schema_name", "generate_alias_name") + "{# generate_schema_name #}"
FILES = {
    "dbt_project.yml": "name: shop\nmodels:\n  shop:\n    marts:\n      +schema: marts\n",
    "models/marts/orders.sql": "select order_id from {{ source('raw', 'orders') }}",
}


def known(macro: str, name: str, **files: str) -> bool:
    """Say whether a query outside of dbt knows a table of the name."""
    given = {**FILES, "macros/schemas.sql": macro, **{path.replace("__", "/"): text for path, text in files.items()}}
    below = {f"dbt/{path}": text for path, text in given.items()}
    return project(below, dialect=None).table(TableName(tuple(name.split("."))), path="queries/a.sql") is not None


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        (PLAIN, True),
        (OTHER_WAY_ROUND, True),
        (PREFIXED, False),
        (JOINED, False),
        (BY_TARGET, False),
        (OTHER_MACRO, False),
        ("", False),
    ],
)
def test_the_macro_says_what_a_schema_is_called(macro: str, expected: bool) -> None:
    assert known(macro, "marts.orders") is expected
    assert not known(macro, "other.orders")


@pytest.mark.parametrize(
    ("own", "properties", "name", "other"),
    [
        ("schema='sales'", "", "sales.orders", "marts.orders"),
        ("alias='fct_orders'", "", "marts.fct_orders", "marts.orders"),
        ("materialized='table'", "{schema: finance}", "finance.orders", "marts.orders"),
        ("materialized='table'", "{alias: f_orders}", "marts.f_orders", "marts.orders"),
        ("schema='sales'", "{schema: finance}", "sales.orders", "finance.orders"),
        ("materialized='table'", "{schema: \"{{ var('s') }}\"}", "marts.orders", "s.orders"),
    ],
)
def test_which_setting_counts(own: str, properties: str, name: str, other: str) -> None:
    files = {
        "models/marts/orders.sql": "{{ config(" + own + ") }}\nselect order_id from {{ source('raw', 'orders') }}",
        "models/marts/schema.yml": f"models:\n  - name: orders\n    config: {properties or '{}'}\n",
    }
    assert known(PLAIN, name, **files)
    assert not known(PLAIN, other, **files)
    assert not known("", name, **files)


def test_a_model_of_the_default_schema_has_no_name_that_is_known() -> None:
    files = {"dbt_project.yml": "name: shop\n"}
    assert not known(PLAIN, "marts.orders", **files)
    assert not known(PLAIN, "public.orders", **files)


@pytest.mark.parametrize(("schema", "names"), [("marts", ["marts.orders"]), ("\"{{ var('s') }}\"", [])])
def test_a_schema_that_a_template_fills_in_for_a_folder_is_not_known(schema: str, names: list[str]) -> None:
    files = {**FILES, "dbt_project.yml": FILES["dbt_project.yml"].replace("+schema: marts", f"+schema: {schema}")}
    found = project({**files, "macros/schemas.sql": PLAIN}, dialect=None)
    assert [str(alias.name) for table in found for alias in table.aliases if table.kind == "model"] == names
