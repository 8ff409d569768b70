"""Filters that stand further out, what they pass through, and tables that are cut in other ways than by partitions."""

from __future__ import annotations

import pytest

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Statistics, Table, TableName
from leaktight.diagnostics import Diagnostic
from leaktight.testing import run
from leaktight_rules.query.missing_partition_filter import MissingPartitionFilter
from leaktight_rules.query.unprunable_partition_filter import UnprunablePartitionFilter

BIGQUERY = """
create table shop.events (id int64, user_id int64, day date, payload string) partition by day;
create table shop.clicks (id int64, ts timestamp, url string) partition by date(ts);
create table shop.must (id int64, day date) partition by day options (require_partition_filter = true);
"""
POSTGRES = """
create table events (id bigint, created_at timestamptz, name varchar(20)) partition by range (created_at);
create table by_day (id bigint, ts timestamp, region text) partition by range (date(ts));
create table by_region (id bigint, region text, ts timestamp) partition by range (region, ts);
"""
CLICKHOUSE = """
create table hits (site UInt32, ts DateTime, url String) engine = MergeTree partition by toYYYYMM(ts) order by (site, ts);
"""
DDL = {"bigquery": BIGQUERY, "postgres": POSTGRES, "clickhouse": CLICKHOUSE}


def missing(sql: str, dialect: str, path: str = "jobs/report.sql") -> list[Diagnostic]:
    files = {"ddl/tables.sql": DDL[dialect], path: sql}
    return list(run(MissingPartitionFilter(), files, reported=path, dialect=dialect).diagnostics)


def unprunable(sql: str, dialect: str) -> list[tuple[str, str]]:
    files = {"ddl/tables.sql": DDL[dialect], "jobs/report.sql": sql}
    found = run(UnprunablePartitionFilter(), files, reported="jobs/report.sql", dialect=dialect).diagnostics
    return [(sql[slice(*item.location.span)], item.fix.title if item.fix else "") for item in found]


@pytest.mark.parametrize(
    ("inner", "outer", "blocker"),
    [
        ("select *, row_number() over (partition by id order by day) as n from shop.events", "n = 1 and day = @d", "a window function"),
        ("select * from shop.events qualify row_number() over (partition by id order by payload) = 1", "day = @d", "a window function"),
        ("select id, max(day) as day from shop.events group by id", "day >= @d", "an aggregate"),
        ("select * from shop.events order by id limit 100", "day = @d", "`LIMIT`"),
        ("select *, row_number() over (partition by id, day order by payload) as n from shop.events", "n = 1 and day = @d", None),
        ("select *, sum(id) over w as n from shop.events window w as (partition by id)", "day = @d", None),
        ("select id, day, count(payload) as n from shop.events group by id, day", "day = @d", None),
        ("select distinct id, day, payload from shop.events", "day = @d", None),
    ],
)  # fmt: skip
def test_what_a_filter_does_not_pass(inner: str, outer: str, blocker: str | None) -> None:
    found = missing(f"with e as ({inner}) select id from e where {outer}", "bigquery")
    assert [f"for the one further out is not pushed through {blocker}" in item.message for item in found] == [True] * (
        blocker is not None
    )


def test_a_filter_on_what_a_window_function_gives_is_none_on_the_column() -> None:
    inner = "select *, row_number() over (partition by day order by id) as n from shop.events"
    (found,) = missing(f"with e as ({inner}) select id from e where n = 1", "bigquery")
    assert "further out" not in found.message


def test_a_join_further_out_is_no_filter_that_is_held_up() -> None:
    inner = "select *, lag(payload) over (partition by id order by day) as before from shop.events"
    (found,) = missing(f"with e as ({inner}) select e.id from e left join days d on e.day = d.day", "bigquery")
    assert "further out" not in found.message


def test_a_column_that_the_star_leaves_out_does_not_pass() -> None:
    for star, count in (("* except (day)", 1), ("* except (user_id)", 0)):
        sql = f"with e as (select {star} from shop.events) select e.payload from e, days where day = @d"
        assert len(missing(sql, "bigquery")) == count


