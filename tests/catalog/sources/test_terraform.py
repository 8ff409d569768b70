"""Terraform: tables of BigQuery and of Glue's catalog."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import reading
from reading import alone, column, declared, fixture, project, shapes

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Table
from leaktight.discovery import Project, list_files
from leaktight.source import Language

SHOP = fixture("terraform")


def tables(file: str, text: str | None = None) -> Mapping[str, Table]:
    found = declared(file, SHOP[file] if text is None else text)
    assert {item.origin for item in found.values()} <= {Origin.INFRASTRUCTURE}
    return {item.table.name.folded[-1]: item.table for item in found.values()}


def one(body: str, type_: str = "google_bigquery_table", more: str = "") -> Table:
    found = declared("main.tf", f'{more}\nresource "{type_}" "t" {{\n{body}\n}}\n')
    assert len(found) == 1
    return next(iter(found.values())).table


def test_what_terraform_says_besides_the_shop() -> None:
    events = tables("bigquery.tf")["events"]
    assert events.partitioning is not None
    assert (events.partitioning.granularity, events.partitioning.required) == ("day", True)
    assert (
        column(tables("bigquery.tf")["orders"], "created_at").comment is None
    )  # `${var.when}` is known to a run alone
    orders = tables("glue.tf")["orders"]
    assert (orders.kind, orders.dialect) == ("external", "athena")


EXPIRING = """
  dataset_id = "d"
  table_id   = "t"
  time_partitioning {
    type          = "DAY"
    expiration_ms = 2557 * local.day
  }
