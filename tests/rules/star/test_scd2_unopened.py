"""Doubtful cases of `scd2-unopened`: which closings are for a change, and what counts as opening."""

from __future__ import annotations

import pytest

from leaktight_rules.star.scd2_unopened import Scd2Unopened

CLOSE = """update dim_client d set valid_to = now(), is_current = false
from stg_clients s where s.client_id = d.client_id and d.is_current and s.city <> d.city;"""
MERGE = """merge into dim_client d using {source} on d.client_id = s.client_id
when matched and d.is_current and d.city <> s.city then update set valid_to = current_timestamp, is_current = false
when not matched then insert (client_id, city, valid_from, is_current) values (s.client_id, s.city, current_timestamp, true);"""


@pytest.mark.parametrize(
    "sql",
    [
        CLOSE,
        CLOSE.replace("s.city <> d.city", "(s.city <> d.city or s.segment <> d.segment)"),
        CLOSE.replace("s.city <> d.city", "coalesce(s.city, '') <> coalesce(d.city, '')"),
        CLOSE.replace("s.city <> d.city", "md5(concat(s.city, s.segment)) <> md5(concat(d.city, d.segment))"),
        CLOSE.replace("s.city <> d.city", "exists (select s.city, s.segment except select d.city, d.segment)"),
        CLOSE.replace(" and s.city <> d.city", ""),
        CLOSE.replace(" and s.city <> d.city", " and d.valid_to is null"),
        "update dim_client set is_current = false where is_current and client_id in (select client_id from changedclients)",
    ],
)
def test_closed_for_a_change(check, sql: str) -> None:
    assert check(Scd2Unopened(), sql) == ["update"]


@pytest.mark.parametrize(
    "sql",
    [
        CLOSE + "insert into dim_client (client_id, city, valid_from, is_current) select 1, 'x', now(), true",
        "insert into dim_client (client_id, city, valid_from, is_current) select 1, 'x', now(), true;" + CLOSE,
        CLOSE.replace(" and s.city <> d.city", "").replace("stg_clients", "clients"),
        CLOSE.replace(" and s.city <> d.city", "").replace("stg_clients", "tmp_clients"),
        CLOSE.replace(" and s.city <> d.city", "").replace("stg_clients", "stg_deleted_clients"),
        CLOSE.replace("s.city <> d.city", "s.city = 'Bonn'"),
        CLOSE.replace("s.city <> d.city", "d.city <> 'Bonn'"),
        CLOSE.replace("s.city <> d.city", "s.client_id <> d.client_id"),
        CLOSE.replace("s.city <> d.city", "coalesce(s.client_id, 0) <> coalesce(d.client_id, 0)"),
        CLOSE.replace("s.city <> d.city", "coalesce(d.city, '') <> ''"),
        CLOSE.replace("valid_to = now(), is_current = false", "segment = 'x'"),
        "update dim_client set is_current = false where client_id not in (select client_id from stg_clients)",
        "update stg_clients set city = 'x'",
    ],
)
def test_left_alone(check, sql: str) -> None:
    assert check(Scd2Unopened(), sql) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("stg_clients s", ["merge"]),
        ("(select client_id, city from stg_clients) s", ["merge"]),
        ("(select client_id, city from stg_clients union all select null, city from stg_clients) s", []),
        ("(select c.client_id, c.city from stg_clients c cross join (values (1), (2)) x (n)) s", []),
    ],
)
def test_a_merge_inserts_a_changed_row_only_when_it_is_given_twice(check, source: str, found: list[str]) -> None:
    assert check(Scd2Unopened(), MERGE.format(source=source), dialect="snowflake") == found


@pytest.mark.parametrize(("start", "found"), [("valid_from = s.valid_from, ", []), ("", ["merge"])])
def test_a_copy_of_a_history_writes_versions_whole(check, start: str, found: list[str]) -> None:
    sql = f"""merge into dim_client d using source.clients s on d.client_key = s.client_key
    when matched and exists (select s.city, s.valid_to except select d.city, d.valid_to)
    then update set {start}valid_to = s.valid_to, is_current = s.is_current
    when not matched then insert (client_id, city, valid_from) values (s.client_id, s.city, s.valid_from);"""
    assert check(Scd2Unopened(), sql, dialect="tsql") == found


INSERT = "insert into dim_client (client_id, city, valid_from, is_current) select s.client_id, s.city, now(), true from stg_clients s;"


