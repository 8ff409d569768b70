"""SQLMesh: external models, and the headers and queries of its own."""

from __future__ import annotations

import time

import pytest
from reading import alone, column, declared, fixture, keys, project, table

from leaktight.catalog.declaration import Origin

SHOP = fixture("sqlmesh")


def test_a_model_is_of_its_header_and_its_query() -> None:
    catalog = project(SHOP, dialect=None)
    events = table(catalog, "shop.events")
    assert events.partitioning is not None
    assert events.partitioning.required is True
    assert list(dict.fromkeys(origin for origin, _ in events.origins)) == ["sqlmesh", "derived"]
    assert catalog.contradictions == ()


def test_descriptions_and_properties_of_a_header() -> None:
    said = (
        "columns (a INT), column_descriptions (a = 'What became of it'), clustered_by (a), "
        "physical_properties (partition_expiration_days = 2557)"
    )
    found = declared("models/a.sql", f"MODEL (name s.t, {said});\nSELECT 1 AS a")["s.t"].table
    assert (column(found, "a").comment, found.retention) == ("What became of it", "2557 days")
    assert found.clustering is not None
    assert found.clustering.columns == ("a",)


@pytest.mark.parametrize(
    ("said", "columns"),
    [
        ("kind SCD_TYPE_2_BY_TIME (unique_key a)", "a valid_from valid_to"),
        ("kind SCD_TYPE_2_BY_COLUMN (unique_key a, columns [b], valid_from_name since)", "a since valid_to"),
        ("kind SCD_TYPE_2_BY_TIME (unique_key a), columns (a INT, valid_to DATE)", "a valid_to valid_from"),
        ("kind FULL", "a"),
    ],
)
def test_a_model_that_keeps_versions_has_the_columns_that_say_when(said: str, columns: str) -> None:
    found = project({"models/a.sql": f"MODEL (name s.t, {said});\nSELECT 1 AS a"}, dialect=None)
    model = table(found, "s.t")
    assert (" ".join(model.columns), model.complete) == (columns, True)


def test_each_fact_has_its_place() -> None:
    text = fixture("sqlmesh_external")["external_models.yaml"]
    place = column(declared("external_models.yaml", text)["shop.customers"].table, "email").place_of("type")
    assert place is not None
    assert text[place.span.start : place.span.end] == "varchar(255)"
    text = SHOP["models/orders.sql"]
    orders = declared("models/orders.sql", text)["shop.orders"].table
    for fact, written in (("owner", "sales"), ("comment", "'One row for each order.'"), ("name", "shop.orders")):
        place = orders.place_of(fact)
        assert place is not None
        assert text[place.span.start : place.span.end] == written


def header(said: str, query: str = "SELECT 1 AS a") -> dict[str, object]:
    return dict(declared("models/a.sql", f"MODEL (name s.t, {said});\n{query}"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("grain a", {("unique", ("a",), "")}),
        ("grain (a, b)", {("unique", ("a", "b"), "")}),
        ("grain (a, f(b))", set()),
        ("grains ((a, b), c)", {("unique", ("a", "b"), ""), ("unique", ("c",), "")}),
        ("audits (unique_values(columns = (a, b)))", {("unique", ("a",), ""), ("unique", ("b",), "")}),
        ("audits (unique_combination_of_columns(columns := (a, b)))", {("unique", ("a", "b"), "")}),
        ("audits (unique_values(columns = (a), condition = b > 1))", set()),
        ("references (a, b)", set()),
        ("kind INCREMENTAL_BY_UNIQUE_KEY (unique_key (a, b))", {("unique", ("a", "b"), "")}),
        ("kind SCD_TYPE_2_BY_TIME (unique_key COALESCE(a, b))", set()),
        ("kind SCD_TYPE_2_BY_TIME (unique_key a)", set()),
        (
            "kind SCD_TYPE_2_BY_COLUMN (unique_key (a, b), columns [c]), grain (a, valid_from)",
            {("unique", ("a", "valid_from"), "")},
        ),
    ],
)
def test_keys_of_a_header(said: str, expected: set[object]) -> None:
    found = declared("models/a.sql", f"MODEL (name s.t, {said});\nSELECT 1 AS a, 2 AS b")["s.t"]
    table_ = alone("models/a.sql", f"MODEL (name s.t, {said});\nSELECT 1 AS a, 2 AS b").declarations[0].table
    assert keys(table_) == expected
    assert found.origin is Origin.DERIVED


@pytest.mark.parametrize(
    ("said", "kind", "partitions"),
    [
        ("kind VIEW", "view", None),
        ("kind FULL", "table", None),
        ("cron '@daily'", "model", None),
        ("kind INCREMENTAL_BY_TIME_RANGE (time_column ds), dialect spark", "table", ("ds",)),
        ("kind INCREMENTAL_BY_TIME_RANGE (time_column ds), dialect duckdb", "table", None),
        (
            "kind INCREMENTAL_BY_TIME_RANGE (time_column ds, partition_by_time_column false), dialect spark",
            "table",
            None,
        ),
        ("kind FULL, partitioned_by (a, b), dialect spark", "table", ("a", "b")),
        ("kind FULL, partitioned_by a, dialect spark", "table", ("a",)),
    ],
)
def test_kinds_and_partitions(said: str, kind: str, partitions: tuple[str, ...] | None) -> None:
    found = alone("models/a.sql", f"MODEL (name s.t, {said});\nSELECT 1 AS a").declarations[0].table
    assert found.kind == kind
    assert (found.partitioning.columns if found.partitioning is not None else None) == partitions