"""


@pytest.mark.parametrize(
    ("more", "retention"),
    [("", "2557 days"), ('labels = { retention = "7-years" }', "7-years"), ("labels = {}", "2557 days")],
)
def test_how_long_rows_are_kept(more: str, retention: str) -> None:
    assert one(EXPIRING + more, more="locals {\n  day = 24 * 60 * 60 * 1000\n}").retention == retention


@pytest.mark.parametrize("label", ["owner", "team", "steward", "owned_by"])
def test_labels_that_name_the_owner_of_a_table(label: str) -> None:
    assert one(f'table_id = "t"\ndataset_id = "d"\nlabels = {{ {label} = "sales" }}').owner == "sales"


def test_a_comment_of_a_column_in_glue() -> None:
    columns = 'columns {\n name = "a"\n type = "int"\n comment = "x y"\n }'
    body = f'name = "t"\n database_name = "d"\n storage_descriptor {{\n {columns}\n }}'
    assert column(one(body, "aws_glue_catalog_table"), "a").comment == "x y"


def test_json_is_read_as_well() -> None:
    found = tables("events.tf.json")
    events, clicks = found["events"], found["clicks"]
    assert (str(events.name), shapes(events)) == ("lake.events", {"event_id": ("BIGINT", False)})
    assert events.partitioning is not None
    assert (events.partitioning.columns, events.partitioning.kind) == (("event_id",), "integer")
    assert str(clicks.name) == "lake.clicks"
    assert list(clicks.columns) == ["at", "who", "dt"]


def test_each_fact_has_its_place() -> None:
    text = SHOP["bigquery.tf"]

    def at(found: object) -> str:
        assert found is not None
        return text[found.span.start : found.span.end]  # type: ignore[attr-defined]

    _, orders, events = tables("bigquery.tf").values()
    assert at(orders.location) == "orders"
    assert at(orders.place_of("owner")) == "sales"
    assert at(orders.place_of("comment")) == "One row for each order."
    assert at(column(orders, "total").location) == "total"
    assert at(column(orders, "total").place_of("type")) == "NUMERIC"
    assert at(orders.place_of("retention")) == "7-years"
    assert at(column(events, "kind").location).startswith("[{")
    for file in ("glue.tf", "events.tf.json"):
        text = SHOP[file]
        for table in tables(file).values():
            assert at(table.location) == table.name.name
    clicks = tables("events.tf.json")["clicks"]
    assert at(column(clicks, "who").location) == "who"


def test_places_behind_other_alphabets() -> None:
    text = '# Größe 表 😀\nresource "google_bigquery_table" "t" {\n  table_id = "t" # 表\n  schema = <<EOF\n["ü", {"name": "größe", "type": "DATE"}]\nEOF\n}\n'
    table = declared("main.tf", text)["t"].table
    place = column(table, "größe").location
    assert place is not None
    assert text[place.span.start : place.span.end] == "größe"
    assert not table.complete


@pytest.mark.parametrize(
    ("schema", "types", "complete"),
    [
        (
            'jsonencode([{name = "a", type = "RECORD", mode = "REPEATED", fields = [{name = "b", type = "FLOAT"}]}])',
            {"a": "ARRAY<STRUCT<B FLOAT64>>"},
            True,
        ),
        ('"[{\\"name\\": \\"a\\", \\"type\\": \\"date\\"}]"', {"a": "DATE"}, True),
        ('jsonencode({fields = [{name = "a", type = "DATE"}]})', {"a": "DATE"}, True),
        ("jsonencode(local.columns)", {"a": "DATE", "b": "BOOL"}, True),
        (
            'jsonencode(concat(local.columns, [{name = "c", type = "TIME"}]))',
            {"a": "DATE", "b": "BOOL", "c": "TIME"},
            True,
        ),
        ("jsonencode(concat(local.columns, var.more))", {"a": "DATE", "b": "BOOL"}, False),
        ('jsonencode([{name = var.name, type = "DATE"}, {name = "b", type = var.type}])', {"b": None}, False),
        ("var.schema", {}, False),
        ('jsonencode([for name in var.names : {name = name, type = "STRING"}])', {}, False),
        ("jsonencode(local.gone)", {}, False),
        ('<<EOF\n[{"name": "a", "type": "DATE"}, {"name": "${var.x}", "type": "DATE"}]\nEOF', {"a": "DATE"}, False),
        ("<<EOF\n%{ if var.x }[]%{ endif }\nEOF", {}, False),
        ('<<EOF\n[{"name": "a"\nEOF', {}, False),
        ("[]", {}, False),
        ("null", {}, False),
    ],
)
def test_schemas(schema: str, types: dict[str, str | None], complete: bool) -> None:
    more = 'locals {\n  columns = [{ name = "a", type = "DATE" }, { name = "b", type = "BOOLEAN" }]\n}'
    table = one(f'table_id = "t"\nschema = {schema}', more=more)
    assert ({name: found.type for name, found in table.columns.items()}, table.complete) == (types, complete)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('table_id = "t"\ndataset_id = "d"\nproject = "p"', "p.d.t"),
        ('table_id = "t"\ndataset_id = "d"\nproject = var.p', "d.t"),
        ('table_id = "t"\ndataset_id = var.d\nproject = "p"', "t"),
        ('table_id = "t"\ndataset_id = "projects/p/datasets/d"', "d.t"),
        ('table_id = "t"\ndataset_id = "${local.d}_eu"', "d_eu.t"),
        ('table_id = "t"\ndataset_id = google_bigquery_dataset.d.dataset_id', "other.t"),
        ('table_id = "t"\ndataset_id = google_bigquery_dataset.d["x"].dataset_id', "t"),
        ('table_id = "t"\ndataset_id = upper(local.d)', "D.t"),
    ],
)
def test_names(body: str, name: str) -> None:
    more = 'locals {\n  d = "d"\n}\nresource "google_bigquery_dataset" "d" {\n  dataset_id = "other"\n}'
    assert str(one(body, more=more).name) == name


@pytest.mark.parametrize(
    "body", ["", "table_id = var.t", 'table_id = "t_${var.x}"', 'table_id = "t"\ncount = 0', "table_id = each.key"]
)
def test_a_table_whose_name_only_a_run_tells_is_none(body: str) -> None:
    found = alone("main.tf", f'resource "google_bigquery_table" "t" {{\n{body}\n}}\n')
    assert (found.declarations, found.unread) == ((), None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('time_partitioning {\n  type = "HOUR"\n  field = "a"\n}', (("a",), "time", "hour", False)),
        (
            'time_partitioning {\n  type = "MONTH"\n}',
            (("_PARTITIONTIME", "_PARTITIONDATE"), "ingestion", "month", False),
        ),
        (
            'time_partitioning {\n  type = "DAY"\n  field = "a"\n  require_partition_filter = true\n}',
            (("a",), "time", "day", True),
        ),
        (
            'time_partitioning {\n  type = "DAY"\n  field = "a"\n}\nrequire_partition_filter = var.x',
            (("a",), "time", "day", False),
        ),
        ('range_partitioning {\n  field = "a"\n}', (("a",), "integer", None, False)),
        ('time_partitioning {\n  type = "DAY"\n  field = var.field\n}', None),
        ('dynamic "time_partitioning" {\n  for_each = var.x\n  content {\n    type = "DAY"\n  }\n}', None),
        ("", None),
    ],
)
def test_partitions(body: str, expected: object) -> None:
    cut = one(f'table_id = "t"\n{body}').partitioning
    assert (None if cut is None else (cut.columns, cut.kind, cut.granularity, cut.required)) == expected


@pytest.mark.parametrize(
    ("body", "kind", "complete"),
    [
        ('view {\n  query = "SELECT 1"\n}', "view", True),
        ('materialized_view {\n  query = "SELECT 1"\n}', "materialized", True),
        ("external_data_configuration {\n  autodetect = true\n}", "external", True),
        ("lifecycle {\n  ignore_changes = [schema]\n}", "table", False),
        ("lifecycle {\n  ignore_changes = all\n}", "table", False),
        ("lifecycle {\n  ignore_changes = [labels]\n}", "table", True),
    ],
)
def test_kinds_and_what_may_drift(body: str, kind: str, complete: bool) -> None:
    table = one(f'table_id = "t"\nschema = jsonencode([{{name = "a", type = "DATE"}}])\n{body}')
    assert (table.kind, table.complete) == (kind, complete)


@pytest.mark.parametrize(
    ("body", "columns_", "complete"),
    [
        ('storage_descriptor {\n  columns {\n    name = "a"\n  }\n}\nlifecycle {\n  ignore_changes = [storage_descriptor[0].columns]\n}', ["a"], False),
        ('storage_descriptor {\n  columns {\n    name = "a"\n  }\n}\nlifecycle {\n  ignore_changes = [parameters]\n}', ["a"], True),
        ('storage_descriptor {\n  columns {\n    name = "a"\n    type = "int"\n  }\n}', ["a"], True),
        ('storage_descriptor {\n  columns {\n    name = var.a\n  }\n  columns {\n    name = "b"\n  }\n}', ["b"], False),
        ('storage_descriptor {\n  dynamic "columns" {\n    for_each = var.x\n    content {\n      name = "a"\n    }\n  }\n}', [], False),
        ('partition_keys {\n  name = "dt"\n  type = "date"\n}', ["dt"], False),
        ('dynamic "partition_keys" {\n  for_each = var.x\n  content {\n  }\n}\nstorage_descriptor {\n  columns {\n    name = "a"\n  }\n}', ["a"], False),
    ],
)  # fmt: skip
def test_columns_of_glue(body: str, columns_: list[str], complete: bool) -> None:
    table = one(f'name = "t"\ndatabase_name = "d"\n{body}', "aws_glue_catalog_table")
    assert (list(table.columns), table.complete) == (columns_, complete)


def test_ddl_counts_and_terraform_fills_what_it_leaves_open() -> None:
    ddl = "CREATE TABLE shop.orders (order_id INT64 NOT NULL, customer_id INT64, status STRING(20), total NUMERIC(12, 2), created_at TIMESTAMP);\n"
    catalog = project({"orders.sql": ddl, "main.tf": SHOP["bigquery.tf"]}, dialect="bigquery")
    found = [table for table in catalog if table.name.folded == ("shop", "orders")]
    assert len(found) == 1
    assert found[0].owner == "sales"
    assert [origin for origin, _ in found[0].origins] == ["ddl", "infrastructure"]


BROKEN = 'resource "google_bigquery_table" "t" {\n  table_id = "t"\n  schema = jsonencode([{\n}\n'


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("main.tf", BROKEN, None),
        ("main.tf", "google_bigquery_table {{{{ ((\n", None),
        ("main.tf.json", '{"resource": {"google_bigquery_table": {"t": {"table_id": "t"}}}', None),
        ("main.tf.json", '{"resource": ["google_bigquery_table" :: ]}', None),
    ],
)
def test_a_broken_file_says_so(path: str, text: str, line: int | None) -> None:
    found = alone(path, text)
    assert found.unread is not None
    assert found.unread.reason == "not valid HCL"
    assert found.unread.location is not None


def test_what_is_broken_elsewhere_is_not_said() -> None:
    text = 'resource "google_bigquery_table" "t" {\n  table_id = "t"\n}\n\nresource "other" "x" {\n  a = = 1\n}\n'
    found = alone("main.tf", text)
    assert [str(item.table.name) for item in found.declarations] == ["t"]
    assert found.unread is None


WRONG = [
    "7",
    "true",
    '"x"',
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "[null]",
    "null",
    "a.b.c",
    "f()",
    "f(1, 2)",
    "-1",
    "1e400",
    "x[0]",
    "1/0",
    '"${',
    "{a = {}}",
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_types_everywhere(wrong: str) -> None:
    names = ("table_id", "dataset_id", "project", "schema", "labels", "description", "clustering", "require_partition_filter",
             "count", "time_partitioning", "range_partitioning", "table_constraints", "lifecycle", "view")  # fmt: skip
    for name in names:
        alone("main.tf", f'resource "google_bigquery_table" "t" {{\n  table_id = "t"\n  {name} = {wrong}\n}}\n')
        alone(
            "main.tf.json",
            f'{{"resource": {{"google_bigquery_table": {{"t": {{"table_id": "t", "{name}": {wrong}}}}}}}}}',
        )
    for name in ("time_partitioning", "range_partitioning", "lifecycle", "table_constraints"):
        for inner in ("type", "field", "expiration_ms", "ignore_changes", "primary_key", "foreign_keys"):
            body = f'  table_id = "t"\n  {name} {{\n    {inner} = {wrong}\n  }}\n'
            alone("main.tf", f'resource "google_bigquery_table" "t" {{\n{body}}}\n')
    for name in ("name", "type", "mode", "description", "fields", "maxLength", "precision", "defaultValueExpression"):
        text = f'table_id = "t"\nschema = jsonencode([{{name = "a", type = "RECORD", {name} = {wrong}}}])'
        alone("main.tf", f'resource "google_bigquery_table" "t" {{\n{text}\n}}\n')
    for name in (
        "name",
        "database_name",
        "description",
        "owner",
        "retention",
        "parameters",
        "storage_descriptor",
        "partition_keys",
    ):
        alone("main.tf", f'resource "aws_glue_catalog_table" "t" {{\n  name = "t"\n  {name} = {wrong}\n}}\n')
        alone(
            "main.tf.json", f'{{"resource": {{"aws_glue_catalog_table": {{"t": {{"name": "t", "{name}": {wrong}}}}}}}}}'
        )
    for top in ("resource", "locals"):
        alone("main.tf.json", f'{{"x": "google_bigquery_table", "{top}": {wrong}}}')
        alone("main.tf.json", f'{{"resource": {{"google_bigquery_table": {wrong}}}}}')


def test_hostile_files_end() -> None:
    start = time.process_time()
    doubled = "\n".join(f"  l{n} = concat(local.l{n + 1}, local.l{n + 1})" for n in range(60))
    nested = "\n".join(
        f'  m{n} = [{{name = "a", type = "RECORD", fields = concat(local.m{n + 1}, local.m{n + 1})}}]'
        for n in range(60)
    )
    texts = "\n".join(f'  t{n} = "${{local.t{n + 1}}}${{local.t{n + 1}}}"' for n in range(60))
    more = f'locals {{\n{doubled}\n  l60 = [1]\n{nested}\n  m60 = []\n{texts}\n  t60 = "x"\n  r = local.r\n  q = [local.p]\n  p = [local.q]\n}}\n'
    for schema in ("local.l0", "local.m0", "local.r", "local.q", '"${local.t0}"'):
        one(f'table_id = "t"\nschema = jsonencode({schema})', more=more)
    alone(
        "main.tf",
        'resource "google_bigquery_dataset" "d" {\n  dataset_id = google_bigquery_dataset.d.dataset_id\n}\nresource "google_bigquery_table" "t" {\n  table_id = "t"\n  dataset_id = google_bigquery_dataset.d.id\n}\n',
    )
    sets = "\n".join(
        f'resource "google_bigquery_dataset" "d{n}" {{\n'
        f'  dataset_id = "${{google_bigquery_dataset.d{n + 1}.dataset_id}}${{google_bigquery_dataset.d{n + 1}.dataset_id}}"\n}}'
        for n in range(40)
    )
    alone(
        "main.tf",
        f'{sets}\nresource "google_bigquery_table" "t" {{\n  table_id = "t"\n  dataset_id = google_bigquery_dataset.d0.dataset_id\n}}\n',
    )
    record = '{name = "c%d", type = "RECORD", fields = local.f%d}'
    wide = "\n".join(f"  f{n} = [{', '.join(record % (c, n + 1) for c in range(10))}]" for n in range(15))
    found = one('table_id = "t"\nschema = jsonencode(local.f0)', more=f"locals {{\n{wide}\n  f15 = []\n}}\n")
    assert (len(found.columns), column(found, "c1").type) == (10, "STRUCT")
    for text in (
        "(" * 20_000,
        "[" * 20_000,
        '{"a": ' * 20_000,
        '"${' * 20_000,
        "<<EOF\n" * 20_000,
        "1 + " * 20_000,
        "!" * 20_000,
    ):
        alone("main.tf", f'resource "google_bigquery_table" "t" {{\n  table_id = "t"\n  schema = {text}\n}}\n')
        alone("main.tf.json", f'{{"google_bigquery_table": {text}')
    wide = ", ".join(f'{{name = "c{n}", type = "INTEGER"}}' for n in range(10_000))
    assert len(one(f'table_id = "t"\nschema = jsonencode([{wide}])').columns) == 10_000
    assert time.process_time() - start < 40


MODULE = fixture("terraform_module")


def test_a_module_of_several_files() -> None:
    catalog = project(MODULE)
    found = reading.table(catalog, "shop.customers")
    assert shapes(found) == {
        "customer_id": ("BIGINT", False), "email": ("STRING(255)", False), "country": ("STRING(2)", True),
        "created_at": ("TIMESTAMP", False),
    }  # fmt: skip
    assert found.complete
    place = column(found, "email").location
    assert place is not None
    assert (place.path, place.start.line) == ("schemas/customers.json", 3)
    for missing in ("schemas/customers.json", "datasets.tf"):
        rest = {path: text for path, text in MODULE.items() if path != missing}
        assert [(str(one.name), bool(one.columns)) for one in project(rest)] == [
            ("shop.customers", False) if missing.endswith("json") else ("customers", True)
        ]


def test_modules_are_told_apart_by_their_folders() -> None:
    files = {f"{folder}/{path}": text for folder in ("a", "b/c") for path, text in MODULE.items()}
    files["a/datasets.tf"] = files["a/datasets.tf"].replace('"shop"\n', '"other"\n')
    assert sorted(str(one.name) for one in project(files)) == ["other.customers", "shop.customers"]
    moved = {
        "a/infra/tables.tf": MODULE["tables.tf"].replace("${path.module}/", "../"),
        "a/schemas/customers.json": MODULE["schemas/customers.json"],
    }
    assert [len(one.columns) for one in project(moved)] == [4]
    moved["a/infra/tables.tf"] = moved["a/infra/tables.tf"].replace("../", "../../../")
    assert [len(one.columns) for one in project(moved)] == [0]


@pytest.mark.parametrize("text", ['[{"name": "a", "type": "x"}', '[{"name": "a", "kind": "type"}]', '{"name": "a", "type": "DATE"}', '[{"name": null, "type": "DATE"}]', "[" * 20_000 + '"name" "type"'])  # fmt: skip
def test_other_json_is_no_schema(text: str) -> None:
    files = {**MODULE, "schemas/customers.json": text}
    assert [len(one.columns) for one in project(files)] == [0]
    assert alone("schemas/customers.json", text).unread is None


def test_schemas_beside_a_module_are_listed(tmp_path: Path) -> None:
    for path in (
        "infra/main.tf",
        "infra/a.json",
        "infra/bq_schemas/x/b.json",
        "infra/plan.tf.json",
        "infra/other/c.json",
        "d.json",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("[]")
    (tmp_path / "infra/large.json").write_text("[" + " " * 1_000_001 + "]")
    found = {entry.path: entry.language for entry in list_files(Project(str(tmp_path))).entries}
    assert found == {
        "infra/main.tf": Language.TERRAFORM,
        "infra/plan.tf.json": Language.TERRAFORM,
        "infra/a.json": Language.JSON,
        "infra/bq_schemas/x/b.json": Language.JSON,
    }


NAMES = """
resource "google_bigquery_table" "orders" {
  project    = var.project
  dataset_id = %s
  table_id   = %s
}
"""
SAID = """
variable "dataset" {
  type    = string
  default = "shop"
}
variable "prefix" {
  default = "fct"
}
variable "project" {}
variable "a" { default = "x" }
locals {
  lake   = "${var.dataset}_lake"
  orders = "${var.prefix}_orders"
  round  = local.about
  about  = local.round
  list   = ["a"]
}
"""


@pytest.mark.parametrize("file", ["main.tf", "infra/tables.tf"])
@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(
    ("dataset", "table_id", "name"),
    [
        ("var.dataset", '"orders"', "shop.orders"),
        ('"${var.dataset}_eu"', '"orders"', "shop_eu.orders"),
        ("local.lake", "local.orders", "shop_lake.fct_orders"),
        ('"s"', '"${var.prefix}_orders"', "s.fct_orders"),
        ("google_bigquery_dataset.lake.dataset_id", '"orders"', "shop_lake.orders"),
        ("var.project", '"orders"', "orders"),
        ('"s"', "var.project", None),
        ('"s"', "local.round", None),
        ('"s"', "local.list", None),
        ("var.nothing", '"${var.nothing}_orders"', None),
        ("local.round", '"orders"', "orders"),
    ],
)
def test_names_of_variables_and_local_values(
    file: str, beside: bool, dataset: str, table_id: str, name: str | None
) -> None:
    above = 'resource "google_bigquery_dataset" "lake" {\n  dataset_id = local.lake\n}\n'
    text = NAMES % (dataset, table_id)
    folder = file.rpartition("/")[0]
    files = {file: text + SAID + above}
    if beside:
        files = {file: text, f"{folder}/variables.tf".lstrip("/"): SAID, f"{folder}/datasets.tf".lstrip("/"): above}
    assert [str(one.name) for one in project(files)] == ([name] if name else [])
    if beside:
        elsewhere = {"other/variables.tf": SAID, "other/datasets.tf": above, file: text}
        assert [str(one.name) for one in project(elsewhere)] in ([], ["orders"], ["s.orders"])


def test_variables_in_json() -> None:
    resource = {"orders": {"dataset_id": "${var.dataset}", "table_id": "${local.orders}"}}
    files = {
        "main.tf.json": json.dumps(
            {"resource": {"google_bigquery_table": resource}, "locals": {"orders": "${var.name}"}}
        ),
        "variables.tf.json": json.dumps(
            {"variable": {"dataset": {"default": "shop"}, "name": [{"default": "orders"}]}}
        ),
    }
    assert [str(one.name) for one in project(files)] == ["shop.orders"]
    del files["variables.tf.json"]
    assert [str(one.name) for one in project(files)] == []


def test_a_default_is_worth_its_name_and_nothing_else() -> None:
    said = 'variable "words" {\n  default = "x"\n}\n'
    assert one('dataset_id = "d"\ntable_id = "t"\ndescription = var.words', more=said).comment is None


def test_local_values_of_many_files_that_are_made_of_one_another_are_worked_out_once_each() -> None:
    mark = "# google_bigquery_table\n"
    files = {f"l{i}.tf": f'{mark}locals {{\n  a{i} = "{f"${{local.a{i - 1}}}" * 50}"\n}}\n' for i in range(1, 8)}
    files["l0.tf"] = mark + 'locals {\n  a0 = ""\n}\n'
    files["main.tf"] = 'resource "google_bigquery_table" "t" {\n  dataset_id = "d"\n  table_id = "t${local.a7}"\n}\n'
    start = time.monotonic()
    assert [str(one.name) for one in project(files)] == ["d.t"]
    files["l0.tf"] = mark + 'locals {\n  a0 = "x"\n}\n'
    assert [str(one.name) for one in project(files)] == []  # a name of 50 ** 7 letters is none
    assert time.monotonic() - start < 10


def test_a_text_of_many_pieces_is_put_together_in_time() -> None:
    start = time.process_time()
    assert one(f'dataset_id = "d"\ntable_id = "{"${1}" * 40_000}"').name.name == "1" * 40_000
    assert time.process_time() - start < 6
