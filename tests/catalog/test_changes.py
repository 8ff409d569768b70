"""ALTER, DROP, COMMENT, indexes, renames; and which parts of a migration file stand."""

from __future__ import annotations

from typing import Any

import pytest
from ddl import changes

from leaktight.catalog.change import (
    AddColumn,
    AddIndex,
    AddKey,
    AlterColumn,
    AttachPartition,
    CommentTable,
    CreateTable,
    DropColumn,
    DropIndex,
    DropKey,
    DropTable,
    RenameColumn,
    RenameIndex,
    RenameTable,
)
from leaktight.catalog.table import KeyKind


def facts(text: str, dialect: str) -> list[tuple[Any, ...]]:
    """Give the changes without places, as short tuples."""
    found: list[tuple[Any, ...]] = []
    for change in changes(text, dialect):
        match change:
            case AddColumn(name=name, column=column):
                found.append(("add", str(name), column.name, column.type, column.nullable))
            case DropColumn(name=name, column=column):
                found.append(("drop", str(name), column))
            case RenameColumn(name=name, column=column, to=to):
                found.append(("rename", str(name), column, to))
            case AlterColumn():
                found.append(
                    (
                        "alter",
                        str(change.name),
                        change.column,
                        change.type,
                        change.nullable,
                        change.default,
                        change.comment,
                    )
                )
            case AddKey(name=name, key=key):
                found.append(("key", str(name), key.kind.value, key.columns, key.name))
            case DropKey(name=name, key=key, kind=kind):
                found.append(("drop key", str(name), key or kind))
            case RenameTable(name=name, to=to):
                found.append(("rename table", str(name), str(to)))
            case AddIndex(name=name, index=index):
                found.append(("index", str(name), index.name, index.columns))
            case DropTable(name=name):
                found.append(("drop table", str(name)))
            case DropIndex(index=index, table=table):
                found.append(("drop index", index, str(table) if table else None))
            case RenameIndex(index=index, to=new, table=table):
                found.append(("rename index", str(table) if table else None, index, new))
            case AttachPartition(name=name, partition=partition):
                found.append(("attach", str(name), str(partition)))
            case CommentTable(name=name, comment=comment):
                found.append(("comment", str(name), comment))
            case _:
                found.append((type(change).__name__,))
    return found


