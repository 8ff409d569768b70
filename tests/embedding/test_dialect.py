"""The dialect of a text by its signs, the parse as the judge, and the dialect that a driver speaks."""

from __future__ import annotations

import time

import pytest
from sqlglot.dialects.dialect import Dialect

from leaktight.embedding.dialect import detect, judge, of_extension, ranked, scores, speaks_for
from leaktight.embedding.dialect_signs import SIGNS
from leaktight.embedding.drivers import dialect_of_driver
from leaktight.embedding.python.drivers import LIBRARIES, dialect_of


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("select a from `project.dataset.table`", "bigquery"),
        ("select a from my-project.dataset.table", "bigquery"),
        ("select safe_cast(a as int64) from t", "bigquery"),
        ("select * except (a) from t", "bigquery"),
        ("create table t (a array<struct<b int64>>)", "bigquery"),
        ("select timestamp_trunc(a, day) from t where _partitiontime > b", "bigquery"),
        ("select a from t where d = @submission_date and e in unnest(@f)", "bigquery"),
        ("select a::int from t on conflict do nothing", "postgres"),
        ("create table t (id bigserial primary key, body jsonb)", "postgres"),
        ("create function f() returns int as $$ begin return 1; end $$ language plpgsql", "postgres"),
        ("insert into t values (1) on conflict (id) do nothing", "postgres"),
        ("create index concurrently i on t using gin (a)", "postgres"),
        ("create table t (id int auto_increment) engine=InnoDB default charset=utf8mb4", "mysql"),
        ("insert into t values (1) on duplicate key update a = 2", "mysql"),
        ("select `a`, `b` from `t`", "mysql"),
        ("create table t (id serial unique, n bigint /*! unsigned */ default 0) /*! character set utf8 */", "mysql"),
        ("create table t (id serial /* unsigned */)", "postgres"),
        ("alter table t add column a varchar(36) not null after b;\nupdate t set a = b;", "mysql"),
        ("alter table t modify column a varchar(36) not null", "mysql"),
        ("alter table t change a b varchar(36)", "mysql"),
        ("drop index i on t;\ncreate index i on u (a);", "mysql"),
        ("drop index i; create index i on t (a); create trigger g after insert on t execute procedure p()", ""),
        ("create table t (id integer primary key autoincrement) without rowid", "sqlite"),
        ("select julianday('now')", "sqlite"),
        ("select [a].[b] from [dbo].[t]", "tsql"),
        ("select top 10 a from t", "tsql"),
        ("create table t (a nvarchar(20))\nGO\nselect 1\nGO\n", "tsql"),
        ("declare @x int; select a from t with (nolock)", "tsql"),
        ("select $1:col::string from @stage", "snowflake"),
        ("select f.value from t, lateral flatten(input => t.a) f", "snowflake"),
        ("create table t (a variant)", "snowflake"),
        ("copy into t from @stage file_format = (type = csv)", "snowflake"),
        ("use warehouse w", "snowflake"),
        ("create table t (a int) diststyle key distkey(a) sortkey(a)", "redshift"),
        ("copy t from 's3://b' iam_role 'x'", "redshift"),
        ("create table t (a varchar2(10), b number(3))", "oracle"),
        ("select sysdate from dual where rownum < 3", "oracle"),
        ("alter table t add column `note` varchar(3);\ninsert into k (a) select 'n' from dual where 1 = 1;", "mysql"),
        ("create table t (a int) using delta partitioned by (b)", "databricks"),
        ("optimize t zorder by (a)", "databricks"),
        ("create table t (a int) stored as orc", "hive"),
        ("create table t (a int) engine = MergeTree order by a", "clickhouse"),
        ("select toStartOfDay(a) from t prewhere b", "clickhouse"),
        ("select * from read_parquet('a.parquet')", "duckdb"),
        ("select * exclude (a) from t", "duckdb"),
        ('insert into shop.main.orders ("Preis") select a::int from b', "duckdb"),
        ("create table t with (format = 'PARQUET', partitioned_by = ARRAY['d']) as select 1", "trino"),
        ("create multiset table t (a int) primary index (a)", "teradata"),
        ("select a, b from t where c = 1", ""),
        ("", ""),
    ],
)
def test_signs_tell_the_dialect(text: str, dialect: str) -> None:
    assert detect(text) == dialect
    assert detect(text.upper().replace("S3://", "s3://")) == dialect