@pytest.mark.parametrize(
    ("query", "names", "complete"),
    [
        ("SELECT a, b::INT AS c FROM t", ["a", "c"], True),
        ("SELECT a FROM t UNION ALL SELECT b FROM u", ["a"], True),
        ("SELECT *, a FROM t", ["a"], False),
        ("SELECT @STAR(t), a FROM t", ["a"], False),
        ("JINJA_QUERY_BEGIN; SELECT a FROM t; JINJA_END;", ["a"], True),
        ("SELECT (((", None, False),
        ("-- SELECT a FROM t", None, False),
    ],
)
def test_columns_of_a_query(query: str, names: list[str] | None, complete: bool) -> None:
    found = [item.table for item in alone("models/a.sql", f"MODEL (name s.t, kind FULL);\n{query}").declarations]
    assert len(found) == (1 if names is None else 2)
    if names is not None:
        assert (list(found[1].columns), found[1].complete) == (names, complete)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("schema.yaml", "name: x\ncolumns: [\n"),
        ("schema.yaml", "tables:\n- name: a.b\n  columns:\n  - name: x\n"),
        ("other.yaml", "- name: a.b\n  columns: {x: int}\n"),
        ("external_models.yaml", "- name: '@{schema}.b'\n  columns: {x: int}\n"),
        ("external_models.yaml", "- name: a.b\n  columns: {}\n"),
        ("models/a.sql", "MODEL (kind FULL);\nSELECT 1 AS name"),
        ("models/a.sql", "MODEL (name @schema.t, kind FULL);\nSELECT 1 AS name"),
        ("models/a.sql", "MODEL (name s.t, enabled false);\nSELECT 1 AS a"),
        ("models/a.sql", "SELECT * FROM ML.PREDICT(MODEL (name), (SELECT 1))"),
    ],
)
def test_what_declares_nothing(path: str, text: str) -> None:
    found = alone(path, text)
    assert (found.declarations, found.unread) == ((), None)


def test_its_near_twins_do() -> None:
    assert declared("schema.yaml", "# made by a command\n- name: a.b\n  columns: {x: int}\n")
    assert declared("sqlmesh/external_models/raw.yaml", "- name: a.b\n  columns: {x: int}\n")
    assert declared("models/a.sql", "model\n(name s.t, kind FULL);\nSELECT 1 AS a")


def test_a_name_with_two_gateways_is_one_table() -> None:
    text = "- {name: a.b, gateway: x, columns: {a: int}}\n- {name: A.B, gateway: y, columns: {b: int}}\n"
    assert list(declared("external_models.yaml", text)["a.b"].table.columns) == ["a"]


@pytest.mark.parametrize("text", ["- name: a\n  columns: [\n", "- name: a\n\tcolumns: 1\n", "- columns: *name\n"])
def test_a_broken_file_says_so(text: str) -> None:
    unread = alone("external_models.yaml", text).unread
    assert unread is not None
    assert unread.reason.startswith("not valid YAML")


@pytest.mark.parametrize("wrong", ["7", "x", "[]", "[[]]", "{}", "null", "[{}]", "[null]", "!!python/name:os.system x"])
def test_wrong_types_everywhere(wrong: str) -> None:
    for name in (
        "gateway",
        "description",
        "owner",
        "tags",
        "grain",
        "grains",
        "audits",
        "column_descriptions",
        "dialect",
    ):
        text = f"- {{name: a.b, columns: {{x: int}}, {name}: {wrong}}}\n"
        assert len(alone("external_models.yaml", text).declarations) == 1
    for text in (
        f"- {{name: a, columns: {wrong}}}",
        f"- {{columns: {{x: int}}, name: {wrong}}}",
        f"- name, columns: {wrong}",
    ):
        alone("external_models.yaml", text)
    of_header = (
        "kind",
        "columns",
        "audits",
        "grains",
        "tags",
        "physical_properties",
        "owner",
        "partitioned_by",
        "clustered_by",
    )
    for name in of_header:
        for value in ("", "(", "()", "((", "(,)", "(a = )", "'", "(a b c)", "(a (b (c", "1", "* + -"):
            alone("models/a.sql", f"MODEL (name s.t, {name} {value});\nSELECT 1 AS a")


def test_hostile_files_end() -> None:
    start = time.process_time()
    alone("external_models.yaml", "- name: a\n  columns:\n" + "".join(f"    c{n}: int\n" for n in range(20_000)))
    alone("models/a.sql", "MODEL (name s.t, grains (" + "(a, b), " * 20_000 + "a));\nSELECT 1 AS a")
    alone("models/a.sql", "MODEL (name s.t, audits " + "(" * 20_000)
    alone("models/a.sql", "MODEL (name " * 20_000)
    alone("models/a.sql", "\n;" * 50_000 + "MODEL (name x")
    assert time.process_time() - start < 20
