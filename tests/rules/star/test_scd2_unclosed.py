"""Doubtful cases of `scd2-unclosed`: which inserts make new versions, and what counts as closing."""

from __future__ import annotations

import pytest

from leaktight_rules.star.scd2_unclosed import Scd2Unclosed

COLUMNS = "insert into dim_client (client_id, city, valid_from, is_current) "
CHANGED = f"""{COLUMNS} select s.client_id, s.city, now(), true
from stg_clients s join dim_client d on d.client_id = s.client_id and d.is_current where s.city <> d.city;"""


@pytest.mark.parametrize(
    "sql",
    [
        CHANGED,
        CHANGED.replace("<>", "is distinct from"),
        CHANGED.replace("true\n", "'Y'\n"),
        (
            f"{COLUMNS} select s.client_id, s.city, now(), true from stg_clients s"
            " left join dim_client d on d.client_id = s.client_id and d.is_current"
            " where d.client_id is null or d.city <> s.city"
        ),
        (
            "insert into dim_client (client_id, city, valid_from, valid_to, is_current)"
            " select s.client_id, s.city, now(), date '9999-12-31', true"
            " from stg_clients s join dim_client d on d.client_id = s.client_id where s.city <> d.city"
        ),
    ],
)
def test_unclosed(check, sql: str) -> None:
    assert check(Scd2Unclosed(), sql) == ["insert"]


@pytest.mark.parametrize(
    "sql",
    [
        f"update dim_client set is_current = false where client_id = 1; {CHANGED}",
        f"{CHANGED} update dim_client set valid_to = now() where client_id = 1;",
        f"truncate dim_client; {CHANGED}",
        f"{COLUMNS} values (1, 'Bonn', now(), true)",
        (
            f"{COLUMNS} select s.client_id, s.city, now(), true from stg_clients s"
            " left join dim_client d on d.client_id = s.client_id where d.client_id is null"
        ),
        (
            f"{COLUMNS} select s.client_id, s.city, now(), true from stg_clients s"
            " left join dim_client d on d.client_id = s.client_id where d.client_id is null and s.city <> s.segment"
        ),
        (
            f"{COLUMNS} select s.client_id, s.city, now(), true from stg_clients s"
            " where s.client_id not in (select client_id from dim_client) and s.city <> 'x'"
        ),
        CHANGED.replace("true\n", "false\n"),
        CHANGED.replace("now()", "lead(now()) over (order by s.client_id)"),
        (
            "insert into dim_client (client_id, city, valid_from, valid_to, is_current)"
            " select s.client_id, s.city, now(), s.valid_to, true"
            " from stg_clients s join dim_client d on d.client_id = s.client_id where s.city <> d.city"
        ),
        (
            "insert into dim_client (client_id, city) select s.client_id, s.city"
            " from stg_clients s join dim_client d on d.client_id = s.client_id where s.city <> d.city"
        ),
        CHANGED.replace("insert into dim_client", "insert into fact_visits"),
    ],
)
def test_left_alone(check, sql: str) -> None:
    assert check(Scd2Unclosed(), sql) == []


@pytest.mark.parametrize(
    ("other", "closes"),
    [
        ("update dim_client set is_current = false", True),
        ("update dim_client set city = 'x'", False),
        ("update dim_other set is_current = false", False),
        ("merge into dim_client d using stg_clients s on d.client_id = s.client_id when matched then update set valid_to = now()", True),
    ],
)  # fmt: skip
def test_another_file_may_close(check, other: str, closes: bool) -> None:
    found = check(Scd2Unclosed(), CHANGED, files={"load/other.sql": other})
    assert found == ([] if closes else ["insert"])


def test_first_loads_are_left_alone(check) -> None:
    assert check(Scd2Unclosed(), CHANGED, path="load/initial_clients.sql") == []
    assert check(Scd2Unclosed(), CHANGED, path="load/daily_clients.sql") == ["insert"]


@pytest.mark.parametrize(("start", "told"), [("'1900-01-01'", False), ("date '1900-01-01'", False), ("now()", True)])
def test_a_load_whose_versions_all_start_on_one_written_day_is_the_first(check, start: str, told: bool) -> None:
    sql = f"""{COLUMNS} select s.client_id, s.city, {start}, true from stg_clients s;
    insert into fact_visits (client_id) select v.client_id from stg_visits v;"""
    assert check(Scd2Unclosed(), sql, path="pipelines/daily/etl.sql") == (["insert"] if told else [])


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("update dim_client set city = 'x' where is_current;", True),
        ("update dim_client set is_current = false where city = 'x';", False),
        ("update dim_client set valid_to = now() where city = 'x';", False),
    ],
)
def test_only_what_assigns_the_end_closes(check, other: str, told: bool) -> None:
    assert check(Scd2Unclosed(), CHANGED, files={"load/b.sql": other}) == (["insert"] if told else [])
