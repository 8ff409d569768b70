"""Doubtful cases of `shadowed-column`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.numbers.shadowed_column import ShadowedColumn

DDL = "create table visits (visit_id int primary key, at timestamp, day date, country text, pages int);"


def found(sql: str, dialect: str = "postgres") -> list[str]:
    report = run(ShadowedColumn(), {"ddl/t.sql": DDL, "jobs/a.sql": sql}, reported="jobs/a.sql", dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select date_trunc('day', at) as at, count(*) from visits group by at", "postgres"),
        ("select at::date as at, count(*) from visits group by at", "postgres"),
        ("select cast(at as date) as at, count(*) from x group by at", "snowflake"),
        ("select lower(country) as country, sum(pages) from x group by country", "mysql"),
        ("select case when country in ('DE', 'FR') then 'EU' else country end as country, count(*) from x group by country", "postgres"),
        ("select case when country = 'UK' then 'GB' else country end as country, count(*) from x group by country", "postgres"),
        ("select case when pages = 0 then '' when pages = 1 then '' else cast(pages as text) end as pages, count(*) from x group by pages", "tsql"),
        ("select case when pages > 9 then null else pages end as pages, count(*) from x group by pages", "postgres"),
        ("select at::date as day, count(*) from visits group by day", "postgres"),
        ("select at::date as at, sum(pages) over (partition by at) from x", "bigquery"),
        ("with v as (select at, day from visits) select at::date as day, count(*) from v group by day", "postgres"),
    ],
)  # fmt: skip
def test_an_alias_that_groups_otherwise_than_the_column(sql: str, dialect: str) -> None:
    assert len(found(sql, dialect)) == 1


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select date_trunc('day', at) as opened, count(*) from visits group by opened", "postgres"),
        ("select date_trunc('day', at) as at, count(*) from visits group by date_trunc('day', at)", "postgres"),
        ("select date(at) as at, count(*) from visits group by at", "bigquery"),
        ("select toDate(at) as at, count(*) from visits group by at", "clickhouse"),
        ("select toDate(at) as at, sum(pages) over (partition by at) from x", "clickhouse"),
        ("select coalesce(country, '?') as country, count(*) from visits group by country", "postgres"),
        ("select trim(country) as country, count(*) from visits group by country", "postgres"),
        ("select max(pages) as pages, country from visits group by country, pages", "postgres"),
        ("select case when country is null then max(country) over (partition by at) else country end as country, sum(pages) over (partition by country) from x", "snowflake"),
        ("select at::date as day, count(*) from elsewhere group by day", "postgres"),
        ("select x.at::date as at, count(*) from x group by x.at", "postgres"),
        ("select case when pages = 0 then cast('' as varchar(9)) else cast(pages as varchar(9)) end as pages, count(*) from x group by pages", "tsql"),
        ("select case when country is null then 'none' else country end as country, count(*) from x group by country", "postgres"),
        ("select if(pages = 0, null, pages) as pages, count(*) from x group by pages", "mysql"),
        ("select null as country, count(*) from visits group by country", "postgres"),
    ],
)  # fmt: skip
def test_an_alias_that_groups_alike_or_is_taken(sql: str, dialect: str) -> None:
    assert found(sql, dialect) == []
