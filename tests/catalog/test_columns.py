"""Columns and constraints of CREATE TABLE."""

from __future__ import annotations

import pytest
from ddl import changes, created, document

from leaktight.catalog.change import CreateTable
from leaktight.catalog.table import KeyKind, TableName
from leaktight.operations.table_changes import declared_tables
from leaktight.source import NotAnalysable

ORDERS = """
create table shop.orders (
  id bigserial primary key,
  key text,
  customer_id bigint not null references shop.customers (id) on delete cascade,
  total numeric(10, 2) default 0 not null,
  placed timestamp(3) with time zone default now(),
  "Note" varchar(20) unique, -- free text
  tags text[],
  line int generated always as identity,
  net numeric generated always as (total * 0.8) stored,
  constraint one_a_day unique (customer_id, placed),
  foreign key (customer_id) references shop.customers (id),
  check (total > 0)
)
"""


def test_it_is_known_whose_case_counts() -> None:
    table = created(ORDERS, "postgres")
    assert [column.name for column in table.columns.values() if column.quoted] == ["Note"]


def test_types_are_as_written_in_upper_case() -> None:
    table = created(ORDERS, "postgres")
    assert [(column.name, column.type) for column in table.columns.values()] == [
        ("id", "BIGSERIAL"),
        ("key", "TEXT"),
        ("customer_id", "BIGINT"),
        ("total", "NUMERIC(10, 2)"),
        ("placed", "TIMESTAMP(3) WITH TIME ZONE"),
        ("Note", "VARCHAR(20)"),
        ("tags", "TEXT[]"),
        ("line", "INT"),
        ("net", "NUMERIC"),
    ]
    assert table.complete


def test_nullability_defaults_and_what_the_engine_fills() -> None:
    columns = created(ORDERS, "postgres").columns
    assert {name: column.nullable for name, column in columns.items()} == {
        "id": False,
        "key": True,
        "customer_id": False,
        "total": False,
        "placed": True,
        "note": True,
        "tags": True,
        "line": False,
        "net": None,
    }
    assert columns["total"].default == "0"
    assert columns["placed"].default == "now()"
    assert [name for name, column in columns.items() if column.generated] == ["id", "line", "net"]


def test_keys_inline_and_as_constraints() -> None:
    keys = created(ORDERS, "postgres").keys
    assert [(key.kind, key.columns, key.name) for key in keys] == [
        (KeyKind.PRIMARY, ("id",), None),
        (KeyKind.FOREIGN, ("customer_id",), None),
        (KeyKind.UNIQUE, ("Note",), None),
        (KeyKind.UNIQUE, ("customer_id", "placed"), "one_a_day"),
        (KeyKind.FOREIGN, ("customer_id",), None),
    ]
    assert str(keys[1].references) == "shop.customers"
    assert keys[1].referenced_columns == ("id",)


def test_places() -> None:
    (declared,) = declared_tables(document(ORDERS, "postgres"))
    places = declared.places
    assert ORDERS[slice(*declared.name_span)] == "shop.orders"
    assert ORDERS[slice(*places["note"].name)] == '"Note"'
    assert places["placed"].type is not None
    assert ORDERS[slice(*places["placed"].type)] == "timestamp(3) with time zone"
    location = declared.table.columns["total"].location
    assert location is not None
    assert location.label == "ddl/tables.sql:6"