@pytest.mark.parametrize(
    ("config", "count"),
    [
        ("", 0),
        ("{{ config(materialized='view') }}", 0),
        ("{{ config(materialized='ephemeral') }}", 0),
        ("{{ config(materialized='table') }}", 0),
        ("{{ config(materialized='incremental') }}", 1),
        ("{{ config(materialized=how) }}", 0),
        ("{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day') }}", 0),
        ("{{ config(materialized='incremental', incremental_strategy='merge') }}", 1),
    ],
)
def test_a_model_that_is_stored_has_no_reader_who_filters(config: str, count: int) -> None:
    sql = config + "\nselect day, payload from shop.events join {{ ref('users') }} using (user_id)"
    assert len(missing(sql, "bigquery", "models/recent.sql")) == count


def test_an_incremental_model_may_filter_where_it_is_incremental() -> None:
    sql = """{{ config(materialized='incremental') }}
    select day, payload from shop.events join {{ ref('users') }} using (user_id)
    {% if is_incremental() %} where day > '{{ var("since") }}' {% endif %}"""
    assert missing(sql, "bigquery", "models/recent.sql") == []


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("select event_name from `p.analytics_1.events_*`", 1),
        ("select event_name from `p.analytics_1.events_*` where event_date = '20240105'", 1),
        ("select event_name from `p.analytics_1.events_*` where _table_suffix between '20240101' and '20240131'", 0),
        ("select event_name from `p.analytics_1.events_2024*`", 0),
        ("select title from `bigquery-public-data.stackoverflow.posts_*`", 0),
        ("select event_name from `p.analytics_1.events_*` {{ where }}", 0),
    ],
)
def test_tables_behind_a_wildcard(sql: str, count: int) -> None:
    assert len(missing(sql, "bigquery")) == count


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("select url from hits where url = 'x'", 1),
        ("select url from hits where site = 7", 0),
        ("select url from hits where site in (7, 8) and url = 'x'", 0),
        ("create materialized view v to urls as select site, count() from hits group by site", 0),
        ("create materialized view v to urls as select u.url from urls u join hits h on u.url = h.url", 1),
        ("create materialized view v refresh every 1 day to urls as select site, count() from hits group by site", 1),
    ],
)
def test_clickhouse_has_an_index_in_each_partition_and_feeds_its_views(sql: str, count: int) -> None:
    assert len(missing(sql, "clickhouse")) == count


SORTED = {
    "snowflake": "create table facts (id int, ts timestamp, note varchar) cluster by (ts);",
    "redshift": "create table facts (id int, ts timestamp, note varchar) sortkey(ts);",
    "databricks": "create table facts (id int, ts timestamp, note string) cluster by (ts);",
    "clickhouse": "create table facts (id Int32, ts DateTime, note String) engine = MergeTree order by ts;",
    "postgres": "create table facts (id int, ts timestamp, note text);",
}


def about(table: str, **figures: int) -> dict[str, tuple[Declaration, ...]]:
    statistics = Statistics(**figures)  # type: ignore[arg-type]
    name = TableName(tuple(table.split(".")))
    return {
        "declared": (Declaration(Table(name, statistics=statistics, complete=False), Origin.CONFIGURATION),),
    }


@pytest.mark.parametrize("dialect", SORTED)
def test_sorted_tables_are_spoken_of_when_they_are_large(dialect: str) -> None:
    def count(sql: str, *, strict: bool = False, **figures: int) -> int:
        files = {"ddl/facts.sql": SORTED[dialect], "jobs/a.sql": sql}
        told = about("facts", **figures) if figures else {}
        rule = MissingPartitionFilter(strict=strict)
        return len(run(rule, files, reported="jobs/a.sql", dialect=dialect, **told).diagnostics)

    fires = int(dialect != "postgres")
    everything, some = "select note from facts where note = 'x'", "select note from facts where ts > '2024-01-05'"
    assert count(everything) == 0
    assert count(everything, bytes=50_000_000_000) == fires
    assert count(everything, rows=200_000_000) == fires
    assert count(everything, bytes=5_000_000) == 0
    assert count(everything, strict=True) == fires
    assert count(some, bytes=50_000_000_000) == 0


