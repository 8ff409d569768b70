"""What `missing-partition-filter` asks of a dbt model that is a view: whether its readers can filter."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.query.missing_partition_filter import MissingPartitionFilter

EVENTS = "create table shop.events (id int64, user_id int64, day date) partition by day;"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("select user_id, count(*) as n from {} group by user_id", 1),
        ("select user_id from {}", 1),
        ("select user_id, day from {}", 0),
        ("select day, count(id) as n from {} group by day", 0),
        ("select user_id from {} where day > '2026-01-01'", 0),
    ],
)
@pytest.mark.parametrize("table", ["shop.events", "{{ source('shop', 'events') }}"])
@pytest.mark.parametrize(
    ("project", "config"),
    [("name: shop\n", "{{ config(materialized='view') }}\n"), ("name: shop\nmodels: {+materialized: view}\n", "")],
)
def test_a_view_of_dbt(query: str, found: int, table: str, project: str, config: str) -> None:
    files = {"ddl/t.sql": EVENTS, "dbt_project.yml": project, "models/m.sql": config + query.format(table)}
    told = run(MissingPartitionFilter(), files, reported="models/m.sql", dialect="bigquery").diagnostics
    assert len(told) == found


OVERWRITTEN = "name: shop\nmodels: {+materialized: incremental, +incremental_strategy: insert_overwrite}\n"


@pytest.mark.parametrize(
    ("config", "found", "project"),
    [
        ("materialized='incremental', incremental_strategy='insert_overwrite'", 0, "name: shop\n"),
        (
            "materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['day']",
            1,
            "name: shop\n",
        ),
        ("materialized='incremental', incremental_strategy='append'", 1, "name: shop\n"),
        ("tags=['daily']", 0, OVERWRITTEN),
        ("partition_by=['day']", 1, OVERWRITTEN),
    ],
)
def test_a_model_that_is_overwritten_whole_is_made_anew(config: str, found: int, project: str) -> None:
    model = f"{{{{ config({config}) }}}}\nselect user_id, count(*) as n from shop.events group by user_id"
    ddl = "create table shop.events (id bigint, user_id bigint, day date) using delta partitioned by (day);"
    files = {"ddl/t.sql": ddl, "dbt_project.yml": project, "models/m.sql": model}
    told = run(MissingPartitionFilter(), files, reported="models/m.sql", dialect="databricks").diagnostics
    assert len(told) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("select user_id from shop.events {where} order by id limit %(limit)s offset %(offset)s", 0),
        ("select user_id from shop.events {where} limit %(limit)s", 0),
        ("select user_id from shop.events order by id limit %(limit)s offset %(offset)s", 1),
    ],
)
def test_a_clause_that_the_program_writes_before_a_limit_of_its_own(query: str, found: int) -> None:
    ddl = "create table shop.events (id bigint, user_id bigint, day date) partition by range (day);"
    code = f'def page(cur, where, params):\n    cur.execute(f"{query}", params)\n'
    told = run(
        MissingPartitionFilter(), {"ddl.sql": ddl, "a.py": code}, reported="a.py", dialect="postgres"
    ).diagnostics
    assert len(told) == found


@pytest.mark.parametrize(
    ("window", "found"),
    [
        ("order by day rows between unbounded preceding and current row", 0),
        ("order by day rows between 7 preceding and current row", 1),
        ("order by user_id rows between unbounded preceding and current row", 1),
        ("partition by user_id", 1),
    ],
)
def test_a_sum_that_runs_from_the_first_partition_on(window: str, found: int) -> None:
    files = {"ddl/t.sql": EVENTS, "jobs/a.sql": f"select id, count(*) over ({window}) as nth from shop.events"}
    report = run(MissingPartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery")
    assert len(report.diagnostics) == found


def test_a_temporary_table_is_read_whole() -> None:
    sql = "create temp table picked partition by day as select id, day from shop.events where day = '2026-01-05';\n"
    sql += "insert into shop.kept (id) select id from picked"
    report = run(
        MissingPartitionFilter(), {"ddl/t.sql": EVENTS, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect="bigquery"
    )
    assert report.diagnostics == ()
