"""dbt's models, with their property files, the project's settings and its seeds: the shop, and what names mean."""

from __future__ import annotations

import time

import pytest
from reading import column, facts, fixture, keys, meaning, project, shapes, table

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import Table, TableName
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.sources import dbt_seed
from leaktight.source import Language, Source

SHOP = {path: text for path, text in fixture("dbt").items() if not path.startswith("target/")}
PROJECT = "name: shop\n"


def model(catalog: Catalog, name: str, path: str = "models/any.sql") -> Table:
    """Give the table that `ref(name)` means in a file."""
    found = catalog.table(TableName((name,)), path=path, is_reference=True)
    assert found is not None, name
    return found


def one(sql: str, properties: str = "", **files: str) -> Table:
    """Give the model `m` of a project of one model."""
    given = {"dbt_project.yml": PROJECT, "models/m.sql": sql, **({"models/m.yml": properties} if properties else {})}
    return model(project({**given, **files}, dialect=None), "m")


# The shop


def test_the_shop() -> None:
    catalog = project(SHOP, dialect=None)
    customers, orders, events = (model(catalog, name) for name in ("customers", "orders", "events"))
    assert shapes(customers) == {
        "customer_id": ("BIGINT", False),
        "email": ("VARCHAR(255)", False),
        "country": ("CHAR(2)", None),
        "created_at": ("TIMESTAMPTZ", False),
    }
    assert keys(customers) == {("primary", ("customer_id",), ""), ("unique", ("email",), "")}
    assert column(customers, "email").classification == "pii"
    assert shapes(orders) == {
        "order_id": ("BIGINT", False),
        "customer_id": ("BIGINT", False),
        "status": ("VARCHAR(20)", False),
        "total": ("NUMERIC(12,2)", False),
        "created_at": ("TIMESTAMPTZ", False),
    }
    assert keys(orders) == {("primary", ("order_id",), ""), ("foreign", ("customer_id",), "customers(customer_id)")}
    assert (orders.comment, orders.owner, orders.retention) == ("One row for each order.", "sales", "7 years")
    assert [index.columns for index in orders.indexes] == [("customer_id", "created_at")]
    assert shapes(events) == {
        "event_id": ("BIGINT", False),
        "order_id": ("BIGINT", None),
        "kind": ("VARCHAR(40)", False),
        "payload": ("JSONB", None),
        "occurred_at": ("TIMESTAMPTZ", False),
    }
    assert events.partitioning is not None
    assert (events.partitioning.columns, events.partitioning.kind) == (("occurred_at",), "time")
    assert orders.clustering is not None
    assert orders.clustering.columns == ("customer_id", "created_at")
    assert keys(events) == {("primary", ("event_id", "occurred_at"), "")}
    assert [found.materialized for found in (customers, orders, events)] == ["table", "table", "incremental"]
    assert all(found.complete and found.kind == "model" for found in (customers, orders, events))
    assert not any(key.enforced for found in (customers, orders, events) for key in found.keys)
    assert catalog.contradictions == ()


@pytest.mark.parametrize(
    ("order_by", "columns"),
    [
        ("'(user_id, day)'", ("user_id", "day")),
        ("['user_id', 'day']", ("user_id", "day")),
        ("'user_id'", ("user_id",)),
        ("'(user_id, toDate(ts))'", ("(user_id, toDate(ts))",)),
    ],
)
def test_what_a_model_of_clickhouse_is_sorted_by(order_by: str, columns: tuple[str, ...]) -> None:
    found = one(f"{{{{ config(order_by={order_by}) }}}} select 1 as user_id")
    assert found.clustering is not None
    assert found.clustering.columns == columns


def test_the_sources_and_the_seed_of_the_shop() -> None:
    catalog = project(SHOP, dialect=None)
    customers = catalog.table(TableName(("raw", "customers")), path="models/any.sql")
    assert customers is not None
    assert (str(customers.name), customers.owner, customers.comment) == (
        "landing.customers_v3", "intake", "As the web shop sends them.",
    )  # fmt: skip
    assert shapes(customers)["customer_id"] == ("BIGINT", False)
    assert keys(customers) == {("unique", ("customer_id",), "")}
    countries = model(catalog, "countries")
    assert (countries.kind, countries.complete) == ("seed", True)
    assert {name: kind for name, (kind, _) in shapes(countries).items()} == {
        "country": "CHAR(2)",
        "name": "VARCHAR(60)",
    }