@pytest.mark.parametrize(
    ("dialect", "definition", "type_", "nullable"),
    [
        ("mysql", "a int unsigned not null auto_increment", "INT UNSIGNED", False),
        ("mysql", "a enum('x','y') default 'x' comment 'z'", "ENUM('x','y')", True),
        ("mysql", "a varchar(9) character set utf8 not null", "VARCHAR(9)", False),
        ("bigquery", "a struct<b int64 not null, c array<string>>", "STRUCT<B INT64 NOT NULL, C ARRAY<STRING>>", True),
        ("bigquery", "a int64 not null options(description='x')", "INT64", False),
        ("snowflake", "a number(38,0) autoincrement", "NUMBER(38,0)", False),
        ("snowflake", "a timestamp_ntz", "TIMESTAMP_NTZ", True),
        ("redshift", "a timestamp encode az64 sortkey", "TIMESTAMP", True),
        ("redshift", "a int identity(1,1) distkey", "INT", False),
        ("spark", "a map<string, array<int>> comment 'x'", "MAP<STRING, ARRAY<INT>>", True),
        ("clickhouse", "a UInt64 codec(ZSTD)", "UINT64", False),
        ("clickhouse", "a LowCardinality(Nullable(String))", "LOWCARDINALITY(NULLABLE(STRING))", True),
        ("tsql", "a datetime2(7) null constraint d default (getdate())", "DATETIME2(7)", True),
        ("oracle", "a varchar2(10 char) not null", "VARCHAR2(10 CHAR)", False),
        ("sqlite", "a integer primary key autoincrement", "INTEGER", False),
        ("trino", "a timestamp(6) with time zone", "TIMESTAMP(6) WITH TIME ZONE", True),
        ("duckdb", "a decimal(9, 2)", "DECIMAL(9, 2)", True),
        ("postgres", "a double precision", "DOUBLE PRECISION", True),
        ("postgres", "a character varying(3) collate \"C\"", "CHARACTER VARYING(3)", True),
    ],
)  # fmt: skip
def test_types_of_each_dialect(dialect: str, definition: str, type_: str, nullable: bool) -> None:
    column = created(f"create table t ({definition}, b int)", dialect).columns["a"]
    assert (column.type, column.nullable) == (type_, nullable)


@pytest.mark.parametrize(
    ("dialect", "definition", "columns"),
    [
        ("clickhouse", "key LowCardinality(String), v Int8", ["key", "v"]),
        ("clickhouse", "v Int8, index ix v type minmax granularity 4", ["v"]),
        ("clickhouse", "v Int8, index ix (v, lower(v)) type bloom_filter", ["v"]),
        ("clickhouse", "v Int8, projection p (select v order by v)", ["v"]),
        ("clickhouse", "v Int8, n.a Array(Int8)", ["v", "n.a"]),
        ("trino", "key array(varchar), v int", ["key", "v"]),
        ("postgres", "period text, projection text, shard int", ["period", "projection", "shard"]),
        ("tsql", "note int, period for system_time (a, b)", ["note"]),
        ("tsql", "note int, index ix nonclustered (note)", ["note"]),
        ("oracle", "a int, supplemental log data (all) columns", ["a"]),
        ("singlestore", "a int, shard key (a), sort key (a desc)", ["a"]),
        ("mysql", "a int, key (a)", ["a"]),
    ],
)
def test_what_is_a_column_and_what_is_none(dialect: str, definition: str, columns: list[str]) -> None:
    table = created(f"create table t ({definition})", dialect)
    assert list(table.columns) == columns
    assert table.complete


def test_indexes_of_sql_server() -> None:
    table = created(
        "create table t (a int, b int, index i nonclustered (a desc, b), index j unique clustered (b) where b > 0, "
        "index k clustered columnstore)",
        "tsql",
    )
    assert [(index.name, index.columns, index.unique, index.predicate) for index in table.indexes] == [
        ("i", ("a", "b"), False, None),
        ("j", ("b",), True, "b > 0"),
    ]


def test_constraints_of_sql_server_that_follow_a_column_without_a_comma() -> None:
    text = """
    create table dbo.leases (
        holder varchar(100) not null, shop int not null, ends datetime null default 0
        constraint pk_leases primary key clustered (holder)
        constraint fk_leases foreign key (shop) references dbo.shops (id)
    )
    """
    table = created(text, "tsql")
    assert [(key.kind.value, key.columns, key.name) for key in table.keys] == [
        ("primary", ("holder",), "pk_leases"),
        ("foreign", ("shop",), "fk_leases"),
    ]
    assert table.nullable("ends") is True
    alone = created("create table t (id int primary key clustered with (fillfactor = 80))", "tsql")
    assert alone.unique_keys() == (("id",),)


def test_what_a_reference_does_says_nothing_of_the_column() -> None:
    columns = created(
        "create table t (a int default 1 references c (id) on delete set default on update no action, "
        "b int not null references c (id) on update set null, c int null default 2)",
        "postgres",
    ).columns
    assert [(one.default, one.nullable) for one in columns.values()] == [("1", True), (None, False), ("2", True)]


def test_a_default_on_null_leaves_no_null() -> None:
    column = created("create table t (a number default on null 0)", "oracle").columns["a"]
    assert (column.default, column.nullable) == ("0", False)


