"""Data contracts: the Open Data Contract Standard and the Data Contract Specification."""

from __future__ import annotations

import time

import pytest
from reading import alone, column, declared, fixture, keys, project, table

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Table

FORMS = {
    "odcs": ("shop.odcs.yaml", fixture("open_data_contract")["shop.odcs.yaml"]),
    "specification": ("datacontract.yaml", fixture("data_contract_specification")["datacontract.yaml"]),
}


def shop(form: str) -> dict[str, Table]:
    found = declared(*FORMS[form])
    assert {item.origin for item in found.values()} == {Origin.CONTRACT}
    return {item.table.name.folded[-1]: item.table for item in found.values()}


@pytest.mark.parametrize("form", FORMS)
def test_a_contract_promises_and_holds_nothing_back(form: str) -> None:
    tables = shop(form)
    assert {found.dialect for found in tables.values()} == {"postgres"}
    assert [key for found in tables.values() for key in found.keys]
    assert not any(key.enforced for found in tables.values() for key in found.keys)
    assert tables["customers"].retention is None


@pytest.mark.parametrize("form", FORMS)
def test_each_fact_has_its_place(form: str) -> None:
    text = FORMS[form][1]

    def at(found: object) -> str:
        assert found is not None
        return text[found.span.start : found.span.end]  # type: ignore[attr-defined]

    tables = shop(form)
    orders, email = tables["orders"], column(tables["customers"], "email")
    assert at(orders.location) == "orders"
    assert at(orders.place_of("owner")) == "sales"
    assert at(orders.place_of("retention")).startswith("7")
    assert at(email.location) == "email"
    assert at(email.place_of("type")).startswith("varchar")
    assert at(email.place_of("nullable")) == "true"
    assert at(column(tables["events"], "order_id").place_of("nullable")) == "false"


ODCS = "apiVersion: v3.0.2\nkind: DataContract\n"
DCS = "dataContractSpecification: 1.1.0\n"


@pytest.mark.parametrize(
    ("said_of_it", "type_"),
    [
        ("physicalType: numeric(9, 2), logicalType: number", "NUMERIC(9, 2)"),
        ("logicalType: string", None),
        ("logicalType: integer", None),
        ("logicalType: integer, logicalTypeOptions: {format: i64}", "BIGINT"),
        ("logicalType: timestamp", None),
        ("logicalType: timestamp, logicalTypeOptions: {timezone: true}", "TIMESTAMPTZ"),
        ("logicalType: date", "DATE"),
        ("logicalType: object", None),
        ("logicalType: [string]", None),
    ],
)
def test_logical_types_tell_what_is_sure(said_of_it: str, type_: str | None) -> None:
    quoted = said_of_it.replace("numeric(9, 2)", '"numeric(9, 2)"')
    text = f"{ODCS}schema: [{{name: t, properties: [{{name: a, {quoted}}}]}}]"
    assert column(declared("a.yaml", text)["t"].table, "a").type == type_


@pytest.mark.parametrize(
    ("said_of_it", "type_"),
    [("type: text", None), ("type: number", "NUMERIC"), ("type: numeric, precision: 9", "NUMERIC(9)"),
     ("type: timestamp_ntz", "TIMESTAMP"), ("type: map", None), ("type: 5", None), ("type: text, maxLength: -3", None),
     ("type: text, config: {snowflakeType: string(9)}", "STRING(9)"), ("type: long, config: {redshiftType: int2}", "BIGINT")],
)  # fmt: skip
def test_types_of_the_specification(said_of_it: str, type_: str | None) -> None:
    server = "servers: {main: {type: snowflake, database: d, schema: s}}\n"
    text = f"{DCS}{server}models: {{t: {{fields: {{a: {{{said_of_it}}}}}}}}}"
    assert column(declared("a.yaml", text)["d.s.t"].table, "a").type == type_


@pytest.mark.parametrize(
    ("servers", "name", "dialect"),
    [
        ("[{type: bigquery, project: p, dataset: d}]", "p.d.t", "bigquery"),
        ("[{type: bigquery, project: p, dataset: d}, {type: bigquery, project: q, dataset: d}]", "d.t", "bigquery"),
        ("[{type: postgres, database: a, schema: s}, {type: snowflake, database: a, schema: s}]", "a.s.t", ""),
        ("[{type: postgres, database: a, schema: s}, {type: postgres, database: a, schema: r}]", "t", "postgres"),
        ("[{type: glue, account: 1, database: lake}]", "lake.t", "athena"),
        ("[{type: duckdb, database: /data/x.db, schema: main}]", "main.t", "duckdb"),
        ("[{type: s3, location: 's3://x/{model}/*.json'}]", "t", ""),
        ("[{type: databricks, catalog: '${env}', schema: s}]", "s.t", "databricks"),
        ("[{type: kafka, host: x}, {type: postgres, database: a, schema: s}]", "a.s.t", "postgres"),
        ("wrong", "t", ""),
    ],
)
def test_servers_name_the_schema(servers: str, name: str, dialect: str) -> None:
    text = f"{ODCS}servers: {servers}\nschema: [{{name: t, properties: [{{name: a}}]}}]"
    found = declared("a.yaml", text)
    assert {key: item.table.dialect for key, item in found.items()} == {name: dialect}