@pytest.mark.parametrize(
    ("name", "fact", "written"),
    [
        ("orders", "comment", "One row for each order."),
        ("orders", "owner", "meta"),
        ("orders", "retention", "meta"),
        ("events", "materialized", "'incremental'"),
        ("events", "partitioning", "{'field': 'occurred_at', 'data_type': 'timestamp'}"),
    ],
)
def test_each_fact_of_a_table_has_its_place(name: str, fact: str, written: str) -> None:
    place = model(project(SHOP, dialect=None), name).place_of(fact)
    assert place is not None
    assert SHOP[place.path][place.span.start : place.span.end] == written


def test_each_column_has_its_place() -> None:
    total = column(model(project(SHOP, dialect=None), "orders"), "total")
    place = total.place_of("type")
    assert place is not None
    assert SHOP[place.path][place.span.start : place.span.end] == "numeric(12, 2)"
    assert total.location is not None
    assert SHOP[total.location.path][total.location.span.start : total.location.span.end] == "total"


def test_ddl_counts_more_than_dbt_and_a_contradiction_is_kept() -> None:
    ddl = "create table landing.customers_v3 (customer_id bigint not null, email text, country char(2));"
    catalog = project({**SHOP, "ddl/raw.sql": ddl}, dialect="postgres")
    found = table(catalog, "landing.customers_v3")
    assert shapes(found)["email"] == ("TEXT", True)
    assert found.owner == "intake"
    assert {(item.fact, item.column, item.other) for item in catalog.contradictions} == {
        ("type", "email", "VARCHAR(255)"),
        ("columns", "created_at", "created_at"),
    }
    assert catalog.table(TableName(("raw", "customers")), path="models/any.sql") is found


# What tests and constraints promise


@pytest.mark.parametrize(
    "test",
    [
        "{unique: {config: {severity: warn}}}",
        "{unique: {where: 'total > 0'}}",
        "{unique: {config: {where: 'total > 0'}}}",
        "{unique: {config: {enabled: false}}}",
        "{unique: {config: {error_if: '>10'}}}",
        "{my_package.unique: {}}",
        "is_unique",
    ],
)
def test_a_test_that_lets_rows_pass_promises_nothing(test: str) -> None:
    found = one("select a from t", f"models: [{{name: m, columns: [{{name: a, tests: [{test}]}}]}}]")
    assert found.keys == ()
    assert one("select a from t", "models: [{name: m, columns: [{name: a, tests: [unique]}]}]").keys != ()


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            "tests: [{dbt_utils.unique_combination_of_columns: {combination_of_columns: [a, b]}}]",
            ("unique", ("a", "b"), ""),
        ),
        ("data_tests: [{unique: {column_name: a}}]", ("unique", ("a",), "")),
        (
            "columns: [{name: a, tests: [{relationships: {arguments: {to: \"ref('n')\", field: b}}}]}]",
            ("foreign", ("a",), "n(b)"),
        ),
    ],
)
def test_keys_of_tests(properties: str, expected: tuple[str, tuple[str, ...], str]) -> None:
    assert keys(one("select a, b from t", f"models: [{{name: m, {properties}}}]")) == {expected}


@pytest.mark.parametrize(
    "test",
    [
        "{unique: {column_name: 'a || b'}}",
        "{dbt_utils.unique_combination_of_columns: {combination_of_columns: [a, 'date(b)']}}",
        "{dbt_utils.unique_combination_of_columns: {combination_of_columns: '{{ var(1) }}'}}",
    ],
)
def test_an_expression_is_no_key(test: str) -> None:
    assert one("select a, b from t", f"models: [{{name: m, tests: [{test}]}}]").keys == ()


def test_constraints_without_a_contract_are_not_made() -> None:
    said = "columns: [{name: a, data_type: int, constraints: [{type: not_null}, {type: primary_key}]}]"
    assert shapes(one("select 1", f"models: [{{name: m, {said}}}]")) == {"a": ("INTEGER", None)}
    agreed = one("select 1", f"models: [{{name: m, config: {{contract: {{enforced: true}}}}, {said}}}]")
    assert (shapes(agreed), agreed.complete) == ({"a": ("INTEGER", False)}, True)


def test_a_key_of_a_model_that_is_built_anew_is_not_looked_at() -> None:
    assert one("{{ config(materialized='table', unique_key='a') }} select a from t").keys == ()
    assert (
        one("{{ config(materialized='incremental', unique_key='a', incremental_strategy='append') }} select a").keys
        == ()
    )
    listed = one("{{ config(materialized='incremental', unique_key='a', incremental_strategy=['append']) }} select a")
    assert keys(listed) == {("unique", ("a",), "")}
    assert keys(one("{{ config(materialized='incremental', unique_key=['a', 'b']) }} select a, b from t")) == {
        ("unique", ("a", "b"), "")
    }


