"""Doubtful cases of the rules about what a fact or dimension holds."""

from __future__ import annotations

import pytest

from leaktight.catalog.star import StarNames
from leaktight_rules.star.fact_without_date_key import FactWithoutDateKey
from leaktight_rules.star.fact_without_dimension import FactWithoutDimension
from leaktight_rules.star.measure_in_dimension import MeasureInDimension
from leaktight_rules.star.text_in_fact import TextInFact


def table(name: str, columns: str) -> str:
    return f"create table {name} ({columns});"


@pytest.mark.parametrize(
    ("columns", "dateless"),
    [
        ("sale_id bigint primary key, client_key bigint, shop_key bigint, amount numeric", True),
        ("sale_id bigint primary key, client_key bigint, lifetime_value numeric", True),
        ("client_key bigint, date_key int, amount numeric", False),
        ("client_key bigint, DateKey int, amount numeric", False),
        ("client_key bigint, datekey int, amount numeric", False),
        ("client_key bigint, sold_at bigint, amount numeric", False),
        ("clave_cliente int, clave_producto int, clave_fecha int, total numeric", False),
        ("id_cliente int, id_produto int, id_tempo int, total numeric", False),
        ("sk_cliente int, sk_produto int, sk_data int, total numeric", False),
        ("sk_cliente int, sk_produto int, data text, total numeric", True),
        ("client_key bigint, year_month int, amount numeric", False),
        ("client_key bigint, loaded timestamptz, amount numeric", False),
        ("client_key bigint, since bigint references dim_date, amount numeric", False),
        ("a text, b text, c text", False),
        ("client_key bigint, amount numeric", False),
    ],
)
def test_a_fact_says_when_it_happened(check, columns: str, dateless: bool) -> None:
    sql = table("fact_sales", columns)
    assert check(FactWithoutDateKey(), sql, ddl="") == (["fact_sales"] if dateless else [])
    assert check(FactWithoutDateKey(), sql.replace("fact_sales", "sales"), ddl="") == []
    assert check(FactWithoutDateKey(), sql.replace("fact_sales", "fact_relationship"), ddl="") == []


@pytest.mark.parametrize(
    ("extra", "dateless"),
    [
        (" partition by range (client_key)", True),
        (" partition by hash (client_key, shop_key)", True),
        (" partition by range (ymd)", False),
        (" partition by list (ds)", False),
        ("", True),
        ("; alter table fact_sales add column day date", False),
    ],
)
def test_a_date_that_comes_from_elsewhere_counts(check, extra: str, dateless: bool) -> None:
    sql = table("fact_sales", "sale_id bigint, client_key bigint, shop_key bigint, ymd int, ds text, amount numeric")
    assert check(FactWithoutDateKey(), sql[:-1] + extra, ddl="") == (["fact_sales"] if dateless else [])


@pytest.mark.parametrize(
    ("columns", "alone"),
    [
        ("sale_id bigint primary key, sold_on date, amount numeric", True),
        ("fact_sale_id bigint, sold_on date, client text, amount numeric", True),
        ("sale_id bigint primary key, sold_on date, amount numeric, client_key bigint", False),
        ("sale_id bigint primary key, date_key int, amount numeric", False),
        ("sale_id bigint primary key, sold_on date, amount numeric, currency_code text", False),
        ("sale_id bigint primary key, sold_on date, amount numeric, client bigint references dim_client", False),
        ("sale_id bigint primary key, sold_on date, note text", False),
        ("id_sale bigint primary key, sold_on date, amount numeric", True),
        ("id_sale bigint, sold_on date, amount numeric, id_cliente bigint", False),
    ],
)
def test_a_fact_refers_to_a_dimension(check, columns: str, alone: bool) -> None:
    assert check(FactWithoutDimension(), table("fact_sales", columns), ddl="") == (["fact_sales"] if alone else [])


