"""Doubtful cases of `missing-partition-filter` and `unprunable-partition-filter`."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.query.missing_partition_filter import MissingPartitionFilter
from leaktight_rules.query.unprunable_partition_filter import UnprunablePartitionFilter

BIGQUERY = """
create table shop.events (id int64, user_id int64, day date, payload string) partition by day;
create table shop.clicks (id int64, ts timestamp, url string) partition by date(ts);
create table shop.loads (x int64, note string) partition by range_bucket(x, generate_array(0, 100, 1));
create table shop.raw (payload string) partition by _partitiondate;
"""
POSTGRES = """
create table events (id bigint, user_id bigint, created_at timestamptz, name text) partition by range (created_at);
create table hashed (id bigint, name text) partition by hash (id);
create index by_user on events (user_id);
"""


def missing(sql: str, dialect: str, path: str = "jobs/report.sql") -> list[str]:
    ddl = BIGQUERY if dialect == "bigquery" else POSTGRES
    report = run(MissingPartitionFilter(), {"ddl/tables.sql": ddl, path: sql}, reported=path, dialect=dialect)
    return [sql[slice(*diagnostic.location.span)] for diagnostic in report.diagnostics]


def unprunable(sql: str, dialect: str, ddl: str) -> list[tuple[str, str]]:
    files = {"ddl/tables.sql": ddl, "jobs/report.sql": sql}
    report = run(UnprunablePartitionFilter(), files, reported="jobs/report.sql", dialect=dialect)
    return [
        (sql[slice(*item.location.span)], item.fix.title if item.fix is not None else "") for item in report.diagnostics
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select id from shop.events where day = '2024-01-05'",
        "select id from shop.events where payload = 'x' and day between '2024-01-01' and current_date()",
        "select id from shop.events where day in ('2024-01-05', '2024-01-06')",
        "select id from shop.events where day is null",
        "select id from shop.events where (day = '2024-01-05' or day = '2024-01-06')",
        "select id from shop.events where @day = day",
        "select id from shop.events e where date_trunc(e.day, month) = '2024-01-01'",
        "select payload from shop.raw where _partitiontime >= timestamp '2024-01-01'",
        "select payload from shop.raw where _PARTITIONDATE = '2024-01-01'",
        "select note from shop.loads where x = 3",
        "with e as (select * from shop.events) select id from e where day = '2024-01-05'",
        "with e as (select * from shop.events), f as (select id, day as d from e) select id from f where d > '2024-01-05'",
        "select id from (select id, day from shop.events union all select id, date(ts) from shop.clicks) u where u.day = '2024-01-05'",
        "with e as (select date(ts) as day, url from shop.clicks) select url from e where day = '2024-01-05'",
        "select count(1) from shop.events",
        "select distinct day from shop.events",
        "select payload from shop.events limit 0",
        "create or replace view shop.v as select day, payload from shop.events",
        "with unread as (select payload from shop.events) select 1 as one",
        "select payload from shop.events where day = (select max(day) from days)",
        "merge shop.events t using staged s on t.id = s.id and t.day = s.day when matched then update set payload = s.payload",
        "delete from shop.events where day < '2020-01-01'",
        "delete from shop.events where true and day = '2024-01-01'",
        "select e.payload from shop.events e join days d using (day) where d.open",
        "select e.payload from shop.events e join shop.clicks c on e.day = date(c.ts) where c.ts > '2024-01-01'",
        "select payload from shop.events where exists (select 1 from days d where d.day = events.day)",
        "select payload from {{ ref('events') }} where {{ incremental_filter() }}",
        "select payload from shop.events {{ where }}",
        "select id from shop.events where not day < '2024-01-05'",
        "select id from shop.events where not (day < '2024-01-05' or id = 3)",
        "select id from shop.events where not (day not in ('2024-01-05'))",
        "select id from shop.events where (day = '2024-01-05' and id = 3) or day > '2024-02-01'",
        "select id from shop.events where (id = 3 or day > '2024-01-05') and day < '2024-02-01'",
        "select id from shop.events where (@day is null or day = @day)",
        "select id from shop.events where ({{ all }} = 1 or day = '2024-01-05')",
        "with e as (select * from shop.events) select id from e where not day < '2024-01-05'",
        "merge shop.events t using s on false when not matched then insert (id) values (s.id) when not matched by source and t.day = '2024-01-05' then delete",
        "merge shop.events t using s on false when not matched then insert (id) values (s.id)",
        "merge shop.events t using s on t.id = s.id when matched and t.day = @d then delete when not matched by source and t.day = @d then delete",
        "merge shop.events t using s on t.id = s.id when matched and t.day = s.day then update set payload = 'x'",
        "select payload from shop.events {# by day #}{% if day %} where day = '{{ day }}' {% endif %}",
        "select payload from shop.events {%- for one in filters %} where {{ one }} {% endfor %}",
        "select payload from shop.events {% call filtered() %}{% endcall %}",
        "select payload from shop.events where id = 3 {% if day %} and day = '{{ day }}' {% endif %}",
        "insert into shop.events (id, day) select id, day from other",
        "select payload from shop.`events$20240105`",
        "select payload from elsewhere.events_archive",
    ],
)
def test_filtered_on_bigquery(sql: str) -> None:
    assert missing(sql, "bigquery") == []


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("select payload from shop.events", ["shop.events"]),
        ("select * from shop.events e where id = 3", ["shop.events"]),
        ("select payload from shop.events where day is not null", ["shop.events"]),
        ("select payload from shop.events where day <> '2024-01-05'", ["shop.events"]),
        ("select payload from shop.events qualify row_number() over (partition by id order by day desc) = 1", ["shop.events"]),
        ("select id, max(payload) from shop.events group by id having max(day) > '2024-01-05'", ["shop.events"]),
        ("with e as (select id, payload from shop.events) select id from e where id > 3", ["shop.events"]),
        ("select payload from shop.events where payload in (select url from shop.clicks where ts > '2024-01-05')", ["shop.events"]),
        ("select id from shop.events where day = '2024-01-05' union all select id from shop.events", ["shop.events"]),
        ("create table shop.copy as select * from shop.events", ["shop.events"]),
        ("insert into shop.other (id, payload) select id, payload from shop.events", ["shop.events"]),
        ("merge shop.events t using staged s on t.id = s.id when matched then update set payload = s.payload", ["shop.events"]),
        ("delete from shop.events where id = 3", ["shop.events"]),
        ("create view shop.v as select payload from shop.events", ["shop.events"]),
        ("select a.payload, b.payload from shop.events a join shop.events b on a.day = b.day", ["shop.events"] * 2),
        ("select a.payload from shop.events a join shop.events b on a.id = b.id where a.day = '2024-01-05'", ["shop.events"]),
        ("select payload from shop.raw where payload like '%x%'", ["shop.raw"]),
        ("select note from shop.loads where note = 'x'", ["shop.loads"]),
        ("select payload from shop.events where id = {{ id }}", ["shop.events"]),
        ("select id from shop.events where day = @d or id = 3", ["shop.events"]),
        ("select id from shop.events where day = '{{ ds }}' or id = {{ id }}", ["shop.events"]),
        ("select id from shop.events where (1 = 1 or day = @d)", ["shop.events"]),
        ("select id from shop.events where not (day < '2024-01-05' and id = 3)", ["shop.events"]),
        ("select id from shop.events where not day between '2024-01-05' and '2024-01-06'", ["shop.events"]),
        ("select id from shop.events where day not in ('2024-01-05')", ["shop.events"]),
        ("with e as (select * from shop.events) select id from e where day > '2024-01-05' or id = 3", ["shop.events"]),
        ("select e.id from shop.events e join days d on e.day = d.day or e.id = d.id", ["shop.events"]),
        ("merge shop.events t using s on false when not matched by source then delete", ["shop.events"]),
        ("merge shop.events t using s on t.id = s.id when not matched then insert (id) values (s.id)", ["shop.events"]),
        ("merge shop.events t using s on t.id = s.id when matched and t.day = @d then delete when not matched by source then delete", ["shop.events"]),
        ("merge shop.events t using s on t.id = s.id when matched and (t.day = @d or s.id = 3) then delete", ["shop.events"]),
        ("merge shop.copy t using (select * from shop.events) s on t.id = s.id when matched and t.day = @d then delete", ["shop.events"]),
        ("select payload from shop.events {# performance matters where it is used #}", ["shop.events"]),
        ("select payload from shop.events {% set performance = 1 %}", ["shop.events"]),
    ],
)  # fmt: skip
def test_unfiltered_on_bigquery(sql: str, wanted: list[str]) -> None:
    assert missing(sql, "bigquery") == wanted


def test_postgres_looks_at_indexes_and_leaves_hashing_alone() -> None:
    assert missing("select name from events where user_id = 7", "postgres") == []
    assert missing("select name from events where user_id > 7", "postgres") == ["events"]
    assert missing("select name from hashed where name = 'x'", "postgres") == []
    assert missing("select name from events where name = 'x'", "postgres", "tests/events.sql") == []


def test_the_branch_without_a_bound_is_spoken_of() -> None:
    files = {"ddl/tables.sql": BIGQUERY, "jobs/a.sql": "select payload from shop.events where day = @d or id = 3"}
    (diagnostic,) = run(MissingPartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery").diagnostics
    assert diagnostic.fix is not None
    assert diagnostic.fix.title == "bound `day` in each branch of the `OR`"


def test_the_evidence_is_named() -> None:
    files = {"ddl/tables.sql": BIGQUERY, "jobs/a.sql": "select payload from shop.events"}
    report = run(MissingPartitionFilter(), files, reported="jobs/a.sql", dialect="bigquery")
    (related,) = report.diagnostics[0].related
    assert related.location.label == "ddl/tables.sql:2"
    assert related.message == "`shop.events` is partitioned by `day`"


RANGE = "create table e (id int, ts timestamptz, n int) partition by range (ts);"


@pytest.mark.parametrize(
    ("sql", "place", "help_"),
    [
        ("select id from e where date(ts) = '2024-02-29'", "date(ts)", "`ts >= '2024-02-29' and ts < '2024-03-01'`"),
        ("select id from e where e.ts::date = '2024-12-31'", "e.ts::date", "`e.ts >= '2024-12-31' and e.ts < '2025-01-01'`"),
        ("select id from e where cast(ts as date) >= '2024-01-05'", "cast(ts as date)", "`ts >= '2024-01-05'`"),
        ("select id from e where date(ts) <= date '2024-01-05'", "date(ts)", "`ts < '2024-01-06'`"),
        ("select id from e where '2024-01-05' <= date(ts)", "date(ts)", "`ts >= '2024-01-05'`"),
        ("select id from e where date(ts) between '2024-01-01' and '2024-01-31'", "date(ts)", "`ts >= '2024-01-01' and ts < '2024-02-01'`"),
        ("select id from e where extract(year from ts) = 2024", "extract(year from ts)", "`ts >= '2024-01-01' and ts < '2025-01-01'`"),
        ("select id from e where date_trunc('month', ts) = '2024-12-01'", "date_trunc('month', ts)", "`ts >= '2024-12-01' and ts < '2025-01-01'`"),
        ("select id from e where to_char(ts, 'YYYY-MM') = '2024-02'", "to_char(ts, 'YYYY-MM')", "`ts >= '2024-02-01' and ts < '2024-03-01'`"),
        ("select id from e where date(ts) = %s", "date(ts)", "compare `ts` itself"),
        ("select id from e where date(ts) in ('2024-01-05', '2024-01-09')", "date(ts)", "compare `ts` itself"),
        ("select id from e where date(ts) = '9999-12-31'", "date(ts)", "compare `ts` itself"),
        ("select id from e where ts - interval '1 day' < now()", "ts - interval '1 day'", "move the arithmetic"),
        ("select id from e where date_trunc('month', ts) > '2024-12-01'", "date_trunc('month', ts)", "`ts >= '2025-01-01'`"),
        ("select id from e where date_trunc('year', ts) = '2024-01-01'", "date_trunc('year', ts)", "`ts >= '2024-01-01' and ts < '2025-01-01'`"),
        ("select id from e where date_trunc('month', ts) <= '2024-01-15'", "date_trunc('month', ts)", "compare `ts` itself with the first value"),
        ("select id from e where date_trunc('day', ts, 'Asia/Tokyo') = '2024-01-15'", "date_trunc('day', ts, 'Asia/Tokyo')", "compare `ts` itself with the first value"),
        ("select id from e where to_char(ts, 'MM-DD') = '2024-02'", "to_char(ts, 'MM-DD')", "compare `ts` itself with the first value"),
        ("select id from e where to_char(ts, 'YYYY-MM') >= '2024'", "to_char(ts, 'YYYY-MM')", "compare `ts` itself with the first value"),
        ("select id from e where ts::text = '2024'", "ts::text", "compare `ts` itself with the first value"),
        ("select id from e where date(n) = '2024-01-05'", "date(n)", "compare `n` itself with the first value"),
        ("select id from e where '2024-01-05' between date(ts) and '2024-02-01'", "date(ts)", "compare `ts` itself with the first value"),
        ("select id from e where date(ts) between '2024-02-01' and '2024-01-05'", "date(ts)", "compare `ts` itself with the first value"),
        ("select id from e where not date(ts) < '2024-01-05'", "date(ts)", "compare `ts` itself with the first value"),
        ("select id from e where date(ts) = '2024-01-05' and (ts > now() or n = 3)", "date(ts)", "`ts >= '2024-01-05'"),
        ("select id from e where ts at time zone 'utc' >= '2024-01-05'", "ts at time zone 'utc'", "convert what it is compared with"),
        ("select id from e where date(ts at time zone 'utc') = '2024-01-05'", "date(ts at time zone 'utc')", "convert what it is compared with"),
        ("select id from e where coalesce(ts, '2024-01-01') = '2024-01-01'", "coalesce(ts, '2024-01-01')", "`or ts is null`"),
    ],
)  # fmt: skip
def test_a_range_over_the_bare_column_is_offered(sql: str, place: str, help_: str) -> None:
    ((span, title),) = unprunable(sql, "postgres", RANGE.replace("(ts)", "(n)") if "date(n)" in sql else RANGE)
    assert span == place
    assert help_ in title


@pytest.mark.parametrize(
    ("operator", "mirrored", "range_"),
    [
        ("=", "=", "ts >= '2024-01-05' and ts < '2024-01-06'"),
        (">", "<", "ts >= '2024-01-06'"),
        (">=", "<=", "ts >= '2024-01-05'"),
        ("<", ">", "ts < '2024-01-05'"),
        ("<=", ">=", "ts < '2024-01-06'"),
    ],
)
def test_either_side_may_be_the_column(operator: str, mirrored: str, range_: str) -> None:
    title = f"compare the bare column: `{range_}`"
    for condition in (f"date(ts) {operator} '2024-01-05'", f"'2024-01-05' {mirrored} date(ts)"):
        assert unprunable(f"select id from e where {condition}", "postgres", RANGE) == [("date(ts)", title)]


@pytest.mark.parametrize(
    ("dialect", "ddl", "condition", "range_"),
    [
        ("mysql", "create table e (id int, ts datetime) partition by range (to_days(ts)) (partition p values less than (1))", "year(ts) >= 2024", "ts >= '2024-01-01'"),
        ("mysql", "create table e (id int, ts datetime) partition by range (to_days(ts)) (partition p values less than (1))", "date_format(ts, '%Y-%m') = '2024-12'", "ts >= '2024-12-01' and ts < '2025-01-01'"),
        ("bigquery", "create table e (id int64, ts date) partition by ts", "format_date('%Y', ts) = '2024'", "ts >= '2024-01-01' and ts < '2025-01-01'"),
        ("oracle", "create table e (id number, ts date) partition by range (ts) (partition p values less than (1))", "to_char(ts, 'YYYY') < '2024'", "ts < date '2024-01-01'"),
        ("tsql", "create table e (id int, ts datetime2) on by_month (ts)", "datepart(year, ts) = 2024", "ts >= '2024-01-01' and ts < '2025-01-01'"),
        ("bigquery", "create table e (ts int64) partition by range_bucket(ts, generate_array(0, 100, 1))", "abs(ts) = 2024", None),
        ("bigquery", "create table e (ts int64) partition by range_bucket(ts, generate_array(0, 100, 1))", "cast(ts as string) = '2024'", None),
        ("bigquery", "create table e (id int64, ts date) partition by ts", "last_day(ts, month) = '2024-01-31'", None),
        ("mysql", "create table e (id int, ts datetime) partition by range (to_days(ts)) (partition p values less than (1))", "month(ts) = 2024", None),
    ],
)  # fmt: skip
def test_ranges_of_the_dialects(dialect: str, ddl: str, condition: str, range_: str | None) -> None:
    ((_, title),) = unprunable(f"select id from e where {condition}", dialect, f"{ddl};")
    general = "compare `ts` itself with the first value and, exclusively, the one after the last"
    assert title == (f"compare the bare column: `{range_}`" if range_ is not None else general)


@pytest.mark.parametrize(
    ("dialect", "ddl", "sql"),
    [
        ("postgres", RANGE, "select id from e where ts >= (select max(ts) from loads)"),
        ("postgres", RANGE, "select id from e where ts > now() - interval '1 day' and date(ts) <> '2024-01-05'"),
        ("postgres", RANGE, "select id from e where date(ts) is not null"),
        ("postgres", RANGE, "select date(ts) from e"),
        ("postgres", "create table e (id int, ts timestamp) partition by range (date(ts));", "select id from e where date(ts) = '2024-01-05'"),
        ("bigquery", BIGQUERY, "select url from shop.clicks where date(ts) = '2024-01-05'"),
        ("bigquery", BIGQUERY, "select url from shop.clicks where cast(ts as date) = '2024-01-05'"),
        ("bigquery", BIGQUERY, "select payload from shop.events where day = date_sub(current_date(), interval 1 day)"),
        ("bigquery", BIGQUERY, "select payload from shop.events where day = (select date '2024-01-05')"),
        ("bigquery", BIGQUERY, "select payload from shop.events where day = (select max(day) from days) and day > '2024-01-05'"),
        ("bigquery", BIGQUERY, "select payload from shop.events {{ where }} and extract(month from day) = 3"),
        ("spark", "create table e (id int, dt string) using parquet partitioned by (dt);", "select id from e where substr(dt, 1, 4) = '2024'"),
        ("spark", "create table e (id int, ts timestamp) using iceberg partitioned by (days(ts));", "select id from e where cast(ts as date) = '2024-01-05'"),
        ("trino", "create table e (id int, dt varchar) with (partitioned_by = array['dt']);", "select id from e where substr(dt, 1, 4) = '2024'"),
        ("clickhouse", "create table e (id Int8, ts DateTime) engine = MergeTree partition by toYYYYMM(ts) order by id;", "select id from e where toDate(ts) = '2024-01-05'"),
        ("tsql", "create table e (id int, ts datetime2) on by_month (ts);", "select id from e where cast(ts as date) = '2024-01-05'"),
        ("", "create table e (id int, ts timestamp) partition by range (ts);", "select id from e where date(ts) = '2024-01-05'"),
    ],
)  # fmt: skip
def test_what_prunes_or_may(dialect: str, ddl: str, sql: str) -> None:
    assert unprunable(sql, dialect, ddl) == []


@pytest.mark.parametrize(
    ("dialect", "ddl", "sql", "place"),
    [
        ("bigquery", BIGQUERY, "select payload from shop.events where day >= (select max(day) from days)", "(select max(day) from days)"),
        ("bigquery", BIGQUERY, "select payload from shop.events where day > date_sub((select max(d) from x), interval 1 day)", "(select max(d) from x)"),
        ("bigquery", BIGQUERY, "select payload from shop.events where extract(month from day) = 3", "extract(month from day)"),
        ("bigquery", BIGQUERY, "select payload from shop.events where cast(day as string) like '2024%'", "cast(day as string)"),
        ("mysql", "create table e (id int, ts datetime) partition by range (to_days(ts)) (partition p values less than (1));", "select id from e where year(ts) = 2024", "year(ts)"),
        ("oracle", "create table e (id number, ts date) partition by range (ts) (partition p values less than (1));", "select id from e where trunc(ts) = date '2024-01-05'", "trunc(ts)"),
        ("spark", "create table e (id int, ts timestamp) using iceberg partitioned by (days(ts));", "select id from e where date_format(ts, 'yyyy') = '2024'", "date_format(ts, 'yyyy')"),
        ("clickhouse", "create table e (id Int8, ts DateTime) engine = MergeTree partition by toYYYYMM(ts) order by id;", "select id from e where formatDateTime(ts, '%Y') = '2024'", "formatDateTime(ts, '%Y')"),
        ("tsql", "create table e (id int, ts datetime2) on by_month (ts);", "select id from e where year(ts) = 2024", "year(ts)"),
    ],
)  # fmt: skip
def test_what_the_manuals_say_does_not_prune(dialect: str, ddl: str, sql: str, place: str) -> None:
    assert [span for span, _ in unprunable(sql, dialect, ddl)] == [place]


_LAKE = "create table labels (id bigint, name string) partitioned by (snapshot string) stored as parquet;"


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('QUERIES = {"labels": "select min(id), max(id) from labels"}\n', 0),
        ('QUERIES = {"labels": "select explode(name) from labels lateral view x"}\n', 1),
        ('spark.sql("select min(id), max(id) from labels")\n', 1),
        ('QUERIES = {"labels": "select id, convert(name using utf8mb4) from labels"}\n', 0),
    ],
)
def test_a_query_of_another_engine(code: str, count: int) -> None:
    files = {"hql/labels.hql": _LAKE, "copy/queries.py": code}
    report = run(MissingPartitionFilter(), files, reported="copy/queries.py")
    assert len(report.diagnostics) == count
