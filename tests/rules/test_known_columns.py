"""Rules that decide by the catalog, whatever told it of a table, and where what told it does not agree."""

from __future__ import annotations

import pytest

from leaktight.catalog.catalog import catalog_of
from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Column, Key, KeyKind, Table, TableName
from leaktight.diagnostics import Location
from leaktight.engine import Plan, inspect_source
from leaktight.operations.project import Project
from leaktight.rule import Rule
from leaktight.source import Language, Source
from leaktight.text import Position, Span
from leaktight_rules.loss.narrowing_cast import NarrowingCast
from leaktight_rules.numbers.insert_column_order import InsertColumnOrder
from leaktight_rules.numbers.insert_without_columns import InsertWithoutColumns
from leaktight_rules.numbers.not_in_nullable import NotInNullable
from leaktight_rules.numbers.scalar_subquery_rows import ScalarSubqueryRows
from leaktight_rules.numbers.set_operation_columns import SetOperationColumns
from leaktight_rules.numbers.unknown_column import UnknownColumn
from leaktight_rules.numbers.unknown_table import UnknownTable
from leaktight_rules.query.implicit_conversion import ImplicitConversion
from leaktight_rules.query.select_star import SelectStar

ORDERS = {"order_id": "BIGINT", "code": "VARCHAR(20)", "net": "NUMERIC(12, 2)", "gross": "NUMERIC(12, 2)"}
IMPORTS = {"order_id": "BIGINT", "code": "VARCHAR(80)", "gross": "NUMERIC(12, 2)", "net": "NUMERIC(12, 2)"}


def place(path: str) -> Location:
    return Location(path, Span(0, 1), Position(1, 1), Position(1, 2))


def table(
    name: str, columns: dict[str, str], path: str, *, nullable: bool | None = None, complete: bool = True, key: str = ""
) -> Table:
    at = place(path)
    made = {word: Column(word, kind, nullable=nullable, location=at) for word, kind in columns.items()}
    keys = (Key(KeyKind.PRIMARY, (key,), location=at),) if key else ()
    return Table(TableName(tuple(name.split("."))), made, keys=keys, complete=complete, dialect="postgres", location=at)


def inspect(rule: Rule, sql: str, declared: list[Declaration]) -> list[tuple[str, int]]:
    """Give the message of each finding and the number of edits of its fix."""
    source = Source("jobs/a.sql", sql, Language.SQL)
    plan = Plan(rules_for=lambda path: (rule,), dialect_for=lambda path: "postgres")
    result = inspect_source(source, Project(catalog=catalog_of((), declared)), plan)
    assert result.internal_errors == 0
    return [(one.message, len(one.fix.edits) if one.fix is not None else 0) for one in result.diagnostics]


CASES = [
    (UnknownColumn(), "select order_id, cod from shop.orders"),
    (InsertColumnOrder(), "insert into shop.orders select order_id, code, gross, net from elsewhere"),
    (SetOperationColumns(), "select * from shop.orders union all select * from shop.imports"),
    (NarrowingCast(), "insert into shop.orders (order_id, code) select order_id, code from shop.imports"),
    (ScalarSubqueryRows(), "select (select net from shop.orders where code = 'x') as net"),
    (ImplicitConversion(), "select net from shop.orders where code = 4711"),
]


@pytest.mark.parametrize("origin", [Origin.MODEL, Origin.SNAPSHOT, Origin.DBT, Origin.CONTRACT, Origin.INFRASTRUCTURE])
@pytest.mark.parametrize(("rule", "sql"), CASES, ids=[rule.name for rule, _ in CASES])
def test_any_source_will_do(rule: Rule, sql: str, origin: Origin) -> None:
    declared = [
        Declaration(table("shop.orders", ORDERS, "a.yaml", key="order_id"), origin),
        Declaration(table("shop.imports", IMPORTS, "b.yaml"), origin),
    ]
    assert len(inspect(rule, sql, declared)) == 1


OTHERWISE = [
    (UnknownColumn(), CASES[0][1], {**ORDERS, "cod": "TEXT"}),
    (InsertColumnOrder(), CASES[1][1], {**ORDERS, "note": "TEXT"}),
    (SetOperationColumns(), CASES[2][1], {**ORDERS, "note": "TEXT"}),
    (NarrowingCast(), CASES[3][1], {**ORDERS, "code": "VARCHAR(200)"}),
    (ImplicitConversion(), CASES[5][1], {**ORDERS, "code": "BIGINT"}),
]