@pytest.mark.parametrize(
    "text",
    [
        "select '`a.b.c` :: qualify auto_increment' from t",
        "-- safe_cast(a as int64)\nselect 1",
        "/* engine=innodb\n on conflict */ select 1",
        "# nvarchar\nselect 1",
        'select "serial" from t',
        "select serials, my_qualify, qualifying, jsonbx from variants",
        "{# jsonb #}{% set x = 'int64' %}select {{ variant }} from t",
        "select a[0], b[i] from t",
    ],
)
def test_strings_comments_and_parts_of_words_are_no_signs(text: str) -> None:
    assert scores(text) == []


def test_a_template_with_ref_is_not_mysql() -> None:
    assert detect("select `a` from {{ ref('t') }}") != "mysql"


@pytest.mark.parametrize("name", sorted(LIBRARIES))
def test_each_library_speaks_a_dialect_that_the_parser_knows(name: str) -> None:
    assert Dialect.get(dialect_of(name) or "") is not None


def test_each_dialect_of_a_sign_is_known_to_the_parser() -> None:
    for sign in SIGNS:
        for name in sign.weights:
            Dialect.get_or_raise(name)


@pytest.mark.parametrize(
    ("path", "text", "dialect"),
    [
        ("db/duckdb/tables.sql", "create table t (a int)", "duckdb"),
        ("build/oracle_create_tables.sql", "create table t (a int)", "oracle"),
        ("db/PostgreSQL/init.sql", "select 1", "postgres"),
        ("models/oracles/price_oracle_daily.sql", "select 1", ""),
        ("db/mysql/t.sql", "select safe_cast(a as int64), b from `p.d.t` where c in unnest([1])", "bigquery"),
        ("db/mysql/t.sql", "select a::text from t", "mysql"),
        ("postgres/bigquery/t.sql", "select 1", "bigquery"),
    ],
)
def test_a_path_that_names_an_engine_counts(path: str, text: str, dialect: str) -> None:
    assert detect(text, path) == dialect


@pytest.mark.parametrize("engine", ["MergeTree", "ReplicatedAggregatingMergeTree", "ReplacingMergeTree(version)"])
def test_each_merge_tree_is_clickhouse(engine: str) -> None:
    assert detect(f"create table `t` (`a` String) engine = {engine} order by a") == "clickhouse"


def test_the_parse_is_the_judge() -> None:
    text = "select `a` from t; select b from `p`.`d`.`t` where c in unnest([1, 2])"
    assert judge(text, ("postgres", "bigquery")) == "bigquery"
    assert judge(text, ("bigquery", "postgres")) == "bigquery"
    assert judge("select 1", ("postgres", "bigquery")) == "postgres"
    assert judge("select 1", ()) == ""
    assert judge("select from where", ("mysql", "postgres")) == "mysql"
    assert judge("select 'a", ("mysql", "postgres")) == "mysql"


def test_the_judge_does_not_ask_for_what_the_parser_cannot_take() -> None:
    hostile = "select 1 from t" + " join t" * 60
    assert judge(f"{hostile}; select `a` from t", ("postgres", "bigquery")) == "bigquery"


def test_fewer_lost_statements_win() -> None:
    text = "select [a] from [t]; select top 3 [b] from [t]; select from where"
    assert judge(text, ("bigquery", "tsql")) == "tsql"


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("migrations/0001_users.mysql.up.sql", "mysql"),
        ("migrations/0001_users.cockroach.autocommit.down.sql", "postgres"),
        ("ddl/users.sqlite3.sql", "sqlite"),
        ("ddl/users.sql.postgres", "postgres"),
        ("ddl/postgres.sql", None),
        ("ddl/users.mysql.py", None),
    ],
)
def test_extensions_that_name_an_engine(path: str, dialect: str | None) -> None:
    assert of_extension(path) == dialect


def test_many_statements_outweigh_one_that_nobody_reads() -> None:
    text = "set nocount on\nselect [a] from [dbo].[t]\nif @a = 1 exec p\nselect top 3 [b] from [t]\nselect from where\ngo\n"
    assert judge(text, ("bigquery", "", "tsql")) == "tsql"


def test_signs_that_speak_plainly_outweigh_what_is_lost() -> None:
    table = "create table `t` (id int unsigned auto_increment, key k (id)) engine=InnoDB default charset=utf8;"
    assert speaks_for(table, "mysql", "duckdb")
    assert not speaks_for(table, "duckdb", "mysql")
    assert not speaks_for("select a::int from t", "postgres", "duckdb")


