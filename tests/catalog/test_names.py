"""Which table a name means: case, quotes, and the schema that statements choose, as each engine decides it."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from ddl import catalog, changes, document

from leaktight.catalog.casing import Likeness, likeness
from leaktight.catalog.catalog import Catalog, catalog_of
from leaktight.catalog.search_path import SearchPath
from leaktight.catalog.table import Table, TableName
from leaktight.context import path_context
from leaktight.languages.sql.document import parse_sql
from leaktight.operations.facts import file_facts
from leaktight.operations.project import Project
from leaktight.source import Language, Region, Source


def named(text: str) -> TableName:
    """Read a name as PostgreSQL writes it: `shop."Orders"`."""
    parts = text.split(".")
    return TableName(tuple(part.strip('"') for part in parts), tuple(part.startswith('"') for part in parts))


def columns(table: Table | None) -> list[str] | None:
    return list(table.columns) if table is not None else None


# Case and quotes


@pytest.mark.parametrize(
    ("dialect", "one", "other", "expected"),
    [
        ("postgres", "Orders", "orders", Likeness.SURE),
        ("postgres", '"orders"', "ORDERS", Likeness.SURE),
        ("postgres", '"Orders"', "orders", Likeness.NONE),
        ("postgres", '"Orders"', "Orders", Likeness.NONE),
        ("postgres", '"Orders"', '"Orders"', Likeness.SURE),
        ("postgres", '"Shop".orders', "shop.orders", Likeness.NONE),
        ("postgres", '"Shop".orders', "orders", Likeness.SURE),
        ("snowflake", "orders", "ORDERS", Likeness.SURE),
        ("snowflake", '"ORDERS"', "orders", Likeness.SURE),
        ("snowflake", '"orders"', "orders", Likeness.NONE),
        ("oracle", '"Orders"', "orders", Likeness.NONE),
        ("bigquery", "Orders", "orders", Likeness.NONE),
        ("bigquery", '"orders"', "orders", Likeness.SURE),
        ("clickhouse", "Orders", "orders", Likeness.NONE),
        ("mysql", "Orders", "orders", Likeness.POSSIBLE),
        ("mysql", '"orders"', "orders", Likeness.SURE),
        ("redshift", '"Orders"', "orders", Likeness.SURE),
        ("tsql", '"Orders"', "orders", Likeness.SURE),
        ("duckdb", '"Orders"', "orders", Likeness.SURE),
        ("sqlite", '"Orders"', "orders", Likeness.SURE),
        ("spark", '"Orders"', "orders", Likeness.SURE),
        ("trino", '"Orders"', "orders", Likeness.SURE),
        ("", "Orders", "orders", Likeness.SURE),
        ("", '"ORDERS"', "orders", Likeness.SURE),
        ("", '"Orders"', "orders", Likeness.POSSIBLE),
    ],
)
def test_case_counts_as_in_the_engine(dialect: str, one: str, other: str, expected: Likeness) -> None:
    assert likeness(named(one), named(other), dialect) is expected
    assert likeness(named(other), named(one), dialect) is expected


def test_a_name_of_which_nobody_knows_the_quotes_may_be_any() -> None:
    unknown = TableName(("Orders",))
    assert likeness(unknown, named("orders"), "postgres") is Likeness.POSSIBLE
    assert likeness(unknown, named('"Orders"'), "postgres") is Likeness.SURE


@pytest.mark.parametrize(
    ("engine", "pulled", "asked", "found"),
    [
        ("snowflake", "shop.orders", "shop.orders", True),
        ("snowflake", "SHOP.ORDERS", "shop.orders", True),
        ("snowflake", "SHOP.Orders", "shop.orders", False),
        ("postgres", "shop.orders", "shop.orders", True),
        ("postgres", "shop.Orders", "shop.orders", False),
        ("postgres", "shop.Orders", 'shop."Orders"', True),
    ],
)
def test_names_of_a_snapshot_are_those_of_the_engine(engine: str, pulled: str, asked: str, found: bool) -> None:
    text = f"leaktight-catalog: 1\nengine: {engine}\ntables:\n  {pulled}:\n    columns:\n      id: {{type: INT}}\n"
    facts = file_facts(Source("catalog/shop.yaml", text, Language.YAML), None, Project())
    known = catalog_of((), facts.declarations)
    assert len(known) == 1
    assert (known.table(named(asked), engine) is not None) is found


def test_the_dialect_that_is_known_decides_and_two_that_differ_let_case_go() -> None:
    one, other = named('"Orders"'), named("orders")
    assert likeness(one, other, "", "postgres") is Likeness.NONE
    assert likeness(one, other, "postgres", "") is Likeness.NONE
    assert likeness(one, other, "postgres", "redshift") is Likeness.SURE


def test_two_tables_that_quotes_tell_apart_are_both_kept() -> None:
    found = catalog({"a.sql": 'create table "Orders" (id int); create table orders (order_id int);'})
    assert len(found) == 2
    assert columns(found.table(named('"Orders"'), "postgres")) == ["id"]
    assert columns(found.table(named("ORDERS"), "postgres")) == ["order_id"]
    assert found.table(named('"ORDERS"'), "postgres") is None


def test_a_second_create_of_one_name_replaces_the_first() -> None:
    text = "create table Orders (id int); create table {} (order_id int);"
    assert len(catalog({"a.sql": text.format("orders")})) == 1
    assert len(catalog({"a.sql": text.format('"ORDERS"')})) == 2


@pytest.mark.parametrize(
    ("dialect", "asked", "found"),
    [
        ("snowflake", '"orders"', False),
        ("snowflake", '"ORDERS"', True),
        ("snowflake", "Orders", True),
        ("bigquery", "ORDERS", False),
        ("bigquery", "orders", True),
        ("mysql", "ORDERS", True),
        ("duckdb", '"Orders"', True),
    ],
)
def test_a_name_that_the_engine_would_not_find_is_not_found(dialect: str, asked: str, found: bool) -> None:
    known = catalog({"a.sql": "create table shop.orders (id int);"}, dialect)
    assert (known.table(named(asked), dialect) is not None) is found


def test_of_two_tables_in_mysql_the_one_that_is_spelt_so_is_meant() -> None:
    known = catalog({"a.sql": "create table Orders (a int); create table orders (b int);"}, "mysql")
    assert [columns(known.table(named(name), "mysql")) for name in ("Orders", "orders")] == [["a"], ["b"]]
    assert known.table(named("ORDERS"), "mysql") is None


def test_changes_reach_the_table_that_their_quotes_mean() -> None:
    text = (
        'create table "Orders" (id int); create table orders (id int);'
        'alter table "Orders" add column note text; create index i on orders (id); alter table orders rename to "Sales";'
        "drop table if exists sales;"
    )
    known = catalog({"a.sql": text})
    assert columns(known.table(named('"Orders"'), "postgres")) == ["id", "note"]
    renamed = known.table(named('"Sales"'), "postgres")
    assert renamed is not None
    assert [index.columns for index in renamed.indexes] == [("id",)]
    assert known.table(named("sales"), "postgres") is None


def test_a_key_refers_to_the_table_that_its_quotes_mean() -> None:
    text = (
        'create table "A" (id int primary key); create table a (id int primary key);'
        'create table b (x int references a (id), y int references "A" (id)); alter table a rename to c;'
    )
    table = catalog({"a.sql": text}).table(named("b"), "postgres")
    assert table is not None
    assert [str(key.references) for key in table.keys] == ["c", "A"]


# Schemas that statements choose


CHOOSING = [
    ("postgres", "set search_path to sales, public", "sales.t"),
    ("postgres", 'set search_path = "$user", sales', "sales.t"),
    ("postgres", "set local search_path to 'sales'", "sales.t"),
    ("postgres", "select pg_catalog.set_config('search_path', 'sales, public', false)", "sales.t"),
    ("postgres", "set schema 'sales'", "sales.t"),
    ("redshift", "set search_path to sales", "sales.t"),
    ("duckdb", "set search_path = 'sales,main'", "sales.t"),
    ("duckdb", "set schema = 'sales'", "sales.t"),
    ("duckdb", "use shop.sales", "shop.sales.t"),
    ("mysql", "use shop", "shop.t"),
    ("mysql", "use `shop`", "shop.t"),
    ("clickhouse", "use shop", "shop.t"),
    ("hive", "use shop", "shop.t"),
    ("spark", "use shop", "shop.t"),
    ("databricks", "use catalog main; use schema sales", "main.sales.t"),
    ("databricks", "use sales; use catalog main", "main.default.t"),
    ("trino", "use hive.sales", "hive.sales.t"),
    ("snowflake", "use database shop", "shop.public.t"),
    ("snowflake", "use shop", "shop.public.t"),
    ("snowflake", "use database shop; use schema sales; use warehouse big; use role loader", "shop.sales.t"),
    ("snowflake", "use schema shop.sales", "shop.sales.t"),
    ("tsql", "use Shop", "Shop.dbo.t"),
    ("tsql", "use [My Shop]", "My Shop.dbo.t"),
    ("oracle", "alter session set current_schema = sales", "sales.t"),
    ("bigquery", "set @@dataset_id = 'sales'", "sales.t"),
    ("bigquery", "set @@dataset_project_id = 'acme'; set @@dataset_id = 'sales'", "acme.sales.t"),
    ("", "use shop", "shop.t"),
]
NOT_CHOOSING = [
    ("postgres", "set search_path to default", "t"),
    ("postgres", "set search_path to sales; reset search_path", "t"),
    ("postgres", "set search_path to sales; discard all", "t"),
    ("postgres", "set search_path to ''", "t"),
    ("postgres", "select set_config('search_path', '', false)", "t"),
    ("postgres", "select set_config('work_mem', '64MB', false)", "t"),
    ("postgres", "set work_mem = '64MB'", "t"),
    ("postgres", "alter database shop set search_path to sales", "t"),
    ("postgres", "create function f() returns void language sql as $$ set search_path to sales $$", "t"),
    ("snowflake", "use role loader", "t"),
    ("mysql", "set @schema = 'shop'", "t"),
]


@pytest.mark.parametrize(("dialect", "statement", "name"), [*CHOOSING, *NOT_CHOOSING])
def test_what_is_created_is_in_the_schema_that_is_chosen(dialect: str, statement: str, name: str) -> None:
    made = changes(f"{statement};\ncreate table t (id int);", dialect)
    table = catalog_of(made)
    assert [str(one.name) for one in table] == [name]
    schema = next(iter(table)).places.get("schema")
    assert (schema is not None) is (name != "t")
    assert schema is None or statement[schema.span.start : schema.span.end] in statement.split("; ")


def test_a_name_with_a_schema_is_in_the_database_that_is_chosen() -> None:
    made = changes("use Shop; create table sales.orders (id int); create table Other.sales.orders (id int);", "tsql")
    assert [str(one.name) for one in catalog_of(made)] == ["Shop.sales.orders", "Other.sales.orders"]


def test_temporary_tables_are_in_no_schema_of_the_search_path() -> None:
    made = changes("set search_path to sales; create temp table t (id int);", "postgres")
    assert [str(one.name) for one in catalog_of(made)] == ["t"]


def test_keys_and_later_changes_follow_the_search_path() -> None:
    text = (
        "create table t (id int primary key);"
        "set search_path to sales; create table t (id int primary key, a int);"
        "create table u (t_id int references t (id)); alter table t rename column a to b; create index i on t (b);"
        "set search_path to crm; create table t (id int primary key, c int); comment on table t is 'people';"
    )
    known = catalog({"a.sql": text})
    assert [str(one.name) for one in known] == ["t", "sales.t", "sales.u", "crm.t"]
    _, sales, u, crm = known
    assert columns(sales) == ["id", "b"]
    assert [index.columns for index in sales.indexes] == [("b",)]
    assert [str(key.references) for key in u.keys] == ["sales.t"]
    assert (sales.comment, crm.comment) == (None, "people")


TABLES = (
    "create table sales.t (a int); create table crm.t (b int); create table public.t (c int);"
    "create table dbo.t (d int); create table crm.only (e int); create table bare (f int); create table crm.bare (g int);"
)


def read_in(sql: str, dialect: str, known: Catalog) -> list[list[str] | None]:
    """Give the columns of the table that each query of a file reads."""
    source = Source("q.sql", sql, Language.SQL)
    found = parse_sql(Region.whole(source), source, dialect, known, path_context("q.sql"))
    return [columns(found.table(scope.relations[0].node)) for scope in found.scopes if scope.relations]


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "select * from t", ["c"]),
        ("tsql", "select * from t", ["d"]),
        ("mysql", "select * from t", None),
        ("postgres", "set search_path to sales; select * from t", ["a"]),
        ("postgres", "set search_path to nowhere, crm, sales; select * from t", ["b"]),
        ("postgres", "set search_path to sales; select * from crm.t", ["b"]),
        ("postgres", "set search_path to sales; set search_path to crm; select * from t", ["b"]),
        ("postgres", "select * from only", ["e"]),
        ("postgres", "set search_path to sales; select * from only", None),
        ("postgres", "set search_path to sales; select * from bare", ["f"]),
        ("postgres", "set search_path to crm; select * from bare", ["g"]),
        ("mysql", "use crm; select * from t", ["b"]),
    ],
)
def test_a_name_is_looked_for_in_the_schemas_that_are_chosen(
    dialect: str, sql: str, expected: list[str] | None
) -> None:
    assert read_in(
        sql.replace("only", "lone"), dialect, catalog({"a.sql": TABLES.replace("only", "lone")}, dialect)
    ) == [expected]


def test_the_schema_changes_from_statement_to_statement() -> None:
    sql = "select * from t; set search_path to sales; select * from t; set search_path to crm; select * from t; reset all; select * from t"
    assert read_in(sql, "postgres", catalog({"a.sql": TABLES})) == [["c"], ["a"], ["b"], ["c"]]


def test_a_temporary_table_comes_before_those_of_the_search_path() -> None:
    sql = "set search_path to sales; create temp table t (tmp int); select * from t"
    source = Source("q.sql", sql, Language.SQL)
    made = catalog({"a.sql": TABLES, "q.sql": sql})
    found = parse_sql(Region.whole(source), source, "postgres", made, path_context("q.sql"))
    assert [columns(found.table(scope.relations[0].node)) for scope in found.scopes] == [["tmp"]]


def test_the_configured_search_path_holds_where_no_statement_says_one() -> None:
    made = [*changes(TABLES, "postgres")]
    path = SearchPath((named("crm"), named("public")))
    known = catalog_of(made, search_path=path)
    assert read_in("select * from t; set search_path to sales; select * from t", "postgres", known) == [["b"], ["a"]]


def test_many_statements_that_choose_cost_no_more_each() -> None:
    text = "".join(f"set search_path to s{n}; create table t (c{n} int);" for n in range(300))
    names = [str(one.name) for one in catalog_of(changes(text, "postgres"))]
    assert names == [f"s{n}.t" for n in range(300)]
    paths = [document(text, "postgres").search_path(at) for at in (0, len(text))]
    assert [path.schemas for path in paths] == [(), (named("s299"),)]
    assert all(one != other for one, other in pairwise(names))


@pytest.mark.parametrize(
    "head",
    ["create schema sales", "create schema if not exists sales authorization joe", "create schema authorization sales"],
)
def test_what_stands_in_create_schema_is_of_it(head: str) -> None:
    text = (
        f"{head} create table orders (id int primary key) create view big as select id from orders "
        "create index i on orders (id); create table other (a int);"
    )
    known = catalog({"a.sql": text})
    assert {str(one.name): (one.kind, list(one.columns)) for one in known} == {
        "sales.orders": ("table", ["id"]),
        "sales.big": ("view", ["id"]),
        "other": ("table", ["a"]),
    }
    assert [index.columns for index in next(iter(known)).indexes] == [("id",)]


def test_columns_that_case_alone_tells_apart_are_both_kept() -> None:
    text = 'create table t ("Id" int primary key, id text, ID text)'
    assert [(one.name, one.type) for one in next(iter(catalog({"a.sql": text}))).columns.values()] == [
        ("Id", "INT"),
        ("id", "TEXT"),
    ]
    assert [one.name for one in next(iter(catalog({"a.sql": text}, "duckdb"))).columns.values()] == ["Id"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "def f(cursor):\n cursor.execute('set search_path to sales')\n cursor.execute('create table t (a int)')\n",
            ["sales.t"],
        ),
        (
            "def f(cursor):\n cursor.execute('create table t (a int)')\n cursor.execute('set search_path to sales')\n",
            ["t"],
        ),
        (
            "def f(cursor):\n cursor.execute('set search_path to sales')\ndef g(cursor):\n cursor.execute('create table t (a int)')\n",
            ["t"],
        ),
        (
            "def f(cursor):\n cursor.execute('set search_path to sales')\n cursor.execute('set search_path to default')\n cursor.execute('create table t (a int)')\n",
            ["t"],
        ),
        (
            "def f(cursor):\n cursor.execute('set search_path to sales')\n cursor.execute('reset search_path')\n cursor.execute('create table t (a int)')\n",
            ["t"],
        ),
        (
            "def f(cursor):\n cursor.execute('set search_path to sales')\n cursor.execute('discard all')\n cursor.execute('create table t (a int)')\n",
            ["t"],
        ),
        (
            "def f(run, cursor):\n run('set search_path to sales')\n cursor.execute('create table t (a int)')\n",
            ["sales.t"],
        ),
        (
            "def f(run, cursor):\n run('set search_path to sales')\n run('RESET search_path;')\n cursor.execute('create table t (a int)')\n",
            ["t"],
        ),
        (
            "def f(run, cursor):\n run('set search_path in the settings')\n cursor.execute('create table t (a int)')\n",
            ["t"],
        ),
        ("def f(cursor):\n cursor.execute('set work_mem = 4')\n cursor.execute('create table t (a int)')\n", ["t"]),
    ],
)
def test_a_connection_keeps_what_a_call_above_has_chosen(code: str, names: list[str]) -> None:
    facts = file_facts(Source("job.py", f"import psycopg\n{code}", Language.PYTHON), "postgres", Project())
    assert [str(one.name) for one in catalog_of(facts.changes)] == names


def test_thousands_of_calls_that_choose_are_read_once_each() -> None:
    body = "".join(f" cursor.execute('use s{n}')\n cursor.execute('create table t (a int)')\n" for n in range(1500))
    start = time.perf_counter()
    facts = file_facts(Source("job.py", f"import pymysql\ndef f(cursor):\n{body}", Language.PYTHON), "mysql", Project())
    assert [str(one.name) for one in catalog_of(facts.changes)] == [f"s{n}.t" for n in range(1500)]
    assert time.perf_counter() - start < 30