@pytest.mark.parametrize(
    ("dialect", "text", "wanted"),
    [
        (
            "postgres",
            "alter table if exists only s.t add column a int not null default 3, add b text, drop column if exists c cascade",
            [("add", "s.t", "a", "INT", False), ("add", "s.t", "b", "TEXT", True), ("drop", "s.t", "c")],
        ),
        ("postgres", "alter table t rename column a to b", [("rename", "t", "a", "b")]),
        ("postgres", "alter table t rename a to b", [("rename", "t", "a", "b")]),
        ("postgres", "alter table s.t rename to u", [("rename table", "s.t", "u")]),
        ("postgres", "alter view v rename to w", [("rename table", "v", "w")]),
        ("postgres", "alter table s.t set schema s2", [("rename table", "s.t", "s2.t")]),
        (
            "postgres",
            "alter table t alter column a type numeric(9, 2) using a::numeric",
            [("alter", "t", "a", "NUMERIC(9, 2)", None, None, None)],
        ),
        ("postgres", "alter table t alter a set data type bigint", [("alter", "t", "a", "BIGINT", None, None, None)]),
        ("postgres", "alter table t alter a set not null", [("alter", "t", "a", None, False, None, None)]),
        (
            "postgres",
            "alter table t alter column a drop not null, alter column b set default now()",
            [("alter", "t", "a", None, True, None, None), ("alter", "t", "b", None, None, "now()", None)],
        ),
        ("postgres", "alter table t alter a drop default", [("alter", "t", "a", None, None, "", None)]),
        ("postgres", "alter table t add constraint pk primary key (a, b)", [("key", "t", "primary", ("a", "b"), "pk")]),
        ("postgres", "alter table t add unique (a)", [("key", "t", "unique", ("a",), None)]),
        (
            "postgres",
            "alter table t add constraint f foreign key (a) references u (b) not valid",
            [("key", "t", "foreign", ("a",), "f")],
        ),
        ("postgres", "alter table t drop constraint pk", [("drop key", "t", "pk")]),
        ("mysql", "alter table t drop primary key", [("drop key", "t", KeyKind.PRIMARY)]),
        ("postgres", "alter table t attach partition t1 for values from (1) to (2)", [("attach", "t", "t1")]),
        ("postgres", "alter table t drop partition p", []),
        ("postgres", "alter table t validate constraint c", []),
        ("postgres", "alter index i rename to j", [("rename index", None, "i", "j")]),
        ("postgres", "alter index i attach partition j", []),
        ("tsql", "alter index i on t rebuild", []),
        ("mysql", "alter table t rename key i to j", [("rename index", "t", "i", "j")]),
        ("postgres", "alter table t rename constraint c to d", [("rename index", "t", "c", "d")]),
        ("tsql", "exec sp_rename 'dbo.t.i', 'j', 'INDEX'", [("rename index", "dbo.t", "i", "j")]),
        ("mysql", "alter table t modify column a bigint not null", [("alter", "t", "a", "BIGINT", False, "", "")]),
        (
            "mysql",
            "alter table t change column a b bigint default 1",
            [("rename", "t", "a", "b"), ("alter", "t", "b", "BIGINT", True, "1", "")],
        ),
        ("mysql", "alter table t add index i (a, b)", [("index", "t", "i", ("a", "b"))]),
        ("mysql", "alter table t add unique index i (a)", [("key", "t", "unique", ("a",), "i")]),
        ("mysql", "alter table t drop index i", [("drop index", "i", "t")]),
        ("mysql", "rename table a to b, s.c to s.d", [("rename table", "a", "b"), ("rename table", "s.c", "s.d")]),
        (
            "oracle",
            "alter table t add (a number, b varchar2(10) not null)",
            [("add", "t", "a", "NUMBER", True), ("add", "t", "b", "VARCHAR2(10)", False)],
        ),
        ("oracle", "alter table t modify (a not null)", [("alter", "t", "a", None, False, None, None)]),
        ("tsql", "alter table t alter column a bigint not null", [("alter", "t", "a", "BIGINT", False, None, None)]),
        ("tsql", "alter table t add a int, b int null", [("add", "t", "a", "INT", True), ("add", "t", "b", "INT", True)]),
        ("tsql", "exec sp_rename 'dbo.t.a', 'b', 'COLUMN'", [("rename", "dbo.t", "a", "b")]),
        ("tsql", "execute sp_rename 't', 'u'", [("rename table", "t", "u")]),
        (
            "snowflake",
            "alter table t add column a int, b timestamp_tz",
            [("add", "t", "a", "INT", True), ("add", "t", "b", "TIMESTAMP_TZ", True)],
        ),
        ("snowflake", "alter table t drop column a, b", [("drop", "t", "a"), ("drop", "t", "b")]),
        ("spark", "alter table t add columns (a int, b string)", [("add", "t", "a", "INT", True), ("add", "t", "b", "STRING", True)]),
        ("bigquery", "alter table d.t add column if not exists a string", [("add", "d.t", "a", "STRING", True)]),
        ("bigquery", "alter table d.t alter column a drop not null", [("alter", "d.t", "a", None, True, None, None)]),
        ("clickhouse", "alter table t on cluster c add column a String after b", [("add", "t", "a", "STRING", False)]),
        ("postgres", "drop table if exists a, b.c cascade", [("drop table", "a"), ("drop table", "b.c")]),
        ("postgres", "drop materialized view v", [("drop table", "v")]),
        ("postgres", "drop index concurrently if exists a, b", [("drop index", "a", None), ("drop index", "b", None)]),
        ("mysql", "drop index a on t", [("drop index", "a", "t")]),
        ("postgres", "drop function f", []),
        ("postgres", "comment on table s.t is 'it''s'", [("comment", "s.t", "it's")]),
        ("postgres", "comment on table t is null", [("comment", "t", None)]),
        ("postgres", "comment on column s.t.a is 'x'", [("alter", "s.t", "a", None, None, None, "x")]),
        ("postgres", "comment on column t.a is null", [("alter", "t", "a", None, None, None, "")]),
        ("postgres", "comment on function f is 'x'", []),
        ("databricks", "alter table t drop column s.b", []),
        ("databricks", "alter table t drop columns (s.b, u)", [("drop", "t", "u")]),
        ("databricks", "alter table t alter column u.a type bigint", []),
        ("databricks", "alter table t alter column u type bigint", [("alter", "t", "u", "BIGINT", None, None, None)]),
        ("databricks", "alter table t add columns (s.b bigint, c int)", [("add", "t", "c", "INT", True)]),
        ("databricks", "alter table t rename column s.b to c", []),
        ("databricks", "alter table t change column a comment 'x'", [("alter", "t", "a", None, None, None, "x")]),
        ("spark", "alter table t change column a a bigint", [("alter", "t", "a", "BIGINT", None, None, None)]),
        ("hive", "alter table t change a b bigint", [("rename", "t", "a", "b"), ("alter", "t", "b", "BIGINT", None, None, None)]),
        ("clickhouse", "alter table t add column n.a Array(Int8)", [("add", "t", "n.a", "ARRAY(INT8)", False)]),
        ("clickhouse", "alter table t drop column n.a", [("drop", "t", "n.a")]),
        (
            "tsql",
            "alter table t add a int, comment varchar(9)",
            [("add", "t", "a", "INT", True), ("add", "t", "comment", "VARCHAR(9)", True)],
        ),
        (
            "snowflake",
            "alter table t add column a int, owner varchar, check int, add column b int",
            [
                ("add", "t", "a", "INT", True),
                ("add", "t", "owner", "VARCHAR", True),
                ("add", "t", "check", "INT", True),
                ("add", "t", "b", "INT", True),
            ],
        ),
        ("snowflake", "alter table t add column a int, drop column b", [("add", "t", "a", "INT", True), ("drop", "t", "b")]),
        ("mysql", "alter table t add a int, comment 'x'", [("add", "t", "a", "INT", True), ("comment", "t", "x")]),
        ("postgres", "alter table t add a int, owner to me", [("add", "t", "a", "INT", True)]),
        ("tsql", "alter table t add default 0 for status", [("alter", "t", "status", None, None, "0", None)]),
        ("tsql", "alter table t add constraint d default (0) for s", [("alter", "t", "s", None, None, "(0)", None)]),
        ("clickhouse", "alter table t add index ix v type set(100)", []),
        ("clickhouse", "alter table t add column index UInt8", [("add", "t", "index", "UINT8", False)]),
        ("clickhouse", "alter table t add projection p (select a order by a)", []),
        ("oracle", "alter table t add supplemental log data (all) columns", []),
        ("oracle", "alter table t add supplemental number", [("add", "t", "supplemental", "NUMBER", True)]),
        ("snowflake", "alter table t add search optimization", []),
        ("snowflake", "alter table t add search varchar", [("add", "t", "search", "VARCHAR", True)]),
        (
            "tsql",
            "alter table t drop constraint c, d, column a, b",
            [("drop key", "t", "c"), ("drop key", "t", "d"), ("drop", "t", "a"), ("drop", "t", "b")],
        ),
        ("tsql", "alter table t drop c", [("drop key", "t", "c")]),
        ("postgres", "alter table t drop c", [("drop", "t", "c")]),
        ("mysql", "alter table t drop key i", [("drop index", "i", "t")]),
        ("snowflake", "alter table t modify column a varchar(50)", [("alter", "t", "a", "VARCHAR(50)", None, None, None)]),
        ("mysql", "alter table t modify column a varchar(50)", [("alter", "t", "a", "VARCHAR(50)", True, "", "")]),
        ("oracle", "alter table t modify a default 5", [("alter", "t", "a", None, None, "5", None)]),
        ("oracle", "alter table t modify a varchar2(9) default null", [("alter", "t", "a", "VARCHAR2(9)", None, "null", None)]),
        ("clickhouse", "alter table t modify column b codec(ZSTD)", []),
        ("clickhouse", "alter table t modify column a comment 'x'", [("alter", "t", "a", None, None, None, "x")]),
        (
            "clickhouse",
            "alter table t modify column if exists b Nullable(Int64)",
            [("alter", "t", "b", "NULLABLE(INT64)", True, None, None)],
        ),
        ("clickhouse", "alter table t modify column b Int64", [("alter", "t", "b", "INT64", False, None, None)]),
        ("clickhouse", "alter table t modify column b remove default", [("alter", "t", "b", None, None, "", None)]),
        ("clickhouse", "alter table t modify ttl d + interval 1 day", []),
        (
            "snowflake",
            "alter table t alter (a drop not null, column b set default 1)",
            [("alter", "t", "a", None, True, None, None), ("alter", "t", "b", None, None, "1", None)],
        ),
        (
            "postgres",
            "alter table t alter a type int using case when a is null then 0 else 1 end",
            [("alter", "t", "a", "INT", None, None, None)],
        ),
        (
            "mysql",
            "alter table t modify id int not null auto_increment primary key",
            [("alter", "t", "id", "INT", False, "", ""), ("key", "t", "primary", ("id",), None)],
        ),
    ],
)  # fmt: skip
def test_statement(dialect: str, text: str, wanted: list[tuple[Any, ...]]) -> None:
    assert facts(text, dialect) == wanted


