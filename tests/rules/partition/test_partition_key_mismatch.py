"""What `partition-key-mismatch` proposes for the column that queries ask for."""

from __future__ import annotations

import pytest

from leaktight_rules.partition.partition_key_mismatch import PartitionKeyMismatch

BIGQUERY = "create table shop.e (id int64, user_id int64, on_day date, made date) partition by made;"
POSTGRES = "create table shop.e (id bigint, user_id bigint, on_day date, made date) partition by range (made);"


@pytest.mark.parametrize(
    ("dialect", "ddl", "condition", "title", "statement"),
    [
        (
            "bigquery", BIGQUERY, "user_id = 3", "partition or cluster it by `user_id`",
            "CREATE TABLE shop.e_by_user_id CLUSTER BY user_id AS SELECT * FROM shop.e",
        ),
        (
            "postgres", POSTGRES, "user_id = 3", "index it by `user_id`",
            "CREATE INDEX e_user_id_idx ON shop.e (user_id)",
        ),
        (
            "postgres", POSTGRES, "on_day > '2026-01-01'", "partition it by `on_day`",
            "CREATE TABLE shop.e_by_on_day (LIKE shop.e INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (on_day)",
        ),
    ],
)  # fmt: skip
def test_what_is_proposed(check, dialect: str, ddl: str, condition: str, title: str, statement: str) -> None:
    queries = {f"marts__q{number}.sql": f"select id from shop.e where {condition};" for number in range(3)}
    (found,) = check(PartitionKeyMismatch(), ddl, dialect=dialect, **queries)
    assert found.fix is not None
    assert (found.fix.title, found.fix.statements[0]) == (title, statement)


@pytest.mark.parametrize(("asked", "found"), [("on_day", 1), ("made", 0)])
def test_a_model_of_dbt_is_cut_by_its_config(check, asked: str, found: int) -> None:
    model = "{{ config(materialized='table', partition_by={'field': 'made', 'data_type': 'date'}) }}\n"
    queries = {
        f"models__q{n}.sql": f"select id, {n} as n from {{{{ ref('e') }}}} where {asked} = 'x'" for n in range(3)
    }
    files = {"dbt_project.yml": "name: shop\n", **queries}
    text = f"{model}select id, on_day, made from {{{{ source('shop', 'raw') }}}}"
    told = check(PartitionKeyMismatch(), text, path="models/e.sql", dialect="bigquery", **files)
    assert [one.fix.statements for one in told if one.fix is not None] == [()] * found