def test_what_is_sent_is_no_table() -> None:
    schema = "schema: [{name: t, physicalType: TYPE, properties: [{name: a}]}]"
    assert not declared("a.yaml", f"{ODCS}servers: [{{type: kafka}}]\n{schema}")
    assert not declared("a.yaml", ODCS + schema.replace("TYPE", "topic"))
    assert declared("a.yaml", ODCS + schema.replace("TYPE", "table"))


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("from: orders.a, to: customers.id", {("foreign", ("a",), "customers(id)")}),
        ("from: [orders.a, orders.b], to: [customers.id, customers.part]", {("foreign", ("a", "b"), "customers(id, part)")}),
        ("from: orders.a, to: 'other.yaml#/schema/customers/properties/id'", set()),
        ("from: [orders.a, orders.b], to: [customers.id]", set()),
        ("from: [orders.a, orders.b], to: [customers.id, people.part]", set()),
        ("from: customers.a, to: customers.id", set()),
        ("from: orders.a, to: customers.address.street", set()),
        ("type: similar, from: orders.a, to: customers.id", set()),
    ],
)  # fmt: skip
def test_relations_of_whole_tables(relation: str, expected: set[object]) -> None:
    text = (
        f"{ODCS}schema:\n- {{name: orders, properties: [{{name: a}}, {{name: b}}], relationships: [{{{relation}}}]}}\n"
        "- {name: customers, properties: [{name: id}, {name: part}]}\n"
    )
    assert keys(declared("a.yaml", text)["orders"].table) == expected


@pytest.mark.parametrize(
    ("head", "owner"),
    [
        ("team: [{username: ann, role: Owner}]", "ann"),
        ("team: [{username: ann, role: Owner, dateOut: 2024-01-01}, {username: bo, role: data owner}]", "bo"),
        ("team: {members: [{username: cy, role: owner}]}", "cy"),
        ("team: [{username: ann, role: Steward}]", None),
        ("customProperties: [{property: owner, value: sales}]", "sales"),
        ("team: 7", None),
    ],
)
def test_owners(head: str, owner: str | None) -> None:
    text = f"{ODCS}{head}\nschema: [{{name: t, properties: [{{name: a}}]}}]"
    assert declared("a.yaml", text)["t"].table.owner == owner


def test_a_definition_may_refer_to_another_and_to_itself() -> None:
    text = (
        f"{DCS}definitions: {{a: {{$ref: '#/definitions/b', type: long}}, b: {{$ref: '#/definitions/a', required: true}}}}\n"
        "models: {t: {fields: {x: {$ref: '#/definitions/a'}, y: {$ref: other.yaml}, z: {$ref: '#/models/t/fields/x'}}}}"
    )
    found = declared("a.yaml", text)["t"].table
    assert [(c.type, c.nullable) for c in found.columns.values()] == [
        ("BIGINT", False),
        (None, None),
        ("BIGINT", False),
    ]


def test_personal_data_is_told_though_it_is_classified_otherwise() -> None:
    text = f"{DCS}models: {{t: {{fields: {{a: {{pii: true, classification: secret}}, b: {{pii: false}}}}}}}}"
    found = declared("a.yaml", text)["t"].table
    assert (column(found, "a").classification, column(found, "a").tags) == ("secret", ("pii",))
    assert (column(found, "b").classification, column(found, "b").tags) == (None, ())


