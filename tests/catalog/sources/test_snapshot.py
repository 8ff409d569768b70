"""Snapshots of a database: every fact of the shop, its place, and what is wrong with one that is broken."""

from __future__ import annotations

import time

import pytest
from reading import declared, facts, fixture, project, table

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Clustering, Column, Index, Key, KeyKind, Partitioning, Statistics, Table, TableName
from leaktight.database.snapshot import snapshot_text
from leaktight.operations.snapshot_format import read_name, written_name
from leaktight.operations.sources.snapshot import snapshot_tables
from leaktight.source import Language, Source

SHOP = fixture("snapshot")["shop.yaml"]


def read(text: str) -> dict[str, Table]:
    return {str(item.name): item for item in snapshot_tables(Source("shop.yaml", text, Language.YAML))}


def test_a_snapshot_has_all_columns_and_tells_of_which_engine() -> None:
    found = declared("catalog/shop.yaml", SHOP)
    assert {item.origin for item in found.values()} == {Origin.SNAPSHOT}
    assert all(item.table.complete and item.table.dialect == "postgres" for item in found.values())


def test_every_fact_has_its_place() -> None:
    orders = read(SHOP)["shop.orders"]
    lines = SHOP.splitlines()
    places = {
        "comment": orders.place_of("comment"), "owner": orders.place_of("owner"), "role": orders.place_of("role"),
        "status": orders.columns["status"].location, "orders_pkey": orders.keys[0].location,
        "orders_customer_created": orders.indexes[0].location,
    }  # fmt: skip
    words = {"comment": "One row", "owner": "sales", "role": "oltp"}
    for name, place in places.items():
        assert place is not None
        assert words.get(name, name) in lines[place.start.line - 1]


FULL = Table(
    TableName(("app", "Odd.Schema", 'with "quotes"'), (False, True, True)),
    {
        "id": Column("id", "INT", nullable=False, generated=True),
        "no": Column("No", "ENUM('a', 'B: c')", nullable=True, quoted=True, default="'#: '::text", comment='A "word": {x}, \n\t☃ '),
        "void": Column("void", None, tags=("a", "b, c"), classification="restricted"),
    },
    keys=(
        Key(KeyKind.PRIMARY, ("id",), enforced=False, name="p k"),
        Key(KeyKind.FOREIGN, ("No", "id"), TableName(("Other",), (True,)), ("a", "b")),
    ),
    indexes=(Index("i", ("lower(a)", "b"), unique=True, predicate="a > 'x'", method="gin", included=("c",)),),
    partitioning=Partitioning(("id",), "DATE(id)", "time", "day", required=True),
    clustering=Clustering(("id", "void")),
    kind="materialized",
    complete=False,
    dialect="postgres",
    comment="null",
    owner="true",
    retention="30",
    role="olap",
    statistics=Statistics(0, 12, 3),
    tags=("1", "~"),
)  # fmt: skip


def test_a_table_with_every_fact_is_read_as_it_was() -> None:
    text = snapshot_text("postgres", "app", [FULL])
    (found,) = read(text).values()
    assert snapshot_text("postgres", "app", [found]) == text
    assert (found.name.parts, found.kind, found.complete, found.comment, found.owner, found.retention, found.tags) == (
        FULL.name.parts, FULL.kind, FULL.complete, FULL.comment, FULL.owner, FULL.retention, FULL.tags,
    )  # fmt: skip
    for column in FULL.columns.values():
        twin = found.columns[column.name.lower()]
        for fact in ("name", "type", "nullable", "default", "comment", "generated", "quoted", "classification", "tags"):
            assert getattr(twin, fact) == getattr(column, fact), fact


@pytest.mark.parametrize(
    "parts", [("a",), ("a", "b", "c"), ("a.b", "c"), ('a"b',), ("a b", "ö"), ("",), (" a",), ('."', "x")]
)
def test_names(parts: tuple[str, ...]) -> None:
    assert read_name(written_name(parts)) == (parts if all(parts) else ())