def test_functions_on_a_sort_key() -> None:
    files = {
        "ddl/facts.sql": SORTED["redshift"],
        "jobs/a.sql": "select note from facts where to_char(ts, 'YYYY') = '2024'",
    }
    told = about("facts", bytes=50_000_000_000)
    rule = UnprunablePartitionFilter()
    (found,) = run(rule, files, reported="jobs/a.sql", dialect="redshift", **told).diagnostics
    assert found.message.startswith("blocks are not pruned by `to_char(ts, 'YYYY')`: Redshift skips blocks by the bare")
    assert run(rule, files, reported="jobs/a.sql", dialect="redshift").diagnostics == ()


@pytest.mark.parametrize(
    ("sql", "figures", "words", "avoidable"),
    [
        ("select * from shop.events", {"bytes": 736_000_000_000, "partitions": 365}, "reads 365 of 365 partitions, about 736 GB instead of 2 GB for one", 733_983_561_644),
        ("select payload from shop.events", {"bytes": 736_000_000_000, "partitions": 365}, "365 partitions, up to 736 GB instead of 2 GB", 733_983_561_644),
        ("select * from shop.events", {"bytes": 736_000_000_000}, "reads about 736 GB", None),
        ("select * from shop.events", {"partitions": 365}, "reads 365 of 365 partitions", None),
        ("select * from shop.events", {"rows": 2_000_000}, "reads about 2,000,000 rows", None),
        ("select * from shop.events", {}, "every partition is scanned", None),
        ("select * from shop.must", {"rows": 5}, "BigQuery refuses to read it without one", None),
    ],
)  # fmt: skip
def test_cost_in_units(sql: str, figures: dict[str, int], words: str, avoidable: int | None) -> None:
    files = {"ddl/tables.sql": BIGQUERY, "jobs/a.sql": sql}
    told = about(sql.rpartition(" ")[2], **figures)
    (found,) = run(MissingPartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery", **told).diagnostics
    assert found.message.endswith(words) or f"{words} " in found.message
    assert found.cost is not None
    assert (found.cost.engine, found.cost.avoidable) == ("bigquery", avoidable)


@pytest.mark.parametrize("figures", [{"bytes": 5_000_000}, {"rows": 500}, {"bytes": 10**12, "partitions": 1}])
def test_small_tables_are_let_be(figures: dict[str, int]) -> None:
    files = {"ddl/tables.sql": BIGQUERY, "jobs/a.sql": "select * from shop.events where extract(month from day) = 3"}
    told = about("shop.events", **figures)
    for rule in (MissingPartitionFilter(), UnprunablePartitionFilter()):
        assert run(rule, files, reported="jobs/a.sql", dialect="bigquery", **told).diagnostics == ()


@pytest.mark.parametrize(
    ("condition", "words", "avoidable"),
    [
        ("day = (select max(day) from days)", "it reads 100 of 100 partitions, up to 500 GB instead of 5 GB for one", 495 * 10**9),
        ("day >= (select max(day) from days)", "it reads 100 of 100 partitions, up to 500 GB", None),
        ("extract(month from day) = 3", "it reads 100 of 100 partitions, up to 500 GB", None),
        ("format_date('%Y', day) = '2024'", "it reads 100 of 100 partitions, up to 500 GB", 0),
        ("format_date('%Y-%m', day) = '2024-02'", "it reads 100 of 100 partitions, up to 500 GB instead of 145 GB", 355 * 10**9),
        ("format_date('%Y-%m', day) >= '2024-02'", "it reads 100 of 100 partitions, up to 500 GB", None),
    ],
)  # fmt: skip
def test_cost_of_a_filter_that_does_not_prune(condition: str, words: str, avoidable: int | None) -> None:
    files = {"ddl/tables.sql": BIGQUERY, "jobs/a.sql": f"select payload from shop.events where {condition}"}
    told = about("shop.events", bytes=500_000_000_000, partitions=100)
    (found,) = run(UnprunablePartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery", **told).diagnostics
    assert found.message.endswith(words)
    assert found.cost is not None
    assert found.cost.avoidable == avoidable


@pytest.mark.parametrize(
    ("dialect", "sql", "place"),
    [
        ("postgres", "with e as (select * from events) select id from e where date(created_at) = '2024-01-05'", "date(created_at)"),
        ("postgres", "with e as (select id, created_at as at from events) select id from e where date(at) = '2024-01-05'", "date(at)"),
        ("postgres", "select id from (select id, date(created_at) as day from events) e where day = '2024-01-05'", "day"),
        ("postgres", "with e as (select * from events), f as (select id, created_at::date d from e) select id from f where d > '2024-01-05'", "d"),
        ("bigquery", "with e as (select id, extract(month from day) as m from shop.events) select id from e where m = 3", "m"),
        ("bigquery", "with e as (select id, day as d from shop.events) select id from e where d = (select max(day) from days)", "(select max(day) from days)"),
        ("bigquery", "select event_name from `p.a.events_*` where _table_suffix = (select max(day) from days)", "(select max(day) from days)"),
        ("postgres", "select id from by_day where ts >= '2024-01-05'", "ts"),
        ("postgres", "select id from by_region where ts >= '2024-01-05'", "ts"),
        ("postgres", "select id from events where created_at > clock_timestamp() - interval '1 day'", "created_at"),
        ("postgres", "select id from events where created_at::timestamp > '2024-01-05'", "created_at::timestamp"),
    ],
)  # fmt: skip
def test_filters_that_reach_the_column_and_do_not_prune(dialect: str, sql: str, place: str) -> None:
    assert [span for span, _ in unprunable(sql, dialect)] == [place]


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "with e as (select * from events) select id from e where created_at = '2024-01-05'"),
        ("postgres", "with e as (select * from events) select id from e where date(created_at) = '2024-01-05' and created_at > '2024-01-01'"),
        ("postgres", "with e as (select * from events where created_at > '2024-01-01') select id from e where date(created_at) = '2024-01-05'"),
        ("postgres", "with e as (select * from events) select id from e where date(created_at) = '2024-01-05' union all select id from e"),
        ("postgres", "with e as (select id, date(created_at) as day from events) select id from e {{ where }} and day = '2024-01-05'"),
        ("bigquery", "with e as (select id, date(ts) as day from shop.clicks) select id from e where day = '2024-01-05'"),
        ("bigquery", "with e as (select id, ts as at from shop.clicks) select id from e where date(at) = '2024-01-05'"),
        ("bigquery", "select event_name from `p.a.events_*` where parse_date('%Y%m%d', _table_suffix) > '2024-01-05'"),
        ("postgres", "select id from by_day where date(ts) >= '2024-01-05'"),
        ("postgres", "select id from by_region where region = 'eu' and ts >= '2024-01-05'"),
        ("postgres", "select id from events where created_at > now() - interval '1 day'"),
        ("postgres", "select id from events where created_at::timestamptz > '2024-01-05'"),
        ("postgres", "select id from events where created_at::timestamp with time zone > '2024-01-05'"),
    ],
)  # fmt: skip
def test_filters_that_reach_the_column_and_prune(dialect: str, sql: str) -> None:
    assert unprunable(sql, dialect) == []