@pytest.mark.parametrize(
    ("dialect", "text", "columns", "complete"),
    [
        ("redshift", "create table x distkey(a) sortkey(b) as select a, b from t", ["a", "b"], True),
        ("redshift", "create table x (a int) distkey(a) sortkey(b)", ["a"], True),
        (
            "clickhouse",
            "create table x engine = ReplacingMergeTree(v) order by a as select a, v from t",
            ["a", "v"],
            True,
        ),
        ("clickhouse", "create table x on cluster c (a Int8) engine = ReplacingMergeTree(v)", ["a"], True),
        ("clickhouse", "create materialized view x to y (a Int8) as select a from t", ["a"], True),
        (
            "databricks",
            "create table x using delta tblproperties (delta.autoOptimize = true) as select a, b from t",
            ["a", "b"],
            True,
        ),
        ("databricks", "create table x (a int) using delta tblproperties (delta.autoOptimize = true)", ["a"], True),
        ("oracle", "create table x nologging parallel (degree 4) as select a, b from t", ["a", "b"], True),
        ("postgres", "create table x of kind (primary key (a))", [], False),
        ("postgres", "create table x partition of t for values from (minvalue) to (maxvalue)", [], False),
        ("snowflake", "create or replace table x copy grants as select a from t", ["a"], True),
        ("snowflake", "create or replace view x copy grants (a) as select b from t", ["a"], True),
        ("teradata", "create multiset table x, no fallback, no before journal (a int, b int)", ["a", "b"], True),
        ("mysql", "create table x (select a from t)", ["a"], True),
        ("postgres", "create table x as ((select a from t) union (select b from u))", ["a"], True),
        ("sqlite", "create virtual table x using fts5(a, tokenize = 'porter')", [], False),
        ("postgres", "create table x {{ on_cluster }} (a int)", ["a"], True),
    ],
)
def test_which_brackets_hold_the_columns(dialect: str, text: str, columns: list[str], complete: bool) -> None:
    table = created(text, dialect)
    assert list(table.columns) == columns
    assert table.complete is complete


@pytest.mark.parametrize("name", ["date", "timestamp", "index", "type", "comment", "key", "unique_id", "primary_name"])
def test_words_of_the_language_may_name_columns(name: str) -> None:
    table = created(f"create table t ({name} text, b int)", "postgres")
    assert list(table.columns) == [name, "b"]
    assert not table.keys
    assert not table.indexes


def test_comments_of_columns_and_tables() -> None:
    assert created("create table t (a int comment 'x') comment = 'y'", "mysql").comment == "y"
    assert created("create table t (a int comment 'x')", "spark").columns["a"].comment == "x"
    table = created("create table d.t (a int64 options(description='x')) options(description='y')", "bigquery")
    assert (table.comment, table.columns["a"].comment) == ("y", "x")


def test_mysql_keys_and_indexes() -> None:
    table = created(
        "create table t (id int, ts datetime, name varchar(99), primary key (id, ts), key by_ts (ts desc), "
        "unique key one (name(20)), fulltext key words (name), index (id))",
        "mysql",
    )
    assert [(key.kind, key.columns, key.name) for key in table.keys] == [
        (KeyKind.PRIMARY, ("id", "ts"), None),
        (KeyKind.UNIQUE, ("name",), "one"),
    ]
    assert [(index.name, index.columns, index.method) for index in table.indexes] == [
        ("by_ts", ("ts",), None),
        ("words", ("name",), "fulltext"),
        (None, ("id",), None),
    ]
    assert table.nullable("id") is False


@pytest.mark.parametrize(
    ("dialect", "enforced"), [("postgres", True), ("bigquery", False), ("snowflake", False), ("redshift", False)]
)
def test_keys_that_are_only_promised(dialect: str, enforced: bool) -> None:
    assert created("create table t (id int, primary key (id))", dialect).keys[0].enforced is enforced


def test_a_primary_key_of_clickhouse_is_not_unique() -> None:
    assert not created("create table t (id UInt64 primary key) engine = MergeTree order by id", "clickhouse").keys