# Which settings count


def test_a_model_s_own_settings_count_more_than_those_of_its_folder() -> None:
    settings = "name: shop\nmodels:\n  shop:\n    +materialized: table\n    marts:\n      +materialized: view\n"
    files = {
        "dbt_project.yml": settings,
        "models/a.sql": "select 1 as x",
        "models/marts/b.sql": "select 1 as x",
        "models/marts/c.sql": "{{ config(materialized='ephemeral') }} select 1 as x",
        "models/marts/d.sql": "select 1 as x",
        "models/d.yml": "models: [{name: d, config: {materialized: incremental}}]",
    }
    catalog = project(files, dialect=None)
    made = {name: model(catalog, name).materialized for name in "abcd"}
    assert made == {"a": "table", "b": "view", "c": "ephemeral", "d": "incremental"}


def test_what_a_template_fills_in_is_not_known() -> None:
    text = "sources: [{name: raw, schema: '{{ var(\"schema\") }}', tables: [{name: t, columns: [{name: a}]}]}]"
    catalog = project({"dbt_project.yml": PROJECT, "models/s.yml": text}, dialect=None)
    assert [str(item.name) for item in catalog] == ["raw.t"]
    assert catalog.table(TableName(("raw", "t")), path="models/any.sql") is not None
    assert catalog.table(TableName(("raw", "t")), path="elsewhere/x.sql") is not None


# Which files are models, and whose


def test_files_that_are_no_models() -> None:
    query = "select 1 as x from {{ ref('y') }}"
    files = {
        "dbt_project.yml": PROJECT,
        "analyses/a.sql": query,
        "tests/b.sql": query,
        "macros/c.sql": query,
        "scripts/d.sql": query,
        "models/off.sql": "{{ config(enabled=false) }} select 1 as x",
        "target/compiled/shop/models/e.sql": query,
        "models/empty.sql": "  \n",
        "models/f.sql": query,
    }
    assert [str(item.name) for item in project(files, dialect=None)] == ["f"]


def test_a_folder_of_models_without_any_sign_of_dbt_holds_none() -> None:
    assert len(project({"src/models/user.sql": "select 1 as x"}, dialect=None)) == 0
    assert len(project({"src/models/user.sql": "select 1 as x from {{ ref('a') }}"}, dialect=None)) == 1


def test_a_model_is_meant_in_its_own_project_alone() -> None:
    files = {
        "a/dbt_project.yml": "name: a\n",
        "a/models/orders.sql": "select 1 as of_a",
        "b/dbt_project.yml": "name: b\n",
        "b/models/orders.sql": "select 1 as of_b",
        "ddl/tables.sql": "create table orders (of_ddl int);",
    }
    catalog = project(files, dialect=None)
    assert list(model(catalog, "orders", "a/models/x.sql").columns) == ["of_a"]
    assert list(model(catalog, "orders", "b/models/x.sql").columns) == ["of_b"]
    outside = catalog.table(TableName(("orders",)), path="jobs/load.sql")
    assert outside is not None
    assert list(outside.columns) == ["of_ddl"]
    assert catalog.table(TableName(("nothing",)), path="a/models/x.sql", is_reference=True) is None


def test_a_reference_means_no_table_of_ddl() -> None:
    files = {
        "dbt_project.yml": PROJECT,
        "models/known.sql": "select 1 as x",
        "ddl/tables.sql": "create table legacy (id int);",
    }
    catalog = project(files, dialect=None)
    assert catalog.table(TableName(("legacy",)), path="models/m.sql", is_reference=True) is None
    assert catalog.table(TableName(("legacy",)), path="models/m.sql") is not None


def test_the_models_of_an_installed_package_are_meant_by_its_project() -> None:
    files = {
        "dbt_project.yml": PROJECT,
        "dbt_packages/calendar/dbt_project.yml": "name: calendar\n",
        "dbt_packages/calendar/models/days.sql": "select day, is_holiday from raw.days",
        "models/m.sql": "select * from {{ ref('calendar', 'days') }}",
    }
    assert list(model(project(files, dialect=None), "m").columns) == ["day", "is_holiday"]