VIEWS = """
create view shop.recent as select id, day as on_day, payload from shop.events;
create view shop.daily as with c as (select id, url, date(ts) as day from shop.clicks) select * from c;
create view shop.parts as select id, extract(month from day) as month, payload from shop.events;
create view shop.over as select id, on_day as d, payload from shop.recent;
create view shop.closed as select id, day, payload from shop.events where day > '2024-01-01';
create view shop.latest as select * from shop.events qualify row_number() over (partition by id order by day) = 1;
create view shop.named (a, b, c, d) as select * from shop.events;
create view shop.twice as select id, day from shop.events;
create or replace view shop.twice as select id, day, payload from shop.events;
"""


def through_view(rule: MissingPartitionFilter | UnprunablePartitionFilter, sql: str) -> list[str]:
    files = {"ddl/tables.sql": BIGQUERY, "ddl/views.sql": VIEWS, "jobs/a.sql": sql}
    return [item.message for item in run(rule, files, reported="jobs/a.sql", dialect="bigquery").diagnostics]


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("select payload from shop.recent", "on_day"),
        ("select payload from shop.recent where on_day = '2024-01-05'", None),
        ("select r.payload from shop.recent r where r.id = 7", "on_day"),
        ("select url from shop.daily where id = 7", "day"),
        ("select url from shop.daily where day = '2024-01-05'", None),
        ("select payload from shop.over", "d"),
        ("select payload from shop.over where d = '2024-01-05'", None),
        ("select payload from shop.closed", None),
        ("select payload from shop.latest", None),
        ("select c from shop.named", None),
        ("select payload from shop.twice", None),
    ],
)
def test_a_view_is_read_without_a_filter_that_reaches_within(sql: str, column: str | None) -> None:
    found = through_view(MissingPartitionFilter(), sql)
    assert len(found) == (column is not None)
    if column is not None:
        assert "the view `" in found[0]
        assert f"is read without a filter on its partition column `{column}`" in found[0]