def test_index() -> None:
    (change,) = changes(
        "create unique index concurrently if not exists i on only s.t using gist (lower(a), b desc nulls last, (c + 1)) "
        "include (d, e) where f is null and g > 0",
        "postgres",
    )
    assert isinstance(change, AddIndex)
    index = change.index
    assert (str(change.name), index.name, index.unique, index.method) == ("s.t", "i", True, "gist")
    assert index.columns == ("lower(a)", "b", "(c + 1)")
    assert index.included == ("d", "e")
    assert index.predicate == "f is null and g > 0"
    (mysql,) = changes("create index i using btree on t (a(10), b)", "mysql")
    assert isinstance(mysql, AddIndex)
    assert (mysql.index.columns, mysql.index.method) == (("a", "b"), "btree")


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- migrate:up", "-- migrate:down"),
        ("-- +goose Up", "-- +goose Down"),
        ("-- +migrate Up", "-- +migrate Down"),
        ("# --- !Ups", "# --- !Downs"),
        ("-- @UP", "-- @DOWN"),
        ("-- Up Migration", "-- Down Migration"),
        ("-- the first", "-- //@UNDO"),
    ],
)
def test_what_takes_a_migration_back_is_left_out(up: str, down: str) -> None:
    text = f"{up}\ncreate table a (x int);\n{down}\ndrop table a;\n"
    assert [type(change).__name__ for change in changes(text, "mysql" if up.startswith("#") else "postgres")] == [
        "CreateTable"
    ]


