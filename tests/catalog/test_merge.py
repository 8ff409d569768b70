"""What several sources say of one table: what counts, what is filled in, and where they contradict one another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ddl import changes

from leaktight.catalog.catalog import Catalog, catalog_of
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Column, Index, Key, KeyKind, Statistics, Table, TableName
from leaktight.diagnostics import Location
from leaktight.text import Position, Span

DDL = """create table shop.orders (id bigint primary key, total numeric(12,2) not null, note text);
comment on column shop.orders.note is 'free text';"""


def at(path: str, line: int = 1) -> Location:
    return Location(path, Span(0, 1), Position(line, 1), Position(line, 2))


def name(text: str) -> TableName:
    return TableName(tuple(text.split(".")))


def column(title: str, kind: str | None = None, **facts: object) -> Column:
    return Column(title, kind, location=at("more.yml"), **facts)  # type: ignore[arg-type]


def said(title: str, *columns: Column, origin: Origin = Origin.SNAPSHOT, **facts: object) -> Declaration:
    table = Table(
        name(title), {item.name.lower(): item for item in columns}, location=at("more.yml"), complete=False, **facts  # type: ignore[arg-type]
    )  # fmt: skip
    return Declaration(table, origin)


def merged(*declarations: Declaration, ddl: str = DDL) -> Catalog:
    return catalog_of(changes(ddl, "postgres"), declarations)


def only(catalog: Catalog) -> Table:
    (table,) = catalog
    return table


def test_what_ddl_leaves_open_is_filled_in_with_its_place() -> None:
    table = only(
        merged(
            said(
                "orders",
                column("note", classification="pii", comment="other words"),
                owner="sales",
                statistics=Statistics(rows=10),
                origin=Origin.CONTRACT,
            )
        )
    )
    note = table.columns["note"]
    assert (str(table.name), table.owner, table.statistics) == ("shop.orders", "sales", Statistics(rows=10))
    assert (note.classification, note.comment, note.type) == ("pii", "free text", "TEXT")
    assert note.place_of("classification") == at("more.yml")
    assert note.place_of("type") == note.location != at("more.yml")
    assert table.place_of("owner") == at("more.yml")
    assert [origin for origin, _ in table.origins] == ["ddl", "contract"]


def test_what_ddl_says_stands_and_the_contradiction_is_kept() -> None:
    catalog = merged(said("shop.orders", column("total", "TEXT", nullable=True), column("extra")))
    assert only(catalog).columns["total"].type == "NUMERIC(12,2)"
    assert "extra" not in only(catalog).columns
    assert [(item.fact, item.column, item.kept, item.other) for item in catalog.contradictions] == [
        ("type", "total", "NUMERIC(12,2)", "TEXT"),
        ("nullable", "total", False, True),
        ("columns", "extra", None, "extra"),
    ]
    assert {item.other_at for item in catalog.contradictions} == {at("more.yml")}


def test_the_same_said_twice_contradicts_nothing() -> None:
    catalog = merged(said("shop.orders", column("total", "NUMERIC(12,2)", nullable=False), column("note", "TEXT")))
    assert catalog.contradictions == ()


def test_sources_count_in_their_order_whatever_order_they_come_in() -> None:
    ours = [
        said("t", column("a", "INT"), origin=Origin.DBT),
        said("t", column("a", "BIGINT"), origin=Origin.CONFIGURATION),
        said("t", column("a", "SMALLINT"), origin=Origin.SNAPSHOT),
    ]
    for declarations in (ours, ours[::-1]):
        table = only(merged(*declarations, ddl=""))
        assert table.columns["a"].type == "BIGINT"
        assert [origin for origin, _ in table.origins] == ["configuration", "snapshot", "dbt"]


def test_configuration_comes_before_ddl() -> None:
    catalog = merged(said("shop.orders", column("total", "DECIMAL"), origin=Origin.CONFIGURATION))
    assert only(catalog).columns["total"].type == "DECIMAL"
    assert only(catalog).column("id") is not None


def test_keys_and_indexes_are_added_once() -> None:
    more = said(
        "shop.orders",
        keys=(Key(KeyKind.PRIMARY, ("ID",)), Key(KeyKind.UNIQUE, ("note",))),
        indexes=(Index("by_note", ("note",)),),
    )
    table = only(merged(more, more))
    assert [(key.kind.value, key.columns) for key in table.keys] == [("primary", ("id",)), ("unique", ("note",))]
    assert [index.name for index in table.indexes] == ["by_note"]


@pytest.mark.parametrize(
    ("title", "dialect", "tables"),
    [
        ("orders", "", 1),
        ("shop.orders", "postgres", 1),
        ("prod.shop.orders", "", 1),
        ("crm.orders", "", 2),
        ("shop.orders", "bigquery", 2),
        ("lines", "", 2),
    ],
)
def test_which_table_a_declaration_is_of(title: str, dialect: str, tables: int) -> None:
    assert len(merged(said(title, column("note"), dialect=dialect))) == tables


def test_one_name_for_two_tables_describes_neither() -> None:
    catalog = merged(
        said("orders", owner="sales"), ddl="create table a.orders (id int); create table b.orders (id int);"
    )
    assert [table.owner for table in catalog] == [None, None, "sales"]


def test_a_model_is_not_the_table_that_it_may_be_built_from() -> None:
    catalog = merged(said("orders", column("id"), column("margin"), scope="shop_dbt/", kind="model", origin=Origin.DBT))
    assert len(catalog) == 2
    inside = catalog.table(name("orders"), "", "shop_dbt/models/mart.sql")
    outside = catalog.table(name("orders"), "", "jobs/load.py")
    assert inside is not None
    assert inside.kind == "model"
    assert outside is not None
    assert str(outside.name) == "shop.orders"
    assert catalog.table(name("shop.orders"), "", "shop_dbt/models/mart.sql") is outside


def test_a_migration_changes_a_table_that_only_a_snapshot_tells_of() -> None:
    catalog = merged(
        said("shop.orders", column("id", "BIGINT")),
        ddl="alter table shop.orders add column seen timestamptz; alter table shop.orders drop column id;",
    )
    assert list(only(catalog).columns) == ["seen"]


def test_a_change_of_a_table_that_nobody_tells_of_is_left_out() -> None:
    assert len(merged(ddl="alter table shop.orders add column seen timestamptz;")) == 0


def test_who_knows_all_columns_knows_their_order_and_that_there_are_no_others() -> None:
    described = said("shop.items", column("sku"), column("colour"), column("id"), origin=Origin.DBT)
    whole = Table(name("shop.items"), {key: column(key) for key in ("id", "sku", "price")}, location=at("items.sql"))
    catalog = merged(described, Declaration(whole, Origin.DERIVED))
    items = catalog.table(name("shop.items"))
    assert items is not None
    assert (items.complete, list(items.columns)) == (True, ["id", "sku", "price", "colour"])
    assert [(one.fact, one.column, one.kept, one.other) for one in catalog.contradictions] == [
        ("columns", "colour", "colour", None)
    ]
    assert catalog.disputed(name("shop.items"), "columns")
    assert catalog.disputed(name("items"), "columns", "Colour")
    assert not catalog.disputed(name("shop.items"), "columns", "sku")
    assert not catalog.disputed(name("crm.items"), "columns")


def test_the_tables_of_a_schema() -> None:
    catalog = merged(said("shop.items", column("sku")), said("items", column("sku")), said("crm.people", column("id")))
    assert sorted(table.name.name for table in catalog.in_schema("SHOP")) == ["items", "orders"]
    assert [table.name.name for table in catalog.in_schema("crm")] == ["people"]
    assert catalog.in_schema("hr") == ()
    asked = next(one for one in catalog.asked if "hr" in one)
    assert catalog.answer(asked) != merged(said("hr.staff", column("id"))).answer(asked)


def mapped(path: str, kind: str, **facts: object) -> Declaration:
    item = said("orders", column("id", kind), origin=Origin.MODEL, model="order", **facts)
    return Declaration(replace(item.table, location=at(path)), item.origin)


def test_classes_of_two_folders_whose_columns_differ_are_two_tables() -> None:
    lines = said("lines", column("order_id"), origin=Origin.MODEL, keys=(REFERS,))
    lines = Declaration(replace(lines.table, location=at("libs/b/shop/models.py")), lines.origin)
    catalog = merged(mapped("libs/a/shop/models.py", "BIGINT"), mapped("libs/b/shop/models.py", "TEXT"), lines, ddl="")
    assert [str(table.name) for table in catalog] == ["orders", "orders", "lines"]
    assert not catalog.contradictions
    for path, kind in (
        ("libs/a/shop/models.py", "BIGINT"),
        ("libs/b/shop/models.py", "TEXT"),
        ("libs/b/jobs/load.py", "TEXT"),
    ):
        found = catalog.table(name("orders"), "", path)
        assert found is not None
        assert found.columns["id"].type == kind
    assert catalog.table(name("orders"), "", "scripts/load.py") is None
    (*_, last) = catalog
    assert last.columns["order_id"].type == "TEXT"


REFERS = Key(KeyKind.FOREIGN, ("order_id",), references=TableName(("order",)), referenced_columns=("id",))


@pytest.mark.parametrize(
    ("path", "kind", "disputed"),
    [("libs/b/models.py", "INT8", False), ("libs/a/more.py", "TEXT", True), ("libs/a/models.py", "TEXT", True)],
)
def test_classes_of_one_folder_or_of_like_columns_are_one_table(path: str, kind: str, disputed: bool) -> None:
    catalog = merged(mapped("libs/a/models.py", "BIGINT"), mapped(path, kind), ddl="")
    assert len(catalog) == 1
    assert catalog.disputed(name("orders"), "type", "id") is disputed