def test_what_is_worth_trying_begins_with_the_likeliest() -> None:
    names = ranked("select a::int from t qualify 1")
    assert names[0] == "snowflake"
    assert "postgres" in names
    assert len(names) == len(set(names))
    assert ranked("select 1", first="oracle")[0] == "oracle"


def test_nesting_does_not_kill_the_judge() -> None:
    deep = "select " + "(" * 20_000 + "1" + ")" * 20_000
    assert judge(deep, ("postgres", "mysql")) in ("postgres", "mysql")


def test_hostile_texts_end_soon() -> None:
    started = time.perf_counter()
    for piece in (
        "{%",
        "{{",
        "{#",
        "'",
        '"',
        "/*",
        "`",
        "from ",
        "date_sub(",
        "external table ",
        "function f(",
        "::",
        "#",
    ):
        detect(piece * 40_000)
    assert time.perf_counter() - started < 60


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("psycopg2", "postgres"),
        ("psycopg2.extras", "postgres"),
        ("asyncpg", "postgres"),
        ("pg", "postgres"),
        ("pg/lib/client", "postgres"),
        ("pg-promise", "postgres"),
        ("postgresql+psycopg2://user@host/db", "postgres"),
        ("postgresql://host", "postgres"),
        ("MySQLdb", "mysql"),
        ("mysql2/promise", "mysql"),
        ("mysql.connector", "mysql"),
        ("mysql+pymysql", "mysql"),
        ("sqlite3", "sqlite"),
        ("better-sqlite3", "sqlite"),
        ("sqlite:///a.db", "sqlite"),
        ("snowflake.connector", "snowflake"),
        ("snowflake-sdk", "snowflake"),
        ("google.cloud.bigquery", "bigquery"),
        ("@google-cloud/bigquery", "bigquery"),
        ("duckdb", "duckdb"),
        ("pyspark.sql", "spark"),
        ("redshift_connector", "redshift"),
        ("redshift+psycopg2://x", "redshift"),
        ("cx_Oracle", "oracle"),
        ("oracledb", "oracle"),
        ("pyodbc", "tsql"),
        ("mssql+pyodbc://x", "tsql"),
        ("tedious", "tsql"),
        ("trino.dbapi", "trino"),
        ("databricks.sql", "databricks"),
        ("clickhouse_driver", "clickhouse"),
        ("awswrangler", "athena"),
        ("awswrangler.redshift", "redshift"),
        ("awswrangler.postgresql", "postgres"),
        ("awswrangler.mysql", "mysql"),
        ("singlestoredb", "singlestore"),
        ("promise-mysql", "mysql"),
        ("databend", None),
        ("awswrangler.athena", "athena"),
        ("SnowflakeOperator", "snowflake"),
        ("BigQueryInsertJobOperator", "bigquery"),
        ("airflow.providers.postgres.hooks.postgres.PostgresHook", "postgres"),
        ("RedshiftDataOperator", "redshift"),
        ("S3ToRedshiftOperator", "redshift"),
        ("MsSqlOperator", "tsql"),
        ("AthenaOperator", "athena"),
        ("SparkSqlOperator", "spark"),
        ("DatabricksSqlOperator", "databricks"),
        ("SQLExecuteQueryOperator", None),
        ("sqlalchemy", None),
        ("pgadmin", None),
        ("requests", None),
        ("", None),
    ],
)
def test_a_driver_speaks_a_dialect(name: str, dialect: str | None) -> None:
    assert dialect_of_driver(name) == dialect


def test_an_extension_says_the_dialect() -> None:
    assert of_extension("jobs/Load.HQL") == "hive"
    assert of_extension("hql/load.sql") is None
    assert of_extension("schema/orders.sql.Postgres") == "postgres"
    assert of_extension("schema/orders.sql.old") is None
    assert ranked("select a::int from t", path="jobs/load.hql") == ("hive", "spark", "databricks")
    assert ranked("select a::int from t", path="schema/orders.sql.mysql") == ("mysql",)
    assert ranked("select a::int from t", path="jobs/load.sql")[0] == "postgres"


@pytest.mark.parametrize(
    ("other", "dialect"), [("", "bigquery"), ("{% macro snowflake__day(x) %} {{ x }}::date {% endmacro %}", "")]
)
def test_macros_of_several_adapters_are_of_no_one_dialect(other: str, dialect: str) -> None:
    text = "{% macro bigquery__day(x) %} select safe_cast(a as int64) from `p.d.t` qualify true {% endmacro %}\n"
    assert detect(text + other, "macros/day.sql") == dialect