@pytest.mark.parametrize(
    ("dialect", "sql", "apart"),
    [
        ("bigquery", CLOSE + INSERT, True),
        ("bigquery", f"begin transaction; {CLOSE} {INSERT} commit transaction;", False),
        ("snowflake", CLOSE + INSERT, True),
        ("postgres", CLOSE + INSERT, False),
        ("bigquery", INSERT + CLOSE, False),
    ],
)
def test_close_and_insert_in_one_transaction(check, dialect: str, sql: str, apart: bool) -> None:
    assert check(Scd2Unopened(), sql, dialect=dialect) == (["update"] if apart else [])


@pytest.mark.parametrize(
    ("source", "told"),
    [("changed_clients", True), ("#Type2Changes", True), ("gone_clients", False), ("exchange_clients", False)],
)
def test_a_table_of_changes_says_why(check, source: str, told: bool) -> None:
    sql = f"""update d set valid_to = getdate(), is_current = 0 from dim_client as d
    join {source} as c on c.client_id = d.client_id where d.is_current = 1;"""
    assert check(Scd2Unopened(), sql, dialect="tsql") == (["update"] if told else [])


def test_another_file_may_open(check) -> None:
    insert = "insert into {} (client_id, city, valid_from, is_current) select 1, 'x', now(), true"
    assert check(Scd2Unopened(), CLOSE, files={"load/open.sql": insert.format("dim_client")}) == []
    assert check(Scd2Unopened(), CLOSE, files={"load/open.sql": insert.format("dim_shop")}) == ["update"]


INSERT = "insert into dim_client (client_key, client_id, city, valid_from, is_current) "


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (f"{INSERT} values (-1, -1, 'unknown', '1900-01-01', true);", ["update"]),
        (f"{INSERT} values (1, $1, 'x', now(), true);", []),
        (f"{INSERT} select -1, -1, 'unknown', now(), true;", []),
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_rows_that_are_written_out_are_no_new_version(check, other: str, found: list[str], apart: bool) -> None:
    if apart:
        assert check(Scd2Unopened(), CLOSE, files={"load/b.sql": other}) == found
    else:
        assert check(Scd2Unopened(), other + CLOSE) == found


ADDS = """merge into dim_client d using {source} on d.client_id = s.client_id{also}
when not matched then insert (client_id, city, valid_from, is_current) values (s.client_id, s.city, current_timestamp, true);"""


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (ADDS.format(source="stg_clients s", also=""), 1),
        (ADDS.format(source="stg_clients s", also=" and d.is_current"), 0),
        (ADDS.format(source="stg_clients s", also=" and d.city = s.city"), 0),
        (ADDS.format(source="(select * from stg_clients union all select * from stg_clients) s", also=""), 0),
        (
            (
                "merge into dim_client d using stg_clients s on d.client_id = s.client_id and d.is_current"
                " when matched then update set city = s.city;"
            ),
            1,
        ),
    ],
)
@pytest.mark.parametrize("close", [CLOSE, MERGE.format(source="stg_clients s")])
@pytest.mark.parametrize("apart", [True, False])
def test_another_merge_opens_only_what_its_on_does_not_find(
    check, other: str, found: int, close: str, apart: bool
) -> None:
    if apart:
        told = check(Scd2Unopened(), close, dialect="snowflake", files={"load/b.sql": other})
    else:
        told = check(Scd2Unopened(), close + other, dialect="snowflake")
    assert len(told) == found


NESTED = """insert into dbo.dim_client (client_id, city, valid_from, is_current)
select m.client_id, m.city, getdate(), 1
from (
    merge dbo.dim_client as d using dbo.stg_clients as s on d.client_id = s.client_id
    when matched and d.is_current = 1 and d.city <> s.city then update set d.valid_to = getdate(), d.is_current = 0
    when not matched by target then insert (client_id, city, valid_from, is_current)
    values (s.client_id, s.city, getdate(), 1)
    output $action as done, s.client_id, s.city
) as m
where m.done = 'UPDATE';"""


def test_what_a_merge_closed_is_inserted_around_it(check) -> None:
    alone = NESTED.partition("from (\n")[2].partition("    output")[0] + ";"
    assert check(Scd2Unopened(), NESTED, dialect="tsql") == []
    assert check(Scd2Unopened(), alone.strip(), dialect="tsql") == ["merge"]