def test_ddl_counts_and_the_contract_fills_what_it_leaves_open() -> None:
    ddl = "CREATE TABLE shop.orders (order_id BIGINT PRIMARY KEY, status VARCHAR(10));\n"
    catalog = project({"create.sql": ddl, "shop.odcs.yaml": FORMS["odcs"][1]})
    orders = table(catalog, "shop.orders")
    assert column(orders, "status").type == "VARCHAR(10)"
    assert orders.owner == "sales"
    assert ("status", "VARCHAR(20)") in [(item.column, item.other) for item in catalog.contradictions]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yaml", "# kind: DataContract\na: [\n"),
        ("a.yaml", "kind: DataContractish\na: [\n"),
        ("a.yaml", "kind: DataContract\napiVersion: v2.2.2\ndataset: [{table: t, columns: [{column: a}]}]\n"),
        ("a.yaml", "about: dataContractSpecification\na: [\n"),
        ("a.yaml", "spec:\n  kind: DataContract\nschema: [{name: t, properties: [{name: a}]}]\n"),
    ],
)
def test_what_is_no_contract_declares_nothing(path: str, text: str) -> None:
    found = alone(path, text)
    assert (found.declarations, found.unread) == ((), None)


@pytest.mark.parametrize("head", [ODCS, DCS])
@pytest.mark.parametrize(
    ("rest", "line", "reason"),
    [("a: [1, 2\nb: 3\n", None, "not valid YAML"), ("\ta: 1\n", None, "not valid YAML"),
     ("a: *gone\n", None, "not valid YAML"), ("a: " + "[" * 100_000, None, "nests deeper"), ("a: \x00\n", None, "not valid YAML")],
)  # fmt: skip
def test_a_broken_contract_says_so(head: str, rest: str, line: int | None, reason: str) -> None:
    found = alone("contract.yaml", head + rest)
    assert found.unread is not None
    assert found.unread.reason.startswith(reason)


WRONG = [
    "7",
    "x",
    "[]",
    "[[]]",
    "[7]",
    "{}",
    "{a: {}}",
    "null",
    "[{}]",
    "[null]",
    "!!python/object:os.system x",
    "[{name: [a]}]",
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_types_everywhere(wrong: str) -> None:
    for name in ("servers", "team", "slaProperties", "tags", "customProperties"):
        kept = "schema: [{name: t, properties: [{name: a}]}]\n"
        assert alone("a.yaml", f"{ODCS}{name}: {wrong}\n{kept}").unread is None
    for said in (f"{ODCS}schema: {wrong}\n", f"{DCS}models: {wrong}\n"):
        unread = alone("a.yaml", said).unread
        assert unread is None or "of a data contract" in unread.reason
    of_table = [
        "physicalName",
        "description",
        "properties",
        "relationships",
        "tags",
        "physicalType",
        "customProperties",
    ]
    for name in of_table:
        assert alone("a.yaml", f"{ODCS}schema: [{{name: t, {name}: {wrong}}}]").unread is None
    of_column = ["physicalType", "logicalType", "logicalTypeOptions", "required", "primaryKey", "primaryKeyPosition",
                 "unique", "partitioned", "partitionKeyPosition", "relationships", "classification", "tags", "description"]  # fmt: skip
    for name in of_column:
        text = f"{ODCS}schema: [{{name: t, properties: [{{name: a, partitioned: true, {name}: {wrong}}}]}}]"
        found = alone("a.yaml", text)
        assert len(found.declarations) == 1
    for name in ("info", "servers", "definitions", "servicelevels", "tags"):
        assert alone("a.yaml", f"{DCS}{name}: {wrong}\n").unread is None
    for name in ("fields", "primaryKey", "additionalFields", "type", "description"):
        assert len(alone("a.yaml", f"{DCS}models: {{t: {{{name}: {wrong}}}}}").declarations) == 1
    for name in ("type", "$ref", "references", "required", "config", "maxLength", "pii", "classification", "tags"):
        assert len(alone("a.yaml", f"{DCS}models: {{t: {{fields: {{a: {{{name}: {wrong}}}}}}}}}").declarations) == 1


def test_hostile_contracts_end() -> None:
    start = time.process_time()
    bomb = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9) if n else 'x'}]\n" for n in range(30))
    merges = "".join(
        f"m{n}: &m{n} {{{', '.join(f'<<: *m{n - 1}' for _ in range(9)) if n else 'a: 1'}}}\n" for n in range(30)
    )
    alone("a.yaml", f"{ODCS}{bomb}schema: *l29\n")
    alone("a.yaml", f"{ODCS}{merges}schema: [*m29]\n")
    alone("a.yaml", f"{DCS}models: &m {{t: &t {{fields: {{a: *t}}}}, u: *m}}\n")
    many = "".join(f"- {{name: c{n}, physicalType: bigint, relationships: [{{to: t.c1}}]}}\n" for n in range(8_000))
    found = declared(
        "a.yaml", f"{ODCS}schema:\n- name: t\n  properties:\n" + "".join(f"  {line}\n" for line in many.splitlines())
    )
    assert len(found["t"].table.columns) == 8_000
    assert time.process_time() - start < 20