def test_views_that_read_one_another() -> None:
    count = 40
    views = [
        f"create view shop.v{n} as select * from {', '.join(f'shop.v{other}' for other in range(count) if other != n)};"
        for n in range(count)
    ]
    files = {"ddl/tables.sql": BIGQUERY, "ddl/views.sql": "\n".join(views), "jobs/a.sql": "select id from shop.v1"}
    assert run(MissingPartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery").diagnostics == ()
    files["ddl/views.sql"] += "create view shop.w as select id, day from shop.events;"
    files["jobs/a.sql"] = "select id from shop.w"
    assert len(run(MissingPartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery").diagnostics) == 1


def test_the_view_and_what_it_reads_are_both_shown() -> None:
    files = {"ddl/tables.sql": BIGQUERY, "ddl/views.sql": VIEWS, "jobs/a.sql": "select payload from shop.recent"}
    (found,) = run(MissingPartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery").diagnostics
    assert [(item.location.label, item.message) for item in found.related] == [
        ("ddl/tables.sql:2", "`shop.events` is partitioned by `day`"),
        ("ddl/views.sql:2", "the view reads `shop.events`"),
    ]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("shop.parts where month = 3", 1),
        ("shop.daily where day = '2024-01-05'", 0),
        ("shop.daily where format_date('%Y', day) = '2024'", 1),
        ("shop.recent where on_day >= (select max(day) from days)", 1),
        ("shop.recent where on_day >= '2024-01-05'", 0),
    ],
)
def test_a_filter_on_a_view_that_does_not_prune(condition: str, count: int) -> None:
    assert len(through_view(UnprunablePartitionFilter(), f"select id from {condition}")) == count


@pytest.mark.parametrize(
    ("config", "count"),
    [
        ("{{ config(materialized='view') }}", 1),
        ("{{ config(materialized='ephemeral') }}", 1),
        ("{{ config(materialized='table') }}", 0),
        ("{{ config(materialized='incremental') }}", 0),
        ("", 0),
    ],
)
def test_a_filter_on_a_model_reaches_what_it_reads_where_it_is_a_view(config: str, count: int) -> None:
    model = f"{config}\nwith source as (select * from {{{{ source('shop', 'events') }}}})\nselect id, day as on_day from source"
    files = {
        "ddl/tables.sql": BIGQUERY,
        "dbt/models/staging/stg_events.sql": model,
        "dbt/models/report.sql": "{{ config(materialized='incremental') }}\nselect id from {{ ref('stg_events') }} where id = 7",
        "dbt/models/day.sql": "{{ config(materialized='incremental') }}\nselect id from {{ ref('stg_events') }} where on_day = '2024-01-05'",
    }
    for path, wanted in (("dbt/models/report.sql", count), ("dbt/models/day.sql", 0)):
        assert len(run(MissingPartitionFilter(), files, reported=path, dialect="bigquery").diagnostics) == wanted


def test_a_star_that_renames_the_column() -> None:
    files = {
        "ddl/t.sql": SORTED["snowflake"],
        "jobs/a.sql": "with e as (select * rename (ts as at) from facts) select id from e where at > '2024-01-05'",
    }
    rule = MissingPartitionFilter(strict=True)
    assert run(rule, files, reported="jobs/a.sql", dialect="snowflake").diagnostics == ()
    files["jobs/a.sql"] = files["jobs/a.sql"].replace("where at", "where id")
    assert len(run(rule, files, reported="jobs/a.sql", dialect="snowflake").diagnostics) == 1
