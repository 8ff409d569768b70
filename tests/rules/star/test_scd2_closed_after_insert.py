"""Doubtful cases of `scd2-closed-after-insert`: which conditions meet the new row."""

from __future__ import annotations

import pytest

from leaktight_rules.star.scd2_closed_after_insert import Scd2ClosedAfterInsert

INSERT = """insert into dim_client (client_id, city, valid_from, is_current)
select s.client_id, s.city, now(), true from stg_clients s;
"""
HEAD = "update dim_client set valid_to = now(), is_current = false "


@pytest.mark.parametrize(
    "where",
    [
        "where is_current and client_id in (select client_id from stg_clients)",
        "where client_id = :client and is_current = true",
        "where client_id = :client and valid_to is null",
        "where client_id = :client and valid_to > now()",
        "from stg_clients s where s.client_id = dim_client.client_id and dim_client.is_current",
    ],
)
def test_the_new_row_is_closed_too(check, where: str) -> None:
    assert check(Scd2ClosedAfterInsert(), INSERT + HEAD + where) == ["update"]


@pytest.mark.parametrize(
    "sql",
    [
        HEAD + "where client_id = :client and is_current; " + INSERT,
        INSERT + HEAD + "where client_id = :client and is_current and valid_from < now()",
        INSERT + HEAD + "where client_id = :client and client_key <> :new",
        INSERT
        + HEAD
        + "where is_current and client_key not in (select max(client_key) from dim_client group by client_id)",
        INSERT + HEAD + "from stg_clients s where s.client_id = dim_client.client_id and s.city <> dim_client.city",
        INSERT + HEAD + "where client_id = :client and updated_at = :before",
        INSERT + "update dim_client set city = 'x' where client_id = :client and is_current",
        INSERT.replace("true", "false") + HEAD + "where client_id = :client and is_current",
        INSERT.replace("dim_client", "dim_shop") + HEAD + "where client_id = :client and is_current",
        HEAD + "where client_id = :client and is_current",
        HEAD + "where client_id = :client and is_current; " + INSERT + HEAD + "where client_id = :gone and is_current",
        INSERT + HEAD + "where is_current",
    ],
)
def test_left_alone(check, sql: str) -> None:
    assert check(Scd2ClosedAfterInsert(), sql) == []


def test_calls_of_one_function_are_in_order(check) -> None:
    code = """
def load(cursor, client, city):
    cursor.execute("insert into dim_client (client_id, city, valid_from, is_current) values (%s, %s, now(), true)", (client, city))
    cursor.execute("update dim_client set is_current = false where client_id = %s and is_current", (client,))
"""
    assert check(Scd2ClosedAfterInsert(), code, path="load/clients.py") == ["update"]
    swapped = code.replace("def load", "def opened").replace(
        '    cursor.execute("update', 'def closed(cursor, client):\n    cursor.execute("update'
    )
    assert check(Scd2ClosedAfterInsert(), swapped, path="load/clients.py") == []
