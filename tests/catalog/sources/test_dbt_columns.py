"""The columns that a model's own query produces, through its template, its CTEs and the stars of other models."""

from __future__ import annotations

import time

import pytest
from reading import column, project

from leaktight.catalog.table import Table, TableName

UPSTREAM = {
    "models/up.sql": "select id, name as full_name, sum(total) over () as total from raw.t",
    "models/other.sql": "select id, kind from raw.u",
}


def produced(sql: str, **files: str) -> Table:
    """Give the model `m`, in a project with the models `up` and `other`."""
    catalog = project({"dbt_project.yml": "name: shop\n", **UPSTREAM, **files, "models/m.sql": sql}, dialect=None)
    found = catalog.table(TableName(("m",)), path="models/m.sql", is_reference=True)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select a, t.b, count(*) as n, 1 as \"One\" from t", "a b n One"),
        ("with x as (select a from t), y as (select *, 1 as b from x) select * from y", "a b"),
        ("with x as (select a from t) select x.*, z.c from x join z on true", "a c"),
        ("select * from (select a, b from t) s", "a b"),
        ("with x (p, q) as (select a, b from t) select * from x", "p q"),
        ("select a from t union all select b from u", "a"),
        ("with recursive x as (select 1 as n union all select n + 1 from x) select n from x", "n"),
        ("select * from {{ ref('up') }}", "id full_name total"),
        ("select * from {{ ref('shop', 'up') }} as u", "id full_name total"),
        ("with u as (select * from {{ ref('up') }}) select u.*, o.kind from u join {{ ref('other') }} o using (id)",
         "id full_name total kind"),
        ("select * from {{ ref('up') }} u left semi join {{ ref('other') }} o on u.id = o.id", "id full_name total"),
        ("select {{ dbt_utils.generate_surrogate_key(['a', 'b']) }} as key, b from t", "key b"),
        ("select a, {# not yet: b, #} c from t", "a c"),
        ("select a{% if var('wide') %} {% endif %}, b from t", "a b"),
        ("{% set cols = ['a'] %} select a, b from t where a in ({% for c in cols %}'{{ c }}'{% endfor %})", "a b"),
        ("select a, case {% for k in kinds %} when x = '{{ k }}' then 1 {% endfor %} end as kind from t", "a kind"),
        ("{{ config(materialized='table') }}\nselect a from t {% if is_incremental() %} where a > 1 {% endif %}", "a"),
        ("select {% if target.name == 'dev' %} 1 as a {% else %} x as a {% endif %}, b from t", "a b"),
    ],
)  # fmt: skip
def test_columns_that_are_all_known(sql: str, columns: str) -> None:
    found = produced(sql)
    assert [one.name for one in found.columns.values()] == columns.split()
    assert found.complete
    assert found.origins[-1][0] == "derived"


@pytest.mark.parametrize(
    "sql",
    [
        "select a, count(*) from t",
        "select a, b || c from t",
        "select * from raw.t",
        "select * from {{ ref('nothing') }}",
        "select * from {{ source('raw', 't') }}",
        "select * from {{ this }}",
        "select * from {{ model }}",
        "select *, 1 as a from unnest(x)",
        "select {{ dbt_utils.star(ref('up')) }} from {{ ref('up') }}",
        "select {{ columns }}, b from t",
        "select a {{ more_columns() }} from t",
        "select a, {% for c in columns %} {{ c }}, {% endfor %} b from t",
        "select a, {% for c in columns %} sum(x) as total, {% endfor %} b from t",
        "select a, b as {{ name }} from t",
        "select a, b as total_{{ name }} from t",
        "{% set parts = ['x', 'y'] %} select a {% for p in parts %}, sum({{ p }}) as {{ p }}_total {% endfor %} from t",
        "select a {% if wide %}, b {% endif %} from t",
        "select {% if wide %} a, b {% else %} a {% endif %} from t",
        "select a from t; select b from t",
        "{{ union_of_all() }}",
        "with x as (select * from t) select * from x",
        "select * from t pivot (sum(x) for y in ('a', 'b'))",
        "select a from t where (",
    ],
)
def test_columns_of_which_not_all_are_known(sql: str) -> None:
    assert not produced(sql).complete