@pytest.mark.parametrize(
    ("columns", "alone"),
    [
        ("bought_at numeric, sold_at numeric, region text", True),
        ("bought_at numeric, sold_at numeric, region_id int", False),
        ("claim text, verdict text, confidence float, score float", False),
        ("claim text, verdict text, opened date", False),
    ],
)
def test_what_has_no_measure_by_name_is_a_fact_by_its_amounts(check, columns: str, alone: bool) -> None:
    assert check(FactWithoutDimension(), table("fact_gold", columns), ddl="") == (["fact_gold"] if alone else [])


@pytest.mark.parametrize(("schema", "alone"), [("dw", True), ("crm", False)])
def test_what_stands_beside_dimensions_is_a_fact_of_theirs(check, schema: str, alone: bool) -> None:
    sql = table(f"{schema}.fact_support", "kind text, state text, opened date")
    ddl = "create table dw.dim_client (client_key int, client_id int, valid_from date, valid_to date);"
    assert check(FactWithoutDimension(), sql, ddl=ddl) == ([f"{schema}.fact_support"] if alone else [])


@pytest.mark.parametrize(
    ("name", "columns", "alone"),
    [
        ("fact.sale", "amount numeric, note text, hash text", True),
        ("sales.sale", "amount numeric, note text, hash text", False),
        ("facts.claim", "body text, source text, hash text", False),
        ("facts_sale", "amount numeric, tax numeric, note text", True),
        ("facts_sale", "amount numeric, body text, note text", False),
    ],
)
def test_what_is_put_among_facts_is_one(check, name: str, columns: str, alone: bool) -> None:
    assert check(FactWithoutDimension(), table(name, columns), ddl="") == ([name] if alone else [])


@pytest.mark.parametrize(
    ("other", "alone"),
    [("dim_cards (card_num text", False), ("cards (card_num text", True), ("dim_cards (card_key bigint", True)],
)
def test_a_number_that_a_dimension_has_too_refers_to_it(check, other: str, alone: bool) -> None:
    sql = table("fact_payments", "payment_id bigint, paid_on date, card_num text, amount numeric")
    found = check(FactWithoutDimension(), sql, ddl=f"create table {other}, valid_from date, valid_to date);")
    assert found == (["fact_payments"] if alone else [])


def test_facts_by_configuration(check) -> None:
    sql = table("umsatz", "sale_id bigint primary key, sold_on date, amount numeric")
    assert check(FactWithoutDimension(), sql, ddl="") == []
    assert check(FactWithoutDimension(), sql, ddl="", star=StarNames(facts=("umsatz",))) == ["umsatz"]


@pytest.mark.parametrize(
    ("name", "column", "found"),
    [
        ("dim_client", "total_spent numeric(12, 2)", True),
        ("dim_client", "order_count int", True),
        ("dim_client", "total_cost numeric(12, 2)", True),
        ("dim_film", "replacement_cost numeric(5, 2)", False),
        ("dim_client", "credit_limit numeric(12, 2)", False),
        ("dim_product", "list_price numeric(12, 2)", False),
        ("dim_product", "unit_cost_currency text", False),
        ("dim_date", "total_days int", False),
        ("clients", "total_spent numeric(12, 2)", False),
    ],
)
def test_measures_in_dimensions(check, name: str, column: str, found: bool) -> None:
    sql = table(name, f"id bigint primary key, {column}")
    assert check(MeasureInDimension(), sql, ddl="") == ([column.split()[0]] if found else [])


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("client_name text", True),
        ("remarks varchar(200)", True),
        ("remarks varchar(20)", False),
        ("remarks varchar(255)", False),
        ("order_number text", False),
        ("status text", False),
        ("name_key bigint", False),
        ("city_id text", False),
    ],
)
def test_texts_in_facts(check, column: str, found: bool) -> None:
    sql = table("fact_sales", f"date_key int, amount numeric, {column}")
    assert check(TextInFact(), sql, ddl="") == ([column.split()[0]] if found else [])
    assert check(TextInFact(), sql.replace("fact_sales", "dim_sales"), ddl="") == []
