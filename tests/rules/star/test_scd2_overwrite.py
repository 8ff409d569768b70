"""Doubtful cases of `scd2-overwrite`: what is a change of history, and what only looks like one."""

from __future__ import annotations

import pytest

from leaktight.catalog.star import StarNames
from leaktight_rules.star.scd2_overwrite import Scd2Overwrite

CLOSE = "update dim_client set valid_to = now(), is_current = false where client_id = 1 and is_current;"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("update dim_client set city = 'Bonn' where client_id = 42", "city"),
        ("update dim_client d set city = s.city from stg_clients s where s.client_id = d.client_id", "city"),
        ("update dim_client set city = :city, updated_at = now() where client_key = :key", "city"),
        ("update dim_client set segment = upper(city)", "segment"),
        ("update dim_client set city = 'x' where city is not null", "city"),
        (
            (
                "insert into dim_client (client_id, city, valid_from, is_current) values (1, 'a', now(), true)"
                " on conflict (client_id) do update set city = excluded.city"
            ),
            "city",
        ),
    ],
)
def test_overwritten(check, sql: str, words: str) -> None:
    assert check(Scd2Overwrite(), sql) == [words]


@pytest.mark.parametrize(
    "sql",
    [
        CLOSE,
        "update dim_client set valid_to = '2026-01-01' where client_key = 7",
        "update dim_client set valid_to = null, is_current = true where client_key = 7",
        "update dim_client set city = 'x', is_current = false where client_key = 7",
        "update dim_client set updated_at = now()",
        "update dim_client set city = null where client_id = 42",
        "update dim_client set city = 'redacted', email = '' where client_id = 42",
        "update dim_client set email = lower(trim(email))",
        "update dim_client set segment = 'none given' where segment is null",
        "update dim_client set client_id = 7 where client_id = 8",
        f"{CLOSE} update dim_client d set email = s.email from stg_clients s where s.client_id = d.client_id",
        (
            "insert into dim_client (client_id, city, valid_from, is_current) values (1, 'a', now(), true)"
            " on conflict (client_id, valid_from) do update set city = excluded.city"
        ),
        "insert into dim_client (client_id, city, valid_from, is_current) values (1, 'a', now(), true) on conflict do nothing",
        "update stg_clients set city = 'Bonn'",
    ],
)
def test_left_alone(check, sql: str) -> None:
    assert check(Scd2Overwrite(), sql) == []


@pytest.mark.parametrize(
    "path", ["migrations/0001_city.sql", "scripts/mend.sql", "seeds/clients.sql", "dw/403_test_setup.sql"]
)
def test_work_that_is_done_once_is_left_alone(check, path: str) -> None:
    sql = "update dim_client set city = 'Bonn' where client_id = 42"
    assert check(Scd2Overwrite(), sql, path=path) == []


@pytest.mark.parametrize(
    ("comment", "path", "told"),
    [
        ("-- SCD Type 1 changes", "load/clients.sql", False),
        ("/* scd1: no history */", "load/clients.sql", False),
        ("", "load/scd_type1_clients.sql", False),
        ("-- SCD Type 2 changes", "load/clients.sql", True),
        ("-- 1 type of client", "load/clients.sql", True),
        ("-- Type 1\nselect 1;", "load/clients.sql", True),
        ("", "load/scd_type2_clients.sql", True),
    ],
)
def test_what_says_that_it_overwrites_is_meant(check, comment: str, path: str, told: bool) -> None:
    sql = f"{comment}\nupdate dim_client set city = 'Bonn' where client_id = 42"
    assert check(Scd2Overwrite(), sql, path=path) == (["city"] if told else [])


def test_columns_whose_words_only_case_parts(check) -> None:
    ddl = """create table dw.DimClient (ClientKey int identity(1, 1) primary key, ClientID int not null, City nvarchar(40),
    UpdatedAt datetime2, ValidFrom datetime2 not null, ValidTo datetime2 null, IsCurrent bit not null);"""
    for column, told in (("City", True), ("UpdatedAt", False), ("ValidTo", False), ("ClientID", False)):
        sql = f"update dw.DimClient set {column} = @value where ClientKey = @key"
        assert check(Scd2Overwrite(), sql, dialect="tsql", ddl=ddl) == ([column] if told else [])


def test_the_columns_may_be_known_from_the_statement_alone(check) -> None:
    sql = "update dim_shop set city = 'Bonn' where shop_id = 1 and valid_to is null and is_current"
    assert check(Scd2Overwrite(), sql, ddl="") == ["city"]
    assert check(Scd2Overwrite(), "update dim_shop set city = 'Bonn' where shop_id = 1", ddl="") == []


def test_configured_columns(check) -> None:
    ddl = "create table dim_kunde (kunde_key bigint primary key, ort text, von date, bis date);"
    sql = "update dim_kunde set ort = 'Bonn' where kunde_key = 1 and bis is null"
    assert check(Scd2Overwrite(), sql, ddl=ddl) == []
    assert check(Scd2Overwrite(), sql, ddl=ddl, star=StarNames(valid_from=("von",), valid_to=("bis",))) == ["ort"]


def test_a_merge_that_closes_in_one_branch_may_keep_up_to_date_in_another(check) -> None:
    head = "merge into dim_client d using stg_clients s on d.client_id = s.client_id and d.is_current "
    plain = "when matched then update set city = s.city"
    closing = "when matched and d.city <> s.city then update set valid_to = now(), is_current = false "
    assert check(Scd2Overwrite(), head + plain) == ["city"]
    assert check(Scd2Overwrite(), head + closing + plain) == []


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("city is null", []),
        ("city is null and is_current", []),
        ("city is not null", ["city"]),
        ("segment is null", ["city"]),
        ("client_id = 7", ["city"]),
    ],
)
def test_a_value_that_was_missing_is_filled_in(check, where: str, found: list[str]) -> None:
    assert check(Scd2Overwrite(), f"update dim_client set city = 'Bonn' where {where}") == found