@pytest.mark.parametrize(
    ("dialect", "text", "columns", "complete"),
    [
        ("postgres", "create view v as select a, b + 1 as c, t.d from t", ["a", "c", "d"], True),
        ("postgres", "create view v (p, q) as select a, b from t", ["p", "q"], True),
        ("postgres", "create materialized view v as select a from t union all select b from u", ["a"], True),
        ("postgres", "create table x as select t.*, 1 as one from t", ["one"], False),
        ("postgres", "create temp table x on commit drop as select a, b from t", ["a", "b"], True),
        ("postgres", "create table x as with y as (select 1 as z) select z from y", ["z"], True),
        ("postgres", "create table x as select count(*) from t", [], False),
        ("bigquery", "create or replace table d.x as (select a, s.b from t)", ["a", "b"], True),
        ("snowflake", "create table x as select $1, $2::int as b from @stage", ["b"], False),
        ("postgres", "select a, b as c into temp x from t", ["a", "c"], True),
        ("tsql", "select a into #x from t", ["a"], True),
    ],
)
def test_columns_of_a_query(dialect: str, text: str, columns: list[str], complete: bool) -> None:
    table = created(text, dialect)
    assert list(table.columns) == columns
    assert table.complete is complete


@pytest.mark.parametrize(
    ("dialect", "text", "name", "temporary"),
    [
        ("bigquery", "create table `my-project.shop.orders` (a int64)", ("my-project", "shop", "orders"), False),
        ("bigquery", "create table my-project.shop.orders (a int64)", ("my-project", "shop", "orders"), False),
        ("bigquery", "create temp table orders (a int64)", ("orders",), True),
        ("tsql", "create table dbo.[order lines] (a int)", ("dbo", "order lines"), False),
        ("tsql", "create table #orders (a int)", ("#orders",), True),
        ("snowflake", "create or replace transient table db.s.orders (a int)", ("db", "s", "orders"), False),
        ("snowflake", "create table identifier('db.s.orders') (a int)", ("db", "s", "orders"), False),
        ("postgres", "create local temporary table if not exists orders (a int)", ("orders",), True),
        ("postgres", "create table {{ env }}.shop.orders (a int)", ("shop", "orders"), False),
        ("clickhouse", "create table shop.orders on cluster c (a Int8) engine = Memory", ("shop", "orders"), False),
    ],
)
def test_names(dialect: str, text: str, name: tuple[str, ...], temporary: bool) -> None:
    table = created(text, dialect)
    assert table.name.parts == name
    assert table.temporary is temporary


@pytest.mark.parametrize(
    "text",
    [
        "create table {{ table }} (a int)",
        "create table shop.{{ table }} (a int)",
        "create function f() returns int as 'select 1' language sql",
        "create schema shop",
        "create table function f(x int64) as select x",
        "create table",
        "create index",
        "drop table",
        "alter table",
        "alter table t",
        "comment on table",
    ],
)
def test_what_is_no_change_of_a_known_table(text: str) -> None:
    assert changes(text, "postgres") == []


def test_like_and_partition_of() -> None:
    (like,) = changes("create table t1 (like t including all)", "postgres")
    (bare,) = changes("create table t1 (like t, extra int)", "postgres")
    (clone,) = changes("create table t1 clone t", "snowflake")
    (part,) = changes("create table t1 partition of t for values from (1) to (2)", "postgres")
    for change in (like, bare, clone, part):
        assert isinstance(change, CreateTable)
    assert isinstance(like, CreateTable)
    assert (like.like, like.like_all) == (TableName(("t",), (False,)), True)
    assert isinstance(bare, CreateTable)
    assert (bare.like_all, list(bare.table.columns)) == (False, ["extra"])
    assert isinstance(clone, CreateTable)
    assert clone.like_all
    assert isinstance(part, CreateTable)
    assert (str(part.partition_of), part.table.kind) == ("t", "partition")


@pytest.mark.parametrize(
    "dialect", ["postgres", "mysql", "bigquery", "snowflake", "tsql", "hive", "clickhouse", "oracle", ""]
)
def test_cut_off_anywhere_it_is_read_without_a_fault(dialect: str) -> None:
    text = (
        "create table t (a struct<b array<int>>, c int default (1 + 2), primary key (a, c)) partition by range (a) "
        "cluster by (c) options (x = [1, 2]); alter table t add column (d int, e text), rename a to b, modify c bigint; "
        "create unique index i on t using gin (lower(a) desc) include (c) where c > 0; drop table a, b.c; rename table a to b"
    )
    for end in range(0, len(text), 3):
        for start in (0, end // 2):
            try:
                read = changes(text[start:end], dialect)
            except NotAnalysable:
                continue
            assert isinstance(read, list)