def test_the_columns_that_every_view_has_are_known() -> None:
    found = produced("select a {% if wide %}, b {% endif %} from t")
    assert list(found.columns) == ["a"]


@pytest.mark.parametrize(
    ("star", "columns"),
    [
        ("* except (full_name)", "id total"),
        ("* except (full_name, total), 1 as x", "id x"),
        ("* replace (1 as total)", "id full_name total"),
    ],
)
def test_a_star_without_some(star: str, columns: str) -> None:
    config = "{{ config(partition_by={'field': 'id'}) }}"
    found = produced(f"{config} select {star} from `shop`.`x`, {{{{ ref('up') }}}}".replace("`shop`.`x`, ", ""))
    if found.columns:  # what the dialect that is guessed does not know is left out
        assert (list(found.columns), found.complete) == (columns.split(), True)
    through = produced(f"with u as (select id, full_name, total from t) select {star} from u")
    assert not through.columns or list(through.columns) == columns.split()


def test_stars_lead_through_many_models() -> None:
    chain = {f"models/c{n}.sql": f"select * from {{{{ ref('c{n - 1}') }}}}" for n in range(1, 60)}
    found = produced("select * from {{ ref('c59') }}", **chain, **{"models/c0.sql": "select a, b from t"})
    assert (list(found.columns), found.complete) == (["a", "b"], True)


def test_models_that_read_one_another_end() -> None:
    files = {"models/x.sql": "select * from {{ ref('m') }}"}
    assert not produced("select *, 1 as a from {{ ref('x') }}", **files).complete


def test_stars_take_the_columns_of_ddl_and_seeds() -> None:
    files = {
        "ddl/raw.sql": "create table raw.t (id bigint, name text);",
        "models/s.yml": "sources: [{name: raw, tables: [{name: t}]}]",
        "seeds/codes.csv": "code,label\na,b\n",
    }
    found = produced("select * from {{ source('raw', 't') }} cross join {{ ref('codes') }}", **files)
    assert (list(found.columns), found.complete) == (["id", "name", "code", "label"], True)
    assert column(found, "id").type == "BIGINT"


def test_each_column_stands_where_the_query_names_it() -> None:
    sql = "with u as (\n  select\n    {{ money('x') }} as amount\n  from t\n)\nselect * from u"
    place = column(produced(sql), "amount").location
    assert place is not None
    assert (place.path, place.start.line, sql[place.span.start : place.span.end]) == ("models/m.sql", 3, "amount")


def test_what_the_property_file_says_counts_more_and_stays() -> None:
    properties = "models: [{name: m, columns: [{name: A, data_type: int, description: The first.}]}]"
    found = produced("select a, b from t", **{"models/m.yml": properties})
    assert [(one.name, one.type, one.comment) for one in found.columns.values()] == [
        ("A", "INT", "The first."),
        ("b", None, None),
    ]
    assert found.complete


def test_a_contract_that_the_query_breaks_is_a_contradiction() -> None:
    properties = "models: [{name: m, config: {contract: {enforced: true}}, columns: [{name: a, data_type: int}]}]"
    files = {"dbt_project.yml": "name: shop\n", "models/m.yml": properties, "models/m.sql": "select a, b from t"}
    (found,) = project(files, dialect=None).contradictions
    assert (found.fact, found.column) == ("columns", "b")
    assert found.other_at is not None
    assert found.other_at.path == "models/m.sql"


@pytest.mark.parametrize(
    "sql",
    [
        "with " + ", ".join(f"x{n} as (select * from x{n - 1} a join x{n - 1} b on true)" for n in range(1, 60))
        + " select * from x59",
        "select " + ", ".join(f"a as c{n}" for n in range(20_000)) + " from t",
        "select a from " + "(select * from " * 200 + "t" + ")" * 200,
        "select {% if a %}" * 300 + " 1 as x " + "{% endif %}" * 300,
        " union all ".join(["select * from t"] * 3000),
    ],
    ids=["doubling", "wide", "deep", "branches", "union"],
)  # fmt: skip
def test_hostile_queries_cost_little(sql: str) -> None:
    start = time.process_time()
    produced(sql)
    assert time.process_time() - start < 10