@pytest.mark.parametrize("text", ["a..b", ".a", "a.", '"a', '"a"b', ""])
def test_no_names(text: str) -> None:
    assert read_name(text) == ()


def test_ddl_counts_more_and_dbt_less() -> None:
    ddl = "CREATE TABLE shop.orders (order_id INT, customer_id BIGINT, status TEXT, total INT, created_at DATE);"
    catalog = project({"catalog/shop.yaml": SHOP, "ddl.sql": ddl})
    orders = table(catalog, "shop.orders")
    assert orders.columns["total"].type == "INT"
    assert orders.comment == "One row for each order."
    assert [origin for origin, _ in orders.origins] == ["ddl", "snapshot"]
    assert {(item.column, item.fact) for item in catalog.contradictions} >= {("total", "type"), ("status", "type")}
    assert [origin for origin, _ in table(catalog, "shop.events").origins] == ["snapshot"]


def broken(text: str) -> str:
    unread = facts("catalog/shop.yaml", text).unread
    assert unread is not None
    return unread.reason


HEAD = "leaktight-catalog: 1\nengine: postgres\ntables:\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("leaktight-catalog: 7\n", 1, "format 7"),
        (HEAD + "  t: {colums: {a: {}}}\n", 4, "did you mean `columns`?"),
        (HEAD + "  t:\n    columns:\n      a: {typ: INT}\n", 6, "did you mean `type`?"),
        (HEAD + "  t:\n    columns:\n      a: {nullable: maybe}\n", 6, "`nullable` is `true` or `false`, not `maybe`"),
        (HEAD + "  t:\n    columns: [a, b]\n", 5, "`columns` must be a mapping"),
        (HEAD + "  t:\n    keys:\n      - {kind: prime, columns: [a]}\n", 6, "`primary`, `unique` or `foreign`"),
        (HEAD + "  t:\n    keys:\n      - {kind: primary}\n", 6, "needs its `columns`"),
        (HEAD + "  t: {}\n  t: {}\n", 5, "second time"),
        (HEAD + "  t: {statistics: {rows: many}}\n", 4, "`rows` is a whole number"),
        (HEAD + "  t: {kind: tabel}\n", 4, "`tabel` is no kind of table"),
        (HEAD + "  t..u: {}\n", 4, "`t..u` is no name of a table"),
        (HEAD + "  t: {comment: [a}\n", 4, "this is not valid YAML"),
        (HEAD + "  t: {partitioning: {kind: range}}\n", 4, "needs its `kind` and `columns`"),
    ],
)
def test_a_broken_snapshot_names_its_line(text: str, line: int, words: str) -> None:
    reason = broken(text)
    assert f"in line {line}:" in reason
    assert words in reason


def test_what_is_no_snapshot_tells_nothing() -> None:
    for text in ("# leaktight-catalog: 1\na: 1\n", "a:\n  leaktight-catalog: 1\n", 'a: "leaktight-catalog: 1"\n'):
        told = facts("a.yaml", text)
        assert (told.declarations, told.unread) == ((), None)


def test_hostile_snapshots_end() -> None:
    start = time.perf_counter()
    deep = "".join("  " * at + "a:\n" for at in range(3000))
    for text in (
        HEAD + "  t: " + "[" * 100_000,
        HEAD + "  t: " + "{a: " * 50_000,
        HEAD + deep,
        HEAD + "  - " * 100_000,
        HEAD + "  t: {statistics: {rows: " + "9" * 100_000 + "}}\n",
        HEAD + "  t: &a {columns: {b: {}}}\n" + "".join(f"  t{at}: *a\n" for at in range(1000)) + "  x: [*a]\n",
        HEAD + '  "' + '""' * 100_000 + ": {}\n",
    ):
        assert broken(text)
    many = HEAD + "".join(f"  s.t{n}:\n    columns:\n      a: {{type: INT}}\n" for n in range(10_000))
    assert len(declared("shop.yaml", many)) == 10_000
    assert time.perf_counter() - start < 20