def test_versions() -> None:
    text = """
models:
  - name: orders
    latest_version: 2
    columns: [{name: a}, {name: b}]
    versions:
      - v: 1
        columns: [{include: all, exclude: [b]}]
      - v: 2
"""
    files = {
        "dbt_project.yml": PROJECT,
        "models/orders.yml": text,
        "models/orders_v1.sql": "select a from t",
        "models/orders_v2.sql": "select a, b from t",
        "models/latest.sql": "select * from {{ ref('orders') }}",
        "models/first.sql": "select * from {{ ref('orders', v=1) }}",
    }
    catalog = project(files, dialect=None)
    assert list(model(catalog, "latest").columns) == ["a", "b"]
    assert list(model(catalog, "first").columns) == ["a"]
    assert model(catalog, "orders") is model(catalog, "orders_v2")


# Snapshots, seeds, models in Python


def test_a_snapshot_has_no_unique_key() -> None:
    text = "{% snapshot clients_history %}{{ config(unique_key='id', strategy='check') }} select * from t {% endsnapshot %}"
    found = model(project({"dbt_project.yml": PROJECT, "snapshots/s.sql": text}, dialect=None), "clients_history")
    assert (found.kind, found.keys, found.complete) == ("snapshot", (), False)


def test_a_model_in_python() -> None:
    files = {"dbt_project.yml": PROJECT, "models/p.py": "def model(dbt, session):\n    return dbt.ref('a')\n"}
    assert model(project(files, dialect=None), "p").complete is False


@pytest.mark.parametrize(
    ("text", "columns", "complete"),
    [
        ("id,name\n1,a\n", ["id", "name"], True),
        ('"id" , "full, name"\n', ["id", "full, name"], True),
        ("id;name\n1;a\n", ["id", "name"], True),
        ("1,2024-01-01\n2,2024-01-02\n", [], False),
        ("id,id\n1,2\n", [], False),
    ],
)
def test_the_header_of_a_seed(text: str, columns: list[str], complete: bool) -> None:
    found = model(project({"dbt_project.yml": PROJECT, "seeds/codes.csv": text}, dialect=None), "codes")
    assert (list(found.columns), found.complete) == (columns, complete)


# Broken and hostile files


@pytest.mark.parametrize(
    "text", ["version: 2\nmodels: [", "version: 2\nmodels:\n\t- name: a", "version: 2\nmodels: *a"]
)
def test_a_broken_property_file_is_said_once(text: str) -> None:
    found = facts("models/schema.yml", f"{text}\n# name:")
    assert found.unread is not None
    assert found.unread.path == "models/schema.yml"
    assert found.declarations == ()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("dbt/models/a/_models.yml", True),
        ("seeds/seeds.yml", True),
        ("deploy/values.yml", False),
        ("models.yml", False),
    ],
)
def test_a_broken_file_in_a_folder_of_dbt_need_not_say_a_version(path: str, told: bool) -> None:
    assert (facts(path, "models:\n  - name: a\n   columns: [").unread is not None) is told


@pytest.mark.parametrize(
    "text",
    [
        "models: 3\nx: {name: a}",
        "models: [{name: [a]}, 7, null, {name: '{{ x }}'}]",
        "sources: [{name: a, tables: {name: b}}]",
        "models: [{name: m, columns: [{name: 5}, {data_type: int}], tests: {a: b}, meta: [1]}]",
        "seeds: [{name: m, config: {column_types: [1]}}]",
        "models: [{name: m, versions: [{v: {a: b}}, {}, 3], latest_version: [1]}]",
        "x: &x {<<: *x}\nmodels: [{name: a}]",
    ],
)
def test_odd_values_are_left_out(text: str) -> None:
    assert facts("models/schema.yml", text) is not None


def test_aliases_do_not_make_a_file_large() -> None:
    text = "a: &a [{name: x, data_type: int}]\n" + "".join(
        f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = facts("models/schema.yml", f"{text}models: [{{name: m, columns: *i}}]\n")
    assert len(found.declarations) <= 1


def test_types_keep_their_meaning() -> None:
    found = one("select 1", "models: [{name: m, columns: [{name: a, data_type: ' numeric( 12,  2 ) '}]}]")
    assert meaning(column(found, "a").type) == "NUMERIC(12,2)"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("id,name\n1,x\n", ["id", "name"]),
        ('id,"na\nme"\n1,x\n', ["id", "na\nme"]),
        ('id,"name\n' + "1,x\n" * 300_000, None),
        ("id" + ",x" * 300_000, None),
    ],
    ids=["plain", "a newline in a name", "a quote that nothing closes", "no end"],
)
def test_the_first_line_of_a_seed_has_an_end(text: str, columns: list[str] | None) -> None:
    start = time.process_time()
    found = list(dbt_seed.read(FileView(Source("seeds/a.csv", text, Language.CSV), Project())))
    assert [[column.name for column in one.table.columns.values()] for one in found] == ([columns] if columns else [])
    assert time.process_time() - start < 2