@pytest.mark.parametrize("comment", ["-- down here we drop it again", "-- Down migration drops it again", "-- undo"])
def test_a_sentence_about_down_is_no_mark(comment: str) -> None:
    text = f"create table a (x int);\n{comment}\ndrop table a;\n"
    assert [type(change).__name__ for change in changes(text, "postgres")] == ["CreateTable", "DropTable"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("{schema}.orders", "orders"),
        ("{}.orders", "orders"),
        ("{settings.schema}_x.orders", "orders"),
        ("raw_{env}.orders", "orders"),
        ("{database}.shop.orders", "shop.orders"),
        ("%s.orders", "orders"),
        ("%(schema)s.orders", "orders"),
        ("raw_%(env)s_1.shop.orders", "shop.orders"),
        ("{schema}.{table}", None),
        ("shop.{table}", None),
        ("shop.orders_{year}", None),
        ("{table}", None),
        ("{schema", None),
        ("%(schema", None),
        ("{", None),
        ("%", None),
        ("{ schema }.orders", "orders"),
    ],
)
def test_what_a_host_fills_into_a_name_is_left_off(written: str, name: str | None) -> None:
    made = f"create table {written} (id int, part int check (part % 2 = 0))"
    found = [one for one in changes(made, "postgres") if isinstance(one, CreateTable)]
    assert [(str(one.table.name), list(one.table.columns)) for one in found] == (
        [(name, ["id", "part"])] if name else []
    )
    added = changes(f"alter table {written} add column a int", "postgres")
    assert [str(one.name) for one in added if isinstance(one, AddColumn)] == ([name] if name else [])
