"""What dbt has written: `manifest.json` and `catalog.json`, fresh, stale, broken and hostile."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from reading import column, facts, fixture, keys, meaning, shapes

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import Table, TableName
from leaktight.operations.facts import fold_facts
from leaktight.operations.project import Project
from leaktight.report import NotAnalysed
from leaktight.source import NotAnalysable

FILES = fixture("dbt")
MANIFEST: dict[str, Any] = json.loads(FILES["target/manifest.json"])
CATALOG: dict[str, Any] = json.loads(FILES["target/catalog.json"])
ARTIFACTS = {path: text for path, text in FILES.items() if path.startswith("target/") or path == "dbt_project.yml"}


def folded(files: dict[str, str]) -> Project:
    return fold_facts(((path, facts(path, text)) for path, text in files.items()), Project())


def said(files: dict[str, str]) -> list[NotAnalysed]:
    """Give what is said of files that are broken or stale."""
    found = [facts(path, text).unread for path, text in files.items()]
    return [*(one for one in found if one is not None), *folded(files).outdated]


def ref(catalog: Catalog, name: str) -> Table:
    found = catalog.table(TableName((name,)), path="models/any.sql", is_reference=True)
    assert found is not None, name
    return found


def source(catalog: Catalog, name: str) -> Table:
    found = catalog.table(TableName(("raw", name)), path="models/any.sql")
    assert found is not None, name
    return found


def manifest(**members: Any) -> str:
    return json.dumps({**MANIFEST, **members})


def node(name: str = "orders", /, **members: Any) -> dict[str, Any]:
    return {**MANIFEST["nodes"][f"model.shop.{name}"], **members}


def counted(name: str) -> dict[str, Any]:
    """Give what `catalog.json` says of a table with the columns of the orders."""
    known = CATALOG["nodes"]["model.shop.orders"]
    return {**known, "metadata": {**known["metadata"], "name": name}}


def only(**members: Any) -> Table:
    """Give the one model of a manifest, with `members` in the place of its own."""
    files = {"target/manifest.json": manifest(nodes={"model.shop.orders": node(**members)}, sources={})}
    (found,) = folded(files).catalog
    return found


# The shop


@pytest.mark.parametrize("files", [FILES, ARTIFACTS], ids=["all", "artifacts"])
def test_the_shop(files: dict[str, str]) -> None:
    project = folded(files)
    customers, orders, events = (ref(project.catalog, name) for name in ("customers", "orders", "events"))
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
    assert list(shapes(events)) == ["event_id", "order_id", "kind", "payload", "occurred_at"]
    assert events.materialized == "incremental"
    assert all(found.complete and found.dialect == "postgres" for found in (customers, orders, events))
    assert orders.statistics is not None
    assert (orders.statistics.rows, orders.statistics.bytes) == (7, 7 * 8192)
    assert source(project.catalog, "customers").complete
    assert str(source(project.catalog, "customers").name) == "warehouse.landing.customers_v3"
    assert said(files) == []
    different = {
        (item.column, item.other)
        for item in project.catalog.contradictions
        if meaning(str(item.kept)) != meaning(str(item.other))
    }
    assert different == set()


def test_a_model_is_known_outside_of_dbt_by_its_name_in_the_database() -> None:
    catalog = folded({f"dbt/{path}": text for path, text in FILES.items()}).catalog
    orders = catalog.table(TableName(("orders",)), "postgres", "dbt/models/any.sql")
    for name in (("shop", "orders"), ("warehouse", "shop", "orders")):
        assert catalog.table(TableName(name), "postgres", "jobs/report.sql") is orders is not None
    assert catalog.table(TableName(("orders",)), "postgres", "jobs/report.sql") is not orders


def test_what_postgres_does_not_partition_is_not_partitioned() -> None:
    assert ref(folded(FILES).catalog, "events").partitioning is None
    on_bigquery = manifest(metadata={**MANIFEST["metadata"], "adapter_type": "bigquery"})
    cut = ref(folded({**FILES, "target/manifest.json": on_bigquery}).catalog, "events").partitioning
    assert cut is not None
    assert cut.expression == "DATE(occurred_at)"


def test_each_node_has_its_place() -> None:
    text = FILES["target/manifest.json"]
    place = next(item.table.location for item in facts("target/manifest.json", text).declarations)
    assert place is not None
    assert text[place.span.start : place.span.end] == '"model.shop.customers"'


# What a node says


def test_the_name_of_a_node() -> None:
    found = only(database=None, schema="marts", alias="fct_orders")
    assert [str(alias.name) for alias in found.aliases] == ["marts.fct_orders"]
    ephemeral = only(config={**node()["config"], "materialized": "ephemeral"})
    assert (ephemeral.aliases, ephemeral.materialized) == ((), "ephemeral")
    old, new = only(version=1, latest_version=2), only(version=2, latest_version=2)
    assert (old.name.name, new.name.name) == ("orders_v1", "orders_v2")
    assert [str(alias.name) for alias in new.aliases] == ["warehouse.shop.orders", "orders"]
    assert [str(alias.name) for alias in old.aliases] == ["warehouse.shop.orders"]


def test_the_owner_is_that_of_its_group_where_it_says_none() -> None:
    groups = {"group.shop.finance": {"name": "finance", "owner": {"name": "Finance", "email": "f@example.com"}}}
    owned = {**node("customers"), "group": "finance"}
    nodes = {"model.shop.customers": owned, "model.shop.orders": node(group="finance")}
    catalog = folded({"target/manifest.json": manifest(nodes=nodes, groups=groups)}).catalog
    assert (ref(catalog, "customers").owner, ref(catalog, "orders").owner) == ("Finance", "sales")


@pytest.mark.parametrize(
    ("config", "promised"),
    [
        ({}, True),
        ({"severity": "error", "error_if": "> 0"}, True),
        ({"severity": "WARN"}, False),
        ({"error_if": "> 10"}, False),
        ({"where": "total > 0"}, False),
        ({"limit": 5}, False),
        ({"enabled": False}, False),
    ],
)
def test_a_test_that_lets_rows_pass_promises_nothing(config: dict[str, Any], promised: bool) -> None:
    test = next(one for key, one in MANIFEST["nodes"].items() if key.startswith("test.shop.not_null_orders_order_id"))
    test = {**test, "test_metadata": {**test["test_metadata"], "name": "unique"}}
    nodes = {"model.shop.orders": node(), "test.x": {**test, "config": {**test["config"], **config}}}
    found = ref(folded({"target/manifest.json": manifest(nodes=nodes)}).catalog, "orders")
    assert (("unique", ("order_id",), "") in keys(found)) is promised


def test_a_test_of_an_old_manifest_says_what_it_looks_at_by_its_model() -> None:
    tests = {
        key: {name: value for name, value in one.items() if name != "attached_node"}
        for key, one in MANIFEST["nodes"].items()
        if key.startswith("test.")
    }
    nodes = {"model.shop.orders": node(), "model.shop.customers": node("customers"), **tests}
    found = ref(folded({"target/manifest.json": manifest(nodes=nodes)}).catalog, "orders")
    assert ("foreign", ("customer_id",), "customers(customer_id)") in keys(found)


def test_a_package_has_its_models_though_its_files_are_not_there() -> None:
    package = node(package_name="calendar", name="days", alias="days", original_file_path="models/days.sql")
    files = {**FILES, "target/manifest.json": manifest(nodes={**MANIFEST["nodes"], "model.calendar.days": package})}
    assert "order_id" in ref(folded(files).catalog, "days").columns
    assert said(files) == []


# Stale

FREE = {**FILES, "models/schema.yml": FILES["models/schema.yml"].replace("enforced: true", "enforced: false")}
"""The shop without contracts, which would say that a model has no other columns."""


def test_a_model_that_has_changed_since_is_said_and_not_believed() -> None:
    files = {**FREE, "models/orders.sql": "select order_id, tip from {{ source('raw', 'orders') }}"}
    project = folded(files)
    (problem,) = project.outdated
    assert (problem.path, problem.code) == ("target/manifest.json", "stale")
    assert problem.reason == (
        "it is older than the project: `orders` has changed since; what it says of these is left out"
    )
    found = ref(project.catalog, "orders")
    assert "tip" in found.columns
    assert found.statistics is None
    assert "snapshot" not in dict(found.origins)
    assert "snapshot" in dict(ref(project.catalog, "customers").origins)


def test_a_model_whose_file_is_gone() -> None:
    files = {path: text for path, text in FILES.items() if path != "models/events.sql"}
    (problem,) = said(files)
    assert "of `events` there is no file any more" in problem.reason


@pytest.mark.parametrize(
    "changed",
    [
        {"models/orders.sql": FILES["models/orders.sql"].replace("\n", "\r\n")},
        {"models/orders.sql": f"\n\n{FILES['models/orders.sql']}\n"},
        {"models/new.sql": "select 1 as x"},
        {"models/schema.yml": "models: [{name: orders, description: Other words.}]"},
    ],
    ids=["line ends", "blanks", "a new model", "another property"],
)
def test_what_does_not_make_a_manifest_stale(changed: dict[str, str]) -> None:
    assert said({**FILES, **changed}) == []


def test_folders_that_are_left_out_do_not_make_a_manifest_stale() -> None:
    files = {path: text for path, text in FILES.items() if not path.startswith(("models/", "seeds/"))}
    assert said(files) == []
    assert "order_id" in ref(folded(files).catalog, "orders").columns


def test_what_reads_a_changed_model_may_have_other_columns() -> None:
    reader = node(name="totals", alias="totals", original_file_path="models/totals.sql", raw_code="select * from x")
    reader |= {"contract": {"enforced": False}, "config": {**reader["config"], "contract": {"enforced": False}}}
    reader["depends_on"] = {"nodes": ["model.shop.orders"]}
    nodes = {**MANIFEST["nodes"], "model.shop.totals": reader}
    known = {**CATALOG["nodes"], "model.shop.totals": counted("totals")}
    files = {
        **FILES,
        "models/totals.sql": "select * from x",
        "target/manifest.json": manifest(nodes=nodes),
        "target/catalog.json": json.dumps({**CATALOG, "nodes": known}),
    }
    assert ref(folded(files).catalog, "totals").complete
    files["models/orders.sql"] = "select order_id, tip from t"
    assert not ref(folded(files).catalog, "totals").complete


@pytest.mark.parametrize("run", ["another-run", None])
def test_a_catalog_of_another_run_does_not_know_all_columns_of_a_model(run: str | None) -> None:
    nodes = {"model.shop.other": counted("other")}
    text = json.dumps({**CATALOG, "metadata": {**CATALOG["metadata"], "invocation_id": run}, "nodes": nodes})
    catalog = folded({**FILES, "target/catalog.json": text}).catalog
    assert not ref(catalog, "other").complete
    assert column(ref(catalog, "other"), "total").type == "NUMERIC(12,2)"
    assert source(catalog, "orders").complete


# Broken, unknown, hostile


@pytest.mark.parametrize("name", ["manifest", "catalog"])
@pytest.mark.parametrize("cut", [0, 1, 40, 400, -2])
def test_a_broken_file_is_said_once_and_tells_nothing(name: str, cut: int) -> None:
    path = f"target/{name}.json"
    found = facts(path, FILES[path][:cut])
    assert found.unread is not None
    assert (found.unread.path, found.unread.code) == (path, "syntax")
    assert found.unread.reason.startswith("is no valid JSON at character ")
    assert found.declarations == ()
    assert len(said({**FILES, path: FILES[path][:cut]})) == 1


@pytest.mark.parametrize(("name", "known"), [("manifest", MANIFEST), ("catalog", CATALOG)])
def test_a_schema_that_is_not_known_is_said_once(name: str, known: dict[str, Any]) -> None:
    version = f"https://schemas.getdbt.com/dbt/{name}/v99.json"
    text = json.dumps({**known, "metadata": {**known["metadata"], "dbt_schema_version": version}})
    found = facts(f"target/{name}.json", text)
    assert found.unread is not None
    assert found.unread.reason == f"is of the schema version v99 of dbt's {name}, which is not known"
    assert found.declarations == ()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "3",
        '"nodes"',
        "{}",
        '{"name": "My app", "icons": [], "nodes": {}, "metadata": {}}',
        '{"metadata": null, "nodes": null}',
        '{"nodes": {"model.a.b": {}}, "metadata": {"dbt_schema_version": "x"}}',
    ],
)
def test_other_files_of_these_names_tell_nothing(text: str) -> None:
    for name in ("manifest", "catalog"):
        assert facts(f"target/{name}.json", text).declarations == ()
        assert facts(f"target/{name}.json", text).unread is None


_ODD: list[Any] = [None, 0, -1, True, "", " ", "x" * 50, [], [None], {}, {"a": None}, {"": {}}, [[1]], 1e400, "\ud800"]


@pytest.mark.parametrize("member", sorted({*node(), "version", "group", "external", "source_meta"}))
def test_odd_values_are_left_out(member: str) -> None:
    test = next(one for key, one in MANIFEST["nodes"].items() if key.startswith("test.shop.relationships"))
    for value in _ODD:
        nodes = {
            "model.shop.orders": node(**{member: value}),
            "model.shop.x": node(columns={"a": {**node()["columns"]["total"], member: value}}),
            "test.shop.x": {**test, member: value},
            "test.shop.y": {**test, "test_metadata": {"name": "unique", "kwargs": {member: value}, "namespace": value}},
            "seed.shop.s": {**MANIFEST["nodes"]["seed.shop.countries"], member: value},
        }
        sources = {key: {**one, member: value} for key, one in MANIFEST["sources"].items()}
        files = {**FILES, "target/manifest.json": manifest(nodes=nodes, sources=sources, groups={"g": {member: value}})}
        for table in folded(files).catalog:
            str(table.name).encode()


@pytest.mark.parametrize("member", ["metadata", "columns", "stats", "unique_id"])
def test_odd_values_of_a_catalog_are_left_out(member: str) -> None:
    for value in _ODD:
        nodes = {key: {**one, member: value} for key, one in CATALOG["nodes"].items()}
        inner = {
            key: {
                **one,
                "metadata": {**one["metadata"], "name": value},
                "columns": {"a": {"name": value, "type": value, "index": value}},
                "stats": {"row_count": {"value": value}, "bytes": value},
            }
            for key, one in CATALOG["nodes"].items()
        }
        for said_of in (nodes, inner, {"model.a": {}, "source.a.b": {"metadata": {"name": "x"}}, "": {}}):
            text = json.dumps({**CATALOG, "nodes": said_of, "sources": said_of})
            assert folded({**FILES, "target/catalog.json": text}).catalog is not None


@pytest.mark.parametrize(
    "opening", ['{"metadata":' + "[" * 200_000, '{"nodes": {"a": ' + '{"a":' * 200_000, "[" * 200_000]
)
def test_deep_nesting_is_refused(opening: str) -> None:
    start = time.process_time()
    found = facts("target/manifest.json", opening)
    assert found.declarations == ()
    assert time.process_time() - start < 2
    assert found.unread is None or found.unread.code in ("nesting", "syntax")


def test_numbers_without_end_are_refused() -> None:
    found = facts("target/manifest.json", '{"nodes": {"a": ' + "9" * 10_000 + "}}")
    assert found.unread is not None


def test_a_file_that_is_too_large_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from leaktight import discovery, run
    from leaktight.engine import Plan
    from leaktight.source import Language

    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    entries = discovery.list_files(discovery.Project(str(tmp_path))).entries
    plan = Plan(lambda path: ())
    assert run.check(entries, plan, jobs=1).not_analysed == ()
    monkeypatch.setitem(discovery._LIMITS, Language.JSON, 10_000)
    (problem,) = run.check(entries, plan, jobs=1).not_analysed
    assert (problem.path, problem.code) == ("target/manifest.json", "size")
    with pytest.raises(NotAnalysable):
        next(entry for entry in entries if entry.path == problem.path).load()
