"""The body of a routine runs when that is called: what it does to tables is no fact of the project."""

from __future__ import annotations

import pytest
from ddl import changes, document

from leaktight.catalog.change import CreateTable, DropColumn
from leaktight.operations.table_changes import declared_tables


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("bigquery", "create procedure p() begin select 1; alter table t drop column a; end; drop table x;"),
        (
            "bigquery",
            "create procedure p() begin if true then drop table t; end if; begin transaction; drop table u; end; drop table x;",
        ),
        (
            "snowflake",
            "create procedure p() returns string language sql as begin let x := 1; drop table t; end; drop table x;",
        ),
        (
            "snowflake",
            "create procedure p() returns string as declare n int; begin n := 1; drop table t; end; drop table x;",
        ),
        ("snowflake", "create task k schedule = '1 minute' as begin drop table t; end; drop table x;"),
        ("mysql", "delimiter //\ncreate procedure p() begin select 1; drop table t; end//\ndelimiter ;\ndrop table x;"),
        (
            "mysql",
            (
                "create definer = `a`@`b` procedure p() begin case n when 1 then drop table t; else drop table u; end case; "
                "select case n when 1 then 2 end; drop table v; end; drop table x;"
            ),
        ),
        ("mysql", "create trigger g after insert on t for each row begin drop table t; end; drop table x;"),
        (
            "mysql",
            (
                "create procedure p() begin l: loop drop table t; end loop; select t.end, `end` from t; drop table u; end; "
                "drop table x;"
            ),
        ),
        (
            "mysql",
            "create procedure p() begin drop table t; end; create procedure q() begin drop table u; end; drop table x;",
        ),
        (
            "postgres",
            "create function f() returns void language sql begin atomic delete from t; drop table t; end; drop table x;",
        ),
        (
            "postgres",
            "create function f() returns void as $$ begin drop table t; end $$ language plpgsql; drop table x;",
        ),
        ("oracle", "create procedure p is n number; begin n := 1; drop table t; end;\n/\ndrop table x;"),
        (
            "oracle",
            (
                "create package body k as procedure p is begin drop table t; end; procedure q is begin drop table u; end; end;"
                "\n/\ndrop table x;"
            ),
        ),
        ("tsql", "create procedure p as\nbegin\n  print 'x';\n  drop table t;\nend\ngo\ndrop table x;"),
        ("tsql", "create or alter proc p as\ndrop table t;\ndrop table u;\ngo\ndrop table x;"),
        ("sqlite", "create trigger g after insert on t begin delete from u; drop table t; end; drop table x;"),
    ],
)
def test_what_a_routine_does_is_no_change(dialect: str, text: str) -> None:
    assert [str(getattr(change, "name", "")) for change in changes(text, dialect)] == ["x"]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("bigquery", "begin select 1; drop table x; end;"),
        ("tsql", "create table task (a int);\ndrop table x;"),
        ("mysql", "create table event (a int); drop table x;"),
        ("mysql", "create trigger g before insert on t for each row set new.a = 1; drop table x;"),
        ("postgres", "create function f() returns bool language sql return 1 is null; begin; drop table x; end;"),
        ("tsql", "drop procedure p;\ndrop table x;"),
        ("", "create table procedures (a int); drop table x;"),
    ],
)
def test_what_stands_in_no_routine_is_one(dialect: str, text: str) -> None:
    assert str(getattr(changes(text, dialect)[-1], "name", "")) == "x"


def test_temporary_tables_are_there_for_the_rest_of_the_body() -> None:
    text = "create procedure p() begin create temp table a (x int64); create table b (y int64); end;"
    assert [str(declared.table.name) for declared in declared_tables(document(text, "bigquery"))] == ["a", "b"]
    (change,) = changes(text, "bigquery")
    assert isinstance(change, CreateTable)
    assert str(change.table.name) == "a"


@pytest.mark.parametrize(
    "body",
    [
        "begin alter table t drop column a; end",
        "begin if not exists (select 1 from pg_constraint) then alter table t drop column a; end if; end",
        "declare n int; begin alter table t drop column a; exception when others then null; end",
        "begin for n in 1..3 loop perform f(n); end loop; alter table t drop column a; end",
    ],
)
@pytest.mark.parametrize("mark", ["$$", "$do$"])
def test_a_block_that_is_done_runs_where_it_stands(body: str, mark: str) -> None:
    text = f"do {mark} {body} {mark};"
    (change,) = changes(text, "postgres")
    assert isinstance(change, DropColumn)
    assert change.location is not None
    assert text[slice(*change.location.span)] == "column a"
    assert changes(f"create function f() returns void as {mark} {body} {mark} language plpgsql;", "postgres") == []


def test_what_a_block_makes_of_text_is_not_known() -> None:
    assert (
        changes(
            "do $$ begin execute 'alter table t drop column a'; execute format('drop table %s', n); end $$", "postgres"
        )
        == []
    )
    assert changes("do $$ begin 'broken; end $$", "postgres") == []


def test_a_table_that_a_block_fills_by_a_query_has_columns_that_nobody_knows() -> None:
    (change,) = changes("do $$ begin create table t as select 1 as a; end $$", "postgres")
    assert isinstance(change, CreateTable)
    assert not change.table.complete
