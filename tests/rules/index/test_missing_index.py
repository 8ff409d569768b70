"""How `missing-index` tells of queries that compare more columns than others, and which joins look rows up."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.index.missing_index import MissingIndex

ORDERS = "create table orders (id bigint primary key, shop_id bigint, day date, note text);"


@pytest.mark.parametrize(
    ("first", "second", "by"),
    [
        ("shop_id = $1 and day = $2", "shop_id = $1 and day = $2", "`day` and `shop_id`, none of which leads an index"),
        ("shop_id = $1 and day = $2", "shop_id = $1", "`shop_id` (some by `day` too), none of which leads an index"),
        ("shop_id = $1", "shop_id = $1", "`shop_id`, which leads no index"),
    ],
)
def test_columns_that_only_some_queries_compare(first: str, second: str, by: str) -> None:
    files = {
        "ddl/t.sql": ORDERS,
        "api/a.sql": f"select note from orders where {first};",
        "api/b.sql": f"select id from orders where {second};",
    }
    (found,) = run(MissingIndex(), files, reported="ddl/t.sql", dialect="postgres").diagnostics
    assert found.message == f"2 queries look rows of `orders` up by {by}"


DDL = "create table notes (id bigint primary key, ticket_no bigint, author_id bigint, body text);"
JOIN = "select n.body, {} from tickets as t join notes as n on n.ticket_no = t.no {};"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("where t.no = 7", True),
        ("where t.owner_id = 7", True),
        ("where t.status = 'open'", False),
        ("where t.opened_on > '2026-01-01'", False),
        ("", False),
        ("where t.no = 7 and n.id = 8", False),
        ("where t.no = 7 and n.body > 'x'", False),
    ],
)
def test_joins_to_chosen_rows(check, condition: str, found: bool) -> None:
    queries = {f"api__q{n}.sql": JOIN.format(n, condition) for n in range(2)}
    told = check(MissingIndex(), DDL, **queries)
    assert [one.message for one in told] == [
        "2 queries look rows of `notes` up by `ticket_no`, which leads no index"
    ] * found


def test_a_column_that_is_compared_comes_before_one_that_is_joined_by(check) -> None:
    queries = {f"api__q{n}.sql": JOIN.format(n, "where t.no = 7 and n.author_id = 9") for n in range(2)}
    (told,) = check(MissingIndex(), DDL, **queries)
    assert "`author_id`" in told.message


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        ("alter table notes add foreign key (ticket_no) references tickets (no);", 0),
        ("create index on notes (ticket_no);", 0),
        ("create index on notes (body, ticket_no);", 1),
    ],
)
def test_what_serves_a_join_or_is_asked_for_already(check, beside: str, found: int) -> None:
    queries = {f"api__q{n}.sql": JOIN.format(n, "where t.no = 7") for n in range(2)}
    assert len(check(MissingIndex(), DDL + beside, **queries)) == found


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("", 1),
        (" with (data_compression = page)", 1),
        (" with (distribution = round_robin, heap)", 0),
        (" with (clustered columnstore index)", 0),
        (" as select id, shop_id from raw.orders", 0),
    ],
)
def test_a_table_of_synapse_is_one_of_a_warehouse(options: str, found: int) -> None:
    files = {"ddl/t.sql": f"create table orders (id int not null, shop_id int){options};"}
    files["ddl/s.sql"] = "create table shops (id int primary key);"
    files |= {f"api/{name}.sql": "select id from orders where shop_id = @shop;" for name in "abc"}
    assert len(run(MissingIndex(), files, reported="ddl/t.sql", dialect="tsql").diagnostics) == found
