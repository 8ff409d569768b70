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


OPEN = "insert into dim_client (client_id, city, valid_from, is_current) values (%s, %s, now(), true)"
CLOSE = "update dim_client set is_current = false where client_id = %s and is_current"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("if held is None:\n    {open}\nelif held.city != city:\n    {close}\n    {open}", False),
        ("if held is None:\n    {open}\nelse:\n    {close}", False),
        ("if held is None:\n    {open}\n    return\n{close}\n{open}", False),
        ("match held:\n    case None:\n        {open}\n    case _:\n        {close}", False),
        ("if held is None:\n    {open}\n{close}", True),
        ("if held is None:\n    {open}\n    {close}\nelse:\n    pass", True),
        ("{open}\nif held is None:\n    return\nelse:\n    {close}", True),
    ],
)
def test_no_run_goes_through_both_arms_of_an_if(check, body: str, told: bool) -> None:
    lines = body.format(
        open=f'cursor.execute("{OPEN}", (client, city))', close=f'cursor.execute("{CLOSE}", (client,))'
    ).splitlines()
    code = "\n".join(["def load(cursor, client, city, held):", *(f"    {line}" for line in lines), ""])
    assert check(Scd2ClosedAfterInsert(), code, path="load/clients.py") == (["update"] if told else [])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("if (!held) {{ {open} }} else {{ {close} {open} }}", False),
        ("if (!held) {{ {open} return; }} {close} {open}", False),
        ("if (!held) {{ {open} }} {close}", True),
    ],
)
def test_arms_in_javascript(check, body: str, told: bool) -> None:
    opening = OPEN.replace("%s, %s", "$1, $2")
    body = body.format(
        open=f'await pool.query("{opening}", [id, city]);',
        close=f'await pool.query("{CLOSE.replace("%s", "$1")}", [id]);',
    )
    code = f"import {{ pool }} from './db';\nexport async function load(id, city, held) {{ {body} }}\n"
    assert check(Scd2ClosedAfterInsert(), code, path="load/clients.js") == (["update"] if told else [])


def test_columns_whose_words_only_case_parts(check) -> None:
    ddl = """create table dw.DimClient (ClientKey int identity(1, 1) primary key, ClientID int not null, City nvarchar(40),
    EffectiveStartDate datetime2 not null, EffectiveEndDate datetime2 null, IsCurrent bit not null);"""
    opened = """insert into dw.DimClient (ClientID, City, EffectiveStartDate, IsCurrent)
    select s.ClientID, s.City, getdate(), 1 from stg.Changed s;
    """
    closed = "update dw.DimClient set EffectiveEndDate = getdate(), IsCurrent = 0 where IsCurrent = 1 and ClientID = @client;\n"
    assert check(Scd2ClosedAfterInsert(), opened + closed, dialect="tsql", ddl=ddl) == ["update"]
    assert check(Scd2ClosedAfterInsert(), closed + opened, dialect="tsql", ddl=ddl) == []


ABSENT = """insert into dim_client (client_id, city, valid_from, is_current) select s.client_id, s.city, now(), true
from stg_clients s where not exists (select 1 from dim_client d where d.client_id = s.client_id and d.is_current);
"""


@pytest.mark.parametrize(
    ("opened", "source", "told"),
    [
        (ABSENT, "changed_clients", False),
        (ABSENT, "stg_clients", True),
        (INSERT, "changed_clients", True),
        (ABSENT.replace("not exists", "exists").replace("s.client_id and", "s.client_id and d.city <> s.city and"), "changed_clients", True),
    ],
)  # fmt: skip
def test_rows_that_were_new_are_not_among_those_that_changed(check, opened: str, source: str, told: bool) -> None:
    for where in (
        f"where is_current and client_id in (select c.client_id from {source} c)",
        f"from {source} c where c.client_id = dim_client.client_id and dim_client.is_current",
    ):
        assert check(Scd2ClosedAfterInsert(), opened + HEAD + where) == (["update"] if told else [])


def test_the_conditions_of_a_join_count(check) -> None:
    closed = """update d set valid_to = getdate(), is_current = 0 from dim_client as d
    join stg_clients as s on d.client_id = s.client_id{} where d.is_current = 1;"""
    opened = """insert into dim_client (client_id, city, valid_from, is_current)
    select s.client_id, s.city, getdate(), 1 from stg_clients as s;
    """
    assert check(Scd2ClosedAfterInsert(), opened + closed.format(""), dialect="tsql") == ["update"]
    assert check(Scd2ClosedAfterInsert(), opened + closed.format(" and d.city <> s.city"), dialect="tsql") == []