@pytest.mark.parametrize(("rule", "sql", "said"), OTHERWISE, ids=[rule.name for rule, _, _ in OTHERWISE])
def test_sources_that_contradict_one_another_say_nothing(rule: Rule, sql: str, said: dict[str, str]) -> None:
    declared = [
        Declaration(table("shop.orders", ORDERS, "a.yaml"), Origin.MODEL),
        Declaration(table("shop.orders", said, "c.yaml"), Origin.CONTRACT),
        Declaration(table("shop.imports", IMPORTS, "b.yaml"), Origin.MODEL),
    ]
    assert inspect(rule, sql, declared) == []


@pytest.mark.parametrize(("rule", "sql"), CASES[:3], ids=[rule.name for rule, _ in CASES[:3]])
def test_a_table_that_is_not_known_whole_is_not_judged(rule: Rule, sql: str) -> None:
    declared = [
        Declaration(table("shop.orders", ORDERS, "a.yaml", complete=False), Origin.DBT),
        Declaration(table("shop.imports", IMPORTS, "b.yaml"), Origin.DBT),
    ]
    assert inspect(rule, sql, declared) == []


@pytest.mark.parametrize("origin", [Origin.MODEL, Origin.SNAPSHOT, Origin.DBT])
@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        (SelectStar(), "select * from shop.orders"),
        (InsertWithoutColumns(), "insert into shop.orders values (1, 'a', 2, 3)"),
    ],
    ids=["select-star", "insert-without-columns"],
)
def test_columns_are_listed_only_if_sources_agree_on_them(rule: Rule, sql: str, origin: Origin) -> None:
    whole = Declaration(table("shop.orders", ORDERS, "a.yaml"), origin)
    part = Declaration(table("shop.orders", ORDERS, "a.yaml", complete=False), origin)
    other = Declaration(table("shop.orders", {"note": "TEXT"}, "c.yaml", complete=False), Origin.CONTRACT)
    assert [edits for _, edits in inspect(rule, sql, [whole])] == [1]
    assert [edits for _, edits in inspect(rule, sql, [part])] == [0]
    assert [edits for _, edits in inspect(rule, sql, [whole, other])] == [0]


@pytest.mark.parametrize("origin", [Origin.MODEL, Origin.SNAPSHOT, Origin.DBT])
def test_not_in_asks_every_source(origin: Origin) -> None:
    sql = "select id from refunds where code not in (select code from shop.orders)"
    nullable = Declaration(table("shop.orders", ORDERS, "a.yaml", nullable=True), origin)
    filled = Declaration(table("shop.orders", ORDERS, "b.yaml", nullable=False), Origin.CONTRACT)
    assert len(inspect(NotInNullable(), sql, [nullable])) == 1
    assert inspect(NotInNullable(), sql, [filled]) == []
    assert inspect(NotInNullable(), sql, [nullable, filled]) == []


def test_a_snapshot_of_the_database_has_all_tables_of_its_schema() -> None:
    sql = "select order_id from shop.ordres"
    assert (
        len(inspect(UnknownTable(), sql, [Declaration(table("shop.orders", ORDERS, "db.yaml"), Origin.SNAPSHOT)])) == 1
    )
    assert (
        len(
            inspect(
                UnknownTable(),
                "delete from shop.refunds where 1 = 2",
                [Declaration(table("shop.orders", ORDERS, "db.yaml"), Origin.SNAPSHOT)],
            )
        )
        == 1
    )
    assert inspect(UnknownTable(), sql, [Declaration(table("shop.orders", ORDERS, "m.py"), Origin.MODEL)]) == []
    catalog = Declaration(table("shop.orders", ORDERS, "target/catalog.json"), Origin.SNAPSHOT)
    assert inspect(UnknownTable(), sql, [catalog]) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select order_id from crm.ordres",
        "select order_id from other.shop.orders",
        "select table_name from information_schema.tables",
        "select relname from pg_catalog.pg_class",
        "select 1 from shop.generate_things(3)",
        "create table shop.ordres (order_id int); select order_id from shop.ordres",
        "create view shop.ordres as select 1 as order_id; select order_id from shop.ordres",
        "select order_id from ordres",
        "select order_id from shop.orders_20260131",
        "with ordres as (select 1 as order_id) select order_id from ordres",
    ],
)
def test_a_table_that_may_well_be_there(sql: str) -> None:
    declared = [Declaration(table("shop.orders", ORDERS, "db.yaml"), Origin.SNAPSHOT)]
    assert inspect(UnknownTable(), sql, declared) == []


def test_a_name_without_a_schema_is_told_only_where_it_is_a_slip() -> None:
    declared = [Declaration(table("public.orders", ORDERS, "db.yaml"), Origin.SNAPSHOT)]
    (told,) = inspect(UnknownTable(), "select order_id from ordres", declared)
    assert told == ("the database has no table `ordres`; did you mean `orders`?", 1)
    assert inspect(UnknownTable(), "select order_id from refunds", declared) == []
    assert inspect(UnknownTable(), "create temp table ordres (id int); select id from ordres", declared) == []
